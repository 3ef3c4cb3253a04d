//! What became of the documents, for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use toolwright_tests::root;

use crate::document::Document;
use crate::generated::Outcome;
use crate::scratch;

/// One line of the table.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) document: Document,
    pub(crate) outcome: Outcome,
    /// Whether its crate compiles without a warning; `None` if that was not tried.
    pub(crate) compiled: Option<Result<(), String>>,
}

/// How many operations there are, and how many of them have no tool missing.
pub(crate) fn totals(rows: &[Row]) -> (usize, usize) {
    let operations = rows.iter().map(|row| row.outcome.operations).sum();
    let without: usize = rows.iter().map(|row| row.outcome.left_out.len()).sum();
    (operations, operations - without)
}

/// Everything that must not be, by cause; empty if all is well.
pub(crate) fn faults(rows: &[Row]) -> String {
    let mut causes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows {
        for problem in &row.outcome.problems {
            let (cause, names) = cause(&problem.rule);
            let places = causes.entry(cause).or_default();
            places.push(format!("{}: {}{names}", row.document.name, problem.place));
        }
        if let Some(Err(said)) = &row.compiled {
            causes
                .entry("does not compile without a warning".to_owned())
                .or_default()
                .push(format!("{}: {said}", row.document.name));
        }
    }
    let mut causes: Vec<_> = causes.into_iter().collect();
    causes.sort_by_key(|(_, places)| usize::MAX - places.len());
    let mut text = String::new();
    for (cause, places) in causes {
        let _ = writeln!(text, "{} × {cause}", places.len());
        for place in places.iter().take(5) {
            let _ = writeln!(text, "    {place}");
        }
    }
    text
}

/// A rule without the names it mentions, and those.
fn cause(rule: &str) -> (String, String) {
    let Some((before, rest)) = rule.split_once("]: ") else {
        return (rule.to_owned(), String::new());
    };
    let mut parts = rest.split('`');
    let mut cause = format!("{before}]: {}", parts.next().unwrap_or_default());
    let mut names = String::new();
    while let Some(name) = parts.next() {
        names += &format!(" `{name}`");
        cause += "`…`";
        cause += parts.next().unwrap_or_default();
    }
    (cause, names)
}

/// Writes the table: always beside the results, and to `docs/corpus.md` where `whole`.
pub(crate) fn write(rows: &[Row], whole: bool) {
    fs::write(scratch().join("faults.txt"), faults(rows)).expect("the faults");
    let table = table(rows);
    fs::write(scratch().join("corpus.md"), &table).expect("the table");
    if !whole {
        return;
    }
    let path = root().join("docs/corpus.md");
    fs::create_dir_all(root().join("docs")).expect("the folder docs");
    // What is measured apart from the documents stays as it was.
    let old = fs::read_to_string(&path).unwrap_or_default();
    let measured = old.split_once(COST).map(|(_, rest)| rest).unwrap_or("\n");
    fs::write(path, format!("{table}\n{COST}{measured}")).expect("docs/corpus.md");
}

/// The heading of what `tests/benches/cost.rs` writes.
const COST: &str = "## What a tool costs to build\n";

fn table(rows: &[Row]) -> String {
    let (operations, tools) = totals(rows);
    let generated = rows.iter().filter(|row| row.outcome.generated).count();
    let compiled = rows
        .iter()
        .filter(|row| matches!(row.compiled, Some(Ok(()))))
        .count();
    let clean = rows
        .iter()
        .filter(|row| row.outcome.generated && row.outcome.problems.is_empty())
        .count();
    let mut text = format!(
        "# Real documents

What the generator makes of {documents} OpenAPI documents as their vendors ship them. Written by
`TOOLWRIGHT_CORPUS=all cargo test -p toolwright-tests --test corpus`; {made}.

Of {operations} operations {tools} are tools ({share:.2} %). {generated} of {documents} documents
became a server, {compiled} of these crates compile without a warning, and {clean} lists of tools pass a
client that takes only what every client accepts. Seconds are for `init --all` and `generate` together,
with other documents on the other cores.

| document | OpenAPI | operations | tools | generated | compiled | seconds |
|---|---|---:|---:|---|---|---:|
",
        documents = rows.len(),
        made = made(),
        share = if operations == 0 { 100.0 } else { tools as f64 * 100.0 / operations as f64 },
    );
    for Row {
        document,
        outcome,
        compiled,
    } in rows
    {
        let compiled = match compiled {
            None => "-",
            Some(Ok(())) => "yes",
            Some(Err(_)) => "no",
        };
        let generated = if outcome.generated { "yes" } else { "no" };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {generated} | {compiled} | {:.1} |",
            document.name, document.version, outcome.operations, outcome.tools, outcome.seconds
        );
    }
    text += "\n## Operations left out\n\n";
    let left_out: Vec<String> = rows.iter().flat_map(left_out).collect();
    if left_out.is_empty() {
        text += "None.\n";
    } else {
        text += "| document | operation | why |\n|---|---|---|\n";
        text += &left_out.concat();
    }
    text
}

/// The lines of operations without a tool; one line for the document if it has no tool at all.
fn left_out(row: &Row) -> Vec<String> {
    let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
    let line = |what: &str, why: &str| {
        format!(
            "| {} | {} | {} |\n",
            row.document.name,
            cell(what),
            cell(why)
        )
    };
    let left_out = &row.outcome.left_out;
    match left_out.first() {
        Some((_, why)) if row.outcome.tools == 0 => {
            vec![line(&format!("all {}", left_out.len()), why)]
        }
        _ => left_out
            .iter()
            .map(|(operation, why)| {
                line(&format!("`{} {}`", operation.method, operation.path), why)
            })
            .collect(),
    }
}

/// The day and the compiler.
fn made() -> String {
    let said = |program: &str, argument: &str| {
        let output = Command::new(program).arg(argument).output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let day = said("date", "+%F").unwrap_or_default();
    let compiler = said("rustc", "--version").unwrap_or_default();
    let compiler = compiler.split(" (").next().unwrap_or_default().to_owned();
    format!("{day}, {compiler}")
}
