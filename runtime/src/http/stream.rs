//! Answers that are streams: collected while they come, as one list.

use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tokio::time::Instant;

use super::events::{Cutter, Item, Kind};
use super::exchange::root;
use super::seconds;
use crate::Json;

/// Where the items of a stream go while it comes.
pub(crate) type Listener = UnboundedSender<String>;

/// A stream as it was collected.
pub(super) struct Collected {
    /// A list of JSON: the items' data.
    pub(super) body: Vec<u8>,
    /// Why it is not whole, if it is not.
    pub(super) note: Option<String>,
}

/// The bounds that a stream is read within.
pub(super) struct Bounds {
    pub(super) limit: usize,
    pub(super) deadline: Instant,
    pub(super) timeout: Duration,
}

/// Reads a stream to its end or its bounds. What came until then is the
/// answer: a stream that is cut is no failure.
pub(super) async fn collect(
    mut response: reqwest::Response,
    kind: Kind,
    bounds: &Bounds,
    listener: Option<&Listener>,
) -> Collected {
    let mut cutter = Cutter::new(kind);
    let mut list = List::default();
    let mut items = Vec::new();
    let mut read = 0;
    let cut = loop {
        match tokio::time::timeout_at(bounds.deadline, response.chunk()).await {
            Ok(Ok(Some(chunk))) => {
                read += chunk.len();
                if read > bounds.limit {
                    break Some(format!(
                        "it is larger than the limit of {} bytes",
                        bounds.limit
                    ));
                }
                cutter.take(&chunk, &mut items);
                list.add(&mut items, listener);
                if cutter.done {
                    break None;
                }
            }
            Ok(Ok(None)) => break None,
            Ok(Err(error)) => break Some(format!("the connection was cut off ({})", root(&error))),
            Err(_) => {
                break Some(format!(
                    "the time of a call, {}, is over",
                    seconds(bounds.timeout)
                ));
            }
        }
    };
    cutter.end(cut.is_some(), &mut items);
    list.add(&mut items, listener);
    let count = list.count;
    Collected {
        body: list.end(),
        note: cut.map(|reason| {
            let items = if count == 1 { "item" } else { "items" };
            format!(
                "The stream was not read to its end: {reason}. It gave {count} {items} until then."
            )
        }),
    }
}

/// The text of a JSON list.
#[derive(Default)]
struct List {
    text: String,
    count: usize,
}

impl List {
    fn add(&mut self, items: &mut Vec<Item>, listener: Option<&Listener>) {
        for item in items.drain(..) {
            self.text.push(if self.count == 0 { '[' } else { ',' });
            self.count += 1;
            let text = item_text(&item);
            self.text.push_str(&text);
            if let Some(listener) = listener {
                // Nobody listens any more: the result has it all the same.
                let _ = listener.send(item.data);
            }
        }
    }

    fn end(mut self) -> Vec<u8> {
        self.text.push_str(if self.count == 0 { "[]" } else { "]" });
        self.text.into_bytes()
    }
}

/// An item as JSON: its data, as it is if it is JSON; with its name where
/// the data does not say it.
fn item_text(item: &Item) -> String {
    let value: Option<Box<serde_json::value::RawValue>> = serde_json::from_str(&item.data).ok();
    let data = match &value {
        Some(value) => value.get().to_owned(),
        None => Json::from(item.data.as_str()).to_string(),
    };
    let Some(name) = &item.name else { return data };
    #[derive(serde::Deserialize)]
    struct Typed {
        r#type: String,
    }
    if serde_json::from_str::<Typed>(&data).is_ok_and(|typed| typed.r#type == *name) {
        return data;
    }
    format!(
        "{{\"event\":{},\"data\":{data}}}",
        Json::from(name.as_str())
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_as_json() {
        for (name, data, expected) in [
            (None, r#"{"a":1e400}"#, r#"{"a":1e400}"#),
            (None, "hel\"lo", r#""hel\"lo""#),
            (None, "", r#""""#),
            (None, "12345678901234567890", "12345678901234567890"),
            (Some("delete"), "77", r#"{"event":"delete","data":77}"#),
            (
                Some("x.y"),
                r#"{"type":"x.y","n":1}"#,
                r#"{"type":"x.y","n":1}"#,
            ),
            (
                Some("x"),
                r#"{"type":"y"}"#,
                r#"{"event":"x","data":{"type":"y"}}"#,
            ),
        ] {
            let item = Item {
                name: name.map(str::to_owned),
                data: data.to_owned(),
            };
            assert_eq!(item_text(&item), expected);
        }
    }
}
