//! Shapes a JSON answer as the tools spec says.

use std::borrow::Cow;

use super::json::{Node, find, is_key, steps};
use super::prune::{Pointer, at, drop_nulls, omit, parsed, select};
use crate::{Arguments, Cut, Failure, Json, Shape};

/// How many items of arrays are kept: the values of the arguments that
/// `tail` and `head` go by.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Keep {
    tail: Option<usize>,
    head: Option<usize>,
}

impl Keep {
    /// As the arguments of a call say.
    pub(crate) fn of(shape: &Shape, arguments: &Arguments) -> Self {
        let count = |cut: Option<Cut>| cut.and_then(|cut| arguments.count(cut.by));
        Self {
            tail: count(shape.tail),
            head: count(shape.head),
        }
    }
}

/// Whether a body with a 2xx status declares its failure.
pub(crate) fn failed(text: &str, failure: Option<&Failure>) -> bool {
    let parsed = |text| serde_json::from_str::<Json>(text).ok();
    failure.is_some_and(|failure| {
        find(text, failure.at).is_some_and(|found| {
            found == failure.equals
                || parsed(found).is_some_and(|found| Some(found) == parsed(failure.equals))
        })
    })
}

/// The shaped text; compact JSON in, compact JSON out.
pub(super) fn shape(text: String, shape: &Shape, keep: Keep) -> String {
    let tail = shape.tail.as_ref().zip(keep.tail);
    let head = shape.head.as_ref().zip(keep.head);
    let pruned = !shape.select.is_empty() || !shape.omit.is_empty() || shape.drop_nulls;
    if !pruned && tail.is_none() && head.is_none() {
        return wrapped(text, shape.wrap);
    }
    let Some(mut root) = Node::parse(&text) else {
        return text;
    };
    if let Some((tail, keep)) = tail {
        cut(&mut root, tail, |items| {
            items.drain(..items.len().saturating_sub(keep));
        });
    }
    if let Some((head, keep)) = head {
        cut(&mut root, head, |items| items.truncate(keep));
    }
    if !shape.select.is_empty() {
        select(&mut root, &parsed(shape.select));
    }
    for pointer in parsed(shape.omit) {
        omit(&mut root, &pointer);
    }
    if shape.drop_nulls {
        drop_nulls(&mut root);
    }
    let mut out = String::with_capacity(text.len());
    root.write(&mut out);
    wrapped(out, shape.wrap)
}

/// What is no object, as the member of one.
fn wrapped(text: String, name: Option<&str>) -> String {
    match name {
        Some(name) if !text.starts_with('{') => format!("{{{}:{text}}}", Json::from(name)),
        _ => text,
    }
}

/// Cuts arrays and marks that something was cut.
fn cut(root: &mut Node<'_>, cut: &Cut, shorten: impl Fn(&mut Vec<Node<'_>>)) {
    let mut any = false;
    for pointer in parsed(cut.arrays) {
        at(root, &pointer, &mut |node| {
            if let Node::Array(items) = node {
                let before = items.len();
                shorten(items);
                any |= items.len() < before;
            }
        });
    }
    if any {
        mark(root, cut);
    }
}

/// Marks that something was cut.
pub(super) fn mark(root: &mut Node<'_>, cut: &Cut) {
    for (pointer, value) in cut.mark {
        let mut pointer: Pointer = steps(pointer).collect();
        let Some(name) = pointer.pop() else { continue };
        at(root, &pointer, &mut |node| set(node, &name, value));
    }
}

