//! `src/tasks.rs`: how long-running operations are followed.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::format::rust_file;
use super::skeleton::{duration, optional};
use crate::plan::Plan;
use crate::read::tools_spec::TaskTool;

/// The file; `None` where the tools spec declares none.
pub(super) fn file(plan: &Plan) -> Option<String> {
    let tasks = plan.tasks.as_ref()?;
    let spec = &tasks.spec;
    let status = tool(&spec.status);
    let also = &tasks.also;
    let (result, cancel) = (maybe(spec.result.as_ref()), maybe(spec.cancel.as_ref()));
    let state = &spec.state;
    let (at, completed, failed, cancelled) =
        (&state.at, &state.completed, &state.failed, &state.cancelled);
    let progress = spec.progress.as_ref();
    let percent = optional(progress.and_then(|progress| progress.percent.as_deref()));
    let message = optional(progress.and_then(|progress| progress.message.as_deref()));
    let (updated, error) = (
        optional(spec.updated.as_deref()),
        optional(spec.error.as_deref()),
    );
    let poll = duration(tasks.poll_ms);
    let wait = match tasks.wait_seconds {
        0 => quote!(Duration::ZERO),
        seconds => {
            let seconds = Literal::u64_unsuffixed(seconds);
            quote!(Duration::from_secs(#seconds))
        }
    };
    let items = vec![
        quote! {
            use core::time::Duration;
            use toolwright_runtime::{TaskTool, Tasks};
        },
        quote! {
            /// How long-running operations are followed.
            pub(crate) static TASKS: Tasks = Tasks {
                status: #status,
                also: &[#(#also),*],
                result: #result,
                cancel: #cancel,
                state: #at,
                completed: &[#(#completed),*],
                failed: &[#(#failed),*],
                cancelled: &[#(#cancelled),*],
                percent: #percent,
                message: #message,
                updated: #updated,
                error: #error,
                poll: #poll,
                wait: #wait,
            };
        },
    ];
    let title = [format!("Long-running operations of {}.", plan.title)];
    Some(rust_file(&title, items))
}

fn tool(tool: &TaskTool) -> TokenStream {
    let (name, argument) = (&tool.tool, &tool.argument);
    quote!(TaskTool { tool: #name, argument: #argument })
}

fn maybe(entry: Option<&TaskTool>) -> TokenStream {
    match entry {
        Some(entry) => {
            let entry = tool(entry);
            quote!(Some(#entry))
        }
        None => quote!(None),
    }
}
