//! Experiments and the calls made for them.

use super::*;

const EXPERIMENTS: &str = "/api/v1/experiments";

/// Opens an experiment and answers its id.
async fn open(bench: &Bench, body: Value) -> String {
    let answer = bench.post(EXPERIMENTS, body).await;
    answer["data"]["experiment_id"].as_str().unwrap().to_owned()
}

async fn update(bench: &Bench, id: &str, body: Value) -> Value {
    let path = format!("{EXPERIMENTS}/{id}");
    let (status, answer) = bench.send("PATCH", &path, &body).await;
    assert_eq!(status, 200, "{answer}");
    answer["data"].clone()
}

/// The names of a list.
async fn names(bench: &Bench, query: &str) -> Vec<String> {
    let page = bench.get(&format!("{EXPERIMENTS}?{query}")).await;
    let data = page["data"].as_array().unwrap();
    assert_eq!(page["returned_count"], data.len());
    data.iter()
        .map(|it| it["name"].as_str().unwrap().to_owned())
        .collect()
}

async fn executions(bench: &Bench, id: &str) -> Vec<Value> {
    let page = bench.get(&format!("{EXPERIMENTS}/{id}/executions")).await;
    page["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_experiment_is_final_once_it_has_ended() {
    let bench = bench(false);
    let parameters = json!({ "symbols": ["AAPL"], "depth": { "a": [1, null, 0.5] } });
    let id = open(
        &bench,
        json!({ "name": "first", "hypothesis": "It pays.", "parameters": parameters, "tags": ["b", "a", "b"] }),
    )
    .await;
    let path = format!("{EXPERIMENTS}/{id}");
    let experiment = bench.get(&path).await["data"].clone();
    assert_eq!(
        (
            &experiment["status"],
            &experiment["parameters"],
            &experiment["tags"],
            &experiment["results"]
        ),
        (
            &json!("active"),
            &parameters,
            &json!(["b", "a"]),
            &Value::Null
        )
    );

    let ended = update(
        &bench,
        &id,
        json!({ "status": "completed", "results": { "sharpe": 0.8 }, "notes": "Holds." }),
    )
    .await;
    assert_eq!(
        (&ended["status"], &ended["results"], &ended["hypothesis"]),
        (
            &json!("completed"),
            &json!({ "sharpe": 0.8 }),
            &json!("It pays.")
        )
    );
    assert!(ended["ended_at"].is_string());
    for change in [
        json!({ "notes": "Rather not." }),
        json!({ "status": "abandoned" }),
        json!({ "status": "completed" }),
    ] {
        let detail = bench.refused(409, "PATCH", &path, change).await;
        assert_eq!(
            detail,
            "Experiment has ended (status: completed); reopen it with status active to change it"
        );
    }
    assert_eq!(bench.get(&path).await["data"], ended);

    let again = update(
        &bench,
        &id,
        json!({ "status": "active", "notes": null, "tags": [] }),
    )
    .await;
    assert_eq!(
        (
            &again["status"],
            &again["ended_at"],
            &again["notes"],
            &again["tags"]
        ),
        (&json!("active"), &Value::Null, &Value::Null, &json!([]))
    );
    assert_eq!(again["results"], json!({ "sharpe": 0.8 }));
}

#[tokio::test]
async fn experiments_are_found_by_state_tags_and_words() {
    let bench = bench(false);
    for (name, hypothesis, tags) in [
        (
            "Trend",
            "Crossovers pay in trends.",
            json!(["SMA", "trend"]),
        ),
        ("Reversal", "RSI pays in calm markets.", json!(["rsi"])),
        ("Both", "RSI with a trend filter.", json!(["rsi", "Trend"])),
    ] {
        let body = json!({ "name": name, "hypothesis": hypothesis, "tags": tags });
        open(&bench, body).await;
    }
    assert_eq!(names(&bench, "").await, ["Both", "Reversal", "Trend"]);
    assert_eq!(names(&bench, "limit=1&offset=1").await, ["Reversal"]);
    assert_eq!(names(&bench, "tags=TREND").await, ["Both", "Trend"]);
    assert_eq!(names(&bench, "tags=trend&tags=rsi").await, ["Both"]);
    assert_eq!(names(&bench, "q=pays").await, ["Reversal"]);
    assert_eq!(names(&bench, "q=rsi+tren").await, ["Both"]);
    assert_eq!(
        names(&bench, "q=rsi&tags=trend&status=active").await,
        ["Both"]
    );
    assert_eq!(names(&bench, "status=completed").await, [""; 0]);
    assert_eq!(
        bench.get("/api/v1/experiments?q=rsi&limit=1").await["total_count"],
        2
    );

    let page = bench.get("/api/v1/experiments?q=both").await;
    let id = page["data"][0]["experiment_id"].as_str().unwrap();
    update(
        &bench,
        id,
        json!({ "name": "Neither", "status": "abandoned" }),
    )
    .await;
    assert_eq!(names(&bench, "q=both").await, [""; 0]);
    assert_eq!(
        names(&bench, "q=neither&status=abandoned").await,
        ["Neither"]
    );
}

#[tokio::test]
async fn calls_are_recorded_with_what_came_of_them() {
    let bench = bench(true);
    let id = open(&bench, json!({ "name": "calls" })).await;
    let insight = json!({ "category": "pattern", "content": "x".repeat(20_000) });
    let wrong = json!({ "category": "guess", "content": "y" });
    for (expect, body) in [(200, insight), (422, wrong)] {
        let (status, answer) = bench
            .send_for(Some(&id), "POST", "/api/v1/insights", &body)
            .await;
        assert_eq!(status, expect, "{answer}");
    }
    // What takes no experiment is not recorded.
    bench
        .send_for(Some(&id), "GET", EXPERIMENTS, &Value::Null)
        .await;

    let calls = executions(&bench, &id).await;
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0]["status_code"], 422);
    assert!(calls[0]["error"].as_str().unwrap().contains("category"));
    assert_eq!(
        calls[0]["parameters"],
        json!({ "category": "guess", "content": "y" })
    );
    assert_eq!(
        (
            &calls[1]["operation"],
            &calls[1]["error"],
            &calls[1]["parameters_cut"]
        ),
        (&json!("saveInsight"), &Value::Null, &json!(true))
    );
    let kept = bench.get(&format!("{EXPERIMENTS}/{id}")).await["data"].clone();
    assert_eq!(
        (&kept["execution_count"], &kept["insight_count"]),
        (&json!(2), &json!(1))
    );
}

