//! The tokens of the environment, kept as keyed hashes.

use std::fmt::{self, Write as _};

use ring::hmac::{HMAC_SHA256, Key, Tag, sign, verify};
use ring::rand::SystemRandom;

use super::NamedToken;

/// Hashes of tokens, under a key that lives as long as the process.
pub(super) struct Tokens {
    key: Key,
    known: Vec<(String, Tag)>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tokens({})", self.known.len())
    }
}

impl Tokens {
    /// # Errors
    /// If the system has no random numbers.
    pub(super) fn new(tokens: &[NamedToken]) -> Result<Self, String> {
        let key = Key::generate(HMAC_SHA256, &SystemRandom::new())
            .map_err(|_| "the system has no random numbers".to_owned())?;
        let known = tokens
            .iter()
            .map(|token| (token.name.clone(), sign(&key, token.secret.as_bytes())))
            .collect();
        Ok(Self { key, known })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// The name of a token that is known. Takes as long for any token that is not.
    pub(super) fn name(&self, token: &str) -> Option<&str> {
        let is = |tag: &Tag| verify(&self.key, token.as_bytes(), tag.as_ref()).is_ok();
        let mut known = self.known.iter();
        known
            .find(|(_, tag)| is(tag))
            .map(|(name, _)| name.as_str())
    }

    /// What tells a token from others, and says nothing else about it.
    pub(super) fn fingerprint(&self, token: &str) -> String {
        let tag = sign(&self.key, token.as_bytes());
        let mut text = String::with_capacity(32);
        for byte in &tag.as_ref()[..16] {
            let _ = write!(text, "{byte:02x}");
        }
        text
    }
}
