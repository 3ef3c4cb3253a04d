//! Insights: kept as they are given, and found again.

use super::*;
use crate::ktrdr::store::insights;
use crate::ktrdr::store::testing;

const INSIGHTS: &str = "/api/v1/insights";

async fn save(
    bench: &Bench,
    category: &str,
    content: &str,
    tags: Value,
    importance: i64,
) -> String {
    let body =
        json!({ "category": category, "content": content, "tags": tags, "importance": importance });
    let answer = bench.post(INSIGHTS, body).await;
    answer["data"]["insight_id"].as_str().unwrap().to_owned()
}

/// The snippets that a search finds.
async fn search(bench: &Bench, query: &str) -> Vec<String> {
    let page = bench.get(&format!("{INSIGHTS}?{query}")).await;
    let data = page["data"].as_array().unwrap();
    data.iter()
        .map(|it| it["snippet"].as_str().unwrap().to_owned())
        .collect()
}

async fn with_some() -> Bench {
    let bench = bench(false);
    for (category, content, tags, importance) in [
        (
            "failure",
            "Momentum strategies fail in sideways markets.",
            json!(["momentum", "range"]),
            5,
        ),
        (
            "success",
            "Momentum with a volume filter works.",
            json!(["Momentum", "volume"]),
            5,
        ),
        (
            "pattern",
            "Gaps close within three days.",
            json!(["gap"]),
            9,
        ),
        (
            "hypothesis",
            "Gaps in oil stay open.",
            json!(["gap", "oil"]),
            2,
        ),
    ] {
        save(&bench, category, content, tags, importance).await;
    }
    bench
}

#[tokio::test]
async fn what_fits_best_comes_first() {
    let bench = with_some().await;
    assert_eq!(
        search(&bench, "q=momentum+failure").await,
        [
            "**Momentum** strategies fail in sideways markets.",
            "**Momentum** with a volume filter works."
        ]
    );
    // The more important one of two that fit alike.
    assert_eq!(
        search(&bench, "q=gap").await,
        [
            "**Gaps** close within three days.",
            "**Gaps** in oil stay open."
        ]
    );
    assert_eq!(search(&bench, "q=sidew").await.len(), 1);
    assert_eq!(search(&bench, "q=sidew+gap").await.len(), 2);
    assert_eq!(search(&bench, "q=nothing").await, [""; 0]);
    // Without words the newest.
    assert_eq!(search(&bench, "limit=1").await, ["Gaps in oil stay open."]);
}

#[tokio::test]
async fn filters_narrow_a_search() {
    let bench = with_some().await;
    for (query, expect) in [
        ("category=pattern", 1),
        ("min_importance=5", 3),
        ("tags=MOMENTUM", 2),
        ("tags=momentum&tags=volume", 1),
        ("tags=momentum&tags=oil", 0),
        ("q=momentum&category=success", 1),
        ("q=gaps&min_importance=3", 1),
        ("experiment_id=exp_0", 0),
    ] {
        let page = bench.get(&format!("{INSIGHTS}?{query}")).await;
        assert_eq!(page["total_count"], expect, "{query}");
        assert_eq!(page["returned_count"], expect, "{query}");
    }
    let page = bench.get(&format!("{INSIGHTS}?limit=1&offset=3")).await;
    assert_eq!(
        (&page["total_count"], &page["data"][0]["category"]),
        (&json!(4), &json!("failure"))
    );
    let page = bench
        .get(&format!("{INSIGHTS}?q=gap&limit=1&offset=1"))
        .await;
    assert_eq!(
        (&page["total_count"], &page["data"][0]["category"]),
        (&json!(2), &json!("hypothesis"))
    );
}

#[tokio::test]
async fn a_long_insight_is_shown_in_part_and_read_whole() {
    let bench = bench(false);
    let content = format!(
        "{}needle in it {}",
        "hay ".repeat(2000),
        "straw ".repeat(100)
    );
    let id = save(&bench, "pattern", &content, json!([]), 5).await;
    for (query, part) in [("q=needle", "**needle**"), ("", "hay hay")] {
        let page = bench.get(&format!("{INSIGHTS}?{query}")).await;
        let found = &page["data"][0];
        assert_eq!(found["complete"], false);
        let snippet = found["snippet"].as_str().unwrap();
        assert!(snippet.contains(part) && snippet.len() < 500, "{snippet}");
    }
    let whole = bench.get(&format!("{INSIGHTS}/{id}")).await;
    assert_eq!(whole["data"]["content"], content);
    let detail = bench
        .refused(404, "GET", "/api/v1/insights/ins_0", Value::Null)
        .await;
    assert_eq!(detail, "Insight not found: ins_0");
}

