//! Pointers into answers, held against what the document says of these.

use serde_json::Value;

use super::Operation;
use super::lower::json_answer;
use super::output::{is_stream, steps};
use crate::diagnostics::{At, Diagnostic, Diagnostics, codes, escape_segment, nearest};
use crate::fit::Was;
use crate::normalise::{Encoding, Media, Schema, Schemas, encoding};

/// What a pointer into an answer leads to.
#[derive(Debug, PartialEq)]
pub(crate) enum Led {
    /// The places of the schemas that an answer may have there; one, unless it has several forms.
    To(Vec<At>),
    /// The document does not say.
    Open,
    /// The document knows the members on the way, and there is no such one.
    Nowhere(Lost),
}

/// Where a pointer leads nowhere.
#[derive(Debug, PartialEq)]
pub(crate) struct Lost {
    /// The pointer as far as it leads to something.
    pub(crate) from: String,
    /// What is not there.
    pub(crate) name: String,
    /// What is there.
    pub(crate) known: Vec<String>,
}

/// Follows `pointer` (RFC 6901; `*` is every item or member) into what an operation answers with success.
pub(crate) fn lead(schemas: &Schemas<'_>, success: &[Media], pointer: &str) -> Led {
    let is_unsaid =
        |media: &Media| is_stream(media) || encoding(&media.media_type) == Encoding::Json;
    let mut level = match json_answer(success) {
        Some(answer) if !success.iter().any(is_stream) => vec![answer.clone()],
        None if !success.is_empty() && !success.iter().any(is_unsaid) => Vec::new(),
        _ => return Led::Open,
    };
    let mut from = String::new();
    for name in steps(pointer) {
        let mut step = Step::new(schemas, &name);
        step.take(&level);
        if step.below.is_empty() {
            return match step.open {
                true => Led::Open,
                false => Led::Nowhere(Lost {
                    from,
                    name: name.clone(),
                    known: step.known,
                }),
            };
        }
        from = format!("{from}/{}", escape_segment(&name));
        level = step.below;
    }
    Led::To(level)
}

/// One step of a pointer, from all that may be there.
struct Step<'a, 's> {
    schemas: &'a Schemas<'s>,
    name: &'a str,
    /// Where it leads.
    below: Vec<At>,
    /// Whether it may lead somewhere that the document says nothing of.
    open: bool,
    /// The members that the document knows instead.
    known: Vec<String>,
}

impl<'a, 's> Step<'a, 's> {
    fn new(schemas: &'a Schemas<'s>, name: &'a str) -> Self {
        Self {
            schemas,
            name,
            below: Vec::new(),
            open: false,
            known: Vec::new(),
        }
    }

    /// From each of `places`, and from each of the forms that these have.
    fn take(&mut self, places: &[At]) {
        let mut left = places.to_vec();
        let mut seen: Vec<At> = Vec::new();
        while let Some(at) = left.pop() {
            let Ok(schema) = self.schemas.get(&at) else {
                self.open = true;
                continue;
            };
            if !schema.satisfiable || seen.contains(&schema.at) {
                continue;
            }
            seen.push(schema.at.clone());
            let forms = ["anyOf", "oneOf", "allOf"];
            let forms: Vec<At> = forms.iter().flat_map(|key| schema.branches(key)).collect();
            self.from(&schema, forms.is_empty());
            left.extend(forms.into_iter().rev());
        }
    }

    /// From one; `alone` if it has no forms, which would say more.
    fn from(&mut self, schema: &Schema<'_>, alone: bool) {
        let names = schema.properties();
        let types = schema.types();
        let can_be = |ty: &str| types.is_empty() || types.contains(&ty);
        let every = self.name == "*";
        let mut below: Vec<At> = names
            .iter()
            .filter(|name| every || **name == self.name)
            .map(|name| schema.child(&["properties", name]))
            .collect();
        let inside = |key: &str| {
            let is_schema = matches!(schema.get(key), Some(Value::Object(_)));
            is_schema.then(|| schema.child(&[key]))
        };
        let by_index = every || self.name.parse::<usize>().is_ok();
        if below.is_empty() || every {
            below.extend(inside("additionalProperties"));
            below.extend(inside("items").filter(|_| by_index));
        }
        if below.is_empty() {
            let more = ["if", "patternProperties", "prefixItems"];
            let may_have_any = match schema.get("additionalProperties") {
                None => names.is_empty() && alone && can_be("object"),
                Some(more) => *more == Value::Bool(true),
            };
            let any_item = by_index && alone && can_be("array") && schema.get("items").is_none();
            self.open |=
                may_have_any || any_item || more.iter().any(|key| schema.get(key).is_some());
            for name in names {
                if !self.known.iter().any(|known| known == name) {
                    self.known.push(name.to_owned());
                }
            }
        }
        self.below.extend(below);
    }
}

