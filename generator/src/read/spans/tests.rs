use super::*;

/// Checks which text stands at `pointer`, as `key` and `value`.
#[track_caller]
fn check(text: &str, pointer: &str, key: &str, value: &str) {
    let spans = if serde_json::from_str::<serde_json::Value>(text).is_ok() {
        json(text)
    } else {
        yaml(text)
    };
    let place = spans.place(pointer);
    let shown = |range: Range<usize>| text.get(range).unwrap_or("(not in the text)").to_owned();
    assert_eq!(
        (
            place.key.map_or(String::new(), shown).as_str(),
            shown(place.value).as_str()
        ),
        (key, value),
        "{pointer}"
    );
}

const BLOCK: &str = "\
# A comment.
version: 1
server:
  name: acme-mcp   # another
  title: 'A \"title\"'

tools:
  list: { default: [1, 2], empty: {} }
  other:
    - first
    -
      key: value
    - - nested
  text: |
    one
    two

  folded: >-
    three
    four
  nothing:
last: end
";

#[test]
fn block_and_flow_style() {
    check(BLOCK, "/version", "version", "1");
    check(BLOCK, "/server/name", "name", "acme-mcp");
    check(BLOCK, "/server/title", "title", "'A \"title\"'");
    check(
        BLOCK,
        "/server",
        "server",
        "name: acme-mcp   # another\n  title: 'A \"title\"'",
    );
    check(
        BLOCK,
        "/tools/list",
        "list",
        "{ default: [1, 2], empty: {} }",
    );
    check(BLOCK, "/tools/list/default/1", "", "2");
    check(BLOCK, "/tools/list/empty", "empty", "{}");
    check(BLOCK, "/tools/other/0", "", "first");
    check(BLOCK, "/tools/other/1/key", "key", "value");
    check(BLOCK, "/tools/other/2/0", "", "nested");
    check(BLOCK, "/last", "last", "end");
}

#[test]
fn block_scalars_and_empty_values() {
    check(BLOCK, "/tools/text", "text", "one\n    two");
    check(BLOCK, "/tools/folded", "folded", "three\n    four");
    check(BLOCK, "/tools/nothing", "nothing", "nothing");
}

#[test]
fn a_missing_pointer_is_its_parent() {
    check(BLOCK, "/server/name/deeper/still", "name", "acme-mcp");
    check(
        BLOCK,
        "/server/missing",
        "server",
        "name: acme-mcp   # another\n  title: 'A \"title\"'",
    );
    check(BLOCK, "/tools/list/default/9", "default", "[1, 2]");
}

#[test]
fn characters_are_not_bytes() {
    let text = "größe: äöü\n\"naïve key\": { '日本': 語, b: 🎉 } # ✓\nnext: x\n";
    check(text, "/größe", "größe", "äöü");
    check(text, "/naïve key/日本", "'日本'", "語");
    check(text, "/naïve key/b", "b", "🎉");
    check(text, "/next", "next", "x");
}

#[test]
fn aliases_and_merge_keys() {
    let text = "\
base: &base
  a: 1
  b: &leaf two
more: &more { b: 3, c: 4 }
alias: *base
merged:
  <<: [*base, *more]
  a: own
again:
  <<: { <<: *more, d: 5 }
leaf: *leaf
";
    check(text, "/base/b", "b", "two");
    check(text, "/alias", "alias", "*base");
    check(text, "/alias/a", "a", "1");
    check(text, "/merged/a", "a", "own");
    check(text, "/merged/b", "b", "two");
    check(text, "/merged/c", "c", "4");
    check(text, "/again/c", "c", "4");
    check(text, "/again/d", "d", "5");
    check(text, "/leaf", "leaf", "*leaf");
    let text = "a: &x !t { b: 1 } \nc: !t\n  d: 1\ne: &y\n- 1\n";
    check(text, "/a", "a", "{ b: 1 }");
    check(text, "/c", "c", "d: 1");
    check(text, "/e/0", "", "1");
}

#[test]
fn an_alias_of_itself_ends() {
    let spans = yaml("a: &a\n  <<: *a\n  b: 1\n");
    let _ = spans.place("/a/a/a/a/c");
}

#[test]
fn escaped_segments_and_odd_keys() {
    let text = "paths:\n  /a/{b}:\n    200: ok\n    'x~y': z\n  ? quoted\n  : yes\n";
    check(text, "/paths/~1a~1{b}/200", "200", "ok");
    check(text, "/paths/~1a~1{b}/x~0y", "'x~y'", "z");
    check(text, "/paths/quoted", "quoted", "yes");
}

#[test]
fn carriage_returns() {
    let text = "a: 1\r\nb:\r\n  c: text\r\nd: |\r\n  x\r\ne: 2\r\n";
    check(text, "/a", "a", "1");
    check(text, "/b/c", "c", "text");
    check(text, "/e", "e", "2");
}

#[test]
fn json_of_any_layout() {
    let text = "{\t\"a\\u0062\": [1, -2.5e3,{\"ü\":null}],\n\t\"s\": \"q\\\"}]\\\\\", \"e\": {}, \"t\":true}";
    check(text, "/ab/1", "", "-2.5e3");
    check(text, "/ab/2/ü", "\"ü\"", "null");
    check(text, "/s", "\"s\"", "\"q\\\"}]\\\\\"");
    check(text, "/e", "\"e\"", "{}");
    check(text, "/t", "\"t\"", "true");
    check(text, "/ab", "\"a\\u0062\"", "[1, -2.5e3,{\"ü\":null}]");
}

#[test]
fn duplicates_are_the_last_and_name_the_first() {
    for (text, spans) in [
        (
            "a: {x: 1}\nb:\n  - x: 1\n    x: 2\n",
            yaml as fn(&str) -> Spans,
        ),
        ("{\"b\": [{\"x\": 1, \"x\": 2}]}", json),
    ] {
        let spans = spans(text);
        let found = spans.duplicates();
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].pointer.as_str(), found[0].key.as_str()),
            ("/b/0/x", "x")
        );
        assert_eq!(&text[spans.place("/b/0/x").value], "2");
        assert!(
            text[..found[0].first.end]
                .trim_end_matches('"')
                .ends_with('x')
        );
    }
}

#[test]
fn lines_left_of_what_they_belong_to() {
    let text = "\
a:
  value: {
    \"x\": ü, # why
 }
  list: [
1, 2]# why not
  quoted: \"one
two\"
  last: 3
";
    check(text, "/a/value/x", "\"x\"", "ü");
    check(text, "/a/list/0", "", "1");
    check(text, "/a/quoted", "quoted", "\"one\ntwo\"");
    check(text, "/a/last", "last", "3");
    // What cannot be helped ends.
    let _ = yaml("a: [1\nb: 2]]]\n");
}
