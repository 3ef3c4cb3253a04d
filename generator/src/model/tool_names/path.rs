//! What a path template says: its nouns, which of them are followed by a parameter, and how it ends.

use super::words::{is_plural, is_random, singular, words};

/// A path without what says nothing of the operation: versions, `api` at its beginning, file endings.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Template {
    /// The literal parts, in order.
    pub(super) nouns: Vec<Noun>,
    /// Words that say by what a thing is found: of segments such as `by-name`.
    pub(super) by: Vec<String>,
    /// The name of the parameter that the path ends in.
    pub(super) last_parameter: Option<Vec<String>>,
}

/// A literal part.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Noun {
    /// Its words.
    pub(super) words: Vec<String>,
    /// Whether a parameter picks one of them.
    pub(super) picked: bool,
}

impl Template {
    /// Whether it ends in the name of a collection.
    pub(super) fn ends_in_plural(&self) -> bool {
        let last = self.nouns.last().and_then(|noun| noun.words.last());
        self.last_parameter.is_none() && last.is_some_and(|word| is_plural(word))
    }
}

impl Noun {
    /// Its words, the last in the singular.
    pub(super) fn one(&self) -> Vec<String> {
        let mut words = self.words.clone();
        if let Some(last) = words.last_mut() {
            *last = singular(last);
        }
        words
    }
}

/// A literal or a parameter of a path.
#[derive(Debug, PartialEq)]
pub(super) enum Part<'a> {
    Literal(&'a str),
    /// What stands before an equals sign and a parameter.
    Key(&'a str),
    Parameter(&'a str),
}

/// The parts of a path, whatever separates them.
pub(super) fn parts(path: &str) -> Vec<Part<'_>> {
    const ENDINGS: [&str; 8] = ["json", "xml", "html", "htm", "php", "do", "aspx", "yaml"];
    let mut parts = Vec::new();
    for segment in path.split('/') {
        // `#X-Amz-Target=Service.Operation`: the last value names the operation.
        let segment = match segment.rsplit_once('=') {
            Some((_, value)) if !segment.contains('{') => value.rsplit('.').next().unwrap_or(value),
            _ => segment,
        };
        let mut rest = segment;
        while !rest.is_empty() {
            let (literal, parameter, after) = match rest.split_once('{') {
                Some((literal, tail)) => match tail.split_once('}') {
                    Some((name, after)) => (literal, Some(name), after),
                    None => (rest, None, ""),
                },
                None => (rest, None, ""),
            };
            let pieces = literal.split(['.', ':', '(', ')', '=', '?', '&', ',', ';']);
            let mut pieces: Vec<&str> = pieces.filter(|piece| !piece.is_empty()).collect();
            let dotted = literal.contains('.') && (pieces.len() > 1 || !parts.is_empty());
            if dotted && pieces.last().is_some_and(|last| ENDINGS.contains(last)) {
                pieces.pop();
            }
            // `v1.2` is one version.
            if is_version(literal) {
                pieces = vec![literal];
            }
            let key = match literal.ends_with('=') && parameter.is_some() {
                true => pieces.pop(),
                false => None,
            };
            parts.extend(pieces.into_iter().map(Part::Literal));
            parts.extend(key.map(Part::Key));
            parts.extend(parameter.map(Part::Parameter));
            rest = after;
        }
    }
    parts
}

/// Whether a text is a version: `v1`, `v2beta1`, `2024-01-15`, `1.0`, `latest`.
pub(super) fn is_version(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    if lower == "latest" {
        return true;
    }
    let number = lower.strip_prefix('v').unwrap_or(&lower);
    let marks = ["alpha", "beta", "rc", "p"];
    let mut digits = number.to_owned();
    for mark in marks {
        digits = digits.replace(mark, "");
    }
    number.starts_with(|c: char| c.is_ascii_digit())
        && digits
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '_'))
}

/// Reads a path.
pub(super) fn template(path: &str) -> Template {
    let mut template = Template::default();
    for part in parts(path) {
        match part {
            Part::Literal(text) => literal(&mut template, text),
            Part::Key(_) => {}
            Part::Parameter(name) => {
                let words = words(name).unwrap_or_default();
                let of_version = words.last().is_some_and(|word| word == "version");
                if template.nouns.is_empty() && of_version {
                    continue;
                }
                if let Some(noun) = template.nouns.last_mut() {
                    noun.picked = true;
                }
                template.last_parameter = Some(words);
            }
        }
    }
    template
}

fn literal(template: &mut Template, text: &str) {
    const FIRST: [&str; 4] = ["api", "rest", "apis", "xrpc"];
    if is_version(text) {
        return;
    }
    let said: Vec<&str> = text.split('-').filter(|piece| !is_random(piece)).collect();
    let Some(words) = words(&said.join("-")).filter(|words| !words.is_empty()) else {
        return;
    };
    template.last_parameter = None;
    if template.nouns.is_empty() && words.len() == 1 && FIRST.contains(&words[0].as_str()) {
        return;
    }
    if words.len() > 1 && words[0] == "by" && !template.nouns.is_empty() {
        template.by = words;
        return;
    }
    let me = words.len() == 1 && matches!(words[0].as_str(), "me" | "self" | "current" | "myself");
    if let (true, Some(last)) = (me, template.nouns.last_mut()) {
        let mut current = vec!["current".to_owned()];
        current.extend(last.one());
        last.words = current;
        last.picked = true;
        return;
    }
    template.nouns.push(Noun {
        words,
        picked: false,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        for version in [
            "v1",
            "V2",
            "v2beta1",
            "2024-01-15",
            "1.0",
            "2",
            "v2.1",
            "v1p3beta1",
            "latest",
        ] {
            assert!(is_version(version), "{version}");
        }
        for word in ["v", "2fa", "vpcs", "version", "1password", "beta"] {
            assert!(!is_version(word), "{word}");
        }
    }

    #[test]
    fn nouns() {
        let nouns = |path: &str| {
            let template = template(path);
            let nouns: Vec<String> = template
                .nouns
                .iter()
                .map(|noun| noun.words.join(" ") + if noun.picked { "*" } else { "" })
                .collect();
            nouns.join("/")
                + if template.last_parameter.is_some() {
                    " !"
                } else {
                    ""
                }
        };
        for (path, expect) in [
            ("/api/v1/users/{id}/pets", "users*/pets"),
            ("/repos/{owner}/{repo}", "repos* !"),
            ("/{apiVersion}/users.json", "users"),
            ("/v2/projects/{name}:cancel", "projects*/cancel"),
            ("/users/{id}.json", "users* !"),
            ("/Users('{id}')", "users* !"),
            ("/#X-Amz-Target=CertificateManager.ListTags", "list tags"),
            ("/users/me/pets", "current user*/pets"),
            ("/me/pets", "me/pets"),
            ("/users.setPhoto", "users/set photo"),
            ("/{project}/orders/key={key}", "orders* !"),
            ("/", ""),
        ] {
            assert_eq!(nouns(path), expect, "{path}");
        }
    }
}
