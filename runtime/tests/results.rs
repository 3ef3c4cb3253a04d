//! Every row of the table of results: what the backend answers, what the
//! agent gets.

mod common;

use common::{Client, failure, text};
use serde_json::json;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

/// Calls a tool on a backend that always answers so.
async fn result_of(tool: &str, answer: ResponseTemplate) -> toolwright_runtime::Json {
    let backend = MockServer::start().await;
    Mock::given(method("GET"))
        .respond_with(answer)
        .mount(&backend)
        .await;
    let arguments = match tool {
        "get_item" => json!({"id": "a", "limit": 1}),
        _ => json!({}),
    };
    Client::start(&backend.uri())
        .await
        .call(tool, arguments)
        .await
}

fn body(status: u16, body: &str, media_type: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body, media_type)
}

#[tokio::test]
async fn json_arrives_compact_and_otherwise_as_it_was() {
    for (given, expected) in [
        (
            r#"{"b":1.50,"a":[1e400,12345678901234567890]}"#,
            r#"{"b":1.50,"a":[1e400,12345678901234567890]}"#,
        ),
        (
            "{\n  \"b\" : \"x  y\",\r\n\t\"a\": [ 1, 2 ]\n}\n",
            r#"{"b":"x  y","a":[1,2]}"#,
        ),
        ("\u{feff}[1]", "[1]"),
        ("null", "null"),
        (
            r#"{"secret":1,"rows":[1,2,3],"meta":{}}"#,
            r#"{"rows":[3],"meta":{"cut":true}}"#,
        ),
    ] {
        let result = result_of("get_item", body(200, given, "application/json")).await;
        assert_eq!(text(&result), expected);
        assert_eq!(result["isError"], false);
        assert!(result.get("structuredContent").is_none());
    }
    let created = result_of("get_item", body(201, "{}", "application/hal+json; v=1")).await;
    assert_eq!(text(&created), "{}");
}

