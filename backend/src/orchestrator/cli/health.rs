//! `health`: whether a hub can take jobs.

use std::time::Duration;

use clap::Args;

use super::Failure;
use super::hub::HubArgs;
use super::text::details;

/// How long the hub may take.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Args, Debug)]
pub(super) struct Health {
    #[command(flatten)]
    hub: HubArgs,
}

impl Health {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let client = self.hub.client(PATIENCE)?;
        let call = client.health().get_readiness();
        self.hub
            .show(call, |readiness| {
                let checks = readiness.checks.iter();
                let lines: Vec<_> = checks
                    .map(|(name, found)| (name.as_str(), found.clone()))
                    .collect();
                details(&lines)
            })
            .await
    }
}
