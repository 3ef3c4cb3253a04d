//! What must hold of the files of every server.

use std::path::{Component, Path};

use proc_macro2::{TokenStream, TokenTree};
use serde_json::Value;
use toolwright::write::FileSet;

use crate::dictionary::{INVISIBLE, MARK};

/// What is wrong with `files`: a path that leaves the folder, a file that
/// does not parse, text of the input that became code.
pub fn faults(files: &FileSet) -> Vec<String> {
    let mut wrong = Vec::new();
    let paths = files.files.keys().chain(&files.owned);
    for path in paths {
        let plain = Path::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        if path.is_empty() || !plain || path.contains(['\\', '\0', ':']) {
            wrong.push(format!("a path outside of the folder: {path:?}"));
        }
    }
    // The runtime's source is always the same.
    let own = files
        .files
        .iter()
        .filter(|(path, _)| !path.starts_with("runtime/"));
    wrong.extend(
        own.filter_map(|(path, text)| Some(format!("{path}: {}", unreadable(path, text)?))),
    );
    wrong
}

/// Why a file is not as it must be; `None` if it is.
fn unreadable(path: &str, text: &str) -> Option<String> {
    let kind = path.rsplit('.').next()?;
    if kind != "json"
        && let Some(hidden) = text
            .chars()
            .find(|c| INVISIBLE.contains(c) || *c == '\u{1b}')
    {
        return Some(format!("U+{:04X} is hidden in it", hidden as u32));
    }
    match kind {
        "rs" => match syn::parse_file(text) {
            Err(error) => Some(error.to_string()),
            Ok(_) => text
                .parse()
                .is_ok_and(runs)
                .then(|| format!("text became code: {MARK}")),
        },
        "toml" => match text.parse::<toml_edit::DocumentMut>() {
            Err(error) => Some(error.to_string()),
            Ok(manifest) => {
                let added = manifest
                    .iter()
                    .any(|(key, item)| key == MARK || item.get(MARK).is_some());
                added.then(|| format!("text became a key: {MARK}"))
            }
        },
        "json" => serde_json::from_str::<Value>(text)
            .err()
            .map(|error| error.to_string()),
        "md" => bare(text)
            .contains("<script")
            .then(|| "text became an element of HTML".to_owned()),
        _ => None,
    }
}

/// Whether the mark is a word of the code, outside of literals and comments. No name becomes this one:
/// identifiers are written in other cases.
fn runs(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => runs(group.stream()),
        TokenTree::Ident(ident) => ident == MARK,
        _ => false,
    })
}

/// Markdown without its code.
fn bare(text: &str) -> String {
    let mut fenced = false;
    let mut out = String::new();
    for line in text.lines() {
        if line.starts_with("```") || line.starts_with("~~~") {
            fenced = !fenced;
        } else if !fenced {
            out.extend(line.split('`').step_by(2));
            out.push('\n');
        }
    }
    out
}
