//! Which operations a document has, found without the generator.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::loose;

/// An operation as the document spells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Operation {
    /// In capitals.
    pub(crate) method: String,
    /// The template.
    pub(crate) path: String,
}

/// The method where a path item is at another host, so that nobody knows its methods.
pub(crate) const ELSEWHERE: &str = "(of another host)";

const METHODS: &[&str] = &[
    "get", "put", "post", "delete", "options", "head", "patch", "trace", "query",
];

/// The operations of the document at `root`, sorted: those of its paths, not of webhooks or callbacks.
pub(crate) fn operations(root: &Path) -> Vec<Operation> {
    let mut files = Files::default();
    let Some(document) = files.read(root) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        if path.starts_with("x-") {
            continue;
        }
        let mut seen = Vec::new();
        files.operations(root, item, 0, &mut |method| {
            if !seen.contains(&method) {
                seen.push(method);
            }
        });
        found.extend(seen.into_iter().map(|method| Operation {
            method,
            path: path.clone(),
        }));
    }
    found.sort();
    found
}

/// Files already read.
#[derive(Default)]
struct Files(HashMap<PathBuf, Option<Value>>);

impl Files {
    fn read(&mut self, path: &Path) -> Option<Value> {
        let read = || loose::read(path);
        self.0
            .entry(path.to_path_buf())
            .or_insert_with(read)
            .clone()
    }

    /// Tells `found` the methods of a path item, and of what it refers to.
    fn operations(
        &mut self,
        file: &Path,
        item: &Value,
        depth: usize,
        found: &mut impl FnMut(String),
    ) {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if METHODS.contains(&method.as_str()) && operation.is_object() {
                found(method.to_uppercase());
            }
        }
        for (method, _) in item["additionalOperations"]
            .as_object()
            .into_iter()
            .flatten()
        {
            found(method.to_uppercase());
        }
        let Some(reference) = item["$ref"].as_str() else {
            return;
        };
        let (name, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        if name.contains("://") {
            found(ELSEWHERE.to_owned());
            return;
        }
        if depth == 20 {
            return;
        }
        let file = match name {
            "" => file.to_path_buf(),
            name => file.with_file_name(decoded(name)),
        };
        let target = self
            .read(&file)
            .and_then(|whole| whole.pointer(&decoded(pointer)).cloned());
        if let Some(target) = target {
            self.operations(&file, &target, depth + 1, found);
        }
    }
}

/// Percent-encoding undone.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = tail
            .get(..2)
            .and_then(|pair| std::str::from_utf8(pair).ok());
        let code = code.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match code.filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
