//! Hostile text in every position of a document: none of it becomes code, and what a reader would not see
//! is shown and warned of.

use serde_json::{Value, json};
use toolwright::diagnostics::Diagnostics;
use toolwright::diagnostics::render::{Format, render};
use toolwright_fuzz::{Case, HOSTILE, INVISIBLE, Verdict};

/// What stands in the document for the text under test, each position with a letter of its own, so that
/// names differ.
fn document() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": "@title@", "version": "@version@", "description": "@info@" },
        "servers": [{ "url": "https://a.example/@server@", "description": "@server description@" }],
        "tags": [{ "name": "@tag@", "description": "@tag description@" }],
        "security": [{ "@scheme@": [] }],
        "paths": {
            "/a/@path@/{id}": {
                "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
                "post": {
                    "operationId": "@operation@",
                    "summary": "@summary@",
                    "description": "@description@",
                    "tags": ["@tag@"],
                    "parameters": [
                        {
                            "name": "@query@", "in": "query", "description": "@parameter description@",
                            "schema": { "type": "string", "enum": ["@enum@", "b"], "default": "@enum@", "description": "@schema description@" },
                        },
                        { "name": "X-@header@", "in": "header", "schema": { "type": "string", "default": "@default@", "example": "@example@" } },
                        { "name": "c@cookie@", "in": "cookie", "schema": { "type": "string", "pattern": "@pattern@", "format": "@format@" } },
                    ],
                    "requestBody": {
                        "required": true,
                        "description": "@body@",
                        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Model@schema name@" } } },
                    },
                    "responses": {
                        "200": {
                            "description": "@response@",
                            "content": { "application/json": { "schema": {
                                "type": "object",
                                "title": "@response title@",
                                "properties": { "@response property@": { "type": "string", "description": "@response words@" } },
                            } } },
                        },
                    },
                },
                "put": {
                    "operationId": "b",
                    "requestBody": { "content": { "text/@media type@": { "schema": { "type": "string" } } } },
                    "responses": { "204": { "description": "none" } },
                },
            },
        },
        "components": {
            "securitySchemes": { "@scheme@": { "type": "apiKey", "in": "header", "name": "X-Key", "description": "@scheme description@" } },
            "schemas": {
                "Model@schema name@": {
                    "type": "object",
                    "title": "@model title@",
                    "description": "@model description@",
                    "required": ["@property@"],
                    "properties": {
                        "@property@": { "type": "string", "const": "@const@" },
                        "inner": { "type": "object", "properties": { "@inner@": { "type": "string", "description": "@inner description@" } } },
                        "kind": { "type": "string", "enum": ["@variant@", "other"] },
                    },
                },
            },
        },
    })
}

/// Every position of [`document`].
fn positions() -> Vec<String> {
    let text = document().to_string();
    let mut found: Vec<String> = text
        .split('@')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect();
    found.sort();
    found.dedup();
    found
}

/// The document with `text` in the positions that `chosen` takes, and a plain word in the others.
fn case(text: &str, chosen: impl Fn(&str) -> bool) -> Case {
    let mut document = document().to_string();
    for position in positions() {
        let plain = position.replace(' ', "_");
        let with = if chosen(&position) {
            format!("{plain}{text}")
        } else {
            plain
        };
        let json = Value::from(with).to_string();
        document = document.replace(&format!("@{position}@"), &json[1..json.len() - 1]);
    }
    let spec = json!({
        "version": 1,
        "openapi": "openapi.json",
        "server": { "name": "hostile-mcp", "title": format!("title{text}"), "instructions": format!("instructions{text}") },
        "backend": { "base_url": "http://127.0.0.1:9" },
        "operations": { "include": ["/**"] },
    });
    Case {
        name: "hostile".to_owned(),
        document,
        spec: spec.to_string(),
    }
}

#[track_caller]
fn check(case: &Case, what: &str) -> bool {
    match case.run().expect("the case") {
        Verdict::Generated => true,
        Verdict::Refused => false,
        Verdict::Faulty(wrong) => panic!("{what}: {}", wrong.join("\n")),
    }
}

/// A diagnostic of each kind, rendered.
fn said(case: &Case) -> String {
    let folder = case.written().expect("a folder");
    let mut diagnostics = Diagnostics::default();
    let out = folder.path().join("out");
    let options = toolwright::read::Options::default();
    let (files, _) = toolwright::compile(
        &folder.path().join("tools.yaml"),
        &out,
        options,
        &mut diagnostics,
    );
    render(&diagnostics, &files, Format::Json)
}

#[test]
fn the_document_itself_is_fine() {
    let plain = case("", |_| false);
    assert!(check(&plain, "plain"), "{}", said(&plain));
    assert!(!said(&plain).contains("TW0205"), "{}", said(&plain));
    assert!(positions().len() > 30, "{:?}", positions());
}

#[test]
fn no_text_becomes_code_wherever_it_stands() {
    let all = HOSTILE.concat();
    let mut generated = 0;
    for position in positions() {
        generated += usize::from(check(&case(&all, |one| one == position), &position));
    }
    assert!(
        generated > positions().len() / 2,
        "most must get through: {generated}"
    );
}

#[test]
fn no_text_becomes_code_whatever_it_is() {
    for text in HOSTILE {
        // Everywhere but where it makes the document another one.
        check(&case(text, |_| true), text);
        let prose =
            |one: &str| one.contains("description") || one.contains("title") || one == "summary";
        assert!(
            check(&case(text, prose), text),
            "{text:?}: {}",
            said(&case(text, prose))
        );
    }
    check(&case(&"long ".repeat(1000), |_| true), "long");
}

#[test]
fn what_is_not_seen_is_warned_of_in_its_place() {
    let hidden: String = INVISIBLE.iter().flat_map(|c| ['a', *c]).collect();
    for position in positions() {
        let case = case(&hidden, |one| one == position);
        check(&case, &position);
        // What no tool reaches is nobody's business, and an operation that is refused has an error of its own.
        let unreached = [
            "version",
            "info",
            "tag description",
            "server description",
            "example",
        ];
        if unreached.contains(&position.as_str()) {
            continue;
        }
        let said = said(&case);
        let warned = said
            .lines()
            .filter(|line| line.contains("TW0205") && line.contains("openapi.json"));
        assert!(
            warned.count() > 0 || said.contains("\"error\""),
            "no warning for {position}: {said}"
        );
    }
}
