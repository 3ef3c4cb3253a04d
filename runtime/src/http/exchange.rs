//! One exchange with the backend: attempts, redirects, limits of time and size.

use std::time::Duration;

use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HeaderMap, HeaderValue,
};
use url::Url;

use super::redirect;
use super::{Error, Http, TransportError};
use crate::{Method, Request};

/// Pauses before a connection is tried again.
const PAUSES: [Duration; 2] = [Duration::from_millis(50), Duration::from_millis(250)];

/// The backend's answer, whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// `Content-Type` as sent; empty if there is none.
    pub(crate) content_type: String,
    /// `Location`, for redirects that were not followed.
    pub(crate) location: Option<String>,
    /// Where it came from.
    pub(crate) url: Url,
    pub(crate) body: Vec<u8>,
}

/// A request as it goes out; redirects change it.
struct Outgoing {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Option<bytes::Bytes>,
}

impl Http {
    /// Sends a request and reads the answer, within the time of one call.
    pub(crate) async fn exchange(&self, request: &Request) -> Result<Answer, Error> {
        let outgoing = self.outgoing(request)?;
        let tried = tried(&outgoing);
        let changes = !request.method.is_safe();
        match tokio::time::timeout(self.0.timeout, self.follow(outgoing)).await {
            Ok(result) => result,
            Err(_) => Err(TransportError {
                tried,
                reason: format!(
                    "the backend did not answer within {}",
                    seconds(self.0.timeout)
                ),
                may_have_taken_effect: changes,
                advice: if changes {
                    "Look at the state of the backend before trying again."
                } else {
                    "Try again later, or ask for less at once."
                }
                .to_owned(),
            }
            .into()),
        }
    }

