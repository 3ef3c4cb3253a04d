//! Fourth stage: how Rust spells the API. Every name, type, default and line of documentation is
//! decided here; nothing after it can fail because of what a user wrote.

mod clients;
mod docs;
mod models;
pub mod names;
mod rust_type;
mod saving;
mod search;
mod security;
mod servers;
mod tools;

use serde_json::Value;

pub use clients::{BodyPlan, ClientPlan, Delegate, MethodPlan, PathArgument, QueryPlan, QuerySlot};
pub use models::{MemberPlan, ModelPlan, ModelShape};
pub use rust_type::{Presence, RustType};
pub use saving::Saving;
pub use search::{SearchPlan, SearchRow};
pub use security::{SchemePlan, SecurityPlan, SetPlan};
pub use servers::{OtherPlan, ServersPlan, VariablePlan, VariableRow};
pub use tools::{Read, ReadBody, Setup, ToolPlan};

use crate::diagnostics::{At, Diagnostic, Diagnostics, codes};
use crate::lint;
use crate::model::{Api, Ask, Profile, Prompt, Resource, Settings, Tasks};
use crate::read::Sources;
use crate::read::tools_spec::Surface;
use names::Environment;

/// What is written, decided to the last name.
#[derive(Debug)]
pub struct Plan {
    /// Server and backend settings.
    pub settings: Settings,
    /// What documentation calls the system.
    pub title: String,
    /// Name of the library: the crate's, with underscores.
    pub library: String,
    /// Path of the runtime crate in `Cargo.toml`; `None` writes its source beside the output.
    pub runtime: Option<String>,
    /// The types of `models`.
    pub models: Vec<ModelPlan>,
    /// What proves who asks.
    pub security: SecurityPlan,
    /// Where the backend is, besides its base URL.
    pub servers: ServersPlan,
    /// The clients.
    pub clients: Vec<ClientPlan>,
    /// Methods that the facade offers itself.
    pub facade: Vec<Delegate>,
    /// The operation behind `health_check`: client and method.
    pub health: Option<(usize, usize)>,
    /// The tools, in the order of the tools spec.
    pub tools: Vec<PlannedTool>,
    /// What resources and completions call: tools that are not listed.
    pub unlisted: Vec<PlannedTool>,
    /// The prompts, in the order of the tools spec.
    pub prompts: Vec<Prompt>,
    /// The resources, in the order of the tools spec.
    pub resources: Vec<Resource>,
    /// The catalogue, where agents search for tools.
    pub search: Option<SearchPlan>,
    /// How long-running operations are followed.
    pub tasks: Option<Tasks>,
    /// What is served together, the default first; none where all is served always.
    pub profiles: Vec<Profile>,
    /// The text of the record of what is used of the document, where one is kept.
    pub record: Option<String>,
}

impl Plan {
    /// All that has a handler, listed or not.
    pub fn handlers(&self) -> impl Iterator<Item = &PlannedTool> {
        self.tools.iter().chain(&self.unlisted)
    }

    /// What `tools/list` serves: MCP Tool objects.
    pub fn served(&self) -> impl Iterator<Item = &Value> {
        let finders = self.search.iter().flat_map(|search| &search.tools);
        let listed = self.tools.iter().filter(|tool| tool.listed);
        finders.chain(listed.map(|tool| &tool.json))
    }

    /// What the list that is served costs an agent.
    pub fn tokens(&self) -> u64 {
        list_tokens(&self.tools, self.search.as_ref(), None)
    }

    /// What the list costs that a profile serves.
    pub fn tokens_of(&self, profile: &Profile) -> u64 {
        list_tokens(&self.tools, self.search.as_ref(), Some(profile))
    }
}

/// What a JSON value costs an agent: bytes of compact JSON, divided by 4.
fn tokens(json: &Value) -> u64 {
    json.to_string().len() as u64 / 4
}

/// What the list costs that is served with a profile, or without one.
fn list_tokens(
    tools: &[PlannedTool],
    search: Option<&SearchPlan>,
    profile: Option<&Profile>,
) -> u64 {
    let served = tools
        .iter()
        .filter(|tool| tool.listed && tool.is_in(profile));
    served.map(|tool| tool.tokens).sum::<u64>() + search.map_or(0, SearchPlan::tokens)
}

