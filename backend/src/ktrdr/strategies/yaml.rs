//! Strategies as YAML. Only what a configuration needs is read: no tags, no anchors and aliases,
//! no key twice, one document, a bounded size and depth. So nothing can be built, repeated or
//! hidden by the notation.

use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use serde_json::{Map, Value};

use super::config::Strategy;
use crate::ktrdr::faults::Fault;

/// Longest text that is read, in bytes.
pub const LONGEST: usize = 64 * 1024;
/// How deep lists and mappings may lie in each other.
const DEEPEST: usize = 16;

/// The text of a strategy.
///
/// # Errors
/// When it would not be read again: it is too long or too deep.
pub fn write(strategy: &Strategy) -> Result<String, Fault> {
    let mut text = String::new();
    put(&mut text, 0, &strategy.to_json());
    read(&text).map(|_| text)
}

/// Puts a value: mappings and lists of mappings as blocks, everything else on one line.
fn put(text: &mut String, indent: usize, value: &Value) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (n, (key, field)) in fields.iter().enumerate() {
                if n > 0 {
                    text.push_str(&" ".repeat(indent));
                }
                text.push_str(&line(&Value::from(key.as_str())));
                text.push(':');
                if is_block(field) {
                    text.push('\n');
                    let items = field.is_array();
                    if !items {
                        text.push_str(&" ".repeat(indent + 2));
                    }
                    put(text, indent + 2, field);
                } else {
                    text.push(' ');
                    put(text, indent, field);
                }
            }
        }
        Value::Array(items) if is_block(value) => {
            for item in items {
                text.push_str(&" ".repeat(indent));
                text.push_str("- ");
                put(text, indent + 2, item);
            }
        }
        value => {
            text.push_str(&line(value));
            text.push('\n');
        }
    }
}

fn is_block(value: &Value) -> bool {
    match value {
        Value::Object(fields) => !fields.is_empty(),
        Value::Array(items) => !items.is_empty() && items.iter().all(Value::is_object),
        _ => false,
    }
}

/// A value on one line: as JSON, but for words that need no quotes.
fn line(value: &Value) -> String {
    match value {
        Value::String(text) if is_word(text) => text.clone(),
        Value::String(text) => {
            // JSON leaves some of those as they are that YAML does not show.
            let hidden = |c: char| c.is_control() || "\u{2028}\u{2029}\u{feff}".contains(c);
            let escaped = Value::from(text.as_str()).to_string();
            let escape = |c: char| {
                if hidden(c) {
                    format!("\\u{:04x}", u32::from(c))
                } else {
                    c.to_string()
                }
            };
            escaped.chars().map(escape).collect()
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(line).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(key, field)| {
                    format!("{}: {}", line(&Value::from(key.as_str())), line(field))
                })
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
        value => value.to_string(),
    }
}

/// Whether a text stands for itself without quotes, with every reader of YAML.
fn is_word(text: &str) -> bool {
    const VALUES: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|byte| byte == b'_' || byte.is_ascii_lowercase() || byte.is_ascii_digit())
        && !VALUES.contains(&text)
}

/// The value of a text.
///
/// # Errors
/// The first thing that is wrong, with its line and column.
pub fn read(text: &str) -> Result<Value, Fault> {
    within(text)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(control) = text
        .chars()
        .find(|c| c.is_control() && !"\t\n\r\u{85}".contains(*c))
    {
        return Err(Fault::new(
            "",
            &format!(
                "The text holds the control character U+{:04X}",
                u32::from(control)
            ),
            "Take it out, or write it as an escape in double quotes.",
        ));
    }
    let mut reader = Reader(Parser::new_from_str(text));
    let mut whole = None;
    loop {
        let (event, span) = reader.next()?;
        match event {
            Event::StreamEnd => break,
            Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
            event if whole.is_none() => whole = Some(reader.node(event, span, 0)?),
            _ => {
                return Err(fault(
                    span,
                    "a second document begins",
                    "Give one document.",
                ));
            }
        }
    }
    whole.ok_or_else(|| Fault::new("", "The text is empty", "Give a configuration."))
}

