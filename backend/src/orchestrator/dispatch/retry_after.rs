//! `Retry-After` (RFC 9110, section 10.2.3): seconds or a date.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// The wait where a service does not say how long.
pub(super) const DEFAULT: Duration = Duration::from_secs(1);
/// A service that says "at once" is not asked in a circle.
const SHORTEST: Duration = Duration::from_millis(250);
/// A service that says "in a day" may have a place much earlier.
const LONGEST: Duration = Duration::from_secs(60);

/// How long to wait, within bounds; nothing if it is neither.
pub(super) fn parse(value: &str) -> Option<Duration> {
    let wait = match value.trim().parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => DateTime::parse_from_rfc2822(value)
            .ok()?
            .signed_duration_since(Utc::now())
            .to_std()
            .unwrap_or_default(),
    };
    Some(wait.clamp(SHORTEST, LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_or_a_date_within_bounds() {
        let soon = (Utc::now() + chrono::TimeDelta::seconds(30))
            .format("%a, %d %b %Y %H:%M:%S GMT")
            .to_string();
        let wait = parse(&soon).unwrap();
        assert!(
            wait > Duration::from_secs(20) && wait <= Duration::from_secs(30),
            "{wait:?}"
        );
        for (value, expected) in [
            ("2", Some(Duration::from_secs(2))),
            (" 0 ", Some(SHORTEST)),
            ("86400", Some(LONGEST)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(SHORTEST)),
            ("-1", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(parse(value), expected, "{value:?}");
        }
    }
}
