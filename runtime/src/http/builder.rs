//! Settings of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;

use super::cache::Cache;
use super::timer::EarlierTimer;
use super::{Error, Http, Inner};
use crate::OtherServer;
use crate::metrics::Metrics;
use crate::request::Base;
use crate::security::{Alternatives, Credential, Keyring, Scheme, Tokens};

/// Settings of an [`Http`].
#[derive(Clone)]
pub struct HttpBuilder {
    timeout: Duration,
    longest: Option<Duration>,
    connections: u32,
    response_limit: usize,
    bearer: Option<String>,
    security: Alternatives,
    credentials: Vec<(&'static Scheme, Credential)>,
    others: Vec<(&'static OtherServer, Result<String, String>)>,
}

impl Default for HttpBuilder {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            longest: None,
            connections: 20,
            response_limit: usize::MAX,
            bearer: None,
            security: &[],
            credentials: Vec::new(),
            others: Vec::new(),
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

    /// No call takes longer than this, whatever its tool needs.
    pub fn longest(mut self, longest: Duration) -> Self {
        self.longest = Some(longest);
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

    /// A token sent as `Authorization: Bearer …` with every request, whatever
    /// the document says of security.
    pub fn bearer_token(mut self, token: impl Into<String>) -> Self {
        self.bearer = Some(token.into());
        self
    }

    /// The credential of a security scheme of the document, sent with the
    /// requests that use the scheme.
    pub fn credential(mut self, scheme: &'static Scheme, credential: Credential) -> Self {
        self.credentials.push((scheme, credential));
        self
    }

    /// What requests use that say nothing themselves; generated clients set it.
    pub fn security(mut self, default: Alternatives) -> Self {
        self.security = default;
        self
    }

    /// Sends the requests of operations that have a server for themselves
    /// there; without it they go to the base URL. A URL without a host is on
    /// the host of the base URL.
    pub fn server(mut self, server: &'static OtherServer, url: impl Into<String>) -> Self {
        self.others.push((server, Ok(url.into())));
        self
    }

    /// The same for a URL that is not known: requests say what to set.
    pub(crate) fn server_of(
        mut self,
        server: &'static OtherServer,
        url: Result<String, String>,
    ) -> Self {
        self.others.push((server, url));
        self
    }

    /// The client for the backend at `base_url`.
    ///
    /// # Errors
    /// If a URL is not one of http or https, a credential cannot be sent, or
    /// TLS cannot be set up.
    pub fn build(mut self, base_url: &str) -> Result<Http, Error> {
        let base = Base::parse(base_url)?;
        let authorization = authorization(self.bearer.as_deref(), base.credentials(), &base)?;
        let mut others = Vec::with_capacity(self.others.len());
        for (server, url) in std::mem::take(&mut self.others) {
            let parsed = match url {
                Ok(url) => Ok(base.on_host(&url)?),
                Err(missing) => Err(missing),
            };
            others.push((server, parsed));
        }
        let known = || others.iter().filter_map(|(_, other)| other.as_ref().ok());
        let https = base.is_https() || known().any(Base::is_https);
        let local = base.is_loopback() && known().all(Base::is_loopback);
        let client = self.client(https, local, &base)?;
        let mut keyring = Keyring::new(self.security);
        for (scheme, credential) in std::mem::take(&mut self.credentials) {
            keyring.add(scheme, credential, |registered| {
                let server = base.on_host(registered.token_url)?;
                // Its own client: it may be elsewhere, with or without TLS.
                let client = self.client(server.is_https(), server.is_loopback(), &server)?;
                Ok(Tokens::new(client, server.into_url(), registered))
            })?;
        }
        let inner = Inner {
            client,
            base,
            others,
            keyring,
            authorization,
            timeout: self.timeout,
            longest: self.longest,
            response_limit: self.response_limit,
            cache: Cache::default(),
            metrics: Metrics::default(),
            timer: EarlierTimer::default(),
        };
        Ok(Http(Arc::new(inner), None))
    }

    /// What fetches from a URL that is not the backend's.
    pub(super) fn client_for(&self, url: &str) -> Result<reqwest::Client, Error> {
        let base = Base::parse(url)?;
        self.client(base.is_https(), base.is_loopback(), &base)
    }

    fn client(&self, https: bool, local: bool, base: &Base) -> Result<reqwest::Client, Error> {
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
        if local {
            client = client.no_proxy();
        }
        // The TLS set-up reads the system's certificates, which takes longer
        // than everything else at the start: only where it is used.
        client = if https {
            // Fails if the process has chosen a provider already, which is as good.
            let _ = rustls::crypto::ring::default_provider().install_default();
            client
        } else {
            client.tls_backend_preconfigured(no_tls(base.as_str())?)
        };
        client.build().map_err(|error| Error::BaseUrl {
            url: base.as_str().to_owned(),
            reason: format!("the HTTP client cannot be set up: {}", chain(&error)),
        })
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
