//! Templates of the files that are mostly fixed text.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde_json::{Value, json};

use super::format::HEADER;
use crate::hidden;

/// Renders a template; all of its holes are values that the plan decided.
pub(super) fn render(template: &str, mut context: Value) -> String {
    context["header"] = json!(HEADER);
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(syntax());
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.add_filter("toml", |text: String| toml_string(&text));
    environment.add_filter("cell", |text: String| {
        text.replace('|', "\\|").replace('\n', " ")
    });
    match environment.render_str(template, Serde(context)) {
        Ok(text) => text,
        // A template of ours that does not fit its plan is a bug, which every run of the tests meets.
        Err(error) => panic!("template: {error:#}"),
    }
}

/// Block tags leave no empty lines behind.
fn syntax() -> SyntaxConfig {
    let built = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build();
    built.unwrap_or_default()
}

/// A basic string of TOML.
fn toml_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() || !hidden::found(c.encode_utf8(&mut [0; 4])).is_empty() => {
                out.push_str(&format!("\\U{:08X}", c as u32));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::toml_string;

    #[test]
    fn toml_strings_cannot_be_left() {
        assert_eq!(toml_string("a\"b\\c\n"), "\"a\\\"b\\\\c\\U0000000A\"");
    }
}
