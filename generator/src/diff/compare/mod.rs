//! What is different, part by part.

mod answers;
mod members;
mod profiles;
mod prose;
mod schemas;
mod served;
mod tools;
mod untouched;

use self::untouched::Untouched;
use super::places::Places;
use super::side::Side;
use super::suggest::Mend;
use super::surface::Tool;
use super::{Change, Class, pair};
use crate::diagnostics::At;

/// Which side a place is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    Old,
    New,
}

/// A comparison under way.
struct Compare<'a> {
    old: Places<'a>,
    new: Places<'a>,
    untouched: Untouched,
    changes: Vec<Change>,
}

/// A change before its tool and place are known.
struct Found {
    kind: &'static str,
    class: Class,
    subject: String,
    message: String,
    mend: Option<Mend>,
}

impl Found {
    fn new(kind: &'static str, class: Class, subject: &str, message: impl Into<String>) -> Self {
        Self {
            kind,
            class,
            subject: subject.to_owned(),
            message: message.into(),
            mend: None,
        }
    }

    fn mended(self, mend: impl Into<Option<Mend>>) -> Self {
        Self {
            mend: mend.into(),
            ..self
        }
    }
}

/// Everything that is different in `new`: what concerns the whole server, then tool by tool.
pub(super) fn compare(old: &Side, new: &Side) -> Vec<Change> {
    let mut compare = Compare {
        old: Places::new(old),
        new: Places::new(new),
        untouched: Untouched::default(),
        changes: Vec::new(),
    };
    let (before, after) = (&old.surface, &new.surface);
    let pairs = pair::tools(&before.tools, &after.tools);
    compare.served(before, after, &pairs);
    for (index, tool) in before.tools.iter().enumerate() {
        if pairs.iter().all(|pair| pair.0 != index) {
            compare.removed(tool, after);
        }
    }
    for (index, tool) in after.tools.iter().enumerate() {
        match pairs.iter().find(|pair| pair.1 == index) {
            Some((known, _)) => compare.tool(&before.tools[*known], tool, after),
            None => compare.added(tool),
        }
    }
    compare.changes
}

impl Compare<'_> {
    fn push(&mut self, tool: &str, found: Found, which: Which, at: &At) {
        let (at, place) = match which {
            Which::Old => (self.old.spot(at), None),
            Which::New => (self.new.spot(at), Some(at.clone())),
        };
        let Found {
            kind,
            class,
            subject,
            message,
            mend,
        } = found;
        let tool = tool.to_owned();
        self.changes.push(Change {
            tool,
            kind,
            class,
            subject,
            message,
            at,
            place,
            mend,
        });
    }

    fn removed(&mut self, tool: &Tool, after: &super::surface::Surface) {
        let near = pair::nearest(tool, &after.tools);
        let near = near.map_or_else(String::new, |near| {
            format!("; the nearest is `{}`", near.name)
        });
        let message = format!("the tool is gone: calls of it fail{near}");
        let found = Found::new("tool_removed", Class::Breaking, &tool.name, message);
        self.push(&tool.name, found, Which::Old, &tool.at);
    }

    fn added(&mut self, tool: &Tool) {
        let found = Found::new(
            "tool_added",
            Class::Compatible,
            &tool.name,
            "the tool is new",
        );
        self.push(&tool.name, found, Which::New, &tool.at);
    }
}
