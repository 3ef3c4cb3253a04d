//! What must hold of the files of every server.

use std::path::{Component, Path};

use serde_json::Value;
use toolwright::write::FileSet;

/// What is wrong with `files`: a path that leaves the folder, a file that does not parse.
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

/// Why a file does not parse; `None` if it does.
fn unreadable(path: &str, text: &str) -> Option<String> {
    match path.rsplit('.').next() {
        Some("rs") => syn::parse_file(text).err().map(|error| error.to_string()),
        Some("toml") => text
            .parse::<toml_edit::DocumentMut>()
            .err()
            .map(|error| error.to_string()),
        Some("json") => serde_json::from_str::<Value>(text)
            .err()
            .map(|error| error.to_string()),
        _ => None,
    }
}
