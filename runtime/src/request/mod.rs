//! One request to the backend, encoded as it is put together.

mod body;
mod multipart;
mod part;
mod path;
mod style;
mod url;

use reqwest::header::{HeaderName, HeaderValue};

pub(crate) use self::body::Body;
pub use self::part::Part;
use self::path::Filled;
pub use self::style::Style;
pub(crate) use self::style::encode;
use self::style::{Kind, Parts};
pub(crate) use self::url::Base;
use crate::security::Alternatives;
use crate::{ArgumentError, Json, Method, OtherServer, ToJson};

/// A request to the backend.
///
/// Putting it together never fails visibly: the first problem (an empty path
/// value, a control character in a header) is kept and reported instead of
/// sending. Values that are null are not sent.
#[derive(Clone, Debug)]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) template: &'static str,
    path: Vec<(&'static str, String)>,
    pub(crate) query: String,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) cookies: String,
    pub(crate) body: Option<Body>,
    pub(crate) accept: Option<&'static str>,
    /// What proves who asks, if not what is usual for the backend.
    pub(crate) security: Option<Alternatives>,
    /// The server of this operation, if it has one for itself.
    pub(crate) server: Option<&'static OtherServer>,
    problem: Option<ArgumentError>,
}

impl Request {
    /// A request for a path template: `/api/v1/operations/{operation_id}`.
    pub fn new(method: Method, template: &'static str) -> Self {
        Self {
            method,
            template,
            path: Vec::new(),
            query: String::new(),
            headers: Vec::new(),
            cookies: String::new(),
            body: None,
            accept: None,
            security: None,
            server: None,
            problem: None,
        }
    }

    /// The same for a method that has no constant: `COPY`.
    pub fn by_method(method: &str, template: &'static str) -> Self {
        match Method::from_bytes(method.as_bytes()) {
            Ok(method) => Self::new(method, template),
            Err(_) => {
                let mut request = Self::new(Method::GET, template);
                request.note(ArgumentError::new(format!(
                    "{method:?} is no method of HTTP"
                )));
                request
            }
        }
    }

