//! Older and roundabout spellings of schemas, each rewritten by a rule of its own.

mod all_of;
mod discriminator;
mod enums;
mod example;
mod exclusive_bounds;
mod keywords;
mod null_branch;
mod nullable;
mod single_branch;
mod types;

use super::schemas::{Schema, Schemas};

/// A rewrite of one schema object.
#[derive(Debug)]
pub(super) struct Rule {
    /// Its name, as the file.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "tests name the rule they check")
    )]
    pub(super) name: &'static str,
    /// Whether it applies to a schema that is read as a part of another one too.
    pub(super) for_parts: bool,
    /// Rewrites the schema in place; leaves alone what it does not concern.
    pub(super) apply: fn(&mut Schema<'_>, &Schemas<'_>),
}

/// Every rule, in the order they apply.
pub(super) const ALL: &[&Rule] = &[
    &keywords::RULE,
    &types::RULE,
    &single_branch::RULE,
    &all_of::RULE,
    &nullable::RULE,
    &null_branch::RULE,
    &enums::RULE,
    &exclusive_bounds::RULE,
    &example::RULE,
    &discriminator::RULE,
];

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::diagnostics::At;
    use crate::read::Sources;

    /// Applies one rule to the schema `S` of a document whose schemas are `schemas`.
    pub(super) fn apply(rule: &Rule, schemas: Value) -> Value {
        let sources = Sources::of_document(json!({ "components": { "schemas": schemas } }));
        let at = At::value(sources.document, "/components/schemas/S");
        let keywords = sources
            .value(&at)
            .and_then(Value::as_object)
            .expect("S is an object");
        let mut schema = Schema {
            at,
            name: None,
            keywords: std::borrow::Cow::Borrowed(keywords),
            satisfiable: true,
            is_part: false,
        };
        (rule.apply)(&mut schema, &Schemas::new(&sources));
        Value::Object(schema.keywords.into_owned())
    }

    #[test]
    fn every_rule_leaves_a_plain_schema_alone() {
        let plain = json!({ "type": "object", "properties": { "a": { "type": "string" } }, "required": ["a"] });
        for rule in ALL {
            assert_eq!(apply(rule, json!({ "S": plain })), plain, "{}", rule.name);
        }
    }
}
