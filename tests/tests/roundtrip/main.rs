//! Every request of a generated server against the document it was generated from: prism, which knows
//! nothing but the document, answers, and its verdict on each request is the test.
//!
//! `TOOLWRIGHT_ROUNDTRIP=all cargo test -p toolwright-tests --test roundtrip` takes every document that
//! prism can load, `TOOLWRIGHT_ROUNDTRIP=ollama,lakefs` those; left out, it is the sample in
//! `tests/roundtrip/sample.txt`.

mod build;
mod documents;
mod drive;
mod known;

use std::collections::BTreeMap;

use documents::Selection;
use toolwright_tests::client_of;

/// How many servers are built at once.
const BATCH: usize = 16;

#[test]
fn every_request_is_as_its_document_says() {
    let Some(modules) = client_of("prism", "node_modules/@stoplight/prism-http") else {
        return;
    };
    let modules = modules
        .ancestors()
        .nth(3)
        .expect("the folder of node_modules");
    let selection = Selection::asked();
    let documents = documents::documents(&selection);
    let mut known = known::read();
    let mut refused: BTreeMap<String, String> = BTreeMap::new();
    let mut lines = Vec::new();
    for batch in documents.chunks(BATCH) {
        let servers = build::servers(batch, selection == Selection::All);
        for server in servers {
            let run = drive::run(&server, modules);
            lines.push(format!("{:<44} {}", server.document.name, run.summary));
            for found in run.found {
                if !known.take(&server.document.name, &found.operation, &found.kind) {
                    let key = format!(
                        "{} {} {}",
                        server.document.name, found.operation, found.kind
                    );
                    refused.entry(key).or_insert(found.example);
                }
            }
        }
    }
    let names: Vec<&str> = documents.iter().map(|one| one.name.as_str()).collect();
    let unneeded = known.unneeded(&names);
    let report = refused
        .iter()
        .map(|(key, example)| format!("{key}\n    {example}\n"))
        .collect::<String>();
    assert!(
        refused.is_empty() && unneeded.is_empty(),
        "{}\n\n{} requests are not as their document says:\n{report}\nentries of tests/roundtrip/known.tsv that nothing needs:\n{}",
        lines.join("\n"),
        refused.len(),
        unneeded.join("\n"),
    );
    println!("{}", lines.join("\n"));
}
