//! Long-running operations: started, watched, cancelled, and always ended in exactly one way.
//!
//! An operation is a blocking function with a [`Context`]. It runs on a thread of its own; what it
//! returns, an error or a panic included, becomes its final state in the store.

mod cancel;
mod context;
mod engine;
mod peers;

pub use cancel::Cancellation;
pub use context::{Context, Stop};
pub use engine::{Engine, EngineError};
pub use peers::Lease;

use chrono::{DateTime, Utc};

use super::kinds::OperationType;

/// A new id, for example `op_training_20251004_143530_b5c6d7e8`.
pub fn new_id(kind: OperationType, now: i64) -> String {
    format!("op_{}_{}_{}", kind.as_str(), stamp(now), suffix())
}

/// A time as it stands in ids and folder names, for example `20251004_143530`.
pub fn stamp(now: i64) -> String {
    DateTime::<Utc>::from_timestamp_millis(now)
        .unwrap_or_default()
        .format("%Y%m%d_%H%M%S")
        .to_string()
}

/// Eight random hexadecimal digits.
pub fn suffix() -> String {
    format!("{:08x}", rand::random::<u32>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_say_what_and_when() {
        let id = new_id(OperationType::DataLoad, 1_759_588_530_000);
        let (start, random) = id.rsplit_once('_').unwrap();
        assert_eq!(start, "op_data_load_20251004_143530");
        assert!(
            random.len() == 8 && random.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{random}"
        );
    }
}
