//! Kinds of change that a document can have, and what each means for agents.

mod members;
mod operations;
mod parameters;
mod schemas;

use serde_json::json;

use crate::site::Site;
use members::{
    add_member, add_result, change_result, null_result, remove_member, remove_result, reorder,
    require_member, require_result, retype_member,
};
use operations::{describe, get_to_post, hide, move_path, remove_operation, rename_operation};
use parameters::{
    add_parameter, change_parameter, change_schema, describe_parameter, remove_parameter,
    rename_parameter, require_parameter, respell_bounds, to_components,
};
use schemas::{
    add_value, drop_value, has_default, has_maximum, has_values, is_bare_text, is_integer,
    lower_maximum, other_default, reverse_values, set, widen_integer,
};

/// A kind of change.
pub(crate) struct Kind {
    /// What is done to the document.
    pub(crate) name: &'static str,
    /// What has to be said of it, any of these and nothing else beside wording: kind and class.
    pub(crate) told: &'static [(&'static str, &'static str)],
    /// Makes the change; `None` where the operation has nothing of the sort.
    pub(crate) apply: fn(&mut Site) -> Option<()>,
}

const BREAKING: &str = "breaking";
const COMPATIBLE: &str = "compatible";

/// Every kind. One that is told nothing of must change nothing for agents.
pub(crate) const KINDS: &[Kind] = &[
    Kind {
        name: "an operation is removed",
        told: &[("tool_removed", BREAKING)],
        apply: remove_operation,
    },
    Kind {
        name: "an operation moves to another path",
        told: &[("operation_moved", COMPATIBLE), ("tool_renamed", BREAKING)],
        apply: move_path,
    },
    Kind {
        name: "an operation has another operationId",
        told: &[("tool_renamed", BREAKING)],
        apply: rename_operation,
    },
    Kind {
        name: "a GET becomes a POST",
        told: &[
            ("operation_moved", COMPATIBLE),
            ("annotation_changed", BREAKING),
            ("tool_renamed", BREAKING),
        ],
        apply: get_to_post,
    },
    Kind {
        name: "an optional parameter is added",
        told: &[("argument_added", COMPATIBLE)],
        apply: |site| add_parameter(site, false),
    },
    Kind {
        name: "a required parameter is added",
        told: &[("argument_added", BREAKING)],
        apply: |site| add_parameter(site, true),
    },
    Kind {
        name: "a parameter is removed",
        told: &[("argument_removed", BREAKING)],
        apply: remove_parameter,
    },
    Kind {
        name: "a parameter is renamed",
        told: &[("argument_renamed", BREAKING)],
        apply: rename_parameter,
    },
    Kind {
        name: "a parameter becomes required",
        told: &[("argument_required", BREAKING)],
        apply: |site| require_parameter(site, true),
    },
    Kind {
        name: "a parameter becomes optional",
        told: &[("argument_optional", COMPATIBLE)],
        apply: |site| require_parameter(site, false),
    },
    Kind {
        name: "a parameter is of another type",
        told: &[("argument_retyped", BREAKING)],
        apply: |site| {
            change_parameter(site, is_bare_text, |schema| {
                set(schema, "type", json!("boolean"))
            })
        },
    },
    Kind {
        name: "an integer parameter becomes a number",
        told: &[("argument_widened", COMPATIBLE)],
        apply: |site| change_parameter(site, is_integer, widen_integer),
    },
    Kind {
        name: "a parameter loses a value of its enum",
        told: &[("argument_narrowed", BREAKING)],
        apply: |site| change_parameter(site, has_values, drop_value),
    },
    Kind {
        name: "a parameter gets a value in its enum",
        told: &[("argument_widened", COMPATIBLE)],
        apply: |site| change_parameter(site, has_values, add_value),
    },
    Kind {
        name: "a parameter gets an enum",
        told: &[("argument_narrowed", BREAKING)],
        apply: |site| {
            change_parameter(site, is_bare_text, |schema| {
                set(schema, "enum", json!(["a", "b"]))
            })
        },
    },
    Kind {
        name: "a default changes",
        told: &[("default_changed", BREAKING)],
        apply: |site| change_parameter(site, has_default, other_default),
    },
    Kind {
        name: "a default is removed",
        told: &[("default_removed", BREAKING)],
        apply: |site| {
            change_parameter(site, has_default, |schema| {
                schema.remove("default");
            })
        },
    },
    Kind {
        name: "a default is added",
        told: &[("default_added", COMPATIBLE)],
        apply: |site| {
            change_parameter(site, is_bare_text, |schema| {
                set(schema, "default", json!("usual"))
            })
        },
    },
    Kind {
        name: "a number gets a lower maximum",
        told: &[("argument_narrowed", BREAKING)],
        apply: |site| change_parameter(site, is_integer, lower_maximum),
    },
    Kind {
        name: "a number may be larger",
        told: &[("argument_widened", COMPATIBLE)],
        apply: |site| {
            change_parameter(site, has_maximum, |schema| {
                schema.remove("maximum");
            })
        },
    },
    Kind {
        name: "a text gets a pattern",
        told: &[("argument_narrowed", BREAKING)],
        apply: |site| {
            change_parameter(site, is_bare_text, |schema| {
                set(schema, "pattern", json!("^[a-z]+$"))
            })
        },
    },
    Kind {
        name: "a text gets a greatest length",
        told: &[("argument_narrowed", BREAKING)],
        apply: |site| {
            change_parameter(site, is_bare_text, |schema| {
                set(schema, "maxLength", json!(8))
            })
        },
    },
    Kind {
        name: "a text gets a format",
        told: &[("argument_narrowed", BREAKING)],
        apply: |site| {
            change_parameter(site, is_bare_text, |schema| {
                set(schema, "format", json!("uuid"))
            })
        },
    },
    Kind {
        name: "an optional member is added to a body",
        told: &[("argument_added", COMPATIBLE)],
        apply: |site| add_member(site, false),
    },
    Kind {
        name: "a required member is added to a body",
        told: &[("argument_added", BREAKING)],
        apply: |site| add_member(site, true),
    },
    Kind {
        name: "a member of a body is removed",
        told: &[("argument_removed", BREAKING)],
        apply: remove_member,
    },
    Kind {
        name: "a member of a body becomes required",
        told: &[("argument_required", BREAKING)],
        apply: |site| require_member(site, true),
    },
    Kind {
        name: "a member of a body becomes optional",
        told: &[("argument_optional", COMPATIBLE)],
        apply: |site| require_member(site, false),
    },
    Kind {
        name: "a member of a body is of another type",
        told: &[("argument_retyped", BREAKING)],
        apply: |site| {
            let body = site.body()?;
            retype_member(site, &body)
        },
    },
    Kind {
        name: "a member of a result is removed",
        told: &[("result_removed", BREAKING)],
        apply: remove_result,
    },
    Kind {
        name: "a member is added to a result",
        told: &[("result_added", COMPATIBLE)],
        apply: add_result,
    },
    Kind {
        name: "a member of a result may be missing",
        told: &[("result_optional", BREAKING)],
        apply: |site| require_result(site, false),
    },
    Kind {
        name: "a member of a result is always there",
        told: &[("result_required", COMPATIBLE)],
        apply: |site| require_result(site, true),
    },
    Kind {
        name: "a member of a result is of another type",
        told: &[("result_retyped", BREAKING)],
        apply: |site| {
            let answer = site.answer()?;
            retype_member(site, &answer)
        },
    },
    Kind {
        name: "a member of a result may be null",
        told: &[("result_widened", BREAKING)],
        apply: null_result,
    },
    Kind {
        name: "a result gets a value in an enum",
        told: &[("result_widened", BREAKING)],
        apply: |site| change_result(site, has_values, add_value),
    },
    Kind {
        name: "a result loses a value of an enum",
        told: &[("result_narrowed", COMPATIBLE)],
        apply: |site| change_result(site, has_values, drop_value),
    },
    Kind {
        name: "an operation is described otherwise",
        told: &[("description_changed", "wording")],
        apply: describe,
    },
    Kind {
        name: "a parameter is described otherwise",
        told: &[("description_changed", "wording")],
        apply: describe_parameter,
    },
    Kind {
        name: "a description gets a hidden character",
        told: &[
            ("hidden_text", "wording"),
            ("description_changed", "wording"),
        ],
        apply: hide,
    },
    Kind {
        name: "an enum is in another order",
        told: &[],
        apply: |site| change_parameter(site, has_values, reverse_values),
    },
    Kind {
        name: "members are in another order",
        told: &[],
        apply: reorder,
    },
    Kind {
        name: "a schema is wrapped in an allOf",
        told: &[],
        apply: |site| change_schema(site, |schema| json!({ "allOf": [schema] })),
    },
    Kind {
        name: "a schema moves to the components",
        told: &[],
        apply: to_components,
    },
    Kind {
        name: "bounds are spelled otherwise",
        told: &[],
        apply: respell_bounds,
    },
];
