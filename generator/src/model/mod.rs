//! Third stage: what the API is, without a thought of Rust: the operations that tools and clients
//! reach, their types in an arena, and each tool with its arguments and its published schema.

mod arguments;
mod defaults;
mod lower;
mod project;
mod reach;
mod settings;
mod slots;
mod tools;
mod types;

pub use project::tidy;
pub use settings::{Rate, Settings};
pub use tools::{Annotations, Argument, BodySource, Default, Place, Source, Tasks, Tool};
pub use types::{Field, Kind, Type, TypeId, TypeRef, Types};

use crate::diagnostics::{At, Diagnostic, Diagnostics, codes};
use crate::normalise::{Body, Document, Media, Parameter, Schemas};
use crate::read::Sources;

/// What is generated, in the words of the document and the tools spec.
#[derive(Debug)]
pub struct Api {
    /// Server and backend settings.
    pub settings: Settings,
    /// The typed clients.
    pub clients: Vec<Client>,
    /// The operations reached, in document order.
    pub operations: Vec<Operation>,
    /// Their types.
    pub types: Types,
    /// The tools, in the order of the tools spec.
    pub tools: Vec<Tool>,
    /// How long-running operations are followed.
    pub tasks: Option<Tasks>,
    /// The operation that tells whether the backend is well, as an index into `operations`.
    pub health: Option<usize>,
    /// Methods the facade offers itself: indices of client and method.
    pub facade: Vec<(usize, usize)>,
}

/// A typed client.
#[derive(Debug)]
pub struct Client {
    /// Its name in the tools spec, or the tag it stands for.
    pub name: String,
    /// Its methods.
    pub methods: Vec<Method>,
}

/// A method of a typed client.
#[derive(Debug)]
pub struct Method {
    /// Its name where the tools spec gives one, else the operation's.
    pub name: String,
    /// The operation, as an index into [`Api::operations`].
    pub operation: usize,
}

/// An operation with its types.
#[derive(Debug)]
pub struct Operation {
    /// The name from its operationId, or from method and path.
    pub name: String,
    /// The method, upper case.
    pub method: String,
    /// The path template.
    pub path: String,
    /// `summary`.
    pub summary: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// Whether the document calls it deprecated.
    pub deprecated: bool,
    /// Its parameters with their types.
    pub parameters: Vec<(Parameter, TypeRef)>,
    /// Its body with its type.
    pub body: Option<(Body, TypeRef)>,
    /// The type of its JSON answer; `None` where the document gives none.
    pub answer: Option<TypeRef>,
    /// What it answers with a 2xx status.
    pub success: Vec<Media>,
    /// Where it stands.
    pub at: At,
}

impl Operation {
    /// How a person names it: `GET /path`.
    pub fn endpoint(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// Joins the document and the tools spec.
pub fn model(sources: &Sources, document: &Document, diagnostics: &mut Diagnostics) -> Option<Api> {
    let schemas = Schemas::new(sources);
    let settings = settings::settings(sources, document, diagnostics);
    let reach = reach::reach(sources, document, diagnostics);
    let mut types = Types::default();
    let operations = lower::operations(document, &reach, &schemas, &mut types, diagnostics);
    // Without its operation, nothing can be said of a tool's arguments.
    if operations.len() < reach.operations.len() {
        return None;
    }
    check_health(
        sources,
        reach.health.map(|index| &operations[index]),
        diagnostics,
    );
    let tools = tools::tools(sources, &reach, &operations, &types, &schemas, diagnostics);
    let tasks = tools::tasks(sources, &tools, diagnostics);
    let clients: Vec<Client> = reach.clients;
    let facade = reach::facade(sources, &clients, diagnostics);
    let settings = settings?;
    if diagnostics.has_errors() {
        return None;
    }
    Some(Api {
        settings,
        clients,
        operations,
        types,
        tools,
        tasks,
        health: reach.health,
        facade,
    })
}

/// The health operation is asked without arguments.
fn check_health(sources: &Sources, operation: Option<&Operation>, diagnostics: &mut Diagnostics) {
    let Some(operation) = operation else { return };
    let needs_nothing = operation
        .parameters
        .iter()
        .all(|(parameter, _)| !parameter.required)
        && operation.body.is_none();
    if !needs_nothing || !matches!(operation.method.as_str(), "GET" | "HEAD") {
        let message = format!(
            "`{}` cannot tell whether the backend is well",
            operation.endpoint()
        );
        let at = At::value(sources.spec_file, "/backend/health");
        diagnostics.push(
            Diagnostic::error(codes::BAD_ARGUMENT, at, message)
                .help("name a GET that needs no argument"),
        );
    }
}
