//! Values that complete an argument.

use serde_json::json;
use toolwright_runtime::Json;

use super::common::{Client, answer};
use super::{json_answer, start};

async fn complete(client: &mut Client, argument: &str, value: &str, known: Json) -> Json {
    let params = json!({
        "ref": {"type": "ref/prompt", "name": "sell"},
        "argument": {"name": argument, "value": value},
        "context": {"arguments": known},
    });
    client.request("completion/complete", params).await
}

#[tokio::test]
async fn values_complete_arguments() {
    let (_backend, mut client) = start(vec![json_answer("[]")]).await;
    let seven = complete(&mut client, "id", "7", json!({})).await;
    assert_eq!(
        seven["result"]["completion"],
        json!({"values": ["7", "70"], "total": 2, "hasMore": false})
    );
    let none = complete(&mut client, "kind", "7", json!({})).await;
    assert_eq!(none["result"]["completion"]["values"], json!([]));
    let unknown = complete(&mut client, "knd", "7", json!({})).await;
    assert_eq!(unknown["error"]["code"], -32602);
    let params = json!({"ref": {"type": "ref/resource", "uri": "shop://items/{id}"}, "argument": {"name": "id", "value": ""}});
    let resource = client.request("completion/complete", params).await;
    assert_eq!(resource["result"]["completion"]["values"], json!([]));
    let params = json!({"ref": {"type": "ref/resource", "uri": "shop://no"}, "argument": {"name": "id", "value": ""}});
    let unknown = client.request("completion/complete", params).await;
    assert_eq!(unknown["error"]["code"], -32602);
}

#[tokio::test]
async fn values_are_looked_up_once() {
    let names: Vec<Json> = (0..150).map(|n| json!({"name": format!("n{n}")})).collect();
    let reactions = vec![
        json_answer(&json!(names).to_string()),
        answer("500 Oops", "", "oops"),
    ];
    let (backend, mut client) = start(reactions).await;
    let without = complete(&mut client, "name", "", json!({})).await;
    assert_eq!(without["result"]["completion"]["values"], json!([]));
    assert!(
        backend.requests().is_empty(),
        "what it goes by is not known"
    );

    let all = complete(&mut client, "name", "", json!({"kind": "a", "id": "x"})).await;
    let completion = &all["result"]["completion"];
    assert_eq!(completion["values"].as_array().map(Vec::len), Some(100));
    assert_eq!(
        (&completion["total"], &completion["hasMore"]),
        (&json!(150), &json!(true))
    );
    let some = complete(&mut client, "name", "N14", json!({"kind": "a"})).await;
    assert_eq!(some["result"]["completion"]["total"], 11);
    assert_eq!(backend.requests().len(), 1);
    assert!(backend.requests()[0].starts_with("GET /names?kind=a "));

    let failed = complete(&mut client, "name", "", json!({"kind": "b"})).await;
    assert_eq!(failed["error"]["code"], -32603, "{failed}");
    let refused = complete(&mut client, "name", "", json!({"kind": "too long"})).await;
    assert_eq!(refused["error"]["code"], -32602, "{refused}");
}
