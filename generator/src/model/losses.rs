//! What of the document is lost in a tool: an error, unless the tools spec accepts it.

use crate::diagnostics::{At, Diagnostic, Diagnostics, Severity, codes};

/// Where a tool says what it does without.
#[derive(Debug)]
pub(super) struct Acceptance<'a> {
    /// The tool.
    pub(super) tool: &'a str,
    /// The codes it accepts.
    pub(super) codes: &'a [String],
    /// Where they stand, or would.
    pub(super) at: At,
    /// What the codes are added to, in words.
    pub(super) whose: String,
    /// Whether everything is accepted.
    pub(super) all: bool,
}

impl Acceptance<'_> {
    /// Reports every loss that is not accepted; gives the codes of the others, each once.
    pub(super) fn judge(
        &self,
        losses: &[Diagnostic],
        diagnostics: &mut Diagnostics,
    ) -> Vec<&'static str> {
        let mut accepted = Vec::new();
        for loss in losses {
            let code = loss.code.name;
            if !self.all && !self.codes.iter().any(|known| known == code) {
                let accept = format!("to do without it, add `accept: [{code}]` to {}", self.whose);
                let help = match &loss.help {
                    Some(help) => format!("{help}\n{accept}"),
                    None => accept,
                };
                let severity = Severity::Error;
                let known = Diagnostic {
                    severity,
                    ..loss.clone()
                };
                let what = format!("for tool `{}`", self.tool);
                diagnostics.push(known.also(self.tool_at(), what).help(help));
            } else if !accepted.contains(&code) {
                accepted.push(code);
            }
        }
        accepted
    }

    fn tool_at(&self) -> At {
        let pointer = self
            .at
            .pointer
            .strip_suffix("/accept")
            .unwrap_or(&self.at.pointer);
        At::key(self.at.file, pointer)
    }

    /// Reports every accepted code that nothing needed.
    pub(super) fn check(&self, needed: &[&'static str], diagnostics: &mut Diagnostics) {
        for (index, code) in self.codes.iter().enumerate() {
            if !needed.contains(&code.as_str()) {
                let message = format!("nothing in {} needs `{code}` to be accepted", self.whose);
                let at = self.at.child(&index.to_string());
                diagnostics
                    .push(Diagnostic::error(codes::BAD_ARGUMENT, at, message).help("take it out"));
            }
        }
    }
}
