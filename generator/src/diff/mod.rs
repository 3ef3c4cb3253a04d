//! What changes for agents between two servers: two tools specs, documents or lists of tools, whatever of these each
//! is.
//!
//! Both sides are read into what agents see of them ([`surface`]); tools and arguments that have another name are
//! recognised ([`pair`]); what they take and answer is compared as sets of values ([`sets`]). A change is breaking
//! where something that held for callers no longer does.

mod compare;
mod pair;
mod places;
mod render;
mod sets;
mod side;
mod suggest;
mod surface;

pub(crate) use render::{Format, render};
pub(crate) use side::{Missing, Named, Side, open, side, within};
pub(crate) use suggest::{Suggestion, suggestions};

use crate::diagnostics::At;
use crate::read::Position;
use serde_json::{Map, Value};

/// What a change means for those who call the tools.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// What worked may fail, or mean something else.
    Breaking,
    /// What worked works.
    Compatible,
    /// Only text is different.
    Wording,
}

impl Class {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Compatible => "compatible",
            Self::Wording => "wording",
        }
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Change {
    /// The tool, by its new name if it has one; empty for what concerns no tool.
    pub(crate) tool: String,
    /// Its kind: `argument_removed`.
    pub(crate) kind: &'static str,
    pub(crate) class: Class,
    /// What has changed: an argument, a member of a result, an annotation.
    pub(crate) subject: String,
    /// What has changed and why that matters, a sentence without a stop.
    pub(crate) message: String,
    pub(crate) at: Spot,
    /// The same in the files of the new side, where it is there.
    pub(crate) place: Option<At>,
    /// What keeps old callers working.
    pub(crate) mend: Option<suggest::Mend>,
}

/// A place, as people are told it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Spot {
    pub(crate) file: String,
    pub(crate) position: Position,
}

/// Everything that is different in `new`, tool by tool.
pub(crate) fn diff(old: &Side, new: &Side) -> Vec<Change> {
    compare::compare(old, new)
}

/// The members of an object that another has under other names, as names; the roots are what their schemas refer to.
pub(crate) fn renamed(
    old: &Map<String, Value>,
    new: &Map<String, Value>,
    roots: [&Value; 2],
) -> Vec<(String, String)> {
    pair::members(old, new, (roots[0], roots[1]), |_, _| false)
}

/// How many of `changes` are of `class`.
pub(crate) fn count(changes: &[Change], class: Class) -> usize {
    changes
        .iter()
        .filter(|change| change.class == class)
        .count()
}
