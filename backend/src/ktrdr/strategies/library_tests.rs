use std::sync::Barrier;

use serde_json::json;
use tempfile::TempDir;

use super::*;

fn library() -> (TempDir, Library) {
    let folder = tempfile::tempdir().unwrap();
    let library = Library::new(folder.path().join("strategies"));
    (folder, library)
}

fn strategy(name: &str) -> Strategy {
    let [mut example, ..] = schema::examples();
    example["name"] = json!(name);
    Strategy::read(example).unwrap()
}

fn names(library: &Library) -> Vec<String> {
    library
        .list()
        .unwrap()
        .into_iter()
        .map(|(name, _)| name)
        .collect()
}

const BUILT_IN: [&str; 3] = ["mlp_basic", "mlp_wide", "mlp_deep"];

#[test]
fn what_is_saved_is_listed_and_got_again() {
    let (folder, library) = library();
    assert_eq!(names(&library), BUILT_IN);
    library.save(&strategy("one"), false).unwrap();
    let stored = library.get("one").unwrap().unwrap();
    assert_eq!(stored.config, Ok(strategy("one")));
    assert!(
        stored.updated_at.is_some() && stored.yaml.starts_with("name: one\n"),
        "{stored:?}"
    );
    assert_eq!(
        names(&library),
        ["one", "mlp_basic", "mlp_wide", "mlp_deep"]
    );
    let path = folder.path().join("strategies/one.yaml");
    assert_eq!(fs::read_to_string(path).unwrap(), stored.yaml);

    assert!(matches!(
        library.save(&strategy("one"), false),
        Err(SaveError::Taken)
    ));
    let mut other = strategy("one");
    other.description = "Another one.".to_owned();
    library.save(&other, true).unwrap();
    assert_eq!(library.get("one").unwrap().unwrap().config, Ok(other));
    for path in [
        "strategies/one.yaml",
        "one.yml",
        "a\\b\\one",
        "/x/../one.yaml",
    ] {
        assert_eq!(library.find(path).unwrap().unwrap().name, "one", "{path}");
    }
    assert_eq!(library.get("two").unwrap(), None);
}

#[test]
fn the_built_in_ones_are_read_only() {
    let (folder, library) = library();
    for overwrite in [false, true] {
        assert!(matches!(
            library.save(&strategy("mlp_basic"), overwrite),
            Err(SaveError::BuiltIn)
        ));
    }
    // A file of such a name changes nothing.
    fs::create_dir(folder.path().join("strategies")).unwrap();
    fs::write(folder.path().join("strategies/mlp_basic.yaml"), "x").unwrap();
    let stored = library.get("mlp_basic").unwrap().unwrap();
    assert_eq!(
        stored.config.as_ref().unwrap(),
        built_in::find("mlp_basic").unwrap()
    );
    assert!(stored.yaml.contains("macd_histogram"));
    assert_eq!(names(&library), BUILT_IN);
}

