//! A list of tools as some server serves it, whatever made that.

use std::collections::HashMap;

use serde_json::Value;

use super::around::{Besides, Known};
use super::judge::{broken, told};
use super::list::{self, FUNCTION_NAME};
use super::{Found, Rule, Seen};
use crate::diagnostics::{At, Diagnostic, Diagnostics, FileId, codes};
use crate::model::is_name;
use crate::read::{Files, tool_list};

/// Says all there is to say of the list of tools that `file` has; false if it has none.
pub(crate) fn check_list(files: &Files, file: FileId, diagnostics: &mut Diagnostics) -> bool {
    let Some((place, tools)) = tool_list(&files.file(file).value) else {
        return false;
    };
    let root = At::value(file, place);
    let known = Known::of_list(tools);
    let mut names = HashMap::new();
    let mut tokens = 0;
    for (index, json) in tools.iter().enumerate() {
        let at = root.child(&index.to_string());
        let name = json["name"].as_str().unwrap_or_default();
        let place = at.child("name");
        if let Some(diagnostic) = wrong_name(name, &place, names.insert(name, place.clone())) {
            diagnostics.push(diagnostic);
        }
        let besides = Besides::of_listed(json);
        for (rule, found) in broken(&Seen::new(json, &besides, &known)) {
            let severity = rule.weight.severity(false);
            let at = self::place(rule, &found, &at, json);
            diagnostics.push(told(rule, severity, &found, name, at, None));
        }
        tokens += json.to_string().len() as u64 / 4;
    }
    for (code, severity, message) in list::crowded(tools.len(), tokens) {
        let help = "agents pay for every tool in every conversation: leave out what they seldom need, or let them search";
        let found = Diagnostic::error(code, root.clone(), message).help(help);
        diagnostics.push(Diagnostic { severity, ..found });
    }
    true
}

/// What is wrong with a name, whose `other` place is that of another tool of that name.
fn wrong_name(name: &str, at: &At, other: Option<At>) -> Option<Diagnostic> {
    if let Some(other) = other {
        let found = Diagnostic::error(
            codes::DUPLICATE_NAME,
            at.clone(),
            format!("`{name}` names two tools"),
        );
        return Some(
            found
                .also(other, "the other one")
                .help("clients know one of them at most: give each a name of its own"),
        );
    }
    if name.len() <= FUNCTION_NAME && is_name(name) {
        return None;
    }
    let message = format!("clients do not accept the tool name `{name}`");
    let help = format!("use letters, digits, `_` and `-`, {FUNCTION_NAME} at most");
    Some(Diagnostic::error(codes::BAD_NAME, at.clone(), message).help(help))
}

/// Where the list speaks of what is told first: the argument, or what the rule is about; else the tool's name.
fn place(rule: &Rule, found: &Found, tool: &At, json: &Value) -> At {
    let at = match &found.first().1 {
        Some(argument) => tool
            .child("inputSchema")
            .child("properties")
            .child(argument)
            .as_key(),
        None => tool.child(rule.about).as_key(),
    };
    let within = at
        .pointer
        .strip_prefix(tool.pointer.as_str())
        .unwrap_or_default();
    match json.pointer(within) {
        Some(_) => at,
        None => tool.child("name"),
    }
}
