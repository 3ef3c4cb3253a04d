//! Tokens of an authorization server: JWTs (RFC 9068) that are checked here,
//! with the server's public keys.

use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;

use super::keys::Keys;
use super::{OauthSettings, Principal, Refusal, signatures};
use crate::Json;

/// How far clocks may be apart, in seconds.
const LEEWAY: u64 = 30;
/// A longer one is not looked at.
const LONGEST: usize = 16 << 10;

/// The tokens of one authorization server.
#[derive(Debug)]
pub(crate) struct Oauth {
    settings: OauthSettings,
    keys: Keys,
}

/// What a token says of its bearer.
#[derive(Deserialize)]
struct Claims {
    sub: Option<String>,
    client_id: Option<String>,
    azp: Option<String>,
    #[serde(default)]
    scope: Json,
    #[serde(default)]
    scp: Json,
}

impl Oauth {
    pub(super) fn new(settings: OauthSettings) -> Self {
        signatures::install();
        Self {
            keys: Keys::new(&settings),
            settings,
        }
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// The scopes that every call needs.
    pub(crate) fn scopes(&self) -> &'static [&'static str] {
        self.settings.scopes
    }

    /// Who a token is about.
    ///
    /// # Errors
    /// If it is not of this server, not for this audience, not valid now, or
    /// lacks a scope that every call needs.
    pub(super) async fn principal(&self, token: &str) -> Result<Principal, Refusal> {
        let invalid = |reason: &str| Refusal::Invalid(reason.to_owned());
        if token.len() > LONGEST {
            return Err(invalid("the token is too long"));
        }
        let header = decode_header(token).map_err(|_| invalid("the token is not known"))?;
        if header.alg.family() == AlgorithmFamily::Hmac {
            return Err(invalid("the token is signed with a shared secret"));
        }
        if header.crit.is_some() {
            return Err(invalid("the token asks for what is not understood here"));
        }
        let keys = self.keys.of(header.kid.as_deref(), header.alg).await?;
        let validation = self.validation(header.alg);
        let mut reason = "the token is signed with a key that its issuer does not have".to_owned();
        for key in &keys {
            match check(token, key, &validation) {
                Ok(claims) => return self.scoped(claims),
                Err(why) => reason = why,
            }
        }
        Err(Refusal::Invalid(reason))
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.leeway = LEEWAY;
        validation.validate_nbf = true;
        validation.set_issuer(&[&self.settings.issuer]);
        validation.set_audience(&[&self.settings.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation
    }

    fn scoped(&self, claims: Claims) -> Result<Principal, Refusal> {
        let mut scopes = words(&claims.scope);
        scopes.extend(words(&claims.scp));
        let who = claims.sub.or(claims.client_id).or(claims.azp);
        let who = who.filter(|who| !who.is_empty());
        let who = who.ok_or_else(|| Refusal::Invalid("the token names nobody".to_owned()))?;
        let principal = Principal::scoped(format!("sub:{who}"), scopes);
        match principal.lacks(self.settings.scopes) {
            Some(_) => Err(Refusal::Insufficient),
            None => Ok(principal),
        }
    }
}

fn check(token: &str, key: &DecodingKey, validation: &Validation) -> Result<Claims, String> {
    use jsonwebtoken::errors::ErrorKind;
    match decode::<Claims>(token, key, validation) {
        Ok(data) => Ok(data.claims),
        Err(error) => Err(match error.kind() {
            ErrorKind::ExpiredSignature => "the token has expired",
            ErrorKind::ImmatureSignature => "the token is not valid yet",
            ErrorKind::InvalidIssuer => "the token is of another issuer",
            ErrorKind::InvalidAudience => "the token is for another audience",
            ErrorKind::MissingRequiredClaim(_) => "the token lacks exp, iss or aud",
            ErrorKind::InvalidSignature => "the token's signature is wrong",
            _ => "the token cannot be read",
        }
        .to_owned()),
    }
}

/// Scopes with spaces between (RFC 8693, 4.2), or a list of them.
fn words(claim: &Json) -> Vec<String> {
    match claim {
        Json::String(text) => text.split_whitespace().map(str::to_owned).collect(),
        Json::Array(items) => items.iter().flat_map(words).collect(),
        _ => Vec::new(),
    }
}
