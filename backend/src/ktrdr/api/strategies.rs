//! `/api/v1/strategies`.

use super::App;
use super::failure::Failure;
use crate::ktrdr::strategies::Strategy;
use crate::ktrdr::strategies::library::{Library, Stored};

/// The strategy of a name, or of a path to it, to work with.
pub(super) async fn usable(app: &App, name: String) -> Result<Strategy, Failure> {
    let wanted = name.clone();
    let found = on_disk(app, move |library| library.find(&wanted)).await?;
    let Some(Stored { name, config, .. }) = found else {
        return Err(unknown(app, &name).await?);
    };
    config.map_err(|faults| {
        let first = faults.first();
        let first = first.map_or_else(String::new, |fault| {
            format!("{} {}", fault.path, fault.message)
        });
        Failure::Conflict(format!(
            "Strategy {name} is not valid: {}. See GET /api/v1/strategies/{name}.",
            first.trim_start()
        ))
    })
}

async fn unknown(app: &App, name: &str) -> Result<Failure, Failure> {
    /// Most names that a message tells.
    const TOLD: usize = 20;
    let known = on_disk(app, Library::list).await?;
    let rest = known.len().saturating_sub(TOLD);
    // The built-in ones first, which come last in the list.
    let (stored, built_in): (Vec<_>, Vec<_>) = known.into_iter().partition(|(_, at)| at.is_some());
    let names = built_in.into_iter().chain(stored).map(|(name, _)| name);
    let names: Vec<String> = names.take(TOLD).collect();
    let more = if rest > 0 {
        format!(" and {rest} more")
    } else {
        String::new()
    };
    Ok(Failure::NotFound(format!(
        "Strategy not found: {name}. Known strategies: {}{more}",
        names.join(", ")
    )))
}

async fn on_disk<T: Send + 'static>(
    app: &App,
    call: impl FnOnce(&Library) -> std::io::Result<T> + Send + 'static,
) -> Result<T, Failure> {
    let library = app.inner.library.clone();
    let called = tokio::task::spawn_blocking(move || call(&library)).await;
    called
        .map_err(|error| Failure::Internal(error.to_string()))?
        .map_err(|error| Failure::Internal(format!("the folder of strategies: {error}")))
}