/// What to say of a pointer at `place` that leads nowhere in the answer of `operation`.
pub(super) fn nowhere(
    schemas: &Schemas<'_>,
    operation: &Operation,
    pointer: &str,
    lost: &Lost,
    place: At,
) -> Diagnostic {
    let Lost { name, known, .. } = lost;
    let message = format!("`{pointer}` leads nowhere: the answer has no `{name}` there");
    let was = Was::of(schemas, operation).and_then(|was| was.answer(pointer, lost));
    let near = nearest(name, known.iter().map(String::as_str));
    let help = match (was, near) {
        (Some(help), _) => help,
        (None, Some(near)) => format!("did you mean `{near}`?"),
        (None, None) if known.is_empty() => "the document has no members there".to_owned(),
        (None, None) => format!("the document has {}", known.join(", ")),
    };
    Diagnostic::error(codes::BAD_POINTER, place, message).help(help)
}

/// What to say of a pointer that led to something when the server was generated, and leads nowhere now. Backends stray
/// from their documents, so one that never did is believed.
pub(super) fn no_longer(
    schemas: &Schemas<'_>,
    operation: &Operation,
    pointer: &str,
    place: At,
) -> Option<Diagnostic> {
    let Led::Nowhere(lost) = lead(schemas, &operation.success, pointer) else {
        return None;
    };
    Was::of(schemas, operation)?.answer(pointer, &lost)?;
    Some(nowhere(schemas, operation, pointer, &lost, place))
}

/// Pushes what is wrong at one place with several tools, named beside it, as one diagnostic: that of the first.
pub(super) fn tell_once(found: Vec<(&str, Diagnostic)>, diagnostics: &mut Diagnostics) {
    let more = found.len().saturating_sub(1);
    if let Some((name, mut diagnostic)) = found.into_iter().next() {
        let who = match more {
            0 => format!("tool `{name}`"),
            more => format!("tool `{name}` and {more} more"),
        };
        diagnostic.message = format!("{who}: {}", diagnostic.message);
        diagnostics.push(diagnostic);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::read::Sources;

    #[test]
    fn places_in_answers() {
        let answer = json!({
            "type": "object",
            "properties": {
                "rows": { "type": "array", "items": { "type": "object", "properties": { "id": {} } } },
                "map": { "type": "object", "additionalProperties": { "type": "object", "properties": { "x": {} } } },
                "open": { "type": "object" },
                "any": {},
                "text": { "type": "string" },
                "page": { "anyOf": [
                    { "type": "object", "properties": { "next": { "type": ["string", "null"] } } },
                    { "type": "object", "properties": { "last": { "type": "integer" } } },
                    { "type": "null" },
                ] },
                "endless": { "anyOf": [{ "$ref": "#/components/schemas/S/properties/endless" }, { "type": "null" }] },
                "a/b": { "type": "object", "properties": { "c": {} } },
            },
        });
        let sources = Sources::of_document(json!({ "components": { "schemas": { "S": answer } } }));
        let at = At::value(sources.document, "/components/schemas/S");
        let schemas = Schemas::new(&sources);
        let success = [media("application/json", Some(at))];
        for (pointer, expected) in [
            ("", "1"),
            ("/rows", "1"),
            ("/rows/0/id", "1"),
            ("/rows/*/id", "1"),
            ("/rows/*/no", "/rows/* no: id"),
            ("/rows/id", "/rows id: "),
            ("/map/k/x", "1"),
            ("/map/*/y", "/map/* y: x"),
            ("/open/x", "open"),
            ("/any/x", "open"),
            ("/any/0", "open"),
            ("/text/x", "/text x: "),
            ("/page/next", "1"),
            ("/page/*", "2"),
            ("/page/other", "/page other: next, last"),
            ("/a~1b/c", "1"),
            ("/a~1b/d", "/a~1b d: c"),
            (
                "/none/x",
                " none: rows, map, open, any, text, page, endless, a/b",
            ),
        ] {
            assert_eq!(
                told(lead(&schemas, &success, pointer)),
                expected,
                "{pointer}"
            );
        }
        for (media_type, expected) in [
            ("text/csv", " x: "),
            ("text/event-stream", "open"),
            ("application/json", "open"),
        ] {
            let success = [media(media_type, None)];
            assert_eq!(
                told(lead(&schemas, &success, "/x")),
                expected,
                "{media_type}"
            );
        }
        assert_eq!(told(lead(&schemas, &[], "/x")), "open");
    }

    fn media(media_type: &str, schema: Option<At>) -> Media {
        Media {
            status: "200".to_owned(),
            media_type: media_type.to_owned(),
            schema,
            example: None,
        }
    }

    fn told(led: Led) -> String {
        match led {
            Led::To(places) => places.len().to_string(),
            Led::Open => "open".to_owned(),
            Led::Nowhere(Lost { from, name, known }) => {
                format!("{from} {name}: {}", known.join(", "))
            }
        }
    }
}
