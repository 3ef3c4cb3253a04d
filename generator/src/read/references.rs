//! The other files that a document refers to, read once each.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::sources::{Files, resolved};
use crate::diagnostics::FileId;

/// Files of one document at most.
const MAX_FILES: usize = 10_000;

/// Where a file came from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// A path.
    Path(PathBuf),
    /// A URL.
    Url(url::Url),
}

/// How far references may reach.
#[derive(Debug)]
pub(super) struct Reach {
    /// The folder that relative references stay in.
    pub(super) root: PathBuf,
    /// The folder of a document that was fetched, likewise.
    pub(super) home: Option<url::Url>,
    /// Whether `http` and `https` references are read.
    pub(super) remote: bool,
}

/// What each file refers to.
#[derive(Debug, Default)]
pub struct References {
    files: HashMap<FileId, HashMap<String, Result<FileId, String>>>,
}

impl References {
    /// The file that `target` (a reference without its fragment) means in `from`, or why there is none.
    pub fn target(&self, from: FileId, target: &str) -> Option<&Result<FileId, String>> {
        self.files.get(&from)?.get(target)
    }
}

/// Reads every file that `document` refers to, directly or not.
pub(super) fn load(
    files: &mut Files,
    document: FileId,
    origin: Origin,
    reach: &Reach,
) -> References {
    let mut known: HashMap<Origin, FileId> = HashMap::from([(normal(&origin), document)]);
    let mut references = References::default();
    let mut todo = vec![(document, origin)];
    while let Some((file, origin)) = todo.pop() {
        let mut targets = Vec::new();
        collect(&files.file(file).value, &mut targets);
        let mut found = HashMap::new();
        for target in targets {
            if found.contains_key(&target) {
                continue;
            }
            let result = locate(&origin, &target, reach).and_then(|place| {
                let key = normal(&place);
                if let Some(id) = known.get(&key) {
                    return Ok(*id);
                }
                if known.len() >= MAX_FILES {
                    return Err(format!("the document has more than {MAX_FILES} files"));
                }
                let id = read(files, &place)?;
                known.insert(key, id);
                todo.push((id, place));
                Ok(id)
            });
            if let (Err(_), Origin::Path(from)) = (&result, &origin) {
                files.visit(&from.with_file_name(super::percent_decode(&target)));
            }
            found.insert(target, result);
        }
        references.files.insert(file, found);
    }
    references
}

/// The parts before `#` of every reference in `value` that leads to another file.
fn collect(value: &Value, targets: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match (key.as_str(), value) {
                    ("$ref", Value::String(target)) => note(target, targets),
                    ("mapping", Value::Object(mapping)) => {
                        mapping
                            .values()
                            .filter_map(Value::as_str)
                            .filter(|target| target.contains(['/', '.']))
                            .for_each(|target| note(target, targets));
                    }
                    _ => collect(value, targets),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, targets)),
        _ => {}
    }
}

fn note(reference: &str, targets: &mut Vec<String>) {
    let target = reference.split('#').next().unwrap_or_default();
    if !target.is_empty() && !targets.iter().any(|known| known == target) {
        targets.push(target.to_owned());
    }
}

/// Where `target`, written in the file at `from`, is.
fn locate(from: &Origin, target: &str, reach: &Reach) -> Result<Origin, String> {
    let is_remote = |target: &str| target.contains("://");
    match from {
        _ if is_remote(target) => {
            if !reach.remote {
                return Err("it is on another host; `--allow-remote-refs` reads it".to_owned());
            }
            url::Url::parse(target)
                .map(Origin::Url)
                .map_err(|error| error.to_string())
        }
        Origin::Url(base) => {
            let url = base.join(target).map_err(|error| error.to_string())?;
            // Beside the document or below it, as for files.
            let home = reach.home.as_ref().map(url::Url::as_str);
            if home.is_some_and(|home| url.as_str().starts_with(home)) || reach.remote {
                Ok(Origin::Url(url))
            } else {
                Err(
                    "it is outside the document's folder; `--allow-remote-refs` reads it"
                        .to_owned(),
                )
            }
        }
        Origin::Path(base) => {
            let target = super::percent_decode(target);
            let base = base.canonicalize().unwrap_or_else(|_| base.clone());
            let path = resolved(&base.parent().unwrap_or(Path::new("")).join(target));
            let outside = "it is outside the document's folder; `root:` in tools.yaml says how far references reach";
            // By name first: what lies outside is not even looked for.
            if !path.starts_with(&reach.root) {
                return Err(outside.to_owned());
            }
            let real = path
                .canonicalize()
                .map_err(|_| "there is no such file".to_owned())?;
            if real.starts_with(&reach.root) {
                Ok(Origin::Path(path))
            } else {
                Err(outside.to_owned())
            }
        }
    }
}

