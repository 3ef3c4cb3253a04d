//! Answers that may be served again, as many as fit into a bounded memory.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lru::LruCache;
use reqwest::header::{
    AUTHORIZATION, CACHE_CONTROL, ETAG, HeaderMap, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    LAST_MODIFIED, VARY,
};
use ring::digest::{Context, SHA256};

use super::exchange::Answer;
use super::outgoing::Outgoing;
use crate::trace::{TRACEPARENT, TRACESTATE};

/// Bytes that all answers may have together.
const MOST: usize = 64 << 20;
/// Bytes that one answer may have.
const LARGEST: usize = MOST / 8;
/// What an answer takes besides its body, about.
const OVERHEAD: usize = 1024;

/// What an answer says about being kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Keeping {
    /// Whether it may be kept at all.
    may: bool,
    /// Whether it must be asked about each time.
    always_ask: bool,
    etag: Option<HeaderValue>,
    modified: Option<HeaderValue>,
}

impl Keeping {
    /// What the headers of an answer say (RFC 9111, sections 3 and 4.1). A
    /// cache of one credential is a private one.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let says = |name, word: &str| {
            let values = headers.get_all(name).iter();
            let mut texts = values.filter_map(|value| value.to_str().ok());
            texts.any(|text| {
                let mut words = text
                    .split(',')
                    .map(|part| part.split('=').next().unwrap_or(""));
                words.any(|part| part.trim().eq_ignore_ascii_case(word))
            })
        };
        Self {
            may: !says(CACHE_CONTROL, "no-store") && !says(VARY, "*"),
            always_ask: says(CACHE_CONTROL, "no-cache"),
            etag: headers.get(ETAG).cloned(),
            modified: headers.get(LAST_MODIFIED).cloned(),
        }
    }

    fn can_be_asked_about(&self) -> bool {
        self.etag.is_some() || self.modified.is_some()
    }

    /// Makes a request one that is answered with 304 if nothing has changed.
    pub(super) fn ask(&self, headers: &mut HeaderMap) {
        if let Some(etag) = &self.etag {
            headers.insert(IF_NONE_MATCH, etag.clone());
        }
        if let Some(modified) = &self.modified {
            headers.insert(IF_MODIFIED_SINCE, modified.clone());
        }
    }
}

/// What tells requests apart: a hash of all that their answers depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key([u8; 32]);

impl Key {
    /// Of a request, and of who it is sent for, where that is not the server.
    pub(super) fn of(outgoing: &Outgoing, identity: Option<&str>) -> Self {
        let mut context = Context::new(&SHA256);
        let mut add = |part: &[u8]| {
            context.update(&part.len().to_le_bytes());
            context.update(part);
        };
        add(identity.unwrap_or_default().as_bytes());
        add(outgoing.method.as_str().as_bytes());
        add(outgoing.url.as_str().as_bytes());
        let mut headers: Vec<_> = outgoing
            .headers
            .iter()
            .filter(|(name, _)| ![AUTHORIZATION, TRACEPARENT, TRACESTATE].contains(name))
            .collect();
        headers.sort_by_key(|(name, _)| name.as_str());
        for (name, value) in headers {
            add(name.as_str().as_bytes());
            add(value.as_bytes());
        }
        let mut key = [0; 32];
        key.copy_from_slice(context.finish().as_ref());
        Self(key)
    }
}

/// What there is for a request.
pub(super) enum Found {
    /// An answer that may be served.
    Fresh(Arc<Answer>),
    /// An answer that the backend is to be asked about.
    Stale(Arc<Answer>),
    Nothing,
}

/// Answers by request; who was asked for longest ago goes first.
pub(super) struct Cache(Mutex<State>);

struct State {
    entries: LruCache<Key, Entry>,
    bytes: usize,
    /// When something was last known to have changed in the backend.
    changed: Option<Instant>,
}

struct Entry {
    answer: Arc<Answer>,
    since: Instant,
}

impl Default for Cache {
    fn default() -> Self {
        Self(Mutex::new(State {
            entries: LruCache::unbounded(),
            bytes: 0,
            changed: None,
        }))
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cache")
    }
}

impl Cache {
    /// What there is for a request whose answers live so long.
    pub(super) fn find(&self, key: &Key, lifetime: Duration, now: Instant) -> Found {
        let mut state = self.state();
        let changed = state.changed;
        let Some(entry) = state.entries.get(key) else {
            return Found::Nothing;
        };
        let answer = entry.answer.clone();
        let age = now.saturating_duration_since(entry.since);
        let is_of_before = changed.is_some_and(|changed| entry.since <= changed);
        if age < lifetime && !is_of_before && !answer.keeping.always_ask {
            return Found::Fresh(answer);
        }
        if answer.keeping.can_be_asked_about() {
            return Found::Stale(answer);
        }
        state.remove(key);
        Found::Nothing
    }

