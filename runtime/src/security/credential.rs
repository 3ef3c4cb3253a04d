//! What proves who asks, as it is configured.

use std::fmt;

use super::{Scheme, SchemeKind};

/// What proves who asks, for one security scheme.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential(pub(super) Given);

#[derive(Clone, PartialEq, Eq)]
pub(super) enum Given {
    Secret(String),
    Login(String, String),
    Client {
        id: String,
        secret: String,
        scope: Option<String>,
    },
}

impl Credential {
    /// A key, or a token that is ready to send.
    pub fn secret(secret: impl Into<String>) -> Self {
        Self(Given::Secret(secret.into()))
    }

    /// A user name and a password.
    pub fn login(username: impl Into<String>, password: impl Into<String>) -> Self {
        Self(Given::Login(username.into(), password.into()))
    }

    /// The id and the secret of an OAuth 2 client.
    pub fn client(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self(Given::Client {
            id: id.into(),
            secret: secret.into(),
            scope: None,
        })
    }

    /// The scopes that a client asks for instead of those of the document,
    /// with spaces between.
    #[must_use]
    pub fn scope(mut self, scopes: impl Into<String>) -> Self {
        if let Given::Client { scope, .. } = &mut self.0 {
            *scope = Some(scopes.into());
        }
        self
    }

    /// The credential of a scheme that the environment holds, if it does.
    pub(crate) fn find(
        scheme: &Scheme,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Option<Self> {
        let given = |name: &str| environment(name).filter(|value| !value.is_empty());
        match scheme.kind {
            SchemeKind::Header { variable, .. }
            | SchemeKind::Query { variable, .. }
            | SchemeKind::Cookie { variable, .. }
            | SchemeKind::Token { variable, .. } => given(variable).map(Self::secret),
            // A user may have no password, as those who send a key as the name.
            SchemeKind::Basic { username, password } => Some(Self::login(
                given(username)?,
                given(password).unwrap_or_default(),
            )),
            SchemeKind::ClientCredentials {
                client_id,
                client_secret,
                token,
                scope_variable,
                ..
            } => given(token).map(Self::secret).or_else(|| {
                let client = Self::client(given(client_id)?, given(client_secret)?);
                Some(match given(scope_variable) {
                    Some(scopes) => client.scope(scopes),
                    None => client,
                })
            }),
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_the_environment() {
        let header = SchemeKind::Header {
            name: "X",
            variable: "K",
        };
        let basic = SchemeKind::Basic {
            username: "U",
            password: "P",
        };
        let client = SchemeKind::ClientCredentials {
            token_url: "",
            scope: "",
            scope_variable: "O",
            client_id: "I",
            client_secret: "S",
            token: "T",
        };
        for (kind, environment, expected) in [
            (header, &[("K", "k")][..], Some(Credential::secret("k"))),
            (header, &[("K", "")], None),
            (header, &[], None),
            (
                basic,
                &[("U", "u"), ("P", "p")],
                Some(Credential::login("u", "p")),
            ),
            (basic, &[("U", "u")], Some(Credential::login("u", ""))),
            (basic, &[("P", "p")], None),
            (
                client,
                &[("I", "i"), ("S", "s")],
                Some(Credential::client("i", "s")),
            ),
            (client, &[("I", "i")], None),
            (
                client,
                &[("I", "i"), ("S", "s"), ("O", "a b")],
                Some(Credential::client("i", "s").scope("a b")),
            ),
            (
                client,
                &[("I", "i"), ("S", "s"), ("T", "t")],
                Some(Credential::secret("t")),
            ),
        ] {
            let scheme = Scheme { name: "s", kind };
            let found = Credential::find(&scheme, &|name| {
                let mut variables = environment.iter();
                let found = variables.find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            });
            assert!(found == expected, "{kind:?} {environment:?}");
        }
        assert!(!format!("{:?}", Credential::secret("s3cret")).contains("s3cret"));
    }
}
