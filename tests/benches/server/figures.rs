//! Times, processor time and memory.

use std::fmt;
use std::time::{Duration, Instant};

/// How long some work takes; what it gives is dropped afterwards.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    let kept = work();
    let time = start.elapsed();
    drop(kept);
    time
}

pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

pub(crate) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// What many calls cost a process.
pub(crate) struct Cost {
    calls: usize,
    time: Duration,
    processor: Option<f64>,
}

impl Cost {
    /// Measures `work`, which makes so many calls of process `id`.
    pub(crate) fn of(id: u32, calls: usize, work: impl FnOnce()) -> Self {
        let before = processor(id);
        let time = timed(work);
        let processor = processor(id)
            .zip(before)
            .map(|(after, before)| after - before);
        Self {
            calls,
            time,
            processor,
        }
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let a_second = self.calls as f64 / self.time.as_secs_f64();
        write!(f, "{a_second:.0} calls/s")?;
        match self.processor {
            Some(seconds) => {
                let each = seconds * 1000.0 / self.calls as f64;
                write!(f, ", {each:.3} s of processor for 1,000")
            }
            None => Ok(()),
        }
    }
}

/// Seconds of processor time of a process so far (Linux).
fn processor(id: u32) -> Option<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let ticks: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    // Linux tells these in hundredths of a second whatever its clock.
    Some((ticks + system) as f64 / 100.0)
}

/// Resident memory of a process in MiB (Linux).
pub(crate) fn resident(id: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kib / 1024.0)
}
