//! Servers (OpenAPI 3.1, sections 4.8.5 and 4.8.6).

use serde_json::Value;
use url::Url;

use super::node::Node;
use crate::diagnostics::At;

/// A server of the document.
#[derive(Clone, Debug, PartialEq)]
pub struct Server {
    /// Its URL, with variables as they stand there and without a slash at its end. It is whole,
    /// begins with a variable or a slash, or is empty.
    pub url: String,
    /// The variables of its URL, declared or not.
    pub variables: Vec<ServerVariable>,
    /// What it is.
    pub description: Option<String>,
    /// Where it stands.
    pub at: At,
}

/// A variable of a server's URL.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerVariable {
    /// Its name.
    pub name: String,
    /// Its value unless another is configured.
    pub default: Option<String>,
    /// The values that it can have, where they are listed.
    pub values: Vec<String>,
    /// What it is.
    pub description: Option<String>,
}

impl Server {
    /// Whether the URL names no host.
    pub fn is_relative(&self) -> bool {
        self.url.is_empty() || self.url.starts_with('/')
    }
}

/// The first server of the root, a path item or an operation that HTTP can reach; relative URLs are
/// resolved against the document's own, where it has one.
pub(super) fn server(node: &Node<'_>, document: Option<&Url>) -> Option<Server> {
    let servers = node.get("servers").ok().flatten()?;
    servers.items().iter().find_map(|at| {
        let server = servers.below(at).ok()?;
        read(&server, document)
    })
}

fn read(server: &Node<'_>, document: Option<&Url>) -> Option<Server> {
    let url = absolute(&server.text("url")?, document)?;
    let declared = server.get("variables").ok().flatten();
    let variables = names(&url).into_iter().map(|name| {
        let variable = declared
            .as_ref()
            .and_then(|declared| declared.get(&name).ok().flatten());
        let words = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            _ => None,
        };
        let raw = |key: &str| variable.as_ref().and_then(|variable| variable.raw(key));
        let values: Vec<String> = raw("enum")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(words)
            .collect();
        ServerVariable {
            default: raw("default")
                .and_then(words)
                .or_else(|| values.first().cloned()),
            description: variable.as_ref().and_then(|node| node.text("description")),
            values,
            name,
        }
    });
    Some(Server {
        variables: variables.collect(),
        url,
        description: server.text("description"),
        at: server.place().clone(),
    })
}

/// The URL, whole if it can be; `None` if HTTP cannot reach it.
fn absolute(url: &str, document: Option<&Url>) -> Option<String> {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let url = url[..end].trim_end_matches('/');
    let reachable = ["http://", "https://"].iter().any(|scheme| {
        url.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    if reachable || url.starts_with('{') {
        return Some(url.to_owned());
    }
    if url.contains("://") {
        return None;
    }
    match document {
        // The parser would encode the braces of variables.
        Some(document) if url.starts_with("//") => Some(format!("{}:{url}", document.scheme())),
        Some(document) if url.is_empty() || url.starts_with('/') => {
            Some(format!("{}{url}", document.origin().ascii_serialization()))
        }
        Some(document) => {
            let joined = document.join(url).ok()?;
            let joined = joined.as_str().trim_end_matches('/');
            Some(joined.replace("%7B", "{").replace("%7D", "}"))
        }
        None if url.starts_with("//") => Some(format!("https:{url}")),
        None if url.is_empty() || url.starts_with('/') => Some(url.to_owned()),
        None => Some(format!("/{}", url.trim_start_matches("./"))),
    }
}

/// The names of the variables in a URL, each once.
fn names(url: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut rest = url;
    while let Some((_, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
        rest = after;
    }
    names
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::normalise::Schemas;
    use crate::read::Sources;

    fn first(servers: Value) -> Option<Server> {
        let sources = Sources::of_document(json!({ "servers": servers }));
        let schemas = Schemas::new(&sources);
        let root = Node::at(&schemas, &At::value(sources.document, "")).unwrap();
        server(&root, None)
    }

    #[test]
    fn urls() {
        let document = Url::parse("https://h.test/docs/openapi.json").unwrap();
        for (url, alone, from_url) in [
            (
                "https://a.test/v1/",
                "https://a.test/v1",
                "https://a.test/v1",
            ),
            ("HTTP://a.test?x=1", "HTTP://a.test", "HTTP://a.test"),
            ("{site}/v1", "{site}/v1", "{site}/v1"),
            ("/", "", "https://h.test"),
            ("/v{n}", "/v{n}", "https://h.test/v{n}"),
            ("v{n}", "/v{n}", "https://h.test/docs/v{n}"),
            ("../v1", "/../v1", "https://h.test/v1"),
            ("//b.test/x", "https://b.test/x", "https://b.test/x"),
            ("", "", "https://h.test"),
        ] {
            assert_eq!(absolute(url, None).as_deref(), Some(alone), "{url}");
            assert_eq!(
                absolute(url, Some(&document)).as_deref(),
                Some(from_url),
                "{url}"
            );
        }
        assert_eq!(absolute("wss://a.test", None), None);
    }

    #[test]
    fn the_first_that_http_can_reach() {
        let server = first(json!([
            {"url": "wss://a.test"},
            {"url": "https://{region}.{zone}.test:{port}", "variables": {
                "region": {"default": "eu", "enum": ["eu", "us"]},
                "port": {"default": 443},
                "other": {"default": "x"},
            }},
        ]))
        .unwrap();
        let found: Vec<(&str, Option<&str>)> = server
            .variables
            .iter()
            .map(|variable| (variable.name.as_str(), variable.default.as_deref()))
            .collect();
        assert_eq!(
            found,
            [
                ("region", Some("eu")),
                ("zone", None),
                ("port", Some("443"))
            ]
        );
        assert_eq!(server.variables[0].values, ["eu", "us"]);
        for none in [json!([]), json!("x"), json!([{}]), Value::Null] {
            assert_eq!(first(none), None);
        }
    }
}