#[tokio::test]
async fn json_without_a_telling_type_is_json() {
    let untyped = ResponseTemplate::new(200).set_body_bytes(b"[ 1 ]");
    assert_eq!(text(&result_of("get_item", untyped).await), "[1]");
    for media_type in ["text/plain", "application/octet-stream"] {
        let result = result_of("get_item", body(200, "{ \"a\": 1 }", media_type)).await;
        assert_eq!(text(&result), r#"{"a":1}"#);
    }
}

#[tokio::test]
async fn structured_content_where_it_fits() {
    let result = result_of("typed_item", body(200, "{ \"id\": 5 }", "application/json")).await;
    assert_eq!(text(&result), r#"{"id":5}"#);
    assert_eq!(result["structuredContent"], json!({"id": 5}));
    for misfit in [r#"{"id":"5"}"#, "[1]", "null"] {
        let result = result_of("typed_item", body(200, misfit, "application/json")).await;
        assert_eq!(text(&result), misfit);
        assert_eq!(result["isError"], false);
        assert!(result.get("structuredContent").is_none());
    }
}

#[tokio::test]
async fn text_images_audio_and_bytes() {
    let result = result_of(
        "get_item",
        body(200, "hello\n", "text/plain; charset=utf-8"),
    )
    .await;
    assert_eq!(text(&result), "hello\n");
    let latin =
        ResponseTemplate::new(200).set_body_raw(&b"\xfc"[..], "text/csv; charset=iso-8859-1");
    assert_eq!(text(&result_of("get_item", latin).await), "ü");

    let bytes = &b"\x89PNG\x00"[..];
    for (media_type, expected) in [
        (
            "image/png",
            json!({"type": "image", "data": "iVBORwA=", "mimeType": "image/png"}),
        ),
        (
            "audio/wav",
            json!({"type": "audio", "data": "iVBORwA=", "mimeType": "audio/wav"}),
        ),
    ] {
        let answer = ResponseTemplate::new(200).set_body_raw(bytes, media_type);
        assert_eq!(
            result_of("get_item", answer).await["content"],
            json!([expected])
        );
    }
    for (media_type, expected) in [
        ("application/pdf", "application/pdf"),
        ("", "application/octet-stream"),
    ] {
        let answer = ResponseTemplate::new(200).set_body_raw(bytes, media_type);
        let result = result_of("get_item", answer).await;
        let resource = &result["content"][0]["resource"];
        assert_eq!(resource["blob"], "iVBORwA=");
        assert_eq!(resource["mimeType"], expected);
        assert!(resource["uri"].as_str().unwrap().ends_with("/items/a"));
    }
}

#[tokio::test]
async fn empty_answers_are_a_success() {
    for (status, expected) in [
        (
            204,
            "Success: the backend answered HTTP 204 No Content without a body.",
        ),
        (
            200,
            "Success: the backend answered HTTP 200 OK without a body.",
        ),
        (
            202,
            "Success: the backend answered HTTP 202 Accepted without a body.",
        ),
    ] {
        let result = result_of("get_item", ResponseTemplate::new(status)).await;
        assert_eq!(text(&result), expected);
        assert_eq!(result["isError"], false);
    }
    let typed = result_of("typed_item", ResponseTemplate::new(204)).await;
    assert_eq!(typed["isError"], false);
}

#[tokio::test]
async fn declared_failures_are_errors_with_their_body() {
    let given = r#"{ "success": false, "message": "no data", "secret": 1 }"#;
    let result = result_of("get_item", body(200, given, "application/json")).await;
    assert_eq!(failure(&result)["message"], "no data");
    assert_eq!(
        text(&result),
        r#"{"success":false,"message":"no data","secret":1}"#
    );
}

#[tokio::test]
async fn errors_have_one_shape() {
    for (status, media_type, given, expected) in [
        (
            404,
            "application/json",
            r#"{ "detail": "Operation not found" }"#,
            r#"{"success":false,"error":"Operation not found","status_code":404,"details":{"detail":"Operation not found"}}"#,
        ),
        (
            422,
            "application/json",
            r#"{"detail":[{"loc":["body","n"],"msg":"too big","x":1.0}]}"#,
            r#"{"success":false,"error":"body.n: too big","status_code":422,"details":{"detail":[{"loc":["body","n"],"msg":"too big","x":1.0}]}}"#,
        ),
        (
            400,
            "application/problem+json",
            r#"{"title":"Bad","status":400}"#,
            r#"{"success":false,"error":"Bad","status_code":400,"details":{"title":"Bad","status":400}}"#,
        ),
        (
            409,
            "application/json",
            r#"{"error":{"code":"X","message":"taken"}}"#,
            r#"{"success":false,"error":"taken","status_code":409,"details":{"error":{"code":"X","message":"taken"}}}"#,
        ),
        (
            400,
            "application/json",
            r#""just text""#,
            r#"{"success":false,"error":"just text","status_code":400,"details":"just text"}"#,
        ),
        (
            500,
            "text/plain",
            "upstream broke",
            r#"{"success":false,"error":"upstream broke","status_code":500,"details":"upstream broke"}"#,
        ),
        (
            502,
            "text/html",
            "<html><title>Bad Gateway</title></html>",
            r#"{"success":false,"error":"Bad Gateway","status_code":502,"details":"<html><title>Bad Gateway</title></html>"}"#,
        ),
        (
            503,
            "application/json",
            "{oops",
            r#"{"success":false,"error":"{oops","status_code":503,"details":"{oops"}"#,
        ),
        (
            500,
            "",
            "",
            r#"{"success":false,"error":"HTTP 500 Internal Server Error","status_code":500,"details":null}"#,
        ),
        (
            500,
            "image/png",
            "xyz",
            r#"{"success":false,"error":"3 bytes of image/png","status_code":500,"details":"3 bytes of image/png"}"#,
        ),
    ] {
        for tool in ["get_item", "typed_item"] {
            let result = result_of(tool, body(status, given, media_type)).await;
            failure(&result);
            assert_eq!(text(&result), expected);
        }
    }
}

#[tokio::test]
async fn long_error_texts_are_shortened() {
    let result = result_of("get_item", body(500, &"x".repeat(4096), "text/plain")).await;
    let failure = failure(&result);
    assert_eq!(failure["error"].as_str().unwrap().chars().count(), 301);
    assert_eq!(failure["details"].as_str().unwrap().chars().count(), 4001);
}

#[tokio::test]
async fn broken_json_is_an_error() {
    for given in [&b"{\"a\":"[..], b"{\"a\":\"\xff\"}", b"nope"] {
        let answer = ResponseTemplate::new(200).set_body_raw(given, "application/json");
        let failure = failure(&result_of("get_item", answer).await);
        assert_eq!(failure["status_code"], 200);
        let message = failure["error"].as_str().unwrap();
        assert!(
            message.starts_with("The backend's answer is not valid JSON: "),
            "{message}"
        );
        assert_eq!(failure["details"], String::from_utf8_lossy(given).as_ref());
    }
}

#[tokio::test]
async fn redirects_that_are_not_followed_are_errors() {
    for (status, location) in [
        (302, "https://elsewhere.example/x"),
        (307, "//elsewhere.example/x"),
        (301, "ftp://127.0.0.1/"),
        (304, "/items/b"),
    ] {
        let answer = ResponseTemplate::new(status).insert_header("Location", location);
        let failure = failure(&result_of("get_item", answer).await);
        assert_eq!(failure["status_code"], status);
        assert!(
            failure["error"].as_str().unwrap().contains(location),
            "{failure}"
        );
    }
}
