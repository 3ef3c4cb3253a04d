//! How lists are paged: what the tools spec declares, held against the arguments of a tool and the answer
//! that its operation documents.

use serde_json::{Map, Value, json};

use super::Operation;
use super::arguments::Built;
use super::delivery::check_pointer;
use super::output::{answer, steps};
use super::project::MAX_NODES;
use super::tools::{Argument, BodySource, Source};
use crate::diagnostics::{At, Diagnostic, Diagnostics, codes, nearest};
use crate::normalise::Schemas;
use crate::read::Sources;
use crate::read::tools_spec::{PageSpec, SchemaDialect};

/// The argument that makes a tool follow pages.
const ARGUMENT: &str = "max_items";
/// The most items it may ask for, where nothing else is declared.
const DEFAULT_MAX: u32 = 1_000;

/// How the list of a tool is paged.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// How the next page is asked for.
    pub by: PageBy,
    /// The argument that says how many items a page has, and the most it takes.
    pub size: Option<(String, Option<u64>)>,
    /// JSON pointer to the items.
    pub items: String,
    /// JSON pointer to how many there are.
    pub total: Option<String>,
}

/// How the next page is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum PageBy {
    /// By a cursor of the last answer.
    Cursor {
        /// The argument that takes it.
        argument: String,
        /// JSON pointer to it.
        next: String,
    },
    /// By the number of items to skip.
    Offset {
        /// The argument that takes it.
        argument: String,
    },
    /// By the number of the page.
    Number {
        /// The argument that takes it.
        argument: String,
        /// The number of the first page.
        first: u64,
    },
    /// By the header `Link`.
    Link,
}

/// Checks what is declared for all tools.
pub(super) fn check(sources: &Sources, diagnostics: &mut Diagnostics) {
    if let Some(page) = &sources.spec.page {
        check_shape(page, &At::value(sources.spec_file, "/page"), diagnostics);
    }
}

/// Whether it is one of the four ways, with what belongs to it.
fn check_shape(page: &PageSpec, at: &At, diagnostics: &mut Diagnostics) -> bool {
    let ways = [
        page.cursor.is_some(),
        page.offset.is_some(),
        page.number.is_some(),
        page.link,
    ];
    let wrong = if ways.iter().filter(|way| **way).count() != 1 {
        Some("a list is paged in one way: by `cursor`, `offset`, `number` or `link`")
    } else if page.cursor.is_some() != page.next.is_some() {
        Some("`cursor` and `next` go together: the argument, and where the answer has the next one")
    } else {
        None
    };
    if let Some(message) = wrong {
        diagnostics.push(Diagnostic::error(codes::SPEC_SHAPE, at.clone(), message).help(
            "for example `page: { offset: offset, size: limit, items: /data }`, or `page: {}` for a tool that is not paged",
        ));
        return false;
    }
    let pointers = [("next", page.next.as_ref()), ("total", page.total.as_ref())];
    let items = (!page.items.is_empty()).then_some(("items", Some(&page.items)));
    let mut fine = true;
    for (key, pointer) in pointers.into_iter().chain(items) {
        if let Some(pointer) = pointer {
            fine &= check_pointer(pointer, at.child(key), diagnostics);
        }
    }
    fine
}

/// How the list of tool `name`, declared at `at`, is paged, if it is. It gets the argument `max_items`.
#[expect(
    clippy::too_many_arguments,
    reason = "one call site, each a different stage's result"
)]
pub(super) fn page(
    name: &str,
    at: &At,
    own: Option<&PageSpec>,
    all: Option<&PageSpec>,
    built: &mut Built,
    operation: &Operation,
    reads_only: bool,
    schemas: &Schemas<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Page> {
    let spec = match own {
        // So it says that it is not.
        Some(own) if *own == PageSpec::default() => return None,
        Some(own) => own,
        None => all?,
    };
    let at = At::value(at.file, at.pointer.clone()).child("page");
    if own.is_some() && !check_shape(spec, &at, diagnostics) {
        return None;
    }
    let mut faults = Vec::new();
    let context = Context {
        tool: name,
        at,
        built,
        operation,
        reads_only,
    };
    let page = context.page(spec, &mut faults);
    if faults.is_empty() {
        let documented = answer(operation, schemas, SchemaDialect::Portable, MAX_NODES);
        let schema = documented.map(|(schema, _)| Value::Object(schema));
        context.check_answer(spec, schema.as_ref(), own.is_some(), &mut faults);
    }
    match own {
        // What is declared for all is for those that it fits.
        None if !faults.is_empty() => return None,
        _ => faults
            .iter()
            .for_each(|fault| diagnostics.push(fault.clone())),
    }
    if !faults.is_empty() {
        return None;
    }
    let most = spec.max.unwrap_or(DEFAULT_MAX).max(1);
    let Value::Object(schema) = json!({
        "type": "integer",
        "description": "Read pages until there are so many items; left out, one page.",
        "minimum": 1,
        "maximum": most,
    }) else {
        return None;
    };
    built.published.push(Argument {
        name: ARGUMENT.to_owned(),
        schema,
        required: false,
    });
    page
}

struct Context<'a> {
    tool: &'a str,
    at: At,
    built: &'a Built,
    operation: &'a Operation,
    reads_only: bool,
}

