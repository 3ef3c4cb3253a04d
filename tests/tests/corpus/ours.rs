//! The documents of `tests/corpus`, one for each construct of OpenAPI.
//!
//! `UPDATE=1 cargo test -p toolwright-tests --test corpus ours` writes the expectations anew.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use toolwright_tests::{copy_tree, root, tree};

use crate::generated::{Tool, toolwright};
use crate::pool::over_all_cores;
use crate::{compile, scratch, strict};

/// A document of ours, copied to where its server is made.
struct Case {
    kind: &'static str,
    name: String,
    folder: PathBuf,
}

#[test]
fn each_construct_becomes_the_tools_it_should() {
    let servers = compile::workspace();
    let cases = ["positive", "tolerated"].map(cases);
    let cases: Vec<&Case> = cases.iter().flatten().collect();
    let wrong = over_all_cores(cases.clone(), |case| {
        case.fault(&servers.join(case.package()))
    });
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let members: Vec<String> = cases.iter().map(|case| case.package()).collect();
    let said = compile::check(&members);
    assert!(said.is_empty(), "{said:#?}");
}

#[test]
fn each_fault_is_said_with_its_place() {
    let wrong = over_all_cores(cases("negative"), |case| {
        let server = case.folder.join("server");
        let output = case.toolwright(&["generate", "--out", "server"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.code() != Some(1) {
            return Some(format!(
                "{} ends with {:?}: {said}",
                case.name, output.status
            ));
        }
        if server.exists() {
            return Some(format!("{}: something is written", case.name));
        }
        if !said.contains("error[TW") || !said.contains("--> ") {
            return Some(format!("{}: no code or no place: {said}", case.name));
        }
        difference("negative", &case.name, "stderr", &said)
    });
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn folder_of(kind: &str) -> PathBuf {
    root().join("tests/corpus").join(kind)
}

/// The documents in `tests/corpus/KIND`: files, and folders with a `root.yaml`.
fn cases(kind: &'static str) -> Vec<Case> {
    let entries = fs::read_dir(folder_of(kind)).expect("tests/corpus");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    let mut cases = Vec::new();
    for path in paths {
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let is_document = path
            .extension()
            .is_some_and(|extension| extension == "yaml")
            && !name.ends_with(".tools");
        if path.is_dir() || is_document {
            cases.push(Case::new(kind, name, &path));
        }
    }
    cases
}

impl Case {
    fn new(kind: &'static str, name: String, path: &Path) -> Self {
        let folder = scratch().join(kind).join(&name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("the folder of the case");
        let mut document = format!("{name}.yaml");
        if path.is_dir() {
            copy_tree(path, &folder);
            "root.yaml".clone_into(&mut document);
        } else {
            fs::copy(path, folder.join(&document)).expect("the document");
        }
        let own = path.with_extension("tools.yaml");
        let text = fs::read_to_string(own).unwrap_or_else(|_| {
            format!("version: 1\nopenapi: {document}\nserver: {{ name: ours-{name} }}\noperations: {{ include: [/**] }}\n")
        });
        fs::write(folder.join("tools.yaml"), text).expect("the tools spec");
        Self { kind, name, folder }
    }

    /// The package of its server.
    fn package(&self) -> String {
        format!("ours-{}", self.name)
    }

    /// What is wrong with the server made of it.
    fn fault(&self, server: &Path) -> Option<String> {
        let name = &self.name;
        let _ = fs::remove_dir_all(server);
        let (code, diagnostics, said) = self.generate(server);
        if code != Some(0) {
            return Some(format!("{name}: {diagnostics}{said}"));
        }
        if self.kind == "tolerated" && diagnostics.is_empty() {
            return Some(format!("{name}: nothing is said"));
        }
        for (file, content) in tree(server) {
            let text = String::from_utf8_lossy(&content).into_owned();
            if let (true, Err(error)) = (file.ends_with(".rs"), syn::parse_file(&text)) {
                return Some(format!("{name}: {file} does not parse: {error}"));
            }
        }
        let mut list = Value::Null;
        // Where agents search for tools, those are in the catalogue.
        for file in ["tools.json", "catalogue.json"] {
            let Ok(text) = fs::read(server.join(file)) else {
                continue;
            };
            list = serde_json::from_slice(&text).expect("JSON");
            let problems = strict::problems(&list);
            if !problems.is_empty() {
                return Some(format!("{name}: {file}: {problems:#?}"));
            }
        }
        difference(
            self.kind,
            name,
            "txt",
            &self.shown(&list, server, &diagnostics),
        )
    }

    fn toolwright(&self, arguments: &[&str]) -> Output {
        Command::new(toolwright())
            .args(&arguments[..1])
            .arg("tools.yaml")
            .args(&arguments[1..])
            .current_dir(&self.folder)
            .env("NO_COLOR", "1")
            .output()
            .expect("toolwright starts")
    }

    /// Writes the server: the status, the diagnostics, a line each, and what else it said.
    fn generate(&self, server: &Path) -> (Option<i32>, String, String) {
        let out = server.to_str().expect("a path in UTF-8");
        let output = self.toolwright(&["generate", "--out", out, "--format", "json"]);
        let mut diagnostics = String::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let said: Value = serde_json::from_str(line).unwrap_or_default();
            let text = |pointer: &str| {
                let value = said.pointer(pointer).unwrap_or(&Value::Null);
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned)
            };
            let (severity, code, message) = (text("/severity"), text("/code"), text("/message"));
            let place = [text("/at/file"), text("/at/line"), text("/at/column")].join(":");
            let _ = writeln!(diagnostics, "{severity}[{code}] {place}: {message}");
        }
        (
            output.status.code(),
            diagnostics,
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    }

    /// The tools as a reader checks them: each with its request, arguments and result, a line each.
    fn shown(&self, list: &Value, server: &Path, diagnostics: &str) -> String {
        let mut text = diagnostics.to_owned();
        let library = fs::read_to_string(server.join("src/lib.rs")).expect("src/lib.rs");
        for line in library.lines().filter(|line| line.contains("base_url: ")) {
            let _ = writeln!(text, "{}", line.trim());
        }
        let listed = self.toolwright(&["tools", "--format", "json"]);
        let listed: Value = serde_json::from_slice(&listed.stdout).unwrap_or_default();
        let listed = listed["systems"][0]["tools"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        for (tool, listed) in list
            .as_array()
            .into_iter()
            .flatten()
            .zip(listed.iter().map(Tool::new))
        {
            let _ = writeln!(text, "\n{}  {} {}", listed.name, listed.method, listed.path);
            let input = &tool["inputSchema"];
            let required = input["required"].as_array().cloned().unwrap_or_default();
            for (name, schema) in input["properties"].as_object().into_iter().flatten() {
                let mark = if required.contains(&Value::from(name.as_str())) {
                    "*"
                } else {
                    ""
                };
                let _ = writeln!(text, "    {name}{mark}: {schema}");
            }
            if let Some(output) = tool.get("outputSchema") {
                let _ = writeln!(text, "    -> {output}");
            }
        }
        text
    }
}

/// What differs from the expectation, which is written anew if `UPDATE` is set.
fn difference(kind: &str, name: &str, extension: &str, found: &str) -> Option<String> {
    let path = folder_of(kind).join(format!("{name}.{extension}"));
    let expected = fs::read_to_string(&path).unwrap_or_default();
    if expected == found {
        return None;
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, found).expect("the expectation");
        return None;
    }
    let (was, is) = expected
        .lines()
        .chain(std::iter::repeat("(end)"))
        .zip(found.lines().chain(["(end)"]))
        .find(|(was, is)| was != is)
        .unwrap_or_default();
    Some(format!(
        "tests/corpus/{kind}/{name}.{extension} says\n    {was}\nbut now it is\n    {is}\n\
         If that is right: UPDATE=1 cargo test -p toolwright-tests --test corpus ours"
    ))
}
