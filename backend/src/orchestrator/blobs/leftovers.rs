//! Uploads that a hub did not live to finish.

use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// An upload that nothing was added to for so long has nobody who would finish it. Hubs may share a folder,
/// and one may be at it now.
const OLD: Duration = Duration::from_secs(3600);

/// Removes from a folder the files that are old. Answers how many there were.
pub(super) fn remove(folder: &Path, now: SystemTime) -> io::Result<usize> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut removed = 0;
    for entry in entries {
        let entry = entry?;
        // What is not there any more was finished, or removed by another hub.
        let Ok(about) = entry.metadata() else {
            continue;
        };
        let age = now.duration_since(about.modified()?).unwrap_or_default();
        if about.is_file() && age > OLD && std::fs::remove_file(entry.path()).is_ok() {
            removed += 1;
        }
    }
    Ok(removed)
}
