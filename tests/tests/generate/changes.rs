//! A change of the tools spec changes what names it, and nothing else; a mistake changes nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use toolwright_tests::{copy_tree, root, tree};

use crate::toolwright;

/// `specs/ktrdr` in a folder of its own, with its generated server beside it.
struct Copy {
    folder: TempDir,
}

impl Copy {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        copy_tree(&root().join("specs/ktrdr"), folder.path());
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn server(&self) -> PathBuf {
        self.path().join("server")
    }

    fn generate(&self, mode: &str) -> (Option<i32>, String, String) {
        toolwright(
            self.path(),
            &["generate", "tools.yaml", "--out", "server", "--mode", mode],
        )
    }

    /// Replaces `from`, which is there once, in `tools.yaml`.
    fn edit(&self, from: &str, to: &str) {
        let path = self.path().join("tools.yaml");
        let spec = fs::read_to_string(&path).expect("tools.yaml");
        assert_eq!(spec.matches(from).count(), 1, "{from:?} in tools.yaml");
        fs::write(&path, spec.replace(from, to)).expect("tools.yaml");
    }
}

/// Names of the files that differ.
fn changed(before: &BTreeMap<String, Vec<u8>>, after: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let names = before.keys().chain(after.keys());
    let mut names: Vec<_> = names
        .filter(|name| before.get(*name) != after.get(*name))
        .cloned()
        .collect();
    names.sort();
    names.dedup();
    names
}

#[test]
fn a_default_changes_the_files_that_name_it() {
    let copy = Copy::new();
    let (code, _, err) = copy.generate("write");
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(copy.generate("check").0, Some(0));
    let before = tree(&copy.server());

    copy.edit("limit: { default: 10 }", "limit: { default: 20 }");
    let (code, out, err) = copy.generate("check");
    assert_eq!(code, Some(1), "{out}{err}");
    assert_eq!(tree(&copy.server()), before, "check writes nothing");

    let (code, _, err) = copy.generate("write");
    assert_eq!(code, Some(0), "{err}");
    let after = tree(&copy.server());
    let files = changed(&before, &after);
    assert_eq!(files, ["TOOLS.md", "src/tools/operations.rs", "tools.json"]);
    for file in &files {
        assert!(
            format!("{out}{err}").contains(file.as_str()),
            "check does not name {file}:\n{out}{err}"
        );
        let lines =
            |tree: &BTreeMap<String, Vec<u8>>| String::from_utf8_lossy(&tree[file]).lines().count();
        assert_eq!(lines(&before), lines(&after), "{file}");
    }
}

#[test]
fn check_sees_what_was_left_over_or_edited() {
    let copy = Copy::new();
    assert_eq!(copy.generate("write").0, Some(0));
    let edited = copy.server().join("src/tools/operations.rs");
    let original = fs::read(&edited).expect("a tools file");
    fs::write(&edited, [&original[..], b"// mine\n"].concat()).expect("a tools file");
    assert_eq!(copy.generate("check").0, Some(1), "edited");
    fs::write(&edited, &original).expect("a tools file");
    assert_eq!(copy.generate("check").0, Some(0));
    fs::write(copy.server().join("src/tools/old.rs"), &original).expect("a left-over file");
    let (code, out, err) = copy.generate("check");
    assert_eq!(code, Some(1), "left over");
    assert!(format!("{out}{err}").contains("old.rs"), "{out}{err}");
    fs::remove_file(&edited).expect("a tools file");
    assert_eq!(copy.generate("check").0, Some(1), "missing");
}

#[test]
fn a_name_that_is_not_there_writes_nothing() {
    for (from, to, place, nearest) in [
        (
            "operation: listOperations\n",
            "operation: listOperation\n",
            "tools.yaml:",
            "listOperations",
        ),
        (
            "operation: getDataInfo\n    title: Get data info",
            "operation: GET /api/v1/data/infos/{symbol}\n    title: Get data info",
            "tools.yaml:",
            "/api/v1/data/info/{symbol}",
        ),
        (
            "limit: { default: 10 }",
            "limits: { default: 10 }",
            "tools.yaml:",
            "limit",
        ),
        (
            "tags: [Operations]",
            "tags: [Operation]",
            "tools.yaml:",
            "Operations",
        ),
        (
            "start_neural_training: startTraining",
            "start_neural_training: startTrainings",
            "tools.yaml:",
            "startTraining",
        ),
    ] {
        let copy = Copy::new();
        copy.edit(from, to);
        let (code, out, err) = copy.generate("write");
        assert_eq!(code, Some(1), "{to}: {out}{err}");
        let line = fs::read_to_string(copy.path().join("tools.yaml")).expect("tools.yaml");
        let line = line
            .lines()
            .position(|line| line.contains(to.lines().next().unwrap_or_default()))
            .expect("the edited line")
            + 1;
        assert!(
            err.contains(&format!("{place}{line}:")),
            "{to} is in line {line}: {err}"
        );
        assert!(err.contains(nearest), "{to}: {err}");
        assert!(!copy.server().exists(), "{to}: something was written");
    }
}

#[test]
fn a_mistake_leaves_what_was_written_before() {
    let copy = Copy::new();
    assert_eq!(copy.generate("write").0, Some(0));
    let before = tree(&copy.server());
    copy.edit("operation: listOperations\n", "operation: listOperation\n");
    assert_eq!(copy.generate("write").0, Some(1));
    assert_eq!(tree(&copy.server()), before);
}

#[test]
fn the_same_input_gives_the_same_bytes_anywhere() {
    let (one, other) = (Copy::new(), Copy::new());
    assert_eq!(one.generate("write").0, Some(0));
    assert_eq!(other.generate("write").0, Some(0));
    assert_eq!(
        changed(&tree(&one.server()), &tree(&other.server())),
        [""; 0]
    );
}
