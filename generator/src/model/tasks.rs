//! Long-running operations: how the tools spec says they are followed.

use serde_json::{Map, Value, json};

use super::Operation;
use super::offer::offer;
use super::pointers::{Led, lead, nowhere};
use super::settings::milliseconds;
use super::tools::Tool;
use crate::diagnostics::{At, Diagnostic, Diagnostics, codes, nearest};
use crate::normalise::Schemas;
use crate::read::Sources;
use crate::read::tools_spec::{TaskTool, TasksSpec};

/// How long-running operations are followed.
#[derive(Clone, Debug)]
pub struct Tasks {
    /// As declared.
    pub spec: TasksSpec,
    /// How often the state is asked for, in milliseconds.
    pub poll_ms: u64,
    /// The most that can be waited, in seconds; 0 offers no waiting.
    pub wait_seconds: u64,
    /// Other tools that tell the state: they call the operation of the status tool, with the same argument.
    pub also: Vec<String>,
}

impl Tasks {
    /// The names of the tools that tell the state.
    pub fn tellers(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.spec.status.tool).chain(&self.also)
    }
}

/// How often the state is asked for, unless said otherwise.
const POLL_MS: u64 = 2_000;
/// The most that `wait_seconds` may ask for, unless said otherwise: many clients give a call up after it.
const WAIT_MS: u64 = 60_000;