#[test]
fn no_name_leads_out_of_the_folder() {
    let (folder, library) = library();
    library.save(&strategy("inside"), false).unwrap();
    fs::write(folder.path().join("outside.yaml"), "name: outside").unwrap();
    let long = "a".repeat(65);
    for name in [
        "",
        ".",
        "..",
        "../outside",
        "..\\outside",
        "/etc/passwd",
        "a/b",
        "inside.yaml",
        "inside\0",
        "\0",
        "Inside",
        "in side",
        "inside\n",
        "ünside",
        "in-side",
        "inside1",
        "~",
        "schema",
        "validate",
        long.as_str(),
    ] {
        assert_eq!(library.get(name).unwrap(), None, "{name:?}");
        let mut strategy = strategy("inside");
        strategy.name = name.to_owned();
        assert!(
            matches!(library.save(&strategy, true), Err(SaveError::Unfit(_))),
            "{name:?}"
        );
    }
    for path in [
        "../outside",
        "../../outside.yaml",
        "strategies/../../outside",
    ] {
        assert_eq!(library.find(path).unwrap(), None, "{path}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    assert_eq!(
        fs::read_dir(folder.path().join("strategies"))
            .unwrap()
            .count(),
        1
    );
}

#[cfg(unix)]
#[test]
fn links_and_folders_are_no_strategies() {
    use std::os::unix::fs::symlink;
    let (folder, library) = library();
    library.save(&strategy("one"), false).unwrap();
    let secret = folder.path().join("secret.yaml");
    fs::write(&secret, yaml::write(&strategy("linked")).unwrap()).unwrap();
    let inside = folder.path().join("strategies");
    symlink(&secret, inside.join("linked.yaml")).unwrap();
    symlink("/dev/zero", inside.join("endless.yaml")).unwrap();
    fs::create_dir(inside.join("folder.yaml")).unwrap();
    fs::write(inside.join("Capital.yaml"), "x").unwrap();
    fs::write(inside.join("other.txt"), "x").unwrap();
    assert_eq!(names(&library).len(), 4);
    for name in ["linked", "endless", "folder"] {
        assert_eq!(library.get(name).unwrap(), None, "{name}");
        assert!(
            matches!(library.save(&strategy(name), false), Err(SaveError::Taken)),
            "{name}"
        );
    }
    // Overwriting takes the place of the link; what it led to stays.
    let before = fs::read(&secret).unwrap();
    let mut other = strategy("linked");
    other.description = "Mine.".to_owned();
    library.save(&other, true).unwrap();
    assert_eq!(fs::read(&secret).unwrap(), before);
    assert_eq!(library.get("linked").unwrap().unwrap().config, Ok(other));
}

#[test]
fn a_file_edited_by_hand_is_listed_with_what_is_wrong() {
    let (folder, library) = library();
    let inside = folder.path().join("strategies");
    fs::create_dir(&inside).unwrap();
    let wrong = |name: &str, bytes: &[u8]| {
        fs::write(inside.join(format!("{name}.yaml")), bytes).unwrap();
        let stored = library.get(name).unwrap().unwrap();
        stored.config.unwrap_err().remove(0).message
    };
    assert_eq!(wrong("bytes", b"\xff\xfe"), "The file is not UTF-8");
    assert_eq!(wrong("list", b"[]"), "The configuration is no mapping");
    assert_eq!(wrong("short", b"name: short"), "is missing");
    assert_eq!(
        wrong("other", b"name: another"),
        "is another name than \"other\""
    );
    assert_eq!(
        wrong("long", &[b'#'; 70_000]),
        "The configuration has 65537 bytes of YAML"
    );
    assert!(wrong("tagged", b"!!x y").contains("a tag"));
    assert_eq!(names(&library).len(), 9);
    let text = yaml::write(&strategy("good"))
        .unwrap()
        .replace("name: good\n", "# Without its name.\n");
    fs::write(inside.join("good.yaml"), &text).unwrap();
    let stored = library.get("good").unwrap().unwrap();
    assert_eq!((stored.config, stored.yaml), (Ok(strategy("good")), text));
}

#[test]
fn of_many_writers_at_once_one_wins_and_readers_see_whole_files() {
    let (folder, library) = library();
    let start = Barrier::new(9);
    let wins: usize = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..8)
            .map(|n| {
                let (library, start) = (&library, &start);
                scope.spawn(move || {
                    let mut mine = strategy("race");
                    mine.description = n.to_string().repeat(1900);
                    start.wait();
                    let won = library.save(&mine, false).is_ok();
                    for _ in 0..20 {
                        library.save(&mine, true).unwrap();
                    }
                    usize::from(won)
                })
            })
            .collect();
        start.wait();
        while !writers.iter().all(|it| it.is_finished()) {
            if let Some(stored) = library.get("race").unwrap() {
                let description = stored.config.unwrap().description;
                assert!(description.chars().all(|c| description.starts_with(c)));
            }
        }
        writers
            .into_iter()
            .map(|writer| writer.join().unwrap())
            .sum()
    });
    assert_eq!(wins, 1);
    assert_eq!(
        fs::read_dir(folder.path().join("strategies"))
            .unwrap()
            .count(),
        1
    );
}
