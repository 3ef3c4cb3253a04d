//! The door of `/mcp`: nobody passes without a token, and nobody calls a tool
//! without its scopes.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, HOST, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Json as JsonBody, Response};
use serde::Deserialize;
use serde_json::json;

use super::{Auth, Principal, Refusal};
use crate::{Json, Server};

/// What is asked at the door.
#[derive(Debug)]
pub(crate) struct Door {
    pub(crate) auth: Auth,
    pub(crate) server: &'static Server,
    /// What clients call this server by, if not by the host they name.
    pub(crate) public_url: Option<String>,
}

impl Door {
    /// The URL of `/mcp`, as a client with these headers knows it.
    pub(crate) fn resource(&self, headers: &HeaderMap) -> String {
        if let Some(url) = &self.public_url {
            return url.clone();
        }
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        let is_host = |host: &&str| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]_".contains(&byte);
            host.bytes().all(plain)
        };
        format!("http://{}/mcp", host.filter(is_host).unwrap_or("localhost"))
    }

    /// `WWW-Authenticate` (RFC 6750, section 3; RFC 9728, section 5.1).
    fn challenge(
        &self,
        headers: &HeaderMap,
        error: Option<(&str, &str)>,
        scopes: &[&str],
    ) -> HeaderValue {
        let mut parts = Vec::new();
        if let Some((code, description)) = error {
            parts.push(format!("error=\"{code}\""));
            parts.push(format!("error_description=\"{description}\""));
        }
        if self.auth.oauth().is_some() {
            parts.push(format!(
                "resource_metadata=\"{}\"",
                well_known(&self.resource(headers))
            ));
            if !scopes.is_empty() {
                parts.push(format!("scope=\"{}\"", scopes.join(" ")));
            }
        }
        let text = match parts.is_empty() {
            true => "Bearer".to_owned(),
            false => format!("Bearer {}", parts.join(", ")),
        };
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("Bearer"))
    }

    fn refusal(&self, headers: &HeaderMap, refusal: Refusal) -> Response {
        let base = self.auth.oauth().map_or(&[][..], |oauth| oauth.scopes());
        match refusal {
            Refusal::Missing => {
                let challenge = self.challenge(headers, None, base);
                let message = "This server wants a bearer token in the header Authorization.";
                challenged(StatusCode::UNAUTHORIZED, challenge, &Json::Null, message)
            }
            Refusal::Invalid(reason) => {
                let error = ("invalid_token", reason.as_str());
                let challenge = self.challenge(headers, Some(error), base);
                let message = format!("The bearer token is not taken: {reason}.");
                challenged(StatusCode::UNAUTHORIZED, challenge, &Json::Null, &message)
            }
            Refusal::Insufficient => self.insufficient(headers, &Json::Null, "Every call", base),
            Refusal::Unknown(reason) => {
                tracing::warn!(reason, "a token could not be checked");
                let message =
                    "The keys of the authorization server are not to be had; try again in 10 s.";
                let answer = (
                    StatusCode::SERVICE_UNAVAILABLE,
                    JsonBody(error(&Json::Null, 503, message)),
                );
                ([(RETRY_AFTER, "10")], answer).into_response()
            }
        }
    }

    fn insufficient(
        &self,
        headers: &HeaderMap,
        id: &Json,
        what: &str,
        scopes: &[&str],
    ) -> Response {
        let needed = scopes.join(" ");
        let message = format!("{what} needs a token with the scope {needed}.");
        let reason = ("insufficient_scope", "the token lacks a scope");
        let challenge = self.challenge(headers, Some(reason), scopes);
        challenged(StatusCode::FORBIDDEN, challenge, id, &message)
    }

    /// Refuses a call of a tool whose scopes the caller lacks. The name of the
    /// tool is in the body, which is therefore read here.
    async fn scoped(&self, request: Request, principal: &Principal) -> Result<Request, Response> {
        let may_lack = principal.is_limited() && !self.server.auth.tool_scopes.is_empty();
        if !may_lack || request.method() != Method::POST {
            return Ok(request);
        }
        let (parts, body) = request.into_parts();
        let Ok(bytes) = to_bytes(body, self.server.limits.request).await else {
            let message = format!(
                "The request is larger than the limit of {} bytes, or was cut off.",
                self.server.limits.request
            );
            return Err((StatusCode::PAYLOAD_TOO_LARGE, message).into_response());
        };
        if let Some((id, name)) = called(&bytes)
            && let Some(tool) = (self.server.tool)(&name)
            && principal.lacks(tool.behaviour.scopes).is_some()
        {
            // With those of every call: a client asks for what it is told here.
            let base = self.auth.oauth().map_or(&[][..], |oauth| oauth.scopes());
            let scopes = [base, tool.behaviour.scopes].concat();
            let what = format!("The tool {}", tool.name);
            return Err(self.insufficient(&parts.headers, &id, &what, &scopes));
        }
        Ok(Request::from_parts(parts, Body::from(bytes)))
    }
}

/// Lets a request through with its [`Principal`] among its extensions.
pub(crate) async fn guard(
    State(door): State<Arc<Door>>,
    mut request: Request,
    next: Next,
) -> Response {
    // Nothing behind the door sees the token: only what is to be forwarded is.
    let authorization = request.headers_mut().remove(AUTHORIZATION);
    let token = authorization.as_ref().and_then(bearer);
    let principal = match door.auth.principal(token).await {
        Ok(principal) => principal,
        Err(refusal) => return door.refusal(request.headers(), refusal),
    };
    let mut request = match door.scoped(request, &principal).await {
        Ok(request) => request,
        Err(response) => return response,
    };
    if door
        .auth
        .sessions
        .is_anothers(request.headers(), &principal)
    {
        return (StatusCode::NOT_FOUND, "Not Found: the session is not known").into_response();
    }
    let name = principal.shared_name();
    request.extensions_mut().insert(Arc::new(principal));
    let response = next.run(request).await;
    door.auth.sessions.begun(response.headers(), name);
    response
}

/// The token of `Authorization: Bearer …` (RFC 6750, section 2.1).
fn bearer(value: &HeaderValue) -> Option<&str> {
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// The id of a request that calls a tool, and the tool's name.
fn called(body: &Bytes) -> Option<(Json, String)> {
    #[derive(Deserialize)]
    struct Call {
        #[serde(default)]
        id: Json,
        method: String,
        params: Params,
    }
    #[derive(Deserialize)]
    struct Params {
        name: String,
    }
    let call: Call = serde_json::from_slice(body).ok()?;
    (call.method == "tools/call").then_some((call.id, call.params.name))
}

/// Where the metadata of a resource is (RFC 9728, section 3.1).
fn well_known(resource: &str) -> String {
    match url::Url::parse(resource) {
        Ok(url) => format!(
            "{}/.well-known/oauth-protected-resource{}",
            url.origin().ascii_serialization(),
            url.path().trim_end_matches('/')
        ),
        Err(_) => "/.well-known/oauth-protected-resource".to_owned(),
    }
}

fn challenged(status: StatusCode, challenge: HeaderValue, id: &Json, message: &str) -> Response {
    let body = error(id, status.as_u16(), message);
    (status, [(WWW_AUTHENTICATE, challenge)], JsonBody(body)).into_response()
}

fn error(id: &Json, code: u16, message: &str) -> Json {
    json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}})
}
