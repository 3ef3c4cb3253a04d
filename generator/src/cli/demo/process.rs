//! The backend as a child process, and what children write to standard error.

use std::collections::VecDeque;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// How long a program may take to start or to stop.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// The last lines that a program wrote.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<VecDeque<String>>>);

impl Log {
    /// Collects what comes from `stream`, in the background, until it ends.
    pub(super) fn collect(stream: impl AsyncRead + Unpin + Send + 'static) -> Self {
        const KEPT: usize = 40;
        let log = Self::default();
        let lines = log.0.clone();
        tokio::spawn(async move {
            let mut stream = BufReader::new(stream).lines();
            while let Ok(Some(line)) = stream.next_line().await {
                let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
                if lines.len() == KEPT {
                    lines.pop_front();
                }
                lines.push_back(line);
            }
        });
        log
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .cloned()
            .collect()
    }
}

/// A running `ktrdr-backend`. Dropped, it is killed.
pub(super) struct Backend {
    /// Where it listens.
    pub(super) url: String,
    child: Child,
    log: Log,
}

impl Backend {
    /// Starts `program` on a free port with data of its own that end with it.
    pub(super) async fn start(program: &Path) -> Result<Self, String> {
        let mut child = Command::new(program)
            .args(["serve", "--demo", "--listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("{} cannot be started: {error}", program.display()))?;
        let log = child.stderr.take().map(Log::collect).unwrap_or_default();
        let mut stdout = child
            .stdout
            .take()
            .map(|stdout| BufReader::new(stdout).lines())
            .ok_or("it has no output")?;
        let first = timeout(PATIENCE, stdout.next_line()).await;
        let line = match first {
            Ok(Ok(Some(line))) => line,
            Ok(_) => {
                return Err(format!(
                    "ktrdr-backend ended at once: {}",
                    log.lines().join("; ")
                ));
            }
            Err(_) => {
                return Err(format!(
                    "ktrdr-backend said nothing for {} s",
                    PATIENCE.as_secs()
                ));
            }
        };
        let url = line
            .strip_prefix("listening on ")
            .ok_or_else(|| format!("ktrdr-backend said `{line}`"))?
            .to_owned();
        // What it says later has to go somewhere, or it would wait for a reader.
        tokio::spawn(async move { while let Ok(Some(_)) = stdout.next_line().await {} });
        Ok(Self { url, child, log })
    }

    pub(super) fn log(&self) -> Vec<String> {
        self.log.lines()
    }

    /// Ends it and waits until it is gone.
    pub(super) async fn stop(mut self) -> Result<(), String> {
        self.child
            .kill()
            .await
            .map_err(|error| format!("ktrdr-backend cannot be stopped: {error}"))
    }
}
