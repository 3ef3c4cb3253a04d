//! What is different in the arguments or the result of a tool.
//!
//! Plain objects and lists are compared part by part, so that each difference has a place of its own; everything
//! else as the set of values that it takes.

use serde_json::{Map, Value, json};

use super::super::places::{Part, Step};
use super::super::sets::{
    Change as Difference, Effect, Set, brief, differences, read, resolve, witness,
};
use super::super::surface::Tool;
use super::{Class, Compare, Found, Which, prose};

/// How deep schemas are compared part by part.
const MAX_DEPTH: usize = 64;

/// The comparison of one part of a tool.
pub(super) struct Nodes<'c, 'a> {
    pub(super) compare: &'c mut Compare<'a>,
    pub(super) old: &'c Tool,
    pub(super) new: &'c Tool,
    pub(super) part: Part,
    pub(super) roots: [&'c Value; 2],
}

/// The way to a node: on both sides the same but for names.
#[derive(Clone, Debug, Default)]
pub(super) struct Way {
    pub(super) old: Vec<Step>,
    pub(super) new: Vec<Step>,
}

impl Way {
    pub(super) fn then(&self, old: Step, new: Step) -> Self {
        let mut way = self.clone();
        way.old.push(old);
        way.new.push(new);
        way
    }

    fn step(&self, step: Step) -> Self {
        self.then(step.clone(), step)
    }
}

/// A way as people write it: `config.symbols[]`.
pub(super) fn spelled(way: &[Step]) -> String {
    let mut text = String::new();
    for step in way {
        match step {
            Step::Member(name) if text.is_empty() => text.push_str(name),
            Step::Member(name) => text.push_str(&format!(".{name}")),
            Step::Items => text.push_str("[]"),
            Step::Others => text.push_str(".*"),
            Step::Branch(..) => {}
        }
    }
    if text.is_empty() {
        "result".to_owned()
    } else {
        text
    }
}

/// A schema seen through references and unions with null.
pub(super) struct View<'v> {
    pub(super) map: std::borrow::Cow<'v, Map<String, Value>>,
    pub(super) nullable: bool,
}

pub(super) fn view<'v>(schema: &'v Value, root: &'v Value) -> Option<View<'v>> {
    let mut map = schema.as_object()?;
    let mut nullable = false;
    for _ in 0..8 {
        let inner = match map.get("$ref").and_then(Value::as_str) {
            Some(reference) => resolve(reference, root),
            None => ["anyOf", "oneOf"].iter().find_map(|keyword| {
                let [one, another] = map.get(*keyword)?.as_array()?.as_slice() else {
                    return None;
                };
                let is_null = |branch: &Value| *branch == json!({ "type": "null" });
                nullable |= is_null(one) || is_null(another);
                if is_null(one) {
                    Some(another)
                } else {
                    is_null(another).then_some(one)
                }
            }),
        };
        let wraps = |key: &String| {
            [
                "$ref",
                "anyOf",
                "oneOf",
                "description",
                "title",
                "default",
                "examples",
            ]
            .contains(&key.as_str())
        };
        match inner.and_then(Value::as_object) {
            Some(inner) if map.keys().all(wraps) => map = inner,
            _ => break,
        }
    }
    let mut map = std::borrow::Cow::Borrowed(map);
    if let Some(Value::Array(types)) = map.get("type")
        && let [one, another] = types.as_slice()
        && (one == "null" || another == "null")
    {
        nullable = true;
        let only = if one == "null" {
            another.clone()
        } else {
            one.clone()
        };
        map.to_mut().insert("type".to_owned(), only);
    }
    Some(View { map, nullable })
}