/// Sets a member of an object to a value given as JSON text.
fn set(node: &mut Node<'_>, name: &str, value: &'static str) {
    let Node::Object(members) = node else { return };
    let value = Node::Scalar(Cow::Borrowed(value));
    match members.iter_mut().find(|(key, _)| is_key(key, name)) {
        Some((_, old)) => *old = value,
        None => members.push((Cow::Owned(Json::from(name).to_string()), value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = r#"{"success":true,"data":{"dates":[1,2,3],"ohlcv":[[1.0,2.50],[3,4],[5,6]],"metadata":{"a":null,"n":1e2}},"items":[{"id":1,"x":null},{"id":2,"y":[null]},7],"none":null}"#;

    fn shaped(spec: Shape, tail: Option<usize>) -> String {
        let keep = Keep { tail, head: None };
        shape(BODY.to_owned(), &spec, keep)
    }

    #[test]
    fn whole() {
        assert_eq!(shaped(Shape::WHOLE, None), BODY);
        assert_eq!(shaped(Shape::WHOLE, Some(1)), BODY);
    }

    #[test]
    fn selecting() {
        for (select, expected) in [
            (&["/data/dates"][..], r#"{"data":{"dates":[1,2,3]}}"#),
            (
                &["/success", "/data/ohlcv/1"],
                r#"{"success":true,"data":{"ohlcv":[[1.0,2.50],[3,4],[5,6]]}}"#,
            ),
            (&["/items/*/id"], r#"{"items":[{"id":1},{"id":2},7]}"#),
            (&["/data/*/n"], r#"{"data":{"metadata":{"n":1e2}}}"#),
            (&["/nowhere", "/success/x"], BODY),
            (&[""], BODY),
        ] {
            assert_eq!(
                shaped(
                    Shape {
                        select,
                        ..Shape::WHOLE
                    },
                    None
                ),
                expected
            );
        }
    }

    #[test]
    fn omitting() {
        let rest = r#"{"success":true,"items":[{"x":null},{"y":[null]},7],"none":null}"#;
        let omit = &["/data", "/items/*/id", "/nowhere/x", "/success/y"];
        assert_eq!(
            shaped(
                Shape {
                    omit,
                    ..Shape::WHOLE
                },
                None
            ),
            rest
        );
    }

    #[test]
    fn dropping_nulls() {
        let text = r#"{"success":true,"data":{"dates":[1,2,3],"ohlcv":[[1.0,2.50],[3,4],[5,6]],"metadata":{"n":1e2}},"items":[{"id":1},{"id":2,"y":[null]},7]}"#;
        let spec = Shape {
            drop_nulls: true,
            ..Shape::WHOLE
        };
        assert_eq!(shaped(spec, None), text);
    }

    #[test]
    fn cutting() {
        let spec = Shape {
            select: &["/data"],
            tail: Some(Cut {
                by: "limit",
                arrays: &["/data/dates", "/data/ohlcv", "/data/missing"],
                mark: &[
                    ("/data/metadata/cut", "true"),
                    ("/data/metadata/a", "1"),
                    ("/gone/cut", "true"),
                ],
            }),
            ..Shape::WHOLE
        };
        let whole = r#"{"data":{"dates":[1,2,3],"ohlcv":[[1.0,2.50],[3,4],[5,6]],"metadata":{"a":null,"n":1e2}}}"#;
        assert_eq!(shaped(spec, None), whole);
        assert_eq!(shaped(spec, Some(3)), whole);
        assert_eq!(
            shaped(spec, Some(1)),
            r#"{"data":{"dates":[3],"ohlcv":[[5,6]],"metadata":{"a":1,"n":1e2,"cut":true}}}"#
        );
        assert!(shaped(spec, Some(0)).starts_with(r#"{"data":{"dates":[],"ohlcv":[],"#));
    }

    #[test]
    fn the_first_items() {
        let spec = Shape {
            head: Some(Cut {
                by: "limit",
                arrays: &["/data/*", "/items"],
                mark: &[("/cut", "true")],
            }),
            select: &["/data/dates", "/items", "/cut"],
            ..Shape::WHOLE
        };
        for (head, expected) in [
            (
                9,
                r#"{"data":{"dates":[1,2,3]},"items":[{"id":1,"x":null},{"id":2,"y":[null]},7]}"#,
            ),
            (
                1,
                r#"{"data":{"dates":[1]},"items":[{"id":1,"x":null}],"cut":true}"#,
            ),
        ] {
            let keep = Keep {
                tail: None,
                head: Some(head),
            };
            assert_eq!(shape(BODY.to_owned(), &spec, keep), expected);
        }
    }

    #[test]
    fn only_objects_at_the_root() {
        let spec = Shape {
            wrap: Some("items"),
            ..Shape::WHOLE
        };
        for (text, expected) in [
            ("[1,2]", r#"{"items":[1,2]}"#),
            ("5", r#"{"items":5}"#),
            (r#"{"a":1}"#, r#"{"a":1}"#),
        ] {
            assert_eq!(shape(text.to_owned(), &spec, Keep::default()), expected);
        }
    }

    #[test]
    fn declared_failures() {
        let spec = |at, equals| Some(Failure { at, equals });
        for (text, failure, expected) in [
            (r#"{"success":false}"#, spec("/success", "false"), true),
            (r#"{"success":true}"#, spec("/success", "false"), false),
            (r#"{"ok":false}"#, spec("/success", "false"), false),
            (r#"{"a":{"code":1.0}}"#, spec("/a/code", "1.0"), true),
            (r#"{"s":"fail\u0065d"}"#, spec("/s", r#""failed""#), true),
            ("[]", spec("/success", "false"), false),
            (r#"{"success":false}"#, None, false),
        ] {
            assert_eq!(failed(text, failure.as_ref()), expected, "{text}");
        }
    }
}
