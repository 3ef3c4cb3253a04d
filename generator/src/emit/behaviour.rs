//! What a tool does besides sending one request: a member for each thing that differs from a plain tool.

use proc_macro2::TokenStream;
use quote::quote;

use crate::plan::PlannedTool;

/// The `behaviour` of a tool's constant.
pub(super) fn behaviour(tool: &PlannedTool) -> TokenStream {
    let members: Vec<TokenStream> = [starts(tool), confirm(tool), ask(tool), linked(tool)]
        .into_iter()
        .flatten()
        .collect();
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
