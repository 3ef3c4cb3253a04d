//! Who calls over HTTP, once it is proved.

use std::sync::Arc;

use reqwest::header::HeaderValue;

/// Who calls, and what for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Principal {
    name: Arc<str>,
    /// The scopes of the token; without, it may everything.
    scopes: Option<Arc<[String]>>,
    own: Option<Own>,
}

/// The caller's own proof for the backend.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Own {
    authorization: HeaderValue,
    fingerprint: Arc<str>,
}

impl Principal {
    /// Somebody who may everything.
    pub(crate) fn all(name: String) -> Self {
        Self {
            name: name.into(),
            scopes: None,
            own: None,
        }
    }

    /// Somebody who may what these scopes are for.
    pub(crate) fn scoped(name: String, scopes: Vec<String>) -> Self {
        Self {
            name: name.into(),
            scopes: Some(scopes.into()),
            own: None,
        }
    }

    pub(super) fn with_own(self, own: Own) -> Self {
        Self {
            own: Some(own),
            ..self
        }
    }

    /// What limits and logs call them.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn shared_name(&self) -> Arc<str> {
        self.name.clone()
    }

    /// What they prove to the backend, in place of the server.
    pub(crate) fn own(&self) -> Option<&Own> {
        self.own.as_ref()
    }

    /// Whether there are things they may not do.
    pub(crate) fn is_limited(&self) -> bool {
        self.scopes.is_some()
    }

    /// The first of these scopes that they do not have.
    pub(crate) fn lacks<'a>(&self, needed: &[&'a str]) -> Option<&'a str> {
        let scopes = self.scopes.as_ref()?;
        let lacks = |needed: &&&str| !scopes.iter().any(|scope| scope == **needed);
        needed.iter().find(lacks).copied()
    }
}

impl Own {
    /// A token, if it can be sent; the fingerprint tells it from others.
    pub(super) fn new(token: &str, fingerprint: String) -> Option<Self> {
        let mut authorization = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
        authorization.set_sensitive(true);
        Some(Self {
            authorization,
            fingerprint: fingerprint.into(),
        })
    }

    pub(crate) fn authorization(&self) -> &HeaderValue {
        &self.authorization
    }

    pub(crate) fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

impl std::fmt::Debug for Own {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Own(…)")
    }
}
