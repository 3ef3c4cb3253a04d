//! Headers of requests.

use axum::http::{HeaderMap, header};

/// The bearer token that a request shows.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let given = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = given.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Whether the body is of this media type, whatever its parameters.
pub fn is_of(headers: &HeaderMap, wanted: &str) -> bool {
    let given = headers.get(header::CONTENT_TYPE);
    let given = given.and_then(|value| value.to_str().ok());
    let essence = given.and_then(|text| text.split(';').next());
    essence.is_some_and(|it| it.trim().eq_ignore_ascii_case(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, header::HeaderValue::from_static(value))])
    }

    #[test]
    fn tokens_are_those_of_bearers() {
        let token = |value| bearer(&headers(header::AUTHORIZATION, value)).map(str::to_owned);
        assert_eq!(token("Bearer a b"), Some("a b".to_owned()));
        assert_eq!(token("bearer  a "), Some("a".to_owned()));
        assert_eq!(
            [token("Basic a"), token("Bearer"), token("a")],
            [None, None, None]
        );
        assert_eq!(bearer(&HeaderMap::new()), None);
    }

    #[test]
    fn parameters_make_no_other_media_type() {
        let json = |value| is_of(&headers(header::CONTENT_TYPE, value), "application/json");
        assert!(json("application/json") && json("Application/JSON ; charset=utf-8"));
        assert!(!json("text/plain") && !json("application/jsonp") && !json(""));
        assert!(!is_of(&HeaderMap::new(), "application/json"));
    }
}
