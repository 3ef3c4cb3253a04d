//! The profiles that are served: what of the server agents see.

use std::collections::HashSet;

use rmcp::model::ErrorData;

use super::Mcp;
use crate::check::nearest;
use crate::{Profile, Prompt, Resource, Server, Tool};

/// The name that stands for all profiles.
pub(crate) const ALL: &str = "all";

/// What is served.
#[derive(Debug)]
pub(super) struct Served {
    /// The profiles; none where all is served.
    profiles: Vec<&'static Profile>,
    tools: HashSet<&'static str>,
}

impl Served {
    /// The first profile, or everything where there are none.
    pub(super) fn default_of(server: &'static Server) -> Self {
        Self::of(server.profiles.iter().take(1).collect())
    }

    /// The profiles of these names.
    ///
    /// # Errors
    /// If the server has no such profile, with those it has.
    pub(super) fn named(server: &'static Server, names: &[String]) -> Result<Self, String> {
        if names.iter().any(|name| name == ALL) {
            return Ok(Self::of(Vec::new()));
        }
        let found = |name: &String| {
            let profile = server.profiles.iter().find(|one| one.name == name);
            profile.ok_or_else(|| unknown(name, server.profiles))
        };
        names
            .iter()
            .map(found)
            .collect::<Result<_, _>>()
            .map(Self::of)
    }

    fn of(profiles: Vec<&'static Profile>) -> Self {
        let tools = profiles.iter().flat_map(|profile| profile.tools).copied();
        Self {
            tools: tools.collect(),
            profiles,
        }
    }

    /// Whether nothing is left out.
    pub(super) fn is_all(&self) -> bool {
        self.profiles.is_empty()
    }

    /// Whether a tool is served.
    pub(super) fn has(&self, tool: &str) -> bool {
        self.profiles.is_empty() || self.tools.contains(tool)
    }

    fn names(&self) -> String {
        let names: Vec<&str> = self.profiles.iter().map(|one| one.name).collect();
        names.join(", ")
    }

    fn has_in(&self, name: &str, part: impl Fn(&Profile) -> &'static [&'static str]) -> bool {
        let mut profiles = self.profiles.iter();
        self.profiles.is_empty() || profiles.any(|one| part(one).contains(&name))
    }
}

impl Mcp {
    /// The same with these profiles instead of the first, or with everything: `all`.
    ///
    /// # Errors
    /// If the server has no such profile.
    pub fn with_profiles(self, names: &[String]) -> Result<Self, String> {
        let served = Served::named(self.server, names)?;
        Ok(Self { served, ..self })
    }

    /// The prompts that are served.
    pub(super) fn prompts(&self) -> impl Iterator<Item = &'static Prompt> {
        let served = |one: &&Prompt| self.served.has_in(one.name, |profile| profile.prompts);
        self.server.prompts.iter().filter(served)
    }

    /// The resources that are served.
    pub(super) fn resources(&self) -> impl Iterator<Item = &'static Resource> {
        let served = |one: &&Resource| self.served.has_in(one.name, |profile| profile.resources);
        self.server.resources.iter().filter(served)
    }

    /// The tool of a name or alias, if it is served.
    pub(super) fn tool(&self, name: &str) -> Option<&'static Tool> {
        self.known(name)
            .filter(|tool| self.served.has(tool.name) || !self.is_generated(tool.name))
    }

    /// What an agent reads first: the instructions of the server, then those of its profiles.
    pub(super) fn instructions(&self) -> Option<String> {
        let all = self.server.profiles.iter();
        let profiles: Vec<&Profile> = match self.served.profiles.as_slice() {
            [] => all.collect(),
            served => served.to_vec(),
        };
        let of_profiles = profiles.into_iter().filter_map(|one| one.instructions);
        let texts = self.server.instructions.into_iter().chain(of_profiles);
        let texts: Vec<&str> = texts.map(str::trim_end).collect();
        (!texts.is_empty()).then(|| texts.join("\n\n"))
    }

    /// Where a tool is that is not served, and how to have it; `None` if there is none of this name.
    pub(super) fn elsewhere(&self, name: &str) -> Option<String> {
        let tool = (self.server.tool)(name)?;
        let has = |one: &&Profile| one.tools.contains(&tool.name);
        let profile = self.server.profiles.iter().find(has);
        let (whose, wanted) = match profile {
            Some(one) => (format!("in the profile {}", one.name), one.name),
            None => ("in no profile".to_owned(), ALL),
        };
        let (served, env) = (self.served.names(), self.server.env);
        Some(format!(
            "{name} is {whose}, and this server serves {served}. \
             Whoever starts it can add --profile {wanted}, or {wanted} to {env}_PROFILE."
        ))
    }

    /// The error for a tool that is not there.
    pub(super) fn unknown_tool(&self, name: &str) -> ErrorData {
        match (self.elsewhere(name), self.toolbox()) {
            (Some(elsewhere), _) => {
                ErrorData::invalid_params(format!("Unknown tool here: {elsewhere}"), None)
            }
            (None, Ok(toolbox)) => super::toolbox::unknown(name, toolbox),
            (None, Err(error)) => error,
        }
    }
}

fn unknown(name: &str, profiles: &[Profile]) -> String {
    let names = || profiles.iter().map(|one| one.name).chain([ALL]);
    match nearest(name, names()) {
        Some(near) => format!("there is no profile {name}; did you mean {near}?"),
        None => {
            let names: Vec<&str> = names().collect();
            format!("there is no profile {name}; there are {}", names.join(", "))
        }
    }
}
