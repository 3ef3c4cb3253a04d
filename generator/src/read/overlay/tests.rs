//! Overlays on small documents: what becomes of them, and where its parts come from.

use serde_json::{Value, json};

use super::super::{Files, SourceFile};
use super::apply;
use crate::diagnostics::{At, Diagnostics, FileId};

struct Applied {
    files: Files,
    document: FileId,
    said: Vec<String>,
}

impl Applied {
    fn value(&self) -> &Value {
        &self.files.file(self.document).value
    }

    /// The text of the line that what is at `pointer` comes from, with the name of its file.
    fn line(&self, pointer: &str) -> String {
        let at = self.files.origin(&At::value(self.document, pointer));
        let file = self.files.file(at.file);
        let start = self.files.range(&at).start;
        let line = file.line_range(file.line_index(start));
        format!("{}: {}", file.path, file.text[line].trim())
    }
}

/// Applies actions, as the items of a YAML list.
fn applied(document: &str, actions: &str) -> Applied {
    let mut files = Files::default();
    let document = files.add(SourceFile::new("doc", document));
    let head = "overlay: 1.0.0\ninfo: {title: t, version: v}\nactions:\n";
    let overlay = files.add(SourceFile::new("over", format!("{head}{actions}")));
    let mut diagnostics = Diagnostics::default();
    let done = apply(&mut files, document, overlay, &mut diagnostics);
    assert_eq!(done.is_none(), diagnostics.has_errors());
    let said = diagnostics.iter();
    let said = said.map(|one| format!("{} {}", one.code.name, one.message));
    Applied {
        said: said.collect(),
        files,
        document,
    }
}

fn check(document: &str, actions: &str, expected: Value) {
    let applied = applied(document, actions);
    assert_eq!(applied.said, [""; 0], "{actions}");
    assert_eq!(applied.value(), &expected, "{actions}");
}

#[test]
fn objects_are_merged_member_by_member() {
    check(
        "{a: {b: 1, c: [x]}, d: null}",
        "- target: $\n  update: {a: {b: 2, c: [y], e: {f: 3}}, d: 4, g: []}",
        json!({"a": {"b": 2, "c": ["x", "y"], "e": {"f": 3}}, "d": 4, "g": []}),
    );
}

#[test]
fn lists_are_appended_to() {
    check(
        "{a: [1]}",
        "- target: $.a\n  update: {b: 2}\n- target: $.a\n  update: [3, 4]\n- target: $.a\n  update: x",
        json!({"a": [1, {"b": 2}, 3, 4, "x"]}),
    );
}

#[test]
fn everything_selected_is_changed() {
    check(
        "{paths: {/a: {get: {}, put: {}}, '/b~c': {get: {x: 1}}}}",
        "- target: $.paths.*.get\n  update: {x: 2}",
        json!({"paths": {"/a": {"get": {"x": 2}, "put": {}}, "/b~c": {"get": {"x": 2}}}}),
    );
    let parameters = "{p: [{name: a, in: query}, {name: b, in: header}, {name: b, in: query}]}";
    check(
        parameters,
        "- target: $.p[?@.name=='b' && @.in=='query']\n  update: {schema: {}}",
        json!({"p": [{"name": "a", "in": "query"}, {"name": "b", "in": "header"}, {"name": "b", "in": "query", "schema": {}}]}),
    );
}

#[test]
fn everything_selected_is_removed_whatever_its_order() {
    for target in ["$.a[0,2]", "$.a[2,0]", "$.a[2,0,2]", "$.a[?@ != 2]"] {
        check(
            "{a: [1, 2, 3]}",
            &format!("- target: {target}\n  remove: true"),
            json!({"a": [2]}),
        );
    }
    // A part of what is removed is removed with it.
    check(
        "{a: {x: {x: 1}}, b: {x: 2, y: 3}}",
        "- target: $..x\n  remove: true\n  update: {z: 1}",
        json!({"a": {}, "b": {"y": 3}}),
    );
}

#[test]
fn actions_see_what_earlier_ones_left() {
    check(
        "{a: {b: 1}}",
        "- target: $.a\n  remove: true\n- target: $\n  update: {a: [2]}\n- target: $.a\n  update: 3",
        json!({"a": [2, 3]}),
    );
}

#[test]
fn what_selects_nothing_is_told() {
    let found = applied(
        "{a: {b: 1}}",
        "- target: $.a.c\n  remove: true\n- target: $.x\n  update: 1",
    );
    assert_eq!(
        found.said,
        [
            "TW0207 `$.a.c` selects nothing in the document",
            "TW0207 `$.x` selects nothing in the document"
        ]
    );
    assert_eq!(found.value(), &json!({"a": {"b": 1}}));
}

#[test]
fn what_cannot_be_done_is_an_error() {
    for (action, expected) in [
        ("- target: $.a", "TW0206 this action does nothing"),
        (
            "- target: $\n  remove: true",
            "TW0206 the whole document cannot be removed",
        ),
        (
            "- target: a.b\n  remove: true",
            "TW0206 `a.b` is no JSONPath",
        ),
        (
            "- target: $./x\n  remove: true",
            "TW0206 `$./x` is no JSONPath",
        ),
        ("- target: $\n  copy: $.a", "TW0206 `copy` cannot be done"),
        (
            "- target: $\n  update: {a: [1]}",
            "TW0206 a list cannot be merged with an object",
        ),
        (
            "- target: $.a\n  update: 1",
            "TW0206 a plain value cannot be merged with an object",
        ),
        (
            "- target: $.a.b\n  update: {}",
            "TW0206 an object cannot be merged with a plain value",
        ),
        ("- update: {}", "TW0103 "),
        ("- target: 1\n  update: {}", "TW0103 "),
    ] {
        let found = applied("{a: {b: 1}}", action);
        assert!(
            found.said.len() == 1 && found.said[0].starts_with(expected),
            "{action}: {:?}",
            found.said
        );
    }
}

#[test]
fn versions() {
    for (version, fits) in [
        ("1.0.0", true),
        ("1.1.0", true),
        ("1.0", true),
        ("1.10.0", false),
        ("2.0.0", false),
    ] {
        let mut files = Files::default();
        let document = files.add(SourceFile::new("doc", "{}"));
        let text = format!("overlay: '{version}'\nactions: []");
        let overlay = files.add(SourceFile::new("over", text));
        let done = apply(&mut files, document, overlay, &mut Diagnostics::default());
        assert_eq!(done.is_some(), fits, "{version}");
    }
}

#[test]
fn every_part_knows_where_it_was_written() {
    let document = "list:\n  - first: 1\n  - second: 2\n  - third:\n      deep: 3\nplain: 4\nobject:\n  old: 5\n";
    let actions = "
- target: $.list[?@.first]
  remove: true
- target: $.list
  update:
    added: 6
- target: $
  update:
    plain: 7
    object:
      new: 8
";
    let found = applied(document, actions);
    for (pointer, line) in [
        ("/list/0/second", "doc: - second: 2"),
        ("/list/1/third/deep", "doc: deep: 3"),
        ("/list/2/added", "over: added: 6"),
        ("/plain", "over: plain: 7"),
        ("/object/old", "doc: old: 5"),
        ("/object/new", "over: new: 8"),
    ] {
        assert!(found.value().pointer(pointer).is_some(), "{pointer}");
        assert_eq!(found.line(pointer), line, "{pointer}");
    }
}
