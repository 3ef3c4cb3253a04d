//! Where the document is, and what follows from that for a tools spec beside it or elsewhere.

use std::path::{Component, Path, PathBuf};

use super::super::{Failure, shown};
use crate::normalise::Server;
use crate::read::is_url;

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
            url if is_url(url) => Self::Url(url.to_owned()),
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
pub(super) fn base_url(server: Option<&Server>) -> Option<(String, &'static str)> {
    const HOST: &str = "http://localhost:8080";
    let mut path = match server {
        Some(server) if !server.is_relative() => return None,
        Some(server) => server.url.clone(),
        None => String::new(),
    };
    for variable in server.into_iter().flat_map(|server| &server.variables) {
        if let Some(default) = &variable.default {
            path = path.replace(&format!("{{{}}}", variable.name), default);
        }
    }
    let url = url::Url::parse(HOST).ok()?.join(&path).ok();
    let url = url.filter(|url| url.host_str() == Some("localhost"));
    let url = url.map_or_else(|| HOST.to_owned(), |url| url.to_string());
    let why = "The document does not say where the backend is: change this.";
    Some((url.trim_end_matches('/').to_owned(), why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::{At, FileId};
    use crate::normalise::ServerVariable;

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
        let of = |url: &str| {
            let server = Server {
                url: url.to_owned(),
                variables: vec![ServerVariable {
                    name: "v".to_owned(),
                    default: Some("v1".to_owned()),
                    values: Vec::new(),
                    description: None,
                }],
                description: None,
                at: At::value(FileId(0), ""),
            };
            base_url(Some(&server)).map(|(url, _)| url)
        };
        let localhost = |path: &str| Some(format!("http://localhost:8080{path}"));
        assert_eq!(base_url(None).map(|(url, _)| url), localhost(""));
        assert_eq!(of(""), localhost(""));
        assert_eq!(of("/api/v3"), localhost("/api/v3"));
        assert_eq!(of("/{v}/x"), localhost("/v1/x"));
        assert_eq!(of("//elsewhere"), localhost(""));
        assert_eq!(of("https://a"), None);
    }
}
