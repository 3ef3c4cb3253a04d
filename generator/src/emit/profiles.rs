//! `src/profiles.rs`: what is served together.

use proc_macro2::TokenStream;
use quote::quote;

use super::format::rust_file;
use super::skeleton::optional;
use crate::model::Profile;
use crate::plan::Plan;

/// The file; `None` where all is served always.
pub(super) fn file(plan: &Plan) -> Option<String> {
    if plan.profiles.is_empty() {
        return None;
    }
    let profiles = plan.profiles.iter().map(profile);
    let items = vec![
        quote! { use toolwright_runtime::Profile; },
        quote! {
            /// The profiles; the first is served unless said otherwise.
            pub(crate) static PROFILES: &[Profile] = &[#(#profiles),*];
        },
    ];
    Some(rust_file(
        &["Which tools, prompts and resources are served together.".to_owned()],
        items,
    ))
}

fn profile(profile: &Profile) -> TokenStream {
    let name = &profile.name;
    let instructions = optional(profile.instructions.as_deref());
    let tools = profile.tools.iter();
    let prompts = profile.prompts.iter();
    let resources = profile.resources.iter();
    quote! {
        Profile {
            name: #name,
            instructions: #instructions,
            tools: &[#(#tools),*],
            prompts: &[#(#prompts),*],
            resources: &[#(#resources),*],
        }
    }
}
