//! JSON that a user gives with a flag.

use std::io::Read;

use serde_json::{Map, Value};

use super::Failure;

/// The object that the text of `flag` is or names: JSON itself, a file as `PATH` or `@PATH`, or `-` for standard input.
pub(super) fn object(flag: &str, text: &str) -> Result<Map<String, Value>, Failure> {
    let (source, json) = match text.trim() {
        json if json.starts_with(['{', '[', '"']) => (flag.to_owned(), json.to_owned()),
        "-" => {
            let mut json = String::new();
            std::io::stdin()
                .read_to_string(&mut json)
                .map_err(|error| Failure::Usage(format!("{flag}: standard input: {error}")))?;
            (format!("{flag}, from standard input"), json)
        }
        path => {
            let path = path.strip_prefix('@').unwrap_or(path);
            let json = std::fs::read_to_string(path).map_err(|error| {
                Failure::Usage(format!(
                    "{flag} {path:?} is neither a JSON object nor a file that can be read: {error}"
                ))
            })?;
            (format!("{flag}, in {path}"), json)
        }
    };
    match serde_json::from_str(&json) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(other) => Err(Failure::Usage(format!(
            "{source}: a JSON object is needed, such as {{\"symbol\": \"AAPL\"}}, not {}",
            kind(&other)
        ))),
        Err(error) => Err(Failure::Usage(format!("{source}: not JSON: {error}"))),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_and_files_are_taken() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        std::fs::write(&path, "{\"a\": 2}").unwrap();
        let path = path.to_str().unwrap();
        assert_eq!(object("--config", " {\"a\": 1}").unwrap()["a"], 1);
        for named in [path.to_owned(), format!("@{path}")] {
            assert_eq!(object("--config", &named).unwrap()["a"], 2);
        }
    }

    #[test]
    fn what_is_no_object_is_told_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list.json");
        std::fs::write(&path, "[1]").unwrap();
        let path = path.to_str().unwrap();
        for (given, part) in [
            ("{\"a\": }", "--config: not JSON: expected value at line 1"),
            ("[1]", "--config: a JSON object is needed"),
            ("no/such.json", "neither a JSON object nor a file"),
            (path, "list.json: a JSON object is needed"),
        ] {
            let Failure::Usage(message) = object("--config", given).unwrap_err() else {
                panic!("{given}")
            };
            assert!(message.contains(part), "{message}");
        }
    }
}