#[tokio::test]
async fn every_text_is_kept_as_it_is() {
    let bench = bench(false);
    for (number, text) in HOSTILE.into_iter().enumerate() {
        let content = format!("marker{number} {text}");
        let tags = json!([text, format!("tag{number}")]);
        let id = save(&bench, "technique", &content, tags.clone(), 5).await;
        let kept = bench.get(&format!("{INSIGHTS}/{id}")).await["data"].clone();
        assert_eq!((&kept["content"], &kept["tags"]), (&json!(content), &tags));

        let page = bench.get(&format!("{INSIGHTS}?q=marker{number}+")).await;
        assert!(
            page["data"]
                .as_array()
                .unwrap()
                .iter()
                .any(|it| it["insight_id"] == *id)
        );
        let page = bench
            .get(&format!(
                "{INSIGHTS}?tags={}&tags=tag{number}",
                encoded(text)
            ))
            .await;
        assert_eq!(page["total_count"], 1, "{text}");

        let answer = bench
            .send(
                "GET",
                &format!("{INSIGHTS}?q={}", encoded(text)),
                &Value::Null,
            )
            .await;
        let has_words = text.chars().any(char::is_alphanumeric);
        assert_eq!(
            answer.0,
            if has_words { 200 } else { 422 },
            "{text}: {}",
            answer.1
        );
        for parameter in ["experiment_id", "category"] {
            let path = format!("{INSIGHTS}?{parameter}={}", encoded(text));
            let (status, body) = bench.send("GET", &path, &Value::Null).await;
            assert!(
                status == 422 || body["total_count"] == 0,
                "{path} {status} {body}"
            );
        }
    }
    let count = HOSTILE.len();
    assert_eq!(bench.get(INSIGHTS).await["total_count"], count);
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused() {
    let bench = bench(false);
    for (body, place) in [
        (json!({ "content": "x" }), "category"),
        (json!({ "category": "pattern" }), "content"),
        (json!({ "category": "pattern", "content": "" }), "content"),
        (
            json!({ "category": "pattern", "content": "x".repeat(100_000) }),
            "content",
        ),
        (
            json!({ "category": "pattern", "content": "a\u{0}b" }),
            "content",
        ),
        (
            json!({ "category": "pattern", "content": "x", "tags": ["a\u{0}"] }),
            "tags",
        ),
        (
            json!({ "category": "pattern", "content": "x", "tags": "a" }),
            "tags",
        ),
        (
            json!({ "category": "pattern", "content": "x", "importance": 11 }),
            "importance",
        ),
        (
            json!({ "category": "pattern", "content": "x", "mood": "good" }),
            "mood",
        ),
    ] {
        let detail = bench.refused(422, "POST", INSIGHTS, body).await;
        assert_eq!(detail[0]["loc"][1], place, "{detail}");
    }
    for query in [
        format!("q={}", "x".repeat(10_000)),
        "q=a%00b".to_owned(),
        "q=".to_owned(),
        "min_importance=0".to_owned(),
        "category=guess".to_owned(),
        format!("tags={}", vec!["a"; 21].join("&tags=")),
    ] {
        let path = format!("{INSIGHTS}?{query}");
        bench.refused(422, "GET", &path, Value::Null).await;
    }
    assert_eq!(bench.get(INSIGHTS).await["total_count"], 0);
}

#[tokio::test]
async fn insights_are_found_again_after_a_restart() {
    let database = testing::database();
    let open = || Bench::over(tempfile::tempdir().unwrap(), database.open(), false);
    let first = open();
    let id = save(&first, "success", "Patience pays.", json!(["calm"]), 7).await;
    drop(first);
    let second = open();
    let page = second.get("/api/v1/insights?q=patience&tags=calm").await;
    assert_eq!(page["data"][0]["insight_id"], *id);
    let kept = second
        .store
        .read_now(|db| insights::get(db, &id))
        .unwrap()
        .unwrap();
    assert_eq!(kept.importance, 7);
}
