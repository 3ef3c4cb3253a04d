//! A side that the generator can plan: a tools spec, or a document with a tool for each of its operations.

use std::collections::HashSet;
use std::path::Path;

use indexmap::IndexMap;
use serde_json::Value;

use super::super::surface::{
    Inside, OperationKey, Origin, Profile, Prompt, Resource, Surface, Tool,
};
use super::{Input, Side};
use crate::diagnostics::{At, Diagnostics, FileId, codes};
use crate::init;
use crate::model::{self, Api, BodySource, Kind, Source};
use crate::normalise::{self, Document, Location, Schemas};
use crate::plan::{self, Plan};
use crate::read::tools_spec::OutputSchema;
use crate::read::{self, Files, Options, Sources};

/// The tools spec at `path`.
///
/// # Errors
/// Its files, for the errors in `diagnostics`.
pub(super) fn spec(
    path: &Path,
    options: Options,
    diagnostics: &mut Diagnostics,
) -> Result<Side, Files> {
    let sources = read::read(path, options, diagnostics)?;
    side(sources, diagnostics)
}

/// The document that was read from `name`, changed by overlays, as `init --all` would make tools of it.
///
/// # Errors
/// Its files, for the errors in `diagnostics`.
pub(super) fn document(
    name: &str,
    mut files: Files,
    document: (FileId, read::Origin),
    (overlays, options): (&[String], Options),
    diagnostics: &mut Diagnostics,
) -> Result<Side, Files> {
    if read::draft::overlaid(&mut files, document.0, Path::new(""), overlays, diagnostics).is_none()
    {
        return Err(files);
    }
    let mut sources = read::draft::around(name, files, document, None, options)?;
    let drafted = init::draft(&mut sources, &HashSet::new(), |_, _| true, diagnostics);
    let Some(mut drafted) = drafted else {
        return Err(sources.files);
    };
    // What the document says is compared, not what a draft makes of it.
    for entry in &mut drafted.entries {
        (entry.description, entry.annotation) = (None, None);
    }
    init::enable(&mut sources, &drafted.entries);
    // Of documents, what they say of answers is compared, not what would be served of it.
    sources.spec.output_schema = OutputSchema::Never;
    side(sources, diagnostics)
}

pub(super) fn side(sources: Sources, diagnostics: &mut Diagnostics) -> Result<Side, Files> {
    let mut found = Diagnostics::default();
    let Some(mut surface) = surface(&sources, &mut found) else {
        found.move_places(|at| sources.files.origin(at));
        found.iter().for_each(|one| diagnostics.push(one.clone()));
        return Err(sources.files);
    };
    let hidden = found.iter().filter(|one| one.code == codes::HIDDEN_TEXT);
    surface.hidden = hidden
        .map(|one| (one.message.clone(), one.labels[0].0.clone()))
        .collect();
    Ok(Side {
        surface,
        input: Input::Sources(Box::new(sources)),
    })
}

fn surface(sources: &Sources, diagnostics: &mut Diagnostics) -> Option<Surface> {
    let schemas = Schemas::new(sources);
    let document = normalise::normalise(&schemas, diagnostics)?;
    let api = model::model(&schemas, &document, diagnostics)?;
    normalise::hidden::warn(
        sources,
        crate::reached(sources, &document, &api),
        diagnostics,
    );
    let drafted = sources.is_drafted();
    let inside: Vec<(At, Inside)> = api
        .tools
        .iter()
        .map(|tool| {
            let inside = inside(tool, &api, &document, &schemas);
            let at = if drafted {
                inside.at.clone()
            } else {
                tool.at.as_key()
            };
            (at, inside)
        })
        .collect();
    let plan = plan::plan(api, sources, None, diagnostics)?;
    Some(assembled(plan, inside, sources))
}

fn assembled(plan: Plan, inside: Vec<(At, Inside)>, sources: &Sources) -> Surface {
    let root = At::value(sources.spec_file, "");
    let tools = plan
        .tools
        .into_iter()
        .zip(inside)
        .map(|(tool, (at, inside))| Tool {
            name: tool.name,
            aliases: tool.aliases,
            json: tool.json,
            at,
            inside: Some(inside),
        });
    let prompts = plan.prompts.into_iter().map(|prompt| Prompt {
        at: root.child("prompts").child(&prompt.name).as_key(),
        arguments: prompt
            .arguments
            .into_iter()
            .map(|argument| (argument.name, argument.description, argument.required))
            .collect(),
        name: prompt.name,
        description: prompt.description,
        text: prompt.text,
    });
    let resources = plan.resources.into_iter().map(|resource| Resource {
        at: root.child("resources").child(&resource.name).as_key(),
        name: resource.name,
        uri: resource.uri,
        description: resource.description,
        mime_type: resource.mime_type,
    });
    let profiles = plan.profiles.into_iter().map(|profile| Profile {
        at: root.child("profiles").child(&profile.name).as_key(),
        name: profile.name,
        tools: profile.tools,
        prompts: profile.prompts,
        resources: profile.resources,
        instructions: profile.instructions,
    });
    let instructions = plan.settings.instructions.unwrap_or_default();
    Surface {
        tools: tools.collect(),
        prompts: prompts.collect(),
        resources: resources.collect(),
        profiles: profiles.collect(),
        instructions: Some((instructions, root.child("server").child("instructions"))),
        search: Some((plan.search.is_some(), root.child("surface"))),
        hidden: Vec::new(),
    }
}

