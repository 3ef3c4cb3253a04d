//! The KTRDR service: market data, training, the operations that do both, and what research
//! has shown.

pub mod api;
pub mod backtests;
pub mod data;
pub mod faults;
pub mod indicators;
pub mod kinds;
pub mod operations;
pub mod research;
pub mod server;
pub mod store;
pub mod strategies;
pub mod training;

use serde_json::{Map, Value};

/// A JSON object of these fields.
pub(crate) fn object<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// A number with so many digits behind the point, as answers show it.
pub(crate) fn round(value: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (value * scale).round() / scale
}

/// A number with so many significant digits, for values of which the size is not known.
pub(crate) fn significant(value: f64, digits: i32) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let places = digits - 1 - value.abs().log10().floor() as i32;
    // Beyond what a power of ten can scale, the digits are all that there are.
    let rounded = round(value, places.clamp(-300, 300));
    if rounded.is_finite() { rounded } else { value }
}
