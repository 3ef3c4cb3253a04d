//! What an agent sees of each tool, and what its handler does.

use serde_json::{Map, Value, json};

use super::clients::{ClientPlan, MethodPlan};
use super::names::{RustName, Scope};
use super::rust_type::{ModelNames, Presence};
use super::saving::Saving;
use super::{PlannedTool, tokens};
use super::{method_of, rust_type};
use crate::hidden;
use crate::model::{
    Api, BodySource, Delivery, Kind, Operation, Page, Serving, Source, Tool, TypeRef,
};
use crate::read::tools_spec::{AnnotationDetail, FailureSpec, IconSpec, ResponseSpec};

/// The handler of a tool.
#[derive(Debug)]
pub struct ToolPlan {
    /// Its constant.
    pub constant: RustName,
    /// Its function.
    pub function: RustName,
    /// The client and method it calls.
    pub call: (usize, usize),
    /// What it does to the arguments before reading them.
    pub setup: Vec<Setup>,
    /// How each path argument of the method is read.
    pub path: Vec<Read>,
    /// How each member of the method's query is read.
    pub query: Vec<Read>,
    /// How the method's body is read.
    pub body: ReadBody,
    /// What of the answer reaches the agent.
    pub response: ResponseSpec,
    /// How much of it, and how to get the rest.
    pub delivery: Delivery,
    /// How its list is paged.
    pub page: Option<Page>,
    /// How the backend declares a failure inside a successful answer.
    pub failure: Option<FailureSpec>,
    /// How it is served.
    pub serving: Serving,
}

/// A step before the arguments are read.
#[derive(Debug)]
pub enum Setup {
    /// An argument that is not given gets a value, as JSON text.
    Default(String, String),
    /// An argument gets a value, as JSON text.
    Set(String, String),
    /// An argument goes into another one, at a pointer.
    Place(String, String, String),
    /// A member inside an argument, of the objects at a pointer, gets its name on the wire.
    Rename(String, String, String, String),
}

/// How a value is read from the arguments.
#[derive(Clone, Debug)]
pub enum Read {
    /// From the argument of this name, as its presence says.
    Argument(String, Presence),
    /// From the first item of the argument of this name.
    First(String, Presence),
    /// Not at all.
    Omitted(Presence),
}

/// How a body is read.
#[derive(Debug)]
pub enum ReadBody {
    /// There is none.
    None,
    /// From one argument.
    Whole(Read),
    /// Into the struct of this name, member by member.
    Fields {
        /// The struct.
        name: RustName,
        /// Its members and how each is read.
        members: Vec<(RustName, Read)>,
        /// For a body that may be left out: the arguments that call for one.
        wanted_by: Option<Vec<String>>,
    },
}

/// Plans every tool, and those that are not listed.
pub(super) fn tools(
    api: &Api,
    clients: &[ClientPlan],
    models: &ModelNames,
) -> (Vec<PlannedTool>, Vec<PlannedTool>) {
    // A constant may be spelled as a struct is: `V2`.
    let constants = |client: &ClientPlan| {
        let queries = client
            .methods
            .iter()
            .filter_map(|method| method.query.as_ref());
        let names: Vec<String> = queries.map(|query| query.name.plain()).collect();
        let own = client.name.plain();
        Scope::with(names.iter().map(String::as_str).chain([own.as_str()]))
    };
    let mut scopes: Vec<(Scope, Scope)> = clients
        .iter()
        .map(|client| (constants(client), Scope::empty()))
        .collect();
    let mut planned: Vec<PlannedTool> = api
        .tools
        .iter()
        .chain(&api.unlisted)
        .filter_map(|tool| {
            let call = method_of(clients, tool.operation)?;
            let (constants, functions) = &mut scopes[call.0];
            let names = (
                constants.constant_name(&tool.name),
                functions.value_name(&tool.name, "tool"),
            );
            let handler = handler(
                api,
                tool,
                call,
                &clients[call.0].methods[call.1],
                names,
                models,
            );
            let operation = &api.operations[tool.operation];
            let mut json = described(tool, api.settings.annotations);
            seen(&mut json, false);
            Some(PlannedTool {
                name: tool.name.clone(),
                method: operation.method.clone(),
                path: operation.path.clone(),
                aliases: tool.aliases.clone(),
                arguments: tool
                    .arguments
                    .iter()
                    .map(|argument| argument.name.clone())
                    .collect(),
                tokens: tokens(&json),
                json,
                starts: tool.task.clone(),
                confirm: tool.confirm.clone(),
                ask: tool.ask.clone(),
                linked: is_linked(tool, operation),
                listed: tool.listed,
                saving: tool
                    .example
                    .as_ref()
                    .and_then(|example| Saving::of(example, &tool.response)),
                losses: tool.losses.clone(),
                handler,
            })
        })
        .collect();
    let mut unlisted = planned.split_off(planned.len().saturating_sub(api.unlisted.len()));
    // Nobody gets a link from what nobody calls by name.
    unlisted.iter_mut().for_each(|tool| tool.linked = false);
    (planned, unlisted)
}

