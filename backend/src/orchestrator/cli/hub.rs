//! The hub that a command talks to.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use orchestrator_mcp::{Client, security};
use serde::de::DeserializeOwned;
use serde_json::Value;
use toolwright_runtime::{Call, Credential, Error};

use super::Failure;
use super::text::say;

/// Where the hub's API key is, unless a file says it.
const KEY: &str = "ORCHESTRATOR_API_KEY";

/// Which hub a command talks to, and how it tells what it learnt.
#[derive(Args, Clone, Debug)]
pub(super) struct HubArgs {
    /// Base URL of the hub.
    #[arg(
        long = "hub",
        value_name = "URL",
        env = "ORCHESTRATOR_API_URL",
        hide_env_values = true,
        default_value = "http://127.0.0.1:8000"
    )]
    url: String,
    /// File that holds the API key; left out, the variable ORCHESTRATOR_API_KEY.
    #[arg(long, value_name = "FILE")]
    api_key_file: Option<PathBuf>,
    /// Print what the hub answered, as JSON.
    #[arg(long)]
    pub(super) json: bool,
}

impl HubArgs {
    /// A client for the hub, whose calls take at most `timeout`.
    pub(super) fn client(&self, timeout: Duration) -> Result<Client, Failure> {
        let mut http = Client::builder().timeout(timeout);
        if let Some(key) = self.key()? {
            http = http.credential(&security::API_KEY, Credential::secret(key));
        }
        let http = http.build(&self.url).map_err(|error| {
            Failure::Usage(match error {
                Error::BaseUrl { url, reason } => format!("--hub {url:?} cannot be used: {reason}"),
                other => other.to_string(),
            })
        })?;
        Ok(Client::from_http(http))
    }

    fn key(&self) -> Result<Option<String>, Failure> {
        let key = match &self.api_key_file {
            Some(path) => std::fs::read_to_string(path).map_err(|error| {
                Failure::Usage(format!("--api-key-file {}: {error}", path.display()))
            })?,
            None => std::env::var(KEY).unwrap_or_default(),
        };
        let key = key.trim();
        Ok((!key.is_empty()).then(|| key.to_owned()))
    }

    /// Prints what `call` gives: the hub's JSON, or what `text` makes of it.
    pub(super) async fn show<T: DeserializeOwned>(
        &self,
        call: Call<'_, T>,
        text: impl FnOnce(T) -> String,
    ) -> Result<(), Failure> {
        if self.json {
            let answer: Value = call.json().await.map_err(|error| failure(&error))?;
            say(&format!("{answer}\n"));
        } else {
            say(&text(ask(call).await?));
        }
        Ok(())
    }
}

/// The answer to a call.
pub(super) async fn ask<T: DeserializeOwned>(call: Call<'_, T>) -> Result<T, Failure> {
    call.send().await.map_err(|error| failure(&error))
}

/// What went wrong between here and the hub, and what to do.
pub(super) fn failure(error: &Error) -> Failure {
    Failure::Refused(match error {
        Error::Transport(error) => format!(
            "the hub cannot be reached: {}: {}. Start one with `orchestrator serve`, or say with --hub or ORCHESTRATOR_API_URL where it is.",
            error.tried, error.reason
        ),
        Error::Status {
            code: 401, message, ..
        } => {
            format!("the hub refused: {message}. Give it an API key with {KEY} or --api-key-file.")
        }
        Error::Status { code, message, .. } => format!("the hub answered {code}: {message}"),
        other => other.to_string(),
    })
}
