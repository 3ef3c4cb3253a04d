//! Processes that end with the test that started them.

use std::process::{Child, Command, ExitStatus};

use crate::until_sync;

/// A process; dropped, it is killed.
#[derive(Debug)]
pub struct Process(pub Child);

impl Process {
    /// Starts `command`.
    ///
    /// # Panics
    /// If it cannot be started.
    pub fn start(command: &mut Command) -> Self {
        Self(
            command
                .spawn()
                .unwrap_or_else(|error| panic!("{command:?} does not start: {error}")),
        )
    }

    /// Asks it to end, as a service manager or Ctrl-C does (`TERM`, `INT`).
    ///
    /// # Panics
    /// If there is no such process.
    pub fn signal(&self, name: &str) {
        let id = self.0.id().to_string();
        let sent = Command::new("kill")
            .args(["-s", name, &id])
            .status()
            .expect("kill starts");
        assert!(sent.success(), "no process {id}");
    }

    /// Ends it at once, as a crash does.
    pub fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// If it does not end.
    pub fn wait(&mut self) -> ExitStatus {
        until_sync("the end of a process", || {
            self.0.try_wait().expect("its state")
        })
    }

    /// Waits for its end, however long: how it ended, and its highest resident memory in KiB where the
    /// system tells.
    ///
    /// # Panics
    /// If its state cannot be asked for.
    pub fn watch(&mut self) -> (ExitStatus, Option<u64>) {
        let mut highest = None;
        loop {
            highest = highest.max(self.peak_memory());
            if let Some(status) = self.0.try_wait().expect("its state") {
                return (status, highest);
            }
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
    }

    /// Its highest resident memory so far, in KiB; `None` where the system does not tell.
    pub fn peak_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().strip_suffix("kB")?.trim().parse().ok()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