    /// Makes all old that was asked for until now: something has changed in the backend.
    pub(super) fn changed(&self, now: Instant) {
        self.state().changed = Some(now);
    }

    /// Keeps an answer to what was asked at a time, or nothing if it is not one to be kept.
    pub(super) fn keep(&self, key: Key, answer: &Arc<Answer>, asked: Instant) {
        let mut state = self.state();
        state.remove(&key);
        let keeping = &answer.keeping;
        let of_use = keeping.may && (!keeping.always_ask || keeping.can_be_asked_about());
        if !of_use || size(answer) > LARGEST {
            return;
        }
        state.bytes += size(answer);
        let entry = Entry {
            answer: answer.clone(),
            since: asked,
        };
        state.entries.put(key, entry);
        while state.bytes > MOST
            && let Some((_, oldest)) = state.entries.pop_lru()
        {
            state.bytes -= size(&oldest.answer);
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn remove(&mut self, key: &Key) {
        if let Some(entry) = self.entries.pop(key) {
            self.bytes -= size(&entry.answer);
        }
    }
}

fn size(answer: &Answer) -> usize {
    answer.body.len() + OVERHEAD
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(bytes: usize, headers: &[(&'static str, &'static str)]) -> Arc<Answer> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        Arc::new(Answer {
            status: 200,
            content_type: String::new(),
            location: None,
            link: None,
            url: url::Url::parse("http://h/").unwrap(),
            body: vec![b'1'; bytes],
            note: None,
            keeping: Keeping::of(&map),
        })
    }

    fn key(number: u8) -> Key {
        Key([number; 32])
    }

    const HOUR: Duration = Duration::from_secs(3600);

    fn state_of(cache: &Cache, number: u8, now: Instant) -> &'static str {
        match cache.find(&key(number), HOUR, now) {
            Found::Fresh(_) => "fresh",
            Found::Stale(_) => "stale",
            Found::Nothing => "nothing",
        }
    }

    #[test]
    fn lives_as_long_as_declared() {
        let now = Instant::now();
        for (headers, fresh, old) in [
            (&[][..], "fresh", "nothing"),
            (&[("etag", "\"1\"")], "fresh", "stale"),
            (&[("last-modified", "x")], "fresh", "stale"),
            (
                &[("cache-control", "private, max-age=1")],
                "fresh",
                "nothing",
            ),
            (
                &[("cache-control", "max-age=1, No-Store")],
                "nothing",
                "nothing",
            ),
            (&[("vary", "accept, *")], "nothing", "nothing"),
            (&[("cache-control", "no-cache")], "nothing", "nothing"),
            (
                &[("cache-control", "no-cache"), ("etag", "\"1\"")],
                "stale",
                "stale",
            ),
        ] {
            let cache = Cache::default();
            assert_eq!(state_of(&cache, 1, now), "nothing");
            cache.keep(key(1), &answer(1, headers), now);
            assert_eq!(state_of(&cache, 1, now), fresh, "{headers:?}");
            assert_eq!(state_of(&cache, 1, now + HOUR), old, "{headers:?}");
        }
    }

    #[test]
    fn a_change_makes_all_old_that_was_asked_before() {
        let cache = Cache::default();
        let start = Instant::now();
        let later = |seconds| start + Duration::from_secs(seconds);
        cache.keep(key(1), &answer(1, &[]), start);
        cache.keep(key(2), &answer(1, &[("etag", "\"1\"")]), start);
        cache.changed(later(1));
        cache.keep(key(3), &answer(1, &[]), start);
        cache.keep(key(4), &answer(1, &[]), later(2));
        let states = [1, 2, 3, 4].map(|number| state_of(&cache, number, later(3)));
        assert_eq!(states, ["nothing", "stale", "nothing", "fresh"]);
    }

    #[test]
    fn memory_is_bounded() {
        let cache = Cache::default();
        let now = Instant::now();
        cache.keep(key(0), &answer(LARGEST, &[]), now);
        assert_eq!(state_of(&cache, 0, now), "nothing");
        for number in 1..=9 {
            cache.keep(key(number), &answer(LARGEST - OVERHEAD, &[]), now);
            assert_eq!(state_of(&cache, 1, now), "fresh");
        }
        assert_eq!(state_of(&cache, 2, now), "nothing");
        assert_eq!(state_of(&cache, 9, now), "fresh");
        assert_eq!(cache.state().bytes, MOST);
        cache.keep(key(9), &answer(0, &[]), now);
        assert_eq!(cache.state().bytes, MOST - LARGEST + OVERHEAD);
    }
}
