//! `toolwright tools`: what an agent will see, and what it costs.

use std::fmt::Write as _;

use clap::{Args, ValueEnum};
use indexmap::IndexSet;
use serde_json::{Value, json};

use super::systems::{self, System};
use super::{Failure, Outcome, Reading, out, report};
use crate::diagnostics::{Diagnostics, nearest};
use crate::plan::{PlannedTool, Saving};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// A folder under specs/, or the path of a tools.yaml; all of specs/ if none is given
    #[arg(value_name = "SYSTEM|tools.yaml")]
    system: Option<String>,
    /// Only this tool, in full
    #[arg(value_name = "TOOL")]
    tool: Option<String>,
    /// How the list is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    read: Reading,
}

/// How the list is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// One JSON object
    Json,
}

struct Listed {
    name: String,
    tools: Vec<PlannedTool>,
    /// What agents see at once where they search for the others.
    search: Option<Finders>,
    /// What the list that is served costs.
    tokens: u64,
    /// What is served together, the default first.
    profiles: Vec<Cost>,
}

/// What a profile costs.
struct Cost {
    name: String,
    tools: IndexSet<String>,
    tokens: u64,
}

/// The tools that stand for those of a catalogue.
struct Finders {
    tools: Vec<(String, u64)>,
    /// How many tools are listed, these and others.
    listed: usize,
}

pub(super) fn run(options: &Options) -> Result<Outcome, Failure> {
    let mut listed = Vec::new();
    let mut complete = true;
    for system in systems::find(options.system.as_slice())? {
        match list(&system, options) {
            Some(found) => listed.push(found),
            None => complete = false,
        }
    }
    if !complete {
        return Ok(Outcome::Found);
    }
    if let Some(name) = &options.tool {
        for system in &mut listed {
            keep(&mut system.tools, name)?;
            system.tokens = total(&system.tools);
            system.search = None;
            system.profiles.clear();
        }
    }
    match (options.format, &options.tool) {
        (Format::Json, _) => out(format_args!("{}\n", as_json(&listed)))?,
        (Format::Text, None) => out(listed.iter().map(table).collect::<Vec<_>>().join("\n"))?,
        (Format::Text, Some(_)) => out(listed
            .iter()
            .flat_map(|system| &system.tools)
            .map(page)
            .collect::<String>())?,
    }
    Ok(Outcome::Fine)
}

fn list(system: &System, options: &Options) -> Option<Listed> {
    let out = system
        .out
        .clone()
        .unwrap_or_else(|| system.spec.with_file_name("server"));
    let mut diagnostics = Diagnostics::default();
    let (files, output) = crate::compile(&system.spec, &out, options.read.into(), &mut diagnostics);
    let format = match options.format {
        Format::Text => super::Format::Text,
        Format::Json => super::Format::Json,
    };
    report(&diagnostics, &files, format);
    let plan = output?.plan;
    Some(Listed {
        name: system.name.clone(),
        tokens: plan.tokens(),
        search: plan.search.as_ref().map(|search| Finders {
            tools: search.listed().collect(),
            listed: plan.served().count(),
        }),
        profiles: plan
            .profiles
            .iter()
            .map(|profile| Cost {
                name: profile.name.clone(),
                tools: profile.tools.clone(),
                tokens: plan.tokens_of(profile),
            })
            .collect(),
        tools: plan.tools,
    })
}

/// Keeps the tool called `name`, which may be an alias.
fn keep(tools: &mut Vec<PlannedTool>, name: &str) -> Result<(), Failure> {
    let known: Vec<String> = tools.iter().map(|tool| tool.name.clone()).collect();
    tools.retain(|tool| tool.name == name || tool.aliases.iter().any(|alias| alias == name));
    if !tools.is_empty() {
        return Ok(());
    }
    let near = nearest(name, known.iter().map(String::as_str));
    let hint = near.map_or_else(
        || format!("; there are: {}", known.join(", ")),
        |near| format!("; did you mean `{near}`?"),
    );
    Err(Failure::Usage(format!("there is no tool `{name}`{hint}")))
}

fn total(tools: &[PlannedTool]) -> u64 {
    tools.iter().map(|tool| tool.tokens).sum()
}

