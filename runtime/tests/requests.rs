//! Requests as they are on the wire.

mod common;

use common::{Client, RawBackend, answer, failure};
use serde_json::json;
use toolwright_runtime::{Http, Json, Method, Request, Style};

/// Sends a request to a backend with a path prefix and gives what came there.
async fn sent(make: impl FnOnce(&mut Request)) -> String {
    let backend = RawBackend::start(vec![answer("200 OK", "", "{}")]).await;
    let http = Http::new(&format!("{}/pre/", backend.url)).unwrap();
    let mut request = Request::new(Method::POST, "/a/{id}/b/");
    request.path("id", "x", Style::SIMPLE);
    make(&mut request);
    http.call::<Json>(request).json().await.unwrap();
    backend.requests().remove(0)
}

fn header<'r>(request: &'r str, name: &str) -> Option<&'r str> {
    let (head, _) = request.split_once("\r\n\r\n").unwrap();
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find_map(|(known, value)| known.eq_ignore_ascii_case(name).then_some(value))
}

#[tokio::test]
async fn only_what_was_given_is_sent() {
    let request = sent(|request| {
        request
            .query("q", None::<i64>, Style::FORM)
            .json(None::<&str>);
    })
    .await;
    let mut lines: Vec<&str> = request.trim_end().split("\r\n").collect();
    assert_eq!(lines.remove(0), "POST /pre/a/x/b/ HTTP/1.1");
    let mut names: Vec<String> = lines
        .iter()
        .map(|line| line.split(':').next().unwrap().to_lowercase())
        .collect();
    names.sort();
    assert_eq!(names, ["accept", "content-length", "host", "user-agent"]);
    assert_eq!(header(&request, "content-length"), Some("0"));
}

#[tokio::test]
async fn queries_headers_and_cookies() {
    let request = sent(|request| {
        request
            .query("symbol", "A&B=C", Style::FORM)
            .query("tags", json!(["a", "b"]), Style::FORM)
            .query("filter", json!({"a": 1}), Style::DEEP_OBJECT)
            .query("json", json!({"a": [1]}), Style::JSON)
            .header("X-List", json!([1, 2]), Style::SIMPLE)
            .header("X-Name", "Zoë", Style::SIMPLE)
            .cookie("sid", "a b", Style::FORM)
            .cookie("n", 5_i64, Style::FORM)
            .accept("text/csv");
    })
    .await;
    let line = request.lines().next().unwrap();
    assert_eq!(
        line,
        "POST /pre/a/x/b/?symbol=A%26B%3DC&tags=a&tags=b&filter%5Ba%5D=1&json=%7B%22a%22%3A%5B1%5D%7D HTTP/1.1"
    );
    assert_eq!(header(&request, "x-list"), Some("1,2"));
    assert_eq!(header(&request, "x-name"), Some("Zoë"));
    assert_eq!(header(&request, "cookie"), Some("sid=a%20b; n=5"));
    assert_eq!(header(&request, "accept"), Some("text/csv"));
}

#[tokio::test]
async fn bodies() {
    type Make = fn(&mut Request);
    let cases: [(Make, &str, &str); 5] = [
        (
            |request| {
                request.json(json!({"b": 1, "a": [null]}));
            },
            "application/json",
            r#"{"b":1,"a":[null]}"#,
        ),
        (
            |request| {
                request.json_as("application/merge-patch+json", json!({"a": null}));
            },
            "application/merge-patch+json",
            r#"{"a":null}"#,
        ),
        (
            |request| {
                request.form(json!({"a": "x y", "b": [1, 2]}));
            },
            "application/x-www-form-urlencoded",
            "a=x%20y&b=1&b=2",
        ),
        (
            |request| {
                request.text("text/csv", "a,b\n");
            },
            "text/csv",
            "a,b\n",
        ),
        (
            |request| {
                request.bytes("application/octet-stream", "aGk=");
            },
            "application/octet-stream",
            "hi",
        ),
    ];
    for (make, media_type, body) in cases {
        let request = sent(make).await;
        assert_eq!(header(&request, "content-type"), Some(media_type));
        assert_eq!(request.split_once("\r\n\r\n").unwrap().1, body);
    }
    let request = sent(|request| {
        request.multipart(json!({"file": "aGk=", "note": "n"}), &["file"]);
    })
    .await;
    let content_type = header(&request, "content-type").unwrap();
    let boundary = content_type
        .strip_prefix("multipart/form-data; boundary=")
        .unwrap();
    assert!(request.contains(
        "name=\"file\"; filename=\"file\"\r\nContent-Type: application/octet-stream\r\n\r\nhi\r\n"
    ));
    assert!(request.ends_with(&format!("--{boundary}--\r\n")));
}

#[tokio::test]
async fn a_delete_with_a_body() {
    let backend = RawBackend::start(vec![answer("204 No Content", "", "")]).await;
    let mut client = Client::start(&backend.url).await;
    let arguments = json!({"id": "a", "body": {"reason": "x"}});
    client.call("delete_item", arguments).await;
    let request = backend.requests().remove(0);
    assert!(request.starts_with("DELETE /items/a HTTP/1.1\r\n"));
    assert!(request.ends_with("\r\n\r\n{\"reason\":\"x\"}"));
}

#[tokio::test]
async fn hostile_path_values() {
    let backend = RawBackend::start(vec![answer("200 OK", "", "{}")]).await;
    let mut client = Client::start(&backend.url).await;
    for (id, path) in [
        ("../../admin?x=1#y", "..%2F..%2Fadmin%3Fx%3D1%23y"),
        ("a/b", "a%2Fb"),
        ("%2e%2e%2fadmin", "%252e%252e%252fadmin"),
        ("%2e%2e", "%252e%252e"),
        (r"..\..\admin", "..%5C..%5Cadmin"),
        (
            "x HTTP/1.1\r\nX-Evil: 1",
            "x%20HTTP%2F1.1%0D%0AX-Evil%3A%201",
        ),
        ("//evil.example", "%2F%2Fevil.example"),
        ("@evil.example:80", "%40evil.example%3A80"),
        ("...", "..."),
    ] {
        client.call("get_item", json!({"id": id})).await;
        let request = backend.requests().pop().unwrap();
        let line = format!("GET /items/{path} HTTP/1.1");
        assert_eq!(request.lines().next(), Some(line.as_str()));
    }
    let before = backend.requests().len();
    for (id, message) in [
        ("", "id: must not be empty in a path"),
        (".", "id: must not be `.` in a path"),
        ("..", "id: must not be `..` in a path"),
    ] {
        let failure = failure(&client.call("get_item", json!({"id": id})).await);
        let said = failure["error"].as_str().unwrap();
        assert!(said.starts_with(message), "{said}");
        assert!(said.ends_with("give the value itself"), "{said}");
    }
    assert_eq!(backend.requests().len(), before);
}

#[tokio::test]
async fn problems_are_reported_instead_of_sending() {
    let backend = RawBackend::start(vec![answer("200 OK", "", "{}")]).await;
    let http = Http::new(&backend.url).unwrap();
    let mut request = Request::new(Method::GET, "/x");
    request.header("X-A", "a\r\nX-Evil: 1", Style::SIMPLE);
    let error = http.call::<Json>(request).json().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "X-A: must not hold control characters such as line breaks"
    );
    assert!(backend.requests().is_empty());
}
