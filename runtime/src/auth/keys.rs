//! The public keys of an authorization server: fetched when first needed,
//! again when a token names one that is not known, and every hour.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use url::Url;

use super::{OauthSettings, Refusal};
use crate::Json;
use crate::http::fetch_json;

/// How long keys are used without looking for new ones.
const LIFETIME: Duration = Duration::from_secs(3600);
/// Time between two tries, whatever tokens say: they are not trusted yet.
const PAUSE: Duration = Duration::from_secs(10);
/// Keys without a name that are tried for one token.
const MOST_TRIED: usize = 8;

/// The keys of one authorization server.
pub(super) struct Keys {
    issuer: String,
    jwks_uri: Option<String>,
    state: Mutex<State>,
    /// Held while they are fetched, so that all wait for the same.
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Clone, Default)]
struct State {
    set: Option<Arc<JwkSet>>,
    fetched: Option<Instant>,
    tried: Option<Instant>,
    /// Why the last try gave nothing.
    failure: Option<String>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys({})", self.issuer)
    }
}

impl Keys {
    pub(super) fn new(settings: &OauthSettings) -> Self {
        Self {
            issuer: settings.issuer.clone(),
            jwks_uri: settings.jwks_uri.clone(),
            state: Mutex::default(),
            fetching: tokio::sync::Mutex::default(),
        }
    }