impl Context<'_> {
    fn page(&self, spec: &PageSpec, faults: &mut Vec<Diagnostic>) -> Option<Page> {
        if !self.reads_only {
            let message = format!(
                "tool `{}` may change something, and its pages are read by calling it again",
                self.tool
            );
            let help = "if it only reads, say so: `annotations: { read_only: true }`";
            faults
                .push(Diagnostic::error(codes::BAD_ARGUMENT, self.at.clone(), message).help(help));
        }
        if self
            .built
            .published
            .iter()
            .any(|argument| argument.name == ARGUMENT)
        {
            let message = format!("tool `{}` already has an argument `{ARGUMENT}`", self.tool);
            let help = "give it another name with `rename:`; following pages needs this one";
            faults.push(
                Diagnostic::error(codes::DUPLICATE_NAME, self.at.clone(), message).help(help),
            );
        }
        let size = spec.size.as_ref().and_then(|size| {
            let schema = self.argument("size", size, true, faults)?;
            Some((size.clone(), maximum(schema)))
        });
        let by = if let (Some(argument), Some(next)) = (&spec.cursor, &spec.next) {
            self.argument("cursor", argument, false, faults)?;
            PageBy::Cursor {
                argument: argument.clone(),
                next: next.clone(),
            }
        } else if let Some(argument) = &spec.offset {
            self.argument("offset", argument, true, faults)?;
            PageBy::Offset {
                argument: argument.clone(),
            }
        } else if let Some(argument) = &spec.number {
            let schema = self.argument("number", argument, true, faults)?;
            let first = schema.get("default").or_else(|| schema.get("minimum"));
            PageBy::Number {
                argument: argument.clone(),
                first: first.and_then(Value::as_u64).unwrap_or(1),
            }
        } else {
            PageBy::Link
        };
        Some(Page {
            by,
            size,
            items: spec.items.clone(),
            total: spec.total.clone(),
        })
    }

    /// The schema of an argument that the request is made with.
    fn argument(
        &self,
        key: &str,
        name: &str,
        counts: bool,
        faults: &mut Vec<Diagnostic>,
    ) -> Option<&Map<String, Value>> {
        let published = self.built.published.iter();
        let sent: Vec<&Argument> = published
            .filter(|argument| self.is_sent(&argument.name))
            .collect();
        let at = self.at.child(key);
        let Some(argument) = sent.iter().find(|argument| argument.name == name) else {
            let message = format!(
                "tool `{}` has no argument `{name}` that is sent to `{}`",
                self.tool,
                self.operation.endpoint()
            );
            let mut fault = Diagnostic::error(codes::UNKNOWN_ARGUMENT, at, message);
            if let Some(near) = nearest(name, sent.iter().map(|argument| argument.name.as_str())) {
                fault = fault.help(format!("did you mean `{near}`?"));
            }
            faults.push(fault);
            return None;
        };
        let ty = argument.schema.get("type").and_then(Value::as_str);
        if counts && !matches!(ty, Some("integer" | "number")) {
            let message = format!("`{name}` cannot count items or pages: it is no integer");
            faults.push(Diagnostic::error(codes::BAD_ARGUMENT, at, message));
            return None;
        }
        Some(&argument.schema)
    }

    fn is_sent(&self, name: &str) -> bool {
        let argument = Source::Argument(name.to_owned());
        let body = match &self.built.body {
            BodySource::None => &[][..],
            BodySource::Whole(source) => std::slice::from_ref(source),
            BodySource::Fields(sources) => sources,
        };
        self.built
            .parameters
            .iter()
            .chain(body)
            .any(|source| *source == argument)
    }

    /// Whether the documented answer has what the pointers lead to. Where the document does not say, what
    /// is declared for the tool itself is believed.
    fn check_answer(
        &self,
        spec: &PageSpec,
        schema: Option<&Value>,
        believed: bool,
        faults: &mut Vec<Diagnostic>,
    ) {
        let pointers = [
            ("items", Some(spec.items.as_str()), true),
            ("next", spec.next.as_deref(), false),
            ("total", spec.total.as_deref(), false),
        ];
        for (key, pointer, is_list) in pointers {
            let Some(pointer) = pointer else { continue };
            let found = schema.map_or(Found::Open, |schema| find(schema, &steps(pointer)));
            let fits = match found {
                Found::Open => believed,
                Found::Missing => false,
                Found::Is(types) => can_be(&types, is_list),
            };
            if !fits {
                let what = if is_list { "list" } else { "value" };
                let message = format!(
                    "the answer of `{}` has no {what} at `{pointer}`",
                    self.operation.endpoint()
                );
                faults.push(Diagnostic::error(
                    codes::BAD_POINTER,
                    self.at.child(key),
                    message,
                ));
            }
        }
    }
}