    /// Its method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The path template it was made for.
    pub fn template(&self) -> &'static str {
        self.template
    }

    /// Sets a path parameter. Empty values, `.` and `..` are problems.
    pub fn path(&mut self, name: &'static str, value: impl ToJson, style: Style) -> &mut Self {
        self.path_value(name, &value.to_json(), style)
    }

    fn path_value(&mut self, name: &'static str, value: &Json, style: Style) -> &mut Self {
        match path::value(name, value, style) {
            Ok(text) => self.path.push((name, text)),
            Err(problem) => self.note(problem),
        }
        self
    }

    /// Adds a query parameter.
    pub fn query(&mut self, name: &'static str, value: impl ToJson, style: Style) -> &mut Self {
        self.query_value(name, &value.to_json(), style)
    }

    fn query_value(&mut self, name: &str, value: &Json, style: Style) -> &mut Self {
        style::append(style::query(name, value, style), "&", &mut self.query);
        self
    }

    /// Adds what stands for the whole query string: the pairs of an object
    /// ([`Style::FORM`]), or one text ([`Style::JSON`], [`Style::TEXT`]).
    pub fn querystring(&mut self, value: impl ToJson, style: Style) -> &mut Self {
        let value = value.to_json();
        if value.is_null() {
            return self;
        }
        let text = match style.kind {
            Kind::Json => style::encode(&value.to_string()),
            Kind::Text => style::query_text(&style::plain(&value)),
            _ if value.is_object() => return self.query_value("", &value, Style::FORM),
            _ => style::query_text(&style::plain(&value)),
        };
        if !self.query.is_empty() && !text.is_empty() {
            self.query.push('&');
        }
        self.query.push_str(&text);
        self
    }

    /// Adds a header. Control characters are a problem.
    pub fn header(&mut self, name: &'static str, value: impl ToJson, style: Style) -> &mut Self {
        self.header_value(name, &value.to_json(), style)
    }

    fn header_value(&mut self, name: &'static str, value: &Json, style: Style) -> &mut Self {
        let text = match style.kind {
            Kind::Json if value.is_null() => return self,
            Kind::Json => value.to_string(),
            Kind::Text if !value.is_null() => style::plain(value),
            _ => match style::parts(value, str::to_owned) {
                None => return self,
                Some(Parts::Many(items)) if items.is_empty() => return self,
                Some(parts) => style::simple(parts, style.explode),
            },
        };
        match header(name, &text) {
            Ok(pair) => self.headers.push(pair),
            Err(problem) => self.note(problem),
        }
        self
    }

    /// Adds a cookie. Control characters are a problem.
    pub fn cookie(&mut self, name: &'static str, value: impl ToJson, style: Style) -> &mut Self {
        self.cookie_value(name, &value.to_json(), style)
    }

    fn cookie_value(&mut self, name: &'static str, value: &Json, style: Style) -> &mut Self {
        let pairs = match style.kind {
            Kind::Cookie => style::bare(name, value),
            _ => style::query(name, value, style),
        };
        style::append(pairs, "; ", &mut self.cookies);
        if has_control(value) {
            self.note(control_characters(name));
        }
        self
    }

    /// Sets a body of `application/json`; null sets none.
    pub fn json(&mut self, value: impl ToJson) -> &mut Self {
        self.json_as("application/json", value)
    }

    /// Sets a JSON body of another media type, such as `application/merge-patch+json`.
    pub fn json_as(&mut self, media_type: &'static str, value: impl ToJson) -> &mut Self {
        self.set_body(&value.to_json(), |value| Ok(body::json(media_type, value)))
    }

    /// Sets a body with a line of JSON per item of a list.
    pub fn json_lines(&mut self, media_type: &'static str, value: impl ToJson) -> &mut Self {
        self.set_body(&value.to_json(), |value| {
            Ok(body::json_lines(media_type, value))
        })
    }

    /// Sets a body of `application/x-www-form-urlencoded` from an object.
    pub fn form(&mut self, value: impl ToJson) -> &mut Self {
        self.form_of(value, &[])
    }

    /// The same with members that the document describes.
    pub fn form_of(&mut self, value: impl ToJson, parts: &[Part]) -> &mut Self {
        self.set_body(&value.to_json(), |value| body::form(value, parts))
    }

    /// Sets a body of `multipart/form-data` from an object; `files` are its
    /// properties whose base64 strings are sent as files.
    pub fn multipart(&mut self, value: impl ToJson, files: &[&'static str]) -> &mut Self {
        let parts: Vec<Part> = files.iter().map(|name| Part::file(name)).collect();
        self.multipart_of("multipart/form-data", value, &parts)
    }

    /// Sets a body of any multipart type, with members that the document describes.
    pub fn multipart_of(
        &mut self,
        media_type: &'static str,
        value: impl ToJson,
        parts: &[Part],
    ) -> &mut Self {
        self.set_body(&value.to_json(), |value| {
            multipart::multipart(media_type, value, parts)
        })
    }

    /// Sets a body of text.
    pub fn text(&mut self, media_type: &'static str, value: impl ToJson) -> &mut Self {
        self.set_body(&value.to_json(), |value| Ok(body::text(media_type, value)))
    }

    /// Sets a body of bytes, given as base64 text.
    pub fn bytes(&mut self, media_type: &'static str, base64: impl ToJson) -> &mut Self {
        self.set_body(&base64.to_json(), |value| body::bytes(media_type, value))
    }

    fn set_body(
        &mut self,
        value: &Json,
        encode: impl FnOnce(&Json) -> Result<Body, ArgumentError>,
    ) -> &mut Self {
        if !value.is_null() {
            match encode(value) {
                Ok(body) => self.body = Some(body),
                Err(problem) => self.note(problem),
            }
        }
        self
    }

    /// Sets the media type that is asked for; JSON is preferred otherwise.
    pub fn accept(&mut self, media_type: &'static str) -> &mut Self {
        self.accept = Some(media_type);
        self
    }

    /// Sets what proves who asks: one of these sets of schemes.
    pub fn security(&mut self, alternatives: Alternatives) -> &mut Self {
        self.security = Some(alternatives);
        self
    }

    /// Sets the server that this operation has for itself.
    pub fn server(&mut self, server: &'static OtherServer) -> &mut Self {
        self.server = Some(server);
        self
    }

    /// Keeps the first problem.
    fn note(&mut self, problem: ArgumentError) {
        self.problem.get_or_insert(problem);
    }

    /// The path with its values, or what is wrong with the request.
    pub(crate) fn filled_path(&self) -> Result<Filled, ArgumentError> {
        match &self.problem {
            Some(problem) => Err(problem.clone()),
            None => path::fill(self.template, &self.path),
        }
    }
}

