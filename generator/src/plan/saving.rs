//! What a table saves: the document's example of an answer, measured both ways.

use serde_json::Value;

use crate::read::tools_spec::ResponseSpec;
use crate::result::{pruned, table};

/// What a result costs an agent: bytes divided by 4, by the document's example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Saving {
    /// As compact JSON.
    pub json: u64,
    /// As a table.
    pub table: u64,
}

impl Saving {
    /// Measures an example; none where there is nothing to write as a table.
    pub(super) fn of(example: &Value, response: &ResponseSpec) -> Option<Self> {
        let json = pruned(&example.to_string(), response)?;
        Some(Self {
            table: table(&json)?.len() as u64 / 4,
            json: json.len() as u64 / 4,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn measured_as_it_is_delivered() {
        let row = json!({ "id": 12345, "name": "a name", "note": null });
        let example = json!({ "rows": vec![row; 20], "extra": "x".repeat(400) });
        let whole = Saving::of(&example, &ResponseSpec::default()).unwrap();
        assert!(whole.table < whole.json && whole.table > 100, "{whole:?}");
        let response = json!({ "select": ["/rows"], "omit": ["/rows/*/id"], "drop_nulls": true });
        let pruned = Saving::of(&example, &serde_json::from_value(response).unwrap()).unwrap();
        assert!(pruned.json < whole.json / 2, "{pruned:?}");
    }
}
