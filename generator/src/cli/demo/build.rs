//! Fresh sources and built programs.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::screen::Screen;
use crate::cli::{Failure, generate, systems};

/// The programs of the demonstration.
pub(super) struct Programs {
    /// `ktrdr-backend`.
    pub(super) backend: PathBuf,
    /// `ktrdr-mcp`.
    pub(super) server: PathBuf,
}

/// Whether every generated server is what its input says.
pub(super) fn fresh(root: &Path, screen: &mut Screen) -> Result<(), String> {
    let mut stale = Vec::new();
    for system in systems::all(root) {
        match generate::freshness(&system) {
            Ok(Ok(files)) => screen.note(&format!(
                "generated/{}: {files} files, up to date",
                system.name
            )),
            Ok(Err(reason)) | Err(Failure::Other(reason) | Failure::Usage(reason)) => {
                stale.push(reason)
            }
            Err(Failure::Unread) => {}
        }
    }
    if stale.is_empty() {
        Ok(())
    } else {
        Err(stale.join("; "))
    }
}

/// Builds both programs with cargo, in the profile of this one, and finds them.
pub(super) fn programs(root: &Path, screen: &mut Screen) -> Result<Programs, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let profile = profile();
    screen.note(&format!(
        "cargo build --profile {profile} -p toolwright-backend -p ktrdr-mcp"
    ));
    let mut child = Command::new(cargo)
        .args([
            "build",
            "--profile",
            &profile,
            "--message-format",
            "json-render-diagnostics",
        ])
        .args([
            "-p",
            "toolwright-backend",
            "--bin",
            "ktrdr-backend",
            "-p",
            "ktrdr-mcp",
            "--bin",
            "ktrdr-mcp",
        ])
        .current_dir(root)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    let mut built = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            built.extend(executable(&line));
        }
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    if !status.success() {
        return Err("cargo build failed; its messages are above".to_owned());
    }
    let find = |name: &str| {
        let found = built
            .iter()
            .find(|(target, _)| target == name)
            .map(|(_, path)| path.clone());
        found.ok_or_else(|| format!("cargo built no `{name}`"))
    };
    Ok(Programs {
        backend: find("ktrdr-backend")?,
        server: find("ktrdr-mcp")?,
    })
}

/// The target and file of a program that a line of cargo's messages tells of.
fn executable(line: &str) -> Option<(String, PathBuf)> {
    let message: Value = serde_json::from_str(line).ok()?;
    let path = message["executable"].as_str()?;
    Some((
        message["target"]["name"].as_str()?.to_owned(),
        PathBuf::from(path),
    ))
}

/// The profile this program was built with: cargo names the folder after it, but for `dev`.
fn profile() -> String {
    let exe = std::env::current_exe().ok();
    let folder = exe
        .as_deref()
        .and_then(Path::parent)
        .and_then(Path::file_name)
        .and_then(|name| name.to_str());
    match folder {
        Some("debug") => "dev".to_owned(),
        _ => "release".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_in_cargos_messages() {
        let line = r#"{"reason":"compiler-artifact","target":{"name":"ktrdr-mcp"},"executable":"/t/release/ktrdr-mcp"}"#;
        assert_eq!(
            executable(line),
            Some((
                "ktrdr-mcp".to_owned(),
                PathBuf::from("/t/release/ktrdr-mcp")
            ))
        );
        assert_eq!(
            executable(r#"{"reason":"compiler-artifact","target":{"name":"x"},"executable":null}"#),
            None
        );
        assert_eq!(executable("not JSON"), None);
    }
}
