//! Streams of events and of lines, cut into their items as they come.

/// How a stream is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `text/event-stream`.
    Events,
    /// A JSON value a line.
    Lines,
    /// JSON values behind record separators (RFC 7464).
    Sequence,
}

/// The kind of a stream of this media type, if it is one.
pub(super) fn kind(content_type: &str) -> Option<Kind> {
    let essence = content_type.split(';').next().unwrap_or("").trim();
    let is = |names: &[&str]| names.iter().any(|name| essence.eq_ignore_ascii_case(name));
    if is(&["text/event-stream"]) {
        Some(Kind::Events)
    } else if is(&[
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/x-jsonl",
        "application/jsonlines",
        "application/x-jsonlines",
        "application/json-lines",
        "application/stream+json",
        "application/x-json-stream",
        "text/x-ndjson",
        "text/ndjson",
        "text/jsonl",
    ]) {
        Some(Kind::Lines)
    } else if is(&["application/json-seq"]) || essence.to_ascii_lowercase().ends_with("+json-seq") {
        Some(Kind::Sequence)
    } else {
        None
    }
}

/// One item of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// The event's name, where it has one that is not `message`.
    pub(super) name: Option<String>,
    pub(super) data: String,
}

/// Cuts a stream: bytes in, items out.
#[derive(Debug)]
pub(super) struct Cutter {
    kind: Kind,
    rest: Vec<u8>,
    /// A carriage return ended the last line; a line feed still belongs to it.
    after_return: bool,
    begun: bool,
    name: String,
    data: Option<String>,
    /// The stream said that it is at its end.
    pub(super) done: bool,
}

impl Cutter {
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            kind,
            rest: Vec::new(),
            after_return: false,
            begun: false,
            name: String::new(),
            data: None,
            done: false,
        }
    }

    /// Takes the next bytes.
    pub(super) fn take(&mut self, bytes: &[u8], items: &mut Vec<Item>) {
        let mut bytes = bytes;
        if self.after_return && !bytes.is_empty() {
            self.after_return = false;
            bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
        }
        while let Some(end) = bytes.iter().position(|byte| self.ends_line(*byte)) {
            self.rest.extend_from_slice(&bytes[..end]);
            let returned = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            if returned {
                self.after_return = bytes.is_empty();
                bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
            }
            let line = std::mem::take(&mut self.rest);
            self.line(&line, items);
        }
        self.rest.extend_from_slice(bytes);
    }

    /// The stream is over; what is not closed by its end counts all the same,
    /// unless it was cut.
    pub(super) fn end(&mut self, cut: bool, items: &mut Vec<Item>) {
        let line = std::mem::take(&mut self.rest);
        if !cut {
            self.line(&line, items);
            self.dispatch(items);
        }
    }

    fn ends_line(&self, byte: u8) -> bool {
        match self.kind {
            Kind::Events => matches!(byte, b'\n' | b'\r'),
            Kind::Lines => byte == b'\n',
            Kind::Sequence => byte == 0x1e,
        }
    }

    fn line(&mut self, line: &[u8], items: &mut Vec<Item>) {
        let line = String::from_utf8_lossy(line);
        let mut line = line.as_ref();
        if !self.begun {
            self.begun = true;
            line = line.strip_prefix('\u{feff}').unwrap_or(line);
        }
        if self.kind != Kind::Events {
            let data = line.trim();
            if !data.is_empty() {
                items.push(Item {
                    name: None,
                    data: data.to_owned(),
                });
            }
            return;
        }
        if line.is_empty() {
            self.dispatch(items);
            return;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => self.name = value.to_owned(),
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            // `id`, `retry`, comments and what nobody knows.
            _ => {}
        }
    }

    fn dispatch(&mut self, items: &mut Vec<Item>) {
        let name = std::mem::take(&mut self.name);
        let Some(data) = self.data.take().filter(|_| !self.done) else {
            return;
        };
        if data.trim() == "[DONE]" {
            self.done = true;
            return;
        }
        items.push(Item {
            name: (!name.is_empty() && name != "message").then_some(name),
            data,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(kind: Kind, text: &str, piece: usize) -> Vec<(Option<String>, String)> {
        let mut cutter = Cutter::new(kind);
        let mut items = Vec::new();
        for bytes in text.as_bytes().chunks(piece) {
            cutter.take(bytes, &mut items);
        }
        cutter.end(false, &mut items);
        items
            .into_iter()
            .map(|item| (item.name, item.data))
            .collect()
    }

    #[test]
    fn items() {
        for (kind, text, expected) in [
            (
                Kind::Events,
                "\u{feff}: hello\ndata: a\n\nevent: x\ndata:b\ndata: c\n\n",
                &[(None, "a"), (Some("x"), "b\nc")][..],
            ),
            (
                Kind::Events,
                "data: a\r\n\r\ndata: ü\r\rdata: c",
                &[(None, "a"), (None, "ü"), (None, "c")],
            ),
            (
                Kind::Events,
                "event: ping\n\nevent: message\ndata: a\nid: 4\nretry: 5\n\n",
                &[(None, "a")],
            ),
            (
                Kind::Events,
                "data: a\n\ndata: [DONE]\n\ndata: b\n\n",
                &[(None, "a")],
            ),
            (Kind::Events, "data\n\n", &[(None, "")]),
            (
                Kind::Lines,
                "{\"a\":1}\r\n\n [2] \n3",
                &[(None, "{\"a\":1}"), (None, "[2]"), (None, "3")],
            ),
            (
                Kind::Sequence,
                "\u{1e}{\n}\n\u{1e}2\n",
                &[(None, "{\n}"), (None, "2")],
            ),
            (Kind::Events, "", &[]),
        ] {
            for piece in [1, 2, 3, 1000] {
                let found = cut(kind, text, piece);
                let found: Vec<_> = found
                    .iter()
                    .map(|(name, data)| (name.as_deref(), data.as_str()))
                    .collect();
                assert_eq!(found, expected, "{text:?} by {piece}");
            }
        }
    }

    #[test]
    fn what_is_cut_off_is_left_out() {
        let mut cutter = Cutter::new(Kind::Events);
        let mut items = Vec::new();
        cutter.take(b"data: a\n\ndata: half", &mut items);
        cutter.end(true, &mut items);
        assert_eq!(items.len(), 1);
    }

    #[test]
    fn kinds() {
        for (content_type, expected) in [
            ("text/event-stream; charset=utf-8", Some(Kind::Events)),
            ("Application/X-NDJSON", Some(Kind::Lines)),
            ("application/jsonl", Some(Kind::Lines)),
            ("application/geo+json-seq", Some(Kind::Sequence)),
            ("application/json", None),
            ("", None),
        ] {
            assert_eq!(kind(content_type), expected, "{content_type}");
        }
    }
}
