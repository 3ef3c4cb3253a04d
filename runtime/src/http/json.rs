//! Documents that this server needs for itself: metadata and keys of an
//! authorization server.

use std::time::Duration;

use super::exchange::root;
use super::{Http, HttpBuilder};
use crate::Json;

/// How long fetching one may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The largest that is taken, in bytes.
const LARGEST: usize = 1 << 20;

/// The JSON at a URL, fetched without any credential.
///
/// # Errors
/// With what went wrong, in a few words.
pub(crate) async fn fetch_json(url: &str) -> Result<Json, String> {
    let fetch = async {
        let builder: HttpBuilder = Http::builder().timeout(PATIENCE);
        let client = builder.client_for(url).map_err(|error| error.to_string())?;
        let sent = client.get(url).header("accept", "application/json").send();
        let mut response = sent.await.map_err(|error| root(&error))?;
        let status = response.status().as_u16();
        if status != 200 {
            return Err(format!("it answered {status}"));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| root(&error))? {
            body.extend_from_slice(&chunk);
            if body.len() > LARGEST {
                return Err("its answer is too large".to_owned());
            }
        }
        serde_json::from_slice(&body).map_err(|_| "its answer is not JSON".to_owned())
    };
    match tokio::time::timeout(PATIENCE, fetch).await {
        Ok(result) => result.map_err(|reason| format!("GET {url}: {reason}")),
        Err(_) => Err(format!(
            "GET {url}: no answer within {} s",
            PATIENCE.as_secs()
        )),
    }
}
