//! Requests on their way to a handler.

use axum::body::Bytes;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{FromRequest, FromRequestParts, Query, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Json, RequestPartsExt};
use serde_json::{Map, Value, json};

use super::detail;
use crate::contract::{Checked, Contract, Input, Problem};

/// A request with its parameters and body taken apart, not yet checked.
#[derive(Debug)]
pub struct Incoming(Input);

/// A request without its body, for a handler that reads that as a stream.
#[derive(Debug)]
pub struct IncomingHead(pub Incoming);

impl Incoming {
    /// The request, if it fits what the document says of an operation.
    pub fn check(
        &self,
        app: &impl AsRef<Contract>,
        operation: &str,
    ) -> Result<Checked, Vec<Problem>> {
        app.as_ref().check(operation, &self.0)
    }

    /// Everything in its path, query and body by name, as it came.
    pub fn parameters(&self) -> Map<String, Value> {
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

impl<S: Sync> FromRequestParts<S> for IncomingHead {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let path = match parts.extract::<RawPathParams>().await {
            Ok(params) => params
                .iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            // A route without parameters.
            Err(RawPathParamsRejection::MissingPathParams(_)) => Default::default(),
            Err(error) => return Err(unreadable("path", error.to_string())),
        };
        let query = read_query(&parts.uri).map_err(|message| unreadable("query", message))?;
        let headers = parts.headers.iter().map(|(name, value)| {
            let text = String::from_utf8_lossy(value.as_bytes());
            (name.to_string(), text.into_owned())
        });
        Ok(Self(Incoming(Input {
            path,
            query,
            headers: headers.collect(),
            body: Vec::new(),
        })))
    }
}

impl<S: Send + Sync> FromRequest<S> for Incoming {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let IncomingHead(Self(mut input)) =
            IncomingHead::from_request_parts(&mut parts, state).await?;
        let body = Bytes::from_request(Request::from_parts(parts, body), state).await;
        input.body = body
            .map_err(|error| detail(error.status(), &error.body_text()))?
            .to_vec();
        Ok(Self(input))
    }
}

fn read_query(uri: &Uri) -> Result<Vec<(String, String)>, String> {
    match Query::<Vec<(String, String)>>::try_from_uri(uri) {
        Ok(Query(pairs)) => Ok(pairs),
        Err(error) => Err(error.body_text()),
    }
}

fn unreadable(place: &str, message: String) -> Response {
    let problem = Problem::new([place], &message, "value_error");
    let body = Json(json!({ "detail": [problem] }));
    (StatusCode::UNPROCESSABLE_ENTITY, body).into_response()
}
