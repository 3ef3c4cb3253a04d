//! Who may call the server over HTTP: the `auth` of its definition.

use proc_macro2::TokenStream;
use quote::quote;

use super::skeleton::optional;
use crate::model::tool_scopes;
use crate::plan::Plan;

/// The value of `auth`, and what it uses of the runtime.
pub(super) fn auth(plan: &Plan) -> (TokenStream, TokenStream) {
    let scopes = tool_scopes(plan.tools.iter().map(|tool| &tool.handler.serving));
    let settings = &plan.settings;
    if !settings.has_auth() && scopes.is_empty() {
        return (quote!(Auth::OPEN), quote!(Auth,));
    }
    let declared = settings.auth.clone().unwrap_or_default();
    let forward = declared.forward;
    let (oauth, uses) = match &declared.oauth {
        None => (quote!(None), quote!(Auth,)),
        Some(oauth) => {
            let (issuer, audience, all) = (&oauth.issuer, &oauth.audience, &oauth.scopes);
            let jwks_uri = optional(oauth.jwks_uri.as_deref());
            let oauth = quote!(Some(Oauth { issuer: #issuer, audience: #audience, jwks_uri: #jwks_uri, scopes: &[#(#all),*] }));
            (oauth, quote!(Auth, Oauth,))
        }
    };
    (
        quote!(Auth { oauth: #oauth, forward: #forward, tool_scopes: &[#(#scopes),*] }),
        uses,
    )
}
