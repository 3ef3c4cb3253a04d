//! Sides that are git revisions.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use toolwright_tests::{bin, copy_tree, root, skip};

fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .args(["-c", "user.name=A", "-c", "user.email=a@example.com"]);
    let output = command.args(arguments).output().ok()?;
    assert!(output.status.success(), "git {arguments:?}: {output:?}");
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn diff(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(bin("toolwright"));
    let command = command.current_dir(folder).arg("diff").args(arguments);
    command.output().expect("toolwright starts")
}

#[test]
fn a_revision_is_compared_with_what_is_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let top = folder.path();
    let spec = top.join("specs/ktrdr");
    copy_tree(&root().join("specs/ktrdr"), &spec);
    // The document lies beside the system: what a spec refers to comes from the revision too.
    fs::rename(spec.join("openapi.yaml"), top.join("openapi.yaml")).expect("the document moved");
    let tools = fs::read_to_string(spec.join("tools.yaml")).expect("the tools spec");
    let tools = tools.replace("openapi: openapi.yaml", "openapi: ../../openapi.yaml");
    fs::write(spec.join("tools.yaml"), &tools).expect("the tools spec written");
    if git(top, &["init", "--quiet"]).is_none() {
        return skip("git", "there is no git");
    }
    git(top, &["add", "--all"]);
    git(top, &["commit", "--quiet", "--message", "All"]);
    let hidden = tools.replace(
        "      mode: { default: tail }
",
        "      mode: { default: tail }
      end_date: { hidden: true }
",
    );
    fs::write(spec.join("tools.yaml"), hidden).expect("the tools spec written");
    fs::write(top.join("openapi.yaml"), "gone").expect("the document written");
    let before = git(top, &["status", "--porcelain"]);

    let same = diff(top, &["HEAD:specs/ktrdr", "HEAD:specs/ktrdr/tools.yaml"]);
    assert!(same.status.success(), "{same:?}");

    git(top, &["checkout", "--quiet", "openapi.yaml"]);
    let arguments = ["HEAD:./ktrdr", "ktrdr", "--format", "json"];
    let output = diff(&top.join("specs"), &arguments);
    let said: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let [change] = said["changes"].as_array().expect("changes").as_slice() else {
        panic!("one change: {said}");
    };
    assert_eq!(change["kind"], "argument_removed", "{change}");
    assert_eq!(change["subject"], "end_date");
    assert_eq!(change["at"]["file"], "HEAD:openapi.yaml");

    for (side, expected) in [
        ("HEAD:nothing", "there is no `nothing` in revision `HEAD`"),
        ("nope:specs/ktrdr", "git knows no revision `nope`"),
        ("HEAD:../specs", "leads out of the checkout"),
        ("--upload-pack=x:y", ""),
    ] {
        let output = diff(top, &[side, "specs/ktrdr"]);
        assert_eq!(output.status.code(), Some(2), "{side}: {output:?}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(expected), "{side}: {said}");
    }
    let broken = diff(top, &["HEAD:specs", "specs/ktrdr"]);
    let said = String::from_utf8_lossy(&broken.stderr);
    assert!(
        said.contains("cannot read `HEAD:specs/tools.yaml`"),
        "{said}"
    );
    // Neither the index nor the working tree was touched.
    let after = git(top, &["status", "--porcelain"]).expect("the status");
    let before = before.expect("the status").replace(" M openapi.yaml\n", "");
    assert_eq!(after, before);
}
