//! The tools: what each takes, how that reaches the operation, what an agent reads about it.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::delivery::Delivery;
use super::keys::Rename;
use super::losses::Acceptance;
use super::pages::Page;
use super::reach::Reach;
use super::reads::Entry;
use super::{Ask, Operation, Serving, Types};
use super::{arguments, delivery, descriptions, output, pages};
use crate::diagnostics::{At, Diagnostic, Diagnostics, Severity, codes};
use crate::lint;
use crate::normalise::Schemas;
use crate::read::Sources;
use crate::read::tools_spec::{FailureSpec, Format, IconSpec, ResponseSpec, Surface, ToolSpec};

/// Name lengths that hosts accept once they have put their prefix before it.
pub(crate) const MAX_NAME: usize = 52;

/// A tool.
#[derive(Debug)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Old names that still work.
    pub aliases: Vec<String>,
    /// Title for people.
    pub title: Option<String>,
    /// What an agent reads.
    pub description: String,
    /// The operation it calls, as an index into the API's operations.
    pub operation: usize,
    /// The arguments an agent sees, in the order shown.
    pub arguments: Vec<Argument>,
    /// Where the value of each parameter comes from, in the operation's order.
    pub parameters: Vec<Source>,
    /// Where the body comes from.
    pub body: BodySource,
    /// Values for arguments that are not given.
    pub defaults: Vec<Default>,
    /// Arguments that go to a place inside an argument that is an object.
    pub places: Vec<Place>,
    /// Members inside arguments that have other names on the wire, with the argument.
    pub renames: Vec<(String, Rename)>,
    /// What the tool does to the backend.
    pub annotations: Annotations,
    /// What of the answer reaches the agent.
    pub response: ResponseSpec,
    /// How much of it, and how to get the rest.
    pub delivery: Delivery,
    /// How its list is paged.
    pub page: Option<Page>,
    /// An answer as the document has it, for a result that is written as a table.
    pub example: Option<Value>,
    /// How the backend declares a failure inside a successful answer.
    pub failure: Option<FailureSpec>,
    /// JSON Schema of its arguments.
    pub input_schema: Map<String, Value>,
    /// JSON Schema of its result.
    pub output_schema: Option<Map<String, Value>>,
    /// JSON pointer to the id of the long-running operation it starts.
    pub task: Option<String>,
    /// What the user has to agree to first, with arguments as `{name}`.
    pub confirm: Option<String>,
    /// What the user is asked for.
    pub ask: Option<Ask>,
    /// How it is served.
    pub serving: Serving,
    /// Whether it is in the list where agents search for the others.
    pub listed: bool,
    /// Why it is deprecated and what to use instead.
    pub deprecated: Option<String>,
    /// Its icons.
    pub icons: Vec<IconSpec>,
    /// What clients get as `_meta`.
    pub meta: Map<String, Value>,
    /// The codes of what was lost in it and accepted.
    pub losses: Vec<&'static str>,
    /// Where it was declared.
    pub at: At,
}

/// An argument as an agent sees it.
#[derive(Clone, Debug)]
pub struct Argument {
    /// Its name.
    pub name: String,
    /// Its schema.
    pub schema: Map<String, Value>,
    /// Whether it must be given.
    pub required: bool,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// The argument of this name.
    Argument(String),
    /// The first item of the argument of this name.
    First(String),
    /// Always this.
    Constant(Value),
    /// Nowhere: it is not sent.
    Omitted,
}

/// Where a body comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum BodySource {
    /// There is none.
    None,
    /// All of it from one place.
    Whole(Source),
    /// Member by member, in the order of the type's fields.
    Fields(Vec<Source>),
}

/// The value of an argument that is not given.
#[derive(Clone, Debug, PartialEq)]
pub struct Default {
    /// The argument.
    pub argument: String,
    /// The value.
    pub value: Value,
}

/// An argument that goes to a place inside a member of the body, whether or not that is offered itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The argument.
    pub argument: String,
    /// The member, as the backend calls it; `body` for a body that is read whole.
    pub member: String,
    /// JSON pointer inside that.
    pub pointer: String,
}

/// What a tool does to the backend (MCP, ToolAnnotations), each said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Annotations {
    /// It changes nothing.
    pub read_only: bool,
    /// It may destroy something.
    pub destructive: bool,
    /// Doing it twice is as doing it once.
    pub idempotent: bool,
    /// It reaches things outside the backend.
    pub open_world: bool,
}