/// How long-running operations are followed, with every tool, argument and pointer it names checked.
/// The tools that can wait for one offer it.
pub(super) fn tasks(
    sources: &Sources,
    tools: &mut [Tool],
    operations: &[Operation],
    schemas: &Schemas<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Tasks> {
    let Some(spec) = &sources.spec.tasks else {
        if let Some(tool) = tools.iter().find(|tool| tool.task.is_some()) {
            let message = format!(
                "tool `{}` starts a long-running operation, and nothing says how to follow one",
                tool.name
            );
            let place = tool.at.child("task");
            diagnostics.push(
                Diagnostic::error(codes::UNKNOWN_TOOL, place, message)
                    .help("declare `tasks:` with at least `status` and `state`"),
            );
        }
        return None;
    };
    let at = At::value(sources.spec_file, "/tasks");
    let mut check = Check {
        sources,
        at: &at,
        tools,
        operations,
        schemas,
        diagnostics,
    };
    check.tool("status", &spec.status);
    if let Some(result) = &spec.result {
        check.tool("result", result);
    }
    if let Some(cancel) = &spec.cancel {
        check.tool("cancel", cancel);
    }
    check.pointers(spec);
    let poll_ms = check.duration("poll", spec.poll.as_deref(), POLL_MS);
    let wait_ms = match spec.wait.as_deref().map(str::trim) {
        Some("0s" | "0") => 0,
        wait => check.duration("wait", wait, WAIT_MS),
    };
    if !wait_ms.is_multiple_of(1000) {
        let message = "`wait` is in whole seconds";
        diagnostics.push(Diagnostic::error(
            codes::SPEC_SHAPE,
            at.child("wait"),
            message,
        ));
    }
    let tasks = Tasks {
        spec: spec.clone(),
        poll_ms,
        wait_seconds: wait_ms / 1000,
        also: also(tools, &spec.status),
    };
    if tasks.wait_seconds > 0 {
        for tool in tools {
            let starts = tool.task.is_some();
            if starts || tasks.tellers().any(|name| *name == tool.name) {
                let schema = wait_argument(tasks.wait_seconds, starts);
                offer(tool, "wait_seconds", schema, at.child("wait"), diagnostics);
            }
        }
    }
    Some(tasks)
}

/// The other tools that call the operation of the status tool, with the same argument and no other that is required.
fn also(tools: &[Tool], status: &TaskTool) -> Vec<String> {
    let operation = tools
        .iter()
        .find(|tool| tool.name == status.tool)
        .map(|tool| tool.operation);
    let takes_id = |tool: &&Tool| {
        let mut required = tool.arguments.iter().filter(|argument| argument.required);
        required
            .next()
            .is_some_and(|argument| argument.name == status.argument)
            && required.next().is_none()
    };
    let same = tools
        .iter()
        .filter(|tool| Some(tool.operation) == operation && tool.name != status.tool);
    same.filter(takes_id)
        .map(|tool| tool.name.clone())
        .collect()
}

/// Every token of it is read by agents, for each tool that can wait.
fn wait_argument(longest: u64, starts: bool) -> Map<String, Value> {
    let description = if starts {
        "Wait this long for the end; the operation's status then follows the answer."
    } else {
        "Wait this long for the end."
    };
    let schema =
        json!({ "type": "integer", "description": description, "minimum": 0, "maximum": longest });
    schema.as_object().cloned().unwrap_or_default()
}

struct Check<'a, 's> {
    sources: &'a Sources,
    /// `tasks`.
    at: &'a At,
    tools: &'a [Tool],
    operations: &'a [Operation],
    schemas: &'a Schemas<'s>,
    diagnostics: &'a mut Diagnostics,
}

impl Check<'_, '_> {
    fn tool(&mut self, key: &str, entry: &TaskTool) {
        let at = self.at.child(key);
        let Some(tool) = self.tools.iter().find(|tool| tool.name == entry.tool) else {
            // Declared, but with an error that is reported already.
            let declared = self.sources.spec.tools.get(&entry.tool);
            if declared.is_none_or(|tool| !tool.enabled) {
                let message = format!("there is no tool `{}`", entry.tool);
                let names = self.tools.iter().map(|tool| tool.name.as_str());
                let near = nearest(&entry.tool, names);
                self.unknown(codes::UNKNOWN_TOOL, at.child("tool"), message, near);
            }
            return;
        };
        let names = tool.arguments.iter().map(|argument| argument.name.as_str());
        if !names.clone().any(|name| name == entry.argument) {
            let message = format!("tool `{}` has no argument `{}`", tool.name, entry.argument);
            let near = nearest(&entry.argument, names);
            self.unknown(codes::UNKNOWN_ARGUMENT, at.child("argument"), message, near);
        }
        let other = tool
            .arguments
            .iter()
            .find(|argument| argument.required && argument.name != entry.argument);
        if let Some(other) = other {
            let message = format!(
                "tool `{}` also requires `{}`, and a task has only its id",
                tool.name, other.name
            );
            self.diagnostics.push(
                Diagnostic::error(codes::BAD_ARGUMENT, at.child("tool"), message)
                    .help("give that argument a `const` or a `default`"),
            );
        }
    }

    fn unknown(&mut self, code: codes::Code, at: At, message: String, near: Option<&str>) {
        let mut diagnostic = Diagnostic::error(code, at, message);
        if let Some(name) = near {
            diagnostic = diagnostic.help(format!("did you mean `{name}`?"));
        }
        self.diagnostics.push(diagnostic);
    }

    /// Every pointer leads somewhere, and the words of the state are those of the document.
    fn pointers(&mut self, spec: &TasksSpec) {
        for tool in self.tools {
            if let Some(id) = &tool.task {
                self.pointer(Some(tool), id, &tool.at.child("task").child("id"));
            }
        }
        let status = self.tools.iter().find(|tool| tool.name == spec.status.tool);
        let state = self.at.child("state");
        let at = self.pointer(status, &spec.state.at, &state.child("at"));
        if let Some(at) = at {
            self.words(spec, &at, &state);
        }
        let progress = spec.progress.as_ref();
        for (pointer, path) in [
            (
                progress.and_then(|progress| progress.percent.as_ref()),
                "progress/percent",
            ),
            (
                progress.and_then(|progress| progress.message.as_ref()),
                "progress/message",
            ),
            (spec.updated.as_ref(), "updated"),
            (spec.error.as_ref(), "error"),
        ] {
            let place = path
                .split('/')
                .fold(self.at.clone(), |at, key| at.child(key));
            if let Some(pointer) = pointer {
                self.pointer(status, pointer, &place);
            }
        }
    }

    fn pointer(&mut self, tool: Option<&Tool>, pointer: &str, place: &At) -> Option<At> {
        if !pointer.starts_with('/') {
            // That of a tool is reported with the others of the tool.
            if place.pointer.starts_with("/tasks") {
                let message = format!("`{pointer}` is not a JSON pointer");
                let help = format!("begin it with a slash: `/{}`", pointer.replace('.', "/"));
                self.diagnostics
                    .push(Diagnostic::error(codes::BAD_POINTER, place.clone(), message).help(help));
            }
            return None;
        }
        let operation = &self.operations[tool?.operation];
        match lead(self.schemas, &operation.success, pointer) {
            Led::To(places) => places.into_iter().next(),
            Led::Open => None,
            Led::Nowhere(lost) => {
                let diagnostic = nowhere(self.schemas, operation, pointer, &lost, place.clone());
                self.diagnostics.push(diagnostic);
                None
            }
        }
    }

    fn words(&mut self, spec: &TasksSpec, schema: &At, at: &At) {
        let Ok(schema) = self.schemas.get(schema) else {
            return;
        };
        let Some(Value::Array(known)) = schema.get("enum") else {
            return;
        };
        let known: Vec<&str> = known.iter().filter_map(Value::as_str).collect();
        let lists = [
            ("working", &spec.state.working),
            ("completed", &spec.state.completed),
            ("failed", &spec.state.failed),
            ("cancelled", &spec.state.cancelled),
        ];
        for (key, words) in lists {
            for (index, word) in words.iter().enumerate() {
                if !known.contains(&word.as_str()) {
                    let place = at.child(key).child(&index.to_string());
                    let message = format!("the document has no state `{word}`");
                    let help = match nearest(word, known.iter().copied()) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("it has {}", known.join(", ")),
                    };
                    self.diagnostics
                        .push(Diagnostic::error(codes::BAD_ARGUMENT, place, message).help(help));
                }
            }
        }
        let said = |word: &str| {
            lists
                .iter()
                .any(|(_, words)| words.iter().any(|known| known == word))
        };
        if let Some(word) = known.iter().find(|word| !said(word)) {
            let message = format!(
                "nothing says what the state `{word}` means; it is taken for one under way"
            );
            self.diagnostics.push(
                Diagnostic::warning(codes::BAD_ARGUMENT, at.clone(), message)
                    .help("list it under `working`, `completed`, `failed` or `cancelled`"),
            );
        }
    }

    fn duration(&mut self, key: &str, text: Option<&str>, default: u64) -> u64 {
        let Some(text) = text else { return default };
        milliseconds(text).unwrap_or_else(|| {
            let message = format!("`{text}` is not a duration");
            self.diagnostics.push(
                Diagnostic::error(codes::SPEC_SHAPE, self.at.child(key), message)
                    .help("write a number and a unit: `500ms`, `2s`, `1m`"),
            );
            default
        })
    }
}
