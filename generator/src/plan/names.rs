//! The only place where text of the API becomes Rust names.

use std::collections::HashSet;
use std::fmt;

use heck::{ToSnakeCase, ToUpperCamelCase};
use proc_macro2::{Ident, Span};

/// A Rust identifier made from a name of the API.
#[derive(Clone, PartialEq, Eq)]
pub struct RustName {
    api: String,
    rust: Ident,
}

impl RustName {
    /// The identifier.
    pub fn ident(&self) -> &Ident {
        &self.rust
    }

    /// The name of the API it was made from.
    pub fn api(&self) -> &str {
        &self.api
    }

    /// The identifier as text, without `r#`.
    pub fn plain(&self) -> String {
        self.rust.to_string().trim_start_matches("r#").to_owned()
    }
}

impl fmt::Debug for RustName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.rust)
    }
}

/// Names in one namespace of the output, each once.
#[derive(Debug, Default)]
pub struct Scope {
    taken: HashSet<String>,
}

/// What the generated code says bare, so that no generated type may have its name.
const RESERVED_TYPES: &[&str] = &[
    "ArgumentError",
    "Arguments",
    "BTreeMap",
    "Box",
    "Call",
    "Client",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Eq",
    "Err",
    "Error",
    "Fields",
    "FromArgument",
    "Hash",
    "Http",
    "Json",
    "JsonObject",
    "Method",
    "None",
    "Nullable",
    "Ok",
    "Option",
    "Part",
    "PartialEq",
    "Request",
    "Result",
    "Self",
    "Shape",
    "Some",
    "String",
    "Style",
    "ToJson",
    "Tool",
    "Vec",
];

/// What the generated functions call their own values.
const RESERVED_VALUES: &[&str] = &[
    "arguments",
    "body",
    "object",
    "query",
    "request",
    "self",
    "value",
];

/// What no module of a client may be called.
const RESERVED_MODULES: &[&str] = &[
    "alloc",
    "builder",
    "clients",
    "core",
    "from_http",
    "health_check",
    "mod",
    "new",
    "std",
    "toolwright_runtime",
    "tools",
];

impl Scope {
    /// A scope for types.
    pub fn types() -> Self {
        Self::with(RESERVED_TYPES.iter().copied())
    }

    /// A scope for parameters of functions.
    pub fn values() -> Self {
        Self::with(RESERVED_VALUES.iter().copied())
    }

    /// A scope for modules of clients and tools, beside the crates that their files name and the functions of
    /// the facade, which gives each client by the name of its module.
    pub fn modules() -> Self {
        Self::with(RESERVED_MODULES.iter().copied())
    }

    /// A scope in which these names are taken.
    pub fn with<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            taken: names.into_iter().map(str::to_owned).collect(),
        }
    }

    /// A scope for statics beside one of this name.
    pub fn statics(own: &str) -> Self {
        Self {
            taken: [own.to_owned()].into(),
        }
    }

    /// A scope for what nothing else lives in: members, variants, methods, modules.
    pub fn empty() -> Self {
        Self::default()
    }

    /// A type's name: `UpperCamelCase`, else with `suffix`, else with what tells it apart.
    pub fn type_name(&mut self, api: &str, suffix: &str) -> RustName {
        let base = upper_camel(api);
        let mark = upper_camel(&mark(api));
        let tries = [
            base.clone(),
            format!("{base}{suffix}"),
            format!("{base}{mark}"),
        ];
        self.first_free(api, &tries, |count| format!("{base}{suffix}{count}"))
    }

    /// The name of a member, function or module: `snake_case`, else with `suffix`, else with what tells it apart.
    pub fn value_name(&mut self, api: &str, suffix: &str) -> RustName {
        let base = snake(api);
        let tries = [
            base.clone(),
            format!("{base}_{suffix}"),
            format!("{base}_{}", mark(api)),
        ];
        self.first_free(api, &tries, |count| format!("{base}_{suffix}_{count}"))
    }

    /// The name of a module, which is a file too: in letters that every file system has.
    pub fn module_name(&mut self, api: &str, suffix: &str) -> RustName {
        let plain: String = api
            .chars()
            .map(|c| if c.is_ascii() { c } else { ' ' })
            .collect();
        let name = match api.is_ascii() {
            true => self.value_name(api, suffix),
            false => self.value_name(&format!("{plain} {}", mark(api)), suffix),
        };
        RustName {
            api: api.to_owned(),
            ..name
        }
    }

    /// The name of a function that has a second, longer one, which nothing else has.
    pub fn value_name_or(&mut self, api: &str, longer: &str) -> RustName {
        let (base, longer) = (snake(api), snake(longer));
        let tries = [base.clone(), longer.clone()];
        self.first_free(api, &tries, |count| format!("{longer}_{count}"))
    }

    /// A constant's name: `UPPER_SNAKE_CASE`.
    pub fn constant_name(&mut self, api: &str) -> RustName {
        let base = snake(api).to_uppercase();
        let tries = [base.clone(), format!("{base}_TOOL")];
        self.first_free(api, &tries, |count| format!("{base}_{count}"))
    }

    /// A static's name: `UPPER_SNAKE_CASE`, else with `suffix`, else with a number.
    pub fn static_name(&mut self, api: &str, suffix: &str) -> RustName {
        let base = snake(api).to_uppercase();
        let tries = [base.clone(), format!("{base}_{suffix}")];
        self.first_free(api, &tries, |count| format!("{base}_{suffix}_{count}"))
    }

    fn first_free(
        &mut self,
        api: &str,
        tries: &[String],
        numbered: impl Fn(usize) -> String,
    ) -> RustName {
        let free = tries
            .iter()
            .cloned()
            .chain((2..).map(numbered))
            .find(|name| self.taken.insert(name.clone()));
        RustName {
            api: api.to_owned(),
            rust: escape(&free.unwrap_or_default()),
        }
    }
}

