//! The answers of executions that have ended: one file each, so that they outlive the process.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::job::Answer;

/// How long an answer is kept; a hub asks again within seconds.
const DAYS: u64 = 7;

/// How an execution has ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", content = "answer", rename_all = "snake_case")]
pub(super) enum Ending {
    /// The work was done, well or not.
    Answered(Answer),
    /// It was told to stop.
    Cancelled,
}

/// A folder of answers.
#[derive(Debug)]
pub(super) struct Kept {
    folder: PathBuf,
}

impl Kept {
    /// The answers of a folder, which is made if it is not there.
    pub(super) fn open(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let kept = Self { folder };
        kept.forget_old()?;
        Ok(kept)
    }

    /// How the execution of a job has ended, if that is known. A file that cannot be read is as good as
    /// none: the job is run again.
    pub(super) fn get(&self, job: Uuid) -> Option<Ending> {
        let text = fs::read(self.path(job)).ok()?;
        serde_json::from_slice(&text)
            .inspect_err(|error| tracing::warn!(%job, %error, "a kept answer cannot be read"))
            .ok()
    }

    /// Keeps how the execution of a job has ended, all at once or not at all.
    pub(super) fn put(&self, job: Uuid, ending: &Ending) -> io::Result<()> {
        self.forget_old()?;
        let mut draft = tempfile::NamedTempFile::new_in(&self.folder)?;
        draft.write_all(&serde_json::to_vec(ending)?)?;
        draft.as_file().sync_all()?;
        draft.persist(self.path(job))?;
        Ok(())
    }

    fn forget_old(&self) -> io::Result<()> {
        const OLDEST: Duration = Duration::from_secs(DAYS * 24 * 3600);
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let age = entry.metadata()?.modified()?.elapsed().unwrap_or_default();
            if age > OLDEST {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    fn path(&self, job: Uuid) -> PathBuf {
        self.folder.join(format!("{job}.json"))
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn endings_are_kept_for_days() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Kept::open(folder.path().join("results")).unwrap();
        let (old, new) = (Uuid::new_v4(), Uuid::new_v4());
        let failed = Ending::Answered(Answer::failed("no bars"));
        open().put(old, &Ending::Cancelled).unwrap();
        open().put(new, &failed).unwrap();
        assert_eq!(open().get(old), Some(Ending::Cancelled));
        assert_eq!(open().get(Uuid::new_v4()), None);

        let long_ago = SystemTime::now() - Duration::from_secs((DAYS + 1) * 24 * 3600);
        let file = File::options().write(true).open(open().path(old)).unwrap();
        file.set_modified(long_ago).unwrap();
        assert_eq!((open().get(old), open().get(new)), (None, Some(failed)));
    }

    #[test]
    fn a_broken_file_is_as_good_as_none() {
        let folder = tempfile::tempdir().unwrap();
        let kept = Kept::open(folder.path().to_owned()).unwrap();
        let job = Uuid::new_v4();
        fs::write(kept.path(job), "{\"state\":").unwrap();
        assert_eq!(kept.get(job), None);
    }
}
