//! What a tool does besides sending one request: a member for each thing that differs from a plain tool.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::model::{Page, PageBy};
use crate::plan::PlannedTool;

/// The `behaviour` of a tool's constant.
pub(super) fn behaviour(tool: &PlannedTool) -> TokenStream {
    let members: Vec<TokenStream> = tool.handler.page.iter().map(page).collect();
    if members.is_empty() {
        quote!(Behaviour::PLAIN)
    } else {
        quote!(Behaviour { #(#members,)* ..Behaviour::PLAIN })
    }
}

/// What of the runtime's names that takes.
pub(super) fn names(tool: &PlannedTool) -> Vec<&'static str> {
    let mut names = vec!["Behaviour"];
    if let Some(page) = &tool.handler.page {
        names.extend(["Page", "PageBy"]);
        names.extend(page.size.as_ref().map(|_| "PageSize"));
    }
    names
}

fn page(page: &Page) -> TokenStream {
    let by = match &page.by {
        PageBy::Cursor { argument, next } => {
            quote!(PageBy::Cursor { argument: #argument, next: #next })
        }
        PageBy::Offset { argument } => quote!(PageBy::Offset { argument: #argument }),
        PageBy::Number { argument, first } => {
            let first = Literal::u64_unsuffixed(*first);
            quote!(PageBy::Number { argument: #argument, first: #first })
        }
        PageBy::Link => quote!(PageBy::Link),
    };
    let size = match &page.size {
        Some((argument, most)) => {
            let most = match most.map(Literal::u64_unsuffixed) {
                Some(most) => quote!(Some(#most)),
                None => quote!(None),
            };
            quote!(Some(PageSize { argument: #argument, most: #most }))
        }
        None => quote!(None),
    };
    let items = &page.items;
    let total = match &page.total {
        Some(total) => quote!(Some(#total)),
        None => quote!(None),
    };
    quote!(page: Some(Page { by: #by, size: #size, items: #items, total: #total }))
}
