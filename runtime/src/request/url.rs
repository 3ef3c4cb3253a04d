//! The backend's base URL and the URLs built on it.

use url::Url;

use crate::{Error, Request, servers};

/// The base URL of a backend: an origin and perhaps a path prefix.
#[derive(Clone, Debug)]
pub(crate) struct Base {
    url: Url,
    /// Path prefix without its last slash; empty or `/prefix`.
    prefix: String,
    credentials: Option<(String, String)>,
}

impl Base {
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let invalid = |reason: &str| Error::BaseUrl {
            url: without_credentials(text),
            reason: reason.to_owned(),
        };
        let mut url = Url::parse(text.trim()).map_err(|error| invalid(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(invalid("the scheme must be http or https"));
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(invalid("there is no host"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(invalid("a base URL has no query and no fragment"));
        }
        let credentials = (!url.username().is_empty() || url.password().is_some()).then(|| {
            let decode = |text: &str| {
                percent_encoding::percent_decode_str(text)
                    .decode_utf8_lossy()
                    .into_owned()
            };
            (decode(url.username()), decode(url.password().unwrap_or("")))
        });
        // Neither can fail: the URL has a host and is no file.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        let prefix = url.path().trim_end_matches('/').to_owned();
        Ok(Self {
            url,
            prefix,
            credentials,
        })
    }

    /// The base URL that another URL is, on the host of this one if it names
    /// none. Credentials of this one stay with it.
    pub(crate) fn on_host(&self, url: &str) -> Result<Self, Error> {
        Self::parse(&servers::on_host_of(&self.url, url.trim()))
    }

    /// It, without credentials.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    pub(crate) fn is_origin_of(&self, url: &Url) -> bool {
        self.url.origin() == url.origin()
    }

    pub(crate) fn into_url(self) -> Url {
        self.url
    }

    /// User name and password of the URL.
    pub(crate) fn credentials(&self) -> Option<&(String, String)> {
        self.credentials.as_ref()
    }

    pub(crate) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Whether the host is this machine, which no proxy can stand for.
    pub(crate) fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// The base URL without credentials, for messages.
    pub(crate) fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// The URL of a request, asserted to be where the template says.
    pub(crate) fn target(&self, request: &Request) -> Result<Url, Error> {
        let filled = request.filled_path()?;
        let path = if self.prefix.is_empty() {
            filled.path
        } else {
            format!("{}{}", self.prefix, filled.path)
        };
        let mut url = self.url.clone();
        url.set_path(&path);
        // The parser reads `..`, `%2e%2e` and `\` its own way: whatever it
        // changed is not what the template and the values said.
        if url.path() != path || url.origin() != self.url.origin() {
            return Err(Error::BaseUrl {
                url: self.url.to_string(),
                reason: format!("the path {path} would be read as {}", url.path()),
            });
        }
        match (filled.query.is_empty(), request.query.is_empty()) {
            (true, true) => {}
            (true, false) => url.set_query(Some(&request.query)),
            (false, true) => url.set_query(Some(&filled.query)),
            (false, false) => {
                url.set_query(Some(&format!("{}&{}", filled.query, request.query)));
            }
        }
        Ok(url)
    }
}

/// What comes before an `@` in the authority is not for messages.
fn without_credentials(text: &str) -> String {
    match text.split_once("://") {
        Some((scheme, rest)) => {
            let authority = rest.split('/').next().unwrap_or("");
            match authority.rfind('@') {
                Some(at) => format!("{scheme}://{}", &rest[at + 1..]),
                None => text.to_owned(),
            }
        }
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Method, Style};

    fn target(base: &str, template: &'static str, id: &str) -> Result<String, String> {
        let mut request = Request::new(Method::GET, template);
        request.path("id", id, Style::SIMPLE);
        request.query("q", "a b", Style::FORM);
        Base::parse(base)
            .and_then(|base| base.target(&request))
            .map(|url| url.to_string())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn prefixes_and_slashes_are_kept() {
        for (base, template, expected) in [
            ("http://h:8000", "/a/{id}", "http://h:8000/a/7?q=a%20b"),
            ("http://h:8000/", "/a/{id}/", "http://h:8000/a/7/?q=a%20b"),
            (
                "https://h/api/v2/",
                "/a/{id}",
                "https://h/api/v2/a/7?q=a%20b",
            ),
            ("http://[::1]:80", "/{id}", "http://[::1]/7?q=a%20b"),
            (
                "http://h/v1",
                "/responses/{id}?beta=true#x",
                "http://h/v1/responses/7?beta=true&q=a%20b",
            ),
        ] {
            assert_eq!(target(base, template, "7").as_deref(), Ok(expected));
        }
    }

    #[test]
    fn nothing_leaves_its_place() {
        for id in [
            "..%2f",
            "%2e%2e",
            "%2E.",
            "a/../b",
            "a\\..\\b",
            "//evil",
            "@evil",
            "x?y#z",
            ".%2e",
            "\u{ff0e}\u{ff0e}",
            "\t..",
            "..;",
            "%00",
            ":80",
            "%5c..",
        ] {
            for base in ["http://h:8000", "http://h:8000/pre/fix"] {
                let url = Url::parse(&target(base, "/a/{id}/b", id).unwrap()).unwrap();
                let segments: Vec<&str> = url.path_segments().unwrap().collect();
                let fixed = if base.ends_with("fix") { 2 } else { 0 };
                assert_eq!(segments.len(), fixed + 3, "{id}");
                assert_eq!((segments[fixed], segments[fixed + 2]), ("a", "b"), "{id}");
                assert_eq!((url.host_str(), url.port()), (Some("h"), Some(8000)));
            }
        }
    }

    #[test]
    fn templates_that_walk_are_refused() {
        assert!(target("http://h/a", "/../{id}", "7").is_err());
        assert!(target("http://h/a", "/%2e%2e/{id}", "7").is_err());
    }

    #[test]
    fn base_urls() {
        for text in [
            "",
            "h:80",
            "ftp://h",
            "http://",
            "http://h?x=1",
            "http://h/#a",
            "/x",
        ] {
            assert!(Base::parse(text).is_err(), "{text}");
        }
        let base = Base::parse("http://me:p%40ss@h/x").unwrap();
        assert_eq!(
            base.credentials(),
            Some(&("me".to_owned(), "p@ss".to_owned()))
        );
        assert_eq!(base.as_str(), "http://h/x");
        let error = Base::parse("http://me:secret@h/?x")
            .unwrap_err()
            .to_string();
        assert!(!error.contains("secret"), "{error}");
    }
}
