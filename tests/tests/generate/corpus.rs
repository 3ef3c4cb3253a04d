//! Documents chosen to break a generator: what is made of them must compile.

use std::fs;
use std::path::Path;

use toolwright_tests::{cargo, target};

use crate::toolwright;

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
    let mut build = cargo();
    build
        .args(["build", "--offline", "--quiet", "--all-features"])
        .current_dir(folder.path().join("server"))
        .env("CARGO_TARGET_DIR", target().join("standalone"))
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    let built = build.output().expect("cargo starts");
    let said = String::from_utf8_lossy(&built.stderr);
    assert!(built.status.success() && said.is_empty(), "{said}");
}
