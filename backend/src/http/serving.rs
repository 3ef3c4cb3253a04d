//! A service as a process: its lock, its socket, and its end.

use std::fmt;
use std::fs::{File, TryLockError};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// How long open requests may take after the service was told to stop.
const GRACE: Duration = Duration::from_secs(5);

/// Why a service cannot be run.
#[derive(Debug)]
pub struct ServeError {
    doing: String,
    cause: Box<dyn std::error::Error + Send + Sync>,
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {}: {}", self.doing, self.cause)
    }
}

impl std::error::Error for ServeError {}

/// Makes an error of what was being done and why that failed.
pub fn failed<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
    doing: impl Into<String>,
) -> impl FnOnce(E) -> ServeError {
    let doing = doing.into();
    |cause| ServeError {
        doing,
        cause: cause.into(),
    }
}

/// Listens on an address.
///
/// # Errors
/// If the address is taken or none of this machine.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address)
        .await
        .map_err(failed(format!("listen on {address}")))
}

/// Serves until `stop` ends, then runs `ending` and lets open requests end. Prints one line on stdout,
/// `listening on URL`, once it can be reached.
///
/// # Errors
/// If the socket fails.
pub async fn run(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()>,
    ending: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let address = listener.local_addr().map_err(failed("learn the address"))?;
    announce(address);
    let (stopped, told) = oneshot::channel::<()>();
    let server = axum::serve(listener, router).with_graceful_shutdown(async move {
        // An error means that the other end is gone, which is a reason to stop too.
        let _ = told.await;
    });
    let server = tokio::spawn(server.into_future());
    stop.await;
    tracing::info!("stopping");
    let _ = stopped.send(());
    ending.await;
    match tokio::time::timeout(GRACE, server).await {
        Ok(Ok(result)) => result.map_err(failed("serve")),
        Ok(Err(error)) => Err(failed("serve")(error)),
        Err(_) => {
            tracing::warn!("some requests were cut off");
            Ok(())
        }
    }
}

/// Keeps a second service from the same database file: it would take this one's work for interrupted.
/// The system lets go of the lock when the process ends, in whatever way.
///
/// # Errors
/// If another service has it, or the file beside the database cannot be made.
pub fn lock(db: &Path) -> Result<File, ServeError> {
    let mut path = db.as_os_str().to_owned();
    path.push(".lock");
    let doing = format!("lock the database {}", db.display());
    let file = File::create(path).map_err(failed(&doing))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(failed(doing)("another service uses it")),
        Err(TryLockError::Error(error)) => Err(failed(doing)(error)),
    }
}

fn announce(address: SocketAddr) {
    tracing::info!(%address, "listening");
    let mut stdout = io::stdout();
    // Nobody may be reading; the service runs all the same.
    let _ = writeln!(stdout, "listening on http://{address}").and_then(|()| stdout.flush());
}

/// Ends with the first SIGTERM or SIGINT.
///
/// # Errors
/// If the system does not let signals be listened for.
#[cfg(unix)]
pub fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Ends with Ctrl-C.
#[cfg(not(unix))]
pub fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without a handler there is nothing to wait for but the process's end.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_belongs_to_one_service_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let db = folder.path().join("service.db");
        let first = lock(&db).unwrap();
        let refused = lock(&db).unwrap_err().to_string();
        assert!(
            refused.ends_with("service.db: another service uses it"),
            "{refused}"
        );
        drop(first);
        lock(&db).unwrap();
    }

    #[tokio::test]
    async fn an_address_in_use_is_named() {
        let first = bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let address = first.local_addr().unwrap();
        let refused = bind(address).await.unwrap_err().to_string();
        assert!(
            refused.starts_with(&format!("cannot listen on {address}: ")),
            "{refused}"
        );
    }
}
