//! The HTTP client: one pool of connections to one backend.

mod behalf;
mod builder;
mod cache;
mod cached;
mod call;
mod error;
mod events;
mod exchange;
mod json;
mod outgoing;
mod redirect;
mod span;
mod stream;
mod timer;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;

pub(crate) use self::behalf::Behalf;
pub use self::builder::HttpBuilder;
use self::cache::Cache;
pub use self::call::Call;
pub use self::error::{Error, TransportError};
pub(crate) use self::exchange::{Answer, root, seconds};
pub(crate) use self::json::fetch_json;
pub(crate) use self::stream::Listener;
use self::timer::EarlierTimer;
use crate::metrics::Metrics;
use crate::request::Base;
use crate::security::Keyring;
use crate::{OtherServer, Request};

/// A backend and the connections to it; clones share them.
#[derive(Clone)]
pub struct Http(Arc<Inner>, Option<Arc<Behalf>>);

struct Inner {
    client: reqwest::Client,
    base: Base,
    /// Servers that some operations have for themselves, or what to set.
    others: Vec<(&'static OtherServer, Result<Base, String>)>,
    keyring: Keyring,
    /// What the base URL, or a token for everything, proves.
    authorization: Option<HeaderValue>,
    timeout: Duration,
    /// No request takes longer, whatever its tool needs.
    longest: Option<Duration>,
    response_limit: usize,
    cache: Cache,
    metrics: Metrics,
    timer: EarlierTimer,
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Http({})", self.base_url())
    }
}

impl Http {
    /// A client for the backend at a base URL, which may have a path prefix.
    ///
    /// # Errors
    /// If the URL is not one of http or https, or TLS cannot be set up.
    pub fn new(base_url: &str) -> Result<Self, Error> {
        Self::builder().build(base_url)
    }

    /// A client with other settings.
    pub fn builder() -> HttpBuilder {
        HttpBuilder::default()
    }

    /// The base URL, without credentials.
    pub fn base_url(&self) -> &str {
        self.0.base.as_str()
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Largest answer that is taken, in bytes.
    pub(crate) fn response_limit(&self) -> usize {
        self.0.response_limit
    }

    /// Pairs a request with the type of its answer.
    pub fn call<T>(&self, request: Request) -> Call<'_, T> {
        Call::new(self, request)
    }
}