fn as_json(listed: &[Listed]) -> Value {
    let tool = |tool: &PlannedTool| {
        let mut entry = json!({
            "name": tool.name,
            "method": tool.method,
            "path": tool.path,
            "arguments": tool.arguments,
            "tokens": tool.tokens,
            "aliases": tool.aliases,
        });
        if let Some(saving) = tool.saving {
            entry["result_tokens"] = json!({"json": saving.json, "table": saving.table});
        }
        entry
    };
    let system = |system: &Listed| {
        let tools: Vec<Value> = system.tools.iter().map(tool).collect();
        let mut json = json!({"name": system.name, "tools": tools, "total_tokens": system.tokens});
        if let Some(search) = &system.search {
            let finders = search.tools.iter();
            let finders = finders.map(|(name, tokens)| json!({"name": name, "tokens": tokens}));
            json["search"] = json!({
                "tools": finders.collect::<Vec<_>>(),
                "catalogue_tokens": total(&system.tools),
            });
        }
        if !system.profiles.is_empty() {
            let profile = |one: &Cost| json!({"name": one.name, "tools": one.tools, "total_tokens": one.tokens});
            json["profiles"] = system.profiles.iter().map(profile).collect();
        }
        json
    };
    json!({"systems": listed.iter().map(system).collect::<Vec<_>>()})
}

/// One line a tool, the columns as wide as they must be.
fn table(system: &Listed) -> String {
    let request = |tool: &PlannedTool| format!("{} {}", tool.method, tool.path);
    let width = |text: fn(&PlannedTool) -> String| {
        system
            .tools
            .iter()
            .map(|tool| text(tool).chars().count())
            .max()
            .unwrap_or_default()
    };
    let (names, requests) = (width(|tool| tool.name.clone()), width(request));
    let tools = plural(system.tools.len());
    let count = system.tools.len();
    let mut text = match &system.search {
        None => format!(
            "{}: {count} {tools}, {} tokens\n\n",
            system.name, system.tokens
        ),
        Some(search) => {
            let finders: Vec<&str> = search.tools.iter().map(|(name, _)| name.as_str()).collect();
            format!(
                "{}: {} tools listed, {} tokens; {count} {tools} of {} tokens behind {}\n\n",
                system.name,
                search.listed,
                system.tokens,
                total(&system.tools),
                finders.join(", ")
            )
        }
    };
    for (index, profile) in system.profiles.iter().enumerate() {
        let default = if index == 0 { ", the default" } else { "" };
        let (name, count) = (&profile.name, profile.tools.len());
        let tools = plural(count);
        let _ = writeln!(
            text,
            "profile {name}{default}: {count} {tools}, {} tokens",
            profile.tokens
        );
    }
    if !system.profiles.is_empty() {
        text.push('\n');
    }
    for tool in &system.tools {
        let arguments = if tool.arguments.is_empty() {
            "-".to_owned()
        } else {
            tool.arguments.join(", ")
        };
        let aliases = match tool.aliases.as_slice() {
            [] => String::new(),
            aliases => format!(" (also {})", aliases.join(", ")),
        };
        let saving = match tool.saving {
            Some(saving) => format!(" [{}]", saved(saving)),
            None => String::new(),
        };
        let _ = writeln!(
            text,
            "{:names$}  {:>6}  {:requests$}  {arguments}{aliases}{saving}",
            tool.name,
            tool.tokens,
            request(tool)
        );
    }
    text
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "tool" } else { "tools" }
}

/// What a table saves of the document's example.
fn saved(saving: Saving) -> String {
    let Saving { json, table } = saving;
    let share = (table as f64 / json.max(1) as f64 - 1.0) * 100.0;
    format!("{table} tokens as a table, {json} as JSON ({share:+.0} %)")
}

/// All of one tool.
fn page(tool: &PlannedTool) -> String {
    let mut text = format!(
        "{}: {} {}, {} tokens\n",
        tool.name, tool.method, tool.path, tool.tokens
    );
    if !tool.aliases.is_empty() {
        let _ = writeln!(text, "also: {}", tool.aliases.join(", "));
    }
    if let Some(saving) = tool.saving {
        let _ = writeln!(text, "its example answer: {}", saved(saving));
    }
    if let Some(description) = tool.json["description"].as_str() {
        let _ = writeln!(text, "\n{}", description.trim_end());
    }
    for (title, key) in [
        ("Arguments", "inputSchema"),
        ("Result", "outputSchema"),
        ("Annotations", "annotations"),
    ] {
        if let Some(value) = tool.json.get(key) {
            let _ = writeln!(text, "\n{title}:\n{value:#}");
        }
    }
    text.push('\n');
    text
}
