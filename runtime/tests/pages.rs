//! Pages that are followed, and results that are cut, written as tables or
//! have several parts.

mod common;

use std::time::Duration;

use common::{Client, LIMITS, RawBackend, Reaction, answer, server, text};
use serde_json::json;
use toolwright_runtime::{
    Behaviour, Failure, Http, Json, Limits, Method, Page, PageBy, PageSize, Request, Server, Shape,
    Style, Tool,
};

const TOOLS: &str = r#"[
  {"name":"by_offset","inputSchema":{"type":"object","properties":{"offset":{"type":"integer"},"limit":{"type":"integer"},"max_items":{"type":"integer","minimum":1,"maximum":50}},"additionalProperties":false}},
  {"name":"by_number","inputSchema":{"type":"object","properties":{"page":{"type":"integer"},"limit":{"type":"integer"},"max_items":{"type":"integer","minimum":1,"maximum":50}},"additionalProperties":false}},
  {"name":"by_cursor","inputSchema":{"type":"object","properties":{"cursor":{"type":"string"},"max_items":{"type":"integer","minimum":1,"maximum":50}},"additionalProperties":false}},
  {"name":"by_link","inputSchema":{"type":"object","properties":{"max_items":{"type":"integer","minimum":1,"maximum":50}},"additionalProperties":false}},
  {"name":"table","inputSchema":{"type":"object","properties":{}}},
  {"name":"listed","inputSchema":{"type":"object","properties":{}},"outputSchema":{"type":"object","properties":{"items":{"type":"array","items":{"type":"integer"}}}}}
]"#;

static PAGED: Server = Server {
    tools_json: TOOLS,
    limits: Limits {
        result: 1024,
        ..LIMITS
    },
    tool: |name| {
        Some(match name {
            "by_offset" => &BY_OFFSET,
            "by_number" => &BY_NUMBER,
            "by_cursor" => &BY_CURSOR,
            "by_link" => &BY_LINK,
            "table" => &TABLE,
            "listed" => &LISTED,
            _ => return None,
        })
    },
    ..server()
};

const SIZE: Option<PageSize> = Some(PageSize {
    argument: "limit",
    most: Some(3),
});

const BY_OFFSET: Tool = paged(
    "by_offset",
    Page {
        by: PageBy::Offset { argument: "offset" },
        size: SIZE,
        items: "/rows",
        total: Some("/total"),
    },
);

const BY_NUMBER: Tool = paged(
    "by_number",
    Page {
        by: PageBy::Number {
            argument: "page",
            first: 1,
        },
        size: SIZE,
        items: "/rows",
        total: None,
    },
);

const BY_CURSOR: Tool = paged(
    "by_cursor",
    Page {
        by: PageBy::Cursor {
            argument: "cursor",
            next: "/next",
        },
        size: None,
        items: "/rows",
        total: None,
    },
);

const BY_LINK: Tool = paged(
    "by_link",
    Page {
        by: PageBy::Link,
        size: None,
        items: "",
        total: None,
    },
);

const TABLE: Tool = Tool {
    response: Shape {
        table: true,
        ..Shape::WHOLE
    },
    ..plain("table")
};

const LISTED: Tool = Tool {
    response: Shape {
        wrap: Some("items"),
        rest: &["limit"],
        ..Shape::WHOLE
    },
    ..plain("listed")
};

const fn paged(name: &'static str, page: Page) -> Tool {
    let mut tool = plain(name);
    tool.behaviour.page = Some(page);
    tool
}

const fn plain(name: &'static str) -> Tool {
    Tool {
        name,
        request: |_, arguments| {
            let mut request = Request::new(Method::GET, "/rows");
            for name in ["offset", "page", "limit"] {
                request.query(name, arguments.optional::<i64>(name)?, Style::FORM);
            }
            let cursor = arguments.optional::<String>("cursor")?;
            request.query("cursor", cursor, Style::FORM);
            Ok(request)
        },
        response: Shape {
            failure: Some(Failure {
                at: "/ok",
                equals: "false",
            }),
            ..Shape::WHOLE
        },
        behaviour: Behaviour::PLAIN,
    }
}

