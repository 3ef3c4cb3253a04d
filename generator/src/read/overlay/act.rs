//! What actions do to a value, with the origins of its parts kept up to date.

use serde_json::Value;

use super::origins::Origins;
use super::target::{Step, pointer};
use crate::diagnostics::At;

/// Why an action cannot be done.
#[derive(Debug)]
pub(super) enum Clash {
    /// It would remove the document.
    Root,
    /// What is at `from` does not go with what is at `to`.
    Kinds { from: At, to: At, what: String },
}

/// Takes out what is at `path`.
pub(super) fn remove(
    document: &mut Value,
    origins: &mut Origins,
    path: &[Step],
) -> Result<(), Clash> {
    let Some((last, holder)) = path.split_last() else {
        return Err(Clash::Root);
    };
    let origins = holder
        .iter()
        .fold(origins, |origins, step| origins.part(&step.segment()));
    match (document.pointer_mut(&pointer(holder)), last) {
        (Some(Value::Object(members)), Step::Member(name)) => {
            members.shift_remove(name);
            origins.forget(name);
        }
        (Some(Value::Array(items)), Step::Item(index)) if *index < items.len() => {
            origins.close_gap(*index, items.len());
            items.remove(*index);
        }
        // It was selected, so it is there.
        _ => {}
    }
    Ok(())
}

/// Merges `update`, written at `from`, with what is at `path`.
pub(super) fn update(
    document: &mut Value,
    origins: &mut Origins,
    path: &[Step],
    update: &Value,
    from: &At,
) -> Result<(), Clash> {
    let origins = path
        .iter()
        .fold(origins, |origins, step| origins.part(&step.segment()));
    match document.pointer_mut(&pointer(path)) {
        Some(Value::Array(items)) if !update.is_array() => {
            push(items, origins, update, from.clone());
            Ok(())
        }
        Some(target) => merge(target, origins, update, from),
        None => Ok(()),
    }
}

fn push(items: &mut Vec<Value>, origins: &mut Origins, item: &Value, from: At) {
    origins.put(&items.len().to_string(), from);
    items.push(item.clone());
}

fn merge(
    target: &mut Value,
    origins: &mut Origins,
    update: &Value,
    from: &At,
) -> Result<(), Clash> {
    match (target, update) {
        (Value::Object(members), Value::Object(new)) => {
            for (name, value) in new {
                let from = from.child(name);
                match members.get_mut(name) {
                    Some(known) => merge(known, origins.part(name), value, &from)?,
                    None => {
                        members.insert(name.clone(), value.clone());
                        origins.put(name, from);
                    }
                }
            }
            Ok(())
        }
        (Value::Array(items), Value::Array(new)) => {
            for (index, item) in new.iter().enumerate() {
                push(items, origins, item, from.child(&index.to_string()));
            }
            Ok(())
        }
        (target, update) if is_plain(target) && is_plain(update) => {
            *target = update.clone();
            origins.replace(from.clone());
            Ok(())
        }
        (target, update) => Err(Clash::Kinds {
            from: from.clone(),
            to: origins.place().clone(),
            what: format!("{} cannot be merged with {}", kind(update), kind(target)),
        }),
    }
}

fn is_plain(value: &Value) -> bool {
    !value.is_object() && !value.is_array()
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Object(_) => "an object",
        Value::Array(_) => "a list",
        Value::Null => "null",
        Value::Bool(_) | Value::Number(_) | Value::String(_) => "a plain value",
    }
}
