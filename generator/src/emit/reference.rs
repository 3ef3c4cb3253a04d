//! `TOOLS.md`: the reference of the server for people.

use serde_json::{Value, json};

use super::markdown;
use super::template::render;
use crate::hidden;
use crate::model::{Profile, Prompt, Resource, ResourceSource, Serving};
use crate::plan::{Plan, PlannedTool};

const TOOLS_MD: &str = include_str!("../../../templates/TOOLS.md.jinja");

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
            .map(|tool| documented(plan, tool))
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
            "rate_text": settings.rate.map(|rate| format!("{}/{}", rate.calls, time_words(rate.per_ms))),
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
            "profiles": plan.profiles.iter().map(|one| profile(plan, one)).collect::<Vec<_>>(),
            "clients": clients.filter(|client| client["tools"].as_array().is_some_and(|tools| !tools.is_empty())).collect::<Vec<_>>(),
            "tasks": tasks,
            "prompts": plan.prompts.iter().map(prompt).collect::<Vec<_>>(),
            "resources": plan.resources.iter().map(|one| resource(plan, one)).collect::<Vec<_>>(),
        }),
    );
    // Whatever of the document is in it: nothing stays hidden.
    hidden::shown(&text)
}

fn profile(plan: &Plan, profile: &Profile) -> Value {
    json!({
        "name": profile.name,
        "tools": profile.tools,
        "tokens": plan.tokens_of(profile),
        "prompts": profile.prompts,
        "resources": profile.resources,
        "instructions": profile.instructions.as_deref().map(markdown::prose),
    })
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

fn documented(plan: &Plan, tool: &PlannedTool) -> Value {
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
        "profiles": plan.profiles.iter().filter(|one| tool.is_in(Some(one))).map(|one| &one.name).collect::<Vec<_>>(),
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
