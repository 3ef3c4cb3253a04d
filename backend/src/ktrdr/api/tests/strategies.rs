//! Strategies over HTTP.

use std::fs;
use std::path::Path;

use super::*;

const ALL: &str = "/api/v1/strategies";

fn config() -> Value {
    json!({
        "indicators": [{ "name": "rsi", "parameters": { "period": 14 } }, { "name": "change" }],
        "fuzzy_sets": {
            "rsi": { "oversold": [0, 20, 30], "neutral": [25, 50, 75], "overbought": [70, 80, 100] },
            "change": "fitted",
        },
        "model": { "type": "mlp", "architecture": { "hidden_layers": [6], "activation": "tanh" } },
        "training": { "epochs": 2, "batch_size": 128 },
    })
}

fn new(name: &str) -> Value {
    json!({ "name": name, "description": "Tested.", "config": config() })
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

impl Bench {
    fn strategy_files(&self) -> Vec<String> {
        files(&self.folder.path().join("strategies"))
    }
}

#[tokio::test]
async fn a_strategy_goes_from_creation_over_a_variation_to_a_model() {
    let bench = bench(true);
    let created = bench.post(ALL, new("mine")).await;
    assert_eq!(created["data"]["indicators"], json!(["rsi", "change"]));
    assert_eq!(
        created["message"],
        "Stored. Train it with POST /api/v1/trainings/start (strategy_name: mine)."
    );
    let got = bench.get(&format!("{ALL}/mine")).await["data"].clone();
    assert_eq!(
        (&got["config"]["description"], &got["built_in"]),
        (&json!("Tested."), &json!(false))
    );
    assert_eq!(
        got["config"]["indicators"][1],
        json!({
            "id": "change", "name": "change", "parameters": { "period": 1 }, "output": "change"
        })
    );
    let path = bench.folder.path().join("strategies/mine.yaml");
    assert_eq!(
        fs::read_to_string(path).unwrap(),
        got["yaml"].as_str().unwrap()
    );

    let change = json!({ "name": "mine_slow", "field": "/indicators/0/parameters/period", "value": 21, "note": "Slower." });
    let varied = bench.post(&format!("{ALL}/mine/mutations"), change).await;
    assert_eq!(varied["data"]["parent"], "mine");
    let got = bench.get(&format!("{ALL}/mine_slow")).await["data"].clone();
    assert_eq!(
        got["config"]["variation"],
        json!({
            "field": "/indicators/0/parameters/period", "from": 14, "to": 21, "note": "Slower."
        })
    );
    assert_eq!(bench.strategy_files(), ["mine.yaml", "mine_slow.yaml"]);

    let body = json!({ "symbols": ["AAPL"], "strategy_name": "mine_slow", "start_date": "2024-01-01", "end_date": "2024-02-15" });
    let started = bench.post("/api/v1/trainings/start", body).await;
    assert_eq!(
        started["message"],
        "Training started for mine_slow strategy on AAPL"
    );
    let id = started["operation_id"].as_str().unwrap();
    // What becomes of the file does not matter to a training that has begun.
    fs::remove_dir_all(bench.folder.path().join("strategies")).unwrap();
    bench
        .until(id, |operation| operation["status"] == "completed")
        .await;
    let status = bench.get(&format!("/api/v1/trainings/{id}")).await;
    assert_eq!(
        (
            &status["strategy_name"],
            &status["config"]["epochs"],
            &status["config"]["hidden_layers"]
        ),
        (&json!("mine_slow"), &json!(2), &json!([6]))
    );
    let model = bench.get("/api/v1/models").await["models"][0].clone();
    assert_eq!(model["strategy_name"], "mine_slow");
    let folder = Path::new(model["model_path"].as_str().unwrap())
        .parent()
        .unwrap();
    let stored: Value =
        serde_json::from_slice(&fs::read(folder.join("config.json")).unwrap()).unwrap();
    assert_eq!(stored["strategy"], got["config"]);
    let model = crate::ktrdr::training::predict::Model::load(folder).unwrap();
    assert_eq!(model.strategy().name, "mine_slow");
    let performance = bench
        .get(&format!("/api/v1/trainings/{id}/performance"))
        .await;
    assert_eq!(performance["model_info"]["architecture"], "6-6-2");
}

#[tokio::test]
async fn the_list_is_paged_latest_first_and_tells_what_is_broken() {
    let bench = bench(false);
    let list = bench.get(ALL).await;
    assert_eq!(
        (&list["total_count"], &list["returned_count"]),
        (&json!(3), &json!(3))
    );
    assert_eq!(list["data"][0]["built_in"], true);
    bench.post(ALL, new("first")).await;
    let path = bench.folder.path().join("strategies/broken.yaml");
    fs::write(&path, "name: broken\nindicators: []\n").unwrap();
    let later = std::time::SystemTime::now() + Duration::from_secs(60);
    fs::File::open(&path).unwrap().set_modified(later).unwrap();
    let list = bench.get(&format!("{ALL}?limit=2")).await;
    let names = |list: &Value| -> Vec<String> {
        list["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        (names(&list), &list["total_count"]),
        (vec!["broken".into(), "first".into()], &json!(5))
    );
    assert_eq!(
        (&list["data"][0]["valid"], &list["data"][1]["valid"]),
        (&json!(false), &json!(true))
    );
    let rest = bench.get(&format!("{ALL}?limit=200&offset=2")).await;
    assert_eq!(names(&rest), ["mlp_basic", "mlp_wide", "mlp_deep"]);
    assert_eq!(
        names(&bench.get(&format!("{ALL}?offset=99")).await),
        Vec::<String>::new()
    );
    bench
        .refused(422, "GET", &format!("{ALL}?limit=0"), Value::Null)
        .await;

    let broken = bench.get(&format!("{ALL}/broken")).await["data"].clone();
    assert_eq!(
        (&broken["config"], &broken["yaml"]),
        (&Value::Null, &json!("name: broken\nindicators: []\n"))
    );
    let faults = broken["faults"].as_array().unwrap();
    assert!(
        faults.iter().any(|it| it["path"] == "/indicators"),
        "{broken}"
    );
    let body = json!({ "symbols": ["AAPL"], "strategy_name": "broken" });
    let detail = bench
        .refused(409, "POST", "/api/v1/trainings/start", body)
        .await;
    assert_eq!(
        detail,
        "The file of strategy broken is not valid: /fuzzy_sets is missing. GET /api/v1/strategies/broken tells everything that is wrong."
    );
    let change = json!({ "name": "x", "field": "/model/type", "value": "mlp" });
    bench
        .refused(409, "POST", &format!("{ALL}/broken/mutations"), change)
        .await;
}

#[tokio::test]
async fn a_name_is_taken_once_unless_it_is_to_be_replaced() {
    let bench = bench(false);
    bench.post(ALL, new("mine")).await;
    let mut other = new("mine");
    other["description"] = json!("Another.");
    let detail = bench.refused(409, "POST", ALL, other.clone()).await;
    assert_eq!(
        detail,
        "Strategy already exists: mine. Use another name, or `overwrite` to replace it."
    );
    assert_eq!(
        bench.get(&format!("{ALL}/mine")).await["data"]["config"]["description"],
        "Tested."
    );
    other["overwrite"] = json!(true);
    bench.post(ALL, other).await;
    assert_eq!(
        bench.get(&format!("{ALL}/mine")).await["data"]["config"]["description"],
        "Another."
    );
    let mut built_in = new("mlp_basic");
    built_in["overwrite"] = json!(true);
    let detail = bench.refused(409, "POST", ALL, built_in).await;
    assert_eq!(
        detail,
        "Strategy mlp_basic is built in and cannot be replaced. Use another name."
    );
    let change = json!({ "name": "mine", "field": "/training/epochs", "value": 3 });
    let detail = bench
        .refused(409, "POST", &format!("{ALL}/mine/mutations"), change)
        .await;
    assert_eq!(detail, "Strategy already exists: mine. Use another name.");
    let detail = bench
        .refused(404, "GET", &format!("{ALL}/mime"), Value::Null)
        .await;
    assert_eq!(
        detail,
        "Strategy not found: mime. Known strategies: mlp_basic, mlp_wide, mlp_deep, mine"
    );
}

#[tokio::test]
async fn what_is_wrong_is_told_at_once_and_nothing_is_stored() {
    let bench = bench(false);
    let mut body = new("mine");
    body["config"]["indicators"][0]["name"] = json!("rsl");
    body["config"]["model"]["architecture"]["hidden_layers"] = json!([0]);
    let detail = bench.refused(422, "POST", ALL, body.clone()).await;
    assert_eq!(
        detail[0]["loc"],
        json!(["body", "config", "indicators", 0, "name"])
    );
    assert_eq!(
        detail[0]["msg"],
        "\"rsl\" is none of those that can stand here. Did you mean `rsi`?"
    );
    let told = bench
        .post(
            &format!("{ALL}/validate"),
            json!({ "config": body["config"] }),
        )
        .await["data"]
        .clone();
    assert_eq!(
        (&told["valid"], &told["network_weights"]),
        (&json!(false), &Value::Null)
    );
    assert_eq!(
        told["faults"].as_array().unwrap().len(),
        detail.as_array().unwrap().len()
    );
    assert_eq!(told["faults"][0]["path"], "/indicators/0/name");

    for (change, value) in [
        ("config", json!({ "name": "another", "indicators": [] })),
        ("config", json!(null)),
        ("yaml", json!("a: 1")),
        ("name", json!("schema")),
        ("name", json!("validate")),
        ("descripton", json!("x")),
        ("description", json!("x".repeat(2001))),
    ] {
        let mut body = new("mine");
        body[change] = value;
        bench.refused(422, "POST", ALL, body).await;
    }
    let detail = bench
        .refused(422, "POST", ALL, json!({ "name": "mine" }))
        .await;
    assert_eq!(
        detail[0]["msg"],
        "Give the configuration as `config` or as `yaml`, one of them"
    );
    bench
        .refused(422, "POST", &format!("{ALL}/validate"), json!({}))
        .await;
    let change = json!({ "name": "x", "field": "/indicators/0/parameters/period", "value": 900 });
    let detail = bench
        .refused(422, "POST", &format!("{ALL}/mlp_basic/mutations"), change)
        .await;
    assert_eq!(
        detail[0]["msg"],
        "/indicators/0/parameters/period: 900 does not fit. Give a whole number from 2 up to 500 (Bars to look back)."
    );
    assert_eq!(bench.strategy_files(), Vec::<String>::new());
}

#[tokio::test]
async fn yaml_is_taken_as_well_and_a_schema_with_examples_that_can_be_stored() {
    let bench = bench(false);
    let schema = bench.get(&format!("{ALL}/schema")).await;
    let validator = jsonschema::draft202012::new(&schema["schema"]).unwrap();
    for example in schema["examples"].as_array().unwrap() {
        assert!(validator.is_valid(example));
        let told = bench
            .post(&format!("{ALL}/validate"), json!({ "config": example }))
            .await;
        assert_eq!(told["data"]["valid"], true);
        bench
            .post(ALL, json!({ "name": example["name"], "config": example }))
            .await;
    }
    let text = bench.get(&format!("{ALL}/trend_following")).await["data"]["yaml"].clone();
    let told = bench
        .post(&format!("{ALL}/validate"), json!({ "yaml": text }))
        .await["data"]
        .clone();
    assert_eq!(
        (
            &told["valid"],
            &told["warm_up_bars"],
            &told["network_inputs"]
        ),
        (&json!(true), &json!(49), &json!(8))
    );
    let copy = text
        .as_str()
        .unwrap()
        .replace("name: trend_following\n", "# A copy.\n");
    bench
        .post(ALL, json!({ "name": "copied", "yaml": copy }))
        .await;
    let copied = bench.get(&format!("{ALL}/copied")).await["data"]["config"].clone();
    assert_eq!(
        (&copied["name"], &copied["training"]["epochs"]),
        (&json!("copied"), &json!(40))
    );
    let told = bench
        .post(&format!("{ALL}/validate"), json!({ "yaml": "a: !!x y" }))
        .await["data"]
        .clone();
    assert_eq!(
        told["faults"],
        json!([
            { "path": "", "message": "line 1, column 4: a tag", "hint": "Leave tags (!…) out: values are plain data." }
        ])
    );
}

#[tokio::test]
async fn hostile_requests_are_refused_and_touch_nothing_outside() {
    let bench = bench(false);
    bench.post(ALL, new("inside")).await;
    fs::write(bench.folder.path().join("x.yaml"), "name: x").unwrap();
    let before = files(bench.folder.path());
    let names = [
        "../x", "..", ".", "a/b", "x.yaml", "x\0", "\0", "/x", "..\\x", "X", "ünicode", "量",
        "x y", "x%2f", "", "~", "-x",
    ];
    for name in names {
        bench.refused(422, "POST", ALL, new(name)).await;
        let change = json!({ "name": name, "field": "/training/epochs", "value": 3 });
        bench
            .refused(422, "POST", &format!("{ALL}/inside/mutations"), change)
            .await;
        let encoded: String = name.bytes().map(|byte| format!("%{byte:02x}")).collect();
        if !encoded.is_empty() {
            bench
                .refused(422, "GET", &format!("{ALL}/{encoded}"), Value::Null)
                .await;
        }
        let body = json!({ "symbols": ["AAPL"], "strategy_name": name });
        let (status, _) = bench.send("POST", "/api/v1/trainings/start", &body).await;
        assert!([404, 422].contains(&status), "{name:?}: {status}");
    }
    let (status, _) = bench
        .send(
            "POST",
            ALL,
            &json!({ "name": "big", "yaml": "x".repeat(10 << 20) }),
        )
        .await;
    assert_eq!(status, 413);
    bench
        .refused(
            422,
            "POST",
            ALL,
            json!({ "name": "big", "yaml": "#".repeat(100_000) }),
        )
        .await;
    // Few characters, many bytes.
    let detail = bench
        .refused(
            422,
            "POST",
            ALL,
            json!({ "name": "big", "yaml": "量".repeat(30_000) }),
        )
        .await;
    assert_eq!(
        detail[0]["msg"],
        "The configuration has 90000 bytes of YAML. At most 65536 are stored."
    );
    let mut large = new("big");
    large["config"]["variation"] = json!({ "field": "/x", "from": "x".repeat(100_000), "to": 1 });
    bench.refused(422, "POST", ALL, large).await;
    let bomb = "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]";
    for yaml in [
        bomb,
        "!!python/object/apply:os.system ['true']",
        "a: 1\na: 2",
        "<<: *x",
        "{",
        "\u{0}",
    ] {
        bench
            .refused(422, "POST", ALL, json!({ "name": "evil", "yaml": yaml }))
            .await;
    }
    bench
        .refused(
            422,
            "POST",
            ALL,
            json!({ "name": "deep", "yaml": "[".repeat(65_000) }),
        )
        .await;
    let deep = format!(
        "{{\"name\": \"deep\", \"config\": {}1{}}}",
        "{\"a\":".repeat(100_000),
        "}".repeat(100_000)
    );
    let (status, _) = bench.send_text(None, "POST", ALL, deep).await;
    assert_eq!(status, 422);
    let mut odd = new("odd");
    odd["description"] = json!("NUL \0");
    bench.refused(422, "POST", ALL, odd.clone()).await;
    odd["description"] = json!("tags !!x, 量 🚀, \u{202e}, ' \" \\ # : - & * \n---\n...");
    bench.post(ALL, odd.clone()).await;
    assert_eq!(
        bench.get(&format!("{ALL}/odd")).await["data"]["config"]["description"],
        odd["description"]
    );

    assert_eq!(files(bench.folder.path()), before);
    assert_eq!(bench.strategy_files(), ["inside.yaml", "odd.yaml"]);
    assert_eq!(bench.get("/api/v1/operations").await["total_count"], 0);
}
