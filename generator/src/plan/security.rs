//! Credentials: the schemes that are used, the environment variables they come from, and which
//! operation uses which.

use super::docs;
use super::names::{Environment, RustName, Scope};
use super::servers::VariableRow;
use crate::diagnostics::{Diagnostic, Diagnostics, codes};
use crate::model::Api;
use crate::normalise::{Alternatives, SecurityKind, SecurityScheme};

/// What the server and its clients know of credentials.
#[derive(Debug, Default)]
pub struct SecurityPlan {
    /// The schemes that operations use.
    pub schemes: Vec<SchemePlan>,
    /// The requirements of operations, each once.
    pub sets: Vec<SetPlan>,
    /// What operations use that do not say it themselves, as an index into `sets`.
    pub default: Option<usize>,
    /// How many tools need which of `sets`.
    pub needs: Vec<(u32, usize)>,
    /// The environment variables of the credentials.
    pub rows: Vec<VariableRow>,
    /// What each operation uses, as an index into `sets`; `None` is the default.
    pub(super) of_operations: Vec<Option<usize>>,
}

/// A security scheme.
#[derive(Debug)]
pub struct SchemePlan {
    /// Its constant, made from its name.
    pub constant: RustName,
    /// Its documentation.
    pub docs: Vec<String>,
    /// What is sent.
    pub kind: SecurityKind,
    /// The environment variables, in the order of the runtime's members.
    pub variables: Vec<String>,
    /// The scopes that operations need, with spaces between.
    pub scope: String,
}

/// A requirement.
#[derive(Debug)]
pub struct SetPlan {
    /// Its constant.
    pub constant: RustName,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Indices into the plan's schemes: one of these sets is enough.
    pub alternatives: Vec<Vec<usize>>,
}

/// Works the requirements of the operations out.
struct Planner<'a> {
    schemes: &'a [SecurityScheme],
    sets: Vec<Vec<Vec<usize>>>,
    scopes: Vec<Vec<String>>,
    told: Vec<String>,
    diagnostics: &'a mut Diagnostics,
}

/// Plans the credentials of the operations that are reached.
pub(super) fn security(
    api: &Api,
    environment: &mut Environment,
    diagnostics: &mut Diagnostics,
) -> SecurityPlan {
    let schemes = &api.security.schemes;
    let mut planner = Planner {
        schemes,
        sets: Vec::new(),
        scopes: vec![Vec::new(); schemes.len()],
        told: Vec::new(),
        diagnostics,
    };
    let standard = Alternatives::new();
    let standard = api.security.default.as_ref().unwrap_or(&standard);
    let default = planner.set(standard);
    let of_operations: Vec<Option<usize>> = api
        .operations
        .iter()
        .map(|operation| operation.security.as_ref().map(|own| planner.set(own)))
        .map(|set| set.filter(|set| *set != default))
        .collect();
    let Planner { sets, scopes, .. } = planner;
    let variables = variables(schemes, environment);
    // Only what is used is written, but named as if all were: a tool more renames nothing.
    let mut names = Scope::statics("SECURITY");
    let constants: Vec<RustName> = schemes
        .iter()
        .map(|scheme| names.static_name(&scheme.name, "SCHEME"))
        .collect();
    let is_used = |index: &usize| sets.iter().flatten().flatten().any(|used| used == index);
    let used: Vec<usize> = (0..schemes.len()).filter(is_used).collect();
    let place = |index: &usize| used.iter().position(|known| known == index);
    let sets: Vec<SetPlan> = sets
        .iter()
        .map(|set| {
            let alternatives = set
                .iter()
                .map(|schemes| schemes.iter().filter_map(place).collect())
                .collect();
            let words = |schemes: &Vec<usize>| {
                let words: Vec<String> = schemes
                    .iter()
                    .map(|index| constants[*index].plain().to_lowercase())
                    .collect();
                words.join("_and_")
            };
            let parts: Vec<String> = set
                .iter()
                .filter(|set| !set.is_empty())
                .map(words)
                .collect();
            let name = match (parts.join("_or_"), set.iter().any(Vec::is_empty)) {
                (name, _) if name.is_empty() => "nothing".to_owned(),
                (name, _) if name.len() > 60 => "credentials".to_owned(),
                (name, true) => format!("optional_{name}"),
                (name, false) => format!("by_{name}"),
            };
            SetPlan {
                constant: names.static_name(&name, "SET"),
                docs: vec![set_docs(set, schemes)],
                alternatives,
            }
        })
        .collect();
    SecurityPlan {
        rows: used
            .iter()
            .flat_map(|index| rows(&schemes[*index], &variables[*index]))
            .collect(),
        schemes: used
            .iter()
            .map(|index| SchemePlan {
                constant: constants[*index].clone(),
                docs: vec![scheme_docs(&schemes[*index])],
                kind: schemes[*index].kind.clone(),
                variables: variables[*index].clone(),
                scope: scopes[*index].join(" "),
            })
            .collect(),
        sets,
        default: Some(default),
        needs: Vec::new(),
        of_operations,
    }
}

