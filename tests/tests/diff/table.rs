//! Every kind of change, made to real documents, and how it is judged.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;
use toolwright_tests::{real_documents, root};

use crate::changes;
use crate::document::{only, operations};
use crate::kinds::{KINDS, Kind};
use crate::site::Site;

/// Documents that each kind is tried on, of which the sample takes so many at a time.
const SAMPLE: usize = 6;
/// The largest document of the sample, in bytes.
const SMALL: u64 = 120_000;
/// Operations tried in a document until one has what a kind changes.
const TRIES: usize = 25;
/// Of all changes, the part that has to be judged right.
const RIGHT: f64 = 0.99;
/// What is written by the test, in `docs/diff.md`.
const MARKS: [&str; 2] = ["<!-- the table -->\n", "<!-- end of the table -->\n"];

/// A document with one operation, and the path and method of that.
type Cut = (Value, String, String);

/// How a kind of change was judged.
#[derive(Default)]
struct Judged {
    right: usize,
    /// What was said instead, with the document.
    wrong: Vec<String>,
}

#[test]
fn changes_are_judged_as_their_kind_demands() {
    let Some((manifest, folder)) = real_documents() else {
        return;
    };
    let all = std::env::var_os("UPDATE").is_some();
    let documents = documents(&manifest, &folder, all);
    let scratch = tempfile::tempdir().expect("a folder");
    let mut judged: Vec<Judged> = KINDS.iter().map(|_| Judged::default()).collect();
    for (index, (name, path)) in documents.iter().enumerate() {
        let kinds = KINDS.iter().enumerate();
        // In the sample, the kinds take turns: each comes upon some of the documents.
        let kinds: Vec<(usize, &Kind)> = kinds
            .filter(|(kind, _)| all || (kind + index) % SAMPLE == 0)
            .collect();
        let Some(document) = read(path) else { continue };
        let operations = shuffled(operations(&document), name);
        let cuts: Vec<Cut> = operations
            .into_iter()
            .take(TRIES)
            .filter_map(|(path, method)| Some((only(&document, &path, &method)?, path, method)))
            .collect();
        for (kind, change) in kinds {
            if let Some(found) = judge(change, &cuts, scratch.path()) {
                match found {
                    Ok(()) => judged[kind].right += 1,
                    Err(said) => judged[kind].wrong.push(format!("{name}: {said}")),
                }
            }
        }
    }
    let right: usize = judged.iter().map(|one| one.right).sum();
    let wrong: Vec<String> = KINDS
        .iter()
        .zip(&judged)
        .flat_map(|(kind, one)| {
            one.wrong
                .iter()
                .map(move |said| format!("{}: {said}", kind.name))
        })
        .collect();
    if all {
        println!("{}", wrong.join("\n"));
        write(&table(&judged, documents.len()));
    }
    let share = right as f64 / (right + wrong.len()).max(1) as f64;
    assert!(right > 100, "hardly anything was judged: {right}");
    assert!(
        share >= RIGHT,
        "{right} right, {} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// The documents of one file, by name.
fn documents(manifest: &str, folder: &Path, all: bool) -> Vec<(String, std::path::PathBuf)> {
    let mut lines = manifest.lines();
    let heads: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let column = |name: &str| {
        heads
            .iter()
            .position(|head| *head == name)
            .expect("a column")
    };
    let (name, start) = (column("name"), column("root"));
    let rows = lines.map(|line| line.split('\t').collect::<Vec<_>>());
    let mut documents: Vec<_> = rows
        .filter(|row| !row[start].contains('/'))
        .map(|row| (row[name].to_owned(), folder.join(row[start])))
        .filter(|(_, path)| all || fs::metadata(path).is_ok_and(|file| file.len() < SMALL))
        .collect();
    documents.sort();
    documents
}

fn read(path: &Path) -> Option<Value> {
    let text = fs::read_to_string(path).ok()?;
    match path.extension()?.to_str()? {
        "json" => serde_json::from_str(&text).ok(),
        _ => serde_yaml::from_str(&text).ok(),
    }
}

/// In an order of their own for each document.
fn shuffled(mut operations: Vec<(String, String)>, name: &str) -> Vec<(String, String)> {
    let seed = |text: &str| {
        text.bytes()
            .fold(14_695_981_039_346_656_037_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(1_099_511_628_211)
            })
    };
    operations.sort_by_cached_key(|(path, method)| seed(&format!("{name} {method} {path}")));
    operations
}

/// Makes a change to the first operation that has room for it, and judges what is said; `None` if none has.
fn judge(kind: &Kind, cuts: &[Cut], scratch: &Path) -> Option<Result<(), String>> {
    let files = [scratch.join("old.json"), scratch.join("new.json")];
    for (index, (old, path, method)) in cuts.iter().enumerate() {
        let mut site = Site::new(old.clone(), path, method, index as u64 + 1);
        if (kind.apply)(&mut site).is_none() {
            continue;
        }
        fs::write(&files[0], old.to_string()).expect("the document");
        fs::write(&files[1], site.document.to_string()).expect("the changed document");
        let found = match changes(&files[0], &files[1]) {
            Ok(found) => found,
            Err(said) => return Some(Err(format!("{method} {path}: {said}"))),
        };
        if found.is_empty() && !is_a_tool(&files, old) {
            continue;
        }
        return Some(right(kind, &found).map_err(|said| format!("{method} {path}: {said}")));
    }
    None
}

/// Whether the operation can be a tool at all.
fn is_a_tool(files: &[std::path::PathBuf; 2], old: &Value) -> bool {
    let mut without = old.clone();
    without["paths"] = serde_json::json!({});
    fs::write(&files[1], without.to_string()).expect("the empty document");
    changes(&files[0], &files[1]).is_ok_and(|found| !found.is_empty())
}

/// Whether what is said is what the kind demands.
fn right(kind: &Kind, found: &[Value]) -> Result<(), String> {
    let is = |change: &Value, (name, class): &(&str, &str)| {
        change["kind"] == *name && change["class"] == *class
    };
    let expected = |change: &Value| kind.told.iter().any(|told| is(change, told));
    let only_wording = kind.told.iter().all(|(_, class)| *class == "wording");
    let stray = found
        .iter()
        .find(|change| !expected(change) && (only_wording || change["class"] != "wording"));
    let missing = !kind.told.is_empty() && !found.iter().any(expected);
    match stray.or(found.first().filter(|_| missing)) {
        Some(change) => Err(format!(
            "{} {}: {}",
            change["class"], change["kind"], change["message"]
        )),
        None if missing => Err("nothing".to_owned()),
        None => Ok(()),
    }
}

fn table(judged: &[Judged], documents: usize) -> String {
    let mut text = format!(
        "| change, in {documents} documents | told as | made | judged right |\n|---|---|---:|---:|\n"
    );
    let (mut all, mut good) = (0, 0);
    for (kind, one) in KINDS.iter().zip(judged) {
        let told: Vec<String> = kind
            .told
            .iter()
            .map(|(name, class)| format!("`{name}` ({class})"))
            .collect();
        let told = if told.is_empty() {
            "nothing".to_owned()
        } else {
            told.join(", ")
        };
        let made = one.right + one.wrong.len();
        let _ = writeln!(text, "| {} | {told} | {made} | {} |", kind.name, one.right);
        all += made;
        good += one.right;
    }
    let share = good as f64 * 100.0 / all.max(1) as f64;
    let _ = writeln!(text, "| all | | {all} | {good} ({share:.1} %) |");
    text
}

/// Puts the table into the page.
fn write(table: &str) {
    let path = root().join("docs/diff.md");
    let text = fs::read_to_string(&path).expect("docs/diff.md");
    let (before, rest) = text.split_once(MARKS[0]).expect("a mark before the table");
    let (_, after) = rest.split_once(MARKS[1]).expect("a mark behind the table");
    fs::write(
        &path,
        format!("{before}{}{table}{}{after}", MARKS[0], MARKS[1]),
    )
    .expect("docs/diff.md written");
}
