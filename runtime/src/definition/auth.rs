//! Who may call over HTTP.

/// Who may call over HTTP, beside whoever has a token of the environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Auth {
    /// Tokens of an authorization server are taken.
    pub oauth: Option<Oauth>,
    /// The caller's own token goes on to the backend, in place of the
    /// server's credentials.
    pub forward: bool,
    /// Every scope that some tool needs.
    pub tool_scopes: &'static [&'static str],
}

impl Auth {
    /// Only tokens of the environment; anybody if there are none.
    pub const OPEN: Self = Self {
        oauth: None,
        forward: false,
        tool_scopes: &[],
    };
}

/// The tokens of an authorization server (RFC 6750, RFC 9068); the
/// environment can name another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Oauth {
    /// The issuer, as tokens name it.
    pub issuer: &'static str,
    /// The audience that tokens must be for.
    pub audience: &'static str,
    /// Where its keys are; without, as its metadata says (RFC 8414).
    pub jwks_uri: Option<&'static str>,
    /// Scopes that every call needs.
    pub scopes: &'static [&'static str],
}
