//! Credentials ready to be sent, and which of them a request uses.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};

use super::credential::{Credential, Given};
use super::{Alternatives, Scheme, SchemeKind, Tokens};
use crate::Error;
use crate::request::encode;

/// What cannot stand in the value of a cookie (RFC 6265, 4.1.1).
const COOKIE: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b',').add(b';').add(b'\\');

/// A credential as it is sent.
#[derive(Debug)]
pub(crate) enum Key {
    Header(HeaderName, HeaderValue),
    /// An encoded name and an encoded value.
    Query(String, String),
    /// An encoded name and an encoded value.
    Cookie(String, String),
    Tokens(Arc<Tokens>),
}

/// Every credential that is configured.
#[derive(Debug, Default)]
pub(crate) struct Keyring {
    default: Alternatives,
    keys: Vec<(&'static str, Key)>,
}

impl Keyring {
    pub(crate) fn new(default: Alternatives) -> Self {
        Self {
            default,
            keys: Vec::new(),
        }
    }

    /// Takes a credential in; `tokens` makes what fetches tokens.
    ///
    /// # Errors
    /// If it cannot be sent, or is of a kind that the scheme does not use.
    pub(crate) fn add(
        &mut self,
        scheme: &'static Scheme,
        credential: Credential,
        tokens: impl FnOnce(Registered) -> Result<Tokens, Error>,
    ) -> Result<(), Error> {
        let refused = |reason: &str| Error::Credential {
            scheme: scheme.name.to_owned(),
            reason: reason.to_owned(),
        };
        let header = |name: HeaderName, text: &str| -> Result<Key, Error> {
            let mut value = HeaderValue::from_str(text)
                .map_err(|_| refused("it holds characters that cannot be sent in a header"))?;
            value.set_sensitive(true);
            Ok(Key::Header(name, value))
        };
        let key = match (scheme.kind, credential.0) {
            (SchemeKind::Header { name, .. }, Given::Secret(secret)) => {
                let name = HeaderName::from_bytes(name.as_bytes())
                    .map_err(|_| refused("its header has a name that no header can have"))?;
                header(name, &secret)?
            }
            (SchemeKind::Query { name, .. }, Given::Secret(secret)) => {
                Key::Query(encode(name), encode(&secret))
            }
            (SchemeKind::Cookie { name, .. }, Given::Secret(secret)) => {
                let value = utf8_percent_encode(&secret, COOKIE).to_string();
                Key::Cookie(encode(name), value)
            }
            (SchemeKind::Token { scheme, .. }, Given::Secret(secret)) => {
                header(AUTHORIZATION, &with_scheme(scheme, &secret))?
            }
            (SchemeKind::Basic { .. }, Given::Login(user, password)) => {
                if user.contains(':') {
                    return Err(refused("a user name cannot hold a colon"));
                }
                let text = STANDARD.encode(format!("{user}:{password}"));
                header(AUTHORIZATION, &format!("Basic {text}"))?
            }
            (SchemeKind::ClientCredentials { .. }, Given::Secret(secret)) => {
                header(AUTHORIZATION, &with_scheme("Bearer", &secret))?
            }
            (
                SchemeKind::ClientCredentials {
                    token_url,
                    scope: documented,
                    ..
                },
                Given::Client { id, secret, scope },
            ) => Key::Tokens(Arc::new(tokens(Registered {
                scheme,
                token_url,
                id,
                secret,
                scope: scope.unwrap_or_else(|| documented.to_owned()),
            })?)),
            _ => return Err(refused("it is of a kind that this scheme does not use")),
        };
        self.keys.retain(|(known, _)| *known != scheme.name);
        self.keys.push((scheme.name, key));
        Ok(())
    }

    /// The keys of the first alternative whose keys are all configured; none
    /// if there is no such.
    pub(crate) fn chosen(&self, alternatives: Option<Alternatives>) -> impl Iterator<Item = &Key> {
        let alternatives = alternatives.unwrap_or(self.default);
        let usable = |set: &&&[&Scheme]| {
            !set.is_empty() && set.iter().all(|scheme| self.key(scheme).is_some())
        };
        let set = if self.keys.is_empty() {
            None
        } else {
            alternatives.iter().find(usable)
        };
        let schemes = set.copied().unwrap_or_default();
        schemes.iter().filter_map(|scheme| self.key(scheme))
    }

    fn key(&self, scheme: &Scheme) -> Option<&Key> {
        let mut keys = self.keys.iter();
        keys.find(|(name, _)| *name == scheme.name)
            .map(|(_, key)| key)
    }
}

/// What a client is known by.
pub(crate) struct Registered {
    pub(crate) scheme: &'static Scheme,
    pub(crate) token_url: &'static str,
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) scope: String,
}

/// `Bearer …`, also where the secret says it already.
fn with_scheme(scheme: &str, secret: &str) -> String {
    let secret = secret.trim();
    match secret.split_once(' ') {
        Some((said, rest)) if said.eq_ignore_ascii_case(scheme) => {
            format!("{scheme} {}", rest.trim_start())
        }
        _ => format!("{scheme} {secret}"),
    }
}
