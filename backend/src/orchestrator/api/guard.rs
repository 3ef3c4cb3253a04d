//! What a request must have to come through at all, as the document says it: somebody who may do this, and a
//! body of the right kind.

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::{App, metrics};
use crate::http::{bearer, detail, is_of};
use crate::orchestrator::access::Access;

/// The security scheme of callers, and their header.
const CALLER: &str = "ApiKey";
const KEY: &str = "x-api-key";
/// The security scheme of services.
const SERVICE: &str = "ServiceToken";

/// Lets a request through, or says what it lacks.
pub(super) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    match refuse(&app, &request) {
        Some(response) => response,
        None => next.run(request).await,
    }
}

fn refuse(app: &App, request: &Request) -> Option<Response> {
    let path = request.extensions().get::<MatchedPath>()?.as_str();
    let inner = &app.inner;
    let Some(route) = inner.contract.route(request.method().as_str(), path) else {
        let schemes = [CALLER, SERVICE];
        let secret =
            path == metrics::PATH && !is_allowed(&inner.access, &schemes, request.headers());
        return secret.then(|| unauthorized(&schemes));
    };
    let schemes: Vec<&str> = route
        .security
        .iter()
        .flatten()
        .map(String::as_str)
        .collect();
    if !is_allowed(&inner.access, &schemes, request.headers()) {
        return Some(unauthorized(&schemes));
    }
    let wanted = route.media_type?;
    if is_of(request.headers(), wanted) {
        return None;
    }
    // A page in a browser could send a plain text to an open hub without asking first.
    let message = format!("Content-Type should be {wanted}");
    Some(detail(StatusCode::UNSUPPORTED_MEDIA_TYPE, &message))
}

/// Whether a request has what one of these schemes asks for. Without any scheme it is for everybody.
fn is_allowed(access: &Access, schemes: &[&str], headers: &HeaderMap) -> bool {
    if schemes.is_empty() || access.is_open() {
        return true;
    }
    let key = headers.get(KEY).and_then(|value| value.to_str().ok());
    let is_caller = schemes.contains(&CALLER) && key.is_some_and(|key| access.is_caller(key));
    let is_service =
        schemes.contains(&SERVICE) && bearer(headers).is_some_and(|it| access.is_service(it));
    is_caller || is_service
}

/// What an unknown caller is told: which of the two is asked for, not what was wrong with it.
fn unauthorized(schemes: &[&str]) -> Response {
    let mut ways = Vec::new();
    if schemes.contains(&CALLER) {
        ways.push("an API key in the header X-API-Key");
    }
    if schemes.contains(&SERVICE) {
        ways.push("the service token as a bearer token");
    }
    let message = format!("Not authenticated: give {}", ways.join(" or "));
    let mut response = detail(StatusCode::UNAUTHORIZED, &message);
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}
