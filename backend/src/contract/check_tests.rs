use serde_json::json;

use super::*;

const DOCUMENT: &str = r##"
openapi: 3.1.0
paths:
  /things/{kind}:
    post:
      operationId: makeThing
      parameters:
        - {name: kind, in: path, required: true, schema: {$ref: '#/components/schemas/Kind'}}
        - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 5}}
        - {name: parts, in: query, schema: {type: array, maxItems: 3, items: {type: integer, minimum: 1}}}
        - $ref: '#/components/parameters/Trace'
        - {name: quick, in: query, schema: {anyOf: [{type: boolean}, {type: 'null'}]}}
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}
components:
  parameters:
    Trace: {name: X-Trace, in: header, schema: {type: string, maxLength: 4}}
  schemas:
    Kind: {type: string, enum: [red, green, blue]}
    Thing:
      type: object
      required: [name]
      additionalProperties: false
      properties:
        name: {type: string, pattern: '^[a-z]+$', minLength: 1}
        count: {type: integer}
        id: {type: string, format: uuid}
        free: {type: object}
        size: {anyOf: [{type: number, exclusiveMinimum: 0}, {type: 'null'}]}
        parts: {type: array, minItems: 1, items: {type: integer}}
"##;

fn pairs<T: FromIterator<(String, String)>>(query: &[(&str, &str)]) -> T {
    query
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn check(kind: &str, query: &[(&str, &str)], body: &str) -> Result<Checked, Vec<Problem>> {
    let contract = Contract::read(DOCUMENT).unwrap();
    let input = Input {
        path: pairs(&[("kind", kind)]),
        query: pairs(query),
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
    };
    contract.check("makeThing", &input)
}

#[track_caller]
fn wrong(kind: &str, query: &[(&str, &str)], body: &str, expect: &[(Value, &str, &str)]) {
    let problems = check(kind, query, body).unwrap_err();
    let found: Vec<_> = problems
        .iter()
        .map(|it| {
            (
                Value::from(it.loc.clone()),
                it.msg.as_str(),
                it.kind.as_str(),
            )
        })
        .collect();
    assert_eq!(found, expect);
}

#[test]
fn a_fitting_request_has_values_of_the_types_asked_for() {
    let checked = check(
        "red",
        &[("limit", "3"), ("quick", "yes"), ("other", "x")],
        r#"{"name": "a", "size": null}"#,
    )
    .unwrap();
    assert_eq!(checked.path::<Value>().unwrap(), json!({"kind": "red"}));
    assert_eq!(
        checked.query::<Value>().unwrap(),
        json!({"limit": 3, "quick": true})
    );
    assert_eq!(
        checked.body::<Value>().unwrap(),
        json!({"name": "a", "size": null})
    );
}

#[test]
fn every_problem_is_told_with_its_place() {
    wrong(
        "pink",
        &[("limit", "9"), ("quick", "perhaps")],
        r#"{"name": "A", "size": -1, "parts": ["x"], "colour": 1}"#,
        &[
            (
                json!(["path", "kind"]),
                "Input should be 'red', 'green' or 'blue'",
                "enum",
            ),
            (
                json!(["query", "limit"]),
                "Input should be less than or equal to 5",
                "less_than_equal",
            ),
            (
                json!(["query", "quick"]),
                "Input should be a valid boolean, unable to parse string as a boolean",
                "bool_parsing",
            ),
            (
                json!(["body", "name"]),
                "String should match pattern '^[a-z]+$'",
                "string_pattern_mismatch",
            ),
            (
                json!(["body", "size"]),
                "Input should be greater than 0",
                "greater_than",
            ),
            (
                json!(["body", "parts", 0]),
                "Input should be a valid integer",
                "int_type",
            ),
            (
                json!(["body", "colour"]),
                "Extra inputs are not permitted",
                "extra_forbidden",
            ),
        ],
    );
}

#[test]
fn numbers_in_a_query_have_to_be_numbers() {
    for text in ["", "x", "1.5", "99999999999999999999"] {
        let message = "Input should be a valid integer, unable to parse string as a integer";
        wrong(
            "red",
            &[("limit", text)],
            r#"{"name": "a"}"#,
            &[(json!(["query", "limit"]), message, "int_parsing")],
        );
    }
}

#[test]
fn bodies_have_to_be_there_and_be_json() {
    wrong(
        "red",
        &[],
        "",
        &[(json!(["body"]), "Field required", "missing")],
    );
    wrong(
        "red",
        &[],
        "{}",
        &[(json!(["body", "name"]), "Field required", "missing")],
    );
    wrong(
        "red",
        &[],
        "[]",
        &[(
            json!(["body"]),
            "Input should be a valid dictionary",
            "dict_type",
        )],
    );
    let problems = check("red", &[], "{\"name\":").unwrap_err();
    assert_eq!(problems[0].kind, "json_invalid");
}

#[test]
fn lists_and_headers_are_read() {
    let contract = Contract::read(DOCUMENT).unwrap();
    let input = |parts: &[(&str, &str)], trace: &str| Input {
        path: pairs(&[("kind", "red")]),
        query: pairs(parts),
        headers: pairs(&[("x-trace", trace)]),
        body: br#"{"name": "a"}"#.to_vec(),
    };
    let good = input(&[("parts", "2"), ("parts", "3")], "abc");
    let checked = contract.check("makeThing", &good).unwrap();
    assert_eq!(checked.query::<Value>().unwrap(), json!({"parts": [2, 3]}));
    assert_eq!(checked.header("X-Trace"), Some("abc"));

    let bad = input(&[("parts", "2"), ("parts", "0")], "abcde");
    let places: Vec<Value> = contract
        .check("makeThing", &bad)
        .unwrap_err()
        .into_iter()
        .map(|problem| problem.loc.into())
        .collect();
    assert_eq!(
        places,
        [json!(["query", "parts", 1]), json!(["header", "X-Trace"])]
    );
}

#[test]
fn no_text_has_a_nul_character() {
    let message = "Text must not contain the NUL character (U+0000)";
    let problems = check("r\0d", &[], r#"{"name": "\u0000"}"#).unwrap_err();
    let nul: Vec<_> = problems.iter().filter(|it| it.msg == message).collect();
    assert_eq!(nul[0].loc, ["path", "kind"]);
    assert_eq!(nul[1].loc, ["body", "name"]);
}

#[test]
fn whole_numbers_with_a_fraction_of_zero_are_whole() {
    let body =
        r#"{"name": "a", "count": 5.0, "parts": [1, 2.0, -0.0], "size": 3.0, "free": {"x": 7.0}}"#;
    let checked = check("red", &[], body).unwrap();
    let body: Value = checked.body().unwrap();
    assert_eq!(body["count"].as_i64(), Some(5));
    assert_eq!(body["parts"], json!([1, 2, 0]));
    // Numbers of any kind stay as they came.
    assert!(
        body["size"].is_f64() && body["free"]["x"].is_f64(),
        "{body}"
    );
    for large in ["9223372036854775808", "1e300"] {
        wrong(
            "red",
            &[],
            &format!(r#"{{"name": "a", "parts": [0, {large}]}}"#),
            &[(
                json!(["body", "parts", 1]),
                "Input should be a valid integer, it is too large",
                "int_parsing_size",
            )],
        );
    }
}

#[test]
fn formats_count() {
    let body = |id: &str| format!(r#"{{"name": "a", "id": "{id}"}}"#);
    check("red", &[], &body("7d9f3c52-0f1e-4a38-9b0c-5a2f6f3f8f11")).unwrap();
    wrong(
        "red",
        &[],
        &body("../7d9f3c52"),
        &[(
            json!(["body", "id"]),
            "Input should be a valid uuid",
            "value_error",
        )],
    );
}

#[test]
fn a_route_tells_what_it_wants() {
    let contract = Contract::read(
        r#"
openapi: 3.1.0
security: [{Key: []}]
paths:
  /things:
    post:
      operationId: makeThing
      requestBody: {content: {application/octet-stream: {}}}
    get: {operationId: listThings, security: [{Key: [], Other: []}, {}]}
    delete: {operationId: removeThings, security: []}
"#,
    )
    .unwrap();
    let route = |method| contract.route(method, "/things").unwrap();
    assert_eq!(route("POST").media_type, Some("application/octet-stream"));
    assert_eq!(route("POST").security, [["Key"]]);
    let list = contract.route("GET", "/things");
    assert_eq!(list.unwrap().security, [vec!["Key", "Other"], vec![]]);
    assert_eq!(contract.route("HEAD", "/things"), list);
    assert!(route("DELETE").security.is_empty() && list.unwrap().media_type.is_none());
    assert_eq!(contract.route("PUT", "/things"), None);
    assert_eq!(contract.route("GET", "/other"), None);
}
