//! What cases are made from: the documents of `tests/corpus`, `fuzz/seeds` and `specs`.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// A document with a tools spec for it, as data.
#[derive(Clone, Debug)]
pub struct Seed {
    /// Where it is from.
    pub name: String,
    /// The document.
    pub document: Value,
    /// The tools spec; it names the document `openapi.json`.
    pub spec: Value,
}

/// Seeds larger than this slow a run down and break nothing else.
const MAX_BYTES: usize = 200_000;

/// All seeds, in a fixed order.
///
/// # Panics
/// If this is not run in a checkout.
pub fn seeds() -> Vec<Seed> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut paths = Vec::new();
    for folder in ["tests/corpus", "fuzz/seeds", "specs"] {
        collect(&root.join(folder), &mut paths);
    }
    paths.sort();
    let seeds: Vec<Seed> = paths.iter().filter_map(|path| read(path, &root)).collect();
    assert!(!seeds.is_empty(), "no seeds in {}", root.display());
    seeds
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, paths);
        } else {
            paths.push(path);
        }
    }
}

fn data(path: &Path) -> Option<Value> {
    let text = fs::read_to_string(path).ok()?;
    if text.len() > MAX_BYTES {
        return None;
    }
    serde_yaml::from_str(&text).ok()
}

fn read(path: &Path, root: &Path) -> Option<Seed> {
    let document = data(path)?;
    let _ = document
        .get("openapi")
        .or_else(|| document.get("swagger"))?;
    // A tools spec has `openapi` too, and no paths.
    let _ = document.get("info")?;
    Some(Seed {
        name: path
            .strip_prefix(root)
            .unwrap_or(path)
            .display()
            .to_string(),
        spec: spec(path).unwrap_or_else(everything),
        document,
    })
}

/// The tools spec beside the document, as `x.tools.yaml` or `tools.yaml`.
fn spec(path: &Path) -> Option<Value> {
    let name = path.file_name()?.to_str()?;
    let stem = name.split('.').next()?;
    let beside = [format!("{stem}.tools.yaml"), "tools.yaml".to_owned()];
    let mut spec = beside
        .iter()
        .find_map(|name| data(&path.with_file_name(name)))?;
    let names = spec.get("openapi")?.as_str()?.trim_start_matches("./") == name;
    *spec.get_mut("openapi")? = json!("openapi.json");
    names.then_some(spec)
}

/// A tools spec that takes every operation.
fn everything() -> Value {
    json!({
        "version": 1,
        "openapi": "openapi.json",
        "server": { "name": "fuzz-mcp" },
        "backend": { "base_url": "http://127.0.0.1:9" },
        "operations": { "include": ["/**"] },
    })
}
