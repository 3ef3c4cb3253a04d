//! Waits for files to change.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;

use super::Failure;

/// How long nothing must happen: an editor writes a file in several steps.
const QUIET: Duration = Duration::from_millis(20);
/// Events of one change at most, so that a file that never rests is looked at all the same.
const MOST: usize = 200;

/// Files whose changes are waited for.
///
/// It is their folders that are watched: an editor puts a new file in the place of the old one.
pub(super) struct Watch {
    watcher: RecommendedWatcher,
    events: UnboundedReceiver<notify::Result<Event>>,
    folders: HashSet<PathBuf>,
}

impl Watch {
    pub(super) fn new() -> Result<Self, Failure> {
        let (sender, events) = unbounded_channel();
        // Nobody listens any more when the receiver is gone.
        let watcher = notify::recommended_watcher(move |event| drop(sender.send(event)));
        Ok(Self {
            watcher: watcher.map_err(|error| cannot(&error))?,
            events,
            folders: HashSet::new(),
        })
    }

    /// Watches the folders of `files`, and no others. Whether there are new ones among them.
    pub(super) fn follow(&mut self, files: &HashSet<PathBuf>) -> Result<bool, Failure> {
        let wanted: HashSet<PathBuf> = files.iter().filter_map(|file| nearest(file)).collect();
        for folder in self.folders.difference(&wanted) {
            // It may be gone.
            let _ = self.watcher.unwatch(folder);
        }
        for folder in wanted.difference(&self.folders) {
            self.watcher
                .watch(folder, RecursiveMode::NonRecursive)
                .map_err(|error| cannot(&error))?;
        }
        let more = !wanted.is_subset(&self.folders);
        self.folders = wanted;
        Ok(more)
    }

    /// Waits until something happens to `files` or the folders they are in, and then until nothing does: which of them.
    pub(super) async fn change(
        &mut self,
        files: &HashSet<PathBuf>,
    ) -> Result<HashSet<PathBuf>, Failure> {
        let mut touched = HashSet::new();
        let mut events = 0;
        loop {
            let next = match touched.is_empty() {
                true => self.events.recv().await,
                false => match timeout(QUIET, self.events.recv()).await {
                    Ok(next) if events < MOST => next,
                    _ => return Ok(touched),
                },
            };
            let event = match next {
                Some(event) => event.map_err(|error| cannot(&error))?,
                None => return Err(Failure::Other("nothing tells of changes any more".into())),
            };
            events += 1;
            // Reading them, as this program does, changes nothing.
            if matches!(event.kind, EventKind::Access(_)) {
                continue;
            }
            // Some were lost on the way.
            if event.need_rescan() {
                touched.extend(files.iter().cloned());
            }
            for path in &event.paths {
                // A folder that was removed is not watched any more, even if it is there again.
                self.folders.remove(path);
                let concerned = |file: &&PathBuf| file.starts_with(path);
                touched.extend(files.iter().filter(concerned).cloned());
            }
        }
    }
}

/// The places of a file, each absolute: by the name it has, and where links lead.
pub(super) fn places(file: &Path) -> Vec<PathBuf> {
    let by_name = file.parent().and_then(|folder| {
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        Some(folder.canonicalize().ok()?.join(file.file_name()?))
    });
    let missing = || std::path::absolute(file).ok();
    let real = file.canonicalize().ok();
    by_name.or_else(missing).into_iter().chain(real).collect()
}

/// The folder of a file, or the nearest above it that is there.
fn nearest(file: &Path) -> Option<PathBuf> {
    let mut folders = file.ancestors().skip(1);
    folders
        .find(|folder| folder.is_dir())
        .map(Path::to_path_buf)
}

fn cannot(error: &notify::Error) -> Failure {
    Failure::Other(format!("cannot watch for changes: {error}"))
}
