//! One document through the generator as a user runs it, and what is wrong with what came out.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::Value;
use toolwright_tests::{release_bin, tree};

use crate::count::{self, Operation};
use crate::strict::{self, Problem};

/// Longer than any document takes, on any machine: a hang.
const HANG: Duration = Duration::from_secs(600);

/// A document on its way.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// Unique; the server is called so too.
    pub(crate) name: String,
    /// The file to start from.
    pub(crate) document: PathBuf,
    /// The folder that references may reach, where it is not the document's own.
    pub(crate) root: Option<PathBuf>,
    /// Where its tools spec and what the commands say goes.
    pub(crate) folder: PathBuf,
    /// Where its server goes.
    pub(crate) server: PathBuf,
}

/// What became of a document.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    /// How many operations the document has.
    pub(crate) operations: usize,
    /// How many tools came of it.
    pub(crate) tools: usize,
    /// Whether a server was written.
    pub(crate) generated: bool,
    /// Time of `init` and `generate`.
    pub(crate) seconds: f64,
    /// Operations without a tool, and why.
    pub(crate) left_out: Vec<(Operation, String)>,
    /// What must not be.
    pub(crate) problems: Vec<Problem>,
}

/// How a command ended.
struct Said {
    code: Option<i32>,
    stdout: String,
    stderr: String,
    seconds: f64,
}

impl Case {
    /// `init --all`, `generate` and `tools` of the document.
    pub(crate) fn run(&self) -> Outcome {
        let mut outcome = Outcome::default();
        let operations = count::operations(&self.document);
        outcome.operations = operations.len();
        let _ = fs::remove_dir_all(&self.folder);
        let _ = fs::remove_dir_all(&self.server);
        fs::create_dir_all(&self.folder).expect("the folder of the case");
        let tools = self.make(&mut outcome);
        let reason = reason(&outcome);
        let mut without = operations;
        for tool in &tools {
            without.retain(|operation| !tool.is(operation));
        }
        outcome.tools = tools.len();
        outcome.left_out = without
            .into_iter()
            .map(|operation| {
                let elsewhere = operation.method == count::ELSEWHERE;
                let reason = if elsewhere {
                    "its path item is at another host, which is not asked"
                } else {
                    &reason
                };
                (operation, reason.to_owned())
            })
            .collect();
        outcome
    }

