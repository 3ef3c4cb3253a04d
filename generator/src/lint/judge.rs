//! Every rule over every tool, and what the tools spec accepts of it.

use super::around::{Besides, Known};
use super::list;
use super::rules::RULES;
use super::{Found, Rule, Seen, is_of_lint};
use crate::diagnostics::{At, Diagnostic, Diagnostics, Severity, codes};
use crate::model::{Acceptance, Api};
use crate::normalise::Schemas;
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
    let found = all(tools, api, sources);
    let mut long = Vec::new();
    for ((tool, declared), found) in tools.iter_mut().zip(&api.tools).zip(found) {
        let own = Acceptance::of(sources, &declared.name);
        let acceptance = own.as_ref().unwrap_or(&shared);
        let mut needed = Vec::new();
        if tool.listed && list::is_long(&tool.name, api) {
            match acceptance.names(codes::PREFIXED_NAME) {
                true => needed.push(codes::PREFIXED_NAME.name),
                false => long.push(tool.name.clone()),
            }
        }
        for (rule, found) in found {
            let severity = rule.weight.severity(full);
            let named = acceptance.names(rule.code);
            if named || (acceptance.all && severity == Severity::Error) {
                needed.push(rule.code.name);
            } else {
                let at = place(rule, &found, &declared.at, sources);
                let accept = Some(acceptance.whose.as_str());
                diagnostics.push(told(rule, severity, &found, &tool.name, at, accept));
            }
        }
        tool.losses.extend(&needed);
        match &own {
            Some(own) => own.check(&needed, is_of_lint, diagnostics),
            None => shared_need.extend(needed),
        }
    }
    shared.check(&shared_need, is_of_lint, diagnostics);
    list::names(&long, api, sources, diagnostics);
    list::check(tools, search, api, sources, diagnostics);
}

/// A rule that is broken, and how.
type Broken = (&'static Rule, Found);

/// The rules that each of `tools` breaks.
fn all(tools: &[PlannedTool], api: &Api, sources: &Sources) -> Vec<Vec<Broken>> {
    let schemas = Schemas::new(sources);
    let known = Known::of(tools, api);
    let each = tools.iter().zip(&api.tools).map(|(tool, declared)| {
        let besides = Besides::of(declared, api, sources, &schemas);
        broken(&Seen::new(&tool.json, &besides, &known))
    });
    each.collect()
}

/// The rules that a tool breaks.
pub(super) fn broken(seen: &Seen<'_, '_>) -> Vec<Broken> {
    let each = RULES.iter().filter_map(|rule| {
        let mut found = Found::default();
        (rule.check)(seen, &mut found);
        (!found.0.is_empty()).then_some((rule, found))
    });
    each.collect()
}

/// Where the tools spec speaks of what is told first: the argument, or what the rule is about; else the tool.
fn place(rule: &Rule, found: &Found, tool: &At, sources: &Sources) -> At {
    let entry = At::value(tool.file, tool.pointer.clone());
    let own = match &found.first().1 {
        Some(argument) => Some(entry.child("arguments").child(argument).as_key()),
        None => (!rule.about.is_empty()).then(|| entry.child(rule.about)),
    };
    let own = own.filter(|at| sources.value(at).is_some());
    own.unwrap_or_else(|| tool.as_key())
}

/// What there is to say of a broken rule; `accept` is how to have it so all the same, if that can be said.
pub(super) fn told(
    rule: &Rule,
    severity: Severity,
    found: &Found,
    tool: &str,
    at: At,
    accept: Option<&str>,
) -> Diagnostic {
    let more = match found.0.len() - 1 {
        0 => String::new(),
        more => format!(", and {more} more like that"),
    };
    let code = rule.code.name;
    let message = format!("tool `{tool}`: {}{more}", found.first().0);
    let accept =
        accept.map(|whose| format!("\nto keep it all the same, add `accept: [{code}]` to {whose}"));
    let help = format!("{}{}", rule.why, accept.unwrap_or_default());
    Diagnostic {
        severity,
        ..Diagnostic::error(rule.code, at, message)
    }
    .help(help)
}
