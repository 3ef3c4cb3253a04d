//! What several requests have in common.

use toolwright_runtime::Nullable;

use super::failure::Failure;
use crate::contract::Problem;
use crate::ktrdr::store::search::Question;
use crate::time;

/// The words of the query parameter `q`.
pub(super) fn words(q: Option<String>) -> Result<Option<Question>, Failure> {
    let Some(text) = q else { return Ok(None) };
    let question = Question::of(&text).ok_or_else(|| {
        let message = "String should have a letter or a digit to look for";
        Problem::new(["query", "q"], message, "value_error")
    })?;
    Ok(Some(question))
}

/// A range of time, both ends included; an end that is not asked for is absent.
pub(crate) type Range = (Option<i64>, Option<i64>);

/// Reads the dates of a range, which stand in the `query` or the `body`.
pub(crate) fn range(
    place: &str,
    start: Option<&String>,
    end: Option<&String>,
) -> Result<Range, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut read = |name, text: Option<&String>, parse: fn(&str) -> Option<i64>| {
        let time = text.and_then(|text| parse(text));
        if let (Some(_), None) = (text, time) {
            let message = "Input should be a valid date or datetime, for example 2024-01-01 or 2024-01-01T14:30:00Z";
            problems.push(Problem::new(
                [place, name],
                message,
                "datetime_from_date_parsing",
            ));
        }
        time
    };
    let range = (
        read("start_date", start, time::parse),
        read("end_date", end, time::parse_end),
    );
    if let (Some(start), Some(end)) = range
        && start > end
    {
        problems.push(Problem::new(
            [place, "end_date"],
            "end_date should not be before start_date",
            "value_error",
        ));
    }
    if problems.is_empty() {
        Ok(range)
    } else {
        Err(problems)
    }
}

/// [`range`] of a body's properties.
pub(super) fn body_range(
    start: &Nullable<String>,
    end: &Nullable<String>,
) -> Result<Range, Failure> {
    Ok(range("body", start.value(), end.value())?)
}