    /// The keys that a token with this header may be signed with; none if the
    /// server has no such.
    pub(super) async fn of(
        &self,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Vec<DecodingKey>, Refusal> {
        let state = self.state();
        let found = state.matching(kid, algorithm);
        if !found.is_empty() && within(state.fetched, LIFETIME) {
            return Ok(found);
        }
        let state = self.renewed(state.tried).await;
        match (state.set.is_some(), state.failure.clone()) {
            (false, Some(reason)) => Err(Refusal::Unknown(reason)),
            // Old keys stay good while no new ones are to be had.
            _ => Ok(state.matching(kid, algorithm)),
        }
    }

    /// What there is after one more try, by this call or another one since.
    async fn renewed(&self, seen: Option<Instant>) -> State {
        let _fetching = self.fetching.lock().await;
        let state = self.state();
        if state.tried != seen || within(state.tried, PAUSE) {
            return state;
        }
        let fetched = self.fetch().await;
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.tried = Some(now);
        match fetched {
            Ok(set) => {
                state.set = Some(Arc::new(set));
                state.fetched = Some(now);
                state.failure = None;
            }
            Err(reason) => {
                tracing::warn!(issuer = %self.issuer, reason, "no keys from the authorization server");
                state.failure = Some(reason);
            }
        }
        state.clone()
    }

    fn state(&self) -> State {
        let state = self.state.lock();
        state.unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn fetch(&self) -> Result<JwkSet, String> {
        let uri = match &self.jwks_uri {
            Some(uri) => uri.clone(),
            None => self.documented().await?,
        };
        let set = fetch_json(&uri).await?;
        keys(set).ok_or_else(|| format!("{uri} holds no set of keys"))
    }

    /// Where the server's metadata says its keys are (RFC 8414, section 3;
    /// OpenID Connect Discovery, section 4).
    async fn documented(&self) -> Result<String, String> {
        let mut reason = String::new();
        for url in metadata_urls(&self.issuer) {
            match fetch_json(&url).await {
                Ok(metadata) if metadata["issuer"] == self.issuer.as_str() => {
                    let uri = metadata["jwks_uri"].as_str();
                    let uri = uri.ok_or_else(|| format!("{url} names no jwks_uri"))?;
                    if self.issuer.starts_with("https:") && !uri.starts_with("https:") {
                        return Err(format!("{url} names keys that are not behind https"));
                    }
                    return Ok(uri.to_owned());
                }
                Ok(_) => reason = format!("{url} is about another issuer"),
                Err(why) => reason = why,
            }
        }
        Err(reason)
    }
}

impl State {
    fn matching(&self, kid: Option<&str>, algorithm: Algorithm) -> Vec<DecodingKey> {
        let keys = self.set.iter().flat_map(|set| &set.keys);
        keys.filter(|key| fits(key, kid, algorithm))
            .filter_map(|key| DecodingKey::from_jwk(key).ok())
            .filter(|key| key.family() == algorithm.family())
            .take(MOST_TRIED)
            .collect()
    }
}

/// Whether a key may have signed a token with this header (RFC 7517, section 4).
fn fits(key: &Jwk, kid: Option<&str>, algorithm: Algorithm) -> bool {
    let common = &key.common;
    let named = kid.is_none_or(|kid| common.key_id.as_deref() == Some(kid));
    let signs = common
        .public_key_use
        .as_ref()
        .is_none_or(|usage| *usage == PublicKeyUse::Signature);
    let for_this = common
        .key_algorithm
        .is_none_or(|known| known.to_string() == format!("{algorithm:?}"));
    named && signs && for_this
}

/// The keys of a set that can be read; others may be of kinds unknown here.
fn keys(set: Json) -> Option<JwkSet> {
    let Json::Object(mut set) = set else {
        return None;
    };
    let Some(Json::Array(keys)) = set.remove("keys") else {
        return None;
    };
    let keys = keys.into_iter().map(serde_json::from_value);
    Some(JwkSet {
        keys: keys.filter_map(Result::ok).collect(),
    })
}

fn metadata_urls(issuer: &str) -> Vec<String> {
    let Ok(url) = Url::parse(issuer) else {
        return Vec::new();
    };
    let origin = url.origin().ascii_serialization();
    let path = url.path().trim_end_matches('/');
    vec![
        format!("{origin}/.well-known/oauth-authorization-server{path}"),
        format!("{origin}{path}/.well-known/openid-configuration"),
        format!("{origin}/.well-known/openid-configuration{path}"),
    ]
}

fn within(since: Option<Instant>, time: Duration) -> bool {
    since.is_some_and(|since| since.elapsed() < time)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use wiremock::matchers::path;
    use wiremock::{Mock, MockServer, ResponseTemplate};

    use super::*;

    #[test]
    fn where_metadata_is() {
        assert_eq!(
            metadata_urls("https://as.example/tenant/"),
            [
                "https://as.example/.well-known/oauth-authorization-server/tenant",
                "https://as.example/tenant/.well-known/openid-configuration",
                "https://as.example/.well-known/openid-configuration/tenant",
            ]
        );
    }

    /// A public key with these members too.
    fn with(members: Json) -> Json {
        let mut key = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        let members = members.as_object().unwrap().clone();
        key.as_object_mut().unwrap().extend(members);
        key
    }

    #[test]
    fn which_keys_may_have_signed() {
        let set = json!({"keys": [
            with(json!({"kid": "a", "use": "sig", "alg": "EdDSA"})),
            with(json!({"kid": "b", "use": "enc"})),
            with(json!({"kid": "c"})),
            {"kty": "new", "kid": "a"},
            {"kty": "oct", "kid": "c", "k": "c2VjcmV0"},
        ]});
        let state = State {
            set: keys(set).map(Arc::new),
            ..State::default()
        };
        let count = |kid, algorithm| state.matching(kid, algorithm).len();
        assert_eq!(count(Some("a"), Algorithm::EdDSA), 1);
        assert_eq!(count(Some("b"), Algorithm::EdDSA), 0);
        assert_eq!(count(Some("c"), Algorithm::EdDSA), 1);
        assert_eq!(count(Some("c"), Algorithm::RS256), 0);
        assert_eq!(count(Some("d"), Algorithm::EdDSA), 0);
        assert_eq!(count(None, Algorithm::EdDSA), 2);
        assert!(keys(json!({"keys": 1})).is_none());
    }

    #[tokio::test]
    async fn new_keys_are_found_when_a_token_names_one() {
        let server = MockServer::start().await;
        let serve = async |keys: Json| {
            server.reset().await;
            let answer = ResponseTemplate::new(200).set_body_json(json!({"keys": keys}));
            Mock::given(path("/keys"))
                .respond_with(answer)
                .mount(&server)
                .await;
        };
        let keys = Keys::new(&OauthSettings {
            issuer: server.uri(),
            audience: String::new(),
            jwks_uri: Some(format!("{}/keys", server.uri())),
            scopes: &[],
        });
        let count = async |kid| {
            keys.of(Some(kid), Algorithm::EdDSA)
                .await
                .map(|keys| keys.len())
        };
        serve(json!([with(json!({"kid": "a"}))])).await;
        assert_eq!(count("a").await, Ok(1));
        serve(json!([with(json!({"kid": "b"}))])).await;
        // Too early to look again.
        assert_eq!(count("b").await, Ok(0));
        keys.state.lock().unwrap().tried = Instant::now().checked_sub(PAUSE);
        assert_eq!(count("b").await, Ok(1));
        assert_eq!(count("a").await, Ok(0));
        // Keys that cannot be renewed are used on.
        server.reset().await;
        let past = Instant::now().checked_sub(PAUSE);
        {
            let mut state = keys.state.lock().unwrap();
            (state.tried, state.fetched) = (past, None);
        }
        assert_eq!(count("b").await, Ok(1));
    }
}
