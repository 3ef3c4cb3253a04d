//! The signals that end a process.

use tokio_util::sync::CancellationToken;

/// Cancels the token at the first SIGTERM or SIGINT; finishes at the second.
/// They are caught from now on, not only once this is waited for.
#[cfg(unix)]
pub(super) fn watch(stop: CancellationToken) -> impl Future<Output = ()> {
    use tokio::signal::unix::{SignalKind, signal};
    let terminate = signal(SignalKind::terminate());
    let interrupt = signal(SignalKind::interrupt());
    async move {
        let (Ok(mut terminate), Ok(mut interrupt)) = (terminate, interrupt) else {
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
