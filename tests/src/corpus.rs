//! The real documents of `../shared/corpus`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::{root, run, skip, target};

/// The manifest's text and the folder of the documents, unpacked once; `None` after saying that the
/// test is skipped.
///
/// # Panics
/// If they cannot be unpacked.
pub fn real_documents() -> Option<(String, PathBuf)> {
    let shared = root().join("../shared/corpus");
    let Ok(manifest) = fs::read_to_string(shared.join("manifest.tsv")) else {
        skip("shared", "there is no ../shared/corpus/manifest.tsv");
        return None;
    };
    let archive = shared.join("documents.tar.gz");
    let folder = target().join("corpus/documents");
    let (documents, done) = (folder.join("docs"), folder.join("unpacked"));
    let size = fs::metadata(&archive).expect("the documents").len();
    if fs::read_to_string(&done).is_ok_and(|text| text == size.to_string()) {
        return Some((manifest, documents));
    }
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the folder of documents");
    run(Command::new("tar")
        .arg("xzf")
        .arg(archive)
        .arg("-C")
        .arg(&folder));
    fs::write(done, size.to_string()).expect("the mark");
    Some((manifest, documents))
}
