//! Security schemes and requirements (OpenAPI 3.1, sections 4.8.27 to 4.8.30).

use serde_json::Value;

use super::node::Node;
use super::{Location, Operation, Parameter};
use crate::diagnostics::At;

/// What a document says of security.
#[derive(Clone, Debug, Default)]
pub struct Security {
    /// Its schemes, in document order.
    pub schemes: Vec<SecurityScheme>,
    /// What operations need that do not say it themselves.
    pub default: Option<Alternatives>,
}

/// Sets of schemes of which one is enough; an empty set says that nothing is needed.
pub type Alternatives = Vec<Vec<SchemeUse>>;

/// A scheme in a requirement.
#[derive(Clone, Debug)]
pub struct SchemeUse {
    /// Its name.
    pub name: String,
    /// The scopes that are needed.
    pub scopes: Vec<String>,
    /// Where it stands.
    pub at: At,
}

/// A security scheme.
#[derive(Clone, Debug)]
pub struct SecurityScheme {
    /// Its name.
    pub name: String,
    /// What is sent.
    pub kind: SecurityKind,
    /// What it means.
    pub description: Option<String>,
    /// Where it stands.
    pub at: At,
}

/// What a security scheme sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecurityKind {
    /// A key in the header of this name.
    Header(String),
    /// A key in the query parameter of this name.
    Query(String),
    /// A key in the cookie of this name.
    Cookie(String),
    /// User name and password.
    Basic,
    /// A token that is ready to send, with this scheme of HTTP.
    Token(String),
    /// A token that is given at this URL for the credentials of a client.
    ClientCredentials(String),
    /// What the connection proves: nothing is sent.
    Connection,
    /// Nothing that can be sent, and why.
    Unusable(String),
}

impl Security {
    /// What the root of a document says; `frame` has it in the shape of OpenAPI 3.
    pub(super) fn of(frame: &Node<'_>) -> Self {
        Self {
            schemes: schemes(frame),
            default: requirement(frame),
        }
    }

    /// Whether a parameter is the key of a scheme that is asked for, by `own` or by default: it is sent as a
    /// credential.
    pub fn carries(&self, own: Option<&Alternatives>, parameter: &Parameter) -> bool {
        let asked = own.or(self.default.as_ref());
        let is_asked = |scheme: &&SecurityScheme| {
            let uses = asked.into_iter().flatten().flatten();
            uses.into_iter().any(|used| used.name == scheme.name)
        };
        let is_it = |scheme: &SecurityScheme| match (&scheme.kind, parameter.location) {
            (SecurityKind::Header(name), Location::Header) => {
                name.eq_ignore_ascii_case(&parameter.name)
            }
            (SecurityKind::Query(name), Location::Query)
            | (SecurityKind::Cookie(name), Location::Cookie) => *name == parameter.name,
            _ => false,
        };
        self.schemes.iter().filter(is_asked).any(is_it)
    }

    /// Schemes that nothing in the document uses are meant for everything: each is enough, none is needed.
    pub(super) fn unless_used(mut self, operations: &[Operation]) -> Self {
        let says = |operation: &Operation| operation.details.security.is_some();
        if self.default.is_some() || self.schemes.is_empty() || operations.iter().any(says) {
            return self;
        }
        let usable = |scheme: &&SecurityScheme| !matches!(scheme.kind, SecurityKind::Unusable(_));
        let alone = |scheme: &SecurityScheme| {
            vec![SchemeUse {
                name: scheme.name.clone(),
                scopes: Vec::new(),
                at: scheme.at.clone(),
            }]
        };
        let schemes = self.schemes.iter().filter(usable).map(alone);
        self.default = Some(schemes.chain([Vec::new()]).collect());
        self
    }
}

