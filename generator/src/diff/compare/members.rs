//! Members of objects, which arguments are too; and what is said of each.

use serde_json::{Map, Value};

use super::super::pair;
use super::super::places::{Part, Step};
use super::super::suggest::Mend;
use super::super::surface::Tool;
use super::schemas::{Nodes, Way, spelled, view};
use super::{Class, Found, Which};

impl Nodes<'_, '_> {
    pub(super) fn members(
        &mut self,
        old: &Map<String, Value>,
        new: &Map<String, Value>,
        way: &Way,
    ) {
        let none = Map::new();
        let properties = |map: &'_ Map<String, Value>| -> Map<String, Value> {
            map.get("properties")
                .and_then(Value::as_object)
                .unwrap_or(&none)
                .clone()
        };
        let (before, after) = (properties(old), properties(new));
        let renamed = self.renamed(&before, &after, way);
        let new_name = |name: &str| {
            renamed
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, new)| new.clone())
        };
        for (name, schema) in &before {
            let now = match after.contains_key(name) {
                true => name.clone(),
                false => match new_name(name) {
                    Some(now) => now,
                    None => {
                        self.gone(name, new, way);
                        continue;
                    }
                },
            };
            let way = way.then(Step::Member(name.clone()), Step::Member(now.clone()));
            if *name != now {
                self.called(name, &now, &way);
            }
            self.required(requires(old, name), requires(new, &now), schema, &way);
            self.node(schema, &after[&now], &way);
        }
        let is_new = |name: &&String| {
            !before.contains_key(*name) && renamed.iter().all(|(_, now)| now != *name)
        };
        for name in after.keys().filter(is_new) {
            self.added(name, &after[name], requires(new, name), way);
        }
        self.others(old, new, way);
    }

    fn renamed(
        &self,
        old: &Map<String, Value>,
        new: &Map<String, Value>,
        way: &Way,
    ) -> Vec<(String, String)> {
        let is_argument = self.part == Part::Input && way.new.is_empty();
        let wire = |tool: &'_ Tool, name: &str| {
            let inside = tool.inside.as_ref().filter(|_| is_argument)?;
            inside.arguments.get(name)?.wire.clone()
        };
        let sent_alike = |one: &str, another: &str| {
            let (before, after) = (wire(self.old, one), wire(self.new, another));
            before.is_some() && before == after
        };
        pair::members(old, new, (self.roots[0], self.roots[1]), sent_alike)
    }

    fn gone(&mut self, name: &str, new: &Map<String, Value>, way: &Way) {
        let way = way.then(Step::Member(name.to_owned()), Step::Member(name.to_owned()));
        let at = self.at(&way, "");
        let closed = new.get("additionalProperties") == Some(&Value::Bool(false));
        let (kind, what) = match (self.part, closed) {
            (Part::Input, true) => (
                "argument_removed",
                "is gone: calls that give it are refused",
            ),
            (Part::Input, false) => (
                "argument_removed",
                "is gone: giving it does nothing any more",
            ),
            (Part::Output, _) => (
                "result_removed",
                "is gone: callers that read it find nothing",
            ),
        };
        let message = format!("{} {what}", self.name(&way));
        let tool = self.new.name.clone();
        let found = Found::new(kind, Class::Breaking, &spelled(&way.old), message);
        self.compare.push(&tool, found, Which::Old, &at[0]);
    }

    fn called(&mut self, name: &str, now: &str, way: &Way) {
        let at = self.at(way, "");
        let is_argument = self.part == Part::Input && way.new.len() == 1;
        let (kind, what) = match self.part {
            Part::Input => ("argument_renamed", "calls by the old name are refused"),
            Part::Output => (
                "result_renamed",
                "callers that read it by the old name find nothing",
            ),
        };
        let message = format!("`{}` is called `{now}` now: {what}", spelled(&way.old));
        let mend = is_argument.then(|| Mend::Rename {
            argument: name.to_owned(),
            now: now.to_owned(),
        });
        let found = Found::new(kind, Class::Breaking, &spelled(&way.old), message).mended(mend);
        let tool = self.new.name.clone();
        self.compare.push(&tool, found, Which::New, &at[1]);
    }

    fn added(&mut self, name: &str, schema: &Value, required: bool, way: &Way) {
        let is_argument = self.part == Part::Input && way.new.is_empty();
        let way = way.then(Step::Member(name.to_owned()), Step::Member(name.to_owned()));
        let at = self.at(&way, "");
        let (kind, class, what) = match (self.part, required) {
            (Part::Input, true) => (
                "argument_added",
                Class::Breaking,
                "is new and must be given: calls without it are refused",
            ),
            (Part::Input, false) => (
                "argument_added",
                Class::Compatible,
                "is new and may be left out",
            ),
            (Part::Output, _) => ("result_added", Class::Compatible, "is new"),
        };
        let message = format!("{} {what}", self.name(&way));
        let mend = (is_argument && class == Class::Breaking).then(|| Mend::Default {
            argument: name.to_owned(),
            value: stand_in(schema),
        });
        let tool = self.new.name.clone();
        let found = Found::new(kind, class, &spelled(&way.new), message).mended(mend);
        self.compare.push(&tool, found, Which::New, &at[1]);
    }

    fn required(&mut self, before: bool, now: bool, old: &Value, way: &Way) {
        if before == now {
            return;
        }
        let (kind, class, what) = match (self.part, now) {
            (Part::Input, true) => (
                "argument_required",
                Class::Breaking,
                "must be given now: calls without it are refused",
            ),
            (Part::Input, false) => (
                "argument_optional",
                Class::Compatible,
                "may be left out now",
            ),
            (Part::Output, true) => ("result_required", Class::Compatible, "is always there now"),
            (Part::Output, false) => (
                "result_optional",
                Class::Breaking,
                "may be missing now: callers may not expect that",
            ),
        };
        let message = format!("{} {what}", self.name(way));
        let mend = match way.new.as_slice() {
            [Step::Member(name)] if kind == "argument_required" => Some(Mend::Default {
                argument: name.clone(),
                value: stand_in(old),
            }),
            _ => None,
        };
        let at = self.at(way, "");
        let tool = self.new.name.clone();
        let found = Found::new(kind, class, &spelled(&way.new), message).mended(mend);
        self.compare.push(&tool, found, Which::New, &at[1]);
    }

    /// Members that are not named.
    fn others(&mut self, old: &Map<String, Value>, new: &Map<String, Value>, way: &Way) {
        let of = |map: &Map<String, Value>| {
            map.get("additionalProperties")
                .cloned()
                .unwrap_or(Value::Bool(true))
        };
        let (before, after) = (of(old), of(new));
        let holder = self.name(way);
        let way = way.then(Step::Others, Step::Others);
        let at = self.at(&way, "");
        let tool = self.new.name.clone();
        let (kind, class, message) = match (self.part, &before, &after) {
            // More members in an answer are as new ones are.
            (Part::Output, Value::Bool(_), _) => return,
            (Part::Output, _, Value::Bool(_)) => (
                "result_widened",
                Class::Breaking,
                format!(
                    "{} may be anything now: callers may not expect that",
                    self.name(&way)
                ),
            ),
            (Part::Input, Value::Bool(false), Value::Bool(false)) => return,
            (Part::Input, _, Value::Bool(false)) => (
                "argument_narrowed",
                Class::Breaking,
                format!("members of other names in {holder} are refused now"),
            ),
            (Part::Input, Value::Bool(false), _) => (
                "argument_widened",
                Class::Compatible,
                format!("members of other names in {holder} are taken now"),
            ),
            _ => return self.node(&before, &after, &way),
        };
        self.compare.push(
            &tool,
            Found::new(kind, class, &spelled(&way.new), message),
            Which::New,
            &at[1],
        );
    }

    /// Compares what is said of a node beside what it takes: description, default, examples.
    pub(super) fn said(&mut self, old: &Value, new: &Value, way: &Way) {
        let tool = self.new.name.clone();
        let subject = spelled(&way.new);
        let [before, after] = [(old, self.roots[0]), (new, self.roots[1])]
            .map(|(schema, root)| Said::of(schema, root));
        for (key, one, another) in [
            ("description", &before.description, &after.description),
            ("title", &before.title, &after.title),
        ] {
            let at = self.at(way, key);
            let what = format!("the {key} of {}", self.name(way));
            self.compare.prose(
                &tool,
                "description_changed",
                &subject,
                &what,
                [one, another],
                [&at[0], &at[1]],
            );
        }
        if self.part == Part::Output {
            return;
        }
        self.default(&before, &after, way);
        if before.examples != after.examples {
            let at = self.at(way, "examples");
            let message = format!("the examples of {} are others", self.name(way));
            self.compare.push(
                &tool,
                Found::new("examples_changed", Class::Wording, &subject, message),
                Which::New,
                &at[1],
            );
        }
        if before.deprecated != after.deprecated {
            let at = self.at(way, "deprecated");
            let what = if after.deprecated {
                "is deprecated now"
            } else {
                "is no longer deprecated"
            };
            let message = format!("{} {what}", self.name(way));
            self.compare.push(
                &tool,
                Found::new("argument_deprecated", Class::Compatible, &subject, message),
                Which::New,
                &at[1],
            );
        }
    }

    fn default(&mut self, before: &Said, after: &Said, way: &Way) {
        let (old, new) = (&before.default, &after.default);
        let name = self.name(way);
        let (kind, class, message, which) = match (old, new) {
            (Some(one), Some(another)) if !equal(one, another) => (
                "default_changed",
                Class::Breaking,
                format!(
                    "{name} is `{another}` where it is left out, and was `{one}`: the same call means something else"
                ),
                Which::New,
            ),
            (Some(one), None) => (
                "default_removed",
                Class::Breaking,
                format!(
                    "{name} is no longer `{one}` where it is left out: the same call may mean something else"
                ),
                Which::Old,
            ),
            (None, Some(another)) => (
                "default_added",
                Class::Compatible,
                format!("{name} is `{another}` where it is left out, as is said now"),
                Which::New,
            ),
            _ => return,
        };
        let mend = match (way.new.as_slice(), old) {
            ([Step::Member(argument)], Some(value)) if class == Class::Breaking => {
                Some(Mend::Default {
                    argument: argument.clone(),
                    value: Some(value.clone()),
                })
            }
            _ => None,
        };
        let at = self.at(way, "default");
        let at = if which == Which::New { &at[1] } else { &at[0] };
        let tool = self.new.name.clone();
        let found = Found::new(kind, class, &spelled(&way.new), message).mended(mend);
        self.compare.push(&tool, found, which, at);
    }
}

