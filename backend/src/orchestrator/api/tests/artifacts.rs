//! `/artifacts` and `/uploads`.

use sha2::{Digest, Sha256};

use super::*;

const CONTENT: &str = r#"{"sharpe_ratio":0.8}"#;

fn checksum(content: &str) -> String {
    let digest = Sha256::digest(content);
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

fn artifact(name: &str, location: &str) -> Value {
    json!({ "name": name, "type": "metrics", "storage_location": location })
}

async fn register(bench: &Bench, body: Value) -> Value {
    bench.told_of(201, "POST", "/artifacts", body).await
}

async fn uploaded(bench: &Bench, name: &str) -> Value {
    let stored = bench.upload("", CONTENT).await;
    assert_eq!(stored.status, 201, "{}", stored.json());
    let location = text(&stored.json(), "/storage_location");
    register(bench, artifact(name, &location)).await
}

#[tokio::test]
async fn content_is_uploaded_registered_and_read_back() {
    let bench = bench().await;
    let stored = bench
        .upload(&format!("?checksum={}", checksum(CONTENT)), CONTENT)
        .await;
    let expect = (CONTENT.len(), checksum(CONTENT));
    let stored = stored.json();
    assert_eq!(
        (&stored["size_bytes"], &stored["checksum"]),
        (&json!(expect.0), &json!(expect.1))
    );
    let made = uploaded(&bench, "metrics.json").await;
    assert_eq!(
        (&made["size_bytes"], &made["checksum"]),
        (&json!(expect.0), &json!(expect.1))
    );
    let path = format!("/artifacts/{}", text(&made, "/artifact_id"));
    assert_eq!(bench.told(200, "GET", &path).await, made);

    let get = |path: String| bench.send(Request::get(path).body(Body::empty()).unwrap());
    let content = get(format!("{path}/content")).await;
    assert_eq!(
        (content.status, &content.bytes[..]),
        (200, CONTENT.as_bytes())
    );
    assert_eq!(content.header(header::CONTENT_TYPE), "application/json");
    assert_eq!(content.header(header::CONTENT_LENGTH), expect.0.to_string());
    assert_eq!(content.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
}

#[tokio::test]
async fn content_that_has_changed_is_never_given_out() {
    let bench = bench().await;
    let made = uploaded(&bench, "metrics.json").await;
    let path = format!("/artifacts/{}/content", text(&made, "/artifact_id"));
    let digest = text(&made, "/checksum").replace("sha256:", "");
    let folder = bench.folder.path().join("artifacts/sha256");
    let file = folder.join(&digest[..2]).join(&digest);
    std::fs::write(&file, CONTENT.replace('8', "9")).unwrap();
    let told = bench.told(409, "GET", &path).await;
    assert!(text(&told, "/detail").contains("checksum"), "{told}");
    std::fs::write(&file, &CONTENT[1..]).unwrap();
    bench.told(409, "GET", &path).await;
    std::fs::remove_file(&file).unwrap();
    let told = bench.told(404, "GET", &path).await;
    assert!(text(&told, "/detail").contains("does not hold"), "{told}");
}

#[tokio::test]
async fn content_that_is_not_as_told_is_refused() {
    let bench = bench().await;
    let wrong = bench
        .upload(&format!("?checksum={}", checksum("x")), CONTENT)
        .await;
    assert_eq!(
        wrong.json()["detail"][0]["loc"],
        json!(["query", "checksum"])
    );
    let wrong = bench.upload("?checksum=md5:1", CONTENT).await;
    assert_eq!(wrong.status, 422);

    let stored = bench.upload("", CONTENT).await.json();
    let location = text(&stored, "/storage_location");
    let elsewhere = location.replace(&location[location.len() - 4..], "0000");
    let with = |name: &str, value: Value| {
        let mut body = artifact("a.json", &location);
        body[name] = value;
        body
    };
    for body in [
        with("size_bytes", json!(1)),
        with("checksum", json!(checksum("x"))),
        with("storage_location", json!(elsewhere)),
    ] {
        let told = bench.told_of(422, "POST", "/artifacts", body).await;
        assert_eq!(
            told["detail"][0]["loc"],
            json!(["body", "storage_location"]),
            "{told}"
        );
    }
    for (name, value, at) in [
        ("job_id", json!(NONE), json!(["body", "job_id"])),
        (
            "dependencies",
            json!([NONE]),
            json!(["body", "dependencies", 0]),
        ),
        ("type", json!("picture"), json!(["body", "type"])),
        ("tags", json!(["a", "a"]), json!(["body", "tags"])),
        ("metadata", json!([]), json!(["body", "metadata"])),
    ] {
        let told = bench
            .told_of(422, "POST", "/artifacts", with(name, value))
            .await;
        assert_eq!(told["detail"][0]["loc"], at, "{told}");
    }
    assert_eq!(
        bench.told(200, "GET", "/artifacts").await["artifacts"],
        json!([])
    );
}

#[tokio::test]
async fn what_lies_elsewhere_is_kept_as_it_is() {
    let bench = bench().await;
    let made = register(&bench, artifact("a.csv", "s3://research/a.csv")).await;
    assert_eq!(
        (&made["size_bytes"], &made["checksum"]),
        (&Value::Null, &Value::Null)
    );
    let path = format!("/artifacts/{}/content", text(&made, "/artifact_id"));
    let told = bench.told(404, "GET", &path).await;
    assert!(
        text(&told, "/detail").ends_with("it is at s3://research/a.csv"),
        "{told}"
    );
}

#[tokio::test]
async fn artifacts_are_found_by_what_is_known_of_them() {
    let bench = bench().await;
    let job = json!({ "type": "backtest", "payload": {} });
    let job = text(&bench.told_of(201, "POST", "/jobs", job).await, "/job_id");
    let made = uploaded(&bench, "metrics.json").await;
    let mut body = artifact("équité.svg", "/elsewhere");
    body["type"] = json!("plot");
    body["tags"] = json!(["v1.0", "50%_off"]);
    body["service_id"] = json!("ml-service-1");
    body["job_id"] = json!(job);
    let plot = register(&bench, body).await;
    for (query, expect) in [
        (String::new(), vec![&plot, &made]),
        ("type=plot".to_owned(), vec![&plot]),
        ("tag=v1.0".to_owned(), vec![&plot]),
        ("tag=50%25_off".to_owned(), vec![&plot]),
        ("tag=v1_0".to_owned(), vec![]),
        ("service_id=ml-service-1".to_owned(), vec![&plot]),
        (format!("job_id={}", job.to_uppercase()), vec![&plot]),
        (format!("checksum={}", checksum(CONTENT)), vec![&made]),
        ("name=%C3%A9quit%C3%A9.svg".to_owned(), vec![&plot]),
        ("name=metrics.json&type=plot".to_owned(), vec![]),
        ("limit=1".to_owned(), vec![&plot]),
    ] {
        let found = bench.told(200, "GET", &format!("/artifacts?{query}")).await;
        assert_eq!(found["artifacts"], json!(expect), "{query}");
    }
    let of_job = bench
        .told(200, "GET", &format!("/artifacts/job/{job}"))
        .await;
    assert_eq!(of_job, json!({ "job_id": job, "artifacts": [plot] }));
    bench
        .told(404, "GET", &format!("/artifacts/job/{NONE}"))
        .await;
    bench.told(404, "GET", &format!("/artifacts/{NONE}")).await;
    bench
        .told(404, "GET", &format!("/artifacts/{NONE}/content"))
        .await;
    bench.told(422, "GET", "/artifacts/job").await;
}

#[tokio::test]
async fn a_lineage_goes_both_ways_as_far_as_asked() {
    let bench = bench().await;
    let mut ids: Vec<String> = Vec::new();
    for number in 0..4 {
        let mut body = artifact(&format!("step {number}"), "/elsewhere");
        body["dependencies"] = json!(ids.last().into_iter().collect::<Vec<_>>());
        ids.push(text(&register(&bench, body).await, "/artifact_id"));
    }
    let trace = |query: &'static str| {
        let path = format!("/artifacts/{}/dependencies{query}", ids[1]);
        let (bench, ids) = (&bench, &ids);
        async move {
            let found = bench.told(200, "GET", &path).await;
            let nodes = found["nodes"].as_array().unwrap();
            let nodes: Vec<(usize, i64)> = nodes
                .iter()
                .map(|node| {
                    let id = text(node, "/artifact/artifact_id");
                    let step = ids.iter().position(|known| *known == id).unwrap();
                    (step, node["depth"].as_i64().unwrap())
                })
                .collect();
            (
                nodes,
                found["edges"].as_array().unwrap().len(),
                found["truncated"] == true,
            )
        }
    };
    assert_eq!(
        trace("").await,
        (vec![(0, -1), (1, 0), (2, 1), (3, 2)], 3, false)
    );
    assert_eq!(
        trace("?depth=1").await,
        (vec![(0, -1), (1, 0), (2, 1)], 2, true)
    );
    assert_eq!(
        trace("?direction=upstream").await,
        (vec![(0, -1), (1, 0)], 1, false)
    );
    assert_eq!(
        trace("?direction=downstream").await,
        (vec![(1, 0), (2, 1), (3, 2)], 2, false)
    );
    bench
        .told(404, "GET", &format!("/artifacts/{NONE}/dependencies"))
        .await;
    bench
        .told(
            422,
            "GET",
            &format!("/artifacts/{}/dependencies?depth=21", ids[0]),
        )
        .await;
}

#[tokio::test]
async fn content_that_is_too_large_is_refused_and_nothing_of_it_kept() {
    let bench = bench().await;
    let most = usize::try_from(UPLOADED).unwrap();
    let refused = bench.upload("", &"x".repeat(most + 1)).await;
    assert_eq!(refused.status, 413);
    let said = text(&refused.json(), "/detail");
    assert_eq!(said, "The body should have at most 1000 bytes");
    let uploads = bench.folder.path().join("artifacts/uploads");
    let left = std::fs::read_dir(uploads).map_or(0, Iterator::count);
    assert_eq!(left, 0);
    assert_eq!(bench.upload("", &"x".repeat(most)).await.status, 201);
}
