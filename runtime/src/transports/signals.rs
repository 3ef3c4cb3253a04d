//! The signals that end a process.

use tokio_util::sync::CancellationToken;

/// Cancels the token at the first SIGTERM or SIGINT; finishes at the second.
#[cfg(unix)]
pub(super) async fn watch(stop: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};
    let kinds = [SignalKind::terminate(), SignalKind::interrupt()];
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(kinds[0]), signal(kinds[1])) else {
        tracing::warn!("signals cannot be watched; end the input to stop");
        return std::future::pending().await;
    };
    for _ in 0..2 {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        stop.cancel();
    }
}

/// Cancels the token at the first Ctrl-C; finishes at the second.
#[cfg(not(unix))]
pub(super) async fn watch(stop: CancellationToken) {
    for _ in 0..2 {
        if tokio::signal::ctrl_c().await.is_err() {
            return std::future::pending().await;
        }
        stop.cancel();
    }
}
