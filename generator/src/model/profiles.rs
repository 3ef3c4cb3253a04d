//! Profiles: which tools, prompts and resources are served together, and whether what is said there holds there.

mod told;

use indexmap::IndexSet;

use super::mentions::mentions;
use super::reach::glob;
use super::resources::{ResourceSource, check_name};
use super::{Block, Prompt, Resource, Tasks, Tool, uri};
use crate::diagnostics::{At, Diagnostic, Diagnostics, codes, nearest};
use crate::read::Sources;
use crate::read::tools_spec::ProfileSpec;

/// What is served together.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// What its agents read after the instructions of the server.
    pub instructions: Option<String>,
    /// The names of its tools, in the order of the tools spec.
    pub tools: IndexSet<String>,
    /// The names of its prompts.
    pub prompts: IndexSet<String>,
    /// The names of its resources.
    pub resources: IndexSet<String>,
}

/// The name that stands for all profiles.
const ALL: &str = "all";

/// What profiles choose from.
pub(super) struct Choice<'a> {
    pub(super) tools: &'a [Tool],
    pub(super) unlisted: &'a [Tool],
    pub(super) prompts: &'a [Prompt],
    pub(super) resources: &'a [Resource],
    pub(super) tasks: Option<&'a Tasks>,
}

/// The profiles, in the order of the tools spec; none where all is served always.
pub(super) fn profiles(
    sources: &Sources,
    choice: &Choice<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Profile> {
    let root = At::value(sources.spec_file, "/profiles");
    let mut profiles: Vec<Profile> = Vec::new();
    for (name, spec) in &sources.spec.profiles {
        let at = root.child(name);
        check_name(name, &at, diagnostics);
        if name == ALL {
            let message = "`all` stands for every profile";
            let diagnostic = Diagnostic::error(codes::BAD_NAME, at.as_key(), message);
            diagnostics.push(diagnostic.help("call it by another name"));
        }
        let whole = spec.whole();
        let tools = names(choice.tools, |tool| &tool.name);
        let place = match spec {
            ProfileSpec::Tools(_) => at.clone(),
            ProfileSpec::Whole(_) => at.child("tools"),
        };
        let mut chosen = |what, patterns: &[String], known: &[&str], at: At| {
            matching(what, patterns, known, &at, diagnostics)
        };
        let prompts = names(choice.prompts, |prompt| &prompt.name);
        let resources = names(choice.resources, |resource| &resource.name);
        profiles.push(Profile {
            name: name.clone(),
            instructions: whole
                .instructions
                .as_deref()
                .map(str::trim)
                .map(str::to_owned),
            tools: chosen("tool", &whole.tools, &tools, place),
            prompts: chosen("prompt", &whole.prompts, &prompts, at.child("prompts")),
            resources: chosen(
                "resource",
                &whole.resources,
                &resources,
                at.child("resources"),
            ),
        });
    }
    if !profiles.is_empty() && !diagnostics.has_errors() {
        place_prompts(sources, choice, &mut profiles, diagnostics);
        place_resources(sources, choice, &mut profiles, diagnostics);
        embed(choice, &mut profiles);
        told::check(sources, choice, &profiles, diagnostics);
    }
    profiles
}

fn names<T>(all: &[T], name: impl Fn(&T) -> &String) -> Vec<&str> {
    all.iter().map(|one| name(one).as_str()).collect()
}

/// What of `known` fits a pattern, in its order. A pattern that fits nothing is an error.
fn matching(
    what: &str,
    patterns: &[String],
    known: &[&str],
    at: &At,
    diagnostics: &mut Diagnostics,
) -> IndexSet<String> {
    for (index, pattern) in patterns.iter().enumerate() {
        if !known.iter().any(|name| glob(pattern, name)) {
            let message = format!("there is no {what} `{pattern}`");
            let at = at.child(&index.to_string());
            let mut diagnostic = Diagnostic::error(codes::UNKNOWN_TOOL, at, message);
            if let Some(near) = nearest(pattern, known.iter().copied()) {
                diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
            }
            diagnostics.push(diagnostic);
        }
    }
    let fits = |name: &&&str| patterns.iter().any(|pattern| glob(pattern, name));
    known
        .iter()
        .filter(fits)
        .map(|name| (*name).to_owned())
        .collect()
}

/// Puts each prompt that no profile names where all tools are that its text names.
fn place_prompts(
    sources: &Sources,
    choice: &Choice<'_>,
    profiles: &mut [Profile],
    diagnostics: &mut Diagnostics,
) {
    for prompt in choice.prompts {
        if profiles
            .iter()
            .any(|profile| profile.prompts.contains(&prompt.name))
        {
            continue;
        }
        let named = mentions(
            &prompt.text,
            choice.tools.iter().map(|tool| tool.name.as_str()),
        );
        let mut is_placed = false;
        for profile in &mut *profiles {
            if named.iter().all(|(name, _)| profile.tools.contains(*name)) {
                profile.prompts.insert(prompt.name.clone());
                is_placed = true;
            }
        }
        if !is_placed {
            let named: Vec<String> = named.iter().map(|(name, _)| format!("`{name}`")).collect();
            let message = format!(
                "no profile has all tools that the prompt `{}` names: {}",
                prompt.name,
                named.join(", ")
            );
            let at = At::value(sources.spec_file, "/prompts")
                .child(&prompt.name)
                .as_key();
            diagnostics.push(
                Diagnostic::warning(codes::NO_PROFILE, at, message)
                    .help("put them into one profile, or name the prompt in one"),
            );
        }
    }
}

/// Puts each resource that no profile names where a tool calls the same operation; what no tool calls is in all.
fn place_resources(
    sources: &Sources,
    choice: &Choice<'_>,
    profiles: &mut [Profile],
    diagnostics: &mut Diagnostics,
) {
    for resource in choice.resources {
        let name = &resource.name;
        if profiles
            .iter()
            .any(|profile| profile.resources.contains(name))
        {
            continue;
        }
        let callers: Vec<&str> = match &resource.source {
            ResourceSource::Operation(index) => {
                let operation = choice.unlisted[*index].operation;
                let same = choice
                    .tools
                    .iter()
                    .filter(|tool| tool.operation == operation);
                same.map(|tool| tool.name.as_str()).collect()
            }
            ResourceSource::File(_) => Vec::new(),
        };
        let mut is_placed = false;
        for profile in &mut *profiles {
            if callers.is_empty() || callers.iter().any(|name| profile.tools.contains(*name)) {
                profile.resources.insert(name.clone());
                is_placed = true;
            }
        }
        if !is_placed {
            let message = format!("no profile has the resource `{name}`");
            let at = At::value(sources.spec_file, "/resources")
                .child(name)
                .as_key();
            diagnostics.push(
                Diagnostic::warning(codes::NO_PROFILE, at, message)
                    .help("name it under `resources` of a profile"),
            );
        }
    }
}

/// A prompt brings the resources that its text embeds.
fn embed(choice: &Choice<'_>, profiles: &mut [Profile]) {
    for prompt in choice.prompts {
        let embedded = |resource: &&Resource| {
            let mut blocks = prompt.blocks.iter();
            blocks.any(|(_, block)| {
                matches!(block, Block::Resource(target) if uri::fits(&resource.uri, target))
            })
        };
        let names = choice.resources.iter().filter(embedded);
        let names: Vec<&String> = names.map(|resource| &resource.name).collect();
        for profile in profiles
            .iter_mut()
            .filter(|one| one.prompts.contains(&prompt.name))
        {
            profile.resources.extend(names.iter().copied().cloned());
        }
    }
}
