//! Files of a git revision, copied to a folder of their own. The index and the working tree stay as they are.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// What the generator reads beside the folder of a spec: documents that lie elsewhere in the checkout.
const READ: [&str; 4] = ["*.yaml", "*.yml", "*.json", "*.md"];

/// A copy of a revision's files, which goes when it is dropped.
#[derive(Debug)]
pub(super) struct Copy {
    _folder: TempDir,
    /// The top of the checkout, in the copy.
    pub(super) top: PathBuf,
    /// What was asked for, in the copy.
    pub(super) path: PathBuf,
}

/// Copies `path` of `revision`, and what it may refer to.
///
/// # Errors
/// A sentence that says why not.
pub(super) fn checkout(revision: &str, path: &str) -> Result<Copy, String> {
    let git = Git::here()?;
    let commit = git
        .text(&[
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &format!("{revision}^{{commit}}"),
        ])
        .map_err(|_| format!("git knows no revision `{revision}`"))?;
    let path = git.below_top(path)?;
    let found = git.text(&["cat-file", "-t", &format!("{commit}:{path}")]).map_err(|_| {
        format!("there is no `{path}` in revision `{revision}`; a path begins at the top of the checkout, or with `./`")
    })?;
    let folder = match (found.as_str(), path.rsplit_once('/')) {
        ("tree", _) => path.as_str(),
        (_, Some((folder, _))) => folder,
        (_, None) => "",
    };
    let copy = tempfile::tempdir()
        .map_err(|error| format!("no folder for the files of `{revision}`: {error}"))?;
    let index = copy.path().join("index");
    let top = copy.path().join("files");
    git.run(&["read-tree", &commit], Some(&index), b"")?;
    let mut listing = vec!["ls-files", "-z", "--"];
    listing.extend(READ);
    // An empty pathspec would be refused; everything is in the top folder.
    listing.push(if folder.is_empty() { "." } else { folder });
    let names = git.run(&listing, Some(&index), b"")?;
    let prefix = format!("--prefix={}/", top.to_string_lossy());
    git.run(
        &["checkout-index", "--quiet", &prefix, "-z", "--stdin"],
        Some(&index),
        &names,
    )?;
    Ok(Copy {
        path: top.join(path),
        top,
        _folder: copy,
    })
}

/// The git of a checkout.
struct Git {
    top: PathBuf,
}

impl Git {
    /// That of the checkout that the current folder is in.
    fn here() -> Result<Self, String> {
        let outside = Self {
            top: PathBuf::from("."),
        };
        let top = outside
            .text(&["rev-parse", "--show-toplevel"])
            .map_err(|error| format!("no revision without a checkout: {error}"))?;
        Ok(Self {
            top: PathBuf::from(top),
        })
    }

    /// `path` from the top of the checkout; one that begins with `./` or `../` is meant from here.
    fn below_top(&self, path: &str) -> Result<String, String> {
        let path = path.trim_end_matches('/');
        if !(path == "." || path == ".." || path.starts_with("./") || path.starts_with("../")) {
            return Ok(path.to_owned());
        }
        let here = std::env::current_dir().and_then(|here| here.canonicalize());
        let here = here.map_err(|error| error.to_string())?;
        let top = self.top.canonicalize().map_err(|error| error.to_string())?;
        let mut parts: Vec<String> = Vec::new();
        let below = here.strip_prefix(&top).unwrap_or(Path::new("")).join(path);
        for part in below.components() {
            match part {
                std::path::Component::ParentDir if parts.pop().is_none() => {
                    return Err(format!("`{path}` leads out of the checkout"));
                }
                std::path::Component::Normal(name) => {
                    parts.push(name.to_string_lossy().into_owned())
                }
                _ => {}
            }
        }
        Ok(parts.join("/"))
    }

    fn text(&self, arguments: &[&str]) -> Result<String, String> {
        let output = self.run(arguments, None, b"")?;
        Ok(String::from_utf8_lossy(&output).trim_end().to_owned())
    }

    /// What a command of git writes, with an index of its own if there is one.
    fn run(
        &self,
        arguments: &[&str],
        index: Option<&Path>,
        input: &[u8],
    ) -> Result<Vec<u8>, String> {
        let mut command = Command::new("git");
        command.current_dir(&self.top).args(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(index) = index {
            command.env("GIT_INDEX_FILE", index);
        }
        let mut child = command.spawn().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => {
                "git is not installed, and a revision needs it".to_owned()
            }
            _ => format!("git does not start: {error}"),
        })?;
        if let Some(mut stdin) = child.stdin.take() {
            // A git that ends early says why on its own.
            let _ = stdin.write_all(input);
        }
        let Output {
            status,
            stdout,
            stderr,
        } = child
            .wait_with_output()
            .map_err(|error| error.to_string())?;
        if status.success() {
            return Ok(stdout);
        }
        let said = String::from_utf8_lossy(&stderr);
        let said = said
            .lines()
            .next()
            .unwrap_or("it failed")
            .trim_start_matches("fatal: ");
        Err(format!("git {}: {said}", arguments[0]))
    }
}
