//! Documents that are no files.

use std::io::Read;

/// The text at a URL.
///
/// # Errors
/// Why it cannot be had.
pub(super) fn fetch(url: &str) -> Result<String, String> {
    Err(format!("`{url}` cannot be read"))
}

/// The text on standard input.
///
/// # Errors
/// Why it cannot be had.
pub(super) fn standard_input() -> Result<String, String> {
    let mut text = String::new();
    std::io::stdin()
        .read_to_string(&mut text)
        .map_err(|error| error.to_string())?;
    Ok(text)
}
