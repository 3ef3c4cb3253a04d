//! For whom, and how, the requests of a call are sent.

use std::sync::Arc;
use std::time::Duration;

use super::Http;
use crate::Failure;
use crate::auth::Own;
use crate::trace::Trace;

/// For whom, and how, the requests of a call are sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Behalf {
    /// The caller's own proof, in place of all credentials of this server.
    pub(crate) own: Option<Own>,
    /// The trace that the call belongs to.
    pub(crate) trace: Option<Trace>,
    /// How long a request may take, if not as long as usual.
    pub(crate) timeout: Option<Duration>,
    /// How long answers may be served again.
    pub(crate) cache: Option<Duration>,
    /// How an answer with a 2xx status declares its failure: it is not kept.
    pub(crate) failure: Option<Failure>,
}

impl Http {
    /// The same connections, for a call.
    pub(crate) fn on_behalf(&self, behalf: Behalf) -> Self {
        Self(self.0.clone(), Some(Arc::new(behalf)))
    }

    pub(super) fn behalf(&self) -> Option<&Behalf> {
        self.1.as_deref()
    }

    /// How long a request may take. What a tool needs replaces what is usual,
    /// but never goes beyond what this process was told.
    pub(crate) fn timeout(&self) -> Duration {
        let own = self.behalf().and_then(|behalf| behalf.timeout);
        let timeout = own.unwrap_or(self.0.timeout);
        self.0
            .longest
            .map_or(timeout, |longest| timeout.min(longest))
    }
}
