//! A request as it goes out: its URL, headers and credentials.

use std::sync::Arc;

use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HeaderMap, HeaderValue,
};
use url::Url;

use super::{Error, Http};
use crate::security::{Key, Tokens};
use crate::{Method, Request};

/// What is asked for unless the document knows no JSON.
const ACCEPTED: &str = "application/json, */*;q=0.5";

/// A request as it goes out; redirects change it.
pub(super) struct Outgoing {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Option<bytes::Bytes>,
    /// A secret in the query, `name=value`: not for anybody but the backend.
    pub(super) hidden: Option<String>,
    /// What gives the token that is sent.
    pub(super) tokens: Option<Arc<Tokens>>,
}

impl Http {
    /// A request with all that goes with it.
    pub(super) fn outgoing(&self, request: &Request) -> Result<Outgoing, Error> {
        let (url, foreign) = self.target(request)?;
        let mut headers = HeaderMap::with_capacity(5 + request.headers.len());
        let accept = request.accept.map(HeaderValue::from_str);
        let accept = accept.and_then(Result::ok);
        headers.insert(ACCEPT, accept.unwrap_or(HeaderValue::from_static(ACCEPTED)));
        let own = self.behalf().and_then(|behalf| behalf.own.as_ref());
        let authorization = match own {
            Some(own) => Some(own.authorization()),
            None => self.0.authorization.as_ref(),
        };
        if let Some(authorization) = authorization.filter(|_| !foreign) {
            headers.insert(AUTHORIZATION, authorization.clone());
        }
        if let Some(body) = &request.body
            && let Ok(value) = HeaderValue::from_str(&body.content_type)
        {
            headers.insert(CONTENT_TYPE, value);
        }
        let expects_body = [Method::POST, Method::PUT, Method::PATCH].contains(&request.method);
        if request.body.is_none() && expects_body {
            // Some servers refuse such a request without it (RFC 9110, 8.6).
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        if let Ok(value) = HeaderValue::from_str(&request.cookies)
            && !value.is_empty()
        {
            headers.insert(COOKIE, value);
        }
        if let Some(trace) = self.behalf().and_then(|behalf| behalf.trace.as_ref()) {
            trace.add_to(&mut headers);
        }
        for (name, value) in &request.headers {
            headers.append(name.clone(), value.clone());
        }
        let mut outgoing = Outgoing {
            method: request.method.clone(),
            url,
            headers,
            body: request.body.as_ref().map(|body| body.bytes.clone()),
            hidden: None,
            tokens: None,
        };
        // Who proves themselves does it alone.
        if own.is_none() {
            for key in self.0.keyring.chosen(request.security) {
                outgoing.prove(key);
            }
        }
        Ok(outgoing)
    }

    /// Where a request goes, and whether that is another origin than the base
    /// URL's, which the credentials of the base URL are not for.
    fn target(&self, request: &Request) -> Result<(Url, bool), Error> {
        let base = &self.0.base;
        let Some(server) = request.server else {
            return Ok((base.target(request)?, false));
        };
        let mut others = self.0.others.iter();
        let url = match others.find(|(known, _)| known.variable == server.variable) {
            Some((_, Ok(other))) => other.target(request)?,
            Some((_, Err(missing))) => {
                return Err(Error::BaseUrl {
                    url: server.url.to_owned(),
                    reason: missing.clone(),
                });
            }
            None if server.is_relative() => base.on_host(server.url)?.target(request)?,
            None => base.target(request)?,
        };
        let foreign = !base.is_origin_of(&url);
        Ok((url, foreign))
    }
}

impl Outgoing {
    /// Adds a credential; what was given by the same name gives way.
    fn prove(&mut self, key: &Key) {
        match key {
            Key::Header(name, value) => {
                self.headers.insert(name.clone(), value.clone());
            }
            Key::Query(name, value) => {
                let others = without(self.url.query().unwrap_or(""), "&", name);
                let pair = format!("{name}={value}");
                let between = if others.is_empty() { "" } else { "&" };
                self.url
                    .set_query(Some(&format!("{others}{between}{pair}")));
                self.hidden = Some(pair);
            }
            Key::Cookie(name, value) => {
                let given = self.headers.get(COOKIE).map(HeaderValue::as_bytes);
                let given = String::from_utf8_lossy(given.unwrap_or_default());
                let others = without(&given, "; ", name);
                let between = if others.is_empty() { "" } else { "; " };
                let cookies = format!("{others}{between}{name}={value}");
                if let Ok(mut value) = HeaderValue::from_str(&cookies) {
                    value.set_sensitive(true);
                    self.headers.insert(COOKIE, value);
                }
            }
            Key::Tokens(tokens) => self.tokens = Some(tokens.clone()),
        }
    }

    /// A text without the secret of the query.
    pub(super) fn shown(&self, text: &str) -> String {
        match &self.hidden {
            Some(pair) => text.replace(pair.as_str(), "…"),
            None => text.to_owned(),
        }
    }

    /// The URL without the secret of the query.
    pub(super) fn shown_url(&self) -> Url {
        let mut url = self.url.clone();
        if let (Some(pair), Some(query)) = (&self.hidden, self.url.query()) {
            let name = pair.split('=').next().unwrap_or("");
            let others = without(query, "&", name);
            url.set_query((!others.is_empty()).then_some(&others));
        }
        url
    }
}

/// Pairs `name=value` without those of one name.
fn without(pairs: &str, separator: &str, name: &str) -> String {
    let others: Vec<&str> = pairs
        .split(separator)
        .filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(name))
        .collect();
    others.join(separator)
}

/// `GET http://h/path`: without the query, which may hold what is private.
pub(super) fn tried(outgoing: &Outgoing) -> String {
    let mut url = outgoing.url.clone();
    url.set_query(None);
    format!("{} {url}", outgoing.method)
}