/// Four characters that depend on `api` alone (FNV-1a): what comes and goes beside it does not change them.
fn mark(api: &str) -> String {
    let hash = api.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("x{:03x}", (hash ^ (hash >> 32)) & 0xfff)
}

/// Which of several that want one name has it: the one that is spelled like it, else the first in the
/// alphabet. It does not depend on the order in which they stand.
pub(super) fn precedence(api: &str) -> (bool, String) {
    (upper_camel(api) != api && snake(api) != api, api.to_owned())
}

/// The names of a server's environment variables, each once.
#[derive(Debug)]
pub struct Environment {
    prefix: String,
    taken: HashSet<String>,
}

impl Environment {
    /// The variables that begin with `prefix`; those that every server has are taken.
    pub fn new(prefix: &str) -> Self {
        let taken = [
            "API_URL",
            "LOG",
            "LOG_FORMAT",
            "MCP_TOKENS",
            "OAUTH_AUDIENCE",
            "OAUTH_ISSUER",
            "OAUTH_JWKS_URI",
            "PUBLIC_URL",
            "SEAL_KEY",
            "TIMEOUT",
        ];
        Self {
            prefix: prefix.to_owned(),
            taken: taken
                .iter()
                .map(|name| format!("{prefix}_{name}"))
                .collect(),
        }
    }

    /// `PREFIX_STEM_SUFFIX` for each suffix, with a number behind the stem if one of them is taken.
    pub fn names(&mut self, stem: &str, suffixes: &[&str]) -> Vec<String> {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { ' ' };
        let words: String = stem.chars().map(plain).collect();
        let stem = match words.to_snake_case() {
            words if words.is_empty() && !stem.is_empty() => "other".to_owned(),
            words => words,
        };
        for count in 1.. {
            let number = if count == 1 {
                String::new()
            } else {
                count.to_string()
            };
            let name = |suffix: &&str| {
                let parts = [self.prefix.as_str(), &stem, &number, suffix];
                let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
                parts.join("_").to_uppercase()
            };
            let names: Vec<String> = suffixes.iter().map(name).collect();
            if !names.iter().any(|name| self.taken.contains(name)) {
                self.taken.extend(names.iter().cloned());
                return names;
            }
        }
        Vec::new()
    }
}

/// `UpperCamelCase` with a letter first; what is no letter or digit becomes a word where it says something.
fn upper_camel(api: &str) -> String {
    let name = spoken(api).to_upper_camel_case();
    match name.chars().next() {
        None => "Unnamed".to_owned(),
        Some(first) if unicode_letter(first) => name,
        Some(_) => format!("V{name}"),
    }
}

