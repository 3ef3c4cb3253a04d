//! The files that are one of a kind: manifest, entry point, server definition, tool list.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use serde_json::{Value, json};

use super::auth::auth;
use super::format::rust_file;
use super::resources;
use super::template::render;
use crate::plan::Plan;

const CARGO_TOML: &str = include_str!("../../../templates/Cargo.toml.jinja");

/// `Cargo.toml`.
pub(super) fn cargo_toml(plan: &Plan) -> String {
    let title = plan
        .settings
        .title
        .as_deref()
        .unwrap_or(&plan.settings.name);
    render(
        CARGO_TOML,
        json!({
            "name": plan.settings.name,
            "version": plan.settings.version,
            "description": format!("MCP server and typed clients of {title}"),
            "runtime": plan.runtime.as_deref().unwrap_or("runtime"),
            "standalone": plan.runtime.is_none(),
        }),
    )
}

/// `tools.json`: the array that `tools/list` serves.
pub(super) fn tools_json(plan: &Plan) -> String {
    let tools: Vec<&Value> = plan.served().collect();
    format!("{:#}\n", json!(tools))
}

/// `src/main.rs`.
pub(super) fn main_rs(plan: &Plan) -> String {
    let library = super::super::plan::names::escape(&plan.library);
    let main = quote! {
        fn main() -> std::process::ExitCode { toolwright_runtime::run(&#library::SERVER) }
    };
    rust_file(
        &[format!("The MCP server `{}`.", plan.settings.name)],
        vec![main],
    )
}

/// `src/lib.rs`: the server's definition.
pub(super) fn lib_rs(plan: &Plan) -> String {
    let settings = &plan.settings;
    let (name, env) = (&settings.name, &settings.env);
    let (connections, concurrency) = (
        Literal::u32_unsuffixed(settings.connections),
        Literal::u32_unsuffixed(settings.concurrency),
    );
    let title = optional(settings.title.as_deref());
    let instructions = optional(settings.instructions.as_deref());
    let base_url = optional(settings.base_url.as_deref());
    let timeout = duration(settings.timeout_ms);
    let response = Literal::u64_unsuffixed(settings.response_bytes);
    let result = Literal::u64_unsuffixed(settings.result_bytes);
    let rate = match settings.rate {
        Some(rate) => {
            let (calls, per) = (Literal::u32_unsuffixed(rate.calls), duration(rate.per_ms));
            quote!(Some(Rate { calls: #calls, per: #per }))
        }
        None => quote!(None),
    };
    let (security, security_mod, security_use) = if plan.security.schemes.is_empty() {
        (quote!(Security::NONE), None, Some(quote!(Security,)))
    } else {
        (
            quote!(security::SECURITY),
            Some(quote!(
                pub mod security;
            )),
            None,
        )
    };
    let (servers, servers_mod, servers_use) = if plan.servers.is_plain() {
        (quote!(Servers::ONE), None, Some(quote!(Servers,)))
    } else {
        (
            quote!(servers::SERVERS),
            Some(quote!(
                pub mod servers;
            )),
            None,
        )
    };
    let (tasks, tasks_mod) = match plan.tasks {
        Some(_) => (
            quote!(Some(&tasks::TASKS)),
            Some(quote!(
                mod tasks;
            )),
        ),
        None => (quote!(None), None),
    };
    let description = optional(settings.description.as_deref());
    let website_url = optional(settings.website_url.as_deref());
    let icons = resources::icons(&settings.icons);
    let icon_use = (!settings.icons.is_empty()).then(|| quote!(Icon,));
    let (prompts, prompts_mod) = match plan.prompts.is_empty() {
        true => (quote!(&[]), None),
        false => (
            quote!(prompts::PROMPTS),
            Some(quote!(
                mod prompts;
            )),
        ),
    };
    let (resources, resources_mod) = match plan.resources.is_empty() {
        true => (quote!(&[]), None),
        false => (
            quote!(resources::RESOURCES),
            Some(quote!(
                mod resources;
            )),
        ),
    };
    let (profiles, profiles_mod) = match plan.profiles.is_empty() {
        true => (quote!(&[]), None),
        false => (
            quote!(profiles::PROFILES),
            Some(quote!(
                mod profiles;
            )),
        ),
    };
    let request = Literal::u64_unsuffixed(settings.request_bytes);
    let memory = match settings.memory_bytes {
        Some(bytes) => {
            let bytes = Literal::u64_unsuffixed(bytes);
            quote!(Some(#bytes))
        }
        None => quote!(None),
    };
    let (auth, auth_use) = auth(plan);
    let rate_use = settings.rate.map(|_| quote!(Rate,));
    let (health, health_fn, health_use) = match plan.health {
        Some((client, method)) => {
            let method = &plan.clients[client].methods[method];
            let template = &method.template;
            let verb = if method.http_method == "HEAD" {
                quote!(HEAD)
            } else {
                quote!(GET)
            };
            let function = quote! {
                /// What `/ready` asks of the backend.
                fn health() -> Request { Request::new(Method::#verb, #template) }
            };
            (
                quote!(Some(health)),
                Some(function),
                Some(quote!(Method, Request,)),
            )
        }
        None => (quote!(None), None, None),
    };
    let (catalogue, catalogue_use) = match plan.search {
        Some(_) => (
            quote! {
                Some(Catalogue { tools: include_str!("../catalogue.json"), index: include_str!("../catalogue.index") })
            },
            Some(quote!(Catalogue,)),
        ),
        None => (quote!(None), None),
    };
    let items = vec![
        quote! { pub mod clients; pub mod models; #profiles_mod #prompts_mod #resources_mod #security_mod #servers_mod #tasks_mod mod tools; },
        quote! {
            pub use clients::Client;
            use core::time::Duration;
            use toolwright_runtime::{#auth_use #catalogue_use #icon_use Limits, #health_use #rate_use #security_use Server, #servers_use};
        },
        quote! {
            /// What the runtime serves.
            pub static SERVER: Server = Server {
                name: #name,
                title: #title,
                version: env!("CARGO_PKG_VERSION"),
                description: #description,
                website_url: #website_url,
                icons: #icons,
                instructions: #instructions,
                env: #env,
                base_url: #base_url,
                servers: #servers,
                security: #security,
                timeout: #timeout,
                connections: #connections,
                limits: Limits { concurrency: #concurrency, rate: #rate, response: #response, result: #result, request: #request, memory: #memory },
                auth: #auth,
                tools_json: include_str!("../tools.json"),
                catalogue: #catalogue,
                tool: tools::tool,
                prompts: #prompts,
                resources: #resources,
                health: #health,
                tasks: #tasks,
                profiles: #profiles,
            };
        },
        health_fn.unwrap_or_default(),
    ];
    let docs = [
        format!("MCP server and typed clients of {}.", plan.title),
        String::new(),
        "The clients work without MCP too; with the feature `serde` their answers are typed."
            .to_owned(),
    ];
    rust_file(&docs, items)
}

pub(super) fn optional(text: Option<&str>) -> TokenStream {
    match text {
        Some(text) => quote!(Some(#text)),
        None => quote!(None),
    }
}

pub(super) fn duration(milliseconds: u64) -> TokenStream {
    if milliseconds.is_multiple_of(1000) {
        let seconds = Literal::u64_unsuffixed(milliseconds / 1000);
        quote!(Duration::from_secs(#seconds))
    } else {
        let milliseconds = Literal::u64_unsuffixed(milliseconds);
        quote!(Duration::from_millis(#milliseconds))
    }
}
