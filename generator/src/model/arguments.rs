//! The arguments of a tool: the operation's parameters and the members of its body, side by side,
//! as the tools spec changes them.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::defaults::{self, Slotted};
use super::keys::Rename;
use super::project::{MAX_DEPTH, MAX_NODES, Projector, Way};
use super::slots::{Slot, flattened, object, slots};
use super::tools::{Argument, BodySource, Default, Place, Source};
use super::{Operation, Types};
use crate::diagnostics::{At, Diagnostic, Diagnostics, Severity, codes, nearest};
use crate::fit::Was;
use crate::normalise::Schemas;
use crate::read::tools_spec::{ArgumentSpec, SchemaDialect, Sends, SendsBody, Take};

/// Bytes of schema that the arguments of one tool take at most: a tenth of what the largest tools of real
/// documents would, and still more than most agents have room for.
const MAX_BYTES: usize = 40_000;
/// The depth that is tried first where that is too little, at most.
const FIRST_CUT: usize = 8;

/// The arguments of a tool and where each goes.
#[derive(Debug)]
pub(super) struct Built {
    pub(super) published: Vec<Argument>,
    pub(super) parameters: Vec<Source>,
    pub(super) body: BodySource,
    pub(super) defaults: Vec<Default>,
    pub(super) places: Vec<Place>,
    /// Members inside arguments that have other names on the wire, with the argument.
    pub(super) renames: Vec<(String, Rename)>,
    /// What of the document is lost in them.
    pub(super) losses: Vec<Diagnostic>,
    definitions: Map<String, Value>,
}

impl Built {
    /// The input schema: an object of the arguments and nothing else.
    pub(super) fn schema(&self) -> Map<String, Value> {
        let mut schema = Map::new();
        schema.insert("type".to_owned(), json!("object"));
        let properties = self.published.iter().map(|argument| {
            (
                argument.name.clone(),
                Value::Object(argument.schema.clone()),
            )
        });
        schema.insert("properties".to_owned(), Value::Object(properties.collect()));
        let required: Vec<&str> = self
            .published
            .iter()
            .filter(|argument| argument.required)
            .map(|argument| argument.name.as_str())
            .collect();
        if !required.is_empty() {
            schema.insert("required".to_owned(), json!(required));
        }
        schema.insert("additionalProperties".to_owned(), json!(false));
        if !self.definitions.is_empty() {
            schema.insert("$defs".to_owned(), Value::Object(self.definitions.clone()));
        }
        schema
    }
}

/// Builds the arguments of tool `tool`, declared at `at`.
#[expect(
    clippy::too_many_arguments,
    reason = "one call site, each a different stage's result"
)]
pub(super) fn arguments(
    tool: &str,
    at: &At,
    overrides: &IndexMap<String, ArgumentSpec>,
    operation: &Operation,
    dialect: SchemaDialect,
    types: &Types,
    schemas: &Schemas<'_>,
    diagnostics: &mut Diagnostics,
) -> Built {
    let (mut projector, slots) =
        spelled_out(tool, at, operation, dialect, types, schemas, diagnostics);
    projector
        .faults()
        .into_iter()
        .for_each(|fault| diagnostics.push(fault));
    let mut build = Build {
        tool,
        at: At::value(at.file, at.pointer.clone()).child("arguments"),
        operation,
        slots,
        extra: Vec::new(),
        defaults: Vec::new(),
        places: Vec::new(),
        schemas,
        diagnostics,
    };
    for (key, spec) in overrides {
        build.override_one(key, spec);
    }
    build.check_required();
    Built {
        losses: projector.losses(),
        ..build.finish(types, projector.definitions())
    }
}

