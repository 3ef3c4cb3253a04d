//! Which documents are tried, and where they are.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use toolwright_tests::{root, run, skip, target};

/// What `TOOLWRIGHT_ROUNDTRIP` asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Selection {
    /// The sample of `tests/roundtrip/sample.txt`, and our own.
    Sample,
    /// Every document there is.
    All,
    /// Those of these names.
    Names(Vec<String>),
}

impl Selection {
    /// What the environment says.
    pub(crate) fn asked() -> Self {
        match std::env::var("TOOLWRIGHT_ROUNDTRIP").as_deref() {
            Err(_) | Ok("") => Self::Sample,
            Ok("all") => Self::All,
            Ok(names) => Self::Names(
                names
                    .split(',')
                    .map(|name| name.trim().to_owned())
                    .collect(),
            ),
        }
    }

    fn has(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Sample => sample().iter().any(|line| line == name),
            Self::Names(names) => names.iter().any(|one| one == name),
        }
    }
}

/// A document.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// Its name, in the manifest or as our own file.
    pub(crate) name: String,
    /// The file to start from.
    pub(crate) path: PathBuf,
}

/// The folder of what belongs to this test.
pub(crate) fn folder() -> PathBuf {
    root().join("tests/roundtrip")
}

fn sample() -> Vec<String> {
    let text = fs::read_to_string(folder().join("sample.txt")).expect("the sample");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(str::to_owned).collect()
}

/// The documents of a selection: our own always, real ones where `../shared/corpus` is.
pub(crate) fn documents(selection: &Selection) -> Vec<Document> {
    let own = fs::read_dir(folder().join("documents")).expect("our documents");
    let mut documents: Vec<Document> = own
        .map(|entry| entry.expect("an entry").path())
        .map(|path| Document {
            name: path
                .file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned(),
            path,
        })
        .filter(|document| {
            !matches!(selection, Selection::Names(_)) || selection.has(&document.name)
        })
        .collect();
    documents.extend(real(selection));
    documents.sort_by(|one, other| one.name.cmp(&other.name));
    documents
}

fn real(selection: &Selection) -> Vec<Document> {
    let corpus = root().join("../shared/corpus");
    let Ok(manifest) = fs::read_to_string(corpus.join("manifest.tsv")) else {
        skip(
            "shared",
            "there is no ../shared/corpus: only our own documents are tried",
        );
        return Vec::new();
    };
    let mut rows = manifest.lines().map(|line| line.split('\t'));
    let heads: Vec<&str> = rows.next().into_iter().flatten().collect();
    let start = heads
        .iter()
        .position(|head| *head == "root")
        .expect("a column `root`");
    let chosen: Vec<(String, String)> = rows
        .filter_map(|row| {
            let cells: Vec<&str> = row.collect();
            selection
                .has(cells[0])
                .then(|| (cells[0].to_owned(), cells[start].to_owned()))
        })
        .collect();
    let docs = unpack(&corpus.join("documents.tar.gz"), &chosen);
    let place = |(name, path): (String, String)| Document {
        name,
        path: docs.join(path),
    };
    chosen.into_iter().map(place).collect()
}

/// Unpacks what `chosen` needs and is not there yet; the folder of all.
fn unpack(archive: &Path, chosen: &[(String, String)]) -> PathBuf {
    let folder = target().join("roundtrip");
    fs::create_dir_all(&folder).expect("a folder for documents");
    let missing: Vec<String> = chosen
        .iter()
        .map(|(_, path)| format!("docs/{}", path.split('/').next().unwrap_or_default()))
        .filter(|path| !folder.join(path).exists())
        .collect();
    if !missing.is_empty() {
        let mut tar = Command::new("tar");
        run(tar
            .arg("xzf")
            .arg(archive)
            .arg("-C")
            .arg(&folder)
            .args(&missing));
    }
    folder.join("docs")
}
