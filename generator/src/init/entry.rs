//! One entry of `tools:`, as data and as text.

use super::yaml::{comment, scalar};

/// An operation as an entry of a tools spec.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    /// The tool's name.
    pub(crate) name: String,
    /// What `operation:` says.
    pub(crate) operation: String,
    /// The method, upper case.
    pub(crate) method: String,
    /// The path template.
    pub(crate) path: String,
    /// Its operationId.
    pub(crate) id: Option<String>,
    /// Its tags.
    pub(crate) tags: Vec<String>,
    /// The group it is listed in.
    pub(crate) group: String,
    /// What an agent reads.
    pub(crate) description: Option<String>,
    /// What is said of what it does: a key of `annotations:` and its value.
    pub(crate) annotation: Option<(&'static str, bool)>,
    /// Whether the document calls it deprecated.
    pub(crate) deprecated: bool,
    /// What it costs an agent.
    pub(crate) tokens: u64,
    /// The codes of what is lost in it.
    pub(crate) losses: Vec<String>,
    /// Why it cannot be a tool.
    pub(crate) problem: Option<String>,
}

impl Entry {
    /// How a person names its operation.
    pub(crate) fn endpoint(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// What is said beside its name.
    fn remark(&self) -> String {
        let mut remark = format!("{} tokens", self.tokens);
        if self.problem.is_some() {
            remark = "no tool".to_owned();
        }
        if self.deprecated {
            remark.push_str(", deprecated");
        }
        remark
    }

    /// The keys and values below its name.
    fn members(&self, enabled: bool) -> Vec<(&'static str, String)> {
        let mut members = vec![("operation", scalar(&self.operation))];
        if let Some(text) = &self.description {
            members.push(("description", scalar(text)));
        }
        if let Some((key, value)) = self.annotation {
            members.push(("annotations", format!("{{ {key}: {value} }}")));
        }
        if !self.losses.is_empty() {
            members.push(("accept", format!("[{}]", self.losses.join(", "))));
        }
        members.push(("enabled", enabled.to_string()));
        members
    }

    /// It as data, as long as it is not enabled.
    pub(super) fn value(&self) -> serde_json::Value {
        let mut value = serde_json::json!({ "operation": self.operation, "enabled": false });
        if let Some(text) = &self.description {
            value["description"] = text.as_str().into();
        }
        if let Some((key, said)) = self.annotation {
            value["annotations"] = serde_json::json!({ key: said });
        }
        if !self.losses.is_empty() {
            value["accept"] = self.losses.clone().into();
        }
        value
    }

    /// Its lines in block style, indented by `outer` and by `inner` more.
    pub(super) fn lines(&self, enabled: bool, outer: usize, inner: usize) -> Vec<String> {
        let (outer, inner) = (" ".repeat(outer), " ".repeat(outer + inner));
        let mut lines = vec![format!(
            "{outer}{}: # {}",
            scalar(&self.name),
            self.remark()
        )];
        if let Some(problem) = &self.problem {
            lines.push(format!("{inner}# cannot be a tool: {}", comment(problem)));
        }
        let members = self.members(enabled).into_iter();
        lines.extend(members.map(|(key, value)| format!("{inner}{key}: {value}")));
        lines
    }

    /// It in flow style, on one line.
    pub(super) fn flow(&self, enabled: bool) -> String {
        use super::yaml::quoted;
        let mut members = vec![format!("operation: {}", quoted(&self.operation))];
        for (key, value) in self.members(enabled).into_iter().skip(1) {
            let value = match (key, &self.description) {
                ("description", Some(text)) => quoted(text),
                _ => value,
            };
            members.push(format!("{key}: {value}"));
        }
        format!("{}: {{ {} }}", quoted(&self.name), members.join(", "))
    }
}

/// The summary, else the first sentence of the description, short and on one line.
pub(super) fn description(summary: Option<&str>, description: Option<&str>) -> Option<String> {
    let text = match summary.map(one_line).filter(|text| !text.is_empty()) {
        Some(summary) => summary,
        None => first_sentence(description?),
    };
    (!text.is_empty()).then(|| cut(&text))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn first_sentence(text: &str) -> String {
    let paragraph = text
        .trim()
        .split("\n\n")
        .map(|paragraph| paragraph.trim().trim_start_matches('#').trim())
        .find(|paragraph| !paragraph.is_empty())
        .unwrap_or_default();
    let text = one_line(&without_tags(paragraph));
    let end = text
        .match_indices(". ")
        .map(|(at, _)| at)
        // `e.g. ` ends no sentence.
        .find(|at| {
            let word = text[..*at].rsplit(' ').next().unwrap_or_default();
            word.chars().count() > 2 && !word.contains('.')
        });
    match end {
        Some(end) => text[..=end].to_owned(),
        None => text,
    }
}

/// `text` without HTML tags.
fn without_tags(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once('<') {
        out.push_str(before);
        let is_tag = tail.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        match tail.split_once('>') {
            Some((_, after)) if is_tag => {
                out.push(' ');
                rest = after;
            }
            _ => {
                out.push('<');
                rest = tail;
            }
        }
    }
    out + rest
}

/// `text` of at most some 200 characters, cut between words.
fn cut(text: &str) -> String {
    const MOST: usize = 200;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    let short: String = text.chars().take(MOST - 1).collect();
    let end = match short.rfind(' ') {
        Some(end) if end > MOST / 2 => end,
        _ => short.len(),
    };
    format!(
        "{}…",
        short[..end].trim_end_matches([',', ';', ':', ' ', '.'])
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions() {
        let of = |summary: &str, text: &str| description(Some(summary), Some(text));
        assert_eq!(of(" List\n pets ", "x").as_deref(), Some("List pets"));
        assert_eq!(
            of("", "Lists pets, e.g. dogs. More of it.").as_deref(),
            Some("Lists pets, e.g. dogs.")
        );
        assert_eq!(
            of("", "<p>Lists <b>pets</b></p>\n\nand more").as_deref(),
            Some("Lists pets")
        );
        assert_eq!(of("", "a < b").as_deref(), Some("a < b"));
        assert_eq!(of("", " \n "), None);
        assert_eq!(description(None, None), None);
        let long = of("", &"word ".repeat(100)).expect("a text");
        assert!(
            long.chars().count() <= 200 && long.ends_with("word…"),
            "{long}"
        );
        let long = of(&"x".repeat(500), "").expect("a text");
        assert_eq!(long.chars().count(), 200);
    }
}