/// The slots as deep as there is room for.
fn spelled_out<'s>(
    tool: &str,
    at: &At,
    operation: &Operation,
    dialect: SchemaDialect,
    types: &Types,
    schemas: &Schemas<'s>,
    diagnostics: &mut Diagnostics,
) -> (Projector<'s>, Vec<Slot>) {
    let project = |depth| {
        let projector = Projector::new(schemas.clone(), dialect, Way::In, MAX_NODES);
        let mut projector = projector.down_to(depth);
        let slots = slots(operation, types, schemas, &mut projector);
        let size: usize = slots
            .iter()
            .map(|slot| json!(slot.schema).to_string().len())
            .sum();
        (projector, slots, size)
    };
    let (projector, slots, whole) = project(MAX_DEPTH);
    if whole <= MAX_BYTES && !projector.is_cut() {
        return (projector, slots);
    }
    let mut depth = projector
        .depth_of(MAX_BYTES as f64 / whole as f64)
        .min(FIRST_CUT);
    loop {
        let (projector, slots, size) = project(depth);
        if size <= MAX_BYTES || depth == 1 {
            let message = format!(
                "the arguments of tool `{tool}` would cost {} tokens and more spelled out; they are left open below depth {depth}, at {} tokens",
                whole / 4,
                size / 4
            );
            let help =
                "hide arguments it can do without, or describe what agents need in the tools spec";
            let diagnostic = Diagnostic {
                severity: Severity::Advice,
                ..Diagnostic::error(codes::LEFT_OPEN, at.clone(), message)
            };
            diagnostics.push(diagnostic.help(help));
            return (projector, slots);
        }
        depth -= 1;
    }
}

struct Build<'a, 's> {
    tool: &'a str,
    /// The `arguments` of the tool.
    at: At,
    operation: &'a Operation,
    slots: Vec<Slot>,
    /// Arguments the document does not have, with the slot they stand for.
    extra: Vec<(Option<usize>, Argument)>,
    defaults: Vec<Default>,
    places: Vec<Place>,
    schemas: &'a Schemas<'s>,
    diagnostics: &'a mut Diagnostics,
}

impl Build<'_, '_> {
    fn override_one(&mut self, key: &str, spec: &ArgumentSpec) {
        let at = self.at.child(key);
        let argument = match &spec.sends {
            Some(sends) => self.new_argument(key, spec, sends, &at),
            None => self.own_argument(key, spec, &at),
        };
        let Some(mut slotted) = argument else { return };
        defaults::apply(&mut slotted, spec, &at, self.diagnostics);
        if let Some(default) = &spec.default
            && spec.constant.is_none()
            && !spec.hidden
        {
            self.defaults.push(Default {
                argument: key.to_owned(),
                value: default.clone(),
            });
        }
        match slotted.slot {
            Slotted::Own(index) => {
                let slot = &mut self.slots[index];
                slot.name = key.to_owned();
                slot.schema = slotted.schema;
                slot.required = slotted.required;
                slot.source = match (&spec.constant, spec.hidden, &spec.default) {
                    (Some(value), _, _) | (None, true, Some(value)) => {
                        Source::Constant(value.clone())
                    }
                    (None, true, None) => Source::Omitted,
                    (None, false, _) => Source::Argument(key.to_owned()),
                };
            }
            Slotted::Extra(place) => {
                let argument = Argument {
                    name: key.to_owned(),
                    schema: slotted.schema,
                    required: slotted.required,
                };
                self.extra.push((place, argument));
            }
        }
    }

    /// An argument of the operation, under its own name or renamed.
    fn own_argument(
        &mut self,
        key: &str,
        spec: &ArgumentSpec,
        at: &At,
    ) -> Option<defaults::Target> {
        let wanted = spec.rename.as_deref().unwrap_or(key);
        let index = self
            .slots
            .iter()
            .position(|slot| slot.name == wanted)
            .or_else(|| self.slots.iter().position(|slot| slot.wire == wanted));
        let Some(index) = index else {
            let place = if spec.rename.is_some() {
                at.child("rename")
            } else {
                at.as_key()
            };
            let message = format!(
                "tool `{}` has no argument `{wanted}`: `{}` does not take it",
                self.tool,
                self.operation.endpoint()
            );
            let mut diagnostic = Diagnostic::error(codes::UNKNOWN_ARGUMENT, place, message);
            let names: Vec<&str> = self.slots.iter().map(|slot| slot.name.as_str()).collect();
            let was = Was::of(self.schemas, self.operation).and_then(|was| was.argument(wanted));
            diagnostic = match (was, nearest(wanted, names.iter().copied())) {
                (Some(help), _) => diagnostic.help(help),
                (None, Some(name)) => diagnostic.help(format!("did you mean `{name}`?")),
                (None, None) if names.is_empty() => {
                    diagnostic.help("it takes no arguments; one of your own needs `sends:`")
                }
                (None, None) => diagnostic.help(format!(
                    "it takes {}; one of your own needs `sends:`",
                    names.join(", ")
                )),
            };
            self.diagnostics.push(diagnostic);
            return None;
        };
        if key != wanted && self.slots.iter().any(|slot| slot.name == key) {
            let message = format!("tool `{}` already has an argument `{key}`", self.tool);
            self.diagnostics.push(Diagnostic::error(
                codes::DUPLICATE_NAME,
                at.as_key(),
                message,
            ));
            return None;
        }
        let slot = &self.slots[index];
        Some(defaults::Target {
            slot: Slotted::Own(index),
            schema: slot.schema.clone(),
            required: slot.required,
            documented: true,
            first_of: None,
        })
    }

