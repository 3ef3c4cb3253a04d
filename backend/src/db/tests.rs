//! What holds of either database.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::testing::{self, Database};
use super::*;

/// A table for these tests alone.
pub(super) static NOTES: Schema = Schema {
    name: "notes",
    table: "notes",
    steps: &[Step {
        sqlite: "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT, number REAL, whole INTEGER) STRICT",
        postgres: "CREATE TABLE notes (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            text TEXT COLLATE \"C\", number DOUBLE PRECISION, whole BIGINT)",
    }],
    writers: Writers::One,
};

fn add(db: &Connection, text: Option<&str>) -> Result<usize> {
    db.execute("INSERT INTO notes (text) VALUES (?)", &params![text])
}

fn texts(store: &Store, order: &str) -> Vec<Option<String>> {
    let sql = format!("SELECT text FROM notes ORDER BY text {order}, id");
    store
        .read_now(|db| db.query(&sql, &[], |row| row.get(0)))
        .unwrap()
}

#[test]
fn values_come_back_as_they_were() {
    let store = testing::store(&NOTES);
    let text = "\"'; DROP TABLE notes; -- %_\\ ? $1 {} \u{1}\t\r\n ß 🦀 e\u{301} \u{10ffff}";
    let long = "x".repeat(1_000_000);
    for text in ["", " ", text, &long] {
        for number in [0.1, 0.0, f64::MAX, f64::MIN_POSITIVE, f64::INFINITY, 1e-310] {
            for whole in [i64::MIN, -1, i64::MAX] {
                let back: (String, f64, i64) = store
                    .write_now(|db| {
                        db.query_one(
                            "INSERT INTO notes (text, number, whole) VALUES (?, ?, ?) RETURNING text, number, whole",
                            &params![text, number, whole],
                            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
                        )
                    })
                    .unwrap();
                assert!(back.0 == text && back.2 == whole);
                assert_eq!(back.1.to_bits(), number.to_bits());
            }
        }
    }
    for (number, wanted) in [(f64::NAN, None), (-0.0, Some(0_f64.to_bits()))] {
        let back: Option<f64> = store
            .write_now(|db| {
                db.query_one(
                    "INSERT INTO notes (number) VALUES (?) RETURNING number",
                    &params![number],
                    |row| row.get(0),
                )
            })
            .unwrap();
        assert_eq!(back.map(f64::to_bits), wanted);
    }
}

#[test]
fn texts_are_ordered_by_their_bytes_and_nulls_as_told() {
    let store = testing::store(&NOTES);
    let ordered = ["", "10", "9", "B", "_", "a", "b", "ä", "🦀"];
    store
        .write_now(|db| {
            for text in ordered.iter().rev() {
                add(db, Some(text))?;
            }
            add(db, None)
        })
        .unwrap();
    let mut wanted: Vec<_> = ordered.iter().map(|it| Some((*it).to_owned())).collect();
    wanted.push(None);
    assert_eq!(texts(&store, "NULLS LAST"), wanted);
    wanted.reverse();
    assert_eq!(texts(&store, "DESC NULLS FIRST"), wanted);
}

#[test]
fn a_text_with_a_nul_character_is_refused() {
    let store = testing::store(&NOTES);
    let refused = store.write_now(|db| add(db, Some("a\0b"))).unwrap_err();
    assert!(matches!(refused, Error::Text(_)), "{refused}");
    assert!(texts(&store, "").is_empty());
}

#[test]
fn what_the_tables_do_not_allow_is_a_constraint() {
    let store = testing::store(&NOTES);
    let twice = "INSERT INTO notes (id, text) OVERRIDING SYSTEM VALUE VALUES (7, 'a')";
    let twice = store
        .read_now(|db| Ok(db.dialect()))
        .map(|dialect| match dialect {
            Dialect::Sqlite => twice.replace("OVERRIDING SYSTEM VALUE ", ""),
            Dialect::Postgres => twice.to_owned(),
        })
        .unwrap();
    store.write_now(|db| db.execute(&twice, &[])).unwrap();
    let error = store.write_now(|db| db.execute(&twice, &[])).unwrap_err();
    assert!(matches!(error, Error::Constraint(_)), "{error:?}");
    let error = store.write_now(|db| db.execute("INSERT INTO nowhere VALUES (?)", &params![1_i64]));
    assert!(matches!(error, Err(Error::Other(_))), "{error:?}");
}

