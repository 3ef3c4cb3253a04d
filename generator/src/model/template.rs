//! The text of a prompt as a template: what it uses, and what keeps it from being filled in.
//!
//! The runtime renders with the same syntax and less of minijinja: what only the generator has is refused.

use std::collections::BTreeMap;
use std::ops::Range;

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, Error, ErrorKind, Value};

/// Tags that lead to other files.
const OTHER_FILES: [&str; 5] = ["block", "extends", "from", "import", "include"];

/// Something wrong with a template.
#[derive(Debug, PartialEq)]
pub(super) struct Fault {
    /// What, as a sentence.
    pub(super) message: String,
    /// Where, on one line.
    pub(super) place: Range<usize>,
}

/// A variable and where it is used first.
#[derive(Debug, PartialEq)]
pub(super) struct Used {
    pub(super) name: String,
    pub(super) place: Range<usize>,
}

/// The variables that `text` uses and does not set, in the order of their first use.
///
/// # Errors
/// If it is no template.
pub(super) fn variables(text: &str) -> Result<Vec<Used>, Fault> {
    for (place, tag) in tags(text) {
        let word = tag.trim_start_matches(['-', '+']).trim_start();
        let word = word
            .split(|c: char| !c.is_alphanumeric())
            .next()
            .unwrap_or_default();
        if text[place.clone()].starts_with("{%") && OTHER_FILES.contains(&word) {
            let message = format!("a prompt is one file: there is no `{word}`");
            return Err(Fault {
                message,
                place: line_of(text, place),
            });
        }
    }
    let environment = environment();
    let template = environment
        .template_from_str(text)
        .map_err(|error| fault(text, &error))?;
    let known: Vec<&str> = environment.globals().map(|(name, _)| name).collect();
    let mut used: Vec<Used> = template
        .undeclared_variables(false)
        .into_iter()
        .filter(|name| !known.contains(&name.as_str()))
        .map(|name| Used {
            place: place_of(text, &name),
            name,
        })
        .collect();
    used.sort_by(|a, b| (a.place.start, &a.name).cmp(&(b.place.start, &b.name)));
    Ok(used)
}

/// Fills in `text` to see whether its filters, tests and functions are there.
///
/// # Errors
/// With what is not.
pub(super) fn try_out(text: &str, arguments: &[&str]) -> Result<(), Fault> {
    let environment = environment();
    let values: BTreeMap<String, Value> = arguments
        .iter()
        .map(|name| ((*name).to_owned(), Value::from("1")))
        .collect();
    match environment.render_str(text, Value::from(values)) {
        Err(error) if is_of_template(error.kind()) => Err(fault(text, &error)),
        // What else goes wrong depends on the values.
        _ => Ok(()),
    }
}

fn is_of_template(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::SyntaxError
            | ErrorKind::UnknownFilter
            | ErrorKind::UnknownTest
            | ErrorKind::UnknownFunction
            | ErrorKind::UnknownMethod
            | ErrorKind::TooManyArguments
            | ErrorKind::MissingArgument
    )
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build();
    environment.set_syntax(syntax.unwrap_or_default());
    environment
}

fn fault(text: &str, error: &Error) -> Fault {
    let place = error.range().unwrap_or_else(|| {
        let line = error.line().unwrap_or(1) - 1;
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        start..text.len()
    });
    let kind = error.kind();
    let message = match error.detail() {
        Some(detail) if kind == ErrorKind::SyntaxError => detail.to_owned(),
        Some(detail) => format!("{kind}: {detail}"),
        None => kind.to_string(),
    };
    Fault {
        message,
        place: line_of(text, place),
    }
}

/// The part of `place` that is on its first line.
fn line_of(text: &str, place: Range<usize>) -> Range<usize> {
    let start = place.start.min(text.len());
    let rest = &text[start..];
    let line = rest.find('\n').unwrap_or(rest.len());
    start..(start + line).min(place.end.max(start))
}

/// Where a variable is used first.
fn place_of(text: &str, name: &str) -> Range<usize> {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    for (tag, inside) in tags(text) {
        let begin = tag.start + 2;
        for (at, _) in inside.match_indices(name) {
            let before = inside[..at].chars().next_back();
            let after = inside[at + name.len()..].chars().next();
            let inside_quotes = ['"', '\'']
                .iter()
                .any(|quote| inside[..at].matches(*quote).count() % 2 == 1);
            if !before.is_some_and(|c| word(c) || c == '.')
                && !after.is_some_and(word)
                && !inside_quotes
            {
                return begin + at..begin + at + name.len();
            }
        }
    }
    0..0
}

/// Every tag with what is in it.
fn tags(text: &str) -> Vec<(Range<usize>, &str)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find('{').map(|at| from + at) {
        let end = match text[start..].get(..2) {
            Some("{{") => "}}",
            Some("{%") => "%}",
            Some("{#") => "#}",
            _ => {
                from = start + 1;
                continue;
            }
        };
        let Some(length) = text[start + 2..].find(end) else {
            break;
        };
        from = start + 2 + length + 2;
        if end != "#}" {
            found.push((start..from, &text[start + 2..from - 2]));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_template_uses() {
        let text = "A {{ b.c }} {% if a and 'b' %}x{% endif %}\n{# z #}{% set d = 1 %}{{ d }}{{ range(3) }}{{ b }}";
        let used = variables(text).unwrap();
        let shown: Vec<(&str, &str)> = used
            .iter()
            .map(|used| (used.name.as_str(), &text[used.place.clone()]))
            .collect();
        assert_eq!(shown, [("b", "b"), ("a", "a")]);
        assert_eq!(used[0].place, 5..6);
    }

    #[test]
    fn what_is_no_template() {
        for (text, message, place) in [
            (
                "a\n{{ b",
                "unexpected end of input, expected end of variable block",
                "b",
            ),
            (
                "a\n{% include 'x' %}",
                "a prompt is one file: there is no `include`",
                "{% include 'x' %}",
            ),
            (
                "{{ a b }}",
                "unexpected identifier, expected end of variable block",
                "b",
            ),
        ] {
            let fault = variables(text).unwrap_err();
            assert_eq!(fault.message, message);
            assert_eq!(&text[fault.place], place);
        }
    }

    #[test]
    fn what_is_not_there() {
        let text = "x\n{{ a | shout }}";
        let fault = try_out(text, &["a"]).unwrap_err();
        assert_eq!(fault.message, "unknown filter: filter shout is unknown");
        assert!(text[fault.place].contains("shout"));
        assert_eq!(try_out("{{ a | upper }}{{ a.b.c }}", &["a"]), Ok(()));
        assert_eq!(try_out("{{ a | urlencode }}", &["a"]), Ok(()));
    }
}
