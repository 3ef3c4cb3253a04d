//! Shapes a JSON answer as the tools spec says.

use std::borrow::Cow;

use super::json::{Node, find, is_key, steps};
use crate::{Failure, Json, Shape, Tail};

type Pointer = Vec<String>;

/// Whether a body with a 2xx status declares its failure.
pub(super) fn failed(text: &str, failure: Option<&Failure>) -> bool {
    let parsed = |text| serde_json::from_str::<Json>(text).ok();
    failure.is_some_and(|failure| {
        find(text, failure.at).is_some_and(|found| {
            found == failure.equals
                || parsed(found).is_some_and(|found| Some(found) == parsed(failure.equals))
        })
    })
}

/// The shaped text; compact JSON in, compact JSON out.
pub(super) fn shape(text: String, shape: &Shape, tail: Option<usize>) -> String {
    let tail = shape.tail.as_ref().zip(tail);
    if shape.select.is_empty() && shape.omit.is_empty() && !shape.drop_nulls && tail.is_none() {
        return text;
    }
    let Some(mut root) = Node::parse(&text) else {
        return text;
    };
    if let Some((tail, keep)) = tail {
        cut(&mut root, tail, keep);
    }
    if !shape.select.is_empty() {
        let pointers: Vec<Pointer> = parsed(shape.select);
        let mut selected = root.clone();
        let refs: Vec<&[String]> = pointers.iter().map(Vec::as_slice).collect();
        if select(&mut selected, &refs) {
            root = selected;
        }
    }
    for pointer in parsed(shape.omit) {
        omit(&mut root, &pointer);
    }
    if shape.drop_nulls {
        drop_nulls(&mut root);
    }
    let mut out = String::with_capacity(text.len());
    root.write(&mut out);
    out
}

fn parsed(pointers: &[&str]) -> Vec<Pointer> {
    pointers
        .iter()
        .map(|pointer| steps(pointer).collect())
        .collect()
}

fn fits(step: &str, index: usize) -> bool {
    step == "*" || step.parse() == Ok(index)
}

fn fits_key(step: &str, key: &str) -> bool {
    step == "*" || is_key(key, step)
}

/// Keeps what the pointers lead to; tells whether they led anywhere. Items of
/// arrays keep their places.
fn select(node: &mut Node<'_>, pointers: &[&[String]]) -> bool {
    if pointers.iter().any(|pointer| pointer.is_empty()) {
        return true;
    }
    match node {
        Node::Scalar(_) => false,
        Node::Array(items) => {
            let mut any = false;
            for (index, item) in items.iter_mut().enumerate() {
                let below: Vec<&[String]> = pointers
                    .iter()
                    .filter(|pointer| fits(&pointer[0], index))
                    .map(|pointer| &pointer[1..])
                    .collect();
                any |= !below.is_empty() && select(item, &below);
            }
            any
        }
        Node::Object(members) => {
            members.retain_mut(|(key, value)| {
                let below: Vec<&[String]> = pointers
                    .iter()
                    .filter(|pointer| fits_key(&pointer[0], key))
                    .map(|pointer| &pointer[1..])
                    .collect();
                !below.is_empty() && select(value, &below)
            });
            !members.is_empty()
        }
    }
}

fn omit(node: &mut Node<'_>, pointer: &[String]) {
    let Some((step, rest)) = pointer.split_first() else {
        return;
    };
    let last = rest.is_empty();
    match node {
        Node::Scalar(_) => {}
        Node::Array(items) if last => {
            let mut index = 0;
            items.retain(|_| {
                index += 1;
                !fits(step, index - 1)
            });
        }
        Node::Object(members) if last => members.retain(|(key, _)| !fits_key(step, key)),
        _ => each(node, step, &mut |child| omit(child, rest)),
    }
}

/// Visits the parts of a node that a step leads to.
fn each<'t>(node: &mut Node<'t>, step: &str, visit: &mut dyn FnMut(&mut Node<'t>)) {
    match node {
        Node::Scalar(_) => {}
        Node::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                if fits(step, index) {
                    visit(item);
                }
            }
        }
        Node::Object(members) => {
            for (key, value) in members {
                if fits_key(step, key) {
                    visit(value);
                }
            }
        }
    }
}

fn drop_nulls(node: &mut Node<'_>) {
    match node {
        Node::Scalar(_) => {}
        Node::Array(items) => items.iter_mut().for_each(drop_nulls),
        Node::Object(members) => {
            members.retain(|(_, value)| !value.is_null());
            for (_, value) in members {
                drop_nulls(value);
            }
        }
    }
}

/// Cuts arrays to their last `keep` items and marks that something was cut.
fn cut(root: &mut Node<'_>, tail: &Tail, keep: usize) {
    let mut any = false;
    for pointer in parsed(tail.arrays) {
        at(root, &pointer, &mut |node| {
            if let Node::Array(items) = node
                && items.len() > keep
            {
                items.drain(..items.len() - keep);
                any = true;
            }
        });
    }
    if !any {
        return;
    }
    for (pointer, value) in tail.mark {
        let mut pointer: Pointer = steps(pointer).collect();
        let Some(name) = pointer.pop() else { continue };
        at(root, &pointer, &mut |node| set(node, &name, value));
    }
}

/// Visits what a pointer leads to.
fn at<'t>(node: &mut Node<'t>, pointer: &[String], visit: &mut dyn FnMut(&mut Node<'t>)) {
    match pointer.split_first() {
        None => visit(node),
        Some((step, rest)) => each(node, step, &mut |child| at(child, rest, visit)),
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
        shape(BODY.to_owned(), &spec, tail)
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
            tail: Some(Tail {
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
