//! A service as a process: its folders, its socket, its place at the hub, and its end.

use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use orchestrator_mcp::models::ServiceRegistration;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::api::{App, Token};
use super::executions::Executions;
use super::hub::Hub;
use super::kept::Kept;
use super::options::Options;
use super::registration::{self, Place};
use super::runner::Runner;
use crate::ktrdr::data::load::Sources;

/// How long open requests may take after the service was told to stop.
const GRACE: Duration = Duration::from_secs(5);

/// Serves until `stop` ends, then gives up what runs and returns. Prints one line on stdout, `listening on
/// URL`, once it can be reached.
///
/// # Errors
/// What stands in the way.
pub async fn serve(
    options: Options,
    token: Option<String>,
    stop: impl Future<Output = ()> + Send,
) -> Result<(), String> {
    if token.is_none() && !options.listen.ip().is_loopback() {
        return Err(format!(
            "cannot listen on {}: without a service token anyone could have jobs executed. Give one \
             (--service-token-file), or listen on 127.0.0.1.",
            options.listen
        ));
    }
    if options.advertise.is_none() && options.listen.ip().is_unspecified() {
        return Err(format!(
            "cannot tell the hub where this service is: {} is every address. Say how the hub reaches it (--advertise URL).",
            options.listen
        ));
    }
    let data = options.data.as_deref().map(folder).transpose()?;
    let work = Work::open(options.work.clone())?;
    let hub = Hub::new(&options.hub, token.as_deref()).map_err(|error| error.to_string())?;
    let runner = Runner {
        kind: options.kind,
        hub: hub.clone(),
        sources: Sources {
            folder: data,
            synthetic: options.demo,
            pace: Duration::ZERO,
        },
        folder: work.running.path().to_owned(),
    };
    let kept = Kept::open(work.folder.join("results"))
        .map_err(|error| format!("cannot use the work folder: {error}"))?;
    let executions = Executions::new(runner, kept, options.capacity.into());
    let app = App {
        kind: options.kind,
        executions: executions.clone(),
        token: token.as_deref().map(Token::new),
    };
    let cannot_listen = |error| format!("cannot listen on {}: {error}", options.listen);
    let listener = TcpListener::bind(options.listen)
        .await
        .map_err(cannot_listen)?;
    let address = listener.local_addr().map_err(cannot_listen)?;
    announce(address);

    let stopping = tokio_util::sync::CancellationToken::new();
    let server = axum::serve(listener, app.router())
        .with_graceful_shutdown(stopping.clone().cancelled_owned());
    let server = tokio::spawn(server.into_future());
    let place = Place::default();
    let ended = tokio::select! {
        () = stop => Ok(()),
        why = registration::keep(&hub, registration(&options, address), &place) => Err(why),
    };
    tracing::info!("stopping");
    registration::leave(&hub, &place).await;
    stopping.cancel();
    if tokio::time::timeout(GRACE, executions.stop())
        .await
        .is_err()
    {
        tracing::warn!("some jobs did not stop in time");
    }
    match tokio::time::timeout(GRACE, server).await {
        Ok(Ok(Err(error))) => tracing::error!(%error, "cannot serve"),
        Ok(_) => {}
        Err(_) => tracing::warn!("some requests were cut off"),
    }
    ended
}

fn registration(options: &Options, address: SocketAddr) -> ServiceRegistration {
    let kind = options.kind.as_str();
    ServiceRegistration {
        name: Some(
            options
                .name
                .clone()
                .unwrap_or_else(|| format!("{kind} at {address}")),
        ),
        job_type: kind.to_owned(),
        url: options
            .advertise
            .clone()
            .unwrap_or_else(|| format!("http://{address}")),
        capacity: Some(options.capacity.into()),
        resumable: Some(true),
    }
}

/// The folder a service writes to.
struct Work {
    folder: PathBuf,
    /// Folders of running jobs; those of a process that died are gone with it.
    running: TempDir,
    /// Held as long as the service runs.
    _lock: File,
    _temporary: Option<TempDir>,
}

impl Work {
    fn open(folder: Option<PathBuf>) -> Result<Self, String> {
        let temporary = match folder {
            Some(_) => None,
            None => Some(
                TempDir::with_prefix("orchestrator-worker-")
                    .map_err(|error| format!("cannot make a work folder: {error}"))?,
            ),
        };
        let folder = match (&temporary, folder) {
            (_, Some(folder)) => folder,
            (Some(temporary), None) => temporary.path().to_owned(),
            (None, None) => return Err("there is no work folder".to_owned()),
        };
        let failed = |why: &str| format!("cannot use the work folder {}: {why}", folder.display());
        let io = |error: std::io::Error| failed(&error.to_string());
        fs::create_dir_all(&folder).map_err(io)?;
        let lock = File::create(folder.join("lock")).map_err(io)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(failed("another service uses it")),
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        let running = folder.join("running");
        match fs::remove_dir_all(&running) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(io(error)),
            _ => {}
        }
        fs::create_dir_all(&running).map_err(io)?;
        Ok(Self {
            running: TempDir::new_in(&running).map_err(io)?,
            folder,
            _lock: lock,
            _temporary: temporary,
        })
    }
}

fn folder(path: &Path) -> Result<PathBuf, String> {
    let failed = |why: String| format!("cannot use the data folder {}: {why}", path.display());
    let path = path
        .canonicalize()
        .map_err(|error| failed(error.to_string()))?;
    if path.is_dir() {
        Ok(path)
    } else {
        Err(failed("it is no folder".to_owned()))
    }
}

fn announce(address: SocketAddr) {
    tracing::info!(%address, "listening");
    let mut stdout = std::io::stdout();
    // Nobody may be reading; the service runs all the same.
    let _ = writeln!(stdout, "listening on http://{address}").and_then(|()| stdout.flush());
}
