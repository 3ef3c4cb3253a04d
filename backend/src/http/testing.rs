//! Answers held against the document of an API.

use serde_json::Value;

/// The documented operation behind a method and path.
pub(crate) fn operation<'a>(document: &'a Value, method: &str, path: &str) -> Option<&'a Value> {
    let segments: Vec<&str> = path.split('/').collect();
    let fits = |template: &str| {
        let template: Vec<&str> = template.split('/').collect();
        template.len() == segments.len()
            && template
                .iter()
                .zip(&segments)
                .all(|(wanted, given)| wanted.starts_with('{') || wanted == given)
    };
    let variables = |template: &str| template.matches('{').count();
    let paths = document["paths"].as_object()?;
    let (_, item) = paths
        .iter()
        .filter(|(path, _)| fits(path))
        .min_by_key(|(path, _)| variables(path))?;
    item.get(method.to_lowercase())
}

/// What the document says of an answer, behind a reference too.
pub(crate) fn response<'a>(document: &'a Value, operation: &'a Value, status: u16) -> &'a Value {
    let response = &operation["responses"][status.to_string()];
    match response["$ref"].as_str() {
        Some(reference) => document.pointer(&reference[1..]).unwrap(),
        None => response,
    }
}

/// A value fits a schema of the document.
#[track_caller]
pub(crate) fn check(document: &Value, schema: &Value, value: &Value) {
    let mut root = schema.clone();
    root["components"] = document["components"].clone();
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&root)
        .unwrap();
    let errors: Vec<String> = validator
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}\n{value:#}");
}

/// Every example fits its schema. Answers how many there are.
#[track_caller]
pub(crate) fn check_examples(document: &Value) -> usize {
    let mut seen = 0;
    let operations = document["paths"].as_object().unwrap().values();
    for operation in operations.flat_map(|item| item.as_object().unwrap().values()) {
        let statuses = operation["responses"].as_object().unwrap().keys();
        let answers = statuses.map(|status| {
            let status = status.parse().unwrap();
            &response(document, operation, status)["content"]
        });
        let request = operation.get("requestBody").map(|body| &body["content"]);
        for content in answers.chain(request) {
            let content = &content["application/json"];
            let several = content["examples"]
                .as_object()
                .into_iter()
                .flat_map(|all| all.values())
                .map(|one| &one["value"]);
            for example in content.get("example").into_iter().chain(several) {
                check(document, &content["schema"], example);
                seen += 1;
            }
        }
    }
    seen
}
