//! A service as a process: its folders, its socket, its place at the hub, and its end.

use std::fs::{self, File, TryLockError};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use orchestrator_mcp::models::ServiceRegistration;
use tempfile::TempDir;

use super::api::App;
use super::executions::Executions;
use super::hub::Hub;
use super::kept::Kept;
use super::options::Options;
use super::registration::{self, Place};
use super::runner::Runner;
use crate::http::{self, ServeError, failed};
use crate::ktrdr::data::load::Sources;
use crate::orchestrator::access::{Access, Secrets, service_token};

/// How long jobs may take to stop.
const GRACE: Duration = Duration::from_secs(5);

/// Runs a service until the process is told to stop.
///
/// # Errors
/// What stands in the way.
pub async fn run(options: Options) -> Result<(), String> {
    tracing_subscriber::fmt()
        .with_max_level(options.log)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
    let token = service_token(options.service_token_file.as_deref())?;
    // Listened for from the beginning, so that none is missed.
    let stop =
        http::stop_signal().map_err(|error| format!("cannot listen for signals: {error}"))?;
    let served = serve(options, token, stop).await;
    served.map_err(|error| error.to_string())
}

/// Serves until `stop` ends, then gives up what runs and returns. Prints one line on stdout, `listening on
/// URL`, once it can be reached.
///
/// # Errors
/// What stands in the way.
pub async fn serve(
    options: Options,
    token: Option<String>,
    stop: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    check(&options, token.as_deref())?;
    let data = options.data.as_deref().map(folder).transpose()?;
    let work = Work::open(options.work.clone())?;
    let hub = Hub::new(&options.hub, token.as_deref()).map_err(failed("use the hub"))?;
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
    let kept = Kept::open(work.folder.join("results")).map_err(failed("use the work folder"))?;
    let executions = Executions::new(runner, kept, options.capacity.into());
    let app = App {
        kind: options.kind,
        executions: executions.clone(),
        access: Access::new(&Secrets {
            api_keys: Vec::new(),
            service_token: token,
        }),
    };
    let listener = http::bind(options.listen).await?;
    let address = listener.local_addr().map_err(failed("learn the address"))?;
    let (place, mut refused) = (Place::default(), None);
    let stop = async {
        tokio::select! {
            () = stop => {}
            why = registration::keep(&hub, registration(&options, address), &place) => refused = Some(why),
        }
        registration::leave(&hub, &place).await;
    };
    let ending = async {
        if tokio::time::timeout(GRACE, executions.stop())
            .await
            .is_err()
        {
            tracing::warn!("some jobs did not stop in time");
        }
    };
    http::run(listener, app.router(), stop, ending).await?;
    refused.map_or(Ok(()), |why| Err(failed("register the service")(why)))
}

/// Whether others can reach it, and none who should not.
fn check(options: &Options, token: Option<&str>) -> Result<(), ServeError> {
    let cannot = |why: &str| Err(failed(format!("listen on {}", options.listen))(why));
    if token.is_none() && !options.listen.ip().is_loopback() {
        return cannot(
            "without a service token anyone could have jobs executed. Give one (--service-token-file), or \
             listen on 127.0.0.1",
        );
    }
    if options.advertise.is_none() && options.listen.ip().is_unspecified() {
        return cannot(
            "that is every address. Say at which of them the hub reaches it (--advertise URL)",
        );
    }
    Ok(())
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
    fn open(folder: Option<PathBuf>) -> Result<Self, ServeError> {
        let (folder, temporary) = match folder {
            Some(folder) => (folder, None),
            None => {
                let made = TempDir::with_prefix("orchestrator-worker-");
                let made = made.map_err(failed("make a work folder"))?;
                (made.path().to_owned(), Some(made))
            }
        };
        let io = || failed::<io::Error>(format!("use the work folder {}", folder.display()));
        fs::create_dir_all(&folder).map_err(io())?;
        let lock = File::create(folder.join("lock")).map_err(io())?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(io()(io::Error::other("another service uses it")));
            }
            Err(TryLockError::Error(error)) => return Err(io()(error)),
        }
        let running = folder.join("running");
        match fs::remove_dir_all(&running) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io()(error)),
            _ => {}
        }
        fs::create_dir_all(&running).map_err(io())?;
        Ok(Self {
            running: TempDir::new_in(&running).map_err(io())?,
            folder,
            _lock: lock,
            _temporary: temporary,
        })
    }
}

fn folder(path: &Path) -> Result<PathBuf, ServeError> {
    let cannot = || failed::<io::Error>(format!("use the data folder {}", path.display()));
    let path = path.canonicalize().map_err(cannot())?;
    if path.is_dir() {
        Ok(path)
    } else {
        Err(cannot()(io::ErrorKind::NotADirectory.into()))
    }
}
