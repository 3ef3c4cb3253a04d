//! Changes as text for people, JSON for scripts, Markdown for a pull request and annotations for GitHub.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Change, Class, Suggestion, count};

/// How changes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// The same with the terminal's colours.
    Colours,
    /// One JSON object.
    Json,
    /// For a pull request.
    Markdown,
    /// Workflow commands of GitHub Actions, one a line.
    Github,
}

const CLASSES: [Class; 3] = [Class::Breaking, Class::Compatible, Class::Wording];

/// The changes in `format`, with what to write in the tools spec where that is asked for.
pub(crate) fn render(
    changes: &[Change],
    suggestions: Option<&[Suggestion]>,
    format: Format,
) -> String {
    match format {
        Format::Text => text(changes, suggestions, false),
        Format::Colours => text(changes, suggestions, true),
        Format::Json => json_object(changes, suggestions),
        Format::Markdown => markdown(changes, suggestions),
        Format::Github => github(changes),
    }
}

/// The changes of each tool, in order.
fn by_tool(changes: &[Change]) -> Vec<(&str, Vec<&Change>)> {
    let mut groups: Vec<(&str, Vec<&Change>)> = Vec::new();
    for change in changes {
        match groups.iter_mut().find(|(tool, _)| *tool == change.tool) {
            Some((_, group)) => group.push(change),
            None => groups.push((&change.tool, vec![change])),
        }
    }
    for (_, group) in &mut groups {
        group.sort_by_key(|change| change.class);
    }
    groups
}

/// `2 breaking, 1 compatible, 3 wording`.
fn counts(changes: &[Change]) -> String {
    let told = CLASSES
        .into_iter()
        .filter_map(|class| match count(changes, class) {
            0 => None,
            number => Some(format!("{number} {}", class.name())),
        });
    match told.collect::<Vec<_>>().join(", ") {
        told if told.is_empty() => "nothing changes for agents".to_owned(),
        told => told,
    }
}

fn place(change: &Change) -> String {
    let position = change.at.position;
    format!("{}:{}:{}", change.at.file, position.line, position.column)
}

fn text(changes: &[Change], suggestions: Option<&[Suggestion]>, colours: bool) -> String {
    let paint = |code: &str, text: &str| match colours {
        true => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        false => text.to_owned(),
    };
    let colour = |class| match class {
        Class::Breaking => "1;31",
        Class::Compatible => "1;32",
        Class::Wording => "1;36",
    };
    let mut out = String::new();
    for (tool, group) in by_tool(changes) {
        let _ = writeln!(
            out,
            "{}",
            paint("1", if tool.is_empty() { "(server)" } else { tool })
        );
        for change in group {
            let class = format!("{:10}", change.class.name());
            let _ = writeln!(
                out,
                "  {} {}",
                paint(colour(change.class), &class),
                change.message
            );
            let _ = writeln!(
                out,
                "  {:10} {} {}",
                "",
                paint("1;34", "-->"),
                place(change)
            );
        }
        out.push('\n');
    }
    if let Some(suggestions) = suggestions.filter(|all| !all.is_empty()) {
        out.push_str("to keep old callers working, write in tools.yaml:\n\n");
        out.push_str(&yaml(suggestions));
        out.push('\n');
    }
    let _ = writeln!(out, "{}", counts(changes));
    out
}

fn yaml(suggestions: &[Suggestion]) -> String {
    let entries: String = suggestions.iter().map(Suggestion::yaml).collect();
    format!("tools:\n{entries}")
}

fn json_object(changes: &[Change], suggestions: Option<&[Suggestion]>) -> String {
    let change = |change: &Change| {
        json!({
            "tool": change.tool,
            "kind": change.kind,
            "class": change.class.name(),
            "subject": change.subject,
            "message": change.message,
            "at": {
                "file": change.at.file,
                "line": change.at.position.line,
                "column": change.at.position.column,
            },
        })
    };
    let mut object = json!({ "changes": changes.iter().map(change).collect::<Vec<Value>>() });
    for class in CLASSES {
        object[class.name()] = json!(count(changes, class));
    }
    if let Some(suggestions) = suggestions {
        let suggestion =
            |one: &Suggestion| json!({ "tool": one.tool, "entry": one.entry(), "open": one.open });
        object["suggestions"] = suggestions.iter().map(suggestion).collect();
    }
    format!("{object}\n")
}

fn markdown(changes: &[Change], suggestions: Option<&[Suggestion]>) -> String {
    let mut out = format!("### What changes for agents: {}\n", counts(changes));
    for class in CLASSES {
        let of_class: Vec<&Change> = changes
            .iter()
            .filter(|change| change.class == class)
            .collect();
        if of_class.is_empty() {
            continue;
        }
        let title = match class {
            Class::Breaking => "Breaking",
            Class::Compatible => "Compatible",
            Class::Wording => "Wording",
        };
        let folded = class == Class::Wording;
        if folded {
            let _ = write!(
                out,
                "\n<details><summary>{title} ({})</summary>\n",
                of_class.len()
            );
        } else {
            let _ = write!(out, "\n#### {title}\n");
        }
        out.push_str("\n| tool | change | place |\n|---|---|---|\n");
        for change in of_class {
            let tool = if change.tool.is_empty() {
                "(server)".to_owned()
            } else {
                format!("`{}`", change.tool)
            };
            let _ = writeln!(
                out,
                "| {tool} | {} | {} |",
                cell(&change.message),
                cell(&place(change))
            );
        }
        if folded {
            out.push_str("\n</details>\n");
        }
    }
    if let Some(suggestions) = suggestions.filter(|all| !all.is_empty()) {
        let _ = write!(
            out,
            "\n#### To keep old callers working\n\n```yaml\n{}```\n",
            yaml(suggestions)
        );
    }
    out
}

/// Text in a table of Markdown: one line, and nothing that ends the cell or is HTML. Code keeps its signs.
fn cell(text: &str) -> String {
    let mut out = String::new();
    let mut code = false;
    for c in text.chars() {
        match c {
            '`' => {
                code = !code;
                out.push(c);
            }
            '|' => out.push_str("\\|"),
            '\n' | '\r' => out.push(' '),
            '<' if !code => out.push_str("&lt;"),
            '@' if !code => out.push_str("&#64;"),
            c => out.push(c),
        }
    }
    out
}

/// Workflow commands: breaking changes are errors, the others are notices.
fn github(changes: &[Change]) -> String {
    let data = |text: &str| {
        text.replace('%', "%25")
            .replace('\r', "%0D")
            .replace('\n', "%0A")
    };
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let mut out = String::new();
    for change in changes {
        let command = match change.class {
            Class::Breaking => "error",
            Class::Compatible | Class::Wording => "notice",
        };
        let tool = if change.tool.is_empty() {
            String::new()
        } else {
            format!("{}: ", change.tool)
        };
        let position = change.at.position;
        let _ = writeln!(
            out,
            "::{command} file={},line={},col={},title={} ({})::{}",
            property(&change.at.file),
            position.line,
            position.column,
            property(change.class.name()),
            property(change.kind),
            data(&format!("{tool}{}", change.message)),
        );
    }
    out
}
