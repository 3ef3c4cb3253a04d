//! How the server is made known to the applications that people use.

use std::path::Path;

use serde_json::{Value, json};

use super::build::Programs;

/// Where the backend of the README listens.
const BACKEND: &str = "http://127.0.0.1:8000";

/// What to paste where.
pub(super) fn configuration(programs: &Programs) -> String {
    let server = &programs.server;
    let common = json!({"mcpServers": {"ktrdr": entry(server, false)}});
    let typed = json!({"mcpServers": {"ktrdr": entry(server, true)}});
    let code = json!({"servers": {"ktrdr": entry(server, true)}});
    let backend = programs.backend.display();
    format!(
        "
Use it in your own application. Start a backend:

{backend} serve --demo --listen 127.0.0.1:8000

Claude Desktop, in claude_desktop_config.json:

{common:#}

Claude Code, in .mcp.json of a project:

{typed:#}

VS Code, in .vscode/mcp.json:

{code:#}

Cursor, in .cursor/mcp.json or ~/.cursor/mcp.json:

{common:#}
"
    )
}

fn entry(server: &Path, typed: bool) -> Value {
    let command = server.to_string_lossy();
    let env = json!({"KTRDR_API_URL": BACKEND});
    if typed {
        json!({"type": "stdio", "command": command, "args": [], "env": env})
    } else {
        json!({"command": command, "args": [], "env": env})
    }
}