/// What the Tool object of `tool` does not tell.
fn inside(tool: &model::Tool, api: &Api, document: &Document, schemas: &Schemas<'_>) -> Inside {
    let operation = &api.operations[tool.operation];
    let mut whence = Whence {
        tool,
        schemas,
        arguments: IndexMap::new(),
        constants: IndexMap::new(),
    };
    for ((parameter, _), source) in operation.parameters.iter().zip(&tool.parameters) {
        let origin = Origin {
            wire: Some(format!("{} {}", place(parameter.location), parameter.name)),
            declared: Some(parameter.at.clone()),
            schema: parameter.schema.clone(),
            entry: None,
        };
        whence.add(source, origin);
    }
    if let Some((body, ty)) = &operation.body {
        let origin = |wire: String, schema: Option<At>| Origin {
            wire: Some(wire),
            declared: None,
            schema,
            entry: None,
        };
        match (&tool.body, &api.types.get(ty.id).kind) {
            (BodySource::Fields(sources), Kind::Struct { fields, .. }) => {
                let whole = body.schema.as_ref().and_then(|at| schemas.get(at).ok());
                for (field, source) in fields.iter().zip(sources) {
                    let at = whole
                        .as_ref()
                        .map(|whole| whole.child(&["properties", &field.name]));
                    whence.add(source, origin(format!("body {}", field.name), at));
                }
            }
            (BodySource::Whole(source), _) => {
                whence.add(source, origin("body".to_owned(), body.schema.clone()));
            }
            _ => {}
        }
    }
    for place in &tool.places {
        let origin = Origin {
            wire: Some(format!("body {}{}", place.member, place.pointer)),
            ..Origin::default()
        };
        whence.add(&Source::Argument(place.argument.clone()), origin);
    }
    for argument in &tool.arguments {
        whence.entry(&argument.name);
    }
    let (arguments, constants) = (whence.arguments, whence.constants);
    let known = document.operations.iter();
    let id = known
        .filter(|known| known.method == operation.method && known.path == operation.path)
        .find_map(|known| known.id.clone());
    let mut media_types: Vec<String> = operation
        .success
        .iter()
        .map(|media| media.media_type.clone())
        .collect();
    media_types.sort();
    media_types.dedup();
    Inside {
        operation: OperationKey {
            id,
            method: operation.method.clone(),
            path: operation.path.clone(),
        },
        at: operation.at.clone(),
        arguments,
        constants,
        answer: model::answer_at(operation).cloned(),
        response: tool.response.clone(),
        media_types,
        confirm: tool.confirm.clone(),
        scopes: tool.serving.scopes.clone(),
        deprecated: tool.deprecated.clone(),
    }
}

fn place(location: Location) -> &'static str {
    match location {
        Location::Path => "path",
        Location::Query | Location::QueryString => "query",
        Location::Header => "header",
        Location::Cookie => "cookie",
    }
}

/// Finds where the arguments of a tool come from.
struct Whence<'a, 's> {
    tool: &'a model::Tool,
    schemas: &'a Schemas<'s>,
    arguments: IndexMap<String, Origin>,
    constants: IndexMap<String, Value>,
}

impl Whence<'_, '_> {
    fn add(&mut self, source: &Source, origin: Origin) {
        match source {
            Source::Argument(name) | Source::First(name) => {
                self.arguments.insert(name.clone(), origin);
            }
            Source::Constant(value) => {
                self.constants
                    .insert(origin.wire.unwrap_or_default(), value.clone());
            }
            Source::Omitted => {}
        }
    }

    /// Notes what the tools spec says of an argument.
    fn entry(&mut self, argument: &str) {
        let at = At::value(self.tool.at.file, self.tool.at.pointer.clone());
        let at = at.child("arguments").child(argument);
        let origin = self.arguments.entry(argument.to_owned()).or_default();
        origin.entry = self.schemas.sources().value(&at).is_some().then_some(at);
    }
}
