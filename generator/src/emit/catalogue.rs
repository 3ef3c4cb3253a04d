//! The tools that agents search for: as JSON for reviewers, and an index that tells where each of them is.

use std::fmt::Write as _;

use crate::plan::Plan;
use crate::write::HEADER;

/// `catalogue.json` and `catalogue.index`, where there is a catalogue. The runtime's `search/index.rs` has the form.
pub(super) fn files(plan: &Plan) -> Vec<(String, String)> {
    let Some(search) = &plan.search else {
        return Vec::new();
    };
    let mut json = String::from("[");
    let mut rows = String::new();
    for ((index, tool), row) in plan.tools.iter().enumerate().zip(&search.rows) {
        json.push_str(if index == 0 { "\n  " } else { ",\n  " });
        let start = json.len();
        json.push_str(&format!("{:#}", tool.json).replace('\n', "\n  "));
        let (name, end) = (&tool.name, json.len());
        let _ = writeln!(
            rows,
            "{name}\t{start}\t{end}\t{}\t{}",
            row.arguments, row.summary
        );
    }
    json.push_str("\n]\n");
    let (bytes, count) = (json.len(), plan.tools.len());
    let mut index = format!(
        "# {HEADER}: the index of catalogue.json\n{bytes}\t{count}\n{}\n{rows}",
        search.domains
    );
    for (term, weights) in &search.terms {
        index.push_str(term);
        for (tool, weight) in weights {
            let _ = write!(index, " {tool}:{weight}");
        }
        index.push('\n');
    }
    vec![
        ("catalogue.json".to_owned(), json),
        ("catalogue.index".to_owned(), index),
    ]
}