    /// An argument that the document does not have.
    fn new_argument(
        &mut self,
        key: &str,
        spec: &ArgumentSpec,
        sends: &Sends,
        at: &At,
    ) -> Option<defaults::Target> {
        let body = match sends {
            Sends::Nothing(_) => {
                if let Some(slot) = self.slots.iter_mut().find(|slot| slot.name == key) {
                    slot.source = Source::Omitted;
                }
                return Some(defaults::Target {
                    slot: Slotted::Extra(None),
                    schema: Map::new(),
                    required: false,
                    documented: false,
                    first_of: None,
                });
            }
            Sends::Body(body) => body,
        };
        let (index, rest) = self.body_slot(body, at)?;
        let slot = &mut self.slots[index];
        if let Some(rest) = rest {
            if body.take == Take::First {
                let message = "`take: first` works for a member of the body itself, not for one further inside";
                self.diagnostics.push(Diagnostic::error(
                    codes::BAD_ARGUMENT,
                    at.child("sends"),
                    message,
                ));
                return None;
            }
            self.places.push(Place {
                argument: key.to_owned(),
                member: slot.wire.clone(),
                pointer: rest,
            });
            return Some(defaults::Target {
                slot: Slotted::Extra(None),
                schema: Map::new(),
                required: false,
                documented: false,
                first_of: None,
            });
        }
        let (schema, source) = match body.take {
            Take::All => (slot.schema.clone(), Source::Argument(key.to_owned())),
            Take::First => (list_of(slot), Source::First(key.to_owned())),
        };
        let first_of = (body.take == Take::First).then(|| slot.schema.clone());
        slot.source = source;
        let required = slot.required && spec.default.is_none();
        let documented = body.take == Take::All;
        Some(defaults::Target {
            slot: Slotted::Extra(Some(index)),
            schema,
            required,
            documented,
            first_of,
        })
    }

    /// The member of the body that a pointer goes to, and the rest of the pointer.
    fn body_slot(&mut self, body: &SendsBody, at: &At) -> Option<(usize, Option<String>)> {
        let place = at.child("sends").child("body");
        let first_field = self.operation.parameters.len();
        let Some(path) = body.body.strip_prefix('/').filter(|path| !path.is_empty()) else {
            let message = format!(
                "`{}` is not a JSON pointer to a member of the body",
                body.body
            );
            self.diagnostics.push(
                Diagnostic::error(codes::BAD_POINTER, place, message)
                    .help("begin it with a slash: `/config/epochs`"),
            );
            return None;
        };
        let (member, rest) = path.split_once('/').map_or((path, None), |(member, rest)| {
            (member, Some(format!("/{rest}")))
        });
        let member = member.replace("~1", "/").replace("~0", "~");
        let fields = self.slots.get(first_field..).unwrap_or_default();
        if let [only] = fields
            && only.wire == "body"
        {
            return Some((first_field, Some(format!("/{path}"))));
        }
        let Some(index) = fields.iter().position(|slot| slot.wire == member) else {
            let message = format!(
                "the body of `{}` has no member `{member}`",
                self.operation.endpoint()
            );
            let mut diagnostic = Diagnostic::error(codes::BAD_POINTER, place, message);
            let names: Vec<&str> = fields.iter().map(|slot| slot.wire.as_str()).collect();
            let was = Was::of(self.schemas, self.operation).and_then(|was| was.member(&member));
            diagnostic = match (was, nearest(&member, names.iter().copied())) {
                (Some(help), _) => diagnostic.help(help),
                (None, Some(name)) => diagnostic.help(format!("did you mean `/{name}`?")),
                (None, None) if names.is_empty() => diagnostic.help("the operation takes no body"),
                (None, None) => diagnostic.help(format!("it has {}", names.join(", "))),
            };
            self.diagnostics.push(diagnostic);
            return None;
        };
        Some((first_field + index, rest))
    }