    fn make(&self, outcome: &mut Outcome) -> Vec<Tool> {
        let spec = self.folder.join("tools.yaml");
        let init = self.init();
        outcome.take("init", &init);
        if !spec.is_file() {
            return Vec::new();
        }
        let generate = self.toolwright(
            "generate",
            &[spec.as_os_str(), "--out".as_ref(), self.server.as_os_str()],
        );
        outcome.take("generate", &generate);
        if generate.code != Some(0) {
            return Vec::new();
        }
        outcome.generated = true;
        outcome.look_at(&self.server);
        let listed = self.toolwright(
            "tools",
            &[spec.as_os_str(), "--format".as_ref(), "json".as_ref()],
        );
        outcome.take_errors("tools", &listed);
        let listed = serde_json::from_str::<Value>(&listed.stdout).unwrap_or_default();
        let tools = listed["systems"][0]["tools"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let tools: Vec<Tool> = tools.iter().map(Tool::new).collect();
        outcome.arguments(&tools, &self.server);
        tools
    }

    fn init(&self) -> Said {
        let mut arguments = vec![
            self.document.as_os_str(),
            "--all".as_ref(),
            "--out".as_ref(),
            self.folder.as_os_str(),
            "--name".as_ref(),
            self.name.as_ref(),
        ];
        if let Some(root) = &self.root {
            arguments.extend(["--root".as_ref(), root.as_os_str()]);
        }
        self.toolwright("init", &arguments)
    }

    fn toolwright(&self, command: &str, arguments: &[&OsStr]) -> Said {
        let path = |what: &str| self.folder.join(format!("{command}.{what}"));
        let file = |what: &str| File::create(path(what)).expect("a file for what it says");
        let start = Instant::now();
        let mut child = Command::new(toolwright())
            .arg(command)
            .args(arguments)
            .current_dir(&self.folder)
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(file("stdout"))
            .stderr(file("stderr"))
            .spawn()
            .expect("toolwright starts");
        let code = loop {
            match child.try_wait().expect("its state") {
                Some(status) => break status.code(),
                None if start.elapsed() > HANG => {
                    let _ = child.kill();
                    break child.wait().expect("its end").code();
                }
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        let seconds = start.elapsed().as_secs_f64();
        let text = |what: &str| {
            String::from_utf8_lossy(&fs::read(path(what)).expect("what it said")).into_owned()
        };
        Said {
            code,
            stdout: text("stdout"),
            stderr: text("stderr"),
            seconds,
        }
    }
}

impl Outcome {
    /// A command that must succeed, of the time that counts.
    fn take(&mut self, command: &str, said: &Said) {
        self.seconds += said.seconds;
        self.take_errors(command, said);
    }

    fn take_errors(&mut self, command: &str, said: &Said) {
        if said.code == Some(101) || said.stderr.contains("panicked at") {
            let place = said
                .stderr
                .lines()
                .find(|line| line.contains("panicked at"));
            self.problem(format!("`{command}` panics"), place.unwrap_or_default());
        } else if said.code.is_none() {
            let last = said.stderr.lines().last().unwrap_or_default();
            self.problem(format!("`{command}` is ended by a signal: {last}"), "");
        } else if said.code != Some(0) {
            let mut lines = said.stderr.lines();
            while let Some(line) = lines.next() {
                if line.starts_with("error") {
                    let place = lines.next().unwrap_or_default().trim();
                    self.problem(format!("`{command}`: {line}"), place);
                }
            }
            if said.code != Some(1) {
                self.problem(
                    format!("`{command}` ends with {:?}", said.code),
                    said.stderr.trim(),
                );
            }
        }
    }

    fn problem(&mut self, rule: impl Into<String>, place: &str) {
        self.problems.push(Problem::new(rule, place));
    }

    /// Every file parses, and a strict client takes the list.
    fn look_at(&mut self, server: &Path) {
        for (name, content) in tree(server) {
            if name.ends_with(".rs") && !name.starts_with("runtime/") {
                let text = String::from_utf8(content).unwrap_or_default();
                if let Err(error) = syn::parse_file(&text) {
                    self.problem(format!("a file does not parse: {error}"), &name);
                }
            }
        }
        let list = fs::read(server.join("tools.json")).unwrap_or_default();
        match serde_json::from_slice(&list) {
            Ok(list) => self.problems.extend(strict::problems(&list)),
            Err(error) => self.problem(format!("tools.json is no JSON: {error}"), ""),
        }
    }

    /// Every parameter of a path is an argument, and required.
    fn arguments(&mut self, tools: &[Tool], server: &Path) {
        let list = fs::read(server.join("tools.json")).unwrap_or_default();
        let list = serde_json::from_slice::<Value>(&list).unwrap_or_default();
        let schemas: HashMap<&str, &Value> = list
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|tool| Some((tool["name"].as_str()?, &tool["inputSchema"])))
            .collect();
        if schemas.len() != tools.len() {
            self.problem("tools.json and `tools` list different tools", "");
        }
        for tool in tools {
            let required = schemas
                .get(&*tool.name)
                .and_then(|schema| schema["required"].as_array());
            let required: Vec<String> = required
                .into_iter()
                .flatten()
                .filter_map(|name| name.as_str().map(letters))
                .collect();
            for parameter in tool.parameters() {
                let wanted = letters(&parameter);
                if !required
                    .iter()
                    .any(|name| name.contains(&wanted) || wanted.contains(name))
                {
                    self.problem(
                        "a path parameter is no required argument",
                        &format!("{} {{{parameter}}}", tool.name),
                    );
                }
            }
        }
    }
}

/// A tool as `tools --format json` tells it.
pub(crate) struct Tool {
    pub(crate) name: String,
    pub(crate) method: String,
    pub(crate) path: String,
}

impl Tool {
    pub(crate) fn new(listed: &Value) -> Self {
        let text = |key: &str| listed[key].as_str().unwrap_or_default().to_owned();
        Self {
            name: text("name"),
            method: text("method"),
            path: text("path"),
        }
    }

    fn is(&self, operation: &Operation) -> bool {
        self.method == operation.method && self.path == operation.path
    }

    /// The parameters of its template.
    fn parameters(&self) -> Vec<String> {
        let parts = self.path.split('{').skip(1);
        parts
            .filter_map(|part| part.split_once('}'))
            .map(|(name, _)| name.to_owned())
            .collect()
    }
}

/// The generator, built as its users build it: a debug build takes minutes for the larger documents.
pub(crate) fn toolwright() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| release_bin("toolwright"))
}

/// What is left of a name, however it was made to fit.
fn letters(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_lowercase()
}

/// Why operations have no tool: the first thing that went wrong.
fn reason(outcome: &Outcome) -> String {
    outcome
        .problems
        .first()
        .map_or_else(|| "not listed".to_owned(), |problem| problem.rule.clone())
}
