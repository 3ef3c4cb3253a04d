//! Long-running operations: how the tools spec says they are followed.

use super::tools::{Tasks, Tool};
use crate::diagnostics::{At, Diagnostic, Diagnostics, codes, nearest};
use crate::read::Sources;
use crate::read::tools_spec::TaskTool;

/// How long-running operations are followed, with every tool and argument it names checked.
pub(super) fn tasks(
    sources: &Sources,
    tools: &[Tool],
    diagnostics: &mut Diagnostics,
) -> Option<Tasks> {
    let at = At::value(sources.spec_file, "/tasks");
    let Some(spec) = &sources.spec.tasks else {
        if let Some(tool) = tools.iter().find(|tool| tool.task.is_some()) {
            let message = format!(
                "tool `{}` starts a long-running operation, and nothing says how to follow one",
                tool.name
            );
            let place = At::value(tool.at.file, tool.at.pointer.clone()).child("task");
            diagnostics.push(
                Diagnostic::error(codes::UNKNOWN_TOOL, place, message)
                    .help("declare `tasks:` with at least `status` and `state`"),
            );
        }
        return None;
    };
    let mut check = |key: &str, entry: &TaskTool| {
        let at = at.child(key);
        match tools.iter().find(|tool| tool.name == entry.tool) {
            // Declared, but with an error that is reported already.
            None if sources
                .spec
                .tools
                .get(&entry.tool)
                .is_some_and(|tool| tool.enabled) => {}
            None => {
                let mut diagnostic = Diagnostic::error(
                    codes::UNKNOWN_TOOL,
                    at.child("tool"),
                    format!("there is no tool `{}`", entry.tool),
                );
                if let Some(name) =
                    nearest(&entry.tool, tools.iter().map(|tool| tool.name.as_str()))
                {
                    diagnostic = diagnostic.help(format!("did you mean `{name}`?"));
                }
                diagnostics.push(diagnostic);
            }
            Some(tool)
                if !tool
                    .arguments
                    .iter()
                    .any(|argument| argument.name == entry.argument) =>
            {
                let message = format!("tool `{}` has no argument `{}`", tool.name, entry.argument);
                let mut diagnostic =
                    Diagnostic::error(codes::UNKNOWN_ARGUMENT, at.child("argument"), message);
                if let Some(name) = nearest(
                    &entry.argument,
                    tool.arguments.iter().map(|argument| argument.name.as_str()),
                ) {
                    diagnostic = diagnostic.help(format!("did you mean `{name}`?"));
                }
                diagnostics.push(diagnostic);
            }
            Some(_) => {}
        }
    };
    check("status", &spec.status);
    if let Some(result) = &spec.result {
        check("result", result);
    }
    if let Some(cancel) = &spec.cancel {
        check("cancel", cancel);
    }
    Some(Tasks { spec: spec.clone() })
}
