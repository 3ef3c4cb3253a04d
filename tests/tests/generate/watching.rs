//! `generate --watch` as a person leaves it running.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use toolwright_tests::{Process, bin, copy_tree, root, until_sync};

/// A running `toolwright generate --watch` and what it has said since it was last asked.
struct Watching {
    process: Process,
    said: Arc<Mutex<String>>,
}

impl Watching {
    fn start(folder: &Path) -> Self {
        let mut command = Command::new(bin("toolwright"));
        command
            .args(["generate", "tools.yaml", "--out", "server", "--watch"])
            .env("NO_COLOR", "1")
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process = Process::start(&mut command);
        let said = Arc::new(Mutex::new(String::new()));
        let streams: [Option<Box<dyn Read + Send>>; 2] = [
            process.0.stdout.take().map(|stream| Box::new(stream) as _),
            process.0.stderr.take().map(|stream| Box::new(stream) as _),
        ];
        for stream in streams.into_iter().flatten() {
            let said = said.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    *said.lock().expect("the lines") += &format!("{line}\n");
                }
            });
        }
        let watching = Self { process, said };
        let said = &watching.said;
        until_sync("the start", || {
            let said = said.lock().expect("the lines");
            said.contains("Ctrl-C ends").then_some(())
        });
        watching
    }

    /// Waits for `text` in what is said; forgets all of it.
    fn says(&self, text: &str) -> String {
        until_sync(text, || {
            let mut said = self.said.lock().expect("the lines");
            said.contains(text).then(|| std::mem::take(&mut *said))
        })
    }
}

fn shop() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    copy_tree(&root().join("tests/cmd/generate.in"), folder.path());
    folder
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).expect("an input");
    assert!(text.contains(from), "{from} in {}", path.display());
    fs::write(path, text.replace(from, to)).expect("written");
}

#[test]
fn a_change_is_written_and_told() {
    let folder = shop();
    let spec = folder.path().join("tools.yaml");
    let mut watching = Watching::start(folder.path());
    let list = folder.path().join("server/tools.json");
    let client = folder.path().join("server/src/clients/mod.rs");
    let modified = |path: &Path| {
        fs::metadata(path)
            .and_then(|data| data.modified())
            .expect("a time")
    };
    let before = modified(&client);
    assert!(
        !fs::read_to_string(&list)
            .expect("the list")
            .contains("find_orders")
    );

    edit(&spec, "  list_orders:", "  find_orders:");
    let said = watching.says("breaking");
    assert!(said.contains("find_orders"), "{said}");
    assert!(
        fs::read_to_string(&list)
            .expect("the list")
            .contains("find_orders")
    );
    assert_eq!(
        modified(&client),
        before,
        "what is as before is not written"
    );

    watching.process.signal("INT");
    assert_eq!(watching.process.wait().code(), Some(0));
}

#[test]
fn errors_are_told_and_end_nothing() {
    let folder = shop();
    let spec = folder.path().join("tools.yaml");
    let watching = Watching::start(folder.path());
    let good = fs::read_to_string(&spec).expect("the spec");
    let list = fs::read_to_string(folder.path().join("server/tools.json")).expect("the list");
    fs::write(&spec, "version: [").expect("written");
    watching.says("error[TW0102]");
    fs::remove_file(&spec).expect("removed");
    watching.says("error[TW0101]");
    fs::write(&spec, good).expect("written");
    watching.says("up to date");
    let after = fs::read_to_string(folder.path().join("server/tools.json")).expect("the list");
    assert_eq!(after, list);
}

#[test]
fn an_editor_may_put_a_new_file_in_the_place_of_the_old_one() {
    let folder = shop();
    let document = folder.path().join("shop.yaml");
    let watching = Watching::start(folder.path());
    for (from, to) in [
        ("List orders", "Show orders"),
        ("Show orders", "See orders"),
    ] {
        let swap = folder.path().join("shop.yaml.swp");
        fs::copy(&document, &swap).expect("a copy");
        edit(&swap, from, to);
        fs::rename(&swap, &document).expect("renamed");
        watching.says(to);
    }
}

/// Files that the document refers to and the spec includes, also where they are not there yet.
#[test]
fn other_files_of_the_input_are_watched() {
    let folder = shop();
    let (document, spec) = (
        folder.path().join("shop.yaml"),
        folder.path().join("tools.yaml"),
    );
    edit(
        &document,
        "'#/components/schemas/Order'",
        "parts/order.yaml",
    );
    edit(
        &spec,
        "version: 1",
        "version: 1\ninclude: [more/health.yaml]",
    );
    let watching = Watching::start(folder.path());
    watching.says("more/health.yaml");
    fs::create_dir(folder.path().join("more")).expect("a folder");
    fs::write(folder.path().join("more/health.yaml"), "tools: {}\n").expect("written");
    // A file that is missing is warned of; what does without it is written.
    watching.says("new      tools.json");
    let order = "type: object\nproperties:\n  id: { type: string }\n";
    fs::create_dir(folder.path().join("parts")).expect("a folder");
    fs::write(folder.path().join("parts/order.yaml"), order).expect("written");
    watching.says("changed  tools.json");
    fs::write(
        folder.path().join("parts/order.yaml"),
        order.replace("string", "integer"),
    )
    .expect("written");
    watching.says("id` of the result");
}
