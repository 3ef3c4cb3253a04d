//! A client that takes nothing but what every current client accepts (DESIGN.md, *What an agent sees*).

mod keywords;
mod patterns;
mod schema;

use std::collections::HashSet;

use serde_json::Value;

/// The longest name.
const NAME: usize = 52;
/// The longest description in bytes.
const DESCRIPTION: usize = 2048;

/// What a strict client refuses of a list of tools: the rule, and where it is broken.
pub(crate) fn problems(tools: &Value) -> Vec<Problem> {
    let mut found = Vec::new();
    let Some(tools) = tools.as_array() else {
        return vec![Problem::new("the list is not an array", String::new())];
    };
    let mut names = HashSet::new();
    for tool in tools {
        let name = tool["name"].as_str().unwrap_or_default();
        let mut say =
            |rule: &'static str, at: &str| found.push(Problem::new(rule, format!("{name}{at}")));
        if name.is_empty() || name.len() > NAME || !name.chars().all(in_a_name) {
            say("the name is not 1 to 52 of [a-zA-Z0-9_-]", "");
        }
        if !names.insert(name) {
            say("the name is not unique", "");
        }
        match tool["description"].as_str() {
            Some(text) if !text.trim().is_empty() && text.len() <= DESCRIPTION => {}
            Some(text) if text.len() > DESCRIPTION => {
                say("the description is longer than 2 KB", "")
            }
            _ => say("there is no description", ""),
        }
        schema::input(&tool["inputSchema"], &mut |rule, at| {
            say(rule, &format!(" inputSchema{at}"))
        });
        if let Some(output) = tool.get("outputSchema") {
            schema::output(output, &mut |rule, at| {
                say(rule, &format!(" outputSchema{at}"))
            });
        }
        for (hint, value) in tool["annotations"].as_object().into_iter().flatten() {
            if !(value.is_boolean() || hint == "title" && value.is_string()) {
                say("an annotation is not a boolean", &format!(" {hint}"));
            }
        }
    }
    found
}

/// A rule that is broken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Problem {
    /// What is wrong.
    pub(crate) rule: String,
    /// In which tool and where in its schema.
    pub(crate) place: String,
}

impl Problem {
    pub(crate) fn new(rule: impl Into<String>, place: impl Into<String>) -> Self {
        Self {
            rule: rule.into(),
            place: place.into(),
        }
    }
}

fn in_a_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_' || letter == '-'
}

fn is_key(key: &str) -> bool {
    (1..=64).contains(&key.len()) && key.chars().all(|letter| in_a_name(letter) || letter == '.')
}
