use super::*;
use crate::diagnostics::{FileId, codes};
use crate::read::SourceFile;

const SPEC: &str = "\
version: 1
openapi: openapi.yaml

tools:
  list_operations:
    operation: listOperation
    description: |
      Lists.
      More.
  other:
    operation: x
    # größer
    title: { ä: über, b: [1] }
";

fn files(path: &str, text: &str) -> Files {
    let mut files = Files::default();
    files.add(SourceFile::new(path, text));
    files.add(SourceFile::new(
        "specs/acme/openapi.yaml",
        "paths:\n  /a:\n    get:\n      operationId: listOperations\n",
    ));
    files
}

fn one(diagnostic: Diagnostic) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    diagnostics.push(diagnostic);
    diagnostics
}

#[track_caller]
fn check(diagnostic: Diagnostic, expect: &str) {
    let rendered = render(
        &one(diagnostic),
        &files("specs/acme/tools.yaml", SPEC),
        Format::Text,
    );
    assert_eq!(rendered, expect, "\n{rendered}");
}

fn unknown() -> Diagnostic {
    let at = At::value(FileId(0), "/tools/list_operations/operation");
    Diagnostic::error(
        codes::UNKNOWN_OPERATION,
        at,
        "tool `list_operations` names an operation that is not in the API",
    )
    .label("no such operationId")
    .help("did you mean `listOperations` (specs/acme/openapi.yaml:4:20)?")
}

#[test]
fn one_place_with_help() {
    check(
        unknown(),
        "\
error[TW0301]: tool `list_operations` names an operation that is not in the API
 --> specs/acme/tools.yaml:6:16
  |
6 |     operation: listOperation
  |                ^^^^^^^^^^^^^ no such operationId
  |
help: did you mean `listOperations` (specs/acme/openapi.yaml:4:20)?

",
    );
}

#[test]
fn places_in_two_files() {
    let other = At::value(FileId(1), "/paths/~1a/get/operationId");
    check(
        Diagnostic {
            help: None,
            ..unknown()
        }
        .also(other, "the nearest"),
        "\
error[TW0301]: tool `list_operations` names an operation that is not in the API
 --> specs/acme/tools.yaml:6:16
  |
6 |     operation: listOperation
  |                ^^^^^^^^^^^^^ no such operationId
  |
 ::: specs/acme/openapi.yaml:4:20
  |
4 |       operationId: listOperations
  |                    -------------- the nearest
  |
help: `toolwright explain TW0301` tells how to fix it

",
    );
}

#[test]
fn near_places_share_an_excerpt() {
    let key = |name: &str| At::key(FileId(0), format!("/tools/{name}"));
    check(
        Diagnostic::warning(codes::DUPLICATE_NAME, key("other"), "two")
            .label("second")
            .also(key("list_operations"), "first"),
        "\
warning[TW0304]: two
  --> specs/acme/tools.yaml:10:3
   |
 5 |   list_operations:
   |   --------------- first
...
10 |   other:
   |   ^^^^^ second
   |
help: `toolwright explain TW0304` tells how to fix it

",
    );
}

#[test]
fn what_spans_lines_is_shown_by_its_key() {
    check(
        Diagnostic::error(
            codes::BAD_NAME,
            At::value(FileId(0), "/tools/list_operations/description"),
            "long",
        ),
        "\
error[TW0305]: long
 --> specs/acme/tools.yaml:7:5
  |
7 |     description: |
  |     ^^^^^^^^^^^
  |
help: `toolwright explain TW0305` tells how to fix it

",
    );
}

#[test]
fn characters_are_not_bytes() {
    check(
        Diagnostic::error(
            codes::BAD_NAME,
            At::value(FileId(0), "/tools/other/title/b"),
            "wide",
        ),
        "\
error[TW0305]: wide
  --> specs/acme/tools.yaml:13:26
   |
13 |     title: { ä: über, b: [1] }
   |                          ^^^
   |
help: `toolwright explain TW0305` tells how to fix it

",
    );
}

