//! Whether what is said in a profile holds there, and every tool is in one.

use serde_json::Value;

use super::{Choice, Profile};
use crate::diagnostics::{At, Diagnostic, Diagnostics, codes};
use crate::model::Tasks;
use crate::model::mentions::mentions;
use crate::read::Sources;

/// What is said in a profile is of tools that it has, and every tool is in one.
pub(super) fn check(
    sources: &Sources,
    choice: &Choice<'_>,
    profiles: &[Profile],
    diagnostics: &mut Diagnostics,
) {
    let known = || choice.tools.iter().map(|tool| tool.name.as_str());
    let mut told = |who: &str, text: &str, at: At, served: &dyn Fn(&Profile) -> bool| {
        for (name, _) in mentions(text, known()) {
            let lack = profiles
                .iter()
                .filter(|one| served(one) && !one.tools.contains(name));
            let lack: Vec<String> = lack.map(|one| format!("`{}`", one.name)).collect();
            if !lack.is_empty() {
                let message = format!(
                    "{who} name{} `{name}`, which is not in the profile {}",
                    if who.ends_with('s') { "" } else { "s" },
                    lack.join(", ")
                );
                let help = "add the tool to the profile, or say in words what is to be done";
                let found = Diagnostic::warning(codes::OUTSIDE_PROFILE, at.clone(), message);
                diagnostics.push(found.help(help));
            }
        }
    };
    let root = At::value(sources.spec_file, "");
    if let Some(text) = &sources.spec.server.instructions {
        let at = root.child("server").child("instructions");
        told("the instructions", text, at, &|_| true);
    }
    for profile in profiles {
        if let Some(text) = &profile.instructions {
            let at = root
                .child("profiles")
                .child(&profile.name)
                .child("instructions");
            told("the instructions", text, at, &|one| {
                one.name == profile.name
            });
        }
    }
    for prompt in choice.prompts {
        let at = root.child("prompts").child(&prompt.name).as_key();
        let who = format!("prompt `{}`", prompt.name);
        told(&who, &prompt.text, at, &|one| {
            one.prompts.contains(&prompt.name)
        });
    }
    for tool in choice.tools {
        let who = format!("tool `{}`", tool.name);
        let schema = Value::Object(tool.input_schema.clone());
        let mut texts = vec![tool.description.as_str()];
        descriptions(&schema, &mut texts);
        let text = texts.join("\n");
        let at = tool.at.child("description");
        told(&who, &text, at, &|one| one.tools.contains(&tool.name));
    }
    for tool in choice.tools {
        if !profiles
            .iter()
            .any(|profile| profile.tools.contains(&tool.name))
        {
            let message = format!("tool `{}` is in no profile", tool.name);
            diagnostics.push(
                Diagnostic::warning(codes::NO_PROFILE, tool.at.as_key(), message)
                    .help("name it in one, or take it out with `enabled: false`"),
            );
        }
    }
    if let Some(tasks) = choice.tasks {
        check_tasks(choice, tasks, profiles, &root, diagnostics);
    }
}

/// Who starts a long-running operation can follow it.
fn check_tasks(
    choice: &Choice<'_>,
    tasks: &Tasks,
    profiles: &[Profile],
    root: &At,
    diagnostics: &mut Diagnostics,
) {
    for profile in profiles {
        let mut starters = choice.tools.iter().filter(|tool| tool.task.is_some());
        let starter = starters.find(|tool| profile.tools.contains(&tool.name));
        let tells = |name: &String| profile.tools.contains(name);
        let Some(starter) = starter.filter(|_| !tasks.tellers().any(tells)) else {
            continue;
        };
        let message = format!(
            "the profile `{}` starts operations with `{}`, and has no tool that tells how they stand",
            profile.name, starter.name
        );
        let help = format!("add `{}` to it", tasks.spec.status.tool);
        let at = root.child("profiles").child(&profile.name).as_key();
        diagnostics.push(Diagnostic::warning(codes::OUTSIDE_PROFILE, at, message).help(help));
    }
}

/// Every description in a schema.
fn descriptions<'a>(schema: &'a Value, found: &mut Vec<&'a str>) {
    match schema {
        Value::Object(map) => {
            found.extend(map.get("description").and_then(Value::as_str));
            map.values().for_each(|value| descriptions(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| descriptions(item, found)),
        _ => {}
    }
}