fn within(text: &str) -> Result<(), Fault> {
    if text.len() <= LONGEST {
        return Ok(());
    }
    let message = format!("The configuration has {} bytes of YAML", text.len());
    Err(Fault::new(
        "",
        &message,
        &format!("At most {LONGEST} are stored."),
    ))
}

struct Reader<'t>(Parser<'t, saphyr_parser::StrInput<'t>>);

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Span), Fault> {
        match self.0.next() {
            Some(Ok(found)) => Ok(found),
            Some(Err(error)) => {
                let place = error.marker();
                let message = format!(
                    "line {}, column {}: {}",
                    place.line(),
                    place.col() + 1,
                    error.info()
                );
                Err(Fault::new("", &message, "Write valid YAML."))
            }
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn node(&mut self, event: Event<'t>, span: Span, depth: usize) -> Result<Value, Fault> {
        if depth > DEEPEST {
            return Err(fault(
                span,
                "too deep",
                &format!("At most {DEEPEST} levels are read."),
            ));
        }
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                plain(span, anchor, tag.is_some())?;
                if style == ScalarStyle::Plain {
                    scalar(&text, span)
                } else {
                    Ok(Value::from(text.into_owned()))
                }
            }
            Event::SequenceStart(anchor, tag) => {
                plain(span, anchor, tag.is_some())?;
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => return Ok(Value::Array(items)),
                        (event, span) => items.push(self.node(event, span, depth + 1)?),
                    }
                }
            }
            Event::MappingStart(anchor, tag) => {
                plain(span, anchor, tag.is_some())?;
                self.mapping(depth)
            }
            Event::Alias(_) => Err(fault(span, "an alias", "Write the value out.")),
            _ => Err(fault(
                span,
                "the text ends within a value",
                "Write valid YAML.",
            )),
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Value, Fault> {
        let mut fields = Map::new();
        loop {
            let key = match self.next()? {
                (Event::MappingEnd, _) => return Ok(Value::Object(fields)),
                (Event::Scalar(key, _, anchor, tag), span) => {
                    plain(span, anchor, tag.is_some())?;
                    if fields.contains_key(key.as_ref()) {
                        let message = format!(
                            "the key `{}` is there twice",
                            crate::ktrdr::faults::short(&key)
                        );
                        return Err(fault(span, &message, "Keep one of them."));
                    }
                    key.into_owned()
                }
                (_, span) => {
                    return Err(fault(span, "a key that is no text", "Use names as keys."));
                }
            };
            let (event, span) = self.next()?;
            fields.insert(key, self.node(event, span, depth + 1)?);
        }
    }
}

/// Neither anchored nor tagged.
fn plain(span: Span, anchor: usize, tagged: bool) -> Result<(), Fault> {
    if tagged {
        return Err(fault(
            span,
            "a tag",
            "Leave tags (!…) out: values are plain data.",
        ));
    }
    if anchor > 0 {
        return Err(fault(
            span,
            "an anchor",
            "Leave anchors (&…) out and write values out.",
        ));
    }
    Ok(())
}

/// A scalar without quotes, by YAML's core schema.
fn scalar(text: &str, span: Span) -> Result<Value, Fault> {
    let number = |text: &str| {
        let digits = text.bytes().any(|byte| byte.is_ascii_digit());
        let allowed = text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
        (digits && allowed)
            .then(|| text.parse::<f64>().ok())
            .flatten()
    };
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        ".nan" | ".NaN" | ".NAN" | ".inf" | ".Inf" | ".INF" | "+.inf" | "-.inf" => {
            return Err(fault(
                span,
                "a value that is no finite number",
                "Give a number.",
            ));
        }
        text => match (text.parse::<i64>(), number(text)) {
            (Ok(whole), _) => Value::from(whole),
            (_, Some(float)) if float.is_finite() => Value::from(float),
            (_, Some(_)) => {
                return Err(fault(
                    span,
                    "a number beyond all bounds",
                    "Give a smaller one.",
                ));
            }
            _ => Value::from(text),
        },
    })
}

fn fault(span: Span, what: &str, hint: &str) -> Fault {
    let (line, column) = (span.start.line(), span.start.col() + 1);
    Fault::new("", &format!("line {line}, column {column}: {what}"), hint)
}

#[cfg(test)]
#[path = "yaml_tests.rs"]
mod tests;
