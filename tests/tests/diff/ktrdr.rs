//! A system of this repository, changed by hand.

use std::fs;

use serde_json::Value;
use toolwright_tests::{copy_tree, root};

use crate::changes;

/// What is said once `old` is `new` in one file of the system.
fn after(file: &str, edits: &[(&str, &str)]) -> Vec<Value> {
    let folder = tempfile::tempdir().expect("a folder");
    let (old, new) = (folder.path().join("old"), folder.path().join("new"));
    for copy in [&old, &new] {
        copy_tree(&root().join("specs/ktrdr"), copy);
    }
    let path = new.join(file);
    let mut text = fs::read_to_string(&path).expect("the file");
    for (before, after) in edits {
        assert!(text.contains(before), "{file} has no {before:?} any more");
        text = text.replacen(before, after, 1);
    }
    fs::write(&path, text).expect("the file written");
    changes(&old, &new).unwrap_or_else(|said| panic!("{said}"))
}

/// Kind, class, tool and subject of each that is about `tool`.
fn brief<'c>(changes: &'c [Value], tool: &str) -> Vec<[&'c str; 4]> {
    let of_tool = changes.iter().filter(|change| change["tool"] == tool);
    of_tool
        .map(|change| {
            ["kind", "class", "tool", "subject"].map(|key| change[key].as_str().unwrap_or_default())
        })
        .collect()
}

/// The first that is about `tool`.
fn about<'c>(changes: &'c [Value], tool: &str) -> &'c Value {
    let mut changes = changes.iter();
    changes
        .find(|change| change["tool"] == tool)
        .expect("a change of the tool")
}

#[test]
fn nothing_is_told_of_what_is_the_same() {
    assert_eq!(
        after("tools.yaml", &[("# Training\n", "# Networks\n")]),
        Vec::<Value>::new()
    );
}

#[test]
fn a_parameter_that_is_renamed_is_recognised() {
    let found = after(
        "openapi.yaml",
        &[(
            "        - name: active_only\n",
            "        - name: only_active\n",
        )],
    );
    assert_eq!(
        brief(&found, "list_operations"),
        [[
            "argument_renamed",
            "breaking",
            "list_operations",
            "active_only"
        ]]
    );
    let at = &about(&found, "list_operations")["at"];
    assert!(
        at["file"]
            .as_str()
            .is_some_and(|file| file.ends_with("new/openapi.yaml")),
        "{at}"
    );
    assert!(at["line"].as_u64() > Some(1));
}

#[test]
fn a_value_that_an_enum_loses_is_refused() {
    let found = after(
        "openapi.yaml",
        &[(
            "enum: [local, tail, backfill, full]",
            "enum: [local, tail, backfill]",
        )],
    );
    assert_eq!(
        brief(&found, "trigger_data_loading"),
        [[
            "argument_narrowed",
            "breaking",
            "trigger_data_loading",
            "mode"
        ]]
    );
    assert!(
        about(&found, "trigger_data_loading")["message"]
            .as_str()
            .is_some_and(|text| text.contains("`full`")),
        "{found:?}"
    );
}

#[test]
fn a_path_that_moves_changes_nothing_for_callers() {
    let found = after(
        "openapi.yaml",
        &[("  /api/v1/data/load:\n", "  /api/v1/data/acquire:\n")],
    );
    assert_eq!(
        brief(&found, "trigger_data_loading"),
        [[
            "operation_moved",
            "compatible",
            "trigger_data_loading",
            "POST /api/v1/data/acquire"
        ]]
    );
}

#[test]
fn a_member_that_must_be_given_breaks_callers() {
    let required = (
        "      required: [symbol]\n",
        "      required: [symbol, broker]\n",
    );
    let member = (
        "    DataLoadRequest:\n      type: object\n      title: DataLoadRequest\n      description: What to load.\n      properties:\n",
        "    DataLoadRequest:\n      type: object\n      title: DataLoadRequest\n      description: What to load.\n      properties:\n        broker: { type: string, description: Whom to ask. }\n",
    );
    let found = after("openapi.yaml", &[member, required]);
    assert_eq!(
        brief(&found, "trigger_data_loading"),
        [[
            "argument_added",
            "breaking",
            "trigger_data_loading",
            "broker"
        ]]
    );
}

#[test]
fn a_default_that_the_tools_spec_declares_counts() {
    let found = after(
        "tools.yaml",
        &[(
            "      mode: { default: tail }",
            "      mode: { default: full }",
        )],
    );
    assert_eq!(
        brief(&found, "trigger_data_loading"),
        [[
            "default_changed",
            "breaking",
            "trigger_data_loading",
            "mode"
        ]]
    );
    assert!(
        about(&found, "trigger_data_loading")["at"]["file"]
            .as_str()
            .is_some_and(|file| file.ends_with("new/tools.yaml")),
        "{found:?}"
    );
}

#[test]
fn prompts_and_resources_are_compared_too() {
    let required = (
        "      symbol:\n        required: true\n",
        "      symbol:\n        required: false\n",
    );
    let described = (
        "description: The trained models, newest",
        "description: Trained models, newest",
    );
    assert_eq!(
        brief(&after("tools.yaml", &[required, described]), ""),
        [
            [
                "prompt_argument_optional",
                "compatible",
                "",
                "load_and_check.symbol"
            ],
            ["resource_wording", "wording", "", "ktrdr://models"],
        ]
    );
}