/// One spelling for each place.
fn normal(origin: &Origin) -> Origin {
    match origin {
        Origin::Path(path) => Origin::Path(path.canonicalize().unwrap_or_else(|_| resolved(path))),
        Origin::Url(url) => Origin::Url(url.clone()),
    }
}

fn read(files: &mut Files, place: &Origin) -> Result<FileId, String> {
    let id = match place {
        Origin::Path(path) => files.load(path).map_err(|(_, reason)| reason)?,
        Origin::Url(url) => {
            let text = super::fetch::fetch(url.as_str())?;
            files.add(super::SourceFile::new(url.as_str(), text))
        }
    };
    match files.file(id).syntax_error() {
        Some(error) => Err(format!("it is neither YAML nor JSON: {error}")),
        None => Ok(id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn located(from: &Origin, target: &str, remote: bool) -> String {
        let root = std::env::current_dir().and_then(|here| here.canonicalize());
        let home = url::Url::parse("https://example.com/api/").expect("a URL");
        let reach = Reach {
            root: root.expect("a folder"),
            home: Some(home),
            remote,
        };
        match locate(from, target, &reach) {
            Ok(Origin::Path(path)) => path
                .strip_prefix(&reach.root)
                .unwrap_or(&path)
                .to_string_lossy()
                .replace('\\', "/"),
            Ok(Origin::Url(url)) => url.to_string(),
            Err(reason) => reason,
        }
    }

    #[test]
    fn files_stay_within_the_root() {
        let from = Origin::Path(PathBuf::from("src/lib.rs"));
        let outside = "it is outside the document's folder; `root:` in tools.yaml says how far references reach";
        for (target, expected) in [
            ("main.rs", "src/main.rs"),
            ("./read/../main.rs", "src/main.rs"),
            ("../Cargo.toml", "Cargo.toml"),
            ("m%61in.rs", "src/main.rs"),
            ("none.rs", "there is no such file"),
            ("../../README.md", outside),
            ("../../none.md", outside),
            ("/etc/hostname", outside),
            (
                "https://example.com/a.yaml",
                "it is on another host; `--allow-remote-refs` reads it",
            ),
            (
                "file:///etc/hostname",
                "it is on another host; `--allow-remote-refs` reads it",
            ),
        ] {
            assert_eq!(located(&from, target, false), expected, "{target}");
        }
        let target = "https://example.com/a.yaml";
        assert_eq!(located(&from, target, true), target);
    }

    #[test]
    fn urls_stay_below_the_documents_own() {
        let url = url::Url::parse("https://example.com/api/openapi.yaml").expect("a URL");
        let from = Origin::Url(url);
        let below = "https://example.com/api/common/a.yaml";
        assert_eq!(located(&from, "common/a.yaml", false), below);
        let deeper = Origin::Url(url::Url::parse(below).expect("a URL"));
        assert_eq!(
            located(&deeper, "../b.yaml", false),
            "https://example.com/api/b.yaml"
        );
        let outside = "it is outside the document's folder; `--allow-remote-refs` reads it";
        assert_eq!(located(&from, "../secret.yaml", false), outside);
        assert_eq!(
            located(&from, "../secret.yaml", true),
            "https://example.com/secret.yaml"
        );
    }

    #[test]
    fn what_is_referred_to_is_found_once() {
        let value = serde_json::json!({"a": {"$ref": "x.yaml#/A"}, "b": [{"$ref": "x.yaml#/B"}, {"$ref": "#/c"}],
            "discriminator": {"mapping": {"k": "y.yaml", "plain": "Name"}}});
        let mut targets = Vec::new();
        collect(&value, &mut targets);
        assert_eq!(targets, ["x.yaml", "y.yaml"]);
    }
}
