//! What `init --ci` writes, run as GitHub and pre-commit run it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;
use toolwright_tests::{bin, copy_tree, root, skip};

use crate::toolwright;

/// A repository with a tools spec, its server and what `init --ci` wrote, all committed.
struct Repository(TempDir);

impl Repository {
    /// `None` without git or bash.
    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let this = Self(folder);
        let spec = this.path().join("specs/my shop");
        copy_tree(&root().join("tests/cmd/generate.in"), &spec);
        let started = Command::new("git")
            .arg("init")
            .current_dir(this.path())
            .output();
        if started.is_err() {
            skip("git", "there is no git");
            return None;
        }
        let (code, out, err) =
            toolwright(this.path(), &["init", "specs/my shop/shop.yaml", "--ci"]);
        assert_eq!(code, Some(0), "{out}{err}");
        let (code, out, err) = toolwright(this.path(), &["generate"]);
        assert_eq!(code, Some(0), "{out}{err}");
        this.git(&["add", "--all"]);
        this.git(&["commit", "--quiet", "--message", "All"]);
        this.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
        Some(this)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn git(&self, arguments: &[&str]) {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=A", "-c", "user.email=a@example.com"]);
        let output = command.args(arguments).current_dir(self.path()).output();
        let output = output.expect("git starts");
        assert!(output.status.success(), "git {arguments:?}: {output:?}");
    }

    fn yaml(&self, name: &str) -> Value {
        let text = fs::read_to_string(self.path().join(name)).expect(name);
        serde_yaml::from_str(&text).expect("YAML")
    }

    fn edit(&self, name: &str, from: &str, to: &str) {
        let path = self.path().join("specs/my shop").join(name);
        let text = fs::read_to_string(&path).expect("an input");
        assert!(text.contains(from), "{from}");
        fs::write(path, text.replace(from, to)).expect("written");
    }

    /// A shell that finds `toolwright`.
    fn shell(&self) -> Command {
        let mut command = Command::new("bash");
        let tools = bin("toolwright")
            .parent()
            .map(PathBuf::from)
            .expect("a folder");
        let path = std::env::var_os("PATH").unwrap_or_default();
        let paths = std::iter::once(tools).chain(std::env::split_paths(&path));
        command
            .env("PATH", std::env::join_paths(paths).expect("a path"))
            .current_dir(self.path());
        command
    }

    /// Runs the steps of the workflow that use toolwright, until one fails: its name with what all said.
    fn workflow(&self) -> (Option<String>, String) {
        let workflow = self.yaml(".github/workflows/toolwright.yml");
        let steps = workflow["jobs"]["toolwright"]["steps"]
            .as_array()
            .expect("steps");
        let summary = self.path().join(".git/summary");
        let mut said = String::new();
        let mut count = 0;
        for step in steps {
            let run = step["run"].as_str().unwrap_or_default();
            if !run.contains("toolwright ") || run.starts_with("cargo install") {
                continue;
            }
            count += 1;
            let mut command = self.shell();
            command.args(["-e", "-c", run]);
            for (name, value) in workflow["env"].as_object().expect("variables") {
                command.env(name, value.as_str().expect("text"));
            }
            command
                .env("GITHUB_BASE_REF", "main")
                .env("GITHUB_STEP_SUMMARY", &summary);
            let output = command.output().expect("bash starts");
            said += &text(&output);
            if !output.status.success() {
                said += &fs::read_to_string(&summary).unwrap_or_default();
                return (step["name"].as_str().map(str::to_owned), said);
            }
        }
        assert_eq!(count, 3, "the steps of the workflow");
        said += &fs::read_to_string(&summary).unwrap_or_default();
        (None, said)
    }

    /// Runs the hooks: the ids of those that fail.
    fn hooks(&self) -> Vec<String> {
        let config = self.yaml(".pre-commit-config.yaml");
        let hooks = config["repos"][0]["hooks"].as_array().expect("hooks");
        assert_eq!(hooks.len(), 3);
        let failed = hooks.iter().filter(|hook| {
            let entry = hook["entry"].as_str().expect("a command");
            let output = self.shell().args(["-c", entry]).output();
            !output.expect("bash starts").status.success()
        });
        failed
            .map(|hook| hook["id"].as_str().expect("an id").to_owned())
            .collect()
    }
}

fn text(output: &Output) -> String {
    let streams = [&output.stdout, &output.stderr];
    streams
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .concat()
}

#[test]
fn what_is_checked_in_passes() {
    let Some(repository) = Repository::new() else {
        return;
    };
    let (failed, said) = repository.workflow();
    assert_eq!(failed, None, "{said}");
    assert!(said.contains("nothing changes for agents"), "{said}");
    assert_eq!(repository.hooks(), [""; 0]);
}

#[test]
fn what_breaks_for_agents_is_told() {
    let Some(repository) = Repository::new() else {
        return;
    };
    repository.edit("tools.yaml", "  list_orders:", "  find_orders:");
    let (failed, said) = repository.workflow();
    assert_eq!(
        failed.as_deref(),
        Some("The server is what its input says"),
        "{said}"
    );
    assert_eq!(
        repository.hooks(),
        ["toolwright-generate", "toolwright-diff"]
    );

    let (code, ..) = toolwright(repository.path(), &["generate"]);
    assert_eq!(code, Some(0));
    let (failed, said) = repository.workflow();
    assert_eq!(failed.as_deref(), Some("What changes for agents"), "{said}");
    assert!(said.contains("find_orders"), "{said}");
    assert_eq!(repository.hooks(), ["toolwright-diff"]);
}

/// A tools spec that is new has nothing to be compared with.
#[test]
fn a_new_spec_passes() {
    let Some(repository) = Repository::new() else {
        return;
    };
    repository.git(&["rm", "-r", "--quiet", "--cached", "specs"]);
    repository.git(&["commit", "--quiet", "--message", "None"]);
    repository.git(&["update-ref", "refs/remotes/origin/main", "HEAD"]);
    let (failed, said) = repository.workflow();
    assert_eq!(failed, None, "{said}");
    assert!(said.contains("is new"), "{said}");
    assert_eq!(repository.hooks(), [""; 0]);
}

#[test]
fn completions_complete() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, script, err) = toolwright(folder.path(), &["completions", "bash"]);
    assert_eq!(code, Some(0), "{err}");
    fs::write(folder.path().join("completions"), script).expect("written");
    let ask = "source ./completions; COMP_WORDS=(toolwright gen); COMP_CWORD=1; \
               _toolwright toolwright gen toolwright; echo \"${COMPREPLY[@]}\"";
    let output = Command::new("bash")
        .args(["-c", ask])
        .current_dir(folder.path())
        .output();
    let output = match output {
        Ok(output) => output,
        Err(_) => return skip("bash", "there is no bash"),
    };
    assert_eq!(text(&output).trim(), "generate");
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, _, err) = toolwright(folder.path(), &["man", "--out", "pages"]);
    assert_eq!(code, Some(0), "{err}");
    let page = |name: &str| {
        let path = folder.path().join("pages").join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    assert!(page("toolwright.1").contains(".TH toolwright 1"));
    assert!(page("toolwright-generate.1").contains("\\-\\-watch"));
    assert!(page("toolwright-diff.1").contains("REVISION"));
}
