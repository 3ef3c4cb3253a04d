//! What a tool costs to generate and to build, from 10 to 1,000 of them.
//!
//! `cargo bench -p toolwright-tests --no-default-features --bench cost` prints it, and writes the last
//! section of `docs/corpus.md` anew. Asserts nothing: times depend on the machine.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::available_parallelism;
use std::time::Instant;

use serde_json::Value;
use toolwright_tests::{Process, cargo, copy_tree, real_documents, release_bin, root, run, target};

/// A large document with many operations of every kind.
const DOCUMENT: &str = "github-api-full";
const SIZES: [usize; 3] = [10, 100, 1000];
const HEADING: &str = "## What a tool costs to build\n";

fn main() {
    // `cargo test --benches` and `cargo bench -- --list` run benches too.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let Some((_, documents)) = real_documents() else {
        return;
    };
    let document = documents.join(format!("{DOCUMENT}.json"));
    let folder = target().join("corpus/cost");
    let _ = fs::remove_dir_all(&folder);
    copy_tree(&root().join("runtime"), &folder.join("runtime"));
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).expect("the lock file");

    let whole = whole(&document, &folder);
    let requests = requests(&folder);
    for size in SIZES {
        generate(&document, &folder, &requests, size);
    }
    let members: Vec<String> = SIZES
        .iter()
        .map(|size| format!("\"tools-{size}\""))
        .collect();
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}]\n\n\
         [profile.dev.package.\"*\"]\ndebug = false\n\n[profile.release]\nstrip = true\ncodegen-units = 1\n",
        members.join(", ")
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("the workspace");
    let (debug, release) = (build(&folder, "dev"), build(&folder, "release"));
    write(&text(&whole, &debug, &release));
}

/// Takes the whole document; what that took.
fn whole(document: &Path, folder: &Path) -> String {
    let spec = folder.join("whole");
    let (init_seconds, init_peak) = measured(
        Command::new(release_bin("toolwright"))
            .arg("init")
            .arg(document)
            .args(["--all", "--out"])
            .arg(&spec),
    );
    let (seconds, peak) = measured(
        Command::new(release_bin("toolwright"))
            .arg("generate")
            .arg(spec.join("tools.yaml"))
            .arg("--out")
            .arg(folder.join("whole/server")),
    );
    let mib = |kib: Option<u64>| kib.map_or_else(|| "?".to_owned(), |kib| (kib / 1024).to_string());
    format!(
        "`init --all` of `{DOCUMENT}` takes {init_seconds:.2} s and {} MiB at its peak, `generate` of all its \
         operations {seconds:.2} s and {} MiB.",
        mib(init_peak),
        mib(peak)
    )
}

/// Wall time and peak memory of a command that succeeds.
fn measured(command: &mut Command) -> (f64, Option<u64>) {
    let start = Instant::now();
    let quiet = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let (status, peak) = Process::start(quiet).watch();
    assert!(status.success(), "{command:?} failed");
    (start.elapsed().as_secs_f64(), peak)
}

/// Method and path of every operation.
fn requests(folder: &Path) -> Vec<String> {
    let output = Command::new(release_bin("toolwright"))
        .arg("tools")
        .arg(folder.join("whole/tools.yaml"))
        .args(["--format", "json"])
        .output()
        .expect("toolwright starts");
    let listed: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let tools = listed["systems"][0]["tools"].as_array().expect("the tools");
    let text = |tool: &Value, key: &str| tool[key].as_str().unwrap_or_default().to_owned();
    tools
        .iter()
        .map(|tool| format!("{} {}", text(tool, "method"), text(tool, "path")))
        .collect()
}

