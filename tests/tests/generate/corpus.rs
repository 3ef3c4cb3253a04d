//! Documents chosen to break a generator: what is made of them must compile.

use std::fs;
use std::path::Path;

use crate::{build_outside, toolwright};

#[test]
fn a_server_of_hostile_names_compiles() {
    let folder = tempfile::tempdir().expect("a folder");
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/positive");
    for file in ["hostile.openapi.yaml", "hostile.tools.yaml"] {
        fs::copy(corpus.join(file), folder.path().join(file)).expect("the document");
    }
    let (code, out, err) = toolwright(
        folder.path(),
        &["generate", "hostile.tools.yaml", "--out", "server"],
    );
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(err.contains("TW0204") && !err.contains("error["), "{err}");
    build_outside(&folder.path().join("server"), "hostile-mcp");
}