fn header(name: &'static str, text: &str) -> Result<(HeaderName, HeaderValue), ArgumentError> {
    let key = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| ArgumentError::new("is not a possible name of a header").within(name))?;
    if text.chars().any(char::is_control) {
        return Err(control_characters(name));
    }
    let value = HeaderValue::from_bytes(text.as_bytes()).map_err(|_| control_characters(name))?;
    Ok((key, value))
}

fn control_characters(name: &str) -> ArgumentError {
    ArgumentError::new("must not hold control characters such as line breaks").within(name)
}

fn has_control(value: &Json) -> bool {
    match value {
        Json::String(text) => text.chars().any(char::is_control),
        Json::Array(items) => items.iter().any(has_control),
        Json::Object(members) => members
            .iter()
            .any(|(key, value)| key.chars().any(char::is_control) || has_control(value)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request() -> Request {
        Request::new(Method::GET, "/x")
    }

    #[test]
    fn headers() {
        for (value, style, expected) in [
            (json!("a b"), Style::SIMPLE, Some("a b")),
            (json!([1, 2]), Style::SIMPLE, Some("1,2")),
            (json!({"a": 1, "b": 2}), Style::SIMPLE, Some("a,1,b,2")),
            (
                json!({"a": 1, "b": 2}),
                Style::SIMPLE_EXPLODED,
                Some("a=1,b=2"),
            ),
            (json!({"a": 1}), Style::JSON, Some(r#"{"a":1}"#)),
            (json!(null), Style::SIMPLE, None),
            (json!([]), Style::SIMPLE, None),
        ] {
            let mut request = request();
            request.header("X-Tag", &value, style);
            let sent = request
                .headers
                .first()
                .map(|(_, value)| value.to_str().unwrap());
            assert_eq!(sent, expected, "{value}");
            assert!(request.problem.is_none());
        }
    }

    #[test]
    fn cookies() {
        let mut request = request();
        request
            .cookie("a", "x y", Style::FORM)
            .cookie("b", json!([1, 2]), Style::FORM_JOINED)
            .cookie("c", None::<String>, Style::FORM);
        assert_eq!(request.cookies, "a=x%20y; b=1,2");
    }

    #[test]
    fn cookies_as_they_are() {
        let mut request = request();
        request.cookie("a", "x y;b=1", Style::COOKIE).cookie(
            "c",
            json!({"d": 1, "e": [1]}),
            Style::COOKIE,
        );
        assert_eq!(request.cookies, "a=x y%3Bb=1; d=1; e=[1]");
    }

    #[test]
    fn whole_query_strings() {
        for (value, style, expected) in [
            (
                json!({"a": 1, "b": ["x y", "z"]}),
                Style::FORM,
                "p=1&a=1&b=x%20y&b=z",
            ),
            (json!({"a": 1}), Style::JSON, "p=1&%7B%22a%22%3A1%7D"),
            (json!("a=1&b=ü#"), Style::TEXT, "p=1&a=1&b=%C3%BC%23"),
            (json!("a=1"), Style::FORM, "p=1&a=1"),
            (json!(null), Style::JSON, "p=1"),
        ] {
            let mut request = request();
            request
                .query("p", 1_i64, Style::FORM)
                .querystring(&value, style);
            assert_eq!(request.query, expected);
        }
    }

    #[test]
    fn the_first_problem_is_kept() {
        let mut request = request();
        request
            .header("X-A", "a\r\nX-Evil: 1", Style::SIMPLE)
            .cookie("b", "x\ny", Style::FORM)
            .path("id", "", Style::SIMPLE);
        assert_eq!(
            request.filled_path().unwrap_err().to_string(),
            "X-A: must not hold control characters such as line breaks"
        );
        let mut request = self::request();
        request.cookie("b", json!(["x\u{0}"]), Style::FORM);
        assert_eq!(request.filled_path().unwrap_err().path(), "b");
    }

    #[test]
    fn nothing_given_is_nothing_sent() {
        let mut request = request();
        request
            .query("a", None::<i64>, Style::FORM)
            .header("X-A", None::<&str>, Style::SIMPLE)
            .json(None::<&str>);
        assert!(request.query.is_empty() && request.headers.is_empty());
        assert!(request.body.is_none() && request.filled_path().is_ok());
    }
}
