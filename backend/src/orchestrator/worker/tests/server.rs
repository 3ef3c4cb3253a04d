//! A service as a process has it.

use clap::{Args, Command, FromArgMatches};
use tokio::sync::oneshot;

use super::super::{Options, serve};
use super::*;

fn options(args: &[&str]) -> Options {
    let command = Options::augment_args(Command::new("worker"));
    let given = ["worker", "--type", "backtest"].iter().chain(args);
    Options::from_arg_matches(&command.get_matches_from(given)).unwrap()
}

fn token() -> Option<String> {
    Some(TOKEN.to_owned())
}

#[tokio::test]
async fn it_is_registered_while_it_runs() {
    let hub = FakeHub::start().await;
    let options = options(&["--hub", &hub.url, "--capacity", "3", "--name", "b1"]);
    let (stop, told) = oneshot::channel::<()>();
    let service = tokio::spawn(serve(options, token(), async { drop(told.await) }));
    until(|| hub.services().len() == 1).await;
    let registered = &hub.services()[0];
    assert_eq!(
        (
            &registered["name"],
            &registered["job_type"],
            &registered["capacity"]
        ),
        (&json!("b1"), &json!("backtest"), &json!(3))
    );
    assert_eq!(registered["resumable"], true);
    assert!(
        registered["url"]
            .as_str()
            .unwrap()
            .starts_with("http://127.0.0.1:")
    );

    hub.services.lock().unwrap().clear();
    until(|| hub.services().len() == 1).await;
    stop.send(()).unwrap();
    service.await.unwrap().unwrap();
    assert_eq!(hub.services(), Vec::<Value>::new());
}

#[tokio::test]
async fn what_stands_in_the_way_is_named() {
    let hub = FakeHub::start().await;
    let folder = tempfile::tempdir().unwrap();
    let work = folder.path().display().to_string();
    let never = std::future::pending::<()>;
    let refused = async |args: &[&str], token: Option<String>| {
        serve(options(args), token, never())
            .await
            .unwrap_err()
            .to_string()
    };
    for (args, token, why) in [
        (
            &["--listen", "0.0.0.0:0"][..],
            None,
            "without a service token anyone",
        ),
        (&["--listen", "0.0.0.0:0"], token(), "(--advertise URL)"),
        (
            &["--data", "/no/such"],
            None,
            "cannot use the data folder /no/such: ",
        ),
        (&["--hub", "ftp://x"], None, "\"ftp://x\" cannot be used"),
        (
            &["--work", "/proc/no"],
            None,
            "cannot use the work folder /proc/no: ",
        ),
        (
            &["--hub", &hub.url],
            None,
            "cannot register the service: the hub answered 401: no",
        ),
    ] {
        let error = refused(args, token).await;
        assert!(error.contains(why), "{error}");
    }
    let first = tokio::spawn(serve(
        options(&["--hub", &hub.url, "--work", &work]),
        token(),
        never(),
    ));
    until(|| hub.services().len() == 1).await;
    let error = refused(&["--hub", &hub.url, "--work", &work], token()).await;
    assert!(error.ends_with("another service uses it"), "{error}");
    first.abort();
}
