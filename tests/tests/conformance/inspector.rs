//! The Inspector's command line: a process for each step.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::clients::{Said, Step};

/// What a tool's list is judged by, too: whether every client can use its schemas.
const TOOLS: [&str; 3] = ["--method", "tools/list", "--strict"];

/// Takes one step in the lifecycle of `era`: `legacy` or `modern`.
pub(crate) fn step(node: &Path, launcher: &Path, target: &str, era: &str, step: &Step) -> Said {
    let home = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(node);
    // It takes what follows a command for the command's own until the first flag.
    command.arg(launcher).arg("--cli");
    if target.starts_with("http") {
        command.args(["--server-url", target, "--transport", "http"]);
    } else {
        command.arg(target);
    }
    command.args(["-q", "--format", "json", "--protocol-era", era]);
    let given = step.arguments.to_string();
    match step.what {
        "tools" => command.args(TOOLS),
        "prompts" => command.args(["--method", "prompts/list"]),
        "resources" => command.args(["--method", "resources/list"]),
        "call" => command
            .args(["--method", "tools/call", "--tool-name", step.of])
            .args(["--tool-args-json", &given]),
        "prompt" => {
            let arguments = step.arguments.as_object().into_iter().flatten();
            let pairs = arguments.map(|(name, value)| {
                format!(
                    "{name}={}",
                    value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned)
                )
            });
            command
                .args([
                    "--method",
                    "prompts/get",
                    "--prompt-name",
                    step.of,
                    "--prompt-args",
                ])
                .args(pairs)
        }
        _ => command.args(["--method", "resources/read", "--uri", step.of]),
    };
    let output = command
        .env("HOME", home.path())
        .env("MCP_INSPECTOR_SECRET_STORE", "memory")
        .output()
        .expect("the Inspector starts");
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    let err = String::from_utf8_lossy(&output.stderr);
    // What it prints is indented; the steps look for compact text.
    let text = serde_json::from_str::<Value>(&out).map_or(out, |json| json.to_string());
    Said {
        error: !output.status.success(),
        text: format!("{text}{err}"),
        version: String::new(),
    }
}
