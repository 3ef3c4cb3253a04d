//! What the JSON of a tool does not tell of it, and what else there is in the server.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use serde_json::{Map, Value};

use crate::diagnostics::At;
use crate::model::{Api, Tool, answer_at, is_paging};
use crate::normalise::{Schema, Schemas};
use crate::plan::PlannedTool;
use crate::read::Sources;
use crate::read::tools_spec::AnnotationsSpec;

/// Schemas of an answer that are looked at for names.
const MAX_NODES: usize = 500;

/// The tools of a server.
#[derive(Debug, Default)]
pub(super) struct Known<'a> {
    /// Their arguments, by name and by old name.
    tools: IndexMap<&'a str, &'a Map<String, Value>>,
    /// Names of prompts and resources.
    others: HashSet<&'a str>,
    /// The tools that say the same, by what they say.
    described: HashMap<String, Vec<&'a str>>,
    /// The tools that are called the same once a host has changed their names.
    mangled: HashMap<String, Vec<&'a str>>,
}

impl<'a> Known<'a> {
    pub(super) fn of(tools: &'a [PlannedTool], api: &'a Api) -> Self {
        let prompts = api.prompts.iter().map(|prompt| prompt.name.as_str());
        let resources = api.resources.iter().map(|resource| resource.name.as_str());
        let mut known = Self {
            others: prompts.chain(resources).collect(),
            ..Self::default()
        };
        for tool in tools {
            known.add(&tool.json, &tool.aliases);
        }
        known
    }

    /// The tools of a list.
    pub(super) fn of_list(tools: &'a [Value]) -> Self {
        let mut known = Self::default();
        for tool in tools {
            known.add(tool, &[]);
        }
        known
    }

    pub(super) fn add(&mut self, tool: &'a Value, aliases: &'a [String]) {
        let name = tool["name"].as_str().unwrap_or_default();
        if let Some(arguments) = tool["inputSchema"]["properties"].as_object() {
            self.tools.insert(name, arguments);
            let aliases = aliases.iter().map(|alias| (alias.as_str(), arguments));
            self.tools.extend(aliases);
        }
        let text = tool["description"].as_str().unwrap_or_default();
        self.described.entry(folded(text)).or_default().push(name);
        self.mangled.entry(mangled(name)).or_default().push(name);
    }

    /// The arguments of a tool; `None` if there is none of that name.
    pub(super) fn arguments(&self, tool: &str) -> Option<&'a Map<String, Value>> {
        self.tools.get(tool).copied()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.tools.keys().copied()
    }

    /// Whether something in the server has this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.tools.contains_key(name) || self.others.contains(name)
    }

    /// Another tool that says the same as `name` does.
    pub(super) fn twin(&self, name: &str, text: &str) -> Option<&'a str> {
        let same = self.described.get(&folded(text))?;
        same.iter().copied().find(|other| *other != name)
    }

    /// Another tool that hosts which change names cannot tell from `name`.
    pub(super) fn namesake(&self, name: &str) -> Option<&'a str> {
        let same = self.mangled.get(&mangled(name))?;
        same.iter().copied().find(|other| *other != name)
    }
}

