//! `generated/` is what its inputs say.

use toolwright_tests::root;

use crate::toolwright;

#[test]
fn generated_is_fresh() {
    let (code, out, err) = toolwright(root(), &["generate", "--mode", "check"]);
    assert_eq!(code, Some(0), "run `cargo run -- generate`\n{out}\n{err}");
}

#[test]
fn the_schema_beside_the_specs_is_fresh() {
    let (code, out, err) = toolwright(root(), &["schema"]);
    assert_eq!(code, Some(0), "{err}");
    let file = std::fs::read_to_string(root().join("specs/tools.schema.json")).expect("the schema");
    assert!(
        out == file,
        "run `cargo run -- schema > specs/tools.schema.json`"
    );
}
