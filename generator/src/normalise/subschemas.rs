//! The keywords of JSON Schema that have schemas (2020-12 core, sections 8.2.4, 10 and 11).

/// With a schema.
pub(crate) const ONE: [&str; 10] = [
    "items",
    "additionalProperties",
    "not",
    "if",
    "then",
    "else",
    "contains",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
];
/// With a list of schemas.
pub(crate) const LISTS: [&str; 4] = ["oneOf", "anyOf", "allOf", "prefixItems"];
/// With schemas by name.
pub(crate) const MAPS: [&str; 4] = [
    "properties",
    "patternProperties",
    "$defs",
    "dependentSchemas",
];