/// Whether a tool only reads and may answer with bytes that are no text.
fn is_linked(tool: &Tool, operation: &Operation) -> bool {
    let is_text = |media_type: &str| {
        [
            "json",
            "text/",
            "xml",
            "yaml",
            "csv",
            "javascript",
            "form-urlencoded",
            "event-stream",
        ]
        .iter()
        .any(|kind| media_type.contains(kind))
    };
    operation.method == "GET"
        && tool.annotations.read_only
        && operation
            .success
            .iter()
            .any(|media| media.media_type.starts_with("image/") || !is_text(&media.media_type))
}

/// Leaves out of titles and descriptions what a reader of them does not see; `named` says that the keys of
/// `value` are names. Values and names stay as the backend knows them.
fn seen(value: &mut Value, named: bool) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| seen(item, false)),
        Value::Object(map) => {
            for (key, item) in map {
                match (key.as_str(), item) {
                    ("title" | "description", Value::String(text)) if !named => {
                        *text = hidden::without(text);
                    }
                    ("_meta" | "enum" | "const" | "default" | "examples", _) if !named => {}
                    (key, item) => seen(item, !named && matches!(key, "properties" | "$defs")),
                }
            }
        }
        _ => {}
    }
}

/// The MCP Tool object (MCP 2026-07-28, server/tools).
fn described(tool: &Tool, detail: AnnotationDetail) -> Value {
    let mut json = Map::new();
    json.insert("name".to_owned(), json!(tool.name));
    if let Some(title) = &tool.title {
        json.insert("title".to_owned(), json!(title));
    }
    let description = match &tool.deprecated {
        Some(why) => format!("Deprecated: {}\n\n{}", why.trim(), tool.description),
        None => tool.description.clone(),
    };
    json.insert("description".to_owned(), json!(description));
    json.insert("inputSchema".to_owned(), json!(tool.input_schema));
    if let Some(schema) = &tool.output_schema {
        json.insert("outputSchema".to_owned(), json!(schema));
    }
    json.insert("annotations".to_owned(), annotations(tool, detail));
    if !tool.icons.is_empty() {
        let icons: Vec<Value> = tool.icons.iter().map(icon).collect();
        json.insert("icons".to_owned(), json!(icons));
    }
    if !tool.meta.is_empty() {
        json.insert("_meta".to_owned(), json!(tool.meta));
    }
    Value::Object(json)
}

/// An icon (MCP 2025-11-25, Icon).
fn icon(icon: &IconSpec) -> Value {
    let mut json = Map::new();
    json.insert("src".to_owned(), json!(icon.src));
    if let Some(mime_type) = &icon.mime_type {
        json.insert("mimeType".to_owned(), json!(mime_type));
    }
    if !icon.sizes.is_empty() {
        json.insert("sizes".to_owned(), json!(icon.sizes));
    }
    Value::Object(json)
}

/// The hints about what a tool does; of a tool that changes nothing, whether it destroys or may be
/// repeated says nothing more.
fn annotations(tool: &Tool, detail: AnnotationDetail) -> Value {
    let said = tool.annotations;
    let hints = [
        ("readOnlyHint", said.read_only, said.read_only),
        (
            "destructiveHint",
            said.destructive,
            !said.read_only && !said.destructive,
        ),
        (
            "idempotentHint",
            said.idempotent,
            !said.read_only && said.idempotent,
        ),
        ("openWorldHint", said.open_world, !said.open_world),
    ];
    let told = hints
        .into_iter()
        .filter(|(_, _, differs)| detail == AnnotationDetail::Full || *differs)
        .map(|(name, value, _)| (name.to_owned(), json!(value)));
    Value::Object(told.collect())
}

