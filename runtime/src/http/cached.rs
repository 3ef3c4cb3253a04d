//! Requests whose answers may be served again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::cache::{Found, Key};
use super::exchange::Answer;
use super::outgoing::Outgoing;
use super::stream::Listener;
use super::{Error, Http};
use crate::{Method, results};

impl Http {
    /// Notes that something has changed in the backend: what was answered before is asked for anew.
    pub(crate) fn has_changed(&self) {
        self.0.cache.changed(Instant::now());
    }

    /// How long the answers of a request may be served again, if they may.
    pub(super) fn lifetime(&self, outgoing: &Outgoing) -> Option<Duration> {
        let lifetime = self.behalf()?.cache?;
        (outgoing.method == Method::GET && outgoing.body.is_none()).then_some(lifetime)
    }

    /// Gives the answer that is kept, or sends. An answer that is too old is
    /// asked about, where the backend gave it a name (RFC 9111, section 4.3).
    pub(super) async fn cached(
        &self,
        mut outgoing: Outgoing,
        lifetime: Duration,
        listener: Option<&Listener>,
    ) -> Result<Answer, Error> {
        let identity = self.behalf().and_then(|behalf| behalf.own.as_ref());
        let key = Key::of(&outgoing, identity.map(|own| own.fingerprint()));
        let asked = Instant::now();
        let stale = match self.0.cache.find(&key, lifetime, asked) {
            Found::Fresh(answer) => {
                self.0.metrics.cache("hit");
                return Ok(answer.as_ref().clone());
            }
            Found::Stale(answer) => {
                answer.keeping.ask(&mut outgoing.headers);
                Some(answer)
            }
            Found::Nothing => None,
        };
        let answer = self.send(outgoing, listener).await?;
        if let Some(kept) = stale.filter(|_| answer.status == 304) {
            self.0.metrics.cache("revalidated");
            self.0.cache.keep(key, &kept, asked);
            return Ok(kept.as_ref().clone());
        }
        self.0.metrics.cache("miss");
        let failure = self.behalf().and_then(|behalf| behalf.failure.as_ref());
        if answer.status != 200 || results::declares_failure(&answer, failure) {
            return Ok(answer);
        }
        let answer = Arc::new(answer);
        self.0.cache.keep(key, &answer, asked);
        Ok(Arc::unwrap_or_clone(answer))
    }
}
