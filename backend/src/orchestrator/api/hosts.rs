//! The names that an open hub answers to.
//!
//! It lets in whoever reaches it, which is programs on its machine. A page in a browser there reaches it too:
//! from another site, or from one whose name was made to lead here (DNS rebinding). `Host` and `Origin` tell
//! them apart; pages cannot choose what is in them.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use url::Url;

use super::App;
use crate::http::detail;

/// The names that requests may use, in lower case and without ports.
#[derive(Clone, Debug)]
pub struct Hosts(Vec<String>);

impl Hosts {
    /// Those of this machine, the address that is listened on, and these.
    pub fn new(listen: IpAddr, more: impl IntoIterator<Item = String>) -> Self {
        let own = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let names = own.into_iter().chain([listen.to_string()]).chain(more);
        Self(names.map(|name| plain(&name)).collect())
    }

    fn has(&self, host: &str) -> bool {
        let host = plain(host);
        self.0.contains(&host)
    }
}

fn plain(host: &str) -> String {
    host.trim_matches(['[', ']']).to_ascii_lowercase()
}

/// Lets a request through, unless it uses a name that is none of the hub's.
pub(super) async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    let refused = app.inner.hosts.as_ref().and_then(|it| it.refuse(&request));
    match refused {
        Some(response) => response,
        None => next.run(request).await,
    }
}

impl Hosts {
    fn refuse(&self, request: &Request) -> Option<Response> {
        let text = |name| {
            request
                .headers()
                .get(name)
                .map(|it| it.to_str().unwrap_or_default())
        };
        let host = text(header::HOST).unwrap_or_default();
        let name = host.parse::<Authority>().ok();
        if !name.is_some_and(|it| self.has(it.host())) {
            return Some(forbidden("Host", host));
        }
        let origin = text(header::ORIGIN)?;
        let page = Url::parse(origin).ok();
        let allowed = page.is_some_and(|it| it.host_str().is_some_and(|host| self.has(host)));
        (!allowed).then(|| forbidden("Origin", origin))
    }
}

fn forbidden(header: &str, value: &str) -> Response {
    let message = format!(
        "{header} {value:?} is none of this hub's names. It has no API keys, so it answers on its own machine only; \
         further names are given with --allowed-host"
    );
    detail(StatusCode::FORBIDDEN, &message)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn only_its_own_names_reach_an_open_hub() {
        let hosts = Hosts::new([127, 0, 0, 7].into(), ["Hub.Example".to_owned()]);
        for (host, origin, allowed) in [
            ("127.0.0.1:8000", "", true),
            ("127.0.0.7", "", true),
            ("LOCALHOST:1", "http://localhost:3000", true),
            ("[::1]:8000", "http://[::1]:8000", true),
            ("hub.example", "https://HUB.example", true),
            ("hub.example.evil.test", "", false),
            ("evil.test:8000", "", false),
            ("localhost.evil.test", "", false),
            ("evil@evil.test", "", false),
            ("", "", false),
            ("127.0.0.2", "", false),
            ("localhost:8000", "http://evil.test", false),
            ("localhost:8000", "http://localhost.evil.test", false),
            ("localhost:8000", "null", false),
        ] {
            let mut request = Request::get("/jobs");
            if !host.is_empty() {
                request = request.header(header::HOST, host);
            }
            if !origin.is_empty() {
                request = request.header(header::ORIGIN, origin);
            }
            let refused = hosts.refuse(&request.body(Body::empty()).unwrap());
            assert_eq!(refused.is_none(), allowed, "{host} {origin}");
        }
    }
}