fn schemes(frame: &Node<'_>) -> Vec<SecurityScheme> {
    let components = frame.get("components").ok().flatten();
    let schemes = components.and_then(|node| node.get("securitySchemes").ok().flatten());
    let Some(schemes) = schemes else {
        return Vec::new();
    };
    let read = |name: &str| {
        let (at, _) = schemes.entry(name)?;
        let scheme = match schemes.get(name) {
            Ok(Some(scheme)) => SecurityScheme {
                name: name.to_owned(),
                kind: kind(&scheme),
                description: scheme.text("description"),
                at,
            },
            Ok(None) => return None,
            Err(fault) => SecurityScheme {
                name: name.to_owned(),
                kind: SecurityKind::Unusable(fault.message.clone()),
                description: None,
                at,
            },
        };
        Some(scheme)
    };
    schemes.keys().into_iter().filter_map(read).collect()
}

fn kind(scheme: &Node<'_>) -> SecurityKind {
    let text = |key: &str| scheme.text(key).unwrap_or_default();
    match text("type").to_lowercase().as_str() {
        "apikey" => api_key(&text("name"), &text("in")),
        "http" => match text("scheme") {
            scheme if scheme.is_empty() => bearer(),
            scheme if scheme.eq_ignore_ascii_case("bearer") => bearer(),
            scheme if scheme.eq_ignore_ascii_case("basic") => SecurityKind::Basic,
            scheme if is_token(&scheme) => SecurityKind::Token(scheme),
            scheme => SecurityKind::Unusable(format!("`{scheme}` is no scheme of HTTP")),
        },
        // As Swagger 2.0 has it.
        "basic" => SecurityKind::Basic,
        "oauth2" => client_credentials(scheme).map_or_else(bearer, SecurityKind::ClientCredentials),
        "openidconnect" => bearer(),
        "mutualtls" => SecurityKind::Connection,
        "" => SecurityKind::Unusable("it has no `type`".to_owned()),
        other => SecurityKind::Unusable(format!("`{other}` is no type of security scheme")),
    }
}

fn bearer() -> SecurityKind {
    SecurityKind::Token("Bearer".to_owned())
}

fn api_key(name: &str, place: &str) -> SecurityKind {
    match place.to_lowercase().as_str() {
        _ if name.is_empty() => SecurityKind::Unusable("it has no `name`".to_owned()),
        "header" if !is_token(name) => {
            SecurityKind::Unusable(format!("`{name}` is no name that a header can have"))
        }
        "header" => SecurityKind::Header(name.to_owned()),
        "query" => SecurityKind::Query(name.to_owned()),
        "cookie" => SecurityKind::Cookie(name.to_owned()),
        other => SecurityKind::Unusable(format!("a key cannot be in `{other}`")),
    }
}

/// The token URL of the flow for clients, in the spelling of any version.
fn client_credentials(scheme: &Node<'_>) -> Option<String> {
    let flows = scheme.get("flows").ok().flatten()?;
    let flow = ["clientCredentials", "application"]
        .iter()
        .find_map(|name| flows.get(name).ok().flatten())?;
    flow.text("tokenUrl")
}

/// A token of HTTP (RFC 9110, section 5.6.2).
fn is_token(text: &str) -> bool {
    let is_sign = |byte: &u8| b"!#$%&'*+-.^_`|~".contains(byte);
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || is_sign(&byte))
}