#[tokio::test]
async fn nothing_is_done_for_an_unknown_experiment() {
    let bench = bench(false);
    let body = json!({ "category": "pattern", "content": "x" });
    for id in ["exp_0", "' OR 1=1 --", "*", "é"] {
        let (status, answer) = bench
            .send_for(Some(id), "POST", "/api/v1/insights", &body)
            .await;
        assert_eq!(
            (status, &answer["detail"]),
            (404, &json!(format!("Experiment not found: {id}")))
        );
    }
    assert_eq!(bench.get("/api/v1/insights").await["total_count"], 0);
    for path in ["exp_0", "exp_0/executions", "%27%20OR%201=1%20--"] {
        bench
            .refused(404, "GET", &format!("{EXPERIMENTS}/{path}"), Value::Null)
            .await;
    }
    let change = json!({ "name": "x" });
    bench
        .refused(404, "PATCH", "/api/v1/experiments/exp_0", change)
        .await;
}

#[tokio::test]
async fn what_does_not_fit_is_refused() {
    let bench = bench(false);
    let large = json!({ "x": "y".repeat(70_000) });
    for (body, place) in [
        (json!({}), "name"),
        (json!({ "name": "" }), "name"),
        (json!({ "name": "n".repeat(201) }), "name"),
        (
            json!({ "name": "n", "hypothesis": "h".repeat(100_000) }),
            "hypothesis",
        ),
        (json!({ "name": "n", "parameters": [1] }), "parameters"),
        (json!({ "name": "n", "parameters": large }), "parameters"),
        (json!({ "name": "n", "tags": [""] }), "tags"),
        (json!({ "name": "n\u{0}" }), "name"),
        (json!({ "name": "n", "id": "mine" }), "id"),
    ] {
        let detail = bench.refused(422, "POST", EXPERIMENTS, body).await;
        assert_eq!(detail[0]["loc"][1], place, "{detail}");
    }
    let id = open(&bench, json!({ "name": "n" })).await;
    let path = format!("{EXPERIMENTS}/{id}");
    for change in [
        json!({}),
        json!({ "status": "done" }),
        json!({ "results": large }),
    ] {
        bench.refused(422, "PATCH", &path, change).await;
    }
    for query in [
        "q=",
        "q=%20*%20",
        "q=%F0%9F%9A%80",
        "status=open",
        "tags=",
        "limit=0",
    ] {
        let path = format!("{EXPERIMENTS}?{query}");
        bench.refused(422, "GET", &path, Value::Null).await;
    }
}

