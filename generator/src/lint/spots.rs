//! Every schema of a tool with its place in words.

use serde_json::Value;

use crate::normalise::subschemas::{LISTS, MAPS, ONE};

/// Which schema of a tool a spot is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Input,
    Output,
}

/// What a walk is in.
#[derive(Clone, Copy, Debug)]
struct Within<'a> {
    side: Side,
    root: &'a Value,
    argument: Option<&'a str>,
    straight: bool,
}

/// A schema in a tool.
#[derive(Clone, Debug)]
pub(super) struct Spot<'a> {
    pub(super) side: Side,
    /// The schema of all arguments or of the whole result that it is in.
    pub(super) root: &'a Value,
    pub(super) schema: &'a Value,
    /// The argument that it is of.
    pub(super) argument: Option<&'a str>,
    /// Nothing but properties leads to it.
    pub(super) straight: bool,
    path: String,
}

impl Spot<'_> {
    pub(super) fn is_root(&self) -> bool {
        std::ptr::eq(self.root, self.schema)
    }

    /// The name of the member that it is.
    pub(super) fn name(&self) -> Option<&str> {
        let last = self.path.rsplit('.').next().unwrap_or_default();
        let name = last.trim_end_matches("[]");
        (!name.is_empty()).then_some(name)
    }

    /// Its place as a person would say it.
    pub(super) fn place(&self) -> String {
        let whole = match self.side {
            Side::Input => "the input schema",
            Side::Output => "the output schema",
        };
        if self.path.is_empty() {
            whole.to_owned()
        } else {
            format!("`{}` of {whole}", self.path)
        }
    }
}

pub(super) fn spots(tool: &Value) -> Vec<Spot<'_>> {
    let mut found = Vec::new();
    for (key, side) in [("inputSchema", Side::Input), ("outputSchema", Side::Output)] {
        if let Some(root) = tool.get(key) {
            let at = Within {
                side,
                root,
                argument: None,
                straight: true,
            };
            walk(root, String::new(), at, &mut found);
        }
    }
    found
}

fn walk<'a>(schema: &'a Value, path: String, at: Within<'a>, found: &mut Vec<Spot<'a>>) {
    let within = |key: &str| {
        if path.is_empty() {
            key.to_owned()
        } else {
            format!("{path}.{key}")
        }
    };
    let aside = Within {
        straight: false,
        ..at
    };
    found.push(Spot {
        side: at.side,
        root: at.root,
        schema,
        argument: at.argument,
        straight: at.straight,
        path: path.clone(),
    });
    for key in ONE {
        if let Some(inner) = schema.get(key) {
            let place = if key == "items" {
                format!("{path}[]")
            } else {
                path.clone()
            };
            walk(inner, place, aside, found);
        }
    }
    for key in LISTS {
        for inner in schema
            .get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            walk(inner, path.clone(), aside, found);
        }
    }
    for key in MAPS {
        for (name, inner) in schema
            .get(key)
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let is_argument = path.is_empty() && key == "properties" && at.side == Side::Input;
            let argument = is_argument.then_some(name.as_str());
            let at = Within {
                argument: at.argument.or(argument),
                straight: at.straight && key == "properties",
                ..at
            };
            walk(inner, within(name), at, found);
        }
    }
}