impl View<'_> {
    /// Whether it says of values of `kind` what `keywords` say, and nothing else of any.
    fn is_plain(&self, kind: &str, keywords: &[&str]) -> bool {
        const SILENT: [&str; 9] = [
            "$comment",
            "$defs",
            "$schema",
            "type",
            "default",
            "deprecated",
            "description",
            "examples",
            "title",
        ];
        let of_kind = match self.map.get("type") {
            Some(name) => name == kind,
            None => false,
        };
        of_kind
            && self
                .map
                .keys()
                .all(|key| SILENT.contains(&key.as_str()) || keywords.contains(&key.as_str()))
    }

    fn is_object(&self) -> bool {
        self.is_plain(
            "object",
            &[
                "properties",
                "required",
                "additionalProperties",
                "minProperties",
                "maxProperties",
            ],
        )
    }

    fn is_list(&self) -> bool {
        self.is_plain("array", &["items", "minItems", "maxItems", "uniqueItems"])
    }

    /// The same without what is inside.
    fn hull(&self) -> Set {
        let counts = [
            "type",
            "minProperties",
            "maxProperties",
            "minItems",
            "maxItems",
            "uniqueItems",
        ];
        let own = self
            .map
            .iter()
            .filter(|(key, _)| counts.contains(&key.as_str()));
        let own: Map<String, Value> = own
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        match self.nullable {
            true => read(&json!({ "anyOf": [own, { "type": "null" }] }), &Value::Null),
            false => read(&Value::Object(own), &Value::Null),
        }
    }
}

impl<'c, 'a> Nodes<'c, 'a> {
    pub(super) fn new(
        compare: &'c mut Compare<'a>,
        old: &'c Tool,
        new: &'c Tool,
        part: Part,
    ) -> Self {
        Self {
            compare,
            old,
            new,
            part,
            roots: [&Value::Null; 2],
        }
    }

    /// Compares the schemas of the whole part.
    pub(super) fn compare(mut self, old: &'c Value, new: &'c Value) {
        self.roots = [old, new];
        self.node(old, new, &Way::default());
    }

