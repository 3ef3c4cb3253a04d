//! Requests on their way to a handler.

use std::time::Instant;

use axum::body::Bytes;
use axum::extract::{FromRequest, Query, RawPathParams, Request};
use axum::http::Uri;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use toolwright_runtime::Nullable;

use super::App;
use super::failure::{Failure, refused};
use crate::contract::{Checked, Input, Problem};
use crate::ktrdr::store::search::Question;
use crate::time;

/// A request with its parameters and body taken apart, not yet checked.
#[derive(Debug)]
pub(super) struct Incoming(Input);

impl Incoming {
    /// The request, if it fits what the document says of an operation.
    pub(super) fn check(&self, app: &App, operation: &str) -> Result<Checked, Failure> {
        Ok(app.inner.contract.check(operation, &self.0)?)
    }

    /// Everything in its path, query and body by name, as it came.
    pub(super) fn parameters(&self) -> Map<String, Value> {
        let Input { path, query, .. } = &self.0;
        let query = query.iter().map(|(name, text)| (name, text));
        let mut parameters: Map<String, Value> = path
            .iter()
            .chain(query)
            .map(|(name, text)| (name.clone(), text.as_str().into()))
            .collect();
        match serde_json::from_slice(&self.0.body) {
            Ok(Value::Object(fields)) => parameters.extend(fields),
            Ok(other) => drop(parameters.insert("body".to_owned(), other)),
            Err(_) if self.0.body.is_empty() => {}
            Err(_) => {
                let text = String::from_utf8_lossy(&self.0.body);
                parameters.insert("body".to_owned(), text.into());
            }
        }
        parameters
    }
}

impl FromRequest<App> for Incoming {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let path = match axum::RequestPartsExt::extract::<RawPathParams>(&mut parts).await {
            Ok(params) => params
                .iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            // A route without parameters.
            Err(axum::extract::rejection::RawPathParamsRejection::MissingPathParams(_)) => {
                Default::default()
            }
            Err(error) => {
                let problem = Problem::new(["path"], &error.to_string(), "value_error");
                return Err(Failure::from(problem).into_response());
            }
        };
        let query = read_query(&parts.uri).map_err(IntoResponse::into_response)?;
        let headers = parts.headers.iter().map(|(name, value)| {
            let text = String::from_utf8_lossy(value.as_bytes());
            (name.to_string(), text.into_owned())
        });
        let headers = headers.collect();
        let body = Bytes::from_request(Request::from_parts(parts, body), app).await;
        let body = body
            .map_err(|error| refused(error.status(), &error.body_text()))?
            .to_vec();
        Ok(Self(Input {
            path,
            query,
            headers,
            body,
        }))
    }
}

fn read_query(uri: &Uri) -> Result<Vec<(String, String)>, Failure> {
    match Query::<Vec<(String, String)>>::try_from_uri(uri) {
        Ok(Query(pairs)) => Ok(pairs),
        Err(error) => Err(Problem::new(["query"], &error.body_text(), "value_error").into()),
    }
}

/// The words of the query parameter `q`.
pub(super) fn words(q: Option<String>) -> Result<Option<Question>, Failure> {
    let Some(text) = q else { return Ok(None) };
    let question = Question::of(&text).ok_or_else(|| {
        let message = "String should have a letter or a digit to look for";
        Problem::new(["query", "q"], message, "value_error")
    })?;
    Ok(Some(question))
}

/// A range of time, both ends included; an end that is not asked for is absent.
pub(super) type Range = (Option<i64>, Option<i64>);

/// Reads the dates of a range, which stand in the `query` or the `body`.
pub(super) fn range(
    place: &str,
    start: Option<&String>,
    end: Option<&String>,
) -> Result<Range, Failure> {
    let mut problems = Vec::new();
    let mut read = |name, text: Option<&String>, parse: fn(&str) -> Option<i64>| {
        let time = text.and_then(|text| parse(text));
        if let (Some(_), None) = (text, time) {
            let message = "Input should be a valid date or datetime, for example 2024-01-01 or 2024-01-01T14:30:00Z";
            problems.push(Problem::new(
                [place, name],
                message,
                "datetime_from_date_parsing",
            ));
        }
        time
    };
    let range = (
        read("start_date", start, time::parse),
        read("end_date", end, time::parse_end),
    );
    if let (Some(start), Some(end)) = range
        && start > end
    {
        problems.push(Problem::new(
            [place, "end_date"],
            "end_date should not be before start_date",
            "value_error",
        ));
    }
    if problems.is_empty() {
        Ok(range)
    } else {
        Err(problems.into())
    }
}

/// [`range`] of a body's properties.
pub(super) fn body_range(
    start: &Nullable<String>,
    end: &Nullable<String>,
) -> Result<Range, Failure> {
    range("body", start.value(), end.value())
}

/// Logs every request with its status and time.
pub(super) async fn log(request: Request, next: Next) -> Response {
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
