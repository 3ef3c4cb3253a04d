//! One exchange with the backend: attempts, redirects, limits of time and size.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, LINK};
use tokio::time::Instant;
use url::Url;

use super::cache::Keeping;
use super::outgoing::{Outgoing, tried};
use super::stream::{self, Bounds, Listener};
use super::{Error, Http, TransportError};
use super::{events, redirect, span};
use crate::{Json, Method, Request};

/// Pauses before a connection is tried again.
const PAUSES: [Duration; 2] = [Duration::from_millis(50), Duration::from_millis(250)];

/// The backend's answer, whole.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// `Content-Type` as sent; empty if there is none.
    pub(crate) content_type: String,
    /// `Location`, for redirects that were not followed.
    pub(crate) location: Option<String>,
    /// `Link` as sent, all of them in one.
    pub(crate) link: Option<String>,
    /// Where it came from.
    pub(crate) url: Url,
    pub(crate) body: Vec<u8>,
    /// What is to be said beside the body: that a stream was cut.
    pub(crate) note: Option<String>,
    /// Whether and how it may be served again.
    pub(crate) keeping: Keeping,
}

impl Http {
    /// JSON as an answer of the backend.
    pub(crate) fn answer(&self, status: u16, body: &Json) -> Answer {
        Answer {
            status,
            content_type: "application/json".to_owned(),
            location: None,
            link: None,
            url: self.0.base.url().clone(),
            body: body.to_string().into_bytes(),
            note: None,
            keeping: Keeping::default(),
        }
    }

    /// Sends a request and reads the answer, within the time of one call.
    pub(crate) async fn exchange(&self, request: &Request) -> Result<Answer, Error> {
        self.exchange_heard(request, None).await
    }

    /// The same; the items of a stream are told to a listener as they come.
    pub(crate) async fn exchange_heard(
        &self,
        request: &Request,
        listener: Option<&Listener>,
    ) -> Result<Answer, Error> {
        let outgoing = self.outgoing(request)?;
        match self.lifetime(&outgoing) {
            Some(lifetime) => self.cached(outgoing, lifetime, listener).await,
            None => {
                let changes = !outgoing.method.is_safe();
                let answer = self.send(outgoing, listener).await;
                if changes {
                    self.has_changed();
                }
                answer
            }
        }
    }

    /// Sends, whatever is kept of earlier answers.
    pub(super) async fn send(
        &self,
        outgoing: Outgoing,
        listener: Option<&Listener>,
    ) -> Result<Answer, Error> {
        let timeout = self.timeout();
        let tried = tried(&outgoing);
        let changes = !outgoing.method.is_safe();
        let bounds = Bounds {
            limit: self.0.response_limit,
            deadline: Instant::now() + timeout,
            timeout,
        };
        self.0.timer.keep();
        let answer = Box::pin(self.follow(outgoing, &bounds, listener));
        match tokio::time::timeout_at(bounds.deadline, answer).await {
            Ok(result) => result,
            Err(_) => {
                self.0.metrics.response(None);
                Err(TransportError {
                    tried,
                    reason: format!("the backend did not answer within {}", seconds(timeout)),
                    may_have_taken_effect: changes,
                    advice: if changes {
                        "Look at the state of the backend before trying again."
                    } else {
                        "Try again later, or ask for less at once."
                    }
                    .to_owned(),
                }
                .into())
            }
        }
    }

    /// Sends and follows redirects within the origin.
    async fn follow(
        &self,
        mut outgoing: Outgoing,
        bounds: &Bounds,
        listener: Option<&Listener>,
    ) -> Result<Answer, Error> {
        for _ in 0..=redirect::MOST {
            let response = self.authorized(&mut outgoing).await?;
            let status = response.status().as_u16();
            let next = redirect::next(status, response.headers(), &outgoing.method, &outgoing.url);
            let Some(next) = next else {
                return read(response, outgoing, bounds, listener).await;
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

    /// Sends with a token where one is needed, and once more with a new one
    /// if the backend does not know it any more.
    async fn authorized(&self, outgoing: &mut Outgoing) -> Result<reqwest::Response, Error> {
        let Some(tokens) = outgoing.tokens.clone() else {
            return self.attempt(outgoing).await;
        };
        let value = tokens.authorization(None).await?;
        outgoing.headers.insert(AUTHORIZATION, value.clone());
        let response = self.attempt(outgoing).await?;
        if response.status().as_u16() != 401 {
            return Ok(response);
        }
        let value = tokens.authorization(Some(&value)).await?;
        outgoing.headers.insert(AUTHORIZATION, value);
        self.attempt(outgoing).await
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
            let span = span::of(outgoing);
            let error = match span::observed(&span, request).await {
                Ok(response) => {
                    self.0.metrics.response(Some(response.status().as_u16()));
                    return Ok(response);
                }
                Err(error) => {
                    self.0.metrics.response(None);
                    error
                }
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
                origin(outgoing, self.base_url()),
                PAUSES.len() + 1,
                root(error),
            ),
            may_have_taken_effect: false,
            advice: "Check that the backend is running and that its URL is right, then try again."
                .to_owned(),
        }
        .into()
    }
}

/// Reads the answer up to the limit.
async fn read(
    mut response: reqwest::Response,
    outgoing: Outgoing,
    bounds: &Bounds,
    listener: Option<&Listener>,
) -> Result<Answer, Error> {
    let limit = bounds.limit;
    let text = |name| {
        let value: &HeaderValue = response.headers().get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let content_type = text(CONTENT_TYPE).unwrap_or_default();
    let location = text(reqwest::header::LOCATION).map(|location| outgoing.shown(&location));
    let keeping = Keeping::of(response.headers());
    let links = response.headers().get_all(LINK).iter();
    let links: Vec<_> = links.filter_map(|link| link.to_str().ok()).collect();
    let link = (!links.is_empty()).then(|| links.join(", "));
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
    let status = response.status().as_u16();
    if let Some(kind) = events::kind(&content_type).filter(|_| (200..300).contains(&status)) {
        let collected = stream::collect(response, kind, bounds, listener).await;
        return Ok(Answer {
            status,
            content_type: "application/json".to_owned(),
            location,
            link,
            url: outgoing.shown_url(),
            body: collected.body,
            note: collected.note,
            keeping: Keeping::default(),
        });
    }
    let announced = response.content_length().unwrap_or(0);
    let announced = usize::try_from(announced).unwrap_or(usize::MAX);
    if announced > limit && outgoing.method != Method::HEAD {
        return Err(oversized(&outgoing, limit));
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
        status,
        content_type,
        location,
        link,
        url: outgoing.shown_url(),
        body,
        note: None,
        keeping,
    })
}

/// The base URL, or the origin of another server.
fn origin(outgoing: &Outgoing, base_url: &str) -> String {
    let origin = outgoing.url.origin().ascii_serialization();
    if base_url.starts_with(&origin) {
        base_url.to_owned()
    } else {
        origin
    }
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

/// The first cause of an error, which says what really happened; without the
/// URL, whose query may hold what is private.
pub(crate) fn root(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    match error.url() {
        Some(url) => cause.to_string().replace(url.as_str(), "its URL"),
        None => cause.to_string(),
    }
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
