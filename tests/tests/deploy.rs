//! The files in `deploy/`, held against the tools that read them; no image is built.

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;
use toolwright_tests::{bin, root, skip, target};

/// A program: the one `.ci/run` installs under `target/clients/deploy`, else that of the machine.
fn program(name: &str) -> Command {
    let installed = target().join("clients/deploy/bin").join(name);
    let program = if installed.is_file() {
        installed
    } else {
        PathBuf::from(name)
    };
    let mut command = Command::new(program);
    command.current_dir(folder());
    command
}

fn folder() -> PathBuf {
    root().join("deploy")
}

/// What a program says; `None` after saying that the test is skipped.
fn said(need: &str, command: &mut Command) -> Option<Output> {
    match command.output() {
        Ok(output) => Some(output),
        Err(error) => {
            let name = command.get_program().to_string_lossy().into_owned();
            skip(need, &format!("{name}: {error} (.ci/run installs it)"));
            None
        }
    }
}

fn succeeded(output: &Output) {
    let (out, err) = (&output.stdout, &output.stderr);
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(out),
        String::from_utf8_lossy(err)
    );
    assert!(output.status.success(), "{said}");
}

#[test]
fn the_dockerfiles_are_clean() {
    let mut hadolint = program("hadolint");
    hadolint.args([
        "backend.Dockerfile",
        "orchestrator.Dockerfile",
        "server.Dockerfile",
    ]);
    if let Some(output) = said("hadolint", &mut hadolint) {
        succeeded(&output);
    }
}

/// `docker compose` where it is there, else the program that came before it.
fn compose(files: &[&str]) -> Option<Output> {
    let plugin = Command::new("docker").args(["compose", "version"]).output();
    let mut command = match plugin {
        Ok(output) if output.status.success() => {
            let mut docker = program("docker");
            docker.arg("compose");
            docker
        }
        _ => program("docker-compose"),
    };
    command
        .env("POSTGRES_PASSWORD", "secret")
        .env("ORCHESTRATOR_API_KEYS", "key")
        .env("ORCHESTRATOR_SERVICE_TOKEN", "token");
    for file in files {
        command.args(["-f", file]);
    }
    said("compose", command.arg("config"))
}

#[test]
fn compose_takes_its_files() {
    for files in [
        &["compose.yaml"][..],
        &["compose.yaml", "compose.postgres.yaml"],
    ] {
        let Some(output) = compose(files) else { return };
        succeeded(&output);
        let config: Value = serde_yaml::from_slice(&output.stdout).expect("YAML");
        let services = &config["services"];
        assert_eq!(services["ktrdr-mcp"]["read_only"], true, "{config}");
        assert_eq!(
            services["ktrdr-mcp"]["environment"]["KTRDR_PROFILE"],
            "research"
        );
        assert!(services["ktrdr-mcp"].get("volumes").is_none(), "{config}");
        let db = services["backend"]["environment"]["KTRDR_DB"].to_string();
        assert_eq!(
            db.contains("postgres://ktrdr:secret@postgres"),
            files.len() == 2,
            "{db}"
        );
    }
}

#[test]
fn the_token_of_the_orchestrator_is_for_hub_and_services_alone() {
    let Some(output) = compose(&["compose.orchestrator.yaml"]) else {
        return;
    };
    succeeded(&output);
    let config: Value = serde_yaml::from_slice(&output.stdout).expect("YAML");
    for (service, has_it) in [
        ("hub", true),
        ("trainer", true),
        ("backtester", true),
        ("orchestrator-mcp", false),
    ] {
        let service = &config["services"][service];
        assert_eq!(service["read_only"], true, "{config}");
        let token = &service["environment"]["ORCHESTRATOR_SERVICE_TOKEN"];
        assert_eq!(*token == "token", has_it, "{service}");
    }
}

/// Images and services are started with options that their programs have.
#[test]
fn programs_have_the_options_that_they_are_started_with() {
    let (ktrdr, orchestrator) = ("compose.yaml", "compose.orchestrator.yaml");
    for (compose, service, file, name) in [
        (ktrdr, "backend", "backend.Dockerfile", "ktrdr-backend"),
        (ktrdr, "ktrdr-mcp", "server.Dockerfile", "ktrdr-mcp"),
        (
            orchestrator,
            "hub",
            "orchestrator.Dockerfile",
            "orchestrator",
        ),
        (
            orchestrator,
            "trainer",
            "orchestrator.Dockerfile",
            "orchestrator",
        ),
        (
            orchestrator,
            "backtester",
            "orchestrator.Dockerfile",
            "orchestrator",
        ),
        (
            orchestrator,
            "orchestrator-mcp",
            "server.Dockerfile",
            "orchestrator-mcp",
        ),
    ] {
        let compose: Value = serde_yaml::from_str(&read(compose)).expect("YAML");
        let help = |arguments: &[&str]| {
            let output = Command::new(bin(name)).args(arguments).output();
            String::from_utf8_lossy(&output.expect(name).stdout).into_owned()
        };
        let help = help(&["--help"]) + &help(&["serve", "--help"]) + &help(&["worker", "--help"]);
        let text = read(file);
        let lines = text.lines().filter(|line| line.contains("CMD ["));
        let words = lines.flat_map(|line| line.split('"'));
        let command = compose["services"][service]["command"].as_array();
        let command = command.expect("a command").iter().filter_map(Value::as_str);
        let options = words.chain(command).filter(|word| word.starts_with("--"));
        let options: Vec<&str> = options.filter_map(|word| word.split('=').next()).collect();
        assert!(options.len() > 3, "{options:?}");
        for option in options {
            assert!(help.contains(option), "{name} has no {option}: {help}");
        }
    }
}

fn read(file: &str) -> String {
    std::fs::read_to_string(folder().join(file)).expect(file)
}
