//! How lists are paged: what the tools spec declares, held against the arguments of a tool and the answer
//! that its operation documents.

use serde_json::{Map, Value, json};

use super::Operation;
use super::arguments::Built;
use super::delivery::check_pointer;
use super::pointers::{Led, lead, no_longer, nowhere, tell_once};
use super::tools::{Argument, BodySource, Source, Tool};
use crate::diagnostics::{At, Diagnostic, Diagnostics, codes, nearest};
use crate::fit::Was;
use crate::normalise::Schemas;
use crate::read::Sources;
use crate::read::tools_spec::PageSpec;

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

/// Reports where pages that are declared for all tools no longer fit one that they fitted.
pub(super) fn check_shared(
    tools: &[Tool],
    operations: &[Operation],
    schemas: &Schemas<'_>,
    diagnostics: &mut Diagnostics,
) {
    let sources = schemas.sources();
    let Some(spec) = &sources.spec.page else {
        return;
    };
    let fitted = |tool: &&Tool| {
        let operation = &operations[tool.operation];
        let lost = |pointer| matches!(lead(schemas, &operation.success, pointer), Led::Nowhere(_));
        let entry = sources.spec.tools.get(&tool.name);
        let own = entry.is_some_and(|entry| entry.page.is_some());
        let takes = |name: &String| tool.arguments.iter().any(|argument| argument.name == *name);
        let mut arguments = [&spec.cursor, &spec.offset, &spec.number, &spec.size]
            .into_iter()
            .flatten();
        !own && tool.page.is_none()
            && tool.annotations.read_only
            && arguments.all(takes)
            && pointers(spec).any(|(_, pointer)| lost(pointer))
            && Was::of(schemas, operation)
                .is_some_and(|was| pointers(spec).all(|(_, pointer)| was.had(pointer)))
    };
    let fitted: Vec<&Tool> = tools.iter().filter(fitted).collect();
    for (key, pointer) in pointers(spec) {
        let at = At::value(sources.spec_file, "/page").child(key);
        let found = fitted.iter().filter_map(|tool| {
            let operation = &operations[tool.operation];
            let diagnostic = no_longer(schemas, operation, pointer, at.clone())?;
            Some((tool.name.as_str(), diagnostic))
        });
        tell_once(found.collect(), diagnostics);
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
        context.check_answer(spec, schemas, own.is_some(), &mut faults);
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
        schemas: &Schemas<'_>,
        believed: bool,
        faults: &mut Vec<Diagnostic>,
    ) {
        for (key, pointer) in pointers(spec) {
            let is_list = key == "items";
            let at = self.at.child(key);
            let fits = match lead(schemas, &self.operation.success, pointer) {
                Led::Open => believed,
                Led::Nowhere(lost) => {
                    faults.push(nowhere(schemas, self.operation, pointer, &lost, at));
                    continue;
                }
                Led::To(places) => places.iter().any(|place| can_be(schemas, place, is_list)),
            };
            if !fits {
                let what = if is_list { "list" } else { "value" };
                let message = format!(
                    "the answer of `{}` has no {what} at `{pointer}`",
                    self.operation.endpoint()
                );
                faults.push(Diagnostic::error(codes::BAD_POINTER, at, message));
            }
        }
    }
}

/// The pointers into the answer, by key.
fn pointers(spec: &PageSpec) -> impl Iterator<Item = (&'static str, &str)> {
    let next = spec.next.as_deref().map(|pointer| ("next", pointer));
    let total = spec.total.as_deref().map(|pointer| ("total", pointer));
    [("items", spec.items.as_str())]
        .into_iter()
        .chain(next)
        .chain(total)
}

/// Whether what fits the schema at `place`, in one of its forms, can be a list or else a plain value.
fn can_be(schemas: &Schemas<'_>, place: &At, is_list: bool) -> bool {
    let mut left = vec![place.clone()];
    let mut seen: Vec<At> = Vec::new();
    while let Some(at) = left.pop() {
        let Ok(schema) = schemas.get(&at) else {
            return true;
        };
        if seen.contains(&schema.at) {
            continue;
        }
        let forms = ["anyOf", "oneOf", "allOf"];
        let forms: Vec<At> = forms.iter().flat_map(|key| schema.branches(key)).collect();
        let types = schema.types();
        let says = forms.is_empty() || !types.is_empty();
        if schema.satisfiable && says && is_of(&types, is_list) {
            return true;
        }
        seen.push(schema.at.clone());
        left.extend(forms);
    }
    false
}

/// Whether a value of these types, any if there are none, is a list or else a plain value.
fn is_of(types: &[&str], is_list: bool) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_place_can_be() {
        for (types, list, value) in [
            (&["array", "null"][..], true, false),
            (&["string", "null"], false, true),
            (&["object", "null"], false, false),
            (&[], true, true),
        ] {
            assert_eq!(
                (is_of(types, true), is_of(types, false)),
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
