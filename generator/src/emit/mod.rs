//! Fifth stage: the plan as files. Pure and total: the same plan gives the same bytes, and no plan fails.

mod auth;
mod behaviour;
mod catalogue;
mod clients;
mod format;
mod markdown;
mod models;
mod profiles;
mod prompts;
mod reference;
mod resources;
mod security;
mod skeleton;
mod tasks;
mod template;
mod tools;
mod types;

use std::collections::BTreeMap;

use crate::fit;
use crate::plan::Plan;
use crate::write::FileSet;

include!(concat!(env!("OUT_DIR"), "/runtime_files.rs"));

/// The folder of the runtime's source, where it is written beside the output.
const RUNTIME_FOLDER: &str = "runtime";

/// Every file of the server, by path relative to its folder.
pub fn emit(plan: &Plan) -> FileSet {
    let mut files = BTreeMap::new();
    files.insert("Cargo.toml".to_owned(), skeleton::cargo_toml(plan));
    files.insert("TOOLS.md".to_owned(), reference::tools_md(plan));
    files.insert("tools.json".to_owned(), skeleton::tools_json(plan));
    files.insert("src/main.rs".to_owned(), skeleton::main_rs(plan));
    files.insert("src/lib.rs".to_owned(), skeleton::lib_rs(plan));
    files.insert("src/models.rs".to_owned(), models::file(plan));
    files.insert("src/clients/mod.rs".to_owned(), clients::facade_file(plan));
    files.insert("src/tools/mod.rs".to_owned(), tools::dispatch_file(plan));
    files.extend(catalogue::files(plan));
    let optional = [
        ("src/security.rs", security::security_file(plan)),
        ("src/servers.rs", security::servers_file(plan)),
        ("src/tasks.rs", tasks::file(plan)),
        ("src/profiles.rs", profiles::file(plan)),
        ("src/prompts.rs", prompts::prompts_file(plan)),
        ("src/resources.rs", resources::resources_file(plan)),
    ];
    for (path, text) in optional {
        files.extend(text.map(|text| (path.to_owned(), text)));
    }
    files.extend(plan.record.clone().map(|text| (fit::FILE.to_owned(), text)));
    for (index, client) in plan.clients.iter().enumerate() {
        files.insert(
            format!("src/clients/{}.rs", client.module.plain()),
            clients::client_file(plan, client),
        );
        if plan.handlers().any(|tool| tool.handler.call.0 == index) {
            files.insert(
                format!("src/tools/{}.rs", client.module.plain()),
                tools::tools_file(plan, index),
            );
        }
    }
    files.extend(prompts::texts(plan));
    files.extend(resources::attachments(plan));
    let mut owned = vec![resources::FOLDER.to_owned()];
    if plan.runtime.is_none() {
        owned.push(RUNTIME_FOLDER.to_owned());
        for (path, text) in RUNTIME_FILES {
            files.insert(format!("{RUNTIME_FOLDER}/{path}"), (*text).to_owned());
        }
    }
    FileSet { files, owned }
}

#[cfg(test)]
mod tests {
    use super::RUNTIME_FILES;

    #[test]
    fn the_runtime_is_embedded_without_its_tests() {
        let (_, manifest) = RUNTIME_FILES
            .iter()
            .find(|(path, _)| *path == "Cargo.toml")
            .expect("its manifest");
        assert!(manifest.contains("toolwright-runtime") && !manifest.contains("dev-dependencies"));
        assert!(RUNTIME_FILES.iter().any(|(path, _)| *path == "src/lib.rs"));
        assert!(
            RUNTIME_FILES
                .iter()
                .all(|(path, _)| *path == "Cargo.toml" || path.starts_with("src/"))
        );
    }
}
