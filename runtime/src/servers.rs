//! The servers of the document: URLs with variables, and the servers that
//! some operations have for themselves (OpenAPI 3.1, sections 4.8.5 and 4.8.6).

use url::Url;

/// What a generated server says about the backend's URLs besides the base URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Servers {
    /// The path that a configured URL should end with; empty if any may be.
    pub path: &'static str,
    /// The variables of the base URL.
    pub variables: &'static [Variable],
    /// Servers that some operations have for themselves.
    pub others: &'static [&'static OtherServer],
}

impl Servers {
    /// One server, as its URL says.
    pub const ONE: Self = Self {
        path: "",
        variables: &[],
        others: &[],
    };
}

/// A variable of a server's URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name in the URL: `{name}`.
    pub name: &'static str,
    /// The environment variable that sets it.
    pub variable: &'static str,
    /// Its value unless it is set.
    pub default: Option<&'static str>,
}

/// A server that some operations have for themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherServer {
    /// Its URL, perhaps with variables; without a host it is on the host of
    /// the base URL.
    pub url: &'static str,
    /// The variables of its URL.
    pub variables: &'static [Variable],
    /// The environment variable that sets the whole URL.
    pub variable: &'static str,
}

impl OtherServer {
    /// Whether its URL is on the host of the base URL.
    pub(crate) fn is_relative(&self) -> bool {
        !self.url.starts_with('{') && !self.url.contains("://")
    }

    /// Its URL with the values of the environment and the defaults.
    ///
    /// # Errors
    /// With what must be set.
    pub(crate) fn resolved(
        &self,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<String, String> {
        fill(self.url, self.variables, environment)
            .map_err(|missing| format!("set {}, or {} to the whole URL", missing, self.variable))
    }
}

/// A URL with the values of its variables.
///
/// # Errors
/// With the environment variables that must be set: `A and B`.
pub(crate) fn fill(
    template: &str,
    variables: &[Variable],
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<String, String> {
    let mut url = String::with_capacity(template.len());
    let mut missing = Vec::new();
    let mut rest = template;
    while let Some((before, name, after)) = next(rest) {
        url.push_str(before);
        match variables.iter().find(|variable| variable.name == name) {
            Some(variable) => {
                let given = environment(variable.variable).filter(|value| !value.is_empty());
                match given.or(variable.default.map(str::to_owned)) {
                    Some(value) => url.push_str(value.trim()),
                    None => missing.push(variable.variable),
                }
            }
            None => url.push_str(&format!("{{{name}}}")),
        }
        rest = after;
    }
    url.push_str(rest);
    if missing.is_empty() {
        Ok(url)
    } else {
        Err(missing.join(" and "))
    }
}

fn next(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

/// A URL that may be relative, on the host of another; of that one's path
/// nothing is kept if the relative one begins with a slash.
pub(crate) fn on_host_of(base: &Url, url: &str) -> String {
    if url.contains("://") {
        return url.to_owned();
    }
    let mut base = base.clone();
    if !base.path().ends_with('/') {
        base.set_path(&format!("{}/", base.path()));
    }
    match base.join(url) {
        Ok(url) => url.into(),
        Err(_) => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGION: Variable = Variable {
        name: "region",
        variable: "A_REGION",
        default: Some("eu"),
    };
    const SITE: Variable = Variable {
        name: "siteUrl",
        variable: "A_SITE_URL",
        default: None,
    };

    #[test]
    fn variables() {
        let environment = |name: &str| (name == "A_SET").then(|| "set".to_owned());
        let set = Variable {
            variable: "A_SET",
            ..REGION
        };
        for (template, variables, expected) in [
            (
                "https://{region}.x/v{region}",
                &[REGION][..],
                Ok("https://eu.x/veu"),
            ),
            ("https://{region}.x", &[set], Ok("https://set.x")),
            ("{siteUrl}/{region}", &[REGION, SITE], Err("A_SITE_URL")),
            ("https://{a}.x/{", &[], Ok("https://{a}.x/{")),
        ] {
            let filled = fill(template, variables, &environment);
            let expected = expected.map(str::to_owned).map_err(str::to_owned);
            assert_eq!(filled, expected, "{template}");
        }
    }

    #[test]
    fn relative_urls() {
        let base = Url::parse("http://h:8/api/v1").unwrap();
        for (url, expected) in [
            ("/v2", "http://h:8/v2"),
            ("v2", "http://h:8/api/v1/v2"),
            ("https://o/x", "https://o/x"),
        ] {
            assert_eq!(on_host_of(&base, url), expected);
        }
    }
}