    pub(super) fn node(&mut self, old: &Value, new: &Value, way: &Way) {
        if (old == new && self.roots[0].get("$defs") == self.roots[1].get("$defs"))
            || way.new.len() > MAX_DEPTH
        {
            return;
        }
        if !way.new.is_empty() {
            self.said(old, new, way);
        }
        let [old_root, new_root] = self.roots;
        match (view(old, old_root), view(new, new_root)) {
            (Some(before), Some(after)) if before.is_object() && after.is_object() => {
                self.told(
                    differences(&before.hull(), &after.hull()),
                    [&before.hull(), &after.hull()],
                    way,
                );
                self.members(&before.map, &after.map, way);
            }
            (Some(before), Some(after)) if before.is_list() && after.is_list() => {
                self.told(
                    differences(&before.hull(), &after.hull()),
                    [&before.hull(), &after.hull()],
                    way,
                );
                let any = Value::Bool(true);
                let items = |view: &View<'_>| {
                    view.map
                        .get("items")
                        .cloned()
                        .unwrap_or_else(|| any.clone())
                };
                self.node(&items(&before), &items(&after), &way.step(Step::Items));
            }
            _ => self.leaf(old, new, way),
        }
    }

    /// What is compared as a whole.
    fn leaf(&mut self, old: &Value, new: &Value, way: &Way) {
        let sets = [read(old, self.roots[0]), read(new, self.roots[1])];
        let found = differences(&sets[0], &sets[1]);
        if found.is_empty() || !self.branches(old, new, way) {
            self.told(found, [&sets[0], &sets[1]], way);
        }
        // Texts further inside; those of the node itself are compared already.
        let inner = |schema: &Value| -> Vec<String> {
            let own = ["description", "title"]
                .map(|key| schema.get(key).and_then(Value::as_str).unwrap_or_default());
            prose::all(schema)
                .into_iter()
                .filter(|text| !own.contains(text))
                .map(str::to_owned)
                .collect()
        };
        let (before, after) = (inner(old), inner(new));
        if before != after {
            let at = self.at(way, "");
            let what = format!("what is said inside {}", self.name(way));
            let changed = before
                .iter()
                .zip(&after)
                .find(|(one, another)| one != another);
            let (one, another) =
                changed.map_or(("", ""), |(one, another)| (one.as_str(), another.as_str()));
            if changed.is_some() {
                let tool = self.new.name.clone();
                self.compare.prose(
                    &tool,
                    "description_changed",
                    &spelled(&way.new),
                    &what,
                    [one, another],
                    [&at[0], &at[1]],
                );
            }
        }
    }

    /// Compares unions of which all branches but one are the same; `false` if these are no such.
    fn branches(&mut self, old: &Value, new: &Value, way: &Way) -> bool {
        let of = |schema: &Value| {
            let mut lists = ["anyOf", "oneOf"].into_iter().filter_map(|keyword| {
                let branches = schema.get(keyword)?.as_array()?.clone();
                Some((keyword, branches))
            });
            let first = lists.next();
            first.filter(|_| lists.next().is_none())
        };
        let (Some((old_keyword, before)), Some((new_keyword, after))) = (of(old), of(new)) else {
            return false;
        };
        let sets = |branches: &[Value], root: &Value| -> Vec<Set> {
            branches.iter().map(|branch| read(branch, root)).collect()
        };
        let (old_sets, new_sets) = (sets(&before, self.roots[0]), sets(&after, self.roots[1]));
        let left: Vec<usize> = (0..before.len())
            .filter(|index| !new_sets.iter().any(|set| set.same(&old_sets[*index])))
            .collect();
        let right: Vec<usize> = (0..after.len())
            .filter(|index| !old_sets.iter().any(|set| set.same(&new_sets[*index])))
            .collect();
        let ([one], [another]) = (left.as_slice(), right.as_slice()) else {
            return false;
        };
        // What the rest of the schema says of all branches is the same.
        let rest = |schema: &Value, keyword: &str| {
            let mut rest = schema.as_object().cloned().unwrap_or_default();
            for key in [keyword, "description", "title", "examples", "default"] {
                rest.remove(key);
            }
            rest
        };
        if rest(old, old_keyword) != rest(new, new_keyword)
            || old_sets[*one].types() != new_sets[*another].types()
        {
            return false;
        }
        let count = self.compare.changes.len();
        let way = way.then(
            Step::Branch(old_keyword, *one),
            Step::Branch(new_keyword, *another),
        );
        self.node(&before[*one], &after[*another], &way);
        self.compare.changes[count..]
            .iter()
            .any(|change| change.class != Class::Wording)
    }

    /// Reports differences of what is taken.
    fn told(&mut self, found: Vec<Difference>, sets: [&Set; 2], way: &Way) {
        let subject = spelled(&way.new);
        for Difference {
            effect,
            words,
            keyword,
        } in found
        {
            let (kind, class) = self.class(effect);
            let follows = match (self.part, class) {
                (Part::Input, Class::Breaking) => {
                    match witness(sets[0], sets[1]).as_ref().and_then(brief) {
                        Some(value) if !words.contains("for example") => {
                            format!(": {value} is refused")
                        }
                        _ => ": calls that were taken may be refused".to_owned(),
                    }
                }
                (Part::Output, Class::Breaking) => ": callers may not expect that".to_owned(),
                _ => String::new(),
            };
            let message = format!("{} {words}{follows}", self.name(way));
            let at = self.at(way, keyword);
            let tool = self.new.name.clone();
            self.compare.push(
                &tool,
                Found::new(kind, class, &subject, message),
                Which::New,
                &at[1],
            );
        }
    }

    /// What an effect on values means: those who give them and those who get them want the opposite.
    fn class(&self, effect: Effect) -> (&'static str, Class) {
        match (self.part, effect) {
            (Part::Input, Effect::Narrowed) => ("argument_narrowed", Class::Breaking),
            (Part::Input, Effect::Widened) => ("argument_widened", Class::Compatible),
            (Part::Input, Effect::Retyped) => ("argument_retyped", Class::Breaking),
            (Part::Output, Effect::Narrowed) => ("result_narrowed", Class::Compatible),
            (Part::Output, Effect::Widened) => ("result_widened", Class::Breaking),
            (Part::Output, Effect::Retyped) => ("result_retyped", Class::Breaking),
        }
    }

    /// The node in a sentence.
    pub(super) fn name(&self, way: &Way) -> String {
        let named = way.new.iter().any(|step| !matches!(step, Step::Branch(..)));
        match (self.part, named) {
            (Part::Input, true) => format!("`{}`", spelled(&way.new)),
            (Part::Input, false) => "what it takes".to_owned(),
            (Part::Output, true) => format!("`{}` of the result", spelled(&way.new)),
            (Part::Output, false) => "the result".to_owned(),
        }
    }

    /// The places of a keyword of the node, on both sides.
    pub(super) fn at(&self, way: &Way, keyword: &str) -> [crate::diagnostics::At; 2] {
        [
            self.compare.old.of(self.old, self.part, &way.old, keyword),
            self.compare.new.of(self.new, self.part, &way.new, keyword),
        ]
    }
}