/// A text without what makes no difference to a reader.
fn folded(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

/// A name as hosts that take letters, digits and `_` write it, seen by models that do not mind case.
fn mangled(name: &str) -> String {
    name.to_lowercase().replace('-', "_")
}

/// What is known of one tool beside its JSON.
#[derive(Debug, Default)]
pub(super) struct Besides<'s> {
    /// The method of its operation.
    pub(super) method: String,
    /// What the tools spec says that it does.
    pub(super) said: AnnotationsSpec,
    /// What is always sent, by where it goes.
    pub(super) constants: Vec<(String, Value)>,
    /// Whether its result is limited, or an argument asks for a part of it.
    pub(super) limited: bool,
    /// Where the document says what it answers.
    pub(super) answer: Option<(Schemas<'s>, At)>,
    pub(super) names: OnceCell<HashSet<String>>,
}

impl<'s> Besides<'s> {
    /// What a list itself says of a tool.
    pub(super) fn of_listed(tool: &Value) -> Self {
        let hint = |key: &str| tool["annotations"][key].as_bool();
        Self {
            said: AnnotationsSpec {
                read_only: hint("readOnlyHint"),
                destructive: hint("destructiveHint"),
                idempotent: hint("idempotentHint"),
                open_world: hint("openWorldHint"),
            },
            ..Self::default()
        }
    }

    pub(super) fn of(tool: &Tool, api: &Api, sources: &Sources, schemas: &Schemas<'s>) -> Self {
        let operation = &api.operations[tool.operation];
        let entry = sources.spec.tools.get(&tool.name);
        let arguments = entry.map(|entry| &entry.arguments);
        let constants = arguments
            .into_iter()
            .flatten()
            .filter_map(|(name, argument)| {
                let always = argument.constant.as_ref();
                let hidden = argument.default.as_ref().filter(|_| argument.hidden);
                Some((name.clone(), always.or(hidden)?.clone()))
            });
        let cuts = tool.response.tail.is_some() || tool.response.head.is_some();
        let names = tool.arguments.iter().map(|argument| argument.name.as_str());
        Self {
            method: operation.method.clone(),
            said: entry.map(|entry| entry.annotations).unwrap_or_default(),
            constants: constants.collect(),
            limited: tool.page.is_some()
                || cuts
                || tool.delivery.max.is_some()
                || sources.spec.limits.result.is_some()
                || names.clone().any(is_paging),
            answer: answer_at(operation).map(|at| (schemas.clone(), at.clone())),
            names: OnceCell::new(),
        }
    }

    /// The name of the list that the answer is or has: of itself, or of its only list. One that the document limits is
    /// not told.
    pub(super) fn list(&self) -> Option<String> {
        let (schemas, at) = self.answer.as_ref()?;
        let has = |at: &At, keyword: fn(&Schema<'_>) -> bool| {
            schemas.get(at).is_ok_and(|schema| keyword(&schema))
        };
        let is_list = |at: &At| has(at, |schema| schema.types().contains(&"array"));
        let is_endless = |at: &At| has(at, |schema| schema.get("maxItems").is_none());
        if is_list(at) {
            return is_endless(at).then(|| "a list".to_owned());
        }
        let whole = schemas.get(at).ok()?;
        let members = whole.properties().into_iter();
        let members = members.map(|name| (name, whole.child(&["properties", name])));
        let mut lists = members.filter(|(_, at)| is_list(at));
        let (only, at) = lists.next().filter(|_| lists.next().is_none())?;
        is_endless(&at).then(|| format!("the list `{only}`"))
    }

    /// The names and the values of an answer.
    pub(super) fn answers(&self, name: &str) -> bool {
        self.names.get_or_init(|| self.collect()).contains(name)
    }

    fn collect(&self) -> HashSet<String> {
        let mut found = HashSet::new();
        let Some((schemas, at)) = &self.answer else {
            return found;
        };
        let mut known = HashSet::new();
        let mut todo = vec![at.clone()];
        while let Some(at) = todo.pop() {
            let Ok(schema) = schemas.get(&at) else {
                continue;
            };
            if known.len() >= MAX_NODES || !known.insert(schema.at.clone()) {
                continue;
            }
            let values = schema.get("enum").and_then(Value::as_array);
            let values = values.into_iter().flatten().filter_map(Value::as_str);
            found.extend(values.map(str::to_owned));
            for name in schema.properties() {
                found.insert(name.to_owned());
                todo.push(schema.child(&["properties", name]));
            }
            for key in ["items", "additionalProperties"] {
                if matches!(schema.get(key), Some(Value::Object(_))) {
                    todo.push(schema.child(&[key]));
                }
            }
            let kinds = ["anyOf", "oneOf", "allOf"];
            todo.extend(kinds.iter().flat_map(|key| schema.branches(key)));
        }
        found
    }
}
