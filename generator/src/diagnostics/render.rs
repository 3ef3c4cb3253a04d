//! Diagnostics as text for people, JSON for scripts and annotations for GitHub. Only this file knows a renderer.

mod window;

use std::fmt::Write as _;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde_json::json;

use super::codes::{self, Code};
use super::{At, Diagnostic, Diagnostics, Severity};
use crate::read::Files;
use window::Window;

/// How diagnostics are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// As rustc does, without colours.
    #[default]
    Text,
    /// As rustc does, with the terminal's colours.
    Colours,
    /// One JSON object a line.
    Json,
    /// Workflow commands of GitHub Actions, one a line.
    Github,
}

/// Warnings and advice of one code that people are shown; of more there is the number.
const SHOWN: usize = 8;
/// Of what has changed in a document all is shown: that is what was asked for.
const COMPLETE: [Code; 2] = [codes::OTHER_ARGUMENT, codes::OTHER_ANSWER];

/// Everything recorded, in `format`, ending with a line break unless there is nothing.
pub fn render(diagnostics: &Diagnostics, files: &Files, format: Format) -> String {
    let renderer = match format {
        Format::Text => Renderer::plain(),
        Format::Colours => Renderer::styled(),
        Format::Json => return lines(diagnostics, |one| json_line(one, files)),
        Format::Github => return lines(diagnostics, |one| github(one, files)),
    };
    let mut counts: Vec<(Code, usize)> = Vec::new();
    let shown = lines(diagnostics, |one| {
        let known = counts.iter().position(|(code, _)| *code == one.code);
        let index = known.unwrap_or_else(|| {
            counts.push((one.code, 0));
            counts.len() - 1
        });
        if !COMPLETE.contains(&one.code) {
            counts[index].1 += 1;
        }
        match one.severity {
            Severity::Warning | Severity::Advice if counts[index].1 > SHOWN => String::new(),
            _ => text(one, files, &renderer),
        }
    });
    let errors = |code: Code| {
        diagnostics
            .iter()
            .any(|one| one.code == code && one.severity == Severity::Error)
    };
    counts.retain(|(code, count)| *count > SHOWN && !errors(*code));
    let more = counts.iter().map(|(code, count)| {
        let more = count - SHOWN;
        format!(
            "… and {more} more of {}; `--format json` lists them all\n\n",
            code.name
        )
    });
    shown + &more.collect::<String>()
}

/// What is written of each, a line break behind each that has anything.
fn lines(diagnostics: &Diagnostics, mut line: impl FnMut(&Diagnostic) -> String) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics.iter() {
        let line = line(diagnostic);
        if !line.is_empty() {
            out.push_str(&line);
            out.push('\n');
        }
    }
    out
}

/// One diagnostic in rustc's manner; two line breaks keep it apart from the next.
fn text(diagnostic: &Diagnostic, files: &Files, renderer: &Renderer) -> String {
    let windows = windows(diagnostic, files);
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Advice => Level::NOTE.with_name("advice"),
    };
    let title = level
        .primary_title(&diagnostic.message)
        .id(diagnostic.code.name);
    let mut group = Group::with_title(title);
    for (window, labels) in &windows {
        let file = files.file(labels[0].0.file);
        if file.text.is_empty() {
            // A file that could not be read has nothing to show.
            group = group.element(Origin::path(&file.path));
            continue;
        }
        let mut snippet = Snippet::source(window.text.as_str()).line_start(window.line);
        for (at, words) in labels {
            snippet = snippet.path(&files.file(at.file).path);
            let primary = diagnostic
                .labels
                .first()
                .is_some_and(|(first, _)| first == *at);
            let kind = if primary {
                AnnotationKind::Primary
            } else {
                AnnotationKind::Context
            };
            let annotation = kind.span(window.span(&files.shown(at)));
            snippet = snippet.annotation(if words.is_empty() {
                annotation
            } else {
                annotation.label(*words)
            });
        }
        group = group.element(snippet);
    }
    let mut report = vec![group];
    let help = diagnostic.way_out();
    report.push(Group::with_title(Level::HELP.secondary_title(&help)));
    let mut out = renderer.render(&report);
    for (window, labels) in windows.iter().filter(|(window, _)| window.cut) {
        // The renderer counts columns in the shortened line.
        for (at, _) in labels {
            let (path, position) = (&files.file(at.file).path, files.position(at));
            let column = window.column(&files.shown(at));
            let place = |column: usize| format!("{path}:{}:{column}", position.line);
            out = out.replacen(&place(column), &place(position.column), 1);
        }
    }
    out.push('\n');
    out
}

/// The excerpts that show all labels of a diagnostic: near places of one file share one.
fn windows<'a>(diagnostic: &'a Diagnostic, files: &Files) -> Vec<(Window, Vec<(&'a At, &'a str)>)> {
    const NEAR: usize = 12;
    let mut clusters: Vec<Vec<(&At, &str)>> = Vec::new();
    for (at, words) in &diagnostic.labels {
        let line = files.position(at).line;
        let near = clusters.iter_mut().find(|labels| {
            labels.iter().any(|(other, _)| {
                let there = files.position(other).line;
                other.file == at.file && there.abs_diff(line) <= NEAR && there != line
            })
        });
        match near {
            Some(labels) => labels.push((at, words)),
            None => clusters.push(vec![(at, words)]),
        }
    }
    let window = |labels: &[(&At, &str)]| {
        let ranges: Vec<_> = labels.iter().map(|(at, _)| files.shown(at)).collect();
        Window::new(files.file(labels[0].0.file), &ranges)
    };
    clusters
        .into_iter()
        .map(|labels| (window(&labels), labels))
        .collect()
}

fn json_line(diagnostic: &Diagnostic, files: &Files) -> String {
    let at = diagnostic.labels.first().map(|(at, _)| {
        let position = files.position(at);
        json!({"file": files.file(at.file).path, "line": position.line, "column": position.column})
    });
    json!({
        "code": diagnostic.code.name,
        "severity": diagnostic.severity.to_string(),
        "message": diagnostic.message,
        "at": at,
        "help": diagnostic.way_out(),
    })
    .to_string()
}

/// A workflow command: `::error file=…,line=…,col=…,title=TW0302::message`.
fn github(diagnostic: &Diagnostic, files: &Files) -> String {
    let command = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "notice",
    };
    let mut line = format!("::{command} ");
    if let Some((at, _)) = diagnostic.labels.first() {
        let position = files.position(at);
        let path = property(&files.file(at.file).path);
        let _ = write!(
            line,
            "file={path},line={},col={},",
            position.line, position.column
        );
    }
    let _ = write!(
        line,
        "title={}::{}",
        diagnostic.code.name,
        data(&diagnostic.message)
    );
    let help = format!("help: {}", diagnostic.way_out());
    let _ = write!(line, "%0A{}", data(&help));
    line
}

/// Escapes the message of a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Escapes a property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests;
