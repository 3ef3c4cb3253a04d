//! What an agent gets of an answer.

use super::Limits;

/// What an agent gets of an answer.
///
/// Pointers are JSON pointers (RFC 6901); a segment `*` stands for every item
/// of an array and every member of an object. What does not match is left as
/// it is: shaping never turns a success into an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// An answer with a 2xx status that is a failure all the same.
    pub failure: Option<Failure>,
    /// Only these parts are kept; empty keeps everything.
    pub select: &'static [&'static str],
    /// These parts are left out.
    pub omit: &'static [&'static str],
    /// Members of objects that are null are left out.
    pub drop_nulls: bool,
    /// Arrays are cut to their last items.
    pub tail: Option<Cut>,
    /// Arrays are cut to their first items.
    pub head: Option<Cut>,
    /// An answer that is no object becomes the only member, of this name, of
    /// one.
    pub wrap: Option<&'static str>,
    /// JSON is written as TOON, which has lists of alike objects as tables,
    /// where that is shorter.
    pub table: bool,
    /// The most that an agent gets of the text, in bytes; 0 is as the server's
    /// [`Limits`] say.
    pub max: usize,
    /// The arguments that get what did not fit.
    pub rest: &'static [&'static str],
}

impl Shape {
    /// The whole answer, as the backend gave it.
    pub const WHOLE: Self = Self {
        failure: None,
        select: &[],
        omit: &[],
        drop_nulls: false,
        tail: None,
        head: None,
        wrap: None,
        table: false,
        max: 0,
        rest: &[],
    };

    /// The most that an agent gets of the text, in bytes; 0 is no limit.
    pub(crate) fn max(&self, limits: &Limits) -> usize {
        match self.max {
            0 => limits.result,
            max => max,
        }
    }
}

/// How an answer declares its failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// JSON pointer to the value.
    pub at: &'static str,
    /// The value that means failure, as JSON text.
    pub equals: &'static str,
}

/// Cuts arrays of the answer at one end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The argument that says how many items are kept; without it nothing is cut.
    pub by: &'static str,
    /// JSON pointers to the arrays.
    pub arrays: &'static [&'static str],
    /// Values (JSON text) set at JSON pointers if anything was cut; only where
    /// the object that holds them is there.
    pub mark: &'static [(&'static str, &'static str)],
}
