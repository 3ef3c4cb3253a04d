//! Where the backend is: variables of its URL, and the servers that some operations have.

use super::docs;
use super::names::{Environment, RustName, Scope};
use crate::model::Api;
use crate::normalise::{Server, ServerVariable};

/// What the server and its clients know of the backend's URLs besides the base URL.
#[derive(Debug, Default)]
pub struct ServersPlan {
    /// What a configured URL ends with.
    pub path: String,
    /// The variables of the base URL.
    pub variables: Vec<VariablePlan>,
    /// The servers that some operations have for themselves.
    pub others: Vec<OtherPlan>,
    /// The environment variables of all that.
    pub rows: Vec<VariableRow>,
    /// The server of each operation, as an index into `others`.
    pub(super) of_operations: Vec<Option<usize>>,
}

/// A variable of a URL.
#[derive(Clone, Debug)]
pub struct VariablePlan {
    /// Its name in the URL.
    pub name: String,
    /// The environment variable that sets it.
    pub variable: String,
    /// Its value unless it is set.
    pub default: Option<String>,
}

/// A server that some operations have for themselves.
#[derive(Debug)]
pub struct OtherPlan {
    /// Its constant.
    pub constant: RustName,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Its URL.
    pub url: String,
    /// The variables of its URL.
    pub variables: Vec<VariablePlan>,
    /// The environment variable that sets the whole URL.
    pub variable: String,
}

/// An environment variable, as people read of it.
#[derive(Debug)]
pub struct VariableRow {
    /// Its name.
    pub variable: String,
    /// What it is for.
    pub meaning: String,
    /// What it is unless it is set.
    pub default: Option<String>,
}

impl ServersPlan {
    /// Whether there is one server, whose URL says everything.
    pub fn is_plain(&self) -> bool {
        self.path.is_empty() && self.variables.is_empty() && self.others.is_empty()
    }

    /// The server that an operation has for itself.
    pub(super) fn constant_of(&self, operation: usize) -> Option<RustName> {
        self.of_operations[operation].map(|other| self.others[other].constant.clone())
    }
}

/// Plans the servers of the operations that are reached.
pub(super) fn servers(api: &Api, environment: &mut Environment) -> ServersPlan {
    let settings = &api.settings;
    let mut plan = ServersPlan {
        path: settings.server_path.clone(),
        ..ServersPlan::default()
    };
    let mut known: Vec<(String, String)> = Vec::new();
    plan.variables = variables(
        &settings.server_variables,
        &mut known,
        &mut plan.rows,
        environment,
    );
    let base = settings.base_url.as_deref().unwrap_or("");
    let mut found: Vec<&Server> = Vec::new();
    let mut names = Scope::statics("SERVERS");
    for operation in &api.operations {
        let own = operation.server.as_ref().filter(|server| {
            let same_path = server.is_relative() && server.url == settings.server_path;
            server.url != base && !(base.is_empty() && same_path)
        });
        let place = own.map(|server| {
            let place = found.iter().position(|known| known.url == server.url);
            place.unwrap_or_else(|| {
                found.push(server);
                let stem = stem(&server.url, base);
                let variables =
                    variables(&server.variables, &mut known, &mut plan.rows, environment);
                let variable = environment.names(&stem, &["URL"]).remove(0);
                let url = docs::code(&server.url);
                plan.rows.push(VariableRow {
                    variable: variable.clone(),
                    meaning: "where the operations are that have this server for themselves"
                        .to_owned(),
                    default: Some(server.url.clone()),
                });
                let about = server.description.as_deref().map(docs::first_line);
                plan.others.push(OtherPlan {
                    constant: names.static_name(&stem, "SERVER"),
                    docs: vec![match about.filter(|text| !text.is_empty()) {
                        Some(about) => format!("{url}: {about}"),
                        None => url,
                    }],
                    url: server.url.clone(),
                    variables,
                    variable,
                });
                found.len() - 1
            })
        });
        plan.of_operations.push(place);
    }
    plan
}

/// What a server is called by: its host, or its path where the host is the base URL's.
fn stem(url: &str, base: &str) -> String {
    let split = |url: &str| {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        (host.to_owned(), path.to_owned())
    };
    let (host, path) = split(url);
    let of_base = !path.is_empty() && host == split(base).0;
    if host.is_empty() || of_base {
        path
    } else {
        host
    }
}

fn variables(
    declared: &[ServerVariable],
    known: &mut Vec<(String, String)>,
    rows: &mut Vec<VariableRow>,
    environment: &mut Environment,
) -> Vec<VariablePlan> {
    let plan = |declared: &ServerVariable| {
        let same = known.iter().find(|(name, _)| *name == declared.name);
        let variable = match same {
            Some((_, variable)) => variable.clone(),
            None => {
                let variable = environment.names(&declared.name, &[""]).remove(0);
                known.push((declared.name.clone(), variable.clone()));
                rows.push(row(declared, &variable));
                variable
            }
        };
        VariablePlan {
            name: declared.name.clone(),
            variable,
            default: declared.default.clone(),
        }
    };
    declared.iter().map(plan).collect()
}

fn row(declared: &ServerVariable, variable: &str) -> VariableRow {
    let mut meaning = format!(
        "{} in the backend's URL",
        docs::code(&format!("{{{}}}", declared.name))
    );
    if let Some(about) = declared.description.as_deref().map(docs::first_line) {
        meaning.push_str(&format!(": {about}"));
    }
    if !declared.values.is_empty() {
        let values: Vec<String> = declared
            .values
            .iter()
            .take(20)
            .map(|value| docs::code(value))
            .collect();
        meaning.push_str(&format!(" ({})", values.join(", ")));
    }
    VariableRow {
        variable: variable.to_owned(),
        meaning,
        default: declared.default.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems() {
        for (url, base, expected) in [
            (
                "https://upload.box.com/api",
                "https://api.box.com",
                "upload.box.com",
            ),
            ("https://api.box.com/v2", "https://api.box.com/v1", "v2"),
            ("/v2", "", "v2"),
            ("https://{dc}.x.test", "", "{dc}.x.test"),
        ] {
            assert_eq!(stem(url, base), expected);
        }
    }
}
