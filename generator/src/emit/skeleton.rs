//! The files that are one of a kind: manifest, entry point, server definition, tool list, tool reference.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use serde_json::{Value, json};

use super::auth::auth;
use super::format::{HEADER, rust_file};
use super::{markdown, resources};
use crate::hidden;
use crate::model::{Prompt, Resource, ResourceSource, Serving};
use crate::plan::{Plan, PlannedTool};

const CARGO_TOML: &str = include_str!("../../../templates/Cargo.toml.jinja");
const TOOLS_MD: &str = include_str!("../../../templates/TOOLS.md.jinja");

/// Renders a template; all of its holes are values that the plan decided.
fn render(template: &str, mut context: Value) -> String {
    context["header"] = json!(HEADER);
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(syntax());
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.add_filter("toml", |text: String| toml_string(&text));
    environment.add_filter("cell", |text: String| {
        text.replace('|', "\\|").replace('\n', " ")
    });
    match environment.render_str(template, Serde(context)) {
        Ok(text) => text,
        // A template of ours that does not fit its plan is a bug, which every run of the tests meets.
        Err(error) => panic!("template: {error:#}"),
    }
}

/// Block tags leave no empty lines behind.
fn syntax() -> SyntaxConfig {
    let built = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build();
    built.unwrap_or_default()
}

