//! Tools as text for people: a table of all, or one as it is served.

use std::fmt::Write as _;

use serde_json::Value;

use super::{Listed, total};
use crate::plan::{PlannedTool, Saving};

/// Characters of a line of arguments.
const ARGUMENTS: usize = 44;

/// A header, a row for each tool, and what is told of all of them.
pub(super) fn table(system: &Listed) -> String {
    let mut text = head(system);
    let header = ["NAME", "ENDPOINT", "ARGUMENTS", "TOKENS", "ANNOTATIONS"];
    let header = header.map(|title| vec![title.to_owned()]);
    let rows: Vec<Row> = [header]
        .into_iter()
        .chain(system.tools.iter().map(row))
        .collect();
    text += &aligned(&rows);
    if system.tools.iter().any(|tool| !required(tool).is_empty()) {
        text.push_str("\n* required\n");
    }
    for tool in &system.tools {
        if let Some(saving) = tool.saving {
            let _ = writeln!(
                text,
                "\n{}: its example answer is {}",
                tool.name,
                saved(saving)
            );
        }
    }
    text
}

/// How many tools there are, what they cost, and what is served together.
fn head(system: &Listed) -> String {
    let (name, count, tokens) = (&system.name, system.tools.len(), system.tokens);
    let tools = plural(count);
    let mut text = match &system.search {
        None => format!("{name}: {count} {tools}, {tokens} tokens\n\n"),
        Some(search) => {
            let finders: Vec<&str> = search.tools.iter().map(|(name, _)| name.as_str()).collect();
            format!(
                "{name}: {} tools listed, {tokens} tokens; {count} {tools} of {} tokens behind {}\n\n",
                search.listed,
                total(&system.tools),
                finders.join(", ")
            )
        }
    };
    for (index, profile) in system.profiles.iter().enumerate() {
        let default = if index == 0 { ", the default" } else { "" };
        let (name, count) = (&profile.name, profile.tools.len());
        let tools = plural(count);
        let _ = writeln!(
            text,
            "profile {name}{default}: {count} {tools}, {} tokens",
            profile.tokens
        );
    }
    if !system.profiles.is_empty() {
        text.push('\n');
    }
    text
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "tool" } else { "tools" }
}

/// The lines of each cell.
type Row = [Vec<String>; 5];

/// The column of numbers.
const TOKENS: usize = 3;

fn row(tool: &PlannedTool) -> Row {
    let mut names = vec![tool.name.clone()];
    names.extend(tool.aliases.iter().map(|alias| format!("  also {alias}")));
    [
        names,
        vec![format!("{} {}", tool.method, tool.path)],
        arguments(tool),
        vec![tool.tokens.to_string()],
        vec![annotations(&tool.json["annotations"])],
    ]
}

/// The names of the arguments, the required ones marked, in lines of [`ARGUMENTS`].
fn arguments(tool: &PlannedTool) -> Vec<String> {
    let required = required(tool);
    let mut lines = vec![String::new()];
    for (index, name) in tool.arguments.iter().enumerate() {
        let mark = if required.contains(&name.as_str()) {
            "*"
        } else {
            ""
        };
        let end = if index + 1 < tool.arguments.len() {
            ","
        } else {
            ""
        };
        let word = format!("{name}{mark}{end}");
        match lines.last_mut() {
            Some(line) if line.is_empty() => *line = word,
            Some(line) if line.chars().count() + 1 + word.chars().count() <= ARGUMENTS => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    if tool.arguments.is_empty() {
        lines = vec!["-".to_owned()];
    }
    lines
}

fn required(tool: &PlannedTool) -> Vec<&str> {
    let names = tool.json["inputSchema"]["required"].as_array();
    names
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

/// What clients take a tool to do, as tools.yaml says it. What is not told is as MCP takes for granted, and whether a
/// tool destroys or repeats counts only where it is not read-only (ToolAnnotations).
fn annotations(told: &Value) -> String {
    let is = |hint: &str, default: bool| told[hint].as_bool().unwrap_or(default);
    let read_only = is("readOnlyHint", false);
    let words = [
        ("read_only", read_only),
        ("destructive", !read_only && is("destructiveHint", true)),
        ("idempotent", !read_only && is("idempotentHint", false)),
        ("open_world", is("openWorldHint", true)),
    ];
    let words: Vec<&str> = words
        .iter()
        .filter_map(|(word, holds)| holds.then_some(*word))
        .collect();
    if words.is_empty() {
        return "-".to_owned();
    }
    words.join(", ")
}

/// The rows in columns as wide as they must be, two blanks between; numbers to the right.
fn aligned(rows: &[Row]) -> String {
    let width = |column: usize| {
        let lines = rows.iter().flat_map(|row| &row[column]);
        lines
            .map(|line| line.chars().count())
            .max()
            .unwrap_or_default()
    };
    let widths: [usize; 5] = std::array::from_fn(width);
    let mut text = String::new();
    for row in rows {
        let height = row.iter().map(Vec::len).max().unwrap_or_default();
        for line in 0..height {
            let mut written = String::new();
            for (column, cell) in row.iter().enumerate() {
                let words = cell.get(line).map(String::as_str).unwrap_or_default();
                let width = widths[column];
                let _ = match column {
                    TOKENS => write!(written, "{words:>width$}  "),
                    _ => write!(written, "{words:width$}  "),
                };
            }
            text.push_str(written.trim_end());
            text.push('\n');
        }
    }
    text
}

/// What a table saves of the document's example.
fn saved(saving: Saving) -> String {
    let Saving { json, table } = saving;
    let share = (table as f64 / json.max(1) as f64 - 1.0) * 100.0;
    format!("{table} tokens as a table, {json} as JSON ({share:+.0} %)")
}

/// One tool: a line of what agents do not see, then exactly what they see.
pub(super) fn page(tool: &PlannedTool) -> String {
    let PlannedTool {
        name,
        method,
        path,
        tokens,
        ..
    } = tool;
    let mut text = format!("{name}: {method} {path}, {tokens} tokens");
    if !tool.aliases.is_empty() {
        let _ = write!(text, ", also {}", tool.aliases.join(", "));
    }
    if let Some(saving) = tool.saving {
        let _ = write!(text, "; its example answer is {}", saved(saving));
    }
    let _ = writeln!(text, "\n\n{:#}", tool.json);
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::annotations;

    #[test]
    fn what_is_not_told_is_as_the_protocol_takes_it() {
        let all = |read: bool, destroys: bool, again: bool, open: bool| {
            annotations(
                &json!({"readOnlyHint": read, "destructiveHint": destroys, "idempotentHint": again, "openWorldHint": open}),
            )
        };
        assert_eq!(annotations(&json!(null)), "destructive, open_world");
        assert_eq!(
            annotations(&json!({"readOnlyHint": true, "openWorldHint": false})),
            "read_only"
        );
        assert_eq!(all(true, true, true, false), "read_only");
        assert_eq!(all(false, false, true, false), "idempotent");
        assert_eq!(all(false, false, false, false), "-");
        assert_eq!(all(false, true, false, true), "destructive, open_world");
    }
}
