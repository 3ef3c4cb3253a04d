//! What agents see of many tools: three that find, describe and call the others.

mod rank;
mod text;
#[path = "../../../../runtime/src/search/words.rs"]
mod words;

use serde_json::{Value, json};

use super::clients::ClientPlan;
use super::{PlannedTool, tokens};
use crate::diagnostics::{Diagnostic, Diagnostics, codes};
use crate::model::{Api, Operation, Tool};

/// The tools that stand for the others; the runtime answers them.
const NAMES: [&str; 3] = ["search_tools", "describe_tool", "call_tool"];
/// Characters of the summary that a search tells at most.
const SUMMARY: usize = 100;
/// Bytes of all the names of domains together at most.
const DOMAINS: usize = 400;

/// A catalogue of tools that are searched for.
#[derive(Debug)]
pub struct SearchPlan {
    /// The three tools that are listed for it: MCP Tool objects.
    pub tools: Vec<Value>,
    /// What the tools are about, between commas.
    pub domains: String,
    /// A row for each tool, in their order.
    pub rows: Vec<SearchRow>,
    /// Each term that finds tools, with those, by their place in the order, and what it weighs for each.
    pub terms: Vec<(String, Vec<(usize, u8)>)>,
}

/// What a search tells of a tool.
#[derive(Debug)]
pub struct SearchRow {
    /// Its required arguments, and whether it has more.
    pub arguments: String,
    /// What it does, in a line.
    pub summary: String,
}

impl SearchPlan {
    /// The names of the three, and what each costs.
    pub fn listed(&self) -> impl Iterator<Item = (String, u64)> {
        let costs = self.tools.iter().map(tokens);
        NAMES.map(str::to_owned).into_iter().zip(costs)
    }

    /// What the three cost together.
    pub fn tokens(&self) -> u64 {
        self.tools.iter().map(tokens).sum()
    }
}

/// Plans the catalogue of all tools.
pub(super) fn search(
    api: &Api,
    title: &str,
    clients: &[ClientPlan],
    tools: &[PlannedTool],
    diagnostics: &mut Diagnostics,
) -> SearchPlan {
    check_names(api, diagnostics);
    let domains = domains(clients, tools);
    let documents = api.tools.iter().zip(tools).map(|(tool, planned)| {
        let operation = &api.operations[tool.operation];
        let domain = &clients[planned.handler.call.0].domain;
        document(tool, planned, operation, domain)
    });
    SearchPlan {
        terms: rank::terms(&documents.collect::<Vec<_>>()),
        rows: tools.iter().map(row).collect(),
        tools: published(&extent(api, title, &domains), tools),
        domains,
    }
}

/// The names of the three are taken.
fn check_names(api: &Api, diagnostics: &mut Diagnostics) {
    for tool in &api.tools {
        let names = [&tool.name].into_iter().chain(&tool.aliases);
        for name in names.filter(|name| NAMES.contains(&name.as_str())) {
            let message = format!("`{name}` is a tool of `surface: search` itself");
            diagnostics.push(
                Diagnostic::error(codes::DUPLICATE_NAME, tool.at.as_key(), message)
                    .help("call it by another name"),
            );
        }
    }
}

/// What the tools are about, as far as there is room.
fn domains(clients: &[ClientPlan], tools: &[PlannedTool]) -> String {
    let used = clients
        .iter()
        .enumerate()
        .filter(|(index, _)| tools.iter().any(|tool| tool.handler.call.0 == *index));
    let mut text = String::new();
    for (_, client) in used {
        let name = client.domain.trim_matches('`');
        if text.len() + name.len() > DOMAINS {
            return text + ", …";
        }
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(name);
    }
    text
}

