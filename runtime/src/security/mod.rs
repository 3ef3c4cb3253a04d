//! Security schemes: what proves to the backend who asks, and which of it a
//! request uses (OpenAPI 3.1, sections 4.8.27 and 4.8.30).

mod credential;
mod keyring;
mod tokens;

use std::fmt;

pub use self::credential::Credential;
pub(crate) use self::keyring::{Key, Keyring};
pub(crate) use self::tokens::Tokens;

/// What a generated server says about credentials.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Security {
    /// Every scheme that an operation can use.
    pub schemes: &'static [&'static Scheme],
    /// What operations use that do not say it themselves.
    pub default: Alternatives,
    /// How many tools need which credentials.
    pub needs: &'static [Need],
}

impl Security {
    /// The document has no schemes: a key, if there is one, is a bearer token.
    pub const NONE: Self = Self {
        schemes: &[],
        default: &[],
        needs: &[],
    };
}

/// Sets of schemes of which one is enough; all schemes of a set are used
/// together. An empty set says that credentials are optional.
pub type Alternatives = &'static [&'static [&'static Scheme]];

/// The tools that need one of some alternatives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Need {
    /// How many tools.
    pub tools: u32,
    /// What each of them needs.
    pub alternatives: Alternatives,
}

/// A security scheme, with the environment variables that its credentials
/// come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scheme {
    /// Its name in the document, which tells it from others.
    pub name: &'static str,
    /// What is sent.
    pub kind: SchemeKind,
}

/// What a security scheme sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemeKind {
    /// A key in a header.
    Header {
        /// The header.
        name: &'static str,
        /// Variable of the key.
        variable: &'static str,
    },
    /// A key in the query.
    Query {
        /// The query parameter.
        name: &'static str,
        /// Variable of the key.
        variable: &'static str,
    },
    /// A key in a cookie.
    Cookie {
        /// The cookie.
        name: &'static str,
        /// Variable of the key.
        variable: &'static str,
    },
    /// `Authorization: Bearer …`, or another scheme of HTTP whose credentials
    /// are ready to send.
    Token {
        /// The scheme, mostly `Bearer`.
        scheme: &'static str,
        /// Variable of the token.
        variable: &'static str,
    },
    /// `Authorization: Basic …`.
    Basic {
        /// Variable of the user name.
        username: &'static str,
        /// Variable of the password.
        password: &'static str,
    },
    /// A token that OAuth 2 gives for the credentials of a client (RFC 6749,
    /// section 4.4), or one that is ready to send.
    ClientCredentials {
        /// Where tokens are given; relative to the base URL.
        token_url: &'static str,
        /// The scopes asked for, with spaces between.
        scope: &'static str,
        /// Variable of other scopes to ask for.
        scope_variable: &'static str,
        /// Variable of the client's id.
        client_id: &'static str,
        /// Variable of the client's secret.
        client_secret: &'static str,
        /// Variable of a token that is ready.
        token: &'static str,
    },
}

/// The variables that a scheme needs: `A`, `A and B`, `(A and B, or C)`.
impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            SchemeKind::Header { variable, .. }
            | SchemeKind::Query { variable, .. }
            | SchemeKind::Cookie { variable, .. }
            | SchemeKind::Token { variable, .. } => f.write_str(variable),
            SchemeKind::Basic { username, password } => write!(f, "{username} and {password}"),
            SchemeKind::ClientCredentials {
                client_id,
                client_secret,
                token,
                ..
            } => write!(f, "({client_id} and {client_secret}, or {token})"),
        }
    }
}

/// One line that says which credentials are missing, if any are.
pub(crate) fn missing(
    needs: &[Need],
    configured: &[(&'static Scheme, Credential)],
) -> Option<String> {
    let has = |scheme: &&Scheme| {
        configured
            .iter()
            .any(|(known, _)| known.name == scheme.name)
    };
    let mut parts: Vec<String> = Vec::new();
    for need in needs {
        let usable = |set: &&[&Scheme]| set.iter().all(has);
        // An empty set is usable with nothing.
        if need.alternatives.is_empty() || need.alternatives.iter().any(usable) {
            continue;
        }
        let sets: Vec<String> = need
            .alternatives
            .iter()
            .map(|set| {
                let schemes: Vec<String> = set.iter().map(ToString::to_string).collect();
                schemes.join(" and ")
            })
            .collect();
        let tools = need.tools;
        let verb = if tools == 1 {
            "tool needs"
        } else {
            "tools need"
        };
        parts.push(format!("{tools} {verb} {}", sets.join(", or ")));
    }
    (!parts.is_empty()).then(|| {
        format!(
            "credentials are missing in the environment: {}; calls are sent without them",
            parts.join("; ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    static KEY: Scheme = Scheme {
        name: "key",
        kind: SchemeKind::Header {
            name: "X-Key",
            variable: "A_KEY",
        },
    };
    static LOGIN: Scheme = Scheme {
        name: "login",
        kind: SchemeKind::Basic {
            username: "A_USERNAME",
            password: "A_PASSWORD",
        },
    };
    static CLIENT: Scheme = Scheme {
        name: "client",
        kind: SchemeKind::ClientCredentials {
            token_url: "/token",
            scope: "",
            scope_variable: "A_SCOPE",
            client_id: "A_ID",
            client_secret: "A_SECRET",
            token: "A_TOKEN",
        },
    };

    #[test]
    fn missing_credentials_are_named() {
        const NEEDS: &[Need] = &[
            Need {
                tools: 1,
                alternatives: &[&[&KEY]],
            },
            Need {
                tools: 12,
                alternatives: &[&[&LOGIN], &[&KEY, &CLIENT]],
            },
            Need {
                tools: 3,
                alternatives: &[&[&LOGIN], &[]],
            },
            Need {
                tools: 4,
                alternatives: &[],
            },
        ];
        let nothing = missing(NEEDS, &[]).unwrap();
        assert_eq!(
            nothing,
            "credentials are missing in the environment: 1 tool needs A_KEY; 12 tools need \
             A_USERNAME and A_PASSWORD, or A_KEY and (A_ID and A_SECRET, or A_TOKEN); calls are \
             sent without them"
        );
        let key = (&KEY, Credential::secret("k"));
        let some = missing(NEEDS, std::slice::from_ref(&key)).unwrap();
        assert!(
            !some.contains("1 tool needs") && some.contains("12 tools"),
            "{some}"
        );
        let login = (&LOGIN, Credential::login("u", "p"));
        assert_eq!(missing(NEEDS, &[key, login]), None);
    }
}
