//! Speaks with services over HTTP, and tells apart what can go wrong on the way.

use std::fmt;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Method, RequestBuilder};
use serde::{Deserialize, Serialize};

use super::answer::{Answer, message};
use super::retry_after;
use super::trouble::{Trouble, redacted};

/// The largest answer that is read.
const LIMIT: usize = 16 << 20;
/// How long a short question may take; executions have a time of their own.
const QUESTION: Duration = Duration::from_secs(10);
/// How long it may take to reach a service.
const CONNECT: Duration = Duration::from_secs(3);
/// Idle connections are closed before services do it: uvicorn waits five seconds.
const IDLE: Duration = Duration::from_secs(4);
/// A service that vanishes without a word is missed after three of these.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// Speaks with services. Cheap to clone.
#[derive(Clone)]
pub(super) struct Client {
    http: reqwest::Client,
    token: Option<String>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

/// What a service says to the order to execute a job.
#[derive(Debug, PartialEq)]
pub(super) enum Reply {
    /// The work is done, well or not.
    Ended(Answer),
    /// It has no place now; to be asked again after so long.
    Busy(Duration),
}

/// What a service knows of an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It runs, or has ended with an answer that is kept.
    Known,
    /// It was cancelled.
    Cancelled,
    /// The service has never seen it.
    Unknown,
}

/// What a service says of itself.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
pub struct Load {
    /// Executions that run now.
    #[serde(default)]
    pub running: Option<u32>,
    /// Executions that can run at once.
    #[serde(default)]
    pub capacity: Option<u32>,
}

struct Response {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Client {
    /// A client that shows services this token.
    pub(super) fn new(token: Option<&str>) -> Result<Self, String> {
        // Fails if the process has chosen a provider already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut headers = HeaderMap::new();
        if let Some(token) = token {
            let mut value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| {
                "the service token holds characters that cannot be sent in a header".to_owned()
            })?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let http = reqwest::Client::builder()
            .default_headers(headers)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .tcp_nodelay(true)
            .tcp_keepalive(KEEP_ALIVE)
            .tcp_keepalive_interval(KEEP_ALIVE)
            .tcp_keepalive_retries(2)
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            .no_proxy()
            .user_agent(concat!("orchestrator/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| format!("the HTTP client cannot be set up: {error}"))?;
        Ok(Self {
            http,
            token: token.map(str::to_owned),
        })
    }

    /// Has a job executed; answers when it has ended, however long that takes.
    pub(super) async fn execute(
        &self,
        service: &str,
        order: &impl Serialize,
    ) -> Result<Reply, Trouble> {
        let body = serde_json::to_vec(order)
            .map_err(|error| Trouble::Protocol(format!("the job cannot be sent: {error}")))?;
        let request = self
            .request(Method::POST, service, "/execute")
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .body(body);
        let response = self.send(request).await?;
        match response.status {
            200..300 => Answer::parse(&response.body)
                .map(|answer| Reply::Ended(self.clean(answer)))
                .map_err(Trouble::Protocol),
            429 => Ok(Reply::Busy(
                response.retry_after().unwrap_or(retry_after::DEFAULT),
            )),
            503 if response.headers.contains_key(RETRY_AFTER) => Ok(Reply::Busy(
                response.retry_after().unwrap_or(retry_after::DEFAULT),
            )),
            _ => Err(self.refusal(&response)),
        }
    }

    /// Asks what a service knows of an execution.
    pub(super) async fn state(&self, service: &str, job: &str) -> Result<State, Trouble> {
        #[derive(Deserialize)]
        struct Body {
            state: String,
        }
        let path = format!("/execute/{job}");
        let response = self.ask(Method::GET, service, &path).await?;
        match response.status {
            404 => Ok(State::Unknown),
            200 => match serde_json::from_slice(&response.body) {
                Ok(Body { state }) if state == "cancelled" => Ok(State::Cancelled),
                Ok(_) => Ok(State::Known),
                Err(error) => Err(Trouble::Protocol(format!(
                    "the service does not say how the execution is: {error}"
                ))),
            },
            _ => Err(self.refusal(&response)),
        }
    }

    /// Tells a service to stop an execution. One that the service does not know, or no longer, is
    /// stopped.
    pub(super) async fn cancel(&self, service: &str, job: &str) -> Result<(), Trouble> {
        let path = format!("/execute/{job}");
        let response = self.ask(Method::DELETE, service, &path).await?;
        match response.status {
            200..300 | 404 | 409 | 410 => Ok(()),
            _ => Err(self.refusal(&response)),
        }
    }

    /// Asks a service how it is. One that is not `resumable` need not have a page for this: that it
    /// answers at all is enough.
    pub(super) async fn health(&self, service: &str, resumable: bool) -> Result<Load, Trouble> {
        let response = self.ask(Method::GET, service, "/health").await?;
        match response.status {
            200..300 => Ok(serde_json::from_slice(&response.body).unwrap_or_default()),
            404 | 405 if !resumable => Ok(Load::default()),
            _ => Err(self.refusal(&response)),
        }
    }

    async fn ask(&self, method: Method, service: &str, path: &str) -> Result<Response, Trouble> {
        let answer = self.send(self.request(method, service, path));
        tokio::time::timeout(QUESTION, answer)
            .await
            .unwrap_or_else(|_| {
                let waited = QUESTION.as_secs();
                Err(Trouble::Connection(format!(
                    "the service did not answer within {waited} s"
                )))
            })
    }

    fn request(&self, method: Method, service: &str, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", service.trim_end_matches('/'));
        self.http.request(method, url)
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, Trouble> {
        let mut response = request.send().await.map_err(|error| Trouble::of(&error))?;
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| Trouble::of(&error))?
        {
            if body.len() + chunk.len() > LIMIT {
                return Err(Trouble::Protocol(format!(
                    "the answer of the service is larger than {} MiB; what is large belongs into an artifact",
                    LIMIT >> 20
                )));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response {
            status: response.status().as_u16(),
            headers: std::mem::take(response.headers_mut()),
            body,
        })
    }

    /// An answer that is no success.
    fn refusal(&self, response: &Response) -> Trouble {
        let body = serde_json::from_slice(&response.body).unwrap_or_else(|_| {
            serde_json::Value::String(String::from_utf8_lossy(&response.body).into_owned())
        });
        let said = match message(&body) {
            Some(message) => format!(": {}", redacted(message, self.token.as_deref())),
            None => String::new(),
        };
        let advice = match response.status {
            401 | 403 if self.token.is_none() => " (the hub has no service token)",
            401 | 403 => " (hub and service need the same service token)",
            300..=399 => " (redirects are not followed: register the service with its final URL)",
            _ => "",
        };
        Trouble::Protocol(format!(
            "the service answered {}{advice}{said}",
            response.status
        ))
    }

    fn clean(&self, mut answer: Answer) -> Answer {
        answer.failure = answer
            .failure
            .map(|failure| redacted(&failure, self.token.as_deref()));
        answer
    }
}

impl Response {
    fn retry_after(&self) -> Option<Duration> {
        retry_after::parse(self.headers.get(RETRY_AFTER)?.to_str().ok()?)
    }
}
