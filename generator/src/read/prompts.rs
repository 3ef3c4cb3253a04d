//! The files that prompts and resources are made of.

use std::path::Path;

use indexmap::IndexMap;

use super::tools_spec::{FrontMatter, PromptSpec, ToolsSpec};
use super::{Files, neighbour, parsed, sources, typed, unreadable};
use crate::diagnostics::{At, Diagnostic, Diagnostics, FileId, codes};

/// A prompt with its Markdown file.
#[derive(Debug)]
pub struct PromptFile {
    /// As declared, with what the front matter adds.
    pub spec: PromptSpec,
    /// Where each argument is declared.
    pub arguments: IndexMap<String, At>,
    /// The icons' place.
    pub icons: At,
    /// The file.
    pub file: FileId,
    /// Where its text begins, in bytes.
    pub start: usize,
    /// The lines of the text that may stand for something else, by their index.
    pub lines: Vec<(usize, Line)>,
}

/// A line that may stand for something else.
#[derive(Debug)]
pub enum Line {
    /// From here on the user speaks.
    User,
    /// From here on the assistant speaks.
    Assistant,
    /// A file beside the prompt.
    File(Beside),
    /// A URI, which may be that of a resource.
    Uri(String),
}

/// A file that becomes part of the server.
#[derive(Debug)]
pub struct Beside {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Reads the prompts of `spec`; `None` if any cannot be read.
pub(super) fn prompts(
    files: &mut Files,
    spec: &ToolsSpec,
    spec_file: FileId,
    folder: &Path,
    diagnostics: &mut Diagnostics,
) -> Option<IndexMap<String, PromptFile>> {
    let at = At::value(spec_file, "/prompts");
    let mut prompts = IndexMap::new();
    let mut complete = true;
    for (name, spec) in &spec.prompts {
        let read = prompt(files, spec, &at.child(name), folder, diagnostics);
        complete &= read.is_some();
        prompts.extend(read.map(|prompt| (name.clone(), prompt)));
    }
    complete.then_some(prompts)
}

fn prompt(
    files: &mut Files,
    spec: &PromptSpec,
    at: &At,
    folder: &Path,
    diagnostics: &mut Diagnostics,
) -> Option<PromptFile> {
    let path = folder.join(&spec.file);
    let file = match files.load_markdown(&path) {
        Ok(file) => file,
        Err((file, reason)) => {
            let shown = files.file(file).path.clone();
            diagnostics.push(missing(at.child("file"), &shown, &path, &reason));
            return None;
        }
    };
    parsed(files, file, diagnostics)?;
    let front: FrontMatter = match files.file(file).value.is_null() {
        true => FrontMatter::default(),
        false => typed(files, file, diagnostics)?,
    };
    let root = At::value(file, "");
    let mut arguments = IndexMap::new();
    let mut merged = IndexMap::new();
    for (all, at) in [(&front.arguments, &root), (&spec.arguments, at)] {
        for (name, argument) in all {
            arguments.insert(name.clone(), at.child("arguments").child(name));
            merged.insert(name.clone(), argument.clone());
        }
    }
    let own_icons = !spec.icons.is_empty();
    let start = files.file(file).body();
    let home = path.parent().unwrap_or(Path::new(""));
    Some(PromptFile {
        icons: if own_icons { at } else { &root }.child("icons"),
        lines: lines(files, file, start, home, diagnostics)?,
        spec: PromptSpec {
            file: spec.file.clone(),
            title: spec.title.clone().or(front.title),
            description: spec.description.clone().or(front.description),
            arguments: merged,
            icons: if own_icons {
                spec.icons.clone()
            } else {
                front.icons
            },
        },
        arguments,
        file,
        start,
    })
}

/// The lines of the text that may stand for something else; code is left alone.
fn lines(
    files: &Files,
    file: FileId,
    start: usize,
    home: &Path,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<(usize, Line)>> {
    let mut found = Vec::new();
    let mut fence: Option<&str> = None;
    let mut complete = true;
    let mut offset = start;
    for (index, line) in files.file(file).text[start..].split('\n').enumerate() {
        let text = line.trim();
        let begin = offset + (line.len() - line.trim_start().len());
        offset += line.len() + 1;
        let mark = ["```", "~~~"]
            .into_iter()
            .find(|mark| text.starts_with(mark));
        match (fence, mark) {
            (Some(open), Some(mark)) if open == mark => fence = None,
            (None, Some(mark)) => fence = Some(mark),
            _ => {}
        }
        if fence.is_some() || mark.is_some() {
            continue;
        }
        let at = At::bytes(file, begin..begin + text.len());
        if let Some(role) = role(text) {
            match role {
                "user" => found.push((index, Line::User)),
                "assistant" => found.push((index, Line::Assistant)),
                _ => {
                    let message = format!("`{role}` cannot speak in a prompt");
                    let help = "messages are by `user` or `assistant`";
                    diagnostics.push(Diagnostic::error(codes::BAD_PROMPT, at, message).help(help));
                    complete = false;
                }
            }
        } else if let Some(target) = link(text) {
            if is_uri(target) {
                found.push((index, Line::Uri(target.to_owned())));
            } else if !target.starts_with(['#', '/']) {
                match beside(files, at, home, target) {
                    Ok(beside) => found.push((index, Line::File(beside))),
                    Err(diagnostic) => {
                        diagnostics.push(diagnostic);
                        complete = false;
                    }
                }
            }
        }
    }
    complete.then_some(found)
}

/// The role in `---role---`.
fn role(line: &str) -> Option<&str> {
    let role = line.strip_prefix("---")?.strip_suffix("---")?;
    let plain = !role.is_empty() && role.bytes().all(|byte| byte.is_ascii_lowercase());
    plain.then_some(role)
}

/// The target of a line that is one image or link of Markdown.
fn link(line: &str) -> Option<&str> {
    let line = line.strip_prefix('!').unwrap_or(line);
    let (text, target) = line.strip_prefix('[')?.split_once("](")?;
    let target = target.strip_suffix(')')?;
    let one = !text.contains(']') && !target.contains("](") && !target.is_empty();
    one.then_some(target)
}

/// Whether a target is a URI, or becomes what its arguments make it.
fn is_uri(target: &str) -> bool {
    let scheme = target.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    });
    scheme || target.contains("{{") || target.contains("{%")
}

