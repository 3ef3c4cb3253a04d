//! Takes parts out of a JSON answer, by JSON pointers in which `*` stands for
//! every item of an array and every member of an object.

use super::json::{Node, is_key, steps};

/// A pointer, taken apart.
pub(crate) type Pointer = Vec<String>;

/// The pointers, taken apart.
pub(crate) fn parsed(pointers: &[&str]) -> Vec<Pointer> {
    pointers
        .iter()
        .map(|pointer| steps(pointer).collect())
        .collect()
}

/// Whether a step leads to the item at an index.
pub(crate) fn fits(step: &str, index: usize) -> bool {
    step == "*" || step.parse() == Ok(index)
}

fn fits_key(step: &str, key: &str) -> bool {
    step == "*" || is_key(key, step)
}

/// Keeps what the pointers lead to; everything, if they lead nowhere. Items
/// of arrays keep their places.
pub(crate) fn select(root: &mut Node<'_>, pointers: &[Pointer]) {
    let refs: Vec<&[String]> = pointers.iter().map(Vec::as_slice).collect();
    let mut selected = root.clone();
    if keep(&mut selected, &refs) {
        *root = selected;
    }
}

/// Keeps what the pointers lead to; tells whether they led anywhere.
fn keep(node: &mut Node<'_>, pointers: &[&[String]]) -> bool {
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
                any |= !below.is_empty() && keep(item, &below);
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
                !below.is_empty() && keep(value, &below)
            });
            !members.is_empty()
        }
    }
}

/// Leaves out what a pointer leads to.
pub(crate) fn omit(node: &mut Node<'_>, pointer: &[String]) {
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

/// Leaves out members that are null.
pub(crate) fn drop_nulls(node: &mut Node<'_>) {
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

/// Visits what a pointer leads to.
pub(crate) fn at<'t>(
    node: &mut Node<'t>,
    pointer: &[String],
    visit: &mut dyn FnMut(&mut Node<'t>),
) {
    match pointer.split_first() {
        None => visit(node),
        Some((step, rest)) => each(node, step, &mut |child| at(child, rest, visit)),
    }
}