fn page(body: &str) -> Reaction {
    answer("200 OK", "Content-Type: application/json\r\n", body)
}

fn linked(link: &str, body: &str) -> Reaction {
    let headers = format!("Content-Type: application/json\r\nLink: {link}\r\n");
    answer("200 OK", &headers, body)
}

/// The result of a call, and the queries that the backend saw.
async fn called(tool: &str, arguments: Json, pages: Vec<Reaction>) -> (Json, Vec<String>) {
    called_within(Duration::from_secs(10), tool, arguments, pages).await
}

async fn called_within(
    timeout: Duration,
    tool: &str,
    arguments: Json,
    pages: Vec<Reaction>,
) -> (Json, Vec<String>) {
    let backend = RawBackend::start(pages).await;
    let http = Http::builder()
        .response_limit(PAGED.limits.response)
        .timeout(timeout)
        .build(&backend.url)
        .unwrap();
    let result = Client::with(&PAGED, http).await.call(tool, arguments).await;
    let query = |request: &String| {
        let target = request.split(' ').nth(1).unwrap_or_default();
        target.strip_prefix("/rows").unwrap_or(target).to_owned()
    };
    (result, backend.requests().iter().map(query).collect())
}

/// The texts of a result that is a success.
fn texts(result: &Json) -> Vec<&str> {
    assert_eq!(result["isError"], false, "{result}");
    let content = result["content"].as_array().unwrap();
    content
        .iter()
        .filter_map(|block| block["text"].as_str())
        .collect()
}

