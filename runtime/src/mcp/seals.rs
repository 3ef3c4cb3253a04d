//! Seals: what a client gives back is what this server gave out.

use std::time::Duration;

use rmcp::model::{RequestStateCodec, RequestStateError, SealOptions};

/// Longest time between a question to the user and the answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(300);

/// The keys of a server, and one that only this process has.
#[derive(Debug, Default)]
pub(super) struct Seals {
    /// Configured: the first seals, all open.
    shared: Vec<RequestStateCodec>,
    /// Made at the start; `None` if the system gave no random numbers.
    own: Option<RequestStateCodec>,
}

/// Why something does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// It was never sealed here, or for something else.
    Forged,
    /// It is too old, or of another process that had a key of its own.
    Stale,
}

impl Seals {
    pub(super) fn new() -> Self {
        Self {
            shared: Vec::new(),
            own: own_key(),
        }
    }

    /// With keys that all processes of a server have, separated by commas.
    ///
    /// # Errors
    /// If one is shorter than 32 bytes.
    pub(super) fn with_keys(self, keys: &str) -> Result<Self, String> {
        let keys = keys.split(',').map(str::trim);
        let codecs = keys.map(|key| {
            RequestStateCodec::try_new(key).map_err(|_| {
                let least = RequestStateCodec::MIN_KEY_LENGTH;
                format!(
                    "each key needs {least} bytes at least, one has {}",
                    key.len()
                )
            })
        });
        Ok(Self {
            shared: codecs.collect::<Result<_, _>>()?,
            ..self
        })
    }

    /// Whether what is sealed here opens in every process of the server.
    pub(super) fn are_shared(&self) -> bool {
        !self.shared.is_empty()
    }

    /// Seals what has to open in every process; `None` without a key for that.
    pub(super) fn seal(&self, payload: &[u8], context: &[u8]) -> Option<String> {
        let codec = self.shared.first()?;
        let options = SealOptions::new().associated_data(context);
        Some(codec.seal_with(payload, &options))
    }

    /// Opens what [`seal`](Self::seal) gave.
    pub(super) fn open(&self, sealed: &str, context: &[u8]) -> Option<Vec<u8>> {
        self.shared
            .iter()
            .find_map(|codec| codec.open_with(sealed, context).ok())
    }

    /// Seals that a question was asked about `context`, with what is known so
    /// far, for a few minutes.
    pub(super) fn question(&self, known: &[u8], context: &[u8]) -> Option<String> {
        let codec = self.shared.first().or(self.own.as_ref())?;
        let options = SealOptions::new()
            .associated_data(context)
            .ttl(ANSWER_WITHIN);
        Some(codec.seal_with(known, &options))
    }

    /// Opens what [`question`](Self::question) gave: what was known.
    ///
    /// # Errors
    /// If it is not about `context`, or not any more.
    pub(super) fn answered(&self, sealed: &str, context: &[u8]) -> Result<Vec<u8>, Broken> {
        let own = self.own.iter().filter(|_| self.shared.is_empty());
        let mut broken = Broken::Forged;
        for codec in self.shared.iter().chain(own) {
            match codec.open_with(sealed, context) {
                Ok(known) => return Ok(known),
                Err(RequestStateError::Expired | RequestStateError::UnknownKeyId) => {
                    broken = Broken::Stale;
                }
                Err(_) => {}
            }
        }
        Err(broken)
    }
}

/// A random key with a random name, so that the seal of another process is
/// told from a forged one.
fn own_key() -> Option<RequestStateCodec> {
    let mut key = [0_u8; 40];
    let random = rustls::crypto::ring::default_provider().secure_random;
    random.fill(&mut key).ok()?;
    let (key, name) = key.split_at(RequestStateCodec::MIN_KEY_LENGTH);
    let name: String = name.iter().map(|byte| format!("{byte:02x}")).collect();
    RequestStateCodec::new_with_keyring(name.clone(), [(name, key)]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "an old key of at least 32 bytes: really";
    const NEW: &str = "a new key of at least 32 bytes: really!";

    fn shared(keys: &str) -> Seals {
        Seals::new().with_keys(keys).unwrap()
    }

    #[test]
    fn keys_rotate() {
        let old = shared(OLD).seal(b"x", b"c").unwrap();
        let new = shared(&format!("{NEW}, {OLD}"));
        assert_eq!(new.open(&old, b"c").as_deref(), Some(&b"x"[..]));
        let sealed = new.seal(b"y", b"c").unwrap();
        assert!(shared(OLD).open(&sealed, b"c").is_none());
        assert_eq!(shared(NEW).open(&sealed, b"c").as_deref(), Some(&b"y"[..]));
        assert!(shared(NEW).open(&sealed, b"d").is_none());
        assert!(Seals::new().with_keys("short").is_err());
        assert!(Seals::new().with_keys(&format!("{NEW},")).is_err());
    }

    #[test]
    fn without_a_shared_key_nothing_is_sealed_for_others() {
        let seals = Seals::new();
        assert!(!seals.are_shared());
        assert_eq!(seals.seal(b"x", b""), None);
    }

    #[test]
    fn a_question_of_another_process_is_stale_and_another_question_forged() {
        let (here, there) = (Seals::new(), Seals::new());
        let state = here.question(b"x", b"delete a").unwrap();
        assert_eq!(here.answered(&state, b"delete a"), Ok(b"x".to_vec()));
        assert_eq!(here.answered(&state, b"delete b"), Err(Broken::Forged));
        assert_eq!(there.answered(&state, b"delete a"), Err(Broken::Stale));
        let tampered = format!("{state}-TAMPERED");
        assert_eq!(here.answered(&tampered, b"delete a"), Err(Broken::Forged));
        let state = shared(NEW).question(b"x", b"delete a").unwrap();
        assert_eq!(shared(NEW).answered(&state, b"delete a"), Ok(b"x".to_vec()));
        assert_eq!(
            shared(OLD).answered(&state, b"delete a"),
            Err(Broken::Forged)
        );
    }
}