/// What a tool is found by.
fn document(
    tool: &Tool,
    planned: &PlannedTool,
    operation: &Operation,
    domain: &str,
) -> Vec<Vec<String>> {
    let told = planned.json["description"].as_str().unwrap_or_default();
    let (summary, rest) = told.split_once('\n').unwrap_or((told, ""));
    let fixed: Vec<&str> = operation
        .path
        .split('/')
        .filter(|segment| !segment.contains('{'))
        .collect();
    let names = tool.arguments.iter().map(|argument| argument.name.as_str());
    let documented = [&operation.summary, &operation.description];
    let documented: Vec<&str> = documented
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let title = tool.title.as_deref().unwrap_or_default();
    let texts = [
        [&[tool.name.as_str()], &*strs(&tool.aliases)]
            .concat()
            .join(" "),
        format!("{title} {summary}"),
        format!("{rest} {}", documented.join(" ")),
        format!("{domain} {} {}", operation.name, fixed.join(" ")),
        names.collect::<Vec<_>>().join(" "),
        verbs(&operation.method, &operation.path).to_owned(),
    ];
    texts.iter().map(|text| words::terms(text)).collect()
}

fn strs(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}

/// What a method does, in the words of those who ask for it.
fn verbs(method: &str, path: &str) -> &'static str {
    match method {
        "GET" if path.ends_with('}') => "get show",
        "GET" => "get list show",
        "POST" => "create add",
        "PUT" => "set update replace",
        "PATCH" => "update change",
        "DELETE" => "delete remove",
        _ => "",
    }
}

fn row(tool: &PlannedTool) -> SearchRow {
    let schema = &tool.json["inputSchema"];
    let required = schema["required"].as_array().map(Vec::as_slice);
    let mut names: Vec<&str> = required
        .unwrap_or_default()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    if names.len() < tool.arguments.len() {
        names.push("…");
    }
    let description = tool.json["description"].as_str().unwrap_or_default();
    SearchRow {
        arguments: names.join(", "),
        summary: text::summary(description, SUMMARY),
    }
}

/// What is behind the three. Of profiles each has its part, and the three are the same in all.
fn extent(api: &Api, title: &str, domains: &str) -> String {
    match api.profiles.is_empty() {
        true => {
            let count = api.tools.len();
            format!("all {count} tools of {title} are behind it, for {domains}")
        }
        false => format!("the tools of {title} are behind it"),
    }
}

/// The three tools (MCP 2026-07-28, server/tools). What `call_tool` may do is what any of the others may.
fn published(extent: &str, tools: &[PlannedTool]) -> Vec<Value> {
    let [search, describe, call] = NAMES;
    let hint = |name: &'static str| {
        tools
            .iter()
            .map(move |tool| tool.json["annotations"][name] == true)
    };
    let finder = json!({"readOnlyHint": true, "destructiveHint": false, "idempotentHint": true, "openWorldHint": false});
    let name = json!({"type": "string", "description": format!("Name of a tool, as `{search}` gives it.")});
    vec![
        json!({
            "name": search,
            "title": "Search tools",
            "description": format!("Finds tools by what they do, the best first, each as `name(required arguments): summary`. Begin here: {extent}.\n\nThen read a tool with `{describe}` and call it with `{call}`."),
            "inputSchema": {
                "type": "object",
                "properties": {
                    "query": {"type": "string", "description": "An action and a thing, in a few plain English words: list invoices.", "maxLength": 200},
                    "limit": {"type": "integer", "description": "How many tools at most.", "minimum": 1, "maximum": 50, "default": 10},
                },
                "required": ["query"],
                "additionalProperties": false,
            },
            "annotations": finder,
        }),
        json!({
            "name": describe,
            "title": "Describe tool",
            "description": format!("Gives the definition of a tool that `{search}` found: what it does, the schema of its arguments, its annotations. Read it before you call the tool."),
            "inputSchema": {"type": "object", "properties": {"name": name}, "required": ["name"], "additionalProperties": false},
            "annotations": finder,
        }),
        json!({
            "name": call,
            "title": "Call tool",
            "description": format!("Calls a tool that `{search}` found. The result is the tool's own. What it does to the backend is in the annotations that `{describe}` gives."),
            "inputSchema": {
                "type": "object",
                "properties": {
                    "name": name,
                    "arguments": {"type": "object", "description": "The tool's arguments, as its schema asks."},
                },
                "required": ["name"],
                "additionalProperties": false,
            },
            "annotations": {
                "readOnlyHint": hint("readOnlyHint").all(|it| it),
                "destructiveHint": hint("destructiveHint").any(|it| it),
                "idempotentHint": hint("idempotentHint").all(|it| it),
                "openWorldHint": hint("openWorldHint").any(|it| it),
            },
        }),
    ]
}
