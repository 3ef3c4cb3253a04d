//! A call of a client method: a request and the type of its answer.

use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use super::{Answer, Error, Http};
use crate::results::{error_body, message};
use crate::{Json, Request};

/// A request that is ready to be sent and the type of its answer.
///
/// Nothing happens until it is sent.
#[must_use = "a call does nothing until it is sent"]
#[derive(Debug)]
pub struct Call<'a, T> {
    http: &'a Http,
    request: Request,
    answer: PhantomData<fn() -> T>,
}

impl<'a, T> Call<'a, T> {
    pub(super) fn new(http: &'a Http, request: Request) -> Self {
        Self {
            http,
            request,
            answer: PhantomData,
        }
    }

    /// The request, unsent.
    pub fn into_request(self) -> Request {
        self.request
    }

    /// Sends it and gives the answer's JSON, whatever its type; an empty body
    /// is null.
    ///
    /// # Errors
    /// If there is no answer, its status is not 2xx or it is no JSON.
    pub async fn json(self) -> Result<Json, Error> {
        let body = self.bytes().await?;
        decode(&body)
    }

    /// Sends it and gives the answer's bytes, whatever they are.
    ///
    /// # Errors
    /// If there is no answer or its status is not 2xx.
    pub async fn bytes(self) -> Result<Vec<u8>, Error> {
        let answer = self.http.exchange(&self.request).await?;
        if (200..300).contains(&answer.status) {
            Ok(answer.body)
        } else {
            Err(status(answer))
        }
    }
}

impl<T: DeserializeOwned> Call<'_, T> {
    /// Sends it and gives the answer; an empty body is read as null.
    ///
    /// # Errors
    /// If there is no answer, its status is not 2xx or it is not a `T`.
    pub async fn send(self) -> Result<T, Error> {
        let body = self.bytes().await?;
        decode(&body)
    }
}

fn status(answer: Answer) -> Error {
    let code = answer.status;
    let body = error_body(&answer);
    Error::Status {
        code,
        message: message(code, &body),
        body,
    }
}

fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    let body = body.trim_ascii();
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let body = if body.is_empty() { b"null" } else { body };
    serde_json::from_slice(body).map_err(|error| Error::Decode {
        message: format!("the backend's answer is not what its document says: {error}"),
    })
}
