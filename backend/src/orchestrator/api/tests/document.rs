//! Document and hub agree.

use super::*;
use crate::http::testing::check_examples;

#[tokio::test]
async fn every_documented_operation_has_a_route() {
    let bench = bench().await;
    let paths = bench.document["paths"].as_object().unwrap();
    for (path, item) in paths {
        for method in item.as_object().unwrap().keys() {
            let (path, method) = (path.replace(['{', '}'], ""), method.to_uppercase());
            let answer = bench.ask(Show::Nothing, &method, &path, &json!({})).await;
            assert_ne!(answer.status, 405, "{method} {path}");
            assert_ne!(answer.json()["detail"], "Not Found", "{method} {path}");
        }
    }
    assert!(!paths.is_empty());
}

#[test]
fn every_example_fits_its_schema() {
    let contract = Contract::read(DOCUMENT).unwrap();
    let seen = check_examples(contract.document());
    assert!(seen > 10, "{seen}");
}

#[tokio::test]
async fn the_document_that_is_served_is_true_of_the_hub() {
    let open = bench().await.told(200, "GET", "/openapi.json").await;
    let submit = "/paths/~1jobs/post/security";
    assert_eq!(open.pointer(submit), Some(&json!([{ "ApiKey": [] }, {}])));
    assert_eq!(open["servers"][0]["url"], "/");
    let closed = Bench::with(secrets()).await;
    let closed = closed.told(200, "GET", "/openapi.json").await;
    assert_eq!(closed.pointer(submit), Some(&json!([{ "ApiKey": [] }])));
    assert_eq!(closed["components"], open["components"]);
}

#[tokio::test]
async fn what_is_nowhere_and_what_is_not_done_there_is_told() {
    let bench = bench().await;
    assert_eq!(bench.told(404, "GET", "/job").await["detail"], "Not Found");
    let told = bench.told(405, "PATCH", "/jobs").await;
    assert_eq!(told["detail"], "Method Not Allowed");
}
