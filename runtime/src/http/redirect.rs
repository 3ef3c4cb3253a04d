//! Which redirects are followed.

use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, LOCATION};
use url::Url;

use crate::Method;

/// How many redirects one call follows.
pub(super) const MOST: usize = 5;

/// Where a redirect leads, if it is followed.
#[derive(Debug, PartialEq)]
pub(super) struct Next {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) keeps_body: bool,
}

/// The next request after an answer with `status`: only within the origin, and
/// only where the method stays what was asked for (307, 308, GET) or turns
/// into a GET by definition (303).
pub(super) fn next(status: u16, headers: &HeaderMap, method: &Method, url: &Url) -> Option<Next> {
    let location = std::str::from_utf8(headers.get(LOCATION)?.as_bytes()).ok()?;
    let target = url.join(location).ok()?;
    let credentials = !target.username().is_empty() || target.password().is_some();
    if target.origin() != url.origin() || credentials {
        return None;
    }
    let (method, keeps_body) = match status {
        307 | 308 => (method.clone(), true),
        301 | 302 if matches!(*method, Method::GET | Method::HEAD) => (method.clone(), true),
        303 if *method == Method::HEAD => (Method::HEAD, false),
        303 => (Method::GET, false),
        _ => return None,
    };
    Some(Next {
        method,
        url: target,
        keeps_body,
    })
}

/// Headers that describe a body, gone with it.
pub(super) fn drop_body_headers(headers: &mut HeaderMap) {
    headers.remove(CONTENT_TYPE);
    headers.remove(CONTENT_LENGTH);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn followed(status: u16, method: Method, location: &str) -> Option<(Method, String, bool)> {
        let mut headers = HeaderMap::new();
        headers.insert(LOCATION, location.parse().unwrap());
        let url = Url::parse("http://h:80/a/b").unwrap();
        next(status, &headers, &method, &url)
            .map(|next| (next.method, next.url.to_string(), next.keeps_body))
    }

    #[test]
    fn within_the_origin() {
        let get = |url: &str, keeps| Some((Method::GET, url.to_owned(), keeps));
        let post = |url: &str| Some((Method::POST, url.to_owned(), true));
        for (status, method, location, expected) in [
            (307, Method::POST, "/a/b/", post("http://h/a/b/")),
            (308, Method::POST, "http://h/c", post("http://h/c")),
            (303, Method::POST, "c", get("http://h/a/c", false)),
            (301, Method::GET, "/c?x=1", get("http://h/c?x=1", true)),
            (302, Method::GET, "//h/c", get("http://h/c", true)),
            (301, Method::POST, "/c", None),
            (302, Method::DELETE, "/c", None),
            (304, Method::GET, "/c", None),
            (300, Method::GET, "/c", None),
        ] {
            assert_eq!(
                followed(status, method, location),
                expected,
                "{status} {location}"
            );
        }
    }

    #[test]
    fn not_out_of_it() {
        for location in [
            "https://h/c",
            "http://h:81/c",
            "http://evil/c",
            "//evil/c",
            "http://me:pw@h/c",
            "\\\\evil\\c",
            "javascript:alert(1)",
            "http://h.evil/c",
            "http://[",
        ] {
            assert_eq!(followed(307, Method::GET, location), None, "{location}");
        }
    }
}