#[tokio::test]
async fn every_text_is_kept_as_it_is() {
    let bench = bench(false);
    for (number, text) in HOSTILE.into_iter().enumerate() {
        let parameters = json!({ text: [text, { "deep": text }] });
        let id = open(
            &bench,
            json!({ "name": text, "hypothesis": text, "parameters": parameters, "tags": [text] }),
        )
        .await;
        let notes = format!("marker{number} {text}");
        let results = json!({ text: text });
        let kept = update(&bench, &id, json!({ "notes": notes, "results": results })).await;
        assert_eq!(
            bench.get(&format!("{EXPERIMENTS}/{id}")).await["data"],
            kept
        );
        assert_eq!(
            (&kept["name"], &kept["hypothesis"], &kept["tags"]),
            (&json!(text), &json!(text), &json!([text]))
        );
        assert_eq!(
            (&kept["parameters"], &kept["results"], &kept["notes"]),
            (&parameters, &results, &json!(notes))
        );
        for query in [
            format!("q=marker{number}&tags={}", encoded(text)),
            format!("q={}", encoded(&format!("{text} marker{number}"))),
        ] {
            let page = bench.get(&format!("{EXPERIMENTS}?{query}")).await;
            assert_eq!(page["data"][0]["experiment_id"], *id, "{query}");
        }
        let path = format!("{EXPERIMENTS}/{}", encoded(text));
        let detail = bench.refused(404, "GET", &path, Value::Null).await;
        assert_eq!(detail, format!("Experiment not found: {text}"));
    }
    let count = bench.get(EXPERIMENTS).await["total_count"].clone();
    assert_eq!(count, HOSTILE.len());
}

#[tokio::test]
async fn every_operation_that_does_work_is_recorded() {
    let bench = bench(false);
    let id = open(&bench, json!({ "name": "all" })).await;
    let mut called = Vec::new();
    for (path, item) in bench.document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let parameters = operation["parameters"].as_array();
            let header = json!({ "$ref": "#/components/parameters/ExperimentId" });
            if parameters.is_some_and(|all| all.contains(&header)) {
                let path = path.replace(['{', '}'], "");
                let wrong = json!({ "nothing": "of it" });
                let (status, answer) = bench
                    .send_for(Some(&id), &method.to_uppercase(), &path, &wrong)
                    .await;
                assert_eq!(status, 422, "{method} {path}: {answer}");
                called.push(operation["operationId"].clone());
            }
        }
    }
    let mut recorded: Vec<Value> = executions(&bench, &id)
        .await
        .iter()
        .map(|call| call["operation"].clone())
        .collect();
    recorded.reverse();
    assert_eq!(recorded, called);
    called.sort_by_key(Value::to_string);
    assert_eq!(
        called,
        [
            "calculateIndicators",
            "compareResults",
            "createStrategy",
            "loadData",
            "mutateStrategy",
            "saveInsight",
            "startBacktest",
            "startTraining"
        ]
    );
}
