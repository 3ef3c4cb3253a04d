//! Third stage: what the API is, without a thought of Rust: the operations that tools and clients
//! reach, their types in an arena, and each tool with its arguments and its published schema.

mod arguments;
mod bodies;
mod defaults;
mod delivery;
mod descriptions;
mod files;
mod icons;
mod keys;
mod losses;
mod lower;
mod mentions;
mod offer;
mod output;
mod pages;
mod patterns;
mod pointers;
mod profiles;
mod project;
mod prompts;
mod prose;
mod questions;
mod reach;
mod reads;
mod resources;
mod serving;
mod settings;
mod slots;
mod tasks;
mod template;
pub(crate) mod tool_names;
mod tools;
mod types;
mod uri;

pub use delivery::Delivery;
pub(crate) use delivery::is_paging;
pub use files::Attachment;
pub use keys::Rename;
pub(crate) use losses::Acceptance;
pub(crate) use lower::json_answer;
pub(crate) use output::{told as told_answer, told_at as answer_at};
pub use pages::{Page, PageBy};
pub(crate) use pointers::{Led, Lost, lead};
pub use profiles::Profile;
pub use prompts::{Block, Prompt, PromptArgument};
pub use prose::tidy;
pub use questions::Ask;
pub(crate) use reach::{endpoint, glob, operation_name, snake};
pub use resources::{Complete, Resource, ResourceSource, Variable};
pub use serving::Serving;
pub(crate) use serving::tool_scopes;
pub use settings::{Rate, Settings};
pub use tasks::Tasks;
pub use tools::{Annotations, Argument, BodySource, Default, Place, Source, Tool};
pub(crate) use tools::{MAX_NAME, is_name};
pub use types::{Field, Kind, Type, TypeId, TypeRef, Types};

use crate::diagnostics::{At, Diagnostic, Diagnostics, codes};
use crate::normalise::{Alternatives, Body, Document, Media, Parameter, Schemas, Security, Server};
use crate::read::Sources;

/// What is generated, in the words of the document and the tools spec.
#[derive(Debug)]
pub struct Api {
    /// Server and backend settings.
    pub settings: Settings,
    /// Its security schemes, and what operations need of them.
    pub security: Security,
    /// The typed clients.
    pub clients: Vec<Client>,
    /// The operations reached, in document order.
    pub operations: Vec<Operation>,
    /// Their types.
    pub types: Types,
    /// The names of the document's schemas, used or not.
    pub components: Vec<String>,
    /// The tools, in the order of the tools spec.
    pub tools: Vec<Tool>,
    /// What resources and completions call: tools that are not listed.
    pub unlisted: Vec<Tool>,
    /// The prompts, in the order of the tools spec.
    pub prompts: Vec<Prompt>,
    /// The resources, in the order of the tools spec.
    pub resources: Vec<Resource>,
    /// How long-running operations are followed.
    pub tasks: Option<Tasks>,
    /// What is served together, the default first; none where all is served always.
    pub profiles: Vec<Profile>,
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
    /// The path as the document spells it.
    pub path: String,
    /// The path template, each name between braces that of a parameter.
    pub template: String,
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
    /// What it needs to prove who asks, where it says so itself.
    pub security: Option<Alternatives>,
    /// Its server, where it or its path has one.
    pub server: Option<Server>,
    /// What of it cannot be had, and is left out.
    pub losses: Vec<Diagnostic>,
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
pub fn model(
    schemas: &Schemas<'_>,
    document: &Document,
    diagnostics: &mut Diagnostics,
) -> Option<Api> {
    let sources = schemas.sources();
    let settings = settings::settings(sources, document, diagnostics);
    let reach = reach::reach(schemas, document, diagnostics);
    let mut types = Types::default();
    let operations = lower::operations(document, &reach, schemas, &mut types, diagnostics);
    check_health(
        sources,
        reach.health.map(|index| &operations[index]),
        diagnostics,
    );
    let (entries, read_by) = reads::entries(&reach, &operations, &types, diagnostics);
    let (mut tools, unlisted) = tools::tools(
        sources,
        &reach,
        &operations,
        &types,
        schemas,
        &entries,
        diagnostics,
    );
    reads::check(&unlisted, diagnostics);
    questions::questions(
        sources,
        &mut tools,
        &operations,
        &types,
        schemas,
        diagnostics,
    );
    let read = resources::Unlisted {
        tools: &unlisted,
        of: &read_by,
        operations: &operations,
        schemas,
    };
    let resources = resources::resources(sources, &operations, &read, diagnostics);
    let prompts = prompts::prompts(sources, &resources, &read, diagnostics);
    icons::check(sources, diagnostics);
    serving::serving(sources, document, &mut tools, &operations, diagnostics);
    let tasks = tasks::tasks(sources, &mut tools, &operations, schemas, diagnostics);
    let choice = profiles::Choice {
        tools: &tools,
        unlisted: &unlisted,
        prompts: &prompts,
        resources: &resources,
        tasks: tasks.as_ref(),
    };
    let profiles = profiles::profiles(sources, &choice, diagnostics);
    let clients: Vec<Client> = reach.clients;
    let facade = reach::facade(sources, &clients, diagnostics);
    let settings = settings?;
    schemas
        .faults()
        .into_iter()
        .for_each(|fault| diagnostics.push(fault));
    if diagnostics.has_errors() {
        return None;
    }
    Some(Api {
        settings,
        security: document.security.clone(),
        clients,
        operations,
        types,
        components: document.schemas.clone(),
        tools,
        unlisted,
        prompts,
        resources,
        tasks,
        profiles,
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
