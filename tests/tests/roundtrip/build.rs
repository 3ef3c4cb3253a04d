//! Servers of documents, built together in one workspace.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use toolwright_tests::{bin, build_crates, built_bin, root};

use crate::documents::Document;

/// A generated server.
#[derive(Debug)]
pub(crate) struct Server {
    /// What it was generated from.
    pub(crate) document: Document,
    /// Its folder.
    pub(crate) folder: PathBuf,
    /// Its binary.
    pub(crate) binary: PathBuf,
    /// What `toolwright tools --format json` says of it.
    pub(crate) list: PathBuf,
}

/// The workspace. It lies in the checkout, so that its members find the runtime there.
fn workspace() -> PathBuf {
    root().join("target/roundtrip")
}

/// Generates and builds a server of each document.
///
/// # Panics
/// If one cannot be generated or built; of all documents (`lenient`), what cannot be generated is
/// said and left out, since another test judges that.
pub(crate) fn servers(documents: &[Document], lenient: bool) -> Vec<Server> {
    let mut servers = Vec::new();
    for document in documents {
        match generate(document) {
            Ok(server) => servers.push(server),
            Err(said) if lenient => println!("not generated: {}\n{said}", document.name),
            Err(said) => panic!("{} is not generated:\n{said}", document.name),
        }
    }
    build(&servers);
    servers
}

fn generate(document: &Document) -> Result<Server, String> {
    let name = &document.name;
    let specs = workspace().join("specs").join(name);
    let folder = workspace().join(name);
    let _ = fs::remove_dir_all(&folder);
    let _ = fs::remove_dir_all(&specs);
    fs::create_dir_all(&specs).expect("a folder");
    let tools = specs.join("tools.yaml");
    toolwright(&[
        "init".as_ref(),
        document.path.as_os_str(),
        "--all".as_ref(),
        "--out".as_ref(),
        specs.as_os_str(),
        "--name".as_ref(),
        format!("rt-{name}").as_ref(),
    ])?;
    let spec = fs::read_to_string(&tools).expect("the tools spec");
    fs::write(&tools, with_backend(&spec)).expect("the tools spec");
    toolwright(&[
        "generate".as_ref(),
        tools.as_os_str(),
        "--out".as_ref(),
        folder.as_os_str(),
    ])?;
    let list = specs.join("tools.list.json");
    let listed = toolwright(&[
        "tools".as_ref(),
        tools.as_os_str(),
        "--format".as_ref(),
        "json".as_ref(),
    ])?;
    fs::write(&list, listed).expect("the list of tools");
    let binary = built_bin(&format!("rt-{name}"));
    Ok(Server {
        document: document.clone(),
        folder,
        binary,
        list,
    })
}

/// The tools spec with one backend for all: what the driver configures.
fn with_backend(spec: &str) -> String {
    let mut inside = false;
    let mut out = String::new();
    for line in spec.lines() {
        inside = line.starts_with("backend:") || inside && line.starts_with([' ', '#']);
        if !inside {
            out.push_str(line);
            out.push('\n');
        }
    }
    out + "backend: { env: ROUNDTRIP, base_url: 'http://127.0.0.1:9' }\n"
}

fn toolwright(arguments: &[&std::ffi::OsStr]) -> Result<String, String> {
    let output = Command::new(bin("toolwright"))
        .args(arguments)
        .output()
        .expect("toolwright starts");
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(said.lines().take(20).collect::<Vec<_>>().join("\n"))
}

fn build(servers: &[Server]) {
    let members: Vec<&str> = servers
        .iter()
        .map(|server| server.document.name.as_str())
        .collect();
    build_crates(&workspace(), &members);
}
