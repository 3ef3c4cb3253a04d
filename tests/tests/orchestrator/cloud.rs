//! A hub that keeps contents in S3, which moto is here.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use toolwright_tests::{Process, free_address, http_client, skip, target, until};

use crate::serving::{refused, serve, start};

const KEY_ID: &str = "AKIATESTTESTTESTTEST";
const SECRET: &str = "s3cret-0f-a-t3st";
const SESSION: &str = "s3ssion-0f-a-t3st";
/// Without it only what is public is shown; whether it is true matters to nobody.
const SOMEBODY: &str = "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=x";
/// More than one part of an upload has room for.
const LARGE: usize = 11 << 20;

/// A running server of S3 with an empty bucket; dropped, it is killed.
struct S3 {
    _process: Process,
    url: String,
    client: Client,
}

impl S3 {
    /// Starts one; `None` after saying that the test is skipped. It asks for credentials that it knows, which
    /// are none, after the first so many requests, the one that makes the bucket included.
    async fn start(trusting: u32) -> Option<Self> {
        let program = server()?;
        let address = free_address();
        let mut command = Command::new(program);
        command
            .args(["-H", "127.0.0.1", "-p", &address.port().to_string()])
            .env("INITIAL_NO_AUTH_ACTION_COUNT", trusting.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let s3 = Self {
            _process: Process::start(&mut command),
            url: format!("http://{address}"),
            client: http_client(),
        };
        let asked = s3.client.get(format!("{}/moto-api/data.json", s3.url));
        until("a server of S3", async || {
            asked.try_clone()?.send().await.ok()
        })
        .await;
        s3.put("bucket", Vec::new()).await;
        Some(s3)
    }

    async fn put(&self, path: &str, body: Vec<u8>) {
        let put = self.client.put(format!("{}/{path}", self.url)).body(body);
        let put = put.header("Authorization", SOMEBODY);
        let answer = put.send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
    }

    async fn get(&self, path: &str) -> Vec<u8> {
        let get = self.client.get(format!("{}/{path}", self.url));
        let get = get.header("Authorization", SOMEBODY);
        let answer = get.send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.bytes().await.expect("a body").to_vec()
    }

    /// The names of the objects in the bucket.
    async fn objects(&self) -> Vec<String> {
        let list = String::from_utf8(self.get("bucket?list-type=2").await).expect("UTF-8");
        let names = list.split("<Key>").skip(1);
        names
            .map(|rest| rest.split("</Key>").next().expect("a name").to_owned())
            .collect()
    }

    /// A hub that keeps its contents here, not started, with these credentials.
    fn hub(&self, folder: &tempfile::TempDir, artifacts: &str, credentials: bool) -> Command {
        let more = ["--artifacts", artifacts, "--log", "trace"];
        let mut command = serve(folder.path(), &more);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("AWS_") {
                command.env_remove(name);
            }
        }
        command
            .env("AWS_ENDPOINT", &self.url)
            .env("AWS_ALLOW_HTTP", "true")
            // Where a machine in Amazon's cloud would ask for credentials: nobody is there.
            .env("AWS_METADATA_ENDPOINT", "http://127.0.0.1:9");
        if credentials {
            command
                .env("AWS_ACCESS_KEY_ID", KEY_ID)
                .env("AWS_SECRET_ACCESS_KEY", SECRET)
                .env("AWS_SESSION_TOKEN", SESSION);
        }
        command
    }
}

/// What `.ci/run` installs; `None` after saying that the test is skipped.
fn server() -> Option<PathBuf> {
    let installed = target().join("clients/moto/bin/moto_server");
    if !installed.is_file() {
        skip("moto", "no moto_server (.ci/run installs it)");
        return None;
    }
    Some(installed)
}

/// Stores contents through a hub; the artifact that has them.
async fn store(client: &Client, hub: &str, name: &str, content: &[u8]) -> Value {
    let upload = client
        .post(format!("{hub}/uploads"))
        .header("Content-Type", "application/octet-stream")
        .body(content.to_vec());
    let upload = upload.send().await.expect("an answer");
    assert_eq!(upload.status(), StatusCode::CREATED);
    let upload: Value = upload.json().await.expect("JSON");
    assert_eq!(upload["size_bytes"], content.len(), "{upload}");
    let artifact = json!({
        "name": name, "type": "data",
        "storage_location": upload["storage_location"], "checksum": upload["checksum"],
    });
    let artifact = client.post(format!("{hub}/artifacts")).json(&artifact);
    let artifact = artifact.send().await.expect("an answer");
    assert_eq!(artifact.status(), StatusCode::CREATED);
    artifact.json().await.expect("JSON")
}

/// How a hub answers who asks for the content of an artifact.
async fn content(client: &Client, hub: &str, artifact: &Value) -> (StatusCode, Vec<u8>) {
    let id = artifact["artifact_id"].as_str().expect("an id");
    let answer = client.get(format!("{hub}/artifacts/{id}/content")).send();
    let answer = answer.await.expect("an answer");
    let status = answer.status();
    (status, answer.bytes().await.expect("a body").to_vec())
}