    /// What the backend requires must come from somewhere.
    fn check_required(&mut self) {
        for slot in self
            .slots
            .iter()
            .filter(|slot| slot.needed && slot.source == Source::Omitted)
        {
            let message = format!(
                "the backend requires `{}`, and tool `{}` sends nothing for it",
                slot.wire, self.tool
            );
            let help = "give it a `const` or a `default`, or offer it";
            self.diagnostics.push(
                Diagnostic::error(
                    codes::REQUIRED_HIDDEN,
                    self.at.child(&slot.name).as_key(),
                    message,
                )
                .help(help),
            );
        }
    }

    fn finish(self, types: &Types, definitions: Map<String, Value>) -> Built {
        let mut published: Vec<Argument> = Vec::new();
        for (index, slot) in self.slots.iter().enumerate() {
            if let Some((_, argument)) = self.extra.iter().find(|(place, _)| *place == Some(index))
            {
                published.push(argument.clone());
            } else if slot.source == Source::Argument(slot.name.clone()) {
                published.push(Argument {
                    name: slot.name.clone(),
                    schema: slot.schema.clone(),
                    required: slot.required,
                });
            }
        }
        published.extend(
            self.extra
                .iter()
                .filter(|(place, _)| place.is_none())
                .map(|(_, argument)| argument.clone()),
        );
        published.sort_by_key(|argument| !argument.required);
        let count = self.operation.parameters.len();
        let sources: Vec<Source> = self.slots.iter().map(|slot| slot.source.clone()).collect();
        let body = match (&self.operation.body, flattened(self.operation, types)) {
            (None, _) => BodySource::None,
            (Some(_), None) => {
                BodySource::Whole(sources.last().cloned().unwrap_or(Source::Omitted))
            }
            (Some(_), Some(fields)) => BodySource::Fields(
                fields
                    .iter()
                    .map(|field| {
                        let slot = self.slots[count..]
                            .iter()
                            .find(|slot| slot.wire == field.name);
                        slot.map_or(Source::Omitted, |slot| slot.source.clone())
                    })
                    .collect(),
            ),
        };
        let parameters = sources[..count].to_vec();
        let mut renames = Vec::new();
        for slot in &self.slots {
            let (argument, inside) = match &slot.source {
                Source::Argument(name) => (name, None),
                Source::First(name) => (name, Some("*".to_owned())),
                Source::Constant(_) | Source::Omitted => continue,
            };
            renames.extend(slot.renames.iter().map(|rename| {
                let holder = inside.iter().chain(&rename.holder).cloned().collect();
                (
                    argument.clone(),
                    Rename {
                        holder,
                        ..rename.clone()
                    },
                )
            }));
        }
        Built {
            published,
            parameters,
            body,
            defaults: self.defaults,
            places: self.places,
            renames,
            losses: Vec::new(),
            definitions,
        }
    }
}

/// The schema of a list whose first item goes to `slot`.
fn list_of(slot: &Slot) -> Map<String, Value> {
    let mut items = slot.schema.clone();
    let description = items.shift_remove("description");
    items.shift_remove("default");
    let mut list = object(json!({ "type": "array", "items": items }));
    if slot.required {
        list.insert("minItems".to_owned(), json!(1));
    }
    if let Some(description) = description {
        list.insert("description".to_owned(), description);
    }
    list
}
