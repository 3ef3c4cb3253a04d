//! Tokens that OAuth 2 gives for the credentials of a client: fetched when
//! first needed, kept until shortly before they end.

use std::fmt;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use tokio::sync::Mutex;
use url::Url;

use super::keyring::Registered;
use crate::http::{TransportError, root};
use crate::request::encode;
use crate::results::message;
use crate::{Error, Json};

/// The longest answer that is taken from an authorization server.
const LARGEST: usize = 1 << 20;

/// What gives the tokens of one scheme.
pub(crate) struct Tokens {
    client: reqwest::Client,
    url: Url,
    registered: Registered,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Token>,
    /// Whether the server takes the client's secret in the body only.
    in_body: bool,
}

struct Token {
    value: HeaderValue,
    /// When it is to be fetched again; until it is refused without.
    until: Option<Instant>,
}

/// An answer that gives no token.
enum Refusal {
    /// The server does not take the client's credentials, or not so.
    Client(String),
    Other(String),
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tokens({})", self.url)
    }
}

impl Tokens {
    pub(crate) fn new(client: reqwest::Client, url: Url, registered: Registered) -> Self {
        Self {
            client,
            url,
            registered,
            state: Mutex::default(),
        }
    }

    /// The value of `Authorization`; another one than `refused`.
    pub(crate) async fn authorization(
        &self,
        refused: Option<&HeaderValue>,
    ) -> Result<HeaderValue, Error> {
        let mut state = self.state.lock().await;
        let usable = |token: &&Token| {
            token.until.is_none_or(|until| Instant::now() < until) && Some(&token.value) != refused
        };
        if let Some(token) = state.token.as_ref().filter(usable) {
            return Ok(token.value.clone());
        }
        let token = self
            .fetch(&mut state)
            .await
            .map_err(|reason| self.failure(reason))?;
        let value = token.value.clone();
        state.token = Some(token);
        Ok(value)
    }

    /// Asks for a token, with the client's credentials in a header and, where
    /// that is refused, in the body: servers differ (RFC 6749, 2.3.1).
    async fn fetch(&self, state: &mut State) -> Result<Token, String> {
        match self.ask(state.in_body).await {
            Ok(token) => Ok(token),
            Err(Refusal::Client(reason)) => match self.ask(!state.in_body).await {
                Ok(token) => {
                    state.in_body = !state.in_body;
                    Ok(token)
                }
                Err(_) => Err(reason),
            },
            Err(Refusal::Other(reason)) => Err(reason),
        }
    }

    async fn ask(&self, in_body: bool) -> Result<Token, Refusal> {
        let Registered {
            id, secret, scope, ..
        } = &self.registered;
        let (id, secret) = (encode(id), encode(secret));
        let mut form = "grant_type=client_credentials".to_owned();
        if !scope.is_empty() {
            form.push_str(&format!("&scope={}", encode(scope)));
        }
        let mut request = self
            .client
            .post(self.url.clone())
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        if in_body {
            form.push_str(&format!("&client_id={id}&client_secret={secret}"));
        } else {
            let text = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
            // Base64 can always be sent.
            if let Ok(mut value) = HeaderValue::from_str(&text) {
                value.set_sensitive(true);
                request = request.header(AUTHORIZATION, value);
            }
        }
        let mut response = request
            .body(form)
            .send()
            .await
            .map_err(|error| Refusal::Other(root(&error)))?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| Refusal::Other(root(&error)))?
        {
            body.extend_from_slice(&chunk);
            if body.len() > LARGEST {
                return Err(Refusal::Other("its answer is too large".to_owned()));
            }
        }
        let answer: Json = serde_json::from_slice(&body).unwrap_or_default();
        if !(200..300).contains(&status) {
            let reason = format!("it answered {status}: {}", message(status, &answer));
            return Err(match status {
                400 | 401 | 403 => Refusal::Client(reason),
                _ => Refusal::Other(reason),
            });
        }
        token(&answer).ok_or_else(|| Refusal::Other("its answer holds no access token".to_owned()))
    }

    fn failure(&self, reason: String) -> Error {
        let mut url = self.url.clone();
        url.set_query(None);
        let scheme = self.registered.scheme;
        TransportError {
            tried: format!("POST {url}"),
            reason: format!(
                "no token of the security scheme {} from the authorization server: {reason}",
                scheme.name
            ),
            may_have_taken_effect: false,
            advice: format!("Check {scheme}."),
        }
        .into()
    }
}

/// The token of an answer (RFC 6749, section 5.1).
fn token(answer: &Json) -> Option<Token> {
    let text = |key: &str| answer.get(key).and_then(Json::as_str);
    let access = text("access_token").filter(|token| !token.is_empty())?;
    let kind = match text("token_type") {
        Some(kind) if !kind.is_empty() && !kind.eq_ignore_ascii_case("bearer") => kind,
        _ => "Bearer",
    };
    let mut value = HeaderValue::from_str(&format!("{kind} {access}")).ok()?;
    value.set_sensitive(true);
    let lives = match answer.get("expires_in") {
        Some(Json::String(text)) => text.parse::<f64>().ok(),
        Some(number) => number.as_f64(),
        None => None,
    };
    let until = lives.and_then(|seconds| {
        // Shortly before: a tenth of its life, at most a minute.
        let useful = (seconds - (seconds / 10.0).min(60.0)).clamp(0.0, 1e9);
        Instant::now().checked_add(Duration::from_secs_f64(useful))
    });
    Some(Token { value, until })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn answers() {
        for (answer, expected) in [
            (
                json!({"access_token": "a", "token_type": "bearer"}),
                Some("Bearer a"),
            ),
            (json!({"access_token": "a"}), Some("Bearer a")),
            (
                json!({"access_token": "a", "token_type": "DPoP"}),
                Some("DPoP a"),
            ),
            (json!({"access_token": "a\n"}), None),
            (json!({"access_token": ""}), None),
            (json!([]), None),
        ] {
            let found = token(&answer);
            let text = found.as_ref().map(|token| token.value.to_str().unwrap());
            assert_eq!(text, expected, "{answer}");
        }
        for (life, least, most) in [
            (json!(3600), 3530, 3541),
            (json!("100"), 85, 91),
            (json!(-5), 0, 1),
            (json!(1e300), 999_999_000, 1_000_000_001),
        ] {
            let answer = json!({"access_token": "a", "expires_in": life});
            let until = token(&answer).unwrap().until.unwrap();
            let left = until.saturating_duration_since(Instant::now()).as_secs();
            assert!((least..most).contains(&left), "{left}");
        }
        assert!(
            token(&json!({"access_token": "a"}))
                .unwrap()
                .until
                .is_none()
        );
    }
}