fn snake(api: &str) -> String {
    let name = spoken(api).to_snake_case();
    match name.chars().next() {
        None => "unnamed".to_owned(),
        Some(first) if unicode_letter(first) => name,
        Some(_) => format!("_{name}"),
    }
}

/// Whether Rust takes `c`, which is not ASCII, inside a name.
fn is_inner(c: char) -> bool {
    !c.is_ascii() && c.is_alphanumeric() && syn::parse_str::<Ident>(&format!("a_{c}")).is_ok()
}

fn unicode_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || !c.is_ascii() && syn::parse_str::<Ident>(&c.to_string()).is_ok()
}

/// Signs that carry the meaning of a value, as words; anything else that Rust does not take is a break between words.
fn spoken(api: &str) -> String {
    let mut out = String::new();
    for (index, c) in api.char_indices() {
        let word = match c {
            '+' => "plus",
            '-' if index == 0 => "minus",
            '<' => "less",
            '>' => "greater",
            '=' => "equal",
            '*' => "star",
            '!' => "not",
            '%' => "percent",
            '&' => "and",
            '$' | '@' | '#' if api.chars().count() == 1 => "sign",
            c if c.is_ascii_alphanumeric() || is_inner(c) => {
                out.push(c);
                continue;
            }
            _ => "",
        };
        out.push(' ');
        out.push_str(word);
        if !word.is_empty() {
            out.push(' ');
        }
    }
    out
}

/// The identifier `name`: raw for keywords, with `_` behind for those that cannot be raw.
pub fn escape(name: &str) -> Ident {
    // Reserved since edition 2024, which `syn` does not know.
    if let (false, Ok(ident)) = (name == "gen", syn::parse_str::<Ident>(name)) {
        return ident;
    }
    let text = match name {
        "self" | "Self" | "super" | "crate" | "_" | "" => format!("{name}_"),
        keyword => format!("r#{keyword}"),
    };
    syn::parse_str::<Ident>(&text).unwrap_or_else(|_| Ident::new("unnamed", Span::call_site()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn type_name(api: &str) -> String {
        Scope::types().type_name(api, "Model").ident().to_string()
    }

    fn value_name(api: &str) -> String {
        Scope::empty().value_name(api, "2").ident().to_string()
    }

    #[test]
    fn types() {
        for (api, rust) in [
            ("OperationStatus", "OperationStatus"),
            ("operation status", "OperationStatus"),
            ("HTTPValidationError", "HttpValidationError"),
            ("ApiResponse_dict_str__Any__", "ApiResponseDictStrAny"),
            ("Option", "OptionModel"),
            ("Self", "SelfModel"),
            ("1h", "V1h"),
            ("", "Unnamed"),
            ("+1", "Plus1"),
            ("-1", "Minus1"),
            ("🙂", "Unnamed"),
            ("größe", "Größe"),
        ] {
            assert_eq!(type_name(api), rust, "{api:?}");
        }
    }

    #[test]
    fn values() {
        for (api, rust) in [
            ("operationId", "operation_id"),
            ("type", "r#type"),
            ("self", "self_"),
            ("crate", "crate_"),
            ("2fa", "_2fa"),
            ("x-request-id", "x_request_id"),
            ("filter[name]", "filter_name"),
            ("", "unnamed"),
            ("async", "r#async"),
            ("gen", "r#gen"),
            ("+1", "plus_1"),
        ] {
            assert_eq!(value_name(api), rust, "{api:?}");
        }
    }

    #[test]
    fn collisions_get_the_suffix_then_a_mark_then_a_number() {
        let mut scope = Scope::types();
        let names: Vec<String> = (0..4)
            .map(|_| scope.type_name("data", "Client").ident().to_string())
            .collect();
        assert_eq!(names, ["Data", "DataClient", "DataXf62", "DataClient2"]);
    }

    #[test]
    fn modules_are_files() {
        let name = |api| Scope::modules().module_name(api, "client").plain();
        assert_eq!(name("Users & Groups"), "users_and_groups");
        assert_eq!(name("Größe"), "gr_e_x11f");
        assert!(name("字符串").is_ascii());
    }

    #[test]
    fn the_name_belongs_to_who_is_spelled_like_it() {
        let mut names = ["fooBar", "foo-bar", "FooBar"];
        names.sort_by_key(|name| precedence(name));
        assert_eq!(names, ["FooBar", "foo-bar", "fooBar"]);
    }
}
