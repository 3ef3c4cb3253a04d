//! Which database.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use super::{Error, Result, Schema, Store};

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A file of SQLite, made if it is not there.
    File(PathBuf),
    /// A URL of PostgreSQL, which may hold a password.
    Url(String),
}

impl From<OsString> for Location {
    /// What begins with `postgres://` or `postgresql://` is a URL, anything else a path.
    fn from(text: OsString) -> Self {
        let url = text
            .to_str()
            .filter(|text| text.starts_with("postgres://") || text.starts_with("postgresql://"));
        match url {
            Some(url) => Self::Url(url.to_owned()),
            None => Self::File(text.into()),
        }
    }
}

impl Location {
    /// Opens the database.
    pub fn open(&self, schema: &'static Schema) -> Result<Store> {
        match self {
            // Else it would become a file of that name.
            Self::File(path) if path.to_string_lossy().contains("://") => Err(Error::Other(
                "expected a path or postgres://USER:PASSWORD@HOST:PORT/DATABASE".to_owned(),
            )),
            Self::File(path) => Store::open(path, schema),
            Self::Url(url) => Store::connect(url, schema),
        }
    }

    /// The file, if it is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Url(_) => None,
        }
    }
}

/// Without anything that could be a password.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => match path.to_string_lossy().split_once("://") {
                Some((scheme, _)) => write!(f, "{scheme}://…"),
                None => path.display().fmt(f),
            },
            Self::Url(_) => f.write_str("postgres://…"),
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::tests::NOTES;

    fn location(text: &str) -> Location {
        Location::from(OsString::from(text))
    }

    #[test]
    fn urls_and_paths_are_told_apart() {
        for url in ["postgres://a:b@c/d", "postgresql:///d?host=/tmp"] {
            assert_eq!(location(url), Location::Url(url.to_owned()));
        }
        assert_eq!(location("a/b.db").file(), Some(Path::new("a/b.db")));
        let error = location("mysql://me:secret@host/db")
            .open(&NOTES)
            .unwrap_err();
        assert!(
            error.to_string().starts_with("expected a path or "),
            "{error}"
        );
    }

    #[test]
    fn no_message_tells_a_password() {
        for url in [
            "postgres://me:secret@127.0.0.1:1/db",
            "postgres://me:secret@host:secret/db",
            "postgres://me:secret@host/db?secret=secret",
            "mysql://me:secret@host/db",
        ] {
            let location = location(url);
            assert!(!format!("{location} {location:?}").contains("secret"));
        }
        for url in [
            "postgres://me:secret@host:port/db",
            "postgres://me:secret@host/db?option=secret",
            "postgres://me:sec%ret@host/db",
        ] {
            let error = location(url).open(&NOTES).unwrap_err().to_string();
            assert!(!error.contains("sec"), "{error}");
        }
    }
}
