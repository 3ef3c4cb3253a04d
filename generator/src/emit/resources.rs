//! `src/resources.rs`, and the files that resources and prompts have.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::format::rust_file;
use super::skeleton::{duration, optional};
use crate::model::{Attachment, Block, Complete, Resource, ResourceSource};
use crate::plan::Plan;
use crate::read::tools_spec::IconSpec;

/// Where the files are that resources and prompts have.
pub(super) const FOLDER: &str = "src/resources";

/// The file of the resources; `None` where there are none.
pub(super) fn resources_file(plan: &Plan) -> Option<String> {
    if plan.resources.is_empty() {
        return None;
    }
    let any = |holds: fn(&Resource) -> bool| plan.resources.iter().any(holds);
    let is_file = |one: &Resource| matches!(one.source, ResourceSource::File(_));
    let uses = [
        ("Attachment", any(is_file)),
        (
            "Complete",
            any(|one| {
                one.variables
                    .iter()
                    .any(|variable| variable.complete.is_some())
            }),
        ),
        ("Content", any(is_file)),
        ("Icon", any(|one| !one.icons.is_empty())),
        ("Resource", true),
        ("Source", true),
    ];
    let uses = uses
        .into_iter()
        .filter(|(_, used)| *used)
        .map(|(name, _)| format_ident!("{name}"));
    let called: Vec<usize> = plan
        .resources
        .iter()
        .flat_map(|one| {
            let completes = one
                .variables
                .iter()
                .filter_map(|variable| variable.complete.as_ref());
            let source = match one.source {
                ResourceSource::Operation(tool) => Some(tool),
                ResourceSource::File(_) => None,
            };
            source
                .into_iter()
                .chain(completes.filter_map(called))
                .collect::<Vec<_>>()
        })
        .collect();
    let time = any(|one| one.ttl_ms.is_some()).then(|| {
        quote!(
            use core::time::Duration;
        )
    });
    let resources = plan.resources.iter().map(|one| resource(plan, one));
    let items = vec![
        quote! { #time use toolwright_runtime::{#(#uses),*}; },
        modules(plan, &called),
        quote! {
            /// The resources and templates of resources, in the order listed.
            pub(crate) const RESOURCES: &[Resource] = &[#(#resources),*];
        },
    ];
    Some(rust_file(
        &["What an agent reads by URI.".to_owned()],
        items,
    ))
}

/// The files that resources and prompts have.
pub(super) fn attachments(plan: &Plan) -> impl Iterator<Item = (String, String)> {
    let resources = plan
        .resources
        .iter()
        .filter_map(|resource| match &resource.source {
            ResourceSource::File(file) => Some(file),
            ResourceSource::Operation(_) => None,
        });
    let blocks = plan.prompts.iter().flat_map(|prompt| &prompt.blocks);
    let in_prompts = blocks.filter_map(|(_, block)| match block {
        Block::File(_, file) => Some(file),
        _ => None,
    });
    resources
        .chain(in_prompts)
        .map(|file| (format!("{FOLDER}/{}", file.path), file.text.clone()))
}

fn resource(plan: &Plan, resource: &Resource) -> TokenStream {
    let (name, uri) = (&resource.name, &resource.uri);
    let (title, description, mime_type) = (
        optional(resource.title.as_deref()),
        optional(resource.description.as_deref()),
        optional(resource.mime_type.as_deref()),
    );
    let icons = icons(&resource.icons);
    let ttl = match resource.ttl_ms {
        Some(milliseconds) => {
            let ttl = duration(milliseconds);
            quote!(Some(#ttl))
        }
        None => quote!(None),
    };
    let source = match &resource.source {
        ResourceSource::Operation(tool) => {
            let operation = unlisted(plan, *tool);
            quote!(Source::Operation(#operation))
        }
        ResourceSource::File(file) => {
            let file = attachment(file);
            quote!(Source::File(#file))
        }
    };
    let completes = resource.variables.iter().filter_map(|variable| {
        let (name, complete) = (&variable.name, complete(plan, variable.complete.as_ref()?));
        Some(quote!((#name, #complete)))
    });
    quote! {
        Resource {
            name: #name,
            uri: #uri,
            title: #title,
            description: #description,
            mime_type: #mime_type,
            icons: #icons,
            ttl: #ttl,
            source: #source,
            complete: &[#(#completes),*],
        }
    }
}

/// What completes a value.
pub(super) fn complete(plan: &Plan, complete: &Complete) -> TokenStream {
    match complete {
        Complete::Values(values) => quote!(Complete::Values(&[#(#values),*])),
        Complete::Lookup { tool, at } => {
            let operation = unlisted(plan, *tool);
            quote!(Complete::Lookup { operation: #operation, at: #at })
        }
    }
}

/// What a completion calls.
pub(super) fn called(complete: &Complete) -> Option<usize> {
    match complete {
        Complete::Lookup { tool, .. } => Some(*tool),
        Complete::Values(_) => None,
    }
}

/// The imports that these tools need.
pub(super) fn modules(plan: &Plan, tools: &[usize]) -> TokenStream {
    let used = tools.iter().map(|tool| plan.unlisted[*tool].handler.call.0);
    let used: BTreeSet<usize> = used.collect();
    let modules: Vec<_> = used
        .iter()
        .map(|client| plan.clients[*client].module.ident())
        .collect();
    if modules.is_empty() {
        return TokenStream::new();
    }
    quote!(use crate::tools::{#(#modules),*};)
}

/// A tool that is not listed.
fn unlisted(plan: &Plan, index: usize) -> TokenStream {
    let tool = &plan.unlisted[index];
    let module = plan.clients[tool.handler.call.0].module.ident();
    let constant = tool.handler.constant.ident();
    quote!(&#module::#constant)
}

/// A file of the server.
pub(super) fn attachment(file: &Attachment) -> TokenStream {
    let (mime_type, path) = (&file.mime_type, format!("resources/{}", file.path));
    let content = if file.base64 {
        quote!(Content::Base64)
    } else {
        quote!(Content::Text)
    };
    quote!(Attachment { mime_type: #mime_type, content: #content(include_str!(#path)) })
}

/// A list of icons.
pub(super) fn icons(icons: &[IconSpec]) -> TokenStream {
    let icons = icons.iter().map(|icon| {
        let (src, sizes) = (&icon.src, &icon.sizes);
        let mime_type = optional(icon.mime_type.as_deref());
        quote!(Icon { src: #src, mime_type: #mime_type, sizes: &[#(#sizes),*] })
    });
    quote!(&[#(#icons),*])
}
