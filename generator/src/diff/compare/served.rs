//! What is different beside the tools: instructions, prompts, resources.

use super::super::surface::{Prompt, Resource, Surface};
use super::{Class, Compare, Found, Which};
use crate::diagnostics::At;

impl Compare<'_> {
    /// `kept` are the tools that both have, as indices.
    pub(super) fn served(&mut self, old: &Surface, new: &Surface, kept: &[(usize, usize)]) {
        if let (Some((before, from)), Some((after, to))) = (&old.instructions, &new.instructions) {
            self.prose(
                "",
                "instructions_changed",
                "instructions",
                "what agents read first",
                [before, after],
                [from, to],
            );
        }
        if let (Some((before, _)), Some((after, at))) = (&old.search, &new.search)
            && before != after
        {
            let found = match after {
                true => Found::new(
                    "search_added",
                    Class::Breaking,
                    "surface",
                    "the tools are no longer listed: agents have to search for them, and call them through `call_tool`",
                ),
                false => Found::new(
                    "search_removed",
                    Class::Breaking,
                    "surface",
                    "the tools are listed, and the tools that searched for them are gone",
                ),
            };
            self.push("", found, Which::New, at);
        }
        for (text, at) in &new.hidden {
            let is_known =
                |(known, place): &(String, At)| known == text && place.pointer == at.pointer;
            if !old.hidden.iter().any(is_known) {
                let found = Found::new("hidden_text", Class::Wording, "", text.clone());
                self.push(whose(new, at), found, Which::New, at);
            }
        }
        // A list of tools says nothing of the rest.
        if old.instructions.is_some() && new.instructions.is_some() {
            self.prompts(&old.prompts, &new.prompts);
            self.resources(&old.resources, &new.resources);
            self.profiles(old, new, kept);
        }
    }

    fn prompts(&mut self, old: &[Prompt], new: &[Prompt]) {
        for prompt in old
            .iter()
            .filter(|prompt| new.iter().all(|other| other.name != prompt.name))
        {
            let message = format!("the prompt `{}` is gone", prompt.name);
            self.push(
                "",
                Found::new("prompt_removed", Class::Breaking, &prompt.name, message),
                Which::Old,
                &prompt.at,
            );
        }
        for prompt in new {
            match old.iter().find(|other| other.name == prompt.name) {
                Some(known) => self.prompt(known, prompt),
                None => {
                    let message = format!("the prompt `{}` is new", prompt.name);
                    let found =
                        Found::new("prompt_added", Class::Compatible, &prompt.name, message);
                    self.push("", found, Which::New, &prompt.at);
                }
            }
        }
    }

    fn prompt(&mut self, old: &Prompt, new: &Prompt) {
        let name = &new.name;
        for (argument, _, _) in &old.arguments {
            if new.arguments.iter().all(|(other, _, _)| other != argument) {
                let message = format!("the prompt `{name}` has no argument `{argument}` any more");
                let found = Found::new(
                    "prompt_argument_removed",
                    Class::Breaking,
                    &format!("{name}.{argument}"),
                    message,
                );
                self.push("", found, Which::Old, &old.at);
            }
        }
        for (argument, description, required) in &new.arguments {
            let subject = format!("{name}.{argument}");
            let known = old.arguments.iter().find(|(other, _, _)| other == argument);
            let (kind, class, what) = match (known.map(|known| known.2), required) {
                (None, true) => (
                    "prompt_argument_added",
                    Class::Breaking,
                    "is new and must be given",
                ),
                (None, false) => ("prompt_argument_added", Class::Compatible, "is new"),
                (Some(false), true) => (
                    "prompt_argument_required",
                    Class::Breaking,
                    "must be given now",
                ),
                (Some(true), false) => (
                    "prompt_argument_optional",
                    Class::Compatible,
                    "may be left out now",
                ),
                _ => {
                    let before = known
                        .and_then(|known| known.1.as_deref())
                        .unwrap_or_default();
                    let after = description.as_deref().unwrap_or_default();
                    let what = format!("the description of `{argument}` of the prompt `{name}`");
                    self.prose(
                        "",
                        "prompt_wording",
                        &subject,
                        &what,
                        [before, after],
                        [&old.at, &new.at],
                    );
                    continue;
                }
            };
            let message = format!("the argument `{argument}` of the prompt `{name}` {what}");
            self.push(
                "",
                Found::new(kind, class, &subject, message),
                Which::New,
                &new.at,
            );
        }
        for (what, before, after) in [
            (
                "description",
                old.description.as_deref(),
                new.description.as_deref(),
            ),
            ("text", Some(old.text.as_str()), Some(new.text.as_str())),
        ] {
            let what = format!("the {what} of the prompt `{name}`");
            let texts = [before.unwrap_or_default(), after.unwrap_or_default()];
            self.prose("", "prompt_wording", name, &what, texts, [&old.at, &new.at]);
        }
    }

    fn resources(&mut self, old: &[Resource], new: &[Resource]) {
        for resource in old
            .iter()
            .filter(|resource| new.iter().all(|other| other.uri != resource.uri))
        {
            let moved = new.iter().find(|other| other.name == resource.name);
            let (kind, message, which, at) = match moved {
                Some(moved) => {
                    let message = format!(
                        "the resource `{}` is at {} now; {} leads nowhere",
                        moved.name, moved.uri, resource.uri
                    );
                    ("resource_moved", message, Which::New, &moved.at)
                }
                None => {
                    let message = format!("the resource {} is gone", resource.uri);
                    ("resource_removed", message, Which::Old, &resource.at)
                }
            };
            self.push(
                "",
                Found::new(kind, Class::Breaking, &resource.uri, message),
                which,
                at,
            );
        }
        for resource in new {
            let subject = &resource.uri;
            let Some(known) = old.iter().find(|other| other.uri == *subject) else {
                if old.iter().all(|other| other.name != resource.name) {
                    let message = format!("the resource {subject} is new");
                    let found = Found::new("resource_added", Class::Compatible, subject, message);
                    self.push("", found, Which::New, &resource.at);
                }
                continue;
            };
            if let (Some(before), after) = (&known.mime_type, &resource.mime_type)
                && Some(before) != after.as_ref()
            {
                let after = after.as_deref().unwrap_or("of several media types");
                let message = format!("the resource {subject} was {before} and is {after}");
                self.push(
                    "",
                    Found::new("resource_retyped", Class::Breaking, subject, message),
                    Which::New,
                    &resource.at,
                );
            }
            let texts = [&known.description, &resource.description]
                .map(|text| text.as_deref().unwrap_or_default());
            let what = format!("the description of the resource {subject}");
            self.prose(
                "",
                "resource_wording",
                subject,
                &what,
                texts,
                [&known.at, &resource.at],
            );
        }
    }
}

/// The tool whose declaration or operation a place is in; empty for what several share.
fn whose<'s>(surface: &'s Surface, at: &At) -> &'s str {
    let within = |root: &At| {
        let rest = at.pointer.strip_prefix(root.pointer.as_str());
        at.file == root.file && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let mut tools = surface.tools.iter();
    let tool = tools.find(|tool| {
        within(&tool.at)
            || tool
                .inside
                .as_ref()
                .is_some_and(|inside| within(&inside.at))
    });
    tool.map_or("", |tool| &tool.name)
}
