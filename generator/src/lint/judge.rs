//! Every rule over every tool, and what the tools spec accepts of it.

use serde_json::Value;

use super::list;
use super::rules::RULES;
use super::{Rule, Seen, is_of_lint};
use crate::diagnostics::{At, Diagnostic, Diagnostics, Severity};
use crate::model::{Acceptance, Api};
use crate::plan::{PlannedTool, SearchPlan};
use crate::read::Sources;
use crate::read::tools_spec::SchemaDialect;

/// Reports what clients are known to refuse. A code that a tool accepts is not reported for it; one that it accepts
/// without need is an error, as any such is.
pub(crate) fn check(
    tools: &mut [PlannedTool],
    search: Option<&SearchPlan>,
    api: &Api,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) {
    let full = sources.spec.schemas == SchemaDialect::Full;
    let shared = Acceptance::shared(sources);
    let mut shared_need = Vec::new();
    for (tool, declared) in tools.iter_mut().zip(&api.tools) {
        let own = Acceptance::of(sources, &declared.name);
        let acceptance = own.as_ref().unwrap_or(&shared);
        let mut needed = Vec::new();
        for (rule, found) in broken(&tool.json) {
            let severity = rule.weight.severity(full);
            let named = acceptance.names(rule.code);
            if named || (acceptance.all && severity == Severity::Error) {
                needed.push(rule.code.name);
            } else {
                let at = declared.at.as_key();
                diagnostics.push(told(
                    rule,
                    severity,
                    &found,
                    &tool.name,
                    at,
                    &acceptance.whose,
                ));
            }
        }
        tool.losses.extend(&needed);
        match &own {
            Some(own) => own.check(&needed, is_of_lint, diagnostics),
            None => shared_need.extend(needed),
        }
    }
    shared.check(&shared_need, is_of_lint, diagnostics);
    list::check(tools, search, api, sources, diagnostics);
}

/// The rules that a tool breaks, and how.
pub(super) fn broken(json: &Value) -> impl Iterator<Item = (&'static Rule, Vec<String>)> {
    let seen = Seen::new(json);
    RULES.iter().filter_map(move |rule| {
        let mut found = Vec::new();
        (rule.check)(&seen, &mut found);
        (!found.is_empty()).then_some((rule, found))
    })
}

fn told(
    rule: &Rule,
    severity: Severity,
    found: &[String],
    tool: &str,
    at: At,
    whose: &str,
) -> Diagnostic {
    let more = match found.len() - 1 {
        0 => String::new(),
        more => format!(", and {more} more like that"),
    };
    let code = rule.code.name;
    let message = format!("tool `{tool}`: {}{more}", found[0]);
    let help = format!(
        "{}\nto keep it all the same, add `accept: [{code}]` to {whose}",
        rule.clients
    );
    Diagnostic {
        severity,
        ..Diagnostic::error(rule.code, at, message)
    }
    .help(help)
}
