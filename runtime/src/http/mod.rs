//! The HTTP client: one pool of connections to one backend.

mod call;
mod error;
mod exchange;
mod redirect;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;

pub use self::call::Call;
pub use self::error::{Error, TransportError};
pub(crate) use self::exchange::{Answer, seconds};
use crate::Request;
use crate::request::Base;

/// A backend and the connections to it; clones share them.
#[derive(Clone)]
pub struct Http(Arc<Inner>);

struct Inner {
    client: reqwest::Client,
    base: Base,
    authorization: Option<HeaderValue>,
    timeout: Duration,
    response_limit: usize,
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

    /// Pairs a request with the type of its answer.
    pub fn call<T>(&self, request: Request) -> Call<'_, T> {
        Call::new(self, request)
    }
}

/// Settings of an [`Http`].
#[derive(Clone)]
pub struct HttpBuilder {
    timeout: Duration,
    connections: u32,
    response_limit: usize,
    bearer: Option<String>,
}

impl Default for HttpBuilder {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            connections: 20,
            response_limit: usize::MAX,
            bearer: None,
        }
    }
}

impl fmt::Debug for HttpBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpBuilder")
            .field("timeout", &self.timeout)
            .field("connections", &self.connections)
            .field("response_limit", &self.response_limit)
            .finish_non_exhaustive()
    }
}

impl HttpBuilder {
    /// How long a call may take, to the last byte of the answer; 30 s by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Idle connections that are kept open; 20 by default.
    pub fn connections(mut self, connections: u32) -> Self {
        self.connections = connections;
        self
    }

    /// Largest answer that is taken, in bytes; unlimited by default.
    pub fn response_limit(mut self, bytes: usize) -> Self {
        self.response_limit = bytes;
        self
    }

    /// A token sent as `Authorization: Bearer …`.
    pub fn bearer_token(mut self, token: impl Into<String>) -> Self {
        self.bearer = Some(token.into());
        self
    }

    /// The client for the backend at `base_url`.
    ///
    /// # Errors
    /// If the URL is not one of http or https, the token cannot be sent in a
    /// header, or TLS cannot be set up.
    pub fn build(self, base_url: &str) -> Result<Http, Error> {
        let base = Base::parse(base_url)?;
        let authorization = authorization(self.bearer.as_deref(), base.credentials(), &base)?;
        let mut client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .tcp_nodelay(true)
            // So that three attempts fit into the time of one call.
            .connect_timeout((self.timeout / 4).min(Duration::from_secs(10)))
            .pool_idle_timeout(Duration::from_secs(60))
            .pool_max_idle_per_host(usize::try_from(self.connections).unwrap_or(usize::MAX))
            .user_agent(concat!("toolwright/", env!("CARGO_PKG_VERSION")));
        if base.is_loopback() {
            client = client.no_proxy();
        }
        // The TLS set-up reads the system's certificates, which takes longer
        // than everything else at the start: only where it is used.
        client = if base.is_https() {
            // Fails if the process has chosen a provider already, which is as good.
            let _ = rustls::crypto::ring::default_provider().install_default();
            client
        } else {
            client.tls_backend_preconfigured(no_tls(base_url)?)
        };
        let client = client.build().map_err(|error| Error::BaseUrl {
            url: base.as_str().to_owned(),
            reason: format!("the HTTP client cannot be set up: {}", chain(&error)),
        })?;
        Ok(Http(Arc::new(Inner {
            client,
            base,
            authorization,
            timeout: self.timeout,
            response_limit: self.response_limit,
        })))
    }
}

/// A TLS configuration that trusts nobody, for backends without TLS.
fn no_tls(base_url: &str) -> Result<rustls::ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::BaseUrl {
            url: base_url.to_owned(),
            reason: error.to_string(),
        })?;
    Ok(builder
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth())
}

fn authorization(
    bearer: Option<&str>,
    credentials: Option<&(String, String)>,
    base: &Base,
) -> Result<Option<HeaderValue>, Error> {
    let text = match (bearer, credentials) {
        (Some(token), _) => format!("Bearer {token}"),
        (None, Some((user, password))) => {
            format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
        }
        (None, None) => return Ok(None),
    };
    let mut value = HeaderValue::from_str(&text).map_err(|_| Error::BaseUrl {
        url: base.as_str().to_owned(),
        reason: "the API key holds characters that cannot be sent in a header".to_owned(),
    })?;
    value.set_sensitive(true);
    Ok(Some(value))
}

/// An error with its causes, the last of which says what really happened.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let message = error.to_string();
        if !text.ends_with(&message) {
            text.push_str(": ");
            text.push_str(&message);
        }
        cause = error.source();
    }
    text
}
