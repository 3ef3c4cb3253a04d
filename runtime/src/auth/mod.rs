//! Who may call over HTTP: whoever has a token of the environment, or one of
//! an authorization server (RFC 6750, RFC 9728).

mod door;
mod keys;
mod metadata;
mod oauth;
mod principal;
mod sessions;
mod settings;
mod signatures;
mod tokens;

pub(crate) use self::door::{Door, guard};
pub(crate) use self::metadata::metadata;
pub(crate) use self::oauth::Oauth;
pub(crate) use self::principal::{Own, Principal};
use self::sessions::Sessions;
pub(crate) use self::settings::{NamedToken, OauthSettings, Settings};
use self::tokens::Tokens;

/// What callers prove themselves with.
#[derive(Debug)]
pub(crate) struct Auth {
    tokens: Tokens,
    oauth: Option<Oauth>,
    /// The caller's token goes to the backend.
    forward: bool,
    sessions: Sessions,
}

/// Why nobody is let in with a token, or without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There is no token.
    Missing,
    /// The token is not taken.
    Invalid(String),
    /// The token lacks a scope that every call needs.
    Insufficient,
    /// Nobody can tell: there are no keys to check it with.
    Unknown(String),
}

impl Auth {
    /// What is configured; none if anybody may call.
    ///
    /// # Errors
    /// If the system has no random numbers.
    pub(crate) fn new(settings: &Settings) -> Result<Option<Self>, String> {
        let open = settings.tokens.is_empty() && settings.oauth.is_none() && !settings.forward;
        if open {
            return Ok(None);
        }
        Ok(Some(Self {
            tokens: Tokens::new(&settings.tokens)?,
            oauth: settings.oauth.clone().map(Oauth::new),
            forward: settings.forward,
            sessions: Sessions::default(),
        }))
    }

    pub(crate) fn oauth(&self) -> Option<&Oauth> {
        self.oauth.as_ref()
    }

    /// Who comes with a token.
    ///
    /// # Errors
    /// If the token is not taken.
    pub(crate) async fn principal(&self, token: Option<&str>) -> Result<Principal, Refusal> {
        let token = token.ok_or(Refusal::Missing)?;
        let principal = if let Some(name) = self.tokens.name(token) {
            Principal::all(format!("token:{name}"))
        } else if let Some(oauth) = &self.oauth {
            oauth.principal(token).await?
        } else if self.tokens.is_empty() {
            // The backend judges the token that is forwarded.
            Principal::all(format!("caller:{}", self.tokens.fingerprint(token)))
        } else {
            return Err(Refusal::Invalid("the token is not known".to_owned()));
        };
        if !self.forward {
            return Ok(principal);
        }
        let own = Own::new(token, self.tokens.fingerprint(token));
        let own = own.ok_or_else(|| Refusal::Invalid("the token cannot be sent".to_owned()))?;
        Ok(principal.with_own(own))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(tokens: &[(&str, &str)], forward: bool) -> Settings {
        let named = |(name, secret): &(&str, &str)| NamedToken {
            name: (*name).to_owned(),
            secret: (*secret).to_owned(),
        };
        Settings {
            tokens: tokens.iter().map(named).collect(),
            oauth: None,
            forward,
            public_url: None,
        }
    }

    async fn principal(settings: &Settings, token: Option<&str>) -> Result<Principal, Refusal> {
        let auth = Auth::new(settings).unwrap().expect("something configured");
        auth.principal(token).await
    }

    #[tokio::test]
    async fn tokens_of_the_environment() {
        assert!(Auth::new(&settings(&[], false)).unwrap().is_none());
        let two = settings(&[("alice", "a1"), ("2", "b2")], false);
        let alice = principal(&two, Some("a1")).await.unwrap();
        assert_eq!((alice.name(), alice.own()), ("token:alice", None));
        assert_eq!(alice.lacks(&["anything"]), None);
        assert_eq!(principal(&two, None).await, Err(Refusal::Missing));
        for wrong in ["", "a", "a1x", "b1"] {
            let refused = principal(&two, Some(wrong)).await;
            assert!(matches!(refused, Err(Refusal::Invalid(_))), "{wrong}");
        }
    }

    #[tokio::test]
    async fn what_is_forwarded_tells_callers_apart() {
        let forward = settings(&[], true);
        assert_eq!(principal(&forward, None).await, Err(Refusal::Missing));
        let auth = Auth::new(&forward).unwrap().unwrap();
        let one = auth.principal(Some("s3cret1")).await.unwrap();
        let again = auth.principal(Some("s3cret1")).await.unwrap();
        let two = auth.principal(Some("s3cret2")).await.unwrap();
        assert_eq!(one, again);
        assert_ne!(one.name(), two.name());
        assert_eq!(one.own().unwrap().authorization(), "Bearer s3cret1");
        let shown = format!("{one:?} {auth:?}");
        assert!(!shown.contains("s3cret"), "{shown}");
        assert!(matches!(
            auth.principal(Some("a\nb")).await,
            Err(Refusal::Invalid(_))
        ));
    }
}
