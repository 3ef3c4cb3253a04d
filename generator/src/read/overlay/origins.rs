//! Where the parts of a value come from that was put together out of several files.

use std::collections::HashMap;

use crate::diagnostics::{At, FileId};

/// Where a value comes from, and which of its parts come from elsewhere.
#[derive(Clone, Debug)]
pub(crate) struct Origins {
    at: At,
    /// By segment of a JSON pointer, not escaped. Other parts are where they are in the value's own origin.
    parts: HashMap<String, Origins>,
}

impl Origins {
    /// All of a file.
    pub(crate) fn file(file: FileId) -> Self {
        Self::at(At::value(file, ""))
    }

    pub(super) fn at(at: At) -> Self {
        Self {
            at,
            parts: HashMap::new(),
        }
    }

    /// The origin of the value itself.
    pub(super) fn place(&self) -> &At {
        &self.at
    }

    /// The origin of what is at `pointer`.
    pub(crate) fn find(&self, pointer: &str) -> At {
        let mut here = self;
        let mut rest = pointer;
        while let Some(path) = rest.strip_prefix('/') {
            let (segment, after) = path.split_at(path.find('/').unwrap_or(path.len()));
            let segment = segment.replace("~1", "/").replace("~0", "~");
            let Some(part) = here.parts.get(&segment) else {
                break;
            };
            (here, rest) = (part, after);
        }
        At::value(here.at.file, format!("{}{rest}", here.at.pointer))
    }

    fn derived(&self, segment: &str) -> Self {
        Self::at(self.at.child(segment))
    }

    /// The part `segment`, to be changed.
    pub(super) fn part(&mut self, segment: &str) -> &mut Self {
        let derived = self.derived(segment);
        self.parts.entry(segment.to_owned()).or_insert(derived)
    }

    /// The value itself is from `at` now, with all its parts.
    pub(super) fn replace(&mut self, at: At) {
        *self = Self::at(at);
    }

    /// The part `segment` is new and comes from `at`.
    pub(super) fn put(&mut self, segment: &str, at: At) {
        self.parts.insert(segment.to_owned(), Self::at(at));
    }

    /// A member is gone.
    pub(super) fn forget(&mut self, segment: &str) {
        self.parts.remove(segment);
    }

    /// An item is gone from an array of `length`: those behind it have moved up.
    pub(super) fn close_gap(&mut self, index: usize, length: usize) {
        for place in index..length.saturating_sub(1) {
            let next = (place + 1).to_string();
            let moved = self.parts.remove(&next);
            let moved = moved.unwrap_or_else(|| self.derived(&next));
            self.parts.insert(place.to_string(), moved);
        }
        self.parts.remove(&length.saturating_sub(1).to_string());
    }
}
