//! `src/prompts.rs` and the texts of prompts.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::format::{HEADER, rust_file};
use super::resources::{attachment, called, complete, icons, modules};
use super::skeleton::optional;
use crate::model::{Block, Prompt};
use crate::plan::Plan;

/// The file of the prompts; `None` where there are none.
pub(super) fn prompts_file(plan: &Plan) -> Option<String> {
    if plan.prompts.is_empty() {
        return None;
    }
    let arguments = || plan.prompts.iter().flat_map(|prompt| &prompt.arguments);
    let blocks = || plan.prompts.iter().flat_map(|prompt| &prompt.blocks);
    let completes = || arguments().filter_map(|argument| argument.complete.as_ref());
    let files = || {
        blocks().filter_map(|(_, block)| match block {
            Block::File(_, file) => Some(file),
            _ => None,
        })
    };
    let uses = [
        ("Attachment", files().next().is_some()),
        ("Block", blocks().next().is_some()),
        ("Complete", completes().next().is_some()),
        ("Content", files().next().is_some()),
        (
            "Icon",
            plan.prompts.iter().any(|prompt| !prompt.icons.is_empty()),
        ),
        ("Prompt", true),
        ("PromptArgument", arguments().next().is_some()),
    ];
    let uses = uses
        .into_iter()
        .filter(|(_, used)| *used)
        .map(|(name, _)| format_ident!("{name}"));
    let prompts = plan.prompts.iter().map(|one| prompt(plan, one));
    let items = vec![
        quote! { use toolwright_runtime::{#(#uses),*}; },
        modules(plan, &completes().filter_map(called).collect::<Vec<_>>()),
        quote! {
            /// The prompts, in the order listed.
            pub(crate) const PROMPTS: &[Prompt] = &[#(#prompts),*];
        },
    ];
    Some(rust_file(
        &["Prompts, and what completes their arguments.".to_owned()],
        items,
    ))
}

/// The texts, each under a line that says where it is from.
pub(super) fn texts(plan: &Plan) -> impl Iterator<Item = (String, String)> {
    plan.prompts.iter().map(|prompt| {
        let text = prompt.text.trim_end();
        (path(prompt), format!("{{# {HEADER} #}}\n{text}\n"))
    })
}

fn path(prompt: &Prompt) -> String {
    format!("prompts/{}.md", prompt.name)
}

fn prompt(plan: &Plan, prompt: &Prompt) -> TokenStream {
    let (name, title, description) = (
        &prompt.name,
        optional(prompt.title.as_deref()),
        optional(prompt.description.as_deref()),
    );
    let arguments = prompt.arguments.iter().map(|argument| {
        let (name, required) = (&argument.name, argument.required);
        let (title, description) = (
            optional(argument.title.as_deref()),
            optional(argument.description.as_deref()),
        );
        let complete = match &argument.complete {
            Some(one) => {
                let complete = complete(plan, one);
                quote!(Some(#complete))
            }
            None => quote!(None),
        };
        quote! {
            PromptArgument { name: #name, title: #title, description: #description, required: #required, complete: #complete }
        }
    });
    let blocks = prompt.blocks.iter().map(|(index, block)| {
        // Lines count from 1, and the first one is the header.
        let line = Literal::usize_unsuffixed(index + 2);
        let block = match block {
            Block::User => quote!(Block::User),
            Block::Assistant => quote!(Block::Assistant),
            Block::File(uri, file) => {
                let file = attachment(file);
                quote!(Block::File(#uri, #file))
            }
            Block::Resource(uri) => quote!(Block::Resource(#uri)),
        };
        quote!((#line, #block))
    });
    let icons = icons(&prompt.icons);
    let path = format!("../{}", path(prompt));
    quote! {
        Prompt {
            name: #name,
            title: #title,
            description: #description,
            arguments: &[#(#arguments),*],
            icons: #icons,
            text: include_str!(#path),
            blocks: &[#(#blocks),*],
        }
    }
}
