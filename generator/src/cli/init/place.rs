//! Where the document is, and what follows from that for a tools spec beside it or elsewhere.

use std::path::{Component, Path, PathBuf};

use serde_json::Value;

use super::super::{Failure, shown};

/// Where a document comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A file.
    File(PathBuf),
    /// A URL.
    Url(String),
    /// Standard input.
    StandardInput,
}

impl Origin {
    /// What `given` means, as reading takes it.
    pub(super) fn of(given: &str) -> Self {
        match given {
            "-" => Self::StandardInput,
            url if url.contains("://") => Self::Url(url.to_owned()),
            path => Self::File(PathBuf::from(path)),
        }
    }

    /// The folder for a tools spec beside it.
    pub(super) fn folder(&self) -> PathBuf {
        match self {
            Self::File(path) => path.parent().map(Path::to_path_buf).unwrap_or_default(),
            Self::Url(_) | Self::StandardInput => PathBuf::new(),
        }
    }

    /// How a tools spec in `folder` names it; `text` is the document's.
    pub(super) fn named_from(&self, folder: &Path, text: &str) -> String {
        match self {
            Self::File(path) => relative(folder, path),
            Self::Url(url) => url.clone(),
            Self::StandardInput => {
                let json = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
                if json { "openapi.json" } else { "openapi.yaml" }.to_owned()
            }
        }
    }

    /// Its file's name without the ending.
    pub(super) fn stem(&self) -> String {
        let path = match self {
            Self::File(path) => path.as_path(),
            Self::Url(url) => Path::new(url.split(['?', '#']).next().unwrap_or_default()),
            Self::StandardInput => Path::new(""),
        };
        path.file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default()
    }
}

/// `folder` without links and dots.
pub(super) fn canonical(folder: &Path) -> Result<PathBuf, Failure> {
    folder.canonicalize().map_err(|error| {
        let reason = match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such folder".to_owned(),
            kind => kind.to_string(),
        };
        Failure::Usage(format!("--root {}: {reason}", shown(folder)))
    })
}

/// The way from `folder` to `path`, by name, with `/`.
pub(super) fn relative(folder: &Path, path: &Path) -> String {
    let parts = |path: &Path| {
        let here = path.as_os_str().is_empty();
        let path = if here { Path::new(".") } else { path };
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        // As far as it exists, a path may have links in it.
        let known = path
            .ancestors()
            .find_map(|known| Some((known, known.canonicalize().ok()?)));
        let path = match known {
            Some((known, real)) => real.join(path.strip_prefix(known).unwrap_or(Path::new(""))),
            None => path,
        };
        let mut parts: Vec<String> = Vec::new();
        for part in path.components() {
            match part {
                Component::ParentDir => drop(parts.pop()),
                Component::CurDir => {}
                part => parts.push(part.as_os_str().to_string_lossy().into_owned()),
            }
        }
        parts
    };
    let (from, to) = (parts(folder), parts(path));
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from.iter().skip(shared).map(|_| "..");
    let way: Vec<&str> = up
        .chain(to.iter().skip(shared).map(String::as_str))
        .collect();
    if way.is_empty() {
        ".".to_owned()
    } else {
        way.join("/")
    }
}

/// The path of the JSON Schema of tools specs, if it is near `folder`.
pub(super) fn schema(folder: &Path) -> Option<String> {
    const NAME: &str = "tools.schema.json";
    ["", "../", "../../"]
        .into_iter()
        .map(|up| format!("{up}{NAME}"))
        .find(|path| folder.join(path).is_file())
}

/// Where the backend is, where the document does not say it, and why it is so.
pub(super) fn base_url(
    origin: &Origin,
    server: Option<&str>,
    document: &Value,
) -> Option<(String, &'static str)> {
    if server.is_some() {
        return None;
    }
    let path = relative_server(document);
    if let (Origin::Url(document), Some(path)) = (origin, &path)
        && let Some(url) = url::Url::parse(document)
            .ok()
            .and_then(|url| url.join(path).ok())
    {
        let why = "From the document's address: change it if the backend is elsewhere.";
        return Some((url.as_str().trim_end_matches('/').to_owned(), why));
    }
    let path = path.unwrap_or_default();
    let url = url::Url::parse("http://localhost:8080").ok()?;
    let url = url.join(&path).unwrap_or(url);
    let why = "The document does not say where the backend is: change this.";
    Some((url.as_str().trim_end_matches('/').to_owned(), why))
}

/// The first server's URL without a host, with the defaults of its variables; or Swagger's base path.
fn relative_server(document: &Value) -> Option<String> {
    if let Some(path) = document.get("basePath").and_then(Value::as_str) {
        return Some(path.to_owned());
    }
    let server = document.get("servers")?.get(0)?;
    let mut url = server.get("url")?.as_str()?.trim().to_owned();
    for (name, variable) in server
        .get("variables")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        if let Some(default) = variable.get("default").and_then(Value::as_str) {
            url = url.replace(&format!("{{{name}}}"), default);
        }
    }
    let usable = !url.is_empty() && !url.contains(['{', '}']) && !url.contains("://");
    usable
        .then_some(url)
        .filter(|url| !url.trim_matches('/').is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ways() {
        for (folder, path, way) in [
            ("", "openapi.yaml", "openapi.yaml"),
            ("specs/a", "docs/openapi.yaml", "../../docs/openapi.yaml"),
            ("a/../b", "b/c.yaml", "c.yaml"),
            ("a", "a", "."),
        ] {
            assert_eq!(
                relative(Path::new(folder), Path::new(path)),
                way,
                "{folder} {path}"
            );
        }
    }

    #[test]
    fn base_urls() {
        let file = Origin::of("a.yaml");
        let url = Origin::of("https://api.example.com/docs/openapi.json");
        let of = |origin: &Origin, document: Value| {
            base_url(origin, None, &document).map(|(url, _)| url)
        };
        let localhost = |path: &str| Some(format!("http://localhost:8080{path}"));
        assert_eq!(of(&file, json!({})), localhost(""));
        assert_eq!(
            of(&file, json!({"servers": [{"url": "/api/v3"}]})),
            localhost("/api/v3")
        );
        assert_eq!(of(&file, json!({"basePath": "/v2/"})), localhost("/v2"));
        let with_variable =
            json!({"servers": [{"url": "/{v}/x", "variables": {"v": {"default": "v1"}}}]});
        assert_eq!(of(&file, with_variable), localhost("/v1/x"));
        assert_eq!(
            of(&url, json!({"servers": [{"url": "../v1"}]})).as_deref(),
            Some("https://api.example.com/v1")
        );
        assert_eq!(of(&url, json!({})), localhost(""));
        assert_eq!(base_url(&file, Some("https://a"), &json!({})), None);
    }
}
