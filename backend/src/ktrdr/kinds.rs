//! Words of the API that every layer uses: types and states of operations and experiments,
//! timeframes, load modes, positions, categories of insights. The types are those generated from
//! the document.

pub use crate::db::from_word;
pub use ktrdr_mcp::models::{
    AverageKind, ExitReason, ExperimentStatus, InsightCategory, LoadMode, OperationStatus,
    OperationType, PatternKind, Position, Timeframe,
};

/// Length of a bar in milliseconds.
pub fn interval(timeframe: Timeframe) -> i64 {
    const MINUTE: i64 = 60_000;
    match timeframe {
        Timeframe::V1m => MINUTE,
        Timeframe::V5m => 5 * MINUTE,
        Timeframe::V15m => 15 * MINUTE,
        Timeframe::V30m => 30 * MINUTE,
        Timeframe::V1h => 60 * MINUTE,
        Timeframe::V4h => 240 * MINUTE,
        Timeframe::V1d => 1440 * MINUTE,
        Timeframe::V1w => 7 * 1440 * MINUTE,
    }
}

/// Whether an operation in this state has not ended.
pub fn is_active(status: OperationStatus) -> bool {
    matches!(status, OperationStatus::Pending | OperationStatus::Running)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_values_match() {
        for timeframe in Timeframe::ALL {
            assert_eq!(from_word::<Timeframe>(timeframe.as_str()), Some(*timeframe));
        }
        assert_eq!(
            from_word::<OperationStatus>("cancelled"),
            Some(OperationStatus::Cancelled)
        );
        assert_eq!(
            from_word::<OperationType>("data_load"),
            Some(OperationType::DataLoad)
        );
        assert_eq!(from_word::<LoadMode>("Full"), None);
    }
}