/// Reads the files of resources; `None` if any cannot be read.
pub(super) fn resource_files(
    files: &Files,
    spec: &ToolsSpec,
    spec_file: FileId,
    folder: &Path,
    diagnostics: &mut Diagnostics,
) -> Option<IndexMap<String, Beside>> {
    let mut found = IndexMap::new();
    let mut complete = true;
    for (name, resource) in &spec.resources {
        let Some(file) = &resource.file else { continue };
        let at = At::value(spec_file, "/resources").child(name).child("file");
        match beside(files, at, folder, file) {
            Ok(beside) => _ = found.insert(name.clone(), beside),
            Err(diagnostic) => {
                diagnostics.push(diagnostic);
                complete = false;
            }
        }
    }
    complete.then_some(found)
}

fn beside(files: &Files, at: At, folder: &Path, target: &str) -> Result<Beside, Diagnostic> {
    let path = folder.join(target);
    files.visit(&path);
    match std::fs::read(&path) {
        Ok(bytes) => Ok(Beside {
            name: path.file_name().map_or_else(
                || target.to_owned(),
                |name| name.to_string_lossy().into_owned(),
            ),
            bytes,
        }),
        Err(error) => Err(missing(
            at,
            &sources::shown(&path),
            &path,
            &sources::plain(&error),
        )),
    }
}

fn missing(at: At, shown: &str, path: &Path, reason: &str) -> Diagnostic {
    let diagnostic = unreadable(at, shown, reason);
    let ending = path
        .extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default();
    match neighbour(path, "", &[ending]) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_more_than_text() {
        for (line, expected) in [
            ("![a](b.png)", Some("b.png")),
            ("[a b](shop://x/{{ y }})", Some("shop://x/{{ y }}")),
            ("see [a](b)", None),
            ("[a](b) and", None),
            ("[a](b) [c](d)", None),
            ("[a]()", None),
            ("- [a](b)", None),
        ] {
            assert_eq!(link(line), expected, "{line}");
        }
        assert_eq!(role("---user---"), Some("user"));
        assert_eq!(role("---"), None);
        assert_eq!(role("------"), None);
        assert_eq!(role("--- a ---"), None);
        for (target, expected) in [
            ("https://a", true),
            ("shop:a", true),
            ("{{ uri }}", true),
            ("a/b.png", false),
            ("#a", false),
        ] {
            assert_eq!(is_uri(target), expected, "{target}");
        }
    }
}
