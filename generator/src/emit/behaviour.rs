//! What a tool does besides sending one request: a member for each thing that differs from a plain tool.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::skeleton::duration;
use crate::model::{Page, PageBy, Serving};
use crate::plan::PlannedTool;

/// The `behaviour` of a tool's constant.
pub(super) fn behaviour(tool: &PlannedTool) -> TokenStream {
    let serving = &tool.handler.serving;
    let members = [
        starts(tool),
        confirm(tool),
        ask(tool),
        linked(tool),
        tool.handler.page.as_ref().map(page),
        timeout(serving),
        cache(serving),
        scopes(serving),
    ];
    let members: Vec<TokenStream> = members.into_iter().flatten().collect();
    if members.is_empty() {
        quote!(Behaviour::PLAIN)
    } else {
        quote!(Behaviour { #(#members,)* ..Behaviour::PLAIN })
    }
}

fn starts(tool: &PlannedTool) -> Option<TokenStream> {
    let id = tool.starts.as_ref()?;
    Some(quote!(starts: Some(#id)))
}

fn confirm(tool: &PlannedTool) -> Option<TokenStream> {
    let question = tool.confirm.as_ref()?;
    Some(quote!(confirm: Some(#question)))
}

fn ask(tool: &PlannedTool) -> Option<TokenStream> {
    let ask = tool.ask.as_ref()?;
    let (key, message, form) = (&ask.key, &ask.message, ask.form.to_string());
    Some(quote!(ask: Some(Ask { key: #key, message: #message, form: #form })))
}

fn linked(tool: &PlannedTool) -> Option<TokenStream> {
    tool.linked.then(|| quote!(linked: true))
}

/// Whether a behaviour names a time.
pub(super) fn has_duration(tool: &PlannedTool) -> bool {
    let serving = &tool.handler.serving;
    serving.timeout_ms.is_some() || serving.cache_ms.is_some()
}

fn timeout(serving: &Serving) -> Option<TokenStream> {
    let time = duration(serving.timeout_ms?);
    Some(quote!(timeout: Some(#time)))
}

fn cache(serving: &Serving) -> Option<TokenStream> {
    let time = duration(serving.cache_ms?);
    Some(quote!(cache: Some(#time)))
}

fn scopes(serving: &Serving) -> Option<TokenStream> {
    let scopes = &serving.scopes;
    (!scopes.is_empty()).then(|| quote!(scopes: &[#(#scopes),*]))
}

/// What of the runtime's names that takes.
pub(super) fn names(tool: &PlannedTool) -> Vec<&'static str> {
    let mut names = vec!["Behaviour"];
    names.extend(tool.ask.as_ref().map(|_| "Ask"));
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
