//! Values that no file has: what a later stage puts together out of several places of the input.

use elsa::FrozenVec;
use serde_json::Value;

use crate::diagnostics::{At, FileId};

/// The file of places within made values.
const FILE: FileId = FileId(u32::MAX);

/// Made values, each with the place it was made for.
#[derive(Default)]
pub(super) struct Made(FrozenVec<Box<(Value, At)>>);

impl std::fmt::Debug for Made {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Made({})", self.0.len())
    }
}

impl Made {
    /// Keeps `value`, made for `origin`, and gives it a place.
    pub(super) fn add(&self, value: Value, origin: &At) -> At {
        self.0.push(Box::new((value, self.origin(origin))));
        At::value(FILE, format!("/{}", self.0.len() - 1))
    }

    /// The value at `at`: `None` inside for a place that is none of these.
    pub(super) fn value(&self, at: &At) -> Option<Option<&Value>> {
        (at.file == FILE).then(|| {
            let (index, rest) = split(&at.pointer)?;
            self.0.get(index)?.0.pointer(rest)
        })
    }

    /// The place in a file that `at` stands for.
    pub(super) fn origin(&self, at: &At) -> At {
        let made = (at.file == FILE).then(|| self.0.get(split(&at.pointer)?.0));
        made.flatten()
            .map_or_else(|| at.clone(), |made| made.1.clone())
    }
}

fn split(pointer: &str) -> Option<(usize, &str)> {
    let path = pointer.strip_prefix('/')?;
    let (index, rest) = path.split_at(path.find('/').unwrap_or(path.len()));
    Some((index.parse().ok()?, rest))
}
