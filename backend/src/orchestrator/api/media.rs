//! What the content of an artifact is, told by the artifact's name.

/// A media type that is safe to show, for names that are known; bytes for all others.
pub(super) fn of(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    match ending.unwrap_or_default().to_ascii_lowercase().as_str() {
        "json" => "application/json",
        "csv" => "text/csv; charset=utf-8",
        "md" => "text/markdown; charset=utf-8",
        "txt" | "log" | "yaml" | "yml" | "jsonl" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_counts() {
        for (name, expect) in [
            ("metrics.JSON", "application/json"),
            ("trades.csv", "text/csv; charset=utf-8"),
            ("equity.svg", "image/svg+xml"),
            ("model.safetensors", "application/octet-stream"),
            ("page.html", "application/octet-stream"),
            ("json", "application/octet-stream"),
            ("a.json/b", "application/octet-stream"),
        ] {
            assert_eq!(of(name), expect, "{name}");
        }
    }
}