fn handler(
    api: &Api,
    tool: &Tool,
    call: (usize, usize),
    method: &MethodPlan,
    (constant, function): (RustName, RustName),
    models: &ModelNames,
) -> ToolPlan {
    let operation = &api.operations[tool.operation];
    let mut setup: Vec<Setup> = Vec::new();
    for (argument, rename) in &tool.renames {
        let segments = rename.holder.iter();
        let pointer: String = segments
            .map(|segment| format!("/{}", crate::diagnostics::escape_segment(segment)))
            .collect();
        setup.push(Setup::Rename(
            argument.clone(),
            pointer,
            rename.shown.clone(),
            rename.wire.clone(),
        ));
    }
    for default in &tool.defaults {
        setup.push(Setup::Default(
            default.argument.clone(),
            default.value.to_string(),
        ));
    }
    let mut read = |source: &Source, wire: &str, presence: Presence| match source {
        Source::Argument(name) => Read::Argument(name.clone(), presence),
        Source::First(name) => Read::First(name.clone(), presence),
        Source::Omitted => Read::Omitted(presence),
        Source::Constant(value) => {
            let name = unseen(wire);
            setup.push(Setup::Set(name.clone(), value.to_string()));
            Read::Argument(name, presence)
        }
    };
    let parameter = |index: usize| {
        (
            &tool.parameters[index],
            operation.parameters[index].0.name.as_str(),
        )
    };
    let path = method.path.iter().map(|argument| {
        let (source, wire) = parameter(argument.parameter);
        read(source, wire, Presence::Required)
    });
    let path = path.collect();
    let slots = method.query.iter().flat_map(|query| &query.slots);
    let query = slots.map(|slot| {
        let (source, wire) = parameter(slot.parameter);
        read(source, wire, slot.member.presence)
    });
    let query = query.collect();
    let mut placed: Vec<Setup> = Vec::new();
    let mut read_member = |source: &Source, wire: &str, presence: Presence| {
        let into = match source {
            Source::Argument(name) | Source::First(name) => name.clone(),
            Source::Constant(_) | Source::Omitted => unseen(wire),
        };
        let before = placed.len();
        let places = tool.places.iter().filter(|place| place.member == wire);
        placed.extend(places.map(|place| {
            Setup::Place(place.argument.clone(), into.clone(), place.pointer.clone())
        }));
        if *source == Source::Omitted && placed.len() > before {
            return Read::Argument(into, presence);
        }
        read(source, wire, presence)
    };
    let body = match (&tool.body, &operation.body) {
        (BodySource::Whole(source), Some((body, _))) => ReadBody::Whole(read_member(
            source,
            "body",
            Presence::of(body.required, false),
        )),
        (BodySource::Fields(sources), Some((body, ty))) => {
            let (Kind::Struct { fields, .. }, Some(name)) =
                (&api.types.get(ty.id).kind, models.get(&ty.id))
            else {
                return empty(constant, function, call, tool);
            };
            let mut scope = Scope::empty();
            let members = fields.iter().zip(sources).map(|(field, source)| {
                let json = rust_type::rust_type(
                    &api.types,
                    models,
                    TypeRef {
                        nullable: false,
                        ..field.ty
                    },
                ) == rust_type::RustType::Json;
                let presence = Presence::of(field.required, field.ty.nullable && !json);
                (
                    scope.value_name(&field.name, "member"),
                    read_member(source, &field.name, presence),
                )
            });
            let members: Vec<(RustName, Read)> = members.collect();
            let wanted_by = (!body.required).then(|| wanted_by(tool, &members));
            ReadBody::Fields {
                name: name.clone(),
                members,
                wanted_by,
            }
        }
        _ => ReadBody::None,
    };
    setup.extend(placed);
    ToolPlan {
        constant,
        function,
        call,
        setup,
        path,
        query,
        body,
        response: tool.response.clone(),
        delivery: tool.delivery.clone(),
        page: tool.page.clone(),
        failure: tool.failure.clone(),
        serving: tool.serving.clone(),
    }
}

/// The name of a value that no agent gives: none that an argument can have, so that nothing an agent
/// gives can stand in for it.
fn unseen(wire: &str) -> String {
    format!("={wire}")
}

/// The arguments and constants that call for an optional body.
fn wanted_by(tool: &Tool, members: &[(RustName, Read)]) -> Vec<String> {
    let read = members.iter().filter_map(|(_, read)| match read {
        Read::Argument(name, _) | Read::First(name, _) => Some(name.clone()),
        Read::Omitted(_) => None,
    });
    let placed = tool.places.iter().map(|place| place.argument.clone());
    read.chain(placed).collect()
}

fn empty(constant: RustName, function: RustName, call: (usize, usize), tool: &Tool) -> ToolPlan {
    ToolPlan {
        constant,
        function,
        call,
        setup: Vec::new(),
        path: Vec::new(),
        query: Vec::new(),
        body: ReadBody::None,
        response: tool.response.clone(),
        delivery: tool.delivery.clone(),
        page: tool.page.clone(),
        failure: tool.failure.clone(),
        serving: tool.serving.clone(),
    }
}
