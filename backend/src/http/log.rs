//! The log of requests.

use std::time::Instant;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;

/// Logs every request with its status and time; neither query nor headers, which may be secret.
pub async fn log(request: Request, next: Next) -> Response {
    let begin = Instant::now();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = next.run(request).await;
    let (status, millis) = (
        response.status().as_u16(),
        begin.elapsed().as_secs_f64() * 1000.0,
    );
    tracing::debug!(%method, path, status, millis, "request");
    response
}
