//! How many arguments there are, what they are called, and what is in them.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::lint::spots::Side;
use crate::lint::{Found, Seen};

/// Required arguments that models still give reliably.
const REQUIRED: usize = 6;
/// Arguments that models still choose well among.
const ARGUMENTS: usize = 20;
/// Names of what nobody else may know.
static SECRET_NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^((.*[_-])?(password|passwd|passphrase|secret|client_?secret|api_?key|apikey|private_?key|authorization|credentials?|(access|auth|api|refresh|bearer|session)_?token)|token)$").ok()
});
/// Keys and tokens of well-known services, private keys, and tokens with a signature (RFC 7519).
static SECRET: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\b(AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|sk-[A-Za-z0-9_-]{20,}|sk_live_[A-Za-z0-9]{16,}|xox[abprs]-[A-Za-z0-9-]{10,}|AIza[A-Za-z0-9_-]{35}|eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})|-----BEGIN [A-Z ]*PRIVATE KEY-----").ok()
});
/// What stands for a secret in examples.
static STAND_IN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^$|^[<{$*.x]|^(string|none|null|your|my|change|example|secret|password|token|test|dummy|redacted|\.\.\.)|\.\.\.|\*\*\*").ok()
});

pub(super) fn many_required(seen: &Seen<'_, '_>, found: &mut Found) {
    let required = seen.json["inputSchema"]["required"]
        .as_array()
        .map_or(0, Vec::len);
    if required > REQUIRED {
        found.push(format!("{required} arguments must be given"));
    }
}

pub(super) fn many(seen: &Seen<'_, '_>, found: &mut Found) {
    let count = seen.arguments().count();
    if count > ARGUMENTS {
        found.push(format!("it takes {count} arguments"));
    }
}

/// What can be only one thing need not be asked for.
pub(super) fn one_value(seen: &Seen<'_, '_>, found: &mut Found) {
    let required = seen.json["inputSchema"]["required"].as_array();
    let required: Vec<&str> = required
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    for (name, schema) in seen
        .arguments()
        .filter(|(name, _)| required.contains(&name.as_str()))
    {
        let values = schema.get("enum").and_then(Value::as_array);
        let only = values
            .filter(|values| values.len() == 1)
            .and_then(|values| values.first());
        if let Some(value) = only.or(schema.get("const")) {
            let text = format!("`{name}` must be given, and can be nothing but `{value}`");
            found.of(Some(name), text);
        }
    }
}

/// Names that are told apart by nothing but case and signs.
pub(super) fn lookalikes(seen: &Seen<'_, '_>, found: &mut Found) {
    let mut known: HashMap<String, &str> = HashMap::new();
    for (name, _) in seen.arguments() {
        let plain = name.to_lowercase().replace(['_', '-', '.'], "");
        if let Some(other) = known.insert(plain, name) {
            let text = format!("`{other}` and `{name}` are hard to tell apart");
            found.of(Some(name), text);
        }
    }
}

/// What is in a list of tools is known to everybody who can read it; what is in the code, to everybody who has that.
pub(super) fn secrets(seen: &Seen<'_, '_>, found: &mut Found) {
    for spot in seen.spots.iter().filter(|spot| spot.side == Side::Input) {
        let name = spot.name().unwrap_or_default();
        let examples = spot.schema.get("examples").and_then(Value::as_array);
        let values = ["default", "const"]
            .iter()
            .filter_map(|key| spot.schema.get(*key));
        if values
            .chain(examples.into_iter().flatten())
            .any(|value| is_secret(name, value))
        {
            let text = format!("what `{name}` is by default or in an example looks like a secret");
            found.of(spot.argument, text);
        }
    }
    for (name, _) in seen
        .besides
        .constants
        .iter()
        .filter(|(name, value)| is_secret(name, value))
    {
        let text = format!("what is always sent as `{name}` looks like a secret");
        found.of(Some(name), text);
    }
    if SECRET
        .as_ref()
        .is_some_and(|secret| secret.is_match(seen.text()))
    {
        found.push("there is something in its description that looks like a secret".to_owned());
    }
}

fn is_secret(name: &str, value: &Value) -> bool {
    let Some(text) = value.as_str() else {
        return value
            .as_object()
            .is_some_and(|map| map.iter().any(|(name, value)| is_secret(name, value)));
    };
    let fits = |pattern: &Option<Regex>, text: &str| {
        pattern
            .as_ref()
            .is_some_and(|pattern| pattern.is_match(text))
    };
    fits(&SECRET, text) || (fits(&SECRET_NAME, name) && !fits(&STAND_IN, text))
}