/// Builds every tool, then one for each of `reads`, which are not listed.
pub(super) fn tools(
    sources: &Sources,
    reach: &Reach,
    operations: &[Operation],
    types: &Types,
    schemas: &Schemas<'_>,
    reads: &[Entry],
    diagnostics: &mut Diagnostics,
) -> (Vec<Tool>, Vec<Tool>) {
    let spec = &sources.spec;
    let taken_over = IndexMap::new();
    let mut tools = Vec::new();
    let mut included_need = Vec::new();
    pages::check(sources, diagnostics);
    let included = Acceptance::shared(sources);
    let listed = reach.tools.iter().map(|(name, operation)| {
        let entry = spec.tools.get(name);
        let file = spec.origin.get(name).copied().unwrap_or(sources.spec_file);
        let at = match entry {
            Some(_) => At::key(file, "/tools").child(name),
            None => At::value(sources.spec_file, "/operations"),
        };
        (name, *operation, entry, at)
    });
    let unlisted = reads.iter().map(|read| {
        let Entry {
            name,
            operation,
            tool,
            at,
        } = read;
        (name, *operation, Some(tool), at.clone())
    });
    for (name, operation_index, entry, at) in listed.chain(unlisted) {
        let operation = &operations[operation_index];
        let overrides = entry.map_or(&taken_over, |entry| &entry.arguments);
        let mut built = arguments::arguments(
            name,
            &at,
            overrides,
            operation,
            spec.schemas,
            types,
            schemas,
            diagnostics,
        );
        let own = entry.map(|entry| Acceptance {
            tool: name,
            codes: &entry.accept,
            at: at.child("accept"),
            whose: match at.pointer.starts_with("/tools/") {
                true => format!("tool `{name}`"),
                false => format!("`{}`", at.pointer),
            },
            all: spec.accept_all,
        });
        let lost: Vec<Diagnostic> = operation
            .losses
            .iter()
            .chain(&built.losses)
            .cloned()
            .collect();
        let losses = match &own {
            Some(own) => {
                let lost = own.judge(&lost, diagnostics);
                let mut needed = lost.clone();
                if entry.is_some_and(|entry| is_unstated(entry, operation, &at)) {
                    match own.names(codes::ANNOTATIONS_NEEDED) {
                        true => needed.push(codes::ANNOTATIONS_NEEDED.name),
                        false => diagnostics.push(state_it(own, &at)),
                    }
                }
                own.check(&needed, beside_lint, diagnostics);
                lost
            }
            None => {
                let needed = Acceptance {
                    tool: name,
                    at: included.at.clone(),
                    whose: included.whose.clone(),
                    ..included
                }
                .judge(&lost, diagnostics);
                included_need.extend(&needed);
                needed
            }
        };
        let described = entry
            .and_then(|entry| entry.description.as_deref())
            .map(str::trim)
            .filter(|text| !text.is_empty());
        let default_entry = || serde_json::from_value::<ToolSpec>(json!({ "operation": "" })).ok();
        let Some(entry) = entry.cloned().or_else(default_entry) else {
            continue;
        };
        let annotations = annotations(&entry, operation);
        let page = pages::page(
            name,
            &at,
            entry.page.as_ref(),
            spec.page.as_ref(),
            &mut built,
            operation,
            annotations.read_only,
            schemas,
            diagnostics,
        );
        let output = output::output(spec, &entry, operation, schemas);
        let max = delivery::max(&at, &entry.response, diagnostics);
        let is_limited = max.is_some() || spec.limits.result.is_some();
        let rest = match is_limited {
            true => delivery::rest(&entry.response, page.as_ref(), &built.published),
            false => Vec::new(),
        };
        tools.push(Tool {
            name: name.clone(),
            aliases: entry.aliases.clone(),
            title: entry.title.clone(),
            description: described
                .map_or_else(|| descriptions::from_document(operation), str::to_owned),
            operation: operation_index,
            annotations,
            output_schema: output.schema,
            delivery: Delivery {
                wrap: output.wrap,
                max,
                rest,
            },
            page,
            example: (entry.response.format == Format::Table)
                .then(|| output::example(operation, schemas))
                .flatten(),
            input_schema: built.schema(),
            arguments: built.published,
            parameters: built.parameters,
            body: built.body,
            defaults: built.defaults,
            places: built.places,
            renames: built.renames,
            failure: entry.failure.or_else(|| spec.failure.clone()),
            response: entry.response,
            task: entry.task.map(|task| task.id),
            confirm: None,
            ask: None,
            listed: entry.listed || spec.surface == Surface::Listed,
            deprecated: entry.deprecated,
            icons: entry.icons,
            meta: entry.meta,
            serving: Serving::default(),
            losses,
            at,
        });
    }
    included.check(&included_need, beside_lint, diagnostics);
    let unlisted = tools.split_off(tools.len().saturating_sub(reads.len()));
    check_names(&tools, diagnostics);
    for tool in &tools {
        delivery::check(tool, &operations[tool.operation], schemas, diagnostics);
    }
    delivery::check_shared(&tools, operations, schemas, diagnostics);
    pages::check_shared(&tools, operations, schemas, diagnostics);
    (tools, unlisted)
}