/// A tool: what an agent sees, and its handler.
#[derive(Debug)]
pub struct PlannedTool {
    /// Its name.
    pub name: String,
    /// The method of its operation, upper case.
    pub method: String,
    /// The path template of its operation.
    pub path: String,
    /// Old names that still work.
    pub aliases: Vec<String>,
    /// The names of its arguments.
    pub arguments: Vec<String>,
    /// The MCP Tool object.
    pub json: Value,
    /// What it costs an agent: bytes of compact JSON, divided by 4.
    pub tokens: u64,
    /// JSON pointer to the id of the long-running operation it starts.
    pub starts: Option<String>,
    /// What the user has to agree to first.
    pub confirm: Option<String>,
    /// What the user is asked for.
    pub ask: Option<Ask>,
    /// Whether a large answer of bytes becomes a link that is read by calling it again.
    pub linked: bool,
    /// Whether it is in the list; else agents search for it.
    pub listed: bool,
    /// What its result costs as a table, by the document's example.
    pub saving: Option<Saving>,
    /// The codes of what was lost in it and accepted.
    pub losses: Vec<&'static str>,
    /// Its handler.
    pub handler: ToolPlan,
}

impl PlannedTool {
    /// Whether a profile has it; without one, everything is there.
    pub fn is_in(&self, profile: Option<&Profile>) -> bool {
        profile.is_none_or(|profile| profile.tools.contains(&self.name))
    }
}

/// Decides everything.
pub fn plan(
    api: Api,
    sources: &Sources,
    runtime: Option<String>,
    diagnostics: &mut Diagnostics,
) -> Option<Plan> {
    let (model_names, models) = models::models(&api);
    let mut environment = Environment::new(&api.settings.env);
    let mut security = security::security(&api, &mut environment, diagnostics);
    let servers = servers::servers(&api, &mut environment);
    let clients = clients::clients(&api, &model_names, &security, &servers);
    let health = api
        .health
        .and_then(|operation| method_of(&clients, operation));
    let facade = clients::facade(&api, &clients);
    let (mut tools, unlisted) = tools::tools(&api, &clients, &model_names);
    security.count(tools.iter().map(|tool| {
        let (client, method) = tool.handler.call;
        clients[client].methods[method].operation
    }));
    let name = api.settings.title.as_deref().unwrap_or(&api.settings.name);
    let search = (sources.spec.surface == Surface::Search)
        .then(|| search::search(&api, name, &clients, &tools, diagnostics));
    lint::check(&mut tools, search.as_ref(), &api, sources, diagnostics);
    check_budget(&tools, search.as_ref(), &api, sources, diagnostics);
    let library = api.settings.name.replace('-', "_");
    let title = docs::first_line(name);
    (!diagnostics.has_errors()).then(|| Plan {
        settings: api.settings,
        title,
        library,
        runtime,
        models,
        security,
        servers,
        clients,
        facade,
        health,
        tools,
        unlisted,
        prompts: api.prompts,
        resources: api.resources,
        search,
        tasks: api.tasks,
        profiles: api.profiles,
        record: None,
    })
}

/// The first client that has a method for `operation`.
fn method_of(clients: &[ClientPlan], operation: usize) -> Option<(usize, usize)> {
    clients.iter().enumerate().find_map(|(client, entry)| {
        let method = entry
            .methods
            .iter()
            .position(|method| method.operation == operation)?;
        Some((client, method))
    })
}

/// What agents may have to do with at once: each profile, or everything where there are none.
pub(crate) fn each_served(profiles: &[Profile]) -> Vec<Option<&Profile>> {
    match profiles {
        [] => vec![None],
        profiles => profiles.iter().map(Some).collect(),
    }
}

fn check_budget(
    tools: &[PlannedTool],
    search: Option<&SearchPlan>,
    api: &Api,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) {
    let budget = sources.spec.budget;
    if let Some(limit) = budget.tool_tokens {
        for (tool, source) in tools
            .iter()
            .zip(&api.tools)
            .filter(|(tool, _)| tool.tokens > limit)
        {
            let message = format!(
                "tool `{}` costs {} tokens; the budget is {limit}",
                tool.name, tool.tokens
            );
            let help = "shorten its description, hide arguments or raise `budget.tool_tokens`";
            diagnostics
                .push(Diagnostic::error(codes::OVER_BUDGET, source.at.clone(), message).help(help));
        }
    }
    let Some(limit) = budget.total_tokens else {
        return;
    };
    for profile in each_served(&api.profiles) {
        let total = list_tokens(tools, search, profile);
        if total > limit {
            let whose = profile.map_or(String::new(), |one| {
                format!(" of the profile `{}`", one.name)
            });
            let message =
                format!("the tools{whose} cost {total} tokens together; the budget is {limit}");
            let at = At::value(sources.spec_file, "/budget/total_tokens");
            diagnostics.push(
                Diagnostic::error(codes::OVER_BUDGET, at, message)
                    .help("`toolwright tools` shows what each costs"),
            );
        }
    }
}
