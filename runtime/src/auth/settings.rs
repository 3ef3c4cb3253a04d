//! Who may call, as it is configured.

use std::fmt;

use crate::Server;

/// Who may call, as it is configured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) tokens: Vec<NamedToken>,
    pub(crate) oauth: Option<OauthSettings>,
    /// The caller's token goes to the backend.
    pub(crate) forward: bool,
    /// What clients call this server by, if not by its own address.
    pub(crate) public_url: Option<String>,
}

/// A token of the environment and who has it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct NamedToken {
    pub(crate) name: String,
    pub(crate) secret: String,
}

impl fmt::Debug for NamedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NamedToken({})", self.name)
    }
}

/// An authorization server whose tokens are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OauthSettings {
    pub(crate) issuer: String,
    pub(crate) audience: String,
    pub(crate) jwks_uri: Option<String>,
    pub(crate) scopes: &'static [&'static str],
}

impl Settings {
    /// What the environment and the server's definition say.
    ///
    /// # Errors
    /// One line that says what is wrong; it holds no secret.
    pub(crate) fn read(
        server: &Server,
        environment: &dyn Fn(&str) -> Option<String>,
        public_url: Option<String>,
    ) -> Result<Self, String> {
        let variable = |suffix: &str| {
            let value = environment(&format!("{}_{suffix}", server.env));
            value.filter(|value| !value.is_empty())
        };
        let text = variable("MCP_TOKENS").unwrap_or_default();
        let tokens = tokens(&text)
            .map_err(|reason| format!("error: {}_MCP_TOKENS: {reason}", server.env))?;
        let declared = server.auth.oauth;
        let issuer = variable("OAUTH_ISSUER");
        // Keys that belong to the declared issuer are not another one's.
        let declared_keys = declared
            .filter(|_| issuer.is_none())
            .and_then(|oauth| oauth.jwks_uri);
        let issuer = issuer.or_else(|| declared.map(|oauth| oauth.issuer.to_owned()));
        let audience =
            variable("OAUTH_AUDIENCE").or_else(|| declared.map(|oauth| oauth.audience.to_owned()));
        let oauth = match (issuer, audience) {
            (Some(issuer), Some(audience)) => {
                let jwks_uri = variable("OAUTH_JWKS_URI").or(declared_keys.map(str::to_owned));
                for url in [Some(&issuer), jwks_uri.as_ref()].into_iter().flatten() {
                    if !is_url(url) {
                        return Err(format!(
                            "error: {}_OAUTH_*: {url:?} is not an http or https URL",
                            server.env
                        ));
                    }
                }
                Some(OauthSettings {
                    issuer,
                    audience,
                    jwks_uri,
                    scopes: declared.map_or(&[], |oauth| oauth.scopes),
                })
            }
            (None, None) => None,
            (issuer, _) => {
                let missing = if issuer.is_some() {
                    "AUDIENCE"
                } else {
                    "ISSUER"
                };
                return Err(format!(
                    "error: {env}_OAUTH_{missing} is missing: issuer and audience belong together",
                    env = server.env
                ));
            }
        };
        if let Some(url) = public_url.as_ref().filter(|url| !is_url(url)) {
            return Err(format!(
                "error: --public-url {url}: give an http or https URL, as in https://mcp.example.com/mcp"
            ));
        }
        Ok(Self {
            tokens,
            oauth,
            forward: server.auth.forward,
            public_url,
        })
    }

    /// Whether anybody may call.
    pub(crate) fn is_open(&self) -> bool {
        self.tokens.is_empty() && self.oauth.is_none() && !self.forward
    }
}

/// `secret`, or `name=secret`, with commas between.
fn tokens(text: &str) -> Result<Vec<NamedToken>, String> {
    let parts = text.split(',').map(str::trim);
    let mut tokens: Vec<NamedToken> = Vec::new();
    for part in parts.filter(|part| !part.is_empty()) {
        let place = tokens.len() + 1;
        // Base64 ends with `=`: only a name before one makes it a separator.
        let (name, secret) = match part.split_once('=') {
            Some((name, secret)) if !name.is_empty() && !secret.trim_matches('=').is_empty() => {
                (name.trim().to_owned(), secret.trim())
            }
            _ => (place.to_string(), part),
        };
        // What RFC 6750, section 2.1, lets a token be made of.
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
        if !secret.bytes().all(is_token) {
            return Err(format!(
                "token {place} has characters that no bearer token can have"
            ));
        }
        if tokens.iter().any(|token| token.name == name) {
            return Err(format!("two tokens have the name {name}"));
        }
        tokens.push(NamedToken {
            name,
            secret: secret.to_owned(),
        });
    }
    Ok(tokens)
}

fn is_url(text: &str) -> bool {
    url::Url::parse(text)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_with_and_without_names() {
        let read = |text: &str| -> Result<Vec<(String, String)>, String> {
            let tokens = tokens(text)?;
            Ok(tokens
                .into_iter()
                .map(|token| (token.name, token.secret))
                .collect())
        };
        let pair = |name: &str, secret: &str| (name.to_owned(), secret.to_owned());
        assert_eq!(read(""), Ok(vec![]));
        assert_eq!(
            read("s1, alice=s2,,c2VjcmV0Cg=="),
            Ok(vec![
                pair("1", "s1"),
                pair("alice", "s2"),
                pair("3", "c2VjcmV0Cg==")
            ])
        );
        assert_eq!(read("bob=a=="), Ok(vec![pair("bob", "a==")]));
        assert!(read("a b").is_err_and(|reason| !reason.contains("a b")));
        assert!(read("x=1,x=2").is_err());
    }
}