impl Planner<'_> {
    /// The index of a requirement in the list of those.
    fn set(&mut self, alternatives: &Alternatives) -> usize {
        let mut resolved: Vec<Vec<usize>> = Vec::new();
        for set in alternatives {
            let Some(schemes) = self.resolve(set) else {
                continue;
            };
            if !resolved.contains(&schemes) {
                resolved.push(schemes);
            }
        }
        // What is optional alone is nothing.
        if resolved.iter().all(Vec::is_empty) {
            resolved.clear();
        }
        match self.sets.iter().position(|known| *known == resolved) {
            Some(index) => index,
            None => {
                self.sets.push(resolved);
                self.sets.len() - 1
            }
        }
    }

    /// The schemes that are used together; `None` if one of them cannot be used.
    fn resolve(&mut self, set: &[crate::normalise::SchemeUse]) -> Option<Vec<usize>> {
        let mut schemes = Vec::new();
        for used in set {
            let same = |scheme: &SecurityScheme| scheme.name == used.name;
            let like = |scheme: &SecurityScheme| scheme.name.eq_ignore_ascii_case(&used.name);
            let mut known = self.schemes.iter();
            let index = known
                .position(same)
                .or_else(|| self.schemes.iter().position(like));
            let problem = match index.map(|index| &self.schemes[index].kind) {
                None => format!("there is no security scheme `{}`", used.name),
                Some(SecurityKind::Unusable(reason)) => {
                    format!(
                        "the security scheme `{}` cannot be used: {reason}",
                        used.name
                    )
                }
                Some(_) => String::new(),
            };
            let Some(index) = index.filter(|_| problem.is_empty()) else {
                if !self.told.contains(&used.name) {
                    self.told.push(used.name.clone());
                    let at = used.at.as_key();
                    let warning = Diagnostic::warning(codes::BAD_OPERATION, at, problem);
                    self.diagnostics
                        .push(warning.help("requests are sent without it"));
                }
                return None;
            };
            for scope in &used.scopes {
                if !self.scopes[index].contains(scope) {
                    self.scopes[index].push(scope.clone());
                }
            }
            let sends = self.schemes[index].kind != SecurityKind::Connection;
            if sends && !schemes.contains(&index) {
                schemes.push(index);
            }
        }
        Some(schemes)
    }
}

/// What a scheme asks a person for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asks {
    Secret,
    Login,
    Client,
    Nothing,
}

fn asks(scheme: &SecurityScheme) -> Asks {
    match scheme.kind {
        SecurityKind::Header(_)
        | SecurityKind::Query(_)
        | SecurityKind::Cookie(_)
        | SecurityKind::Token(_) => Asks::Secret,
        SecurityKind::Basic => Asks::Login,
        SecurityKind::ClientCredentials(_) => Asks::Client,
        SecurityKind::Connection | SecurityKind::Unusable(_) => Asks::Nothing,
    }
}

/// What the environment says of an OAuth 2 client.
const CLIENT: &[&str] = &["CLIENT_ID", "CLIENT_SECRET", "TOKEN", "SCOPE"];

