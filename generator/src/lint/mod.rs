//! Which lists of tools are refused where, and which are hard to use: rules over the very JSON that is served, and over
//! what is known beside it. Each rule has a page.

mod around;
mod judge;
mod list;
mod rules;
mod served;
mod spots;

use serde_json::Value;

pub(crate) use judge::check;
pub(crate) use served::check_list;

use crate::diagnostics::{Diagnostic, Severity, codes};
use around::{Besides, Known};
use spots::{Side, Spot};

/// A rule over one tool.
struct Rule {
    code: codes::Code,
    weight: Weight,
    /// The key of the tool, in the tools spec or in a list, that it is about where no argument is; empty for all of it.
    about: &'static str,
    /// Who enforces it and what happens there, or what to do.
    why: &'static str,
    /// Tells what breaks it, a sentence without a stop each, about what comes after "tool `x`: ".
    check: fn(&Seen<'_, '_>, &mut Found),
}

/// How a rule is broken, each with the argument that it is about.
#[derive(Debug, Default)]
struct Found(Vec<(String, Option<String>)>);

impl Found {
    /// About the tool as a whole.
    fn push(&mut self, text: String) {
        self.of(None, text);
    }

    /// What is told, if anything is.
    fn first(&self) -> &(String, Option<String>) {
        &self.0[0]
    }

    /// About one argument.
    fn of(&mut self, argument: Option<&str>, text: String) {
        self.0.push((text, argument.map(str::to_owned)));
    }
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

/// A tool as a client sees it, and what is known beside it.
struct Seen<'a, 's> {
    json: &'a Value,
    /// Every schema in it.
    spots: Vec<Spot<'a>>,
    besides: &'a Besides<'s>,
    known: &'a Known<'a>,
}

impl<'a, 's> Seen<'a, 's> {
    fn new(json: &'a Value, besides: &'a Besides<'s>, known: &'a Known<'a>) -> Self {
        Self {
            json,
            spots: spots::spots(json),
            besides,
            known,
        }
    }

    fn name(&self) -> &'a str {
        self.json["name"].as_str().unwrap_or_default()
    }

    /// Its description.
    fn text(&self) -> &'a str {
        self.json["description"].as_str().unwrap_or_default()
    }

    /// Its arguments with their schemas.
    fn arguments(&self) -> impl Iterator<Item = (&'a String, &'a Value)> {
        let arguments = self.json["inputSchema"]["properties"].as_object();
        arguments.into_iter().flatten()
    }

    /// Everything that agents read of it, each with what that is and the argument that it is about.
    fn texts(&self) -> Vec<(&'a str, String, Option<&'a str>)> {
        let mut texts = vec![(self.text(), "its description".to_owned(), None)];
        for spot in self.spots.iter().filter(|spot| spot.side == Side::Input) {
            if let (Some(text), Some(name)) = (spot.schema["description"].as_str(), spot.name()) {
                let place = format!("the description of `{name}`");
                texts.push((text, place, spot.argument));
            }
        }
        texts
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
