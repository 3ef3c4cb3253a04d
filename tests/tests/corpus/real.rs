//! The documents of `../shared/corpus`.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::compile;
use crate::document::{Document, documents};
use crate::generated::{Case, Outcome};
use crate::pool::over_all_cores;
use crate::report::{self, Row};
use crate::scratch;

/// How many documents are compiled where not all are, and how many operations they have together at most.
const SAMPLE: (usize, usize) = (12, 500);

/// Which documents are looked at, and which of them are compiled.
enum Choice {
    Sample,
    All,
    Named(Vec<String>),
}

#[test]
fn every_real_document_becomes_a_server() {
    let Some(mut documents) = documents() else {
        return;
    };
    let choice = match std::env::var("TOOLWRIGHT_CORPUS").as_deref() {
        Err(_) | Ok("") => Choice::Sample,
        Ok("all") => Choice::All,
        Ok(names) => Choice::Named(names.split(',').map(str::to_owned).collect()),
    };
    if let Choice::Named(names) = &choice {
        documents.retain(|document| names.contains(&document.name));
    }
    let servers = compile::workspace();
    let mut rows = over_all_cores(documents.clone(), |document| {
        let case = Case {
            name: document.name.clone(),
            document: document.path.clone(),
            root: document.top.clone(),
            folder: scratch().join("cases").join(&document.name),
            server: servers.join(&document.name),
        };
        let outcome = case.run();
        Row {
            document,
            outcome,
            compiled: None,
        }
    });
    let chosen = match choice {
        Choice::Sample => sample(&documents),
        Choice::All | Choice::Named(_) => documents
            .iter()
            .map(|document| document.name.clone())
            .collect(),
    };
    compiled(&mut rows, &chosen);
    report::write(&rows, matches!(choice, Choice::All));
    let faults = report::faults(&rows);
    assert!(faults.is_empty(), "{faults}");
    let (operations, tools) = report::totals(&rows);
    assert!(
        tools * 100 >= operations * 99 || matches!(choice, Choice::Named(_)),
        "{tools} tools of {operations} operations"
    );
}

/// A document in many files also goes through where references above its first one's folder are not followed.
#[test]
fn a_document_that_reaches_above_its_folder_is_done_without() {
    let Some(documents) = documents() else {
        return;
    };
    let many = documents.into_iter().filter(|document| {
        document.top.is_some() && document.path.parent() != document.top.as_deref()
    });
    let outcomes = over_all_cores(many.collect(), |document: Document| {
        let folder = scratch().join("confined").join(&document.name);
        let case = Case {
            name: document.name.clone(),
            document: document.path,
            root: None,
            server: folder.join("server"),
            folder,
        };
        (document.name, case.run())
    });
    assert!(
        !outcomes.is_empty(),
        "the corpus has documents in many folders"
    );
    for (
        name,
        Outcome {
            generated,
            problems,
            ..
        },
    ) in outcomes
    {
        assert!(generated && problems.is_empty(), "{name}: {problems:#?}");
    }
}

/// Compiles the servers of `chosen` that there are.
fn compiled(rows: &mut [Row], chosen: &[String]) {
    let members: Vec<String> = rows
        .iter()
        .filter(|row| row.outcome.generated && chosen.contains(&row.document.name))
        .map(|row| row.document.name.clone())
        .collect();
    if members.is_empty() {
        return;
    }
    let said: BTreeMap<String, String> = compile::check(&members);
    for row in rows {
        if members.contains(&row.document.name) {
            row.compiled = Some(said.get(&row.document.name).cloned().map_or(Ok(()), Err));
        }
    }
}

/// Some documents, others every day.
fn sample(documents: &[Document]) -> Vec<String> {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a time after 1970");
    let day = usize::try_from(now.as_secs() / 86_400).expect("a day");
    let mut operations = 0;
    let mut chosen = Vec::new();
    for index in 0..documents.len() {
        // 83 and the number of documents have no common divisor as long as there are not 83 times as many.
        let document = &documents[(day * 12 + index) * 83 % documents.len()];
        if chosen.len() < SAMPLE.0 && operations + document.operations <= SAMPLE.1 {
            operations += document.operations;
            chosen.push(document.name.clone());
        }
    }
    chosen
}
