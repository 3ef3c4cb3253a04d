//! Times: stored as milliseconds since 1970 (UTC), spoken as RFC 3339, read as a day or a time.

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, TimeDelta, Utc};

/// A time as the API writes it, for example `2025-10-04T14:35:30Z`; milliseconds only if there are any.
pub fn format(millis: i64) -> String {
    let precision = if millis % 1000 == 0 {
        SecondsFormat::Secs
    } else {
        SecondsFormat::Millis
    };
    match DateTime::from_timestamp_millis(millis) {
        Some(time) => time.to_rfc3339_opts(precision, true),
        None => millis.to_string(),
    }
}

/// The current time.
pub fn now() -> i64 {
    Utc::now().timestamp_millis()
}

/// Reads a day (`2024-01-01`, its start) or a time (`2024-01-01T14:30:00Z`; without an offset, UTC).
pub fn parse(text: &str) -> Option<i64> {
    match read(text)? {
        Read::Day(day) => Some(day),
        Read::Time(time) => Some(time),
    }
}

/// Reads the end of a range, which is included: for a day, that is its last millisecond.
pub fn parse_end(text: &str) -> Option<i64> {
    match read(text)? {
        Read::Day(day) => Some(day + TimeDelta::days(1).num_milliseconds() - 1),
        Read::Time(time) => Some(time),
    }
}

enum Read {
    Day(i64),
    Time(i64),
}

fn read(text: &str) -> Option<Read> {
    let text = text.trim();
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some(Read::Day(
            day.and_time(Default::default())
                .and_utc()
                .timestamp_millis(),
        ));
    }
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(Read::Time(time.timestamp_millis()));
    }
    [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
    ]
    .iter()
    .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
    .map(|time| Read::Time(time.and_utc().timestamp_millis()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_are_read_as_utc() {
        let day = parse("2024-01-01").unwrap();
        assert_eq!(format(day), "2024-01-01T00:00:00Z");
        assert_eq!(parse("2024-01-01T02:00:00+02:00"), Some(day));
        assert_eq!(parse("2024-01-01 00:00:00"), Some(day));
        assert_eq!(parse("2024-01-01T00:00"), Some(day));
        assert_eq!(format(day + 5), "2024-01-01T00:00:00.005Z");
    }

    #[test]
    fn the_end_of_a_range_includes_its_day() {
        assert_eq!(
            format(parse_end("2024-02-29").unwrap()),
            "2024-02-29T23:59:59.999Z"
        );
        assert_eq!(
            parse_end("2024-02-29T12:00:00Z"),
            parse("2024-02-29T12:00:00Z")
        );
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "yesterday",
            "2024-13-01",
            "2023-02-29",
            "20240101",
            "2024-01-01T25:00:00Z",
            "-1",
            "٢٠٢٤-٠١-٠١",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