/// Generates a server of so many of the operations, evenly spread over the document.
fn generate(document: &Path, folder: &Path, requests: &[String], size: usize) {
    let server = folder.join(format!("tools-{size}"));
    let mut spec =
        format!("version: 1\nopenapi: {document:?}\nserver: {{ name: tools-{size} }}\ntools:\n");
    for index in 0..size {
        let request = &requests[index * requests.len() / size];
        let _ = writeln!(
            spec,
            "  tool_{index}: {{ operation: {request:?}, annotations: {{ destructive: false, idempotent: false }} }}"
        );
    }
    let path = folder.join(format!("tools-{size}.yaml"));
    fs::write(&path, spec).expect("the tools spec");
    fs::write(folder.join("Cargo.toml"), "[workspace]\n").expect("the workspace");
    run(Command::new(release_bin("toolwright"))
        .arg("generate")
        .arg(path)
        .arg("--out")
        .arg(server));
}

/// CPU seconds to build each server after what it links.
fn build(folder: &Path, profile: &str) -> Vec<f64> {
    cpu(folder, profile, "toolwright-runtime");
    SIZES
        .iter()
        .map(|size| cpu(folder, profile, &format!("tools-{size}")))
        .collect()
}

/// CPU seconds of cargo and the compilers it starts.
fn cpu(folder: &Path, profile: &str, package: &str) -> f64 {
    let cargo = cargo();
    let script = format!(
        "{:?} build --quiet --offline --profile {profile} -p {package} && times",
        cargo.get_program()
    );
    let mut shell = Command::new("sh");
    for (name, _) in cargo.get_envs() {
        shell.env_remove(name);
    }
    let output = shell
        .args(["-c", &script])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", built())
        .env_remove("CARGO_INCREMENTAL")
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .stdin(Stdio::null())
        .output()
        .expect("sh starts");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    // The second line is the children's: `1m2.345s 0m0.678s`.
    let times = said.lines().nth(1).unwrap_or_default();
    times.split_whitespace().filter_map(seconds).sum()
}

fn built() -> PathBuf {
    target().join("corpus/cost-build")
}

/// `1m2.345s` in seconds.
fn seconds(time: &str) -> Option<f64> {
    let (minutes, seconds) = time.strip_suffix('s')?.split_once('m')?;
    Some(minutes.parse::<f64>().ok()? * 60.0 + seconds.parse::<f64>().ok()?)
}

fn text(whole: &str, debug: &[f64], release: &[f64]) -> String {
    let said = |program: &str, argument: &str| {
        let output = Command::new(program).arg(argument).output().ok();
        output
            .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
            .unwrap_or_default()
    };
    let compiler = said("rustc", "--version");
    let mut text = format!(
        "\nCPU seconds to build the generated crate alone, after what it links: servers of tools evenly spread over\n\
         `{DOCUMENT}`. Measured as `cargo bench -p toolwright-tests --no-default-features --bench cost` does;\n\
         {day}, {compiler}, {cores} cores.\n\n\
         | tools | debug | ms a tool | release | ms a tool |\n|---:|---:|---:|---:|---:|\n",
        day = said("date", "+%F"),
        compiler = compiler.split(" (").next().unwrap_or_default(),
        cores = available_parallelism().map_or(1, usize::from),
    );
    for ((size, debug), release) in SIZES.iter().zip(debug).zip(release) {
        let each = |seconds: &f64| seconds * 1000.0 / *size as f64;
        let _ = writeln!(
            text,
            "| {size} | {debug:.1} | {:.0} | {release:.1} | {:.0} |",
            each(debug),
            each(release)
        );
    }
    let slope = |times: &[f64]| (times[2] - times[1]) * 1000.0 / (SIZES[2] - SIZES[1]) as f64;
    let _ = writeln!(
        text,
        "\nBetween 100 and 1,000 tools each one adds {:.0} ms (debug) and {:.0} ms (release).\n\n{whole}",
        slope(debug),
        slope(release)
    );
    text
}

/// Puts the section where it was.
fn write(section: &str) {
    println!("{section}");
    let path = root().join("docs/corpus.md");
    let old = fs::read_to_string(&path).unwrap_or_default();
    let before = old.split_once(HEADING).map_or(&*old, |(before, _)| before);
    fs::write(path, format!("{before}{HEADING}{section}")).expect("docs/corpus.md");
}