#[test]
fn a_syntax_error_is_shown_where_it_is() {
    let files = files("t.yaml", "a: 1\nb: [1, 2\nc: 3\n");
    let diagnostic = Diagnostic::error(
        codes::SYNTAX,
        At::value(FileId(0), ""),
        files.file(FileId(0)).syntax_error().unwrap_or_default(),
    );
    assert_eq!(
        render(&one(diagnostic), &files, Format::Text),
        "\
error[TW0102]: did not find expected ',' or ']'
 --> t.yaml:3:2
  |
3 | c: 3
  |  ^
  |
help: `toolwright explain TW0102` tells how to fix it

"
    );
}

#[test]
fn an_empty_file_has_a_place() {
    let files = files("t.yaml", "");
    let diagnostic = Diagnostic::error(codes::SPEC_SHAPE, At::value(FileId(0), ""), "nothing");
    assert!(render(&one(diagnostic), &files, Format::Text).contains("--> t.yaml\n"));
}

#[test]
fn long_lines_are_cut_around_the_place() {
    let filler = format!("\"ü{}\":1,", "x".repeat(100)).repeat(50_000);
    let text = format!(
        "{{{filler}\"name\":{{\"deep\":\"wrong\"}},{}\"z\":1}}",
        filler.replace("\"ü", "\"y")
    );
    let files = files("api.json", &text);
    let at = At::value(FileId(0), "/name/deep");
    let began = std::time::Instant::now();
    let rendered = render(
        &one(Diagnostic::error(codes::BAD_NAME, at, "cut").label("here")),
        &files,
        Format::Text,
    );
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
    let lines: Vec<&str> = rendered.lines().collect();
    assert_eq!(lines[0], "error[TW0305]: cut");
    assert_eq!(lines[1], format!(" --> api.json:1:{}", 50_000 * 106 + 17));
    assert!(
        lines[3].starts_with("1 | …xxx") && lines[3].ends_with("xxx…") && lines[3].len() < 220,
        "{rendered}"
    );
    let caret = lines[4].find("^^^^^^^ here").expect("a mark");
    assert_eq!(
        lines[3]
            .find("\"wrong\"")
            .map(|at| lines[3][..at].chars().count()),
        Some(caret),
        "{rendered}"
    );
}

#[test]
fn json_is_one_object_a_line() {
    assert_eq!(
        render(
            &one(unknown()),
            &files("specs/acme/tools.yaml", SPEC),
            Format::Json
        ),
        "{\"code\":\"TW0301\",\"severity\":\"error\",\"message\":\"tool `list_operations` names an operation that is not in the API\",\
         \"at\":{\"file\":\"specs/acme/tools.yaml\",\"line\":6,\"column\":16},\
         \"help\":\"did you mean `listOperations` (specs/acme/openapi.yaml:4:20)?\"}\n"
    );
}

#[test]
fn github_commands_are_escaped() {
    let diagnostic = Diagnostic::warning(
        codes::BAD_NAME,
        At::value(FileId(0), "/version"),
        "100%\nsure",
    )
    .help("a: b");
    assert_eq!(
        render(&one(diagnostic), &files("a,b.yaml", SPEC), Format::Github),
        "::warning file=a%2Cb.yaml,line=1,col=10,title=TW0305::100%25%0Asure%0Ahelp: a: b\n"
    );
}

#[test]
fn many_of_a_kind_are_counted() {
    let mut diagnostics = Diagnostics::default();
    for number in 0..12 {
        let at = At::value(FileId(0), "/tools");
        let message = format!("fault {number}");
        diagnostics.push(Diagnostic::warning(codes::BAD_DEFAULT, at, message));
    }
    let files = files("tools.yaml", SPEC);
    let text = render(&diagnostics, &files, Format::Text);
    assert_eq!(text.matches("warning[TW0204]").count(), 8);
    assert!(
        text.ends_with("… and 4 more of TW0204; `--format json` lists them all\n\n"),
        "{text}"
    );
    assert_eq!(
        render(&diagnostics, &files, Format::Json).lines().count(),
        12
    );
}

#[test]
fn every_code_has_a_page() {
    for code in codes::ALL {
        let first = code.page.lines().next().unwrap_or_default();
        assert!(
            first.starts_with(&format!("# {}: ", code.name)),
            "{}: {first}",
            code.name
        );
        let has_example = ["```yaml\n", "```json\n"]
            .iter()
            .any(|part| code.page.contains(part));
        assert!(has_example, "{} has no example", code.name);
        assert!(code.page.contains("\n## How to fix it\n"), "{}", code.name);
    }
}
