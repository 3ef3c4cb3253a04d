//! A document that is no file: at a URL, or on standard input.

use std::io::Read as _;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE};

/// How long a fetch may take as a whole.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How large a document may be, in bytes.
const MAX_BYTES: usize = 64 << 20;

/// Whether `name` is to be fetched rather than opened.
pub(crate) fn is_url(name: &str) -> bool {
    let scheme = |scheme: &str| {
        name.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    scheme("http://") || scheme("https://")
}

/// The text at an `http` or `https` URL.
///
/// # Errors
/// Why there is none, as what follows "cannot read `URL`:".
pub(super) fn fetch(url: &str) -> Result<String, String> {
    fetch_within(url, TIMEOUT, MAX_BYTES)
}

/// All of standard input.
///
/// # Errors
/// Why it cannot be read.
pub(super) fn standard_input() -> Result<String, String> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX) + 1;
    std::io::stdin()
        .lock()
        .take(limit)
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    if bytes.len() > MAX_BYTES {
        return Err(too_large(MAX_BYTES));
    }
    text(bytes)
}

fn fetch_within(url: &str, timeout: Duration, limit: usize) -> Result<String, String> {
    let parsed = url::Url::parse(url).map_err(|error| format!("no valid URL: {error}"))?;
    if !matches!(parsed.scheme(), "http" | "https") {
        return Err(format!("`{}` is neither http nor https", parsed.scheme()));
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime.block_on(async {
        match tokio::time::timeout(timeout, get(parsed, limit)).await {
            Ok(result) => result,
            Err(_) => Err(format!(
                "no whole answer within {} s",
                timeout.as_secs_f32()
            )),
        }
    })
}

async fn get(url: url::Url, limit: usize) -> Result<String, String> {
    // Fails if the process has chosen a provider already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .user_agent(concat!("toolwright/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| chain(&error))?;
    let request = client.get(url).header(
        ACCEPT,
        "application/json, application/yaml, text/yaml, */*;q=0.5",
    );
    let mut response = request.send().await.map_err(|error| chain(&error))?;
    let status = response.status();
    if !status.is_success() {
        return Err(format!("the server answered {status}"));
    }
    let is_page = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    if response
        .content_length()
        .is_some_and(|length| length > limit as u64)
    {
        return Err(too_large(limit));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| chain(&error))? {
        if bytes.len() + chunk.len() > limit {
            return Err(too_large(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
    let text = text(bytes)?;
    if is_page && text.trim_start().starts_with('<') {
        return Err(
            "it is a page for browsers; name the address of the document itself".to_owned(),
        );
    }
    Ok(text)
}

fn too_large(limit: usize) -> String {
    format!("it has more than {} MiB", limit >> 20)
}

fn text(bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes)
        .map_err(|error| format!("not UTF-8 at byte {}", error.utf8_error().valid_up_to()))
}

/// The last cause of an error says what really happened; the first ones name the URL again.
fn chain(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    let text = cause.to_string();
    if error.is_connect() {
        format!("no connection: {text}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    /// The URL of a server that answers one request after the other with `answers`.
    fn serve(answers: Vec<Vec<u8>>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!(
            "http://{}/openapi.json",
            listener.local_addr().expect("an address")
        );
        std::thread::spawn(move || {
            for answer in answers {
                let Ok((mut stream, _)) = listener.accept() else {
                    return;
                };
                let mut request = [0; 4096];
                let _ = stream.read(&mut request);
                let _ = stream.write_all(&answer);
            }
        });
        url
    }

    fn answer(head: &str, body: &[u8]) -> Vec<u8> {
        let length = body.len();
        let mut answer =
            format!("HTTP/1.1 {head}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n")
                .into_bytes();
        answer.extend_from_slice(body);
        answer
    }

    #[test]
    fn a_document_is_fetched_and_redirects_are_followed() {
        let moved = answer("302 Found\r\nlocation: /elsewhere", b"");
        let url = serve(vec![moved, answer("200 OK", b"openapi: 3.1.0")]);
        assert_eq!(fetch(&url), Ok("openapi: 3.1.0".to_owned()));
    }

    #[test]
    fn what_is_no_document_is_an_error() {
        let problem = |answers| fetch(&serve(answers)).expect_err("an error");
        assert_eq!(
            problem(vec![answer("404 Not Found", b"")]),
            "the server answered 404 Not Found"
        );
        assert_eq!(
            problem(vec![answer("200 OK", b"a\xff")]),
            "not UTF-8 at byte 1"
        );
        let page = answer("200 OK\r\ncontent-type: text/html", b"<!doctype html>");
        assert!(problem(vec![page]).contains("a page for browsers"));
        let large = serve(vec![answer("200 OK", &[b' '; 3 << 20])]);
        assert_eq!(
            fetch_within(&large, TIMEOUT, 2 << 20),
            Err("it has more than 2 MiB".to_owned())
        );
    }

    #[test]
    fn no_server_and_no_answer() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        assert_eq!(
            fetch_within(&url, Duration::from_millis(100), MAX_BYTES),
            Err("no whole answer within 0.1 s".to_owned())
        );
        drop(listener);
        let error = fetch(&url).expect_err("an error");
        assert!(error.starts_with("no connection: "), "{error}");
        assert!(fetch("http://").is_err());
        assert!(is_url("HTTPS://example.com") && !is_url("http.yaml"));
    }
}
