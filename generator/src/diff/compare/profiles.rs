//! What is served together, before and after.

use super::super::surface::{Profile, Surface};
use super::{Class, Compare, Found, Which};
use crate::diagnostics::At;

impl Compare<'_> {
    /// Of what is gone or new altogether, that is told; `kept` are the tools that are not, as indices.
    pub(super) fn profiles(&mut self, old: &Surface, new: &Surface, kept: &[(usize, usize)]) {
        self.default_profile(old, new, kept);
        for profile in &old.profiles {
            let name = &profile.name;
            match new.profiles.iter().find(|other| other.name == *name) {
                Some(now) => self.profile(profile, now, [old, new], kept),
                None => {
                    let message = format!("the profile `{name}` is gone");
                    let found = Found::new("profile_removed", Class::Breaking, name, message);
                    self.push("", found, Which::Old, &profile.at);
                }
            }
        }
        for profile in &new.profiles {
            let name = &profile.name;
            if old.profiles.iter().all(|other| other.name != *name) {
                let message = format!("the profile `{name}` is new");
                let found = Found::new("profile_added", Class::Compatible, name, message);
                self.push("", found, Which::New, &profile.at);
            }
        }
    }

    fn profile(
        &mut self,
        before: &Profile,
        now: &Profile,
        [old, new]: [&Surface; 2],
        kept: &[(usize, usize)],
    ) {
        for (was, is) in kept {
            let (was, is) = (&old.tools[*was].name, &new.tools[*is].name);
            let has = [before.tools.contains(was), now.tools.contains(is)];
            self.member(now, is, "the tool", has);
        }
        for prompt in &new.prompts {
            let name = &prompt.name;
            if old.prompts.iter().any(|other| other.name == *name) {
                let has = [before, now].map(|profile| profile.prompts.contains(name));
                self.member(now, "", &format!("the prompt `{name}`"), has);
            }
        }
        for resource in &new.resources {
            let name = &resource.name;
            if old.resources.iter().any(|other| other.name == *name) {
                let has = [before, now].map(|profile| profile.resources.contains(name));
                self.member(now, "", &format!("the resource {}", resource.uri), has);
            }
        }
        let texts = [&before.instructions, &now.instructions]
            .map(|text| text.as_deref().unwrap_or_default());
        let what = format!("what agents of the profile `{}` read first", now.name);
        let at = [&before.at, &now.at];
        self.prose("", "instructions_changed", &now.name, &what, texts, at);
    }

    /// Something that `profile` had or has.
    fn member(&mut self, profile: &Profile, tool: &str, what: &str, has: [bool; 2]) {
        let name = &profile.name;
        let (kind, class, change) = match has {
            [true, false] => ("profile_narrowed", Class::Breaking, "is without"),
            [false, true] => ("profile_widened", Class::Compatible, "has"),
            _ => return,
        };
        let message = format!("the profile `{name}` {change} {what} now");
        let found = Found::new(kind, class, name, message);
        self.push(tool, found, Which::New, &profile.at);
    }

    /// What is served where nobody names a profile: the first one, or all.
    fn default_profile(&mut self, old: &Surface, new: &Surface, kept: &[(usize, usize)]) {
        let [before, now] = [old, new].map(|surface| surface.profiles.first());
        let [was, is] = [before, now].map(|profile| profile.map(|profile| profile.name.as_str()));
        if was == is {
            return;
        }
        let serves = |profile: Option<&Profile>, tool: &String| {
            profile.is_none_or(|profile| profile.tools.contains(tool))
        };
        let missing = kept.iter().filter(|(was, is)| {
            serves(before, &old.tools[*was].name) && !serves(now, &new.tools[*is].name)
        });
        let missing: Vec<String> = missing
            .map(|(_, is)| format!("`{}`", new.tools[*is].name))
            .collect();
        let told = |name: Option<&str>| match name {
            Some(name) => format!("the profile `{name}`"),
            None => "everything".to_owned(),
        };
        let (is_now, was_before) = (told(is), told(was));
        let (class, without) = match missing.as_slice() {
            [] => (Class::Compatible, String::new()),
            missing => (Class::Breaking, format!(", without {}", missing.join(", "))),
        };
        let message =
            format!("where no profile is named, {is_now} is served{without}; it was {was_before}");
        let found = Found::new("default_profile", class, is.unwrap_or_default(), message);
        let (which, at): (Which, &At) = match (now, before) {
            (Some(now), _) => (Which::New, &now.at),
            (None, Some(before)) => (Which::Old, &before.at),
            (None, None) => return,
        };
        self.push("", found, which, at);
    }
}