    fn outgoing(&self, request: &Request) -> Result<Outgoing, Error> {
        let url = self.0.base.target(request)?;
        let mut headers = HeaderMap::with_capacity(4 + request.headers.len());
        headers.insert(
            ACCEPT,
            HeaderValue::from_static(request.accept.unwrap_or("application/json, */*;q=0.5")),
        );
        if let Some(authorization) = &self.0.authorization {
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
        for (name, value) in &request.headers {
            headers.append(name.clone(), value.clone());
        }
        Ok(Outgoing {
            method: request.method.clone(),
            url,
            headers,
            body: request.body.as_ref().map(|body| body.bytes.clone()),
        })
    }

    /// Sends and follows redirects within the origin.
    async fn follow(&self, mut outgoing: Outgoing) -> Result<Answer, Error> {
        for _ in 0..=redirect::MOST {
            let response = self.attempt(&outgoing).await?;
            let status = response.status().as_u16();
            let next = redirect::next(status, response.headers(), &outgoing.method, &outgoing.url);
            let Some(next) = next else {
                return self.read(response, outgoing).await;
            };
            if !next.keeps_body {
                outgoing.body = None;
                redirect::drop_body_headers(&mut outgoing.headers);
            }
            outgoing.method = next.method;
            outgoing.url = next.url;
        }
        Err(TransportError {
            may_have_taken_effect: !outgoing.method.is_safe(),
            tried: tried(&outgoing),
            reason: format!("the backend redirected more than {} times", redirect::MOST),
            advice: "This is a fault of the backend; trying again will not help.".to_owned(),
        }
        .into())
    }

    /// Sends once, and again only where nothing can happen twice: if there was
    /// no connection, or it broke and the method is idempotent.
    async fn attempt(&self, outgoing: &Outgoing) -> Result<reqwest::Response, Error> {
        let mut pauses = PAUSES.iter();
        let mut broken = false;
        loop {
            let mut request = self
                .0
                .client
                .request(outgoing.method.clone(), outgoing.url.clone())
                .headers(outgoing.headers.clone());
            if let Some(body) = &outgoing.body {
                request = request.body(body.clone());
            }
            let error = match request.send().await {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            if error.is_connect() {
                match pauses.next() {
                    Some(pause) => tokio::time::sleep(*pause).await,
                    None => return Err(self.unreachable(outgoing, &error)),
                }
            } else if !broken && outgoing.method.is_idempotent() {
                broken = true;
            } else {
                return Err(lost(outgoing, &error, "before it answered"));
            }
        }
    }

    fn unreachable(&self, outgoing: &Outgoing, error: &reqwest::Error) -> Error {
        TransportError {
            tried: tried(outgoing),
            reason: format!(
                "no connection to the backend at {} after {} attempts ({})",
                self.base_url(),
                PAUSES.len() + 1,
                root(error),
            ),
            may_have_taken_effect: false,
            advice: "Check that the backend is running and that its URL is right, then try again."
                .to_owned(),
        }
        .into()
    }

    /// Reads the answer up to the limit.
    async fn read(
        &self,
        mut response: reqwest::Response,
        outgoing: Outgoing,
    ) -> Result<Answer, Error> {
        let limit = self.0.response_limit;
        let announced = response.content_length().unwrap_or(0);
        let announced = usize::try_from(announced).unwrap_or(usize::MAX);
        if announced > limit && outgoing.method != Method::HEAD {
            return Err(oversized(&outgoing, limit));
        }
        let text = |name| {
            let value: &HeaderValue = response.headers().get(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let content_type = text(CONTENT_TYPE).unwrap_or_default();
        let location = text(reqwest::header::LOCATION);
        let encoding = text(reqwest::header::CONTENT_ENCODING);
        if let Some(encoding) = encoding.filter(|encoding| encoding != "identity") {
            return Err(TransportError {
                may_have_taken_effect: !outgoing.method.is_safe(),
                tried: tried(&outgoing),
                reason: format!(
                    "the backend compressed its answer ({encoding}), which was not asked for"
                ),
                advice: "This is a fault of the backend or of a proxy before it.".to_owned(),
            }
            .into());
        }
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) => {
                    if body.len() + chunk.len() > limit {
                        return Err(oversized(&outgoing, limit));
                    }
                    if body.is_empty() {
                        body.reserve_exact(announced.max(chunk.len()).min(1 << 24));
                    }
                    body.extend_from_slice(&chunk);
                }
                Ok(None) => break,
                Err(error) => {
                    let when = format!("after {} bytes of its answer", body.len());
                    return Err(lost(&outgoing, &error, &when));
                }
            }
        }
        Ok(Answer {
            status: response.status().as_u16(),
            content_type,
            location,
            url: outgoing.url,
            body,
        })
    }
}

/// `GET http://h/path`: without the query, which may hold what is private.
fn tried(outgoing: &Outgoing) -> String {
    let mut url = outgoing.url.clone();
    url.set_query(None);
    format!("{} {url}", outgoing.method)
}

fn lost(outgoing: &Outgoing, error: &reqwest::Error, when: &str) -> Error {
    let changes = !outgoing.method.is_safe();
    TransportError {
        tried: tried(outgoing),
        reason: format!(
            "the backend cut the connection off {when} ({})",
            root(error)
        ),
        may_have_taken_effect: changes,
        advice: if changes {
            "Look at the state of the backend before trying again."
        } else {
            "Try again; if it happens every time, the backend has a fault."
        }
        .to_owned(),
    }
    .into()
}

fn oversized(outgoing: &Outgoing, limit: usize) -> Error {
    TransportError {
        tried: tried(outgoing),
        reason: format!("the answer is larger than the limit of {limit} bytes and was not read"),
        may_have_taken_effect: !outgoing.method.is_safe(),
        advice: "Ask for less: narrow the filters, shorten the range or lower the limit."
            .to_owned(),
    }
    .into()
}

/// The first cause of an error, which says what really happened.
fn root(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

/// A time as people write it: `30 s`, `500 ms`.
pub(crate) fn seconds(duration: Duration) -> String {
    let millis = duration.as_millis();
    if millis.is_multiple_of(1000) {
        format!("{} s", millis / 1000)
    } else {
        format!("{millis} ms")
    }
}
