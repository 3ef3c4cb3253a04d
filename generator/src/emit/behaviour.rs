//! What a tool does besides sending one request: a member for each thing that differs from a plain tool.

use proc_macro2::TokenStream;
use quote::quote;

use crate::plan::PlannedTool;

/// The `behaviour` of a tool's constant.
pub(super) fn behaviour(tool: &PlannedTool) -> TokenStream {
    let members: Vec<TokenStream> = [linked(tool)].into_iter().flatten().collect();
    if members.is_empty() {
        quote!(Behaviour::PLAIN)
    } else {
        quote!(Behaviour { #(#members,)* ..Behaviour::PLAIN })
    }
}

fn linked(tool: &PlannedTool) -> Option<TokenStream> {
    tool.linked.then(|| quote!(linked: true))
}
