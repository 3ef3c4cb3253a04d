//! Makes connections to one server.

use std::fmt;
use std::io::ErrorKind;
use std::time::Instant;

use futures_executor::block_on;
use tokio::runtime::Runtime;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::error::SqlState;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Config, NoTls, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::PATIENCE;
use crate::db::{Error, Result};

/// What every session is told first. A backend that vanishes in the middle of a write must not keep the
/// others from writing for ever.
const SETTINGS: &str = "SET lock_timeout = '10s'; SET statement_timeout = '60s';
    SET idle_in_transaction_session_timeout = '60s'; SET client_min_messages = 'warning'";
/// Time between two attempts to connect.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(100);

/// Makes connections. Their input and output run on a thread of its own, so that calls can be made and
/// waited for anywhere, on async threads too.
pub(super) struct Connector {
    /// The server and the database, without any credential.
    pub(super) location: String,
    config: Config,
    /// None to this machine, or where the URL says `sslmode=disable`.
    tls: Option<MakeRustlsConnect>,
    /// There until the end.
    runtime: Option<Runtime>,
}

impl Connector {
    /// For the database at a URL; the server shows the service's name. Nothing of the URL is in the errors: it may hold a password.
    pub(super) fn new(url: &str, service: &str) -> Result<Self> {
        let mut config: Config = url.parse().map_err(|error: tokio_postgres::Error| {
            Error::Other(format!(
                "{}; expected postgres://USER:PASSWORD@HOST:PORT/DATABASE",
                cause(&error)
            ))
        })?;
        config
            .connect_timeout(PATIENCE)
            .tcp_user_timeout(PATIENCE)
            .keepalives_idle(PATIENCE);
        if config.get_application_name().is_none() {
            config.application_name(service);
        }
        if config.get_ssl_mode() == SslMode::Prefer && config.get_hosts().iter().all(is_local) {
            config.ssl_mode(SslMode::Disable);
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("postgres")
            .enable_all()
            .build()
            .map_err(|error| Error::Other(format!("cannot start a thread: {error}")))?;
        Ok(Self {
            location: location(&config),
            tls: tls(&config)?,
            config,
            runtime: Some(runtime),
        })
    }

    /// A connection. Waits for a server that is about to start.
    pub(super) fn connect(&self) -> Result<Client> {
        let begin = Instant::now();
        loop {
            match self.attempt() {
                Err(error) if may_pass(&error) && begin.elapsed() < PATIENCE => {
                    std::thread::sleep(PAUSE);
                }
                result => return result.map_err(|error| self.refusal(error)),
            }
        }
    }

    fn refusal(&self, error: tokio_postgres::Error) -> Error {
        let untrusted = io_error(&error) == Some(ErrorKind::InvalidData);
        let server = &self.location;
        match Error::from(error) {
            Error::Unavailable(message) => {
                Error::Unavailable(format!("cannot reach {server}: {message}"))
            }
            Error::Other(message) if untrusted => Error::Other(format!(
                "cannot trust {server}: {message}; name the file of its authority's certificate in \
                 SSL_CERT_FILE, or do without encryption by sslmode=disable in the URL"
            )),
            other => other,
        }
    }

    fn attempt(&self) -> std::result::Result<Client, tokio_postgres::Error> {
        let runtime = self
            .runtime
            .as_ref()
            .expect("the runtime ends with the connector");
        let config = self.config.clone();
        let attempt = match self.tls.clone() {
            Some(tls) => runtime.spawn(open(config, tls)),
            None => runtime.spawn(open(config, NoTls)),
        };
        match block_on(attempt) {
            Ok(result) => result,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}

async fn open<T>(config: Config, tls: T) -> std::result::Result<Client, tokio_postgres::Error>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
{
    let (client, connection) = config.connect(tls).await?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::warn!(
                error = Error::from(error).to_string(),
                "a connection to the database ended"
            );
        }
    });
    client.batch_execute(SETTINGS).await?;
    Ok(client)
}

/// The system's certificates decide who is trusted; `SSL_CERT_FILE` names others.
fn tls(config: &Config) -> Result<Option<MakeRustlsConnect>> {
    if config.get_ssl_mode() == SslMode::Disable {
        return Ok(None);
    }
    match MakeRustlsConnect::with_native_certs() {
        Ok((tls, _)) => Ok(Some(tls)),
        Err(_) => Err(Error::Other(
            "this machine has no certificates to trust a server by; install them, or name a file \
             of them in SSL_CERT_FILE"
                .to_owned(),
        )),
    }
}

fn is_local(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => ["localhost", "127.0.0.1", "::1"].contains(&name.as_str()),
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

impl Drop for Connector {
    fn drop(&mut self) {
        // Waiting for it is not allowed on async threads, and there is nothing to wait for.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector")
            .field("location", &self.location)
            .finish_non_exhaustive()
    }
}

fn location(config: &Config) -> String {
    let hosts: Vec<String> = config
        .get_hosts()
        .iter()
        .enumerate()
        .map(|(index, host)| {
            let ports = config.get_ports();
            let port = ports.get(index).or(ports.first()).unwrap_or(&5432);
            match host {
                Host::Tcp(name) => format!("{name}:{port}"),
                #[cfg(unix)]
                Host::Unix(folder) => format!("{}:{port}", folder.display()),
            }
        })
        .collect();
    let database = config
        .get_dbname()
        .or(config.get_user())
        .unwrap_or_default();
    format!("postgres://{}/{database}", hosts.join(","))
}

/// Whether a later attempt may succeed: nobody listens yet, or the server is not ready.
fn may_pass(error: &tokio_postgres::Error) -> bool {
    match error.code() {
        Some(code) => {
            *code == SqlState::CANNOT_CONNECT_NOW || *code == SqlState::TOO_MANY_CONNECTIONS
        }
        // Invalid data are a certificate that will not do later either.
        None => io_error(error).is_some_and(|kind| kind != ErrorKind::InvalidData),
    }
}

fn io_error(error: &tokio_postgres::Error) -> Option<ErrorKind> {
    let cause = std::error::Error::source(error)?;
    Some(cause.downcast_ref::<std::io::Error>()?.kind())
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(refusal) = error.as_db_error() else {
            let message = cause(&error);
            return if error.is_closed() || may_pass(&error) {
                Self::Unavailable(message)
            } else {
                Self::Other(message)
            };
        };
        let code = refusal.code().code();
        let detail = refusal
            .detail()
            .map_or_else(String::new, |detail| format!(" ({detail})"));
        let message = format!("{}{detail}", refusal.message());
        match code.get(..2) {
            Some("23") => Self::Constraint(message),
            // Connections, deadlocks, resources, a server that shuts down, waits that took too long, disks.
            Some("08" | "40" | "53" | "57" | "55" | "58") => Self::Unavailable(message),
            _ if *refusal.code() == SqlState::READ_ONLY_SQL_TRANSACTION => {
                Self::Unavailable(message)
            }
            _ => Self::Other(format!("{message} [{code}]")),
        }
    }
}

/// An error with its cause: by itself it only says in which step it came up.
fn cause(error: &tokio_postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
