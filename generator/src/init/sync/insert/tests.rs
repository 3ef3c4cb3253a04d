//! Tools specs as people write them, with two new entries.

use super::*;

fn entry(name: &str, path: &str, group: &str) -> Entry {
    Entry {
        name: name.to_owned(),
        operation: format!("GET {path}"),
        method: "GET".to_owned(),
        path: path.to_owned(),
        group: group.to_owned(),
        description: Some("It is: new".to_owned()),
        tokens: 7,
        ..Entry::default()
    }
}

fn inserted(text: &str) -> Result<String, String> {
    let mut files = Files::default();
    let file = files.add(SourceFile::new("tools.yaml", text));
    let known = HashMap::from([
        ("a".to_owned(), "A".to_owned()),
        ("b".to_owned(), "B".to_owned()),
    ]);
    insert(
        &files,
        file,
        &known,
        &[entry("a2", "/a/2", "A"), entry("c", "/c", "C")],
    )
    .map_err(|unfit| unfit.message)
}

const A2: &str = "  # new: GET /a/2\n  a2: # 7 tokens\n    operation: GET /a/2\n    description: \"It is: new\"\n    enabled: false\n";
const C: &str = "  # new: GET /c\n  c: # 7 tokens\n    operation: GET /c\n    description: \"It is: new\"\n    enabled: false\n";

/// What `text` becomes; `<A2>`, `<C>` stand for the lines of the new entries.
fn check(text: &str, expect: &str) {
    let expect = expect.replace("<A2>", A2).replace("<C>", C);
    assert_eq!(inserted(text).as_deref(), Ok(expect.as_str()), "{text}");
    let crlf = text.replace('\n', "\r\n");
    assert_eq!(inserted(&crlf), Ok(expect.replace('\n', "\r\n")), "{crlf}");
}

#[test]
fn into_its_group_or_a_new_one_at_the_end() {
    check(
        "version: 1\ntools:\n  # As\n  a: # mine\n    operation: x\n\n  # Bs\n  # and more\n  b:\n    operation: y # why\n    # within b\n\n# the end\nlimits: {}\n",
        "version: 1\ntools:\n  # As\n  a: # mine\n    operation: x\n\n<A2>\n  # Bs\n  # and more\n  b:\n    operation: y # why\n    # within b\n\n  # ---- C ----\n\n<C>\n# the end\nlimits: {}\n",
    );
}

#[test]
fn without_empty_lines_where_there_are_none() {
    check(
        "tools:\n  a: {operation: x}\n  b:\n    operation: y",
        "tools:\n  a: {operation: x}\n<A2>  b:\n    operation: y\n\n  # ---- C ----\n<C>",
    );
}

#[test]
fn texts_of_several_lines_and_quoted_keys_stay_whole() {
    check(
        "tools:\n  \"a\":\n    description: |\n      one\n\n      # no comment\n    operation: x\n\n  'b':\n    operation: y\n    description: >\n      folded\n      text\n",
        "tools:\n  \"a\":\n    description: |\n      one\n\n      # no comment\n    operation: x\n\n<A2>\n  'b':\n    operation: y\n    description: >\n      folded\n      text\n\n  # ---- C ----\n\n<C>",
    );
    check(
        "tools:\n  a:\n    operation: x\n    description: \"one\n  two\n    three\"\n\n  b: {operation: y}\n",
        "tools:\n  a:\n    operation: x\n    description: \"one\n  two\n    three\"\n\n<A2>\n  b: {operation: y}\n\n  # ---- C ----\n\n<C>",
    );
}

#[test]
fn a_spec_without_tools() {
    for text in ["version: 1\n", "version: 1\ntools: {}\n"] {
        let expect = "version: 1\ntools:\n  # ---- A ----\n\n<A2>\n  # ---- C ----\n\n<C>";
        let expect = match text.contains("tools") {
            true => expect.to_owned(),
            false => expect.replace("\ntools", "\n\ntools"),
        };
        check(text, &expect);
    }
    check(
        "tools: {} # none\nlimits: {}\n",
        "tools:  # none\n  # ---- A ----\n\n<A2>\n  # ---- C ----\n\n<C>limits: {}\n",
    );
}

#[test]
fn flow_style_and_other_indentation() {
    let flow = inserted("tools: { a: { operation: x }, } # end\n").expect("a text");
    assert_eq!(
        flow,
        "tools: { a: { operation: x },\n  # new: GET /a/2\n  \"a2\": { operation: \"GET /a/2\", description: \"It is: new\", enabled: false },\n  # new: GET /c\n  \"c\": { operation: \"GET /c\", description: \"It is: new\", enabled: false } } # end\n"
    );
    let json =
        inserted("{\"version\": 1, \"tools\": {\"a\": {\"operation\": \"x\"}}}").expect("a text");
    assert!(json.contains("\"c\": {") && json.ends_with("}}}"), "{json}");
    let odd = inserted("   version: 1\n   tools:\n        a:\n           operation: x\n")
        .expect("a text");
    assert!(
        odd.contains("\n        a2: # 7 tokens\n           operation: GET /a/2\n"),
        "{odd}"
    );
}

#[test]
fn trailing_lines_of_a_kept_block_scalar() {
    let text = "tools:\n  a:\n    operation: x\n    description: |+\n      one\n\n\n  b:\n    operation: y\n";
    // Between the two, the empty lines would not be those of `a` any more: all goes to the end.
    let whole = inserted(text).expect("a text");
    assert!(whole.starts_with(text), "{whole}");
}

#[test]
fn what_cannot_be_added_to_is_refused() {
    for text in [
        "shared: &shared\n  a: {operation: x}\ntools: *shared\n",
        "{\"version\": 1}",
        "tools: []\n",
        "- a\n",
    ] {
        assert!(inserted(text).is_err(), "{text}");
    }
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_text() {
    let whole = inserted("\u{feff}tools:\n  a: {operation: x}\n").expect("a text");
    assert!(whole.starts_with("tools:"), "{whole}");
}
