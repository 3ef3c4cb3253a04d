//! Asks a server that runs how it is: the health check of a container that has no other program.

use std::time::Duration;

use crate::{Http, Method, Request};

/// How long the server may take to answer.
const TIMEOUT: Duration = Duration::from_secs(3);

/// Asks the server at the base URL `url`.
///
/// # Errors
/// What is wrong, in a line.
pub(crate) fn ask(url: &str) -> Result<(), String> {
    let http = Http::builder().timeout(TIMEOUT).build(url);
    let http = http.map_err(|error| error.to_string())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let request = Request::new(Method::GET, "/health");
    match runtime.block_on(http.exchange(&request)) {
        Ok(answer) if answer.status == 200 => Ok(()),
        Ok(answer) => Err(format!("{url}/health answered with {}", answer.status)),
        Err(error) => Err(error.to_string()),
    }
}
