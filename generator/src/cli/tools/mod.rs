//! `toolwright tools`: what an agent will see, and what it costs.

mod table;

use clap::{Args, ValueEnum};
use indexmap::IndexSet;
use serde_json::{Value, json};

use super::systems::{self, System};
use super::{Failure, Outcome, Reading, out, report};
use crate::diagnostics::{Diagnostics, nearest};
use crate::plan::PlannedTool;
use table::{page, table};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// A folder under specs/, or the path of a tools.yaml; all of specs/ if none is given, or only the name of a tool
    #[arg(value_name = "SYSTEM|tools.yaml")]
    system: Option<String>,
    /// Only this tool, as an agent sees it
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
    let (systems, tool) = asked(options)?;
    let mut listed = Vec::new();
    let mut complete = true;
    for system in systems {
        match list(&system, options) {
            Some(found) => listed.push(found),
            None => complete = false,
        }
    }
    if !complete {
        return Ok(Outcome::Found);
    }
    if let Some(name) = tool {
        // A single word could have meant either.
        let kinds = match options.tool {
            Some(_) => "tool",
            None => "system or tool",
        };
        keep(&mut listed, name, kinds)?;
    }
    match (options.format, tool) {
        (Format::Json, _) => out(format_args!("{}\n", as_json(&listed)))?,
        (Format::Text, None) => out(listed.iter().map(table).collect::<Vec<_>>().join("\n"))?,
        (Format::Text, Some(_)) => {
            let tools = listed.iter().flat_map(|system| &system.tools);
            out(tools.map(page).collect::<Vec<_>>().join("\n"))?;
        }
    }
    Ok(Outcome::Fine)
}

/// The systems, and the tool of them that is asked for. A single word that is no system is a tool of any.
fn asked(options: &Options) -> Result<(Vec<System>, Option<&str>), Failure> {
    let systems = systems::find(options.system.as_slice());
    match (&options.system, &options.tool, systems) {
        (Some(word), None, Err(unknown)) => match systems::find(&[]) {
            Ok(all) => Ok((all, Some(word))),
            Err(_) => Err(unknown),
        },
        (_, tool, systems) => Ok((systems?, tool.as_deref())),
    }
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

/// Keeps the tools called `name`, which may be an alias, and the systems that have one.
///
/// # Errors
/// That there is none; `kinds` says what `name` could be.
fn keep(listed: &mut Vec<Listed>, name: &str, kinds: &str) -> Result<(), Failure> {
    let systems: Vec<String> = listed.iter().map(|system| system.name.clone()).collect();
    let tools = listed.iter().flat_map(|system| &system.tools);
    let tools: Vec<String> = tools.map(|tool| tool.name.clone()).collect();
    let near = nearest(name, systems.iter().chain(&tools).map(String::as_str));
    let is_meant =
        |tool: &PlannedTool| tool.name == name || tool.aliases.iter().any(|alias| alias == name);
    for system in listed.iter_mut() {
        system.tools.retain(is_meant);
        system.tokens = total(&system.tools);
        system.search = None;
        system.profiles.clear();
    }
    listed.retain(|system| !system.tools.is_empty());
    if !listed.is_empty() {
        return Ok(());
    }
    let hint = near.map_or_else(
        || format!("; there are: {}", tools.join(", ")),
        |near| format!("; did you mean `{near}`?"),
    );
    Err(Failure::Usage(format!(
        "there is no {kinds} `{name}`{hint}"
    )))
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
