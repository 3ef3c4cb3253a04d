//! What of the document is lost in a tool: an error, unless the tools spec accepts it.

use crate::diagnostics::{At, Diagnostic, Diagnostics, Severity, codes};
use crate::read::Sources;

/// Where a tool says what it does without.
#[derive(Debug)]
pub(crate) struct Acceptance<'a> {
    /// The tool.
    pub(crate) tool: &'a str,
    /// The codes it accepts.
    pub(crate) codes: &'a [String],
    /// Where they stand, or would.
    pub(crate) at: At,
    /// What the codes are added to, in words.
    pub(crate) whose: String,
    /// Whether everything is accepted.
    pub(crate) all: bool,
}

impl<'a> Acceptance<'a> {
    /// What the entry of `tool` accepts; `None` for a tool without one.
    pub(crate) fn of(sources: &'a Sources, tool: &'a str) -> Option<Self> {
        let entry = sources.spec.tools.get(tool)?;
        let file = sources.spec.origin.get(tool).copied();
        let tools = At::value(file.unwrap_or(sources.spec_file), "/tools");
        Some(Self {
            tool,
            codes: &entry.accept,
            at: tools.child(tool).child("accept"),
            whose: format!("tool `{tool}`"),
            all: sources.spec.accept_all,
        })
    }

    /// What the tools without an entry of their own accept.
    pub(crate) fn shared(sources: &'a Sources) -> Self {
        let operations = sources.spec.operations.as_ref();
        Self {
            tool: "",
            codes: operations.map_or(&[], |operations| operations.accept.as_slice()),
            at: At::value(sources.spec_file, "/operations/accept"),
            whose: "`operations`".to_owned(),
            all: sources.spec.accept_all,
        }
    }

    /// What is accepted of the list as a whole.
    pub(crate) fn whole(sources: &'a Sources) -> Self {
        Self {
            tool: "",
            codes: &sources.spec.accept,
            at: At::value(sources.spec_file, "/accept"),
            whose: "the list of tools".to_owned(),
            all: sources.spec.accept_all,
        }
    }

    /// Whether a code is accepted by name.
    pub(crate) fn names(&self, code: codes::Code) -> bool {
        self.codes.iter().any(|known| known == code.name)
    }

    /// Reports every loss that is not accepted; gives the codes of the others, each once.
    pub(super) fn judge(
        &self,
        losses: &[Diagnostic],
        diagnostics: &mut Diagnostics,
    ) -> Vec<&'static str> {
        let mut accepted = Vec::new();
        for loss in losses {
            let code = loss.code.name;
            if !self.all && !self.names(loss.code) {
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

    /// Reports every accepted code, of those that are looked at here, that nothing needed.
    pub(crate) fn check(
        &self,
        needed: &[&'static str],
        looked_at: impl Fn(&str) -> bool,
        diagnostics: &mut Diagnostics,
    ) {
        for (index, code) in self.codes.iter().enumerate() {
            if looked_at(code) && !needed.contains(&code.as_str()) {
                let message = format!("nothing in {} needs `{code}` to be accepted", self.whose);
                let at = self.at.child(&index.to_string());
                diagnostics
                    .push(Diagnostic::error(codes::BAD_ARGUMENT, at, message).help("take it out"));
            }
        }
    }
}