/// What is said of a schema beside what it takes.
struct Said {
    description: String,
    title: String,
    default: Option<Value>,
    examples: Option<Value>,
    deprecated: bool,
}

impl Said {
    fn of(schema: &Value, root: &Value) -> Self {
        let inner = view(schema, root);
        let get = |key: &str| {
            let own = schema.get(key);
            own.or_else(|| inner.as_ref().and_then(|view| view.map.get(key)))
                .cloned()
        };
        let text = |key: &str| {
            get(key)
                .and_then(|text| text.as_str().map(str::to_owned))
                .unwrap_or_default()
        };
        Self {
            description: text("description"),
            title: text("title"),
            default: get("default"),
            examples: get("examples"),
            deprecated: get("deprecated") == Some(Value::Bool(true)),
        }
    }
}

fn requires(map: &Map<String, Value>, name: &str) -> bool {
    let required = map.get("required").and_then(Value::as_array);
    required.is_some_and(|names| names.iter().any(|known| known == name))
}

fn equal(one: &Value, another: &Value) -> bool {
    one == another || (one.is_number() && one.as_f64() == another.as_f64())
}

/// A value that stands for an argument that is not given: the documented default, the only one possible, an example.
fn stand_in(schema: &Value) -> Option<Value> {
    let only = schema
        .get("enum")
        .and_then(Value::as_array)
        .and_then(|values| match values.as_slice() {
            [only] => Some(only),
            _ => None,
        });
    schema
        .get("default")
        .or_else(|| schema.get("const"))
        .or(only)
        .cloned()
}
