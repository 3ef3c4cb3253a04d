//! Real clients against generated servers: each client, lifecycle and transport, each system.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use toolwright_tests::{Backend, Fixtures, Hub, bin, client_of, node, root, serve_http};

use crate::{inspector, report, server};

/// Something that a host does, and what the answer must have.
#[derive(Serialize)]
pub(crate) struct Step {
    /// `tools`, `prompts`, `resources`, `call`, `prompt` or `read`.
    #[serde(rename = "do")]
    pub(crate) what: &'static str,
    /// The tool, the prompt or the URI.
    pub(crate) of: &'static str,
    pub(crate) arguments: Value,
    #[serde(skip)]
    error: bool,
    #[serde(skip)]
    says: &'static str,
}

/// What a client says of a step.
#[derive(Debug, Deserialize)]
pub(crate) struct Said {
    pub(crate) error: bool,
    pub(crate) text: String,
    /// The revision in use; empty where the client does not tell.
    pub(crate) version: String,
}

fn step(what: &'static str, of: &'static str, arguments: Value, says: &'static str) -> Step {
    Step {
        what,
        of,
        arguments,
        error: false,
        says,
    }
}

fn wrong(of: &'static str, arguments: Value, says: &'static str) -> Step {
    Step {
        error: true,
        ..step("call", of, arguments, says)
    }
}

/// A generated system: its server, where its backend is, and what is done with it.
struct System {
    name: &'static str,
    server: PathBuf,
    environment: (&'static str, String),
    steps: Vec<Step>,
}

fn ktrdr(backend: &Backend) -> System {
    let bars = json!({"symbol": "AAPL", "mode": "local"});
    System {
        name: "ktrdr",
        server: bin("ktrdr-mcp"),
        environment: ("KTRDR_API_URL", backend.url()),
        steps: vec![
            step("tools", "", json!({}), "list_operations"),
            step("prompts", "", json!({}), "load_and_check"),
            step("resources", "", json!({}), "ktrdr://models"),
            step("call", "check_backend_health", json!({}), "uptime_seconds"),
            step("call", "list_trained_models", json!({}), "models"),
            step("call", "trigger_data_loading", bars, "AAPL"),
            wrong("list_operations", json!({"limit": 1000}), "`limit` must be"),
            wrong(
                "get_operation_status",
                json!({"operation_id": "op_none"}),
                "404",
            ),
            step(
                "prompt",
                "train_and_judge",
                json!({"symbol": "AAPL"}),
                "AAPL",
            ),
            step("read", "ktrdr://models", json!({}), "models"),
        ],
    }
}

fn orchestrator(hub: &Hub) -> System {
    let known =
        json!({"name": "bars.csv", "type": "data", "storage_location": "s3://bars/AAPL.csv"});
    System {
        name: "orchestrator",
        server: bin("orchestrator-mcp"),
        environment: ("ORCHESTRATOR_API_URL", hub.url()),
        steps: vec![
            step("tools", "", json!({}), "submit_job"),
            step("prompts", "", json!({}), "run_experiment"),
            step("resources", "", json!({}), "orchestrator://services"),
            step("call", "check_hub_health", json!({}), "ready"),
            step("call", "list_jobs", json!({}), "next_cursor"),
            step("call", "register_artifact", known, "s3://bars/AAPL.csv"),
            wrong("list_jobs", json!({"limit": 1000}), "`limit` must be"),
            wrong(
                "get_job",
                json!({"job_id": "00000000-0000-4000-8000-000000000000"}),
                "404",
            ),
            step(
                "prompt",
                "run_experiment",
                json!({"strategy": "mlp_basic", "symbol": "AAPL"}),
                "AAPL",
            ),
            step("read", "orchestrator://services", json!({}), "services"),
        ],
    }
}

fn fixtures(backend: &Fixtures) -> System {
    System {
        name: "conformance",
        server: server().to_path_buf(),
        environment: ("CONFORMANCE_API_URL", backend.url()),
        steps: vec![
            step("tools", "", json!({}), "test_simple_text"),
            step("prompts", "", json!({}), "test_simple_prompt"),
            step("resources", "", json!({}), "test://static-text"),
            step("call", "greet", json!({"name": "Ada"}), "Hello, Ada!"),
            step("call", "test_image_content", json!({}), "image/png"),
            // With the tasks extension it is a task, and the client waits for its end.
            step("call", "slow_compute", json!({"seconds": 0.2}), "job-"),
            wrong(
                "test_error_handling",
                json!({}),
                "intentionally returns an error",
            ),
            wrong("greet", json!({"nam": "Ada"}), "did you mean `name`?"),
            step(
                "prompt",
                "test_prompt_with_arguments",
                json!({"arg1": "one", "arg2": "two"}),
                "arg2='two'",
            ),
            step(
                "read",
                "test://static-text",
                json!({}),
                "static text resource",
            ),
            step(
                "read",
                "test://template/7/data",
                json!({}),
                "Data for ID: 7",
            ),
        ],
    }
}

/// A client in one of its lifecycles.
struct Client {
    name: &'static str,
    mode: &'static str,
    /// The revision that it then speaks.
    version: &'static str,
    driver: Driver,
}

enum Driver {
    /// A program that takes all steps in one session.
    Session(PathBuf, PathBuf),
    /// Node and the Inspector's launcher.
    Inspector(PathBuf, PathBuf),
}

/// Every client, or those that are there, after saying which are not.
fn clients() -> Vec<Client> {
    let mut clients = Vec::new();
    let mut add = |name, driver: &dyn Fn() -> Driver, modes: &[(&'static str, &'static str)]| {
        for &(mode, version) in modes {
            clients.push(Client {
                name,
                mode,
                version,
                driver: driver(),
            });
        }
    };
    let both = [("auto", "2026-07-28"), ("legacy", "2025-11-25")];
    if let Some(python) = client_of("python", "bin/python") {
        let script = root().join("tests/clients/agent.py");
        add(
            "Python `mcp` 2.3.0",
            &|| Driver::Session(python.clone(), script.clone()),
            &both,
        );
    }
    let Some(node) = node() else { return clients };
    if let Some(modules) = client_of("typescript", "node_modules") {
        // Node looks for modules beside the script, so the scripts go beside the modules.
        let folder = modules.parent().expect("the folder of node_modules");
        for file in ["steps.mjs", "agent.mjs", "agent1.mjs"] {
            fs::copy(root().join("tests/clients").join(file), folder.join(file)).expect("a script");
        }
        let script = |file: &str| Driver::Session(node.clone(), folder.join(file));
        add(
            "`@modelcontextprotocol/client` 2.4.0",
            &|| script("agent.mjs"),
            &both,
        );
        add(
            "`@modelcontextprotocol/sdk` 1.32.2",
            &|| script("agent1.mjs"),
            &both[1..],
        );
    }
    let launcher = "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js";
    if let Some(launcher) = client_of("inspector", launcher) {
        let both = [("modern", "2026-07-28"), ("legacy", "2025-11-25")];
        add(
            "Inspector CLI 2.12.0, `--strict`",
            &|| Driver::Inspector(node.clone(), launcher.clone()),
            &both,
        );
    }
    clients
}

impl Client {
    /// Takes the steps of a system, with its server at `target`: a URL or a command.
    fn take(&self, target: &str, system: &System) -> Vec<Said> {
        let (name, url) = &system.environment;
        match &self.driver {
            Driver::Session(program, script) => {
                let output = Command::new(program)
                    .arg(script)
                    .args([target, self.mode])
                    .arg(serde_json::to_string(&system.steps).expect("JSON"))
                    .env(name, url)
                    .output()
                    .expect("the client starts");
                let out = String::from_utf8_lossy(&output.stdout);
                let said: Vec<Said> = out
                    .lines()
                    .filter_map(|line| serde_json::from_str(line).ok())
                    .collect();
                let err = String::from_utf8_lossy(&output.stderr);
                assert!(
                    output.status.success(),
                    "{} at {target}: {out}\n{err}",
                    self.name
                );
                said
            }
            Driver::Inspector(node, launcher) => {
                let target = &self.configured(target, system);
                let take = |step| inspector::step(node, launcher, target, self.mode, step);
                system.steps.iter().map(take).collect()
            }
        }
    }

