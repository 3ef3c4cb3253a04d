//! What strayed, in a file: added up over all processes that are told to keep it there.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Drift, ELSEWHERE, PLACES, WATCHER, snapshot};

/// How long is gathered before it is written.
const PAUSE: Duration = Duration::from_secs(1);

/// One line of the report, as the file has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    tool: String,
    operation: String,
    pointer: String,
    reason: String,
    count: u64,
}

/// The content of the file.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Report {
    drift: Vec<Line>,
}

/// Writes to a file what strays, from now until it is dropped.
#[derive(Debug)]
pub(crate) struct Keeper {
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// # Errors
    /// If the file cannot be read or written, or is another one.
    pub(crate) fn start(path: &Path) -> Result<Self, String> {
        let kept = Kept {
            path: path.to_path_buf(),
            saved: Vec::new(),
        };
        kept.add(&[]).map_err(|error| cannot(path, &error))?;
        let (sender, receiver) = sync_channel(1);
        *WATCHER
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(sender);
        let thread = std::thread::Builder::new()
            .name("drift".to_owned())
            .spawn(move || kept.follow(&receiver))
            .map_err(|error| error.to_string())?;
        Ok(Self {
            thread: Some(thread),
        })
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        // Without a sender the thread writes what is left, and ends.
        let sender: Option<SyncSender<()>> = WATCHER
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .take();
        drop(sender);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A file, and what of this process is in it.
struct Kept {
    path: PathBuf,
    saved: Vec<Drift>,
}

impl Kept {
    fn follow(mut self, news: &Receiver<()>) {
        while news.recv().is_ok() {
            // Ends early with the process.
            let pause = news.recv_timeout(PAUSE);
            self.save();
            if pause == Err(RecvTimeoutError::Disconnected) {
                return;
            }
        }
        self.save();
    }

    fn save(&mut self) {
        let now = snapshot();
        let before = |one: &Drift| {
            let known = |other: &&Drift| other.tool == one.tool && other.pointer == one.pointer;
            self.saved.iter().find(known).map_or(0, |known| known.count)
        };
        let lines: Vec<Line> = now
            .iter()
            .map(|one| Line {
                tool: one.tool.to_owned(),
                operation: one.operation.clone(),
                pointer: one.pointer.clone(),
                reason: one.reason.clone(),
                count: one.count - before(one),
            })
            .filter(|line| line.count > 0)
            .collect();
        if lines.is_empty() {
            return;
        }
        match self.add(&lines) {
            Ok(()) => self.saved = now,
            Err(error) => tracing::warn!("{}", cannot(&self.path, &error)),
        }
    }

    /// Adds lines to the file, one process at a time.
    fn add(&self, lines: &[Line]) -> io::Result<()> {
        let lock = File::create(with_ending(&self.path, "lock"))?;
        lock.lock()?;
        let mut report = read(&self.path)?.unwrap_or_default();
        for line in lines {
            report.add(line);
        }
        let temporary = with_ending(&self.path, "tmp");
        fs::write(&temporary, serde_json::to_string_pretty(&report)? + "\n")?;
        fs::rename(&temporary, &self.path)
    }
}

impl Report {
    fn add(&mut self, line: &Line) {
        let places = self.drift.iter().filter(|known| known.tool == line.tool);
        let is_full = places.count() >= PLACES;
        let mut at = |pointer: &str| {
            let known = |one: &&mut Line| one.tool == line.tool && one.pointer == pointer;
            self.drift.iter_mut().find(known).map(|known| {
                known.count += line.count;
                known.reason.clone_from(&line.reason);
                known.operation.clone_from(&line.operation);
            })
        };
        if at(&line.pointer).is_some() || is_full && at(ELSEWHERE).is_some() {
            return;
        }
        let pointer = if is_full { ELSEWHERE } else { &line.pointer };
        self.drift.push(Line {
            pointer: pointer.to_owned(),
            ..line.clone()
        });
    }
}

/// The content of the file at `path`, if there is one.
fn read(path: &Path) -> io::Result<Option<Report>> {
    match fs::read(path) {
        Ok(bytes) => match serde_json::from_slice(&bytes) {
            Ok(report) => Ok(Some(report)),
            Err(_) => Err(io::Error::other("it is no report of drift")),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

fn cannot(path: &Path, error: &io::Error) -> String {
    format!("cannot keep drift in {}: {error}", path.display())
}

/// What the file at `path` says, for people: by operation, what strays most first.
///
/// # Errors
/// If it cannot be read or is another file.
pub(crate) fn report(path: &Path) -> Result<String, String> {
    let name = path.display();
    let mut lines = match read(path) {
        Ok(Some(report)) => report.drift,
        Ok(None) => {
            return Err(format!(
                "there is no {name} yet: a server that keeps its drift there writes it at its start"
            ));
        }
        Err(error) => return Err(format!("cannot read {name}: {error}")),
    };
    if lines.is_empty() {
        return Ok("no answer has strayed from the document\n".to_owned());
    }
    lines.sort_by(|a, b| {
        (&a.operation, &a.tool, b.count, &a.pointer).cmp(&(
            &b.operation,
            &b.tool,
            a.count,
            &b.pointer,
        ))
    });
    let total: u64 = lines.iter().map(|line| line.count).sum();
    let plural = |count: u64, thing: &str| match count {
        1 => format!("1 {thing}"),
        _ => format!("{count} {thing}s"),
    };
    let mut text = format!(
        "{} strayed from the document, {}\n",
        plural(lines.len() as u64, "place"),
        plural(total, "time")
    );
    let mut last = None;
    for line in &lines {
        let group = (&line.operation, &line.tool);
        if last != Some(group) {
            let _ = writeln!(text, "\n{} ({})", line.operation, line.tool);
            last = Some(group);
        }
        let pointer = match line.pointer.as_str() {
            "" => "the whole answer",
            ELSEWHERE => "elsewhere",
            pointer => pointer,
        };
        let _ = writeln!(text, "{:>8}  {pointer}: {}", line.count, line.reason);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(tool: &str, pointer: &str, count: u64) -> Line {
        Line {
            tool: tool.to_owned(),
            operation: format!("GET /{tool}"),
            pointer: pointer.to_owned(),
            reason: "r".to_owned(),
            count,
        }
    }

    #[test]
    fn processes_add_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("drift.json");
        let processes: Vec<_> = (0..4)
            .map(|_| {
                let path = path.clone();
                std::thread::spawn(move || {
                    let kept = Kept {
                        path,
                        saved: Vec::new(),
                    };
                    for _ in 0..10 {
                        kept.add(&[line("b", "/x", 2), line("a", "", 1)]).unwrap();
                    }
                })
            })
            .collect();
        for process in processes {
            process.join().unwrap();
        }
        let text = report(&path).unwrap();
        assert_eq!(
            text,
            "2 places strayed from the document, 120 times\n\nGET /a (a)\n      40  the whole answer: r\n\nGET /b (b)\n      80  /x: r\n"
        );
    }

    #[test]
    fn a_file_stays_small() {
        let mut report = Report::default();
        for index in 0..1000 {
            report.add(&line("a", &format!("/{index}"), 1));
            report.add(&line("b", "/x", 1));
        }
        assert_eq!(report.drift.len(), PLACES + 2);
        let elsewhere = report
            .drift
            .iter()
            .find(|line| line.pointer == ELSEWHERE)
            .unwrap();
        assert_eq!(elsewhere.count, 1000 - PLACES as u64);
    }

    #[test]
    fn another_file_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.json");
        assert!(report(&path).unwrap_err().starts_with("there is no "));
        fs::write(&path, "{\"mine\": 1}").unwrap();
        assert!(
            report(&path)
                .unwrap_err()
                .ends_with("it is no report of drift")
        );
        let reason = Keeper::start(&path).unwrap_err();
        assert!(reason.ends_with("it is no report of drift"), "{reason}");
        assert_eq!(fs::read(&path).unwrap(), b"{\"mine\": 1}");
    }
}