/// What `security` of the root or of an operation asks for; `None` where it says nothing.
pub(super) fn requirement(node: &Node<'_>) -> Option<Alternatives> {
    let list = node.get("security").ok().flatten()?;
    // A single requirement without its list is taken for a list of one.
    let sets = match list.value() {
        Value::Array(items) => {
            let place = |index: usize| list.place().child(&index.to_string());
            let sets = items.iter().enumerate();
            sets.map(|(index, set)| (place(index), set)).collect()
        }
        set @ Value::Object(_) => vec![(list.place().clone(), set)],
        _ => return None,
    };
    let used = |at: &At, set: &Value| -> Vec<SchemeUse> {
        let members = set.as_object().into_iter().flatten();
        members
            .map(|(name, scopes)| SchemeUse {
                name: name.clone(),
                scopes: scopes
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(|scope| scope.as_str().map(str::to_owned))
                    .collect(),
                at: at.child(name),
            })
            .collect()
    };
    Some(sets.iter().map(|(at, set)| used(at, set)).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::normalise::Schemas;
    use crate::read::Sources;

    fn read(document: Value) -> Security {
        let sources = Sources::of_document(document);
        let schemas = Schemas::new(&sources);
        Security::of(&Node::at(&schemas, &At::value(sources.document, "")).unwrap())
    }

    #[test]
    fn kinds() {
        let unusable = |reason: &str| SecurityKind::Unusable(reason.to_owned());
        for (scheme, expected) in [
            (
                json!({"type": "apiKey", "in": "header", "name": "X-Key"}),
                SecurityKind::Header("X-Key".to_owned()),
            ),
            (
                json!({"type": "apiKey", "in": "query", "name": "a b"}),
                SecurityKind::Query("a b".to_owned()),
            ),
            (
                json!({"type": "apiKey", "in": "header", "name": "X Key"}),
                unusable("`X Key` is no name that a header can have"),
            ),
            (json!({"type": "apiKey"}), unusable("it has no `name`")),
            (
                json!({"type": "http", "scheme": "BASIC"}),
                SecurityKind::Basic,
            ),
            (json!({"type": "http", "scheme": "bearer"}), bearer()),
            (
                json!({"type": "http", "scheme": "DSN"}),
                SecurityKind::Token("DSN".to_owned()),
            ),
            (json!({"type": "openIdConnect"}), bearer()),
            (
                json!({"type": "oauth2", "flows": {"implicit": {}, "clientCredentials": {"tokenUrl": "/t"}}}),
                SecurityKind::ClientCredentials("/t".to_owned()),
            ),
            (
                json!({"type": "oauth2", "flows": {"password": {"tokenUrl": "/t"}}}),
                bearer(),
            ),
            (json!({"type": "oauth2"}), bearer()),
            (json!({"type": "mutualTLS"}), SecurityKind::Connection),
            (
                json!({"type": "magic"}),
                unusable("`magic` is no type of security scheme"),
            ),
            (
                json!({"$ref": "#/components/securitySchemes/z"}),
                SecurityKind::Basic,
            ),
        ] {
            let schemes = json!({"a": scheme, "z": {"type": "http", "scheme": "basic"}});
            let security = read(json!({"components": {"securitySchemes": schemes}}));
            assert_eq!(security.schemes[0].kind, expected);
        }
        let dangling = json!({"a": {"$ref": "#/nowhere"}});
        let security = read(json!({"components": {"securitySchemes": dangling}}));
        assert!(matches!(
            security.schemes[0].kind,
            SecurityKind::Unusable(_)
        ));
        assert!(read(json!({"components": []})).schemes.is_empty());
    }

    #[test]
    fn requirements() {
        for (security, expected) in [
            (
                json!([{"a": ["x", "y"], "b": []}, {}]),
                Some(vec![vec!["a", "b"], vec![]]),
            ),
            (json!([]), Some(vec![])),
            (json!({"a": []}), Some(vec![vec!["a"]])),
            (json!("a"), None),
            (Value::Null, None),
        ] {
            let found = read(json!({ "security": security })).default;
            let names = found.as_ref().map(|sets| {
                let names = |set: &Vec<SchemeUse>| -> Vec<String> {
                    set.iter().map(|used| used.name.clone()).collect()
                };
                sets.iter().map(names).collect::<Vec<_>>()
            });
            let expected: Option<Vec<Vec<String>>> = expected.map(|sets| {
                sets.into_iter()
                    .map(|set| set.into_iter().map(str::to_owned).collect())
                    .collect()
            });
            assert_eq!(names, expected);
        }
    }
}