/// The codes of the lint are looked at when the tools are planned.
fn beside_lint(code: &str) -> bool {
    !lint::is_of_lint(code)
}

/// Whether nothing says what a tool does to the backend: its method does not, and its entry neither.
fn is_unstated(entry: &ToolSpec, operation: &Operation, at: &At) -> bool {
    let said = entry.annotations;
    at.pointer.starts_with("/tools/")
        && operation.method == "POST"
        && said.read_only.is_none()
        && said.destructive.is_none()
        && said.idempotent.is_none()
}

/// Asks for what a tool does to the backend.
fn state_it(tool: &Acceptance<'_>, at: &At) -> Diagnostic {
    let code = codes::ANNOTATIONS_NEEDED;
    let message = format!(
        "{} calls a POST, and nothing says what that does",
        tool.whose
    );
    let help = format!(
        "say it in `annotations:`, for example `{{ destructive: false }}`; until then agents are told that it may destroy something\nto leave it at that, add `accept: [{}]` to {}",
        code.name, tool.whose
    );
    Diagnostic {
        severity: Severity::Advice,
        ..Diagnostic::warning(code, at.as_key(), message)
    }
    .help(help)
}

fn annotations(entry: &ToolSpec, operation: &Operation) -> Annotations {
    let said = entry.annotations;
    let safe = matches!(
        operation.method.as_str(),
        "GET" | "HEAD" | "OPTIONS" | "QUERY" | "TRACE"
    );
    let read_only = said.read_only.unwrap_or(safe);
    Annotations {
        read_only,
        destructive: said.destructive.unwrap_or(!read_only),
        idempotent: said
            .idempotent
            .unwrap_or(read_only || matches!(operation.method.as_str(), "PUT" | "DELETE")),
        open_world: said.open_world.unwrap_or(false),
    }
}

/// Whether a name is made of what clients accept.
pub(crate) fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    !name.is_empty() && name.chars().all(plain)
}

/// Names that clients accept, each once.
fn check_names(tools: &[Tool], diagnostics: &mut Diagnostics) {
    let mut known: IndexMap<&str, &At> = IndexMap::new();
    for tool in tools {
        let aliases = tool
            .aliases
            .iter()
            .enumerate()
            .map(|(index, alias)| (alias.as_str(), Some(index)));
        for (name, alias) in [(tool.name.as_str(), None)].into_iter().chain(aliases) {
            let at = match alias {
                Some(index) => At::value(tool.at.file, tool.at.pointer.clone())
                    .child("aliases")
                    .child(&index.to_string()),
                None => tool.at.as_key(),
            };
            if name.len() > MAX_NAME || !is_name(name) {
                let message = format!("clients do not accept the tool name `{name}`");
                let help = format!("use letters, digits, `_` and `-`, {MAX_NAME} at most");
                diagnostics.push(Diagnostic::error(codes::BAD_NAME, at, message).help(help));
            } else if let Some(other) = known.insert(name, &tool.at) {
                let message = format!("`{name}` names two tools");
                diagnostics.push(
                    Diagnostic::error(codes::DUPLICATE_NAME, at, message)
                        .also(other.as_key(), "the other one"),
                );
            }
        }
    }
}
