//! Members of arguments that are shown under other names than they have on the wire.

use crate::{Arguments, Json, JsonObject};

impl Arguments {
    /// Gives the member `shown` of the objects at `holders`, a JSON pointer into argument `name` whose
    /// segments `*` stand for every item and member, its name `wire`. A member keeps its place.
    pub fn rename(
        &mut self,
        name: &'static str,
        holders: &'static str,
        shown: &'static str,
        wire: &'static str,
    ) {
        if let Some(value) = self.values.get_mut(name) {
            let segments: Vec<String> = holders
                .split('/')
                .skip(1)
                .map(|segment| segment.replace("~1", "/").replace("~0", "~"))
                .collect();
            within(value, &segments, shown, wire);
        }
    }
}

fn within(value: &mut Json, segments: &[String], shown: &str, wire: &str) {
    match (segments.split_first(), value) {
        (None, Json::Object(members)) if members.contains_key(shown) => {
            *members = std::mem::take(members)
                .into_iter()
                .map(|(key, value)| match key == shown {
                    true => (wire.to_owned(), value),
                    false => (key, value),
                })
                .collect::<JsonObject>();
        }
        (Some((segment, rest)), Json::Array(items)) => match segment.parse::<usize>() {
            Ok(index) => {
                if let Some(item) = items.get_mut(index) {
                    within(item, rest, shown, wire);
                }
            }
            Err(_) => items
                .iter_mut()
                .for_each(|item| within(item, rest, shown, wire)),
        },
        (Some((segment, rest)), Json::Object(members)) if segment == "*" => {
            members
                .values_mut()
                .for_each(|member| within(member, rest, shown, wire));
        }
        (Some((segment, rest)), Json::Object(members)) => {
            if let Some(member) = members.get_mut(segment) {
                within(member, rest, shown, wire);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_get_their_names_wherever_they_are() {
        for (holders, value, expected) in [
            (
                "",
                json!({"x": 1, "plus_1": 2, "y": 3}),
                json!({"x": 1, "+1": 2, "y": 3}),
            ),
            (
                "/*/a",
                json!([{"a": {"plus_1": 1}}, {}, 5]),
                json!([{"a": {"+1": 1}}, {}, 5]),
            ),
            (
                "/a~1b/*",
                json!({"a/b": {"k": {"plus_1": 1}}}),
                json!({"a/b": {"k": {"+1": 1}}}),
            ),
            (
                "/1",
                json!([{"plus_1": 1}, {"plus_1": 1}]),
                json!([{"plus_1": 1}, {"+1": 1}]),
            ),
            ("/a", json!("text"), json!("text")),
        ] {
            let mut arguments = Arguments::from(JsonObject::from_iter([("f".to_owned(), value)]));
            arguments.rename("f", holders, "plus_1", "+1");
            arguments.rename("missing", holders, "plus_1", "+1");
            assert_eq!(arguments.rest_json()["f"], expected, "{holders}");
        }
    }
}
