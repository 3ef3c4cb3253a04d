//! What only a server can do wrong.

use crate::db::testing::{self, Server};
use crate::db::tests::NOTES;
use crate::db::{Connection, Error, Store, params};

fn answer(store: &Store) -> Result<i64, Error> {
    store.read_now(|db| db.query_one("SELECT CAST(42 AS BIGINT)", &[], |row| row.get(0)))
}

#[test]
fn a_server_that_was_restarted_is_connected_to_again() {
    let Some(server) = Server::start() else {
        return;
    };
    let store = Store::connect(&server.database(), &NOTES).unwrap();
    server.stop();
    server.go_on();
    assert_eq!(answer(&store).unwrap(), 42);
    server.stop();
    server.go_on();
    store
        .write_now(|db| db.execute("INSERT INTO notes (text) VALUES ('kept')", &[]))
        .unwrap();
    // In the middle of a transaction nothing is done again: what came before is gone.
    let cut = store.write_now(|db| {
        db.execute("DELETE FROM notes", &[])?;
        server.stop();
        server.go_on();
        db.execute("DELETE FROM notes", &[])
    });
    assert!(matches!(cut, Err(Error::Unavailable(_))), "{cut:?}");
    let count =
        |db: &Connection| db.query_one("SELECT count(*) FROM notes", &[], |row| row.get::<i64>(0));
    assert_eq!(store.read_now(count).unwrap(), 1);
    // While it is away, calls wait for it.
    server.stop();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| answer(&store));
        server.go_on();
        assert_eq!(waiting.join().unwrap().unwrap(), 42);
    });
}

#[test]
fn a_transaction_with_a_failed_statement_is_no_success() {
    let Some(server) = testing::server() else {
        return;
    };
    let store = Store::connect(&server.database(), &NOTES).unwrap();
    let swallowed = store.write_now(|db| {
        let failed = db.execute("INSERT INTO nowhere VALUES (?)", &params![1_i64]);
        assert!(failed.is_err());
        Ok(())
    });
    assert!(matches!(swallowed, Err(Error::Other(_))), "{swallowed:?}");
    assert_eq!(answer(&store).unwrap(), 42);
}

#[test]
fn more_calls_than_connections_wait_their_turn() {
    let Some(server) = testing::server() else {
        return;
    };
    let store = Store::connect(&server.database(), &NOTES).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..3 * super::CONNECTIONS {
            scope.spawn(|| assert_eq!(answer(&store).unwrap(), 42));
        }
    });
}

#[test]
fn what_the_server_refuses_is_told_without_the_password() {
    let Some(server) = testing::server() else {
        return;
    };
    let url = server.database();
    let (start, _) = url.rsplit_once('/').unwrap();
    for url in [
        format!("{start}/missing"),
        url.replace("postgres:secret@", "nobody:secret@"),
    ] {
        let error = Store::connect(&url, &NOTES).unwrap_err().to_string();
        assert!(error.contains("does not exist"), "{error}");
        assert!(!error.contains("secret"), "{error}");
    }
    let store = Store::connect(&url, &NOTES).unwrap();
    assert!(!format!("{store:?} {}", store.location()).contains("secret"));
    assert!(
        store.location().starts_with("postgres:///tmp/"),
        "{}",
        store.location()
    );
}
