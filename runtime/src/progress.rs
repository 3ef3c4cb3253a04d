//! What a stream gives while it comes, as progress of the call.

use std::time::Duration;

use rmcp::model::{ProgressNotificationParam, ProgressToken};
use rmcp::service::{Peer, RoleServer};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::results::crop;

/// The shortest time between two notifications: a stream can give thousands
/// of items a second.
const PACE: Duration = Duration::from_millis(100);
/// Longest message, in characters; the result has everything.
const LONGEST: usize = 2_000;

/// Tells a client of the items that come, those of a moment together, until
/// it is dropped.
pub(crate) async fn report(
    peer: Peer<RoleServer>,
    token: ProgressToken,
    mut items: UnboundedReceiver<String>,
) {
    let mut count = 0_u32;
    while let Some(mut text) = items.recv().await {
        count = count.saturating_add(1);
        while let Ok(item) = items.try_recv() {
            count = count.saturating_add(1);
            text.push('\n');
            text.push_str(&item);
        }
        let progress = ProgressNotificationParam::new(token.clone(), f64::from(count))
            .with_message(crop(&text, LONGEST));
        if peer.notify_progress(progress).await.is_err() {
            return;
        }
        tokio::time::sleep(PACE).await;
    }
}
