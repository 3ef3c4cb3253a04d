//! `--ci`: what holds changes in the user's own repository against what agents get.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::super::{Failure, shown};
use super::{cannot_write, place, report, write_new};
use crate::init::scalar;

const WORKFLOW: &str = include_str!("../../../../templates/ci/workflow.yml");
const HOOKS: &str = include_str!("../../../../templates/ci/pre-commit.yaml");

/// Writes the workflow and the hooks for the tools spec at `spec`, whose server is called `name`: what to say about it.
/// A file that is there stays as it is.
pub(super) fn write(spec: &Path, name: &str) -> Result<String, Failure> {
    let top = top(spec);
    let server = report::server(spec, name).0;
    let (spec, server) = (place::relative(&top, spec), place::relative(&top, &server));
    let workflow = top.join(".github/workflows/toolwright.yml");
    let text = filled(
        WORKFLOW,
        &[("@SPEC@", &scalar(&spec)), ("@SERVER@", &scalar(&server))],
    );
    let mut said = String::new();
    if workflow.exists() {
        let _ = writeln!(said, "{} stays as it is", shown(&workflow));
    } else {
        let folder = workflow.parent().unwrap_or(&top);
        fs::create_dir_all(folder).map_err(|error| cannot_write(folder, &error))?;
        write_new(&workflow, &text)?;
        let _ = writeln!(
            said,
            "wrote {}; it installs toolwright from the git URL in the repository's variable TOOLWRIGHT_GIT",
            shown(&workflow)
        );
    }
    let config = top.join(".pre-commit-config.yaml");
    let hooks = hooks(&spec, &server);
    if config.exists() {
        let _ = writeln!(
            said,
            "{} stays as it is; under `repos:` it takes:\n\n{hooks}",
            shown(&config)
        );
    } else {
        write_new(&config, &format!("repos:\n{hooks}"))?;
        let _ = writeln!(said, "wrote {}", shown(&config));
    }
    Ok(said)
}

/// The entry of `.pre-commit-config.yaml`.
fn hooks(spec: &str, server: &str) -> String {
    let (spec, server) = (word(spec), word(server));
    let generate = format!("toolwright generate {spec} --out {server} --mode check");
    let lint = format!("toolwright lint {spec}");
    let diff = format!(
        "sh -c 'git cat-file -e \"HEAD:$0\" 2>/dev/null || exit 0; toolwright diff \"HEAD:$0\" \"$0\"' {spec}"
    );
    filled(
        HOOKS,
        &[
            ("@GENERATE@", &scalar(&generate)),
            ("@LINT@", &scalar(&lint)),
            ("@DIFF@", &scalar(&diff)),
        ],
    )
}

fn filled(template: &str, holes: &[(&str, &str)]) -> String {
    holes
        .iter()
        .fold(template.to_owned(), |text, (hole, value)| {
            text.replace(hole, value)
        })
}

/// A word of a shell's command.
fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    match text.chars().all(plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

/// The top of the checkout that `spec` is in; without one, the current folder.
fn top(spec: &Path) -> PathBuf {
    let real = spec.canonicalize().unwrap_or_else(|_| spec.to_path_buf());
    let mut folders = real.ancestors().skip(1);
    let top = folders.find(|folder| folder.join(".git").exists());
    top.map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_path_is_one_word_of_yaml_and_of_the_shell() {
        assert_eq!(word("specs/shop/tools.yaml"), "specs/shop/tools.yaml");
        assert_eq!(word("it's $x/a b"), r"'it'\''s $x/a b'");
        let text = format!("repos:\n{}", hooks("my specs/it's: #1.yaml", "out"));
        let config: serde_json::Value = serde_yaml::from_str(&text).expect("YAML");
        let entry = &config["repos"][0]["hooks"][1]["entry"];
        assert_eq!(entry, r"toolwright lint 'my specs/it'\''s: #1.yaml'");
    }
}
