//! What stands before the tools, and the file as a whole.

use super::Entry;
use super::yaml::{comment, scalar};

/// What stands before the tools.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head {
    /// The path of the JSON Schema, for editors.
    pub(crate) schema: Option<String>,
    /// The document.
    pub(crate) openapi: String,
    /// The overlays that are applied to it.
    pub(crate) overlays: Vec<String>,
    /// The folder that its references may reach.
    pub(crate) root: Option<String>,
    /// The server's name.
    pub(crate) name: String,
    /// Its name for people.
    pub(crate) title: Option<String>,
    /// Where the backend is, where the document does not say it, and why it is so.
    pub(crate) base_url: Option<(String, &'static str)>,
}

impl Head {
    /// The text of a new tools spec.
    pub(crate) fn text(&self, entries: &[Entry], enabled: &[bool]) -> String {
        let mut lines = Vec::new();
        if let Some(schema) = &self.schema {
            lines.push(format!("# yaml-language-server: $schema={schema}"));
        }
        // As it is called in the folder of the file.
        let elsewhere = self.openapi.contains('/') && !crate::read::is_url(&self.openapi);
        let out = if elsewhere { " --out ." } else { "" };
        let again = format!("`toolwright init {}{out} --sync`", comment(&self.openapi));
        lines.extend([
            "# The tools of an MCP server, drafted by `toolwright init`: edit what you like."
                .to_owned(),
            format!("# {again} adds what a newer document brings, and changes nothing else."),
            "version: 1".to_owned(),
            format!("openapi: {}", scalar(&self.openapi)),
        ]);
        if !self.overlays.is_empty() {
            lines.push("overlays:".to_owned());
            let overlays = self.overlays.iter();
            lines.extend(overlays.map(|overlay| format!("  - {}", scalar(overlay))));
        }
        lines.extend(
            self.root
                .iter()
                .map(|root| format!("root: {}", scalar(root))),
        );
        lines.extend([
            String::new(),
            "server:".to_owned(),
            format!("  name: {}", scalar(&self.name)),
        ]);
        lines.extend(
            self.title
                .iter()
                .map(|title| format!("  title: {}", scalar(title))),
        );
        if let Some((url, why)) = &self.base_url {
            lines.extend([
                String::new(),
                "backend:".to_owned(),
                format!("  # {why}"),
                format!("  base_url: {}", scalar(url)),
            ]);
        }
        lines.push(String::new());
        if entries.is_empty() {
            lines.push("tools: {}".to_owned());
        } else {
            lines.push("tools:".to_owned());
        }
        for (index, group) in groups(entries).into_iter().enumerate() {
            if index > 0 {
                lines.push(String::new());
            }
            lines.push(format!(
                "  # {group}",
                group = heading(&entries[group[0]].group)
            ));
            for entry in group {
                lines.push(String::new());
                lines.extend(entries[entry].lines(enabled[entry], 2, 2));
            }
        }
        lines.join("\n") + "\n"
    }
}

/// The comment before a group.
pub(super) fn heading(group: &str) -> String {
    format!("---- {} ----", comment(group))
}

/// The entries of each group, groups in the order of their first entries.
pub(super) fn groups(entries: &[Entry]) -> Vec<Vec<usize>> {
    let mut groups: indexmap::IndexMap<String, Vec<usize>> = indexmap::IndexMap::new();
    for (index, entry) in entries.iter().enumerate() {
        groups
            .entry(entry.group.to_lowercase())
            .or_default()
            .push(index);
    }
    groups.into_values().collect()
}

/// A name for a server out of a title: `Swagger Petstore - OpenAPI 3.0` → `petstore-mcp`.
pub(crate) fn server_name(title: &str) -> Option<String> {
    const NOISE: [&str; 19] = [
        "a",
        "an",
        "api",
        "apis",
        "documentation",
        "docs",
        "extension",
        "for",
        "mcp",
        "of",
        "official",
        "openapi",
        "reference",
        "rest",
        "s",
        "spec",
        "specification",
        "swagger",
        "the",
    ];
    const MOST: usize = 40;
    let words = crate::model::tool_names::title_words(title)?;
    let version = |word: &str| {
        let number = word.strip_prefix('v').unwrap_or(word);
        number.starts_with(|c: char| c.is_ascii_digit())
    };
    let says = |word: &&String| !NOISE.contains(&word.as_str()) && !version(word);
    let mut kept: Vec<&str> = words.iter().filter(says).map(String::as_str).collect();
    if kept.is_empty() {
        kept = words.iter().map(String::as_str).collect();
    }
    let mut name = String::new();
    for word in kept {
        if !name.is_empty() && name.len() + word.len() >= MOST {
            break;
        }
        if !name.is_empty() {
            name.push('-');
        }
        name.push_str(word);
    }
    name.truncate(MOST);
    let letter = name.starts_with(|c: char| c.is_ascii_lowercase());
    (!name.is_empty()).then(|| format!("{}{name}-mcp", if letter { "" } else { "api-" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_servers() {
        for (title, expect) in [
            ("Swagger Petstore - OpenAPI 3.0", Some("petstore-mcp")),
            ("GitHub v3 REST API", Some("github-mcp")),
            ("API", Some("api-mcp")),
            ("1Password Connect", Some("password-connect-mcp")),
            ("2020", Some("api-2020-mcp")),
            ("Größenverwaltung", Some("groessenverwaltung-mcp")),
            ("商店", None),
            ("", None),
        ] {
            assert_eq!(server_name(title).as_deref(), expect, "{title}");
        }
        let long = server_name(&"word ".repeat(50)).expect("a name");
        assert!(long.len() < 50 && !long.contains("--"), "{long}");
    }
}