/// Whether a place of these types, any if there are none, can be a list or else a plain value.
fn can_be(types: &[&str], is_list: bool) -> bool {
    let fits = |ty: &&str| match *ty {
        "array" => is_list,
        "null" | "object" => false,
        _ => !is_list,
    };
    types.is_empty() || types.iter().any(fits)
}

/// The most that an integer may be.
fn maximum(schema: &Map<String, Value>) -> Option<u64> {
    let exclusive = schema.get("exclusiveMaximum").and_then(Value::as_u64);
    let most = schema.get("maximum").and_then(Value::as_u64);
    most.or_else(|| exclusive?.checked_sub(1))
        .filter(|most| *most > 0)
}

/// What a schema says of a place in what fits it.
#[derive(Debug, PartialEq)]
enum Found<'v> {
    /// Nothing: it may be there.
    Open,
    /// It is not there.
    Missing,
    /// It has one of these types, or any if there are none.
    Is(Vec<&'v str>),
}

fn find<'v>(schema: &'v Value, steps: &[String]) -> Found<'v> {
    let branches = ["anyOf", "oneOf", "allOf"]
        .into_iter()
        .filter_map(|keyword| schema.get(keyword)?.as_array())
        .flatten();
    let mut all: Vec<Found<'v>> = branches.map(|branch| find(branch, steps)).collect();
    let own = match steps.split_first() {
        None => Found::Is(match schema.get("type") {
            Some(Value::String(name)) => vec![name],
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }),
        Some((step, rest)) => {
            let properties = schema.get("properties");
            let member = properties.and_then(|properties| properties.get(step));
            let index = step.parse::<usize>().is_ok();
            let inside = member
                .or_else(|| {
                    schema
                        .get("additionalProperties")
                        .filter(|inside| inside.is_object())
                })
                .or_else(|| schema.get("items").filter(|_| index));
            match inside {
                Some(inside) => find(inside, rest),
                None if properties.is_none()
                    && schema.get("type").is_none_or(|ty| ty == "object") =>
                {
                    Found::Open
                }
                None => Found::Missing,
            }
        }
    };
    let says_something = own != Found::Open && own != Found::Is(Vec::new());
    if says_something || all.is_empty() {
        all.push(own);
    }
    let mut types = Vec::new();
    let mut outcome = Found::Missing;
    for found in all {
        match found {
            Found::Is(more) => types.push(more),
            Found::Open => outcome = Found::Open,
            Found::Missing => {}
        }
    }
    if types.is_empty() {
        outcome
    } else if types.iter().any(Vec::is_empty) {
        Found::Is(Vec::new())
    } else {
        Found::Is(types.concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_schemas() {
        let schema = json!({
            "type": "object",
            "properties": {
                "rows": { "type": "array", "items": {} },
                "open": { "type": "object" },
                "any": {},
                "page": { "anyOf": [
                    { "type": "object", "properties": { "next": { "type": ["string", "null"] } } },
                    { "type": "null" },
                ] },
            },
        });
        for (pointer, expected) in [
            ("/rows", Found::Is(vec!["array"])),
            ("/page/next", Found::Is(vec!["string", "null"])),
            ("/page/other", Found::Missing),
            ("/none", Found::Missing),
            ("/open/x", Found::Open),
            ("/any", Found::Is(vec![])),
            ("/any/x", Found::Open),
            ("", Found::Is(vec!["object"])),
            ("/rows/x", Found::Missing),
        ] {
            assert_eq!(find(&schema, &steps(pointer)), expected, "{pointer}");
        }
    }

    #[test]
    fn what_a_place_can_be() {
        for (types, list, value) in [
            (&["array", "null"][..], true, false),
            (&["string", "null"], false, true),
            (&["object", "null"], false, false),
            (&[], true, true),
        ] {
            assert_eq!(
                (can_be(types, true), can_be(types, false)),
                (list, value),
                "{types:?}"
            );
        }
    }

    #[test]
    fn largest_pages() {
        let most = |schema: Value| maximum(schema.as_object().unwrap());
        assert_eq!(most(json!({ "maximum": 100 })), Some(100));
        assert_eq!(most(json!({ "exclusiveMaximum": 101 })), Some(100));
        assert_eq!(most(json!({ "minimum": 1 })), None);
    }
}