/// The environment variables of each scheme of the document. Without the scheme's name where it is
/// the only one of its kind.
fn variables(schemes: &[SecurityScheme], environment: &mut Environment) -> Vec<Vec<String>> {
    if schemes.iter().all(|scheme| asks(scheme) == Asks::Nothing) {
        // What the runtime takes for a bearer token where it knows no schemes.
        environment.names("api_key", &[""]);
    }
    let variables = schemes.iter().map(|scheme| {
        let asked = asks(scheme);
        let alone = schemes.iter().filter(|other| asks(other) == asked).count() == 1;
        let (stem, suffixes): (&str, &[&str]) = match (asked, alone) {
            (Asks::Nothing, _) => return Vec::new(),
            (Asks::Secret, true) => ("api_key", &[""]),
            (Asks::Secret, false) => (&scheme.name, &[""]),
            (Asks::Login, true) => ("", &["USERNAME", "PASSWORD"]),
            (Asks::Login, false) => (&scheme.name, &["USERNAME", "PASSWORD"]),
            (Asks::Client, true) => ("", CLIENT),
            (Asks::Client, false) => (&scheme.name, CLIENT),
        };
        environment.names(stem, suffixes)
    });
    variables.collect()
}

fn what(scheme: &SecurityScheme) -> String {
    match &scheme.kind {
        SecurityKind::Header(name) => format!("a key in the header {}", docs::code(name)),
        SecurityKind::Query(name) => format!("a key in the query parameter {}", docs::code(name)),
        SecurityKind::Cookie(name) => format!("a key in the cookie {}", docs::code(name)),
        SecurityKind::Basic => "user name and password".to_owned(),
        SecurityKind::Token(scheme) if scheme == "Bearer" => "a bearer token".to_owned(),
        SecurityKind::Token(scheme) => format!("credentials of the scheme {}", docs::code(scheme)),
        SecurityKind::ClientCredentials(_) => {
            "a token for the credentials of an OAuth 2 client".to_owned()
        }
        SecurityKind::Connection => "what the connection proves".to_owned(),
        SecurityKind::Unusable(_) => "nothing that can be sent".to_owned(),
    }
}

fn scheme_docs(scheme: &SecurityScheme) -> String {
    format!("{}: {}.", docs::code(&scheme.name), what(scheme))
}

fn set_docs(set: &[Vec<usize>], schemes: &[SecurityScheme]) -> String {
    let name = |index: &usize| docs::code(&schemes[*index].name);
    let one = |set: &Vec<usize>| -> String {
        let names: Vec<String> = set.iter().map(name).collect();
        names.join(" and ")
    };
    let named: Vec<String> = set.iter().filter(|set| !set.is_empty()).map(one).collect();
    match (named.is_empty(), named.len() < set.len()) {
        (true, _) => "Nothing.".to_owned(),
        (false, true) => format!("{}, or nothing.", named.join(", or ")),
        (false, false) => format!("{}.", named.join(", or ")),
    }
}

/// What a person sets for a scheme, and what it is for.
fn rows(scheme: &SecurityScheme, variables: &[String]) -> Vec<VariableRow> {
    let name = docs::code(&scheme.name);
    let about = scheme.description.as_deref().map(docs::first_line);
    let about = about.filter(|text| !text.is_empty());
    let meanings: Vec<String> = match asks(scheme) {
        Asks::Secret => vec![format!(
            "security scheme {name}: {}, never logged",
            what(scheme)
        )],
        Asks::Login => vec![
            format!("security scheme {name}: user name"),
            format!("security scheme {name}: password, never logged"),
        ],
        Asks::Client => vec![
            format!("security scheme {name}: id of an OAuth 2 client"),
            format!("security scheme {name}: secret of that client, never logged"),
            format!("security scheme {name}: a token that is ready, instead of a client"),
            format!(
                "security scheme {name}: scopes to ask for, with spaces between, instead of those of the document"
            ),
        ],
        Asks::Nothing => Vec::new(),
    };
    let rows = variables.iter().zip(meanings).enumerate();
    rows.map(|(index, (variable, meaning))| VariableRow {
        variable: variable.clone(),
        meaning: match &about {
            Some(about) if index == 0 => format!("{meaning} ({about})"),
            _ => meaning,
        },
        default: None,
    })
    .collect()
}

impl SecurityPlan {
    /// What an operation uses.
    fn set_of(&self, operation: usize) -> Option<usize> {
        self.of_operations[operation].or(self.default)
    }