    /// The Inspector gives a server few variables of its own environment: a script that sets the one needed.
    fn configured(&self, target: &str, system: &System) -> String {
        if target.starts_with("http") {
            return target.to_owned();
        }
        let (name, url) = &system.environment;
        let file = root().join(format!(
            "target/conformance/{}-{}.sh",
            system.name, self.mode
        ));
        fs::write(&file, format!("#!/bin/sh\n{name}={url} exec '{target}'\n")).expect("a script");
        executable(&file);
        file.to_string_lossy().into_owned()
    }
}

fn executable(file: &Path) {
    let done = Command::new("chmod").arg("+x").arg(file).status();
    assert!(
        done.is_ok_and(|status| status.success()),
        "{}",
        file.display()
    );
}

#[test]
fn every_client_gets_along_with_every_system() {
    let clients = clients();
    if clients.is_empty() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let hub = Hub::open(folder.path());
    let (backend, fixed) = (Backend::demo(), Fixtures::start());
    let mut faults = Vec::new();
    let mut rows = String::new();
    for system in [ktrdr(&backend), orchestrator(&hub), fixtures(&fixed)] {
        let (name, url) = &system.environment;
        let mut command = Command::new(&system.server);
        command.env(name, url);
        let (_process, served) = serve_http(command);
        let stdio = system.server.to_string_lossy().into_owned();
        for client in &clients {
            for (transport, target) in [("stdio", &stdio), ("HTTP", &format!("{served}/mcp"))] {
                let said = client.take(target, &system);
                let row = format!(
                    "| {} | {} | {transport} | {} |",
                    client.name, client.version, system.name
                );
                let wrong = judge(client, &system, &said);
                let result = if wrong.is_empty() { "ok" } else { "fails" };
                let _ = writeln!(rows, "{row} {result} |");
                faults.extend(wrong.into_iter().map(|wrong| format!("{row} {wrong}")));
            }
        }
    }
    println!("{rows}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    if clients.len() == 7 {
        report::hold("clients.md", &format!("{HEAD}{rows}"));
    }
}

/// What is not as it must be.
fn judge(client: &Client, system: &System, said: &[Said]) -> Vec<String> {
    let mut wrong = Vec::new();
    if said.len() != system.steps.len() {
        wrong.push(format!(
            "{} of {} steps were taken",
            said.len(),
            system.steps.len()
        ));
    }
    for (step, said) in system.steps.iter().zip(said) {
        let Said {
            error,
            text,
            version,
        } = said;
        if *error != step.error || !text.contains(step.says) {
            wrong.push(format!("{} {}: {said:?}", step.what, step.of));
        }
        if !version.is_empty() && version != client.version {
            wrong.push(format!("{} {}: it speaks {version}", step.what, step.of));
        }
    }
    wrong
}

const HEAD: &str = "\
# Clients

What `.ci/run` does with the servers it generates, by clients that people use: lists of tools, prompts and
resources, calls, wrong calls and errors of the backend, prompts, resources, and long-running operations
(as tasks where the client knows them). Written by
`UPDATE=1 cargo test -p toolwright-tests --test conformance clients`.

| client | revision | transport | system | result |
|---|---|---|---|---|
";
