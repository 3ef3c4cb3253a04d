//! Which lists of tools are refused where: rules that clients are known to enforce, held against the very JSON that
//! is served. Each rule has a page that names those clients.

mod judge;
mod list;
mod rules;
mod spots;

use serde_json::Value;

pub(crate) use judge::check;

use crate::diagnostics::{Diagnostic, Severity, codes};
use spots::Spot;

/// A rule over one tool.
struct Rule {
    code: codes::Code,
    weight: Weight,
    /// Who enforces it, and what happens there.
    clients: &'static str,
    /// Tells what breaks it, a sentence without a stop each, about what comes after "tool `x`: ".
    check: fn(&Seen<'_>, &mut Vec<String>),
}

/// How much it weighs that a rule is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weight {
    /// The whole list is refused by clients that follow the protocol.
    Deadly,
    /// The whole list is refused by some; who wrote `schemas: full` may have none of these.
    DeadlyForSome,
    /// Something is lost for some.
    Harmful,
    /// Something may go wrong for some.
    Doubtful,
}

impl Weight {
    fn severity(self, full: bool) -> Severity {
        match self {
            Self::Deadly => Severity::Error,
            Self::DeadlyForSome if !full => Severity::Error,
            Self::DeadlyForSome | Self::Harmful => Severity::Warning,
            Self::Doubtful => Severity::Advice,
        }
    }
}

/// A tool as a client sees it.
struct Seen<'a> {
    json: &'a Value,
    /// Every schema in it.
    spots: Vec<Spot<'a>>,
}

impl<'a> Seen<'a> {
    fn new(json: &'a Value) -> Self {
        Self {
            json,
            spots: spots::spots(json),
        }
    }
}

/// Whether a diagnostic is only for those who ask: advice of a rule of this module.
pub(crate) fn is_advice(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity == Severity::Advice && is_of_lint(diagnostic.code.name)
}

/// Whether a code is that of a rule.
pub(crate) fn is_of_lint(code: &str) -> bool {
    code.starts_with("TW05")
}

#[cfg(test)]
mod tests;