/// A basic string of TOML.
fn toml_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() || !hidden::found(c.encode_utf8(&mut [0; 4])).is_empty() => {
                out.push_str(&format!("\\U{:08X}", c as u32));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

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
        quote! { pub mod clients; pub mod models; #prompts_mod #resources_mod #security_mod #servers_mod #tasks_mod mod tools; },
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

/// `TOOLS.md`: the reference of the tools for people.
pub(super) fn tools_md(plan: &Plan) -> String {
    let tasks = plan.tasks.as_ref().map(|tasks| {
        let spec = &tasks.spec;
        let starters: Vec<&str> = plan
            .tools
            .iter()
            .filter(|tool| tool.starts.is_some())
            .map(|tool| tool.name.as_str())
            .collect();
        let state = &spec.state;
        json!({
            "starters": starters,
            "status": spec.status.tool,
            "argument": spec.status.argument,
            "result": spec.result.as_ref().map(|tool| &tool.tool),
            "cancel": spec.cancel.as_ref().map(|tool| &tool.tool),
            "state": state.at,
            "working": state.working,
            "completed": state.completed,
            "failed": state.failed,
            "cancelled": state.cancelled,
            "wait": tasks.wait_seconds,
            "percent": spec.progress.as_ref().and_then(|progress| progress.percent.as_deref()),
            "message": spec.progress.as_ref().and_then(|progress| progress.message.as_deref()),
        })
    });
    let clients = plan.clients.iter().enumerate().map(|(index, client)| {
        let tools: Vec<Value> = plan
            .tools
            .iter()
            .filter(|tool| tool.handler.call.0 == index)
            .map(documented)
            .collect();
        json!({ "name": markdown::inline(&client.domain), "tools": tools })
    });
    let settings = &plan.settings;
    let text = render(
        TOOLS_MD,
        json!({
            "name": settings.name,
            "title": markdown::inline(settings.title.as_deref().unwrap_or(&settings.name)),
            "instructions": settings.instructions.as_deref().map(markdown::prose),
            "env": settings.env,
            "base_url": settings.base_url.as_deref().map(markdown::code),
            "path": markdown::code(&plan.servers.path),
            "schemes": plan.security.schemes.iter().map(|scheme| markdown::code(scheme.constant.api())).collect::<Vec<_>>(),
            "variables": plan.servers.rows.iter().chain(&plan.security.rows).map(|row| json!({
                "name": row.variable,
                "meaning": markdown::inline(&row.meaning),
                "default": row.default.as_deref().map(markdown::code),
            })).collect::<Vec<_>>(),
            "timeout": time_words(settings.timeout_ms),
            "concurrency": settings.concurrency,
            "rate": settings.rate.map(|rate| format!("{} calls in {} s", rate.calls, rate.per_ms as f64 / 1000.0)),
            "response_bytes": settings.response_bytes,
            "request_bytes": settings.request_bytes,
            "memory_bytes": settings.memory_bytes,
            "oauth": settings.auth.as_ref().and_then(|auth| auth.oauth.as_ref()).map(|oauth| json!({
                "issuer": markdown::code(&oauth.issuer),
                "audience": markdown::code(&oauth.audience),
                "jwks_uri": oauth.jwks_uri.as_deref().map(markdown::code),
                "scopes": oauth.scopes.iter().map(|scope| markdown::code(scope)).collect::<Vec<_>>(),
            })),
            "forward": settings.auth.as_ref().is_some_and(|auth| auth.forward),
            "scoped": scoped(plan),
            "timed": timed(plan, |serving| serving.timeout_ms),
            "cached": timed(plan, |serving| serving.cache_ms),
            "total_tokens": plan.tools.iter().map(|tool| tool.tokens).sum::<u64>(),
            "searched": plan.search.as_ref().map(|_| json!({"listed": plan.served().count(), "tokens": plan.tokens()})),
            "count": plan.tools.len(),
            "clients": clients.filter(|client| client["tools"].as_array().is_some_and(|tools| !tools.is_empty())).collect::<Vec<_>>(),
            "tasks": tasks,
            "prompts": plan.prompts.iter().map(prompt).collect::<Vec<_>>(),
            "resources": plan.resources.iter().map(|one| resource(plan, one)).collect::<Vec<_>>(),
        }),
    );
    // Whatever of the document is in it: nothing stays hidden.
    hidden::shown(&text)
}

fn prompt(prompt: &Prompt) -> Value {
    let arguments = prompt.arguments.iter().map(|argument| {
        json!({
            "name": argument.name,
            "required": argument.required,
            "description": markdown::inline(argument.description.as_deref().unwrap_or_default()),
        })
    });
    json!({
        "name": prompt.name,
        "description": prompt.description.as_deref().or(prompt.title.as_deref()).map(markdown::prose),
        "arguments": arguments.collect::<Vec<_>>(),
    })
}

fn resource(plan: &Plan, resource: &Resource) -> Value {
    let source = match &resource.source {
        ResourceSource::Operation(tool) => {
            let tool = &plan.unlisted[*tool];
            format!(
                "`{}`",
                markdown::code(&format!("{} {}", tool.method, tool.path))
            )
        }
        ResourceSource::File(_) => "a file".to_owned(),
    };
    let variables = resource.variables.iter().filter_map(|variable| {
        let text = variable.description.as_deref()?;
        Some(format!("`{}`: {}", variable.name, markdown::inline(text)))
    });
    let about = resource
        .description
        .as_deref()
        .or(resource.title.as_deref());
    let about = about.map(markdown::inline).into_iter().chain(variables);
    json!({
        "uri": markdown::code(&resource.uri),
        "source": source,
        "mime_type": resource.mime_type.as_deref().map(markdown::code),
        "about": about.collect::<Vec<_>>().join(" "),
    })
}

/// The tools that need scopes.
fn scoped(plan: &Plan) -> Vec<Value> {
    let scoped = plan.tools.iter().filter_map(|tool| {
        let scopes = &tool.handler.serving.scopes;
        let scopes: Vec<String> = scopes.iter().map(|scope| markdown::code(scope)).collect();
        (!scopes.is_empty()).then(|| json!({ "name": tool.name, "scopes": scopes }))
    });
    scoped.collect()
}

/// The tools that have a time of some kind.
fn timed(plan: &Plan, time: impl Fn(&Serving) -> Option<u64>) -> Vec<Value> {
    let timed = plan.tools.iter().filter_map(|tool| {
        let time = time_words(time(&tool.handler.serving)?);
        Some(json!({ "name": tool.name, "time": time }))
    });
    timed.collect()
}

fn time_words(milliseconds: u64) -> String {
    match milliseconds {
        ms if ms.is_multiple_of(3_600_000) => format!("{}h", ms / 3_600_000),
        ms if ms.is_multiple_of(1000) => format!("{}s", ms / 1000),
        ms => format!("{ms}ms"),
    }
}

fn documented(tool: &PlannedTool) -> Value {
    let schema = &tool.json["inputSchema"];
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let arguments = tool.arguments.iter().map(|name| {
        let argument = &schema["properties"][name];
        json!({
            "name": markdown::code(name),
            "type": type_words(argument),
            "required": required.contains(&json!(name)),
            "default": argument.get("default").map(|value| markdown::code(&value.to_string())),
            "description": markdown::inline(argument["description"].as_str().unwrap_or_default()),
        })
    });
    let annotations = &tool.json["annotations"];
    json!({
        "name": tool.name,
        "title": tool.json.get("title"),
        "endpoint": markdown::code(&format!("{} {}", tool.method, tool.path)),
        "description": markdown::prose(tool.json["description"].as_str().unwrap_or_default()),
        "aliases": tool.aliases,
        "tokens": tool.tokens,
        "read_only": annotations["readOnlyHint"],
        "destructive": annotations["destructiveHint"],
        "idempotent": annotations["idempotentHint"],
        "arguments": arguments.collect::<Vec<_>>(),
    })
}

/// The type of an argument in a few words, with what limits it.
fn type_words(schema: &Value) -> String {
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        let values: Vec<String> = values
            .iter()
            .map(|value| {
                let text = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                format!("`{}`", markdown::code(&text))
            })
            .collect();
        return values.join(", ");
    }
    let mut words = match schema.get("type") {
        Some(Value::String(name)) if name == "array" => {
            format!("list of {}", type_words(&schema["items"]))
        }
        Some(Value::String(name)) => name.clone(),
        Some(Value::Array(names)) => names
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(" or "),
        _ => "any".to_owned(),
    };
    match (schema.get("minimum"), schema.get("maximum")) {
        (Some(least), Some(most)) => words.push_str(&format!(" {least} to {most}")),
        (Some(least), None) => words.push_str(&format!(" from {least}")),
        (None, Some(most)) => words.push_str(&format!(" up to {most}")),
        (None, None) => {}
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn toml_strings_cannot_be_left() {
        assert_eq!(toml_string("a\"b\\c\n"), "\"a\\\"b\\\\c\\U0000000A\"");
    }

    #[test]
    fn types_in_words() {
        for (schema, words) in [
            (
                json!({"type": "integer", "minimum": 1, "maximum": 100}),
                "integer 1 to 100",
            ),
            (
                json!({"type": "array", "items": {"type": "string"}}),
                "list of string",
            ),
            (json!({"type": "string", "enum": ["a", "b"]}), "`a`, `b`"),
            (json!({"type": ["string", "null"]}), "string or null"),
            (json!({}), "any"),
        ] {
            assert_eq!(type_words(&schema), words);
        }
    }
}
