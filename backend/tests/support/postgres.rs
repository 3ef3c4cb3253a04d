//! A PostgreSQL server for tests, from Debian's package: a private folder, a socket in it, no port.
//!
//! A shell starts it and waits for the end of its input, which comes with the end of the test's process,
//! whatever ends it. Then it stops the server and removes the folder.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

const SCRIPT: &str = r#"
trap '' INT TERM HUP
bin=$1; folder=$2
log() { cat "$folder"/*.log >&2; }
stop() { "$bin/pg_ctl" -D "$folder/data" -m immediate stop >>"$folder/stop.log" 2>&1; }
start() {
    "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/server.log" -o "-k $folder -h '' -c fsync=off \
        -c max_connections=200 -c log_min_messages=warning" start >>"$folder/start.log" 2>&1
}
# A collation of its own, unlike SQLite's, where the server can do that.
make() { "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --no-sync "$@" >"$folder/init.log" 2>&1; }
if { make --locale=C.UTF-8 --locale-provider=icu --icu-locale=en-US || make --locale=C.UTF-8; } && start; then
    echo ready
    while read -r command; do
        case $command in
            stop) stop ;;
            start) start ;;
            *) "$bin/psql" -h "$folder" -U postgres -c "CREATE SCHEMA $command" >>"$folder/create.log" 2>&1 ;;
        esac && echo done || { log; echo failed; }
    done
    stop
else
    log
fi
rm -rf "$folder"
"#;

/// The ends of the shell's pipes.
#[derive(Debug)]
struct Talk {
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

/// A running server; stopped when it goes out of scope or the process ends.
#[derive(Debug)]
pub(crate) struct Server {
    folder: PathBuf,
    talk: Mutex<Talk>,
    shell: Mutex<Child>,
    databases: AtomicU32,
}

impl Server {
    /// Starts one; `None` after saying that the test is skipped.
    pub(crate) fn start() -> Option<Self> {
        let Some(bin) = installed() else {
            skip("no PostgreSQL server (Debian's package is postgresql)");
            return None;
        };
        let folder = tempfile::Builder::new()
            .prefix("ktrdr-pg-")
            .tempdir_in("/tmp")
            .unwrap()
            .keep();
        let mut command = Command::new("sh");
        if is_root() {
            // The server refuses to run as root; the package has made a user for it.
            run("chown", &["postgres", text(&folder)]);
            command = Command::new("setpriv");
            command.args([
                "--reuid=postgres",
                "--regid=postgres",
                "--clear-groups",
                "sh",
            ]);
        }
        let mut shell = command
            .args(["-c", SCRIPT, "sh", text(&bin), text(&folder)])
            .current_dir("/")
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let talk = Talk {
            input: shell.stdin.take(),
            output: BufReader::new(shell.stdout.take().unwrap()),
        };
        let server = Self {
            folder,
            talk: talk.into(),
            shell: shell.into(),
            databases: AtomicU32::new(0),
        };
        expect(&mut server.talk.lock().unwrap(), "ready");
        Some(server)
    }

    /// The URL of a new, empty database: a schema of its own, which is much quicker to make.
    pub(crate) fn database(&self) -> String {
        let name = format!("t{}", self.databases.fetch_add(1, Ordering::SeqCst));
        self.tell(&name);
        let host = text(&self.folder).replace('/', "%2F");
        format!("postgres://postgres:secret@{host}/postgres?options=-csearch_path%3D{name}")
    }

    /// Stops the server; its data stay.
    pub(crate) fn stop(&self) {
        self.tell("stop");
    }

    /// Starts the server again.
    pub(crate) fn go_on(&self) {
        self.tell("start");
    }

    fn tell(&self, command: &str) {
        let mut talk = self.talk.lock().unwrap();
        writeln!(talk.input.as_mut().unwrap(), "{command}").unwrap();
        expect(&mut talk, "done");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Ok(talk) = self.talk.get_mut() {
            talk.input = None;
        }
        if let Ok(shell) = self.shell.get_mut() {
            let _ = shell.wait();
        }
    }
}

fn expect(talk: &mut Talk, answer: &str) {
    let mut line = String::new();
    talk.output.read_line(&mut line).unwrap();
    assert_eq!(line.trim_end(), answer, "what PostgreSQL says is above");
}

/// Says on stderr that a test is skipped, unless `TOOLWRIGHT_REQUIRE` insists on PostgreSQL.
fn skip(missing: &str) {
    let asked = std::env::var("TOOLWRIGHT_REQUIRE").unwrap_or_default();
    let required = asked
        .split(',')
        .any(|item| ["all", "postgres"].contains(&item.trim()));
    assert!(
        !required,
        "TOOLWRIGHT_REQUIRE asks for `postgres`, which is missing: {missing}"
    );
    let name = std::thread::current().name().unwrap_or("a test").to_owned();
    let _ = writeln!(std::io::stderr(), "skipped {name}: {missing}");
}

/// The folder of the newest installed server's programs.
fn installed() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    versions
        .filter_map(|version| {
            let path = version.ok()?.path();
            let number: u32 = path.file_name()?.to_str()?.parse().ok()?;
            Some((number, path.join("bin")))
        })
        .filter(|(_, bin)| bin.join("initdb").is_file())
        .max()
        .map(|(_, bin)| bin)
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    output.stdout == b"0\n"
}

fn run(program: &str, arguments: &[&str]) {
    assert!(
        Command::new(program)
            .args(arguments)
            .status()
            .unwrap()
            .success()
    );
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