#[tokio::test]
async fn offsets_until_there_are_enough() {
    let pages = vec![
        page(r#"{"rows":[1.0,2,3],"total":9}"#),
        page(r#"{"rows":[4,5,6],"total":9}"#),
        page(r#"{"rows":[7],"total":9}"#),
    ];
    let (result, queries) = called("by_offset", json!({"max_items": 7}), pages).await;
    assert_eq!(
        texts(&result),
        [
            r#"{"rows":[1.0,2,3,4,5,6,7],"total":9}"#,
            "These are 7 items from 3 pages; there are more. To go on, use `offset`: 7."
        ]
    );
    assert_eq!(
        queries,
        ["?limit=3", "?offset=3&limit=3", "?offset=6&limit=1"]
    );
}

#[tokio::test]
async fn offsets_until_there_are_no_more() {
    for (pages, expected) in [
        // By the total.
        (vec![r#"{"rows":[1,2,3],"total":5}"#], 1),
        // By a page that is not full.
        (vec![r#"{"rows":[1,2,3]}"#, r#"{"rows":[4]}"#], 2),
        // By an empty page.
        (vec![r#"{"rows":[1,2,3]}"#, r#"{"rows":[]}"#], 2),
    ] {
        let pages: Vec<Reaction> = pages.into_iter().map(page).collect();
        let (result, queries) =
            called("by_offset", json!({"max_items": 50, "offset": 2}), pages).await;
        let texts = texts(&result);
        assert!(texts[1].ends_with("; there are no more."), "{texts:?}");
        assert_eq!(queries.len(), expected, "{queries:?}");
    }
}

#[tokio::test]
async fn one_page_is_as_it_was_without_the_argument() {
    let body = r#"{"rows":[1,2,3],"total":9}"#;
    let (result, queries) = called("by_offset", json!({"limit": 3}), vec![page(body)]).await;
    assert_eq!(text(&result), body);
    assert_eq!(queries, ["?limit=3"]);
    let (result, queries) = called("by_offset", json!({"max_items": 51}), vec![page(body)]).await;
    assert_eq!(result["isError"], true);
    assert!(queries.is_empty());
}

#[tokio::test]
async fn numbers_keep_the_size_of_pages() {
    let pages = vec![page(r#"{"rows":[1,2]}"#), page(r#"{"rows":[3,4]}"#)];
    let arguments = json!({"max_items": 3, "limit": 2, "page": 4});
    let (result, queries) = called("by_number", arguments, pages).await;
    assert_eq!(
        texts(&result),
        [
            r#"{"rows":[1,2,3]}"#,
            "These are 3 items from 2 pages; there are more. To go on, use `page`: 5 and `limit`: 2 (the first 1 of that page are here already)."
        ]
    );
    assert_eq!(queries, ["?page=4&limit=2", "?page=5&limit=2"]);
}

#[tokio::test]
async fn cursors_to_their_end() {
    let pages = vec![
        page(r#"{"next":"a b","rows":[1]}"#),
        page(r#"{"rows":[],"next":7}"#),
        page(r#"{"rows":[2],"next":""}"#),
    ];
    let (result, queries) = called("by_cursor", json!({"max_items": 9}), pages).await;
    assert_eq!(
        texts(&result),
        [
            r#"{"next":null,"rows":[1,2]}"#,
            "These are 2 items from 3 pages; there are no more."
        ]
    );
    assert_eq!(queries, ["", "?cursor=a%20b", "?cursor=7"]);
}

#[tokio::test]
async fn a_cursor_that_comes_again_ends_it() {
    let pages = vec![page(r#"{"rows":[1],"next":"x"}"#)];
    let (result, queries) = called("by_cursor", json!({"max_items": 9}), pages).await;
    let texts = texts(&result);
    assert_eq!(texts[0], r#"{"rows":[1,1],"next":"x"}"#);
    assert!(
        texts[1].contains("a page that was read already"),
        "{texts:?}"
    );
    assert_eq!(queries.len(), 2);
}

#[tokio::test]
async fn more_than_was_asked_for_begins_there_again() {
    let pages = vec![
        page(r#"{"rows":[1,2],"next":"x"}"#),
        page(r#"{"rows":[3,4],"next":"y"}"#),
    ];
    let (result, _) = called("by_cursor", json!({"max_items": 3}), pages).await;
    assert_eq!(
        texts(&result),
        [
            r#"{"rows":[1,2,3],"next":"x"}"#,
            "These are 3 items from 2 pages; there are more. To go on, use `cursor`: \"x\" (the first 1 of that page are here already)."
        ]
    );
}

#[tokio::test]
async fn links_within_the_place() {
    let pages = vec![
        linked(r#"</rows?after=1&limit=2>; rel="next""#, "[1,2]"),
        linked(r#"</other?after=3>; rel="next""#, "[3]"),
    ];
    let (result, queries) = called("by_link", json!({"max_items": 9}), pages).await;
    let texts = texts(&result);
    assert_eq!(texts[0], "[1,2,3]");
    assert!(texts[1].contains("leads to another place"), "{texts:?}");
    assert_eq!(queries, ["", "?after=1&limit=2"]);
}

#[tokio::test]
async fn what_fails_later_takes_nothing_away() {
    for (later, expected) in [
        (
            answer("503 Service Unavailable", "", "down"),
            "the next page was not read: the backend answered HTTP 503 Service Unavailable: down. To go on, use `offset`: 3.",
        ),
        (
            page(r#"{"ok":false,"message":"no"}"#),
            "the backend declared a failure: no.",
        ),
        (page(r#"{"rows":{}}"#), "there is no list at \"/rows\"."),
        (
            page(&format!(r#"{{"rows":["{}"]}}"#, "x".repeat(4080))),
            "together they are larger than the limit of 4096 bytes.",
        ),
        (Reaction::Hang, "the time of one call is over."),
    ] {
        let pages = vec![page(r#"{"rows":[1,2,3]}"#), later];
        let wait = Duration::from_millis(300);
        let (result, _) = called_within(wait, "by_offset", json!({"max_items": 9}), pages).await;
        let texts = texts(&result);
        assert_eq!(texts[0], r#"{"rows":[1,2,3]}"#);
        assert!(texts[1].contains(expected), "{texts:?}");
    }
}

#[tokio::test]
async fn a_first_page_that_fails_is_an_error() {
    let (result, queries) = called(
        "by_offset",
        json!({"max_items": 9}),
        vec![answer("404 Not Found", "", "gone")],
    )
    .await;
    assert_eq!(result["isError"], true);
    assert_eq!(queries.len(), 1);
}

#[tokio::test]
async fn results_are_cut_and_stay_json() {
    let rows: Vec<Json> = (0..100)
        .map(|n| json!({"id": n, "name": "a name"}))
        .collect();
    let body = json!({"rows": rows, "total": 500}).to_string();
    let (result, _) = called("by_offset", json!({"offset": 10}), vec![page(&body)]).await;
    let texts = texts(&result);
    assert!(texts[0].len() <= 1024, "{}", texts[0].len());
    let kept = serde_json::from_str::<Json>(texts[0]).unwrap()["rows"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(
        texts[1],
        format!(
            "Cut to fit 1 KiB: /rows has the first {kept} of 100 items. To get the rest, use `offset`: {}.",
            10 + kept
        )
    );
    let text = "word ".repeat(500);
    let plain = answer("200 OK", "Content-Type: text/plain\r\n", &text);
    let (result, _) = called("by_offset", json!({}), vec![plain]).await;
    assert_eq!(self::texts(&result)[0], &text[..1024]);
    let details = json!({"detail": "no", "trace": text}).to_string();
    let failed = answer("500 Oops", "Content-Type: application/json\r\n", &details);
    let (result, _) = called("by_offset", json!({}), vec![failed]).await;
    assert_eq!(result["isError"], true);
    let error: Json = serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
    assert_eq!(error["details"]["detail"], "no");
    assert!(error.to_string().len() < 1200, "{error}");
}

#[tokio::test]
async fn tables_are_cut_by_their_own_size() {
    let rows: Vec<Json> = (0..100)
        .map(|n| json!({"id": n, "name": "a name"}))
        .collect();
    let body = Json::from(rows.clone()).to_string();
    let (result, _) = called("table", json!({}), vec![page(&body)]).await;
    let table = texts(&result)[0];
    assert!(table.len() <= 1024 && table.len() > 900, "{}", table.len());
    let kept = table.lines().count() - 1;
    assert!(
        table.starts_with(&format!("[{kept}]{{id,name}}:\n  0,a name\n")),
        "{table}"
    );
    assert!(kept > 60, "{kept}");
    assert!(result.get("structuredContent").is_none());
}

#[tokio::test]
async fn lists_are_wrapped_for_their_schema() {
    let (result, _) = called("listed", json!({}), vec![page("[1,2]")]).await;
    assert_eq!(text(&result), r#"{"items":[1,2]}"#);
    assert_eq!(result["structuredContent"], json!({"items": [1, 2]}));
    let long = Json::from((0..500).collect::<Vec<_>>()).to_string();
    let (result, _) = called("listed", json!({}), vec![page(&long)]).await;
    let cut: Json = serde_json::from_str(texts(&result)[0]).unwrap();
    assert_eq!(result["structuredContent"], cut);
    assert!(texts(&result)[1].ends_with("To get the rest, use `limit`."));
}

#[tokio::test]
async fn parts_are_blocks_of_content() {
    let body = "--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n\
        --b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw==\r\n\
        --b\r\nContent-Type: application/json\r\nContent-Location: test://one\r\n\r\n{ \"a\": 1 }\r\n--b--\r\n";
    let mixed = answer(
        "200 OK",
        "Content-Type: multipart/mixed; boundary=b\r\n",
        body,
    );
    let (result, _) = called("table", json!({}), vec![mixed]).await;
    assert_eq!(
        result["content"],
        json!([
            {"type": "text", "text": "hello"},
            {"type": "image", "data": "iVBORw==", "mimeType": "image/png"},
            {"type": "resource", "resource": {"uri": "test://one", "mimeType": "application/json", "text": "{\"a\":1}"}},
        ])
    );
    let broken = answer("200 OK", "Content-Type: multipart/mixed\r\n", "no parts");
    let (result, _) = called("table", json!({}), vec![broken]).await;
    assert_eq!(text(&result), "no parts");
}
