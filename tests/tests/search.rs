//! Whether `surface: search` finds what agents ask for, in real documents. `tests/search/NAME.tsv` has questions,
//! written before the ranking was, and the operations that answer them.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_yaml::Value;
use toolwright_runtime::{Catalogue, Index};
use toolwright_tests::{bin, real_documents, root, run, target};

/// Among how many results the right one counts.
const FIRST: usize = 5;

#[test]
fn github() {
    let Some((hits, asked)) = hits("github", "github-api-full.json") else {
        return;
    };
    assert!(hits >= 45 && asked == 50, "{hits} of {asked}");
}

/// Another document, so that words are not only those of one.
#[test]
fn box_com() {
    let Some((hits, asked)) = hits("box", "box.json") else {
        return;
    };
    assert!(hits >= 11 && asked == 15, "{hits} of {asked}");
}

/// How many questions are answered, and how many there are.
fn hits(name: &str, document: &str) -> Option<(usize, usize)> {
    let (_, documents) = real_documents()?;
    let folder = target().join("search").join(name);
    let names = generate(&documents.join(document), &folder);
    let read = |file: &str| -> &'static str {
        let text = fs::read_to_string(folder.join("server").join(file)).expect("a generated file");
        text.leak()
    };
    let catalogue = Catalogue {
        tools: read("catalogue.json"),
        index: read("catalogue.index"),
    };
    let index = Index::read(catalogue).expect("the index of the catalogue");
    let questions = root().join("tests/search").join(name).with_extension("tsv");
    let questions = fs::read_to_string(questions).expect("the questions");
    let (mut hits, mut asked) = (0, 0);
    for (question, answers) in questions.lines().filter_map(|line| line.split_once('\t')) {
        let found: Vec<&str> = index
            .search(question, 50, |_| true)
            .iter()
            .map(|found| found.name)
            .collect();
        let answers: Vec<&str> = answers.split('|').map(|id| names[id].as_str()).collect();
        let place = found.iter().position(|name| answers.contains(name));
        asked += 1;
        match place {
            Some(place) if place < FIRST => hits += 1,
            _ => {
                let place = place.map_or("not among 50".to_owned(), |place| {
                    format!("place {}", place + 1)
                });
                let first = &found[..found.len().min(FIRST)];
                println!(
                    "{name}: {question}: {} is {place}, first are {}",
                    answers[0],
                    first.join(", ")
                );
            }
        }
    }
    println!("{name}: {hits} of {asked} questions have their answer among the first {FIRST}");
    Some((hits, asked))
}

/// Generates a server with all operations of a document; the names of its tools by operation.
fn generate(document: &Path, folder: &Path) -> HashMap<String, String> {
    let _ = fs::remove_dir_all(folder);
    let spec = folder.join("tools.yaml");
    let toolwright = bin("toolwright");
    let mut init = Command::new(&toolwright);
    run(init
        .arg("init")
        .arg(document)
        .arg("--all")
        .arg("--out")
        .arg(folder));
    let text = fs::read_to_string(&spec).expect("the drafted spec");
    fs::write(&spec, format!("{text}\nsurface: search\n")).expect("the spec");
    let mut generate = Command::new(&toolwright);
    run(generate
        .arg("generate")
        .arg(&spec)
        .arg("--out")
        .arg(folder.join("server")));
    let spec: Value = serde_yaml::from_str(&text).expect("YAML");
    let tools = spec["tools"].as_mapping().expect("tools").iter();
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    tools
        .map(|(name, tool)| (text(&tool["operation"]), text(name)))
        .collect()
}
