//! A fixed number of cases, the same on every machine.
//!
//! `TOOLWRIGHT_FUZZ=5000..9000` runs others; a single one, `TOOLWRIGHT_FUZZ=4711..4712`, leaves its input
//! in `target/fuzz/4711` to be looked at.

use std::fs;
use std::io::Write;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use toolwright_fuzz::{Case, Mutator, Random, Verdict, seeds};

/// Cases of an ordinary run.
const CASES: Range<u64> = 0..3000;
/// One case takes milliseconds; one that takes this long does not end.
const HANG: Duration = Duration::from_secs(60);
/// In how many processes.
const PROCESSES: u64 = 2;
/// As much stack as the main thread of a command has.
const STACK: usize = 8 << 20;

fn range(variable: &str) -> Option<Range<u64>> {
    let text = std::env::var(variable).ok()?;
    let (start, end) = text.split_once("..")?;
    Some(start.parse().ok()?..end.parse().ok()?)
}

fn scratch() -> PathBuf {
    let exe = std::env::current_exe().expect("the path of this process");
    let target = exe.ancestors().nth(3).expect("the target folder");
    let folder = target.join("fuzz");
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// The cases run in processes of their own: what overflows the stack or never ends takes only those along,
/// and the number of the case is known.
#[test]
fn whatever_comes_in_nothing_breaks() {
    if std::env::var_os("TOOLWRIGHT_FUZZ_PART").is_some() {
        return;
    }
    let cases = range("TOOLWRIGHT_FUZZ").unwrap_or(CASES);
    let size = (cases.end - cases.start).div_ceil(PROCESSES).max(1);
    let parts: Vec<Part> = (0..PROCESSES)
        .map(|index| cases.start + index * size..(cases.start + (index + 1) * size).min(cases.end))
        .filter(|part| !part.is_empty())
        .map(Part::start)
        .collect();
    let failures: Vec<String> = parts.into_iter().filter_map(Part::failure).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// A process that runs some of the cases.
struct Part {
    cases: Range<u64>,
    process: Child,
    progress: PathBuf,
    said: PathBuf,
}

impl Part {
    fn start(cases: Range<u64>) -> Self {
        let progress = scratch().join(format!("progress-{}", cases.start));
        let said = scratch().join(format!("said-{}", cases.start));
        let _ = fs::remove_file(&progress);
        let process = Command::new(std::env::current_exe().expect("the path of this process"))
            .args(["--exact", "part", "--nocapture", "--include-ignored"])
            .env(
                "TOOLWRIGHT_FUZZ_PART",
                format!("{}..{}", cases.start, cases.end),
            )
            .env("TOOLWRIGHT_FUZZ_PROGRESS", &progress)
            .stdin(Stdio::null())
            .stdout(fs::File::create(&said).expect("a file"))
            .stderr(Stdio::null())
            .spawn()
            .expect("the process starts");
        Self {
            cases,
            process,
            progress,
            said,
        }
    }

    /// What went wrong, if something did.
    fn failure(mut self) -> Option<String> {
        let mut last = (String::new(), Instant::now());
        let status = loop {
            if let Some(status) = self.process.try_wait().expect("its state") {
                break Some(status);
            }
            let now = fs::read_to_string(&self.progress).unwrap_or_default();
            if now != last.0 {
                last = (now, Instant::now());
            } else if last.1.elapsed() > HANG {
                break None;
            }
            std::thread::sleep(Duration::from_millis(25));
        };
        let at = fs::read_to_string(&self.progress).unwrap_or_default();
        let replay =
            format!("replay: TOOLWRIGHT_FUZZ={at}..N cargo test -p toolwright-fuzz --test bounded");
        match status {
            Some(status) if status.success() => None,
            Some(_) if at == self.cases.end.to_string() => {
                Some(fs::read_to_string(&self.said).unwrap_or_default())
            }
            Some(status) => Some(format!("case {at} ended the process: {status}\n{replay}")),
            None => Some(format!("case {at} does not end\n{replay}")),
        }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Runs the cases of one process. By itself it does nothing.
#[test]
#[ignore = "run by the other test, in processes of their own"]
fn part() {
    let (Some(cases), Some(progress)) = (
        range("TOOLWRIGHT_FUZZ_PART"),
        std::env::var_os("TOOLWRIGHT_FUZZ_PROGRESS"),
    ) else {
        return;
    };
    let run = move || {
        let mutator = Mutator::new(seeds());
        let mut counts = [0_usize; 2];
        let mut faults = Vec::new();
        let single = cases.end - cases.start == 1;
        for number in cases.clone() {
            fs::write(&progress, number.to_string()).expect("the progress");
            let case = mutator.case(&mut Random::new(number));
            if single {
                keep(&case, number);
            }
            match catch_unwind(AssertUnwindSafe(|| case.run())) {
                Ok(Ok(Verdict::Generated)) => counts[0] += 1,
                Ok(Ok(Verdict::Refused)) => counts[1] += 1,
                Ok(Ok(Verdict::Faulty(wrong))) => {
                    faults.push(describe(number, &case, &wrong.join("; ")))
                }
                Ok(Err(error)) => faults.push(describe(number, &case, &error.to_string())),
                Err(panic) => faults.push(describe(number, &case, &message(&*panic))),
            }
        }
        fs::write(&progress, cases.end.to_string()).expect("the progress");
        let _ = writeln!(
            std::io::stdout(),
            "{} generated, {} refused",
            counts[0],
            counts[1]
        );
        assert!(
            counts[0] > 0 || single,
            "nothing got through: the seeds are of no use"
        );
        let few: Vec<_> = faults.iter().take(20).cloned().collect();
        let _ = writeln!(
            std::io::stdout(),
            "{} cases failed\n{}",
            faults.len(),
            few.join("\n")
        );
        faults.is_empty()
    };
    let thread = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(run)
        .expect("a thread");
    assert!(thread.join().is_ok_and(|fine| fine), "some cases failed");
}

fn message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    format!("panic: {}", text.unwrap_or("?"))
}

fn describe(number: u64, case: &Case, what: &str) -> String {
    let what: String = what.chars().take(600).collect();
    format!(
        "case {number} (of {}): {what}\n  replay: TOOLWRIGHT_FUZZ={number}..{} cargo test -p toolwright-fuzz --test bounded",
        case.name,
        number + 1
    )
}

fn keep(case: &Case, number: u64) {
    let folder = scratch().join(number.to_string());
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("openapi.json"), &case.document).expect("the document");
    fs::write(folder.join("tools.yaml"), &case.spec).expect("the tools spec");
}
