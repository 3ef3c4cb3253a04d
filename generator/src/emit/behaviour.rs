//! What a tool does besides sending one request: a member for each thing that differs from a plain tool.

use proc_macro2::TokenStream;
use quote::quote;

use super::skeleton::duration;
use crate::model::Serving;
use crate::plan::PlannedTool;

/// The `behaviour` of a tool's constant.
pub(super) fn behaviour(tool: &PlannedTool) -> TokenStream {
    let serving = &tool.handler.serving;
    let members: Vec<TokenStream> = [timeout(serving), cache(serving), scopes(serving)]
        .into_iter()
        .flatten()
        .collect();
    if members.is_empty() {
        quote!(Behaviour::PLAIN)
    } else {
        quote!(Behaviour { #(#members,)* ..Behaviour::PLAIN })
    }
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
