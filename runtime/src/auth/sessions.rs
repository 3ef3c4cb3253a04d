//! Whose session is whose: an id of a session is no proof of who sends it.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, HeaderName};
use lru::LruCache;

use super::Principal;

/// Sessions that are remembered; they end after minutes without a request.
const MOST: NonZeroUsize = NonZeroUsize::new(10_000).unwrap();
const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");

/// The sessions, by id, and who began each.
#[derive(Debug)]
pub(super) struct Sessions(Mutex<LruCache<String, Arc<str>>>);

impl Default for Sessions {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(MOST)))
    }
}

impl Sessions {
    /// Whether a request is within a session that somebody else began.
    pub(super) fn is_anothers(&self, request: &HeaderMap, principal: &Principal) -> bool {
        let Some(id) = id(request) else {
            return false;
        };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let owner = known.get(id);
        owner.is_some_and(|owner| **owner != *principal.name())
    }

    /// Remembers who began the session that an answer names.
    pub(super) fn begun(&self, answer: &HeaderMap, owner: Arc<str>) {
        if let Some(id) = id(answer) {
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            known.get_or_insert(id.to_owned(), || owner);
        }
    }
}

fn id(headers: &HeaderMap) -> Option<&str> {
    headers.get(SESSION)?.to_str().ok()
}
