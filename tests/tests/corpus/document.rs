//! The real documents: where they are and what is known of them.

use std::path::PathBuf;

use toolwright_tests::real_documents;

/// A row of the manifest.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// Its name in the manifest.
    pub(crate) name: String,
    /// The version of OpenAPI that it claims.
    pub(crate) version: String,
    /// How many operations the manifest counts.
    pub(crate) operations: usize,
    /// The file to start from.
    pub(crate) path: PathBuf,
    /// Where it has many files, the folder that has them all.
    pub(crate) top: Option<PathBuf>,
}

/// All of them, unpacked; `None` after saying that the test is skipped.
pub(crate) fn documents() -> Option<Vec<Document>> {
    let (text, docs) = real_documents()?;
    let mut lines = text.lines();
    let heads: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let column = |name: &str| {
        let found = heads.iter().position(|head| *head == name);
        found.unwrap_or_else(|| panic!("the manifest has no column `{name}`"))
    };
    let (name, version, operations, start) = (
        column("name"),
        column("openapi"),
        column("operations"),
        column("root"),
    );
    let documents = lines.map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        let top = cells[start].split_once('/').map(|(top, _)| docs.join(top));
        Document {
            name: cells[name].to_owned(),
            version: cells[version].to_owned(),
            operations: cells[operations].parse().unwrap_or_default(),
            path: docs.join(cells[start]),
            top,
        }
    });
    let mut documents: Vec<Document> = documents.collect();
    documents.sort_by(|one, other| one.name.cmp(&other.name));
    Some(documents)
}
