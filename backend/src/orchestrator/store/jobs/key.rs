//! Idempotency keys: a request that is sent twice makes one job.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::orchestrator::digest::hex;

/// What a caller calls a request, with a digest of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub(super) key: String,
    pub(super) digest: String,
}

impl Key {
    /// The key of a request. Objects are the same whatever the order of their fields.
    pub fn new(key: &str, request: &Value) -> Self {
        let mut hasher = Sha256::new();
        digest(request, &mut hasher);
        Self {
            key: key.to_owned(),
            digest: hex(&hasher.finalize()),
        }
    }
}

fn digest(value: &Value, hasher: &mut Sha256) {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| name.as_str());
            hasher.update("{");
            for (name, value) in fields {
                digest(&Value::from(name.as_str()), hasher);
                hasher.update(":");
                digest(value, hasher);
                hasher.update(",");
            }
            hasher.update("}");
        }
        Value::Array(items) => {
            hasher.update("[");
            for item in items {
                digest(item, hasher);
                hasher.update(",");
            }
            hasher.update("]");
        }
        simple => hasher.update(simple.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_order_of_fields_does_not_count_and_everything_else_does() {
        let of = |value: Value| Key::new("k", &value).digest;
        let one = of(json!({"a": [1, {"x": "1", "y": null}], "b": "{}"}));
        assert_eq!(one, of(json!({"b": "{}", "a": [1, {"y": null, "x": "1"}]})));
        assert_eq!(one.len(), 64);
        for other in [
            json!({"a": [{"x": "1", "y": null}, 1], "b": "{}"}),
            json!({"a": [1, {"x": 1, "y": null}], "b": "{}"}),
            json!({"a": [1, {"x": "1"}], "b": "{}"}),
            json!({"a": [1, {"x": "1", "y": null}], "b": {}}),
            json!({"a": [1, {"x": "1", "y": null}], "b": "{}", "c": 0}),
            json!([["a", 1], ["b", 2]]),
        ] {
            assert_ne!(one, of(other));
        }
        assert_ne!(of(json!({"a,": 1})), of(json!({"a": 1})));
        assert_ne!(of(json!([[1], 2])), of(json!([[1, 2]])));
    }
}