    /// Counts how many tools, by the operations they call, need which credentials.
    pub(super) fn count(&mut self, operations: impl Iterator<Item = usize>) {
        for operation in operations {
            let Some(set) = self.set_of(operation) else {
                continue;
            };
            let alternatives = &self.sets[set].alternatives;
            if alternatives.is_empty() || alternatives.iter().any(Vec::is_empty) {
                continue;
            }
            match self.needs.iter_mut().find(|(_, known)| *known == set) {
                Some((tools, _)) => *tools += 1,
                None => self.needs.push((1, set)),
            }
        }
    }

    /// The requirement that an operation states itself.
    pub(super) fn constant_of(&self, operation: usize) -> Option<RustName> {
        self.of_operations[operation].map(|set| self.sets[set].constant.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::{At, FileId};
    use crate::normalise::SchemeUse;

    fn at() -> At {
        At::value(FileId(0), "")
    }

    fn scheme(name: &str, kind: SecurityKind) -> SecurityScheme {
        SecurityScheme {
            name: name.to_owned(),
            kind,
            description: None,
            at: at(),
        }
    }

    fn key(name: &str) -> SecurityScheme {
        scheme(name, SecurityKind::Header("X-Key".to_owned()))
    }

    fn client(name: &str) -> SecurityScheme {
        scheme(name, SecurityKind::ClientCredentials("/token".to_owned()))
    }

    #[test]
    fn variables_are_named_for_what_they_are() {
        let basic = |name: &str| scheme(name, SecurityKind::Basic);
        let gone = scheme("gone", SecurityKind::Unusable(String::new()));
        for (schemes, expected) in [
            (vec![key("ApiKeyAuth")], &["A_API_KEY"][..]),
            (vec![key("some"), gone], &["A_API_KEY"]),
            (
                vec![key("some-key"), key("bearerAuth")],
                &["A_SOME_KEY", "A_BEARER_AUTH"],
            ),
            (
                vec![key("some-key"), key("some_key")],
                &["A_SOME_KEY", "A_SOME_KEY_2"],
            ),
            (vec![key("log"), key("鍵")], &["A_LOG_2", "A_OTHER"]),
            (
                vec![basic("a"), key("k")],
                &["A_USERNAME", "A_PASSWORD", "A_API_KEY"],
            ),
            (
                vec![basic("a"), basic("b c")],
                &[
                    "A_A_USERNAME",
                    "A_A_PASSWORD",
                    "A_B_C_USERNAME",
                    "A_B_C_PASSWORD",
                ],
            ),
            (
                vec![client("o")],
                &["A_CLIENT_ID", "A_CLIENT_SECRET", "A_TOKEN", "A_SCOPE"],
            ),
        ] {
            let found = variables(&schemes, &mut Environment::new("A"));
            assert_eq!(found.concat(), expected);
        }
    }

    #[test]
    fn requirements_keep_what_can_be_met() {
        let schemes = [
            key("a"),
            client("B"),
            scheme("tls", SecurityKind::Connection),
            scheme("bad", SecurityKind::Unusable("so".to_owned())),
        ];
        let mut diagnostics = Diagnostics::default();
        let mut planner = Planner {
            schemes: &schemes,
            sets: Vec::new(),
            scopes: vec![Vec::new(); schemes.len()],
            told: Vec::new(),
            diagnostics: &mut diagnostics,
        };
        for (sets, expected) in [
            (&[&["a"][..], &["b", "tls"]][..], &[&[0][..], &[1]][..]),
            (&[&["a", "bad"], &["a"], &["a"]], &[&[0]]),
            (&[&["nowhere"]], &[]),
            (&[&[], &["a"]], &[&[], &[0]]),
            (&[&["tls"], &[]], &[]),
        ] {
            let used = |name: &&str| SchemeUse {
                name: (*name).to_owned(),
                scopes: vec!["s".to_owned()],
                at: at(),
            };
            let sets = sets.iter().map(|set| set.iter().map(used).collect());
            let set = planner.set(&sets.collect());
            assert_eq!(planner.sets[set], expected);
        }
        assert_eq!(planner.scopes[1], ["s"]);
        // One line for each scheme that is not to be had, however often it is named.
        assert_eq!(planner.told, ["bad", "nowhere"]);
    }
}