#[tokio::test]
async fn contents_are_kept_in_s3() {
    let Some(s3) = S3::start(u32::MAX).await else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let (mut process, hub) = start(s3.hub(&folder, "s3://bucket/a/b", true), folder.path());
    let client = &s3.client;
    let large: Vec<u8> = (0..LARGE).map(|it| (it % 251) as u8).collect();
    let mut stored = Vec::new();
    for (name, content) in [("large", &large[..]), ("small", b"abc"), ("empty", b"")] {
        stored.push((store(client, &hub, name, content).await, content));
    }
    let names: Vec<String> = stored
        .iter()
        .map(|(artifact, _)| {
            let checksum = artifact["checksum"].as_str().expect("a checksum");
            let digest = checksum.strip_prefix("sha256:").expect("a digest");
            format!("a/b/sha256/{}/{digest}", &digest[..2])
        })
        .collect();
    let mut expected = names.clone();
    expected.sort();
    assert_eq!(s3.objects().await, expected, "what was stored, and no more");

    // Another hub finds all of it.
    process.signal("TERM");
    assert!(process.wait().success());
    let (_process, hub) = start(s3.hub(&folder, "s3://bucket/a/b", true), folder.path());
    for (artifact, expected) in &stored {
        let (status, bytes) = content(client, &hub, artifact).await;
        assert!(status == StatusCode::OK && bytes == *expected, "{artifact}");
    }
    let listed = client.get(format!("{hub}/artifacts")).send().await;
    let listed: Value = listed.expect("an answer").json().await.expect("JSON");
    assert_eq!(listed["artifacts"].as_array().map(Vec::len), Some(3));

    // Changed behind the hub's back: the same size, another size, gone.
    let damaged = format!("bucket/{}", names[0]);
    let mut bytes = s3.get(&damaged).await;
    assert!(bytes == large);
    bytes[LARGE / 2] ^= 1;
    s3.put(&damaged, bytes).await;
    s3.put(&format!("bucket/{}", names[1]), b"abcd".to_vec())
        .await;
    for (artifact, _) in &stored[..2] {
        let (status, body) = content(client, &hub, artifact).await;
        let said = String::from_utf8_lossy(&body);
        assert_eq!(status, StatusCode::CONFLICT, "{said}");
        assert!(said.contains("not what was stored"), "{said}");
    }
    store(client, &hub, "small again", b"abc").await;
    let (status, bytes) = content(client, &hub, &stored[1].0).await;
    assert_eq!((status, &*bytes), (StatusCode::OK, &b"abc"[..]));

    let reset = client.post(format!("{}/moto-api/reset", s3.url)).send();
    assert!(reset.await.expect("an answer").status().is_success());
    let (status, _) = content(client, &hub, &stored[0].0).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let ready = client.get(format!("{hub}/health/ready")).send();
    let ready: Value = ready.await.expect("an answer").json().await.expect("JSON");
    assert_eq!(
        ready,
        json!({"ready": false, "checks": {"artifacts": "not available", "database": "ok"}})
    );

    let log = std::fs::read_to_string(folder.path().join("log")).expect("its log");
    assert!(log.contains("NoSuchBucket"), "the log says why: {log}");
    for secret in [SECRET, SESSION] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}

#[tokio::test]
async fn a_bucket_or_credentials_that_are_missing_are_told_at_the_start() {
    let Some(s3) = S3::start(1).await else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let said = refused(s3.hub(&folder, "s3://bucket/a", true));
    assert!(
        said.contains("s3://bucket/a: ") && said.contains("InvalidAccessKeyId"),
        "{said}"
    );
    assert!(!said.contains(SECRET) && !said.contains(SESSION), "{said}");
    let said = refused(s3.hub(&folder, "s3://bucket/a", false));
    assert!(
        said.contains("Its credentials belong in AWS_ACCESS_KEY_ID"),
        "{said}"
    );

    let Some(s3) = S3::start(u32::MAX).await else {
        return;
    };
    let said = refused(s3.hub(&folder, "s3://nowhere/a", true));
    assert!(
        said.contains("s3://nowhere/a: ") && said.contains("NoSuchBucket"),
        "{said}"
    );
    for (place, what) in [
        ("gs://bucket/a", "GOOGLE_SERVICE_ACCOUNT"),
        ("az://container/a", "AZURE_STORAGE_ACCOUNT_NAME"),
    ] {
        let mut hub = s3.hub(&folder, place, true);
        // Neither is a credential, so nobody is asked.
        hub.env("GOOGLE_SERVICE_ACCOUNT_KEY", "{")
            .env_remove("AZURE_STORAGE_ACCOUNT_NAME");
        let said = refused(hub);
        assert!(said.contains(place) && said.contains(what), "{said}");
    }
}