#[test]
fn a_panic_takes_everything_back_and_harms_nobody() {
    let store = testing::store(&NOTES);
    for _ in 0..20 {
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            store.write_now(|db| -> Result<()> {
                add(db, Some("lost"))?;
                panic!("in the middle")
            })
        }));
        assert!(panicked.is_err());
    }
    store.write_now(|db| add(db, Some("kept"))).unwrap();
    assert_eq!(texts(&store, ""), [Some("kept".to_owned())]);
}

#[test]
fn nothing_changes_between_what_is_read_and_what_is_written() {
    let database = Database::new(&NOTES);
    let stores = [database.open(), database.open()];
    stores[0]
        .write_now(|db| db.execute("INSERT INTO notes (whole) VALUES (0)", &[]))
        .unwrap();
    std::thread::scope(|scope| {
        for store in stores.iter().cycle().take(6) {
            scope.spawn(move || {
                for _ in 0..20 {
                    store
                        .write_now(|db| {
                            let whole: i64 =
                                db.query_one("SELECT whole FROM notes", &[], |row| row.get(0))?;
                            db.execute("UPDATE notes SET whole = ?", &params![whole + 1])
                        })
                        .unwrap();
                }
            });
        }
    });
    let whole: i64 = stores[1]
        .read_now(|db| db.query_one("SELECT whole FROM notes", &[], |row| row.get(0)))
        .unwrap();
    assert_eq!(whole, 120);
}

#[test]
fn several_may_start_at_once_on_an_empty_database() {
    let database = Database::new(&NOTES);
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                let store = database.open();
                assert_eq!(texts(&store, "").len(), 0);
            });
        }
    });
}

#[test]
fn tables_of_a_newer_version_are_left_alone() {
    let database = Database::new(&NOTES);
    let store = database.open();
    let newer = |db: &Connection| match db.dialect() {
        Dialect::Sqlite => db.execute_batch("PRAGMA user_version = 1000"),
        Dialect::Postgres => db.execute_batch("INSERT INTO schema_steps VALUES (1000)"),
    };
    store.write_now(newer).unwrap();
    let refused = database.location().open(&NOTES).unwrap_err().to_string();
    assert!(refused.contains("version 1000"), "{refused}");
}

#[test]
fn tables_of_another_service_are_left_alone() {
    static OTHER: Schema = Schema {
        name: "other",
        table: "others",
        steps: NOTES.steps,
        writers: Writers::Many,
    };
    let database = Database::new(&NOTES);
    database.open();
    let refused = database.location().open(&OTHER).unwrap_err().to_string();
    assert!(
        refused.contains("of another service, not those of other"),
        "{refused}"
    );
}

#[test]
fn who_cannot_write_because_another_process_does_is_told() {
    let database = Database::file(&NOTES);
    let store = database.open();
    let Location::File(path) = database.location() else {
        unreachable!("it is a file");
    };
    let impatient = |db: &Connection| db.query("PRAGMA busy_timeout = 50", &[], |_| Ok(()));
    store.write_now(impatient).unwrap();
    let other = rusqlite::Connection::open(path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let refused = store.write_now(|db| add(db, Some("late")));
                assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
            });
        }
    });
    assert_eq!(texts(&store, "ASC"), []);
    other.execute_batch("COMMIT").unwrap();
    store.write_now(|db| add(db, Some("now"))).unwrap();
    assert_eq!(texts(&store, "ASC"), [Some("now".to_owned())]);
}
