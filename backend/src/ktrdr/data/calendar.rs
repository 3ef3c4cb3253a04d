//! US trading hours, in New York's time with its daylight saving rule of 2007.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc, Weekday};

use crate::ktrdr::kinds::{Timeframe, interval};

/// Whether a bar starts in regular hours (9:30 to 16:00), or with `extended` from 4:00 to 20:00, on
/// a weekday. Bars of a day or longer only have to start on a weekday. Holidays count as weekdays.
pub fn is_trading(time: i64, timeframe: Timeframe, extended: bool) -> bool {
    let Some(utc) = DateTime::<Utc>::from_timestamp_millis(time) else {
        return false;
    };
    if interval(timeframe) >= interval(Timeframe::V1d) {
        return is_weekday(utc.weekday());
    }
    let hours = if daylight_saving(utc) { -4 } else { -5 };
    let local = utc + TimeDelta::hours(hours);
    let minute = local.hour() * 60 + local.minute();
    let open = if extended {
        4 * 60..20 * 60
    } else {
        9 * 60 + 30..16 * 60
    };
    is_weekday(local.weekday()) && open.contains(&minute)
}

/// From the second Sunday of March, 2:00, to the first Sunday of November, 2:00.
fn daylight_saving(utc: DateTime<Utc>) -> bool {
    let sunday =
        |month, nth| NaiveDate::from_weekday_of_month_opt(utc.year(), month, Weekday::Sun, nth);
    let (Some(march), Some(november)) = (sunday(3, 2), sunday(11, 1)) else {
        return false;
    };
    let at = |day: NaiveDate, hour| day.and_hms_opt(hour, 0, 0).map(|time| time.and_utc());
    at(march, 7).is_some_and(|begin| begin <= utc) && at(november, 6).is_some_and(|end| utc < end)
}

fn is_weekday(day: Weekday) -> bool {
    !matches!(day, Weekday::Sat | Weekday::Sun)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::parse;

    #[track_caller]
    fn check(time: &str, regular: bool, extended: bool) {
        let time = parse(time).unwrap();
        assert_eq!(is_trading(time, Timeframe::V30m, false), regular);
        assert_eq!(is_trading(time, Timeframe::V30m, true), extended);
    }

    #[test]
    fn winter_is_five_hours_behind() {
        check("2024-01-03T14:29:00Z", false, true);
        check("2024-01-03T14:30:00Z", true, true);
        check("2024-01-03T20:59:00Z", true, true);
        check("2024-01-03T21:00:00Z", false, true);
        check("2024-01-04T01:00:00Z", false, false);
    }

    #[test]
    fn summer_is_four_hours_behind() {
        check("2024-07-03T13:30:00Z", true, true);
        check("2024-07-03T20:00:00Z", false, true);
        check("2024-07-03T08:00:00Z", false, true);
        check("2024-07-03T07:59:00Z", false, false);
        // The Monday after the change in March and the one after that in November.
        check("2024-03-11T13:30:00Z", true, true);
        check("2024-11-04T13:30:00Z", false, true);
    }

    #[test]
    fn weekends_are_closed() {
        check("2024-01-06T15:00:00Z", false, false);
        assert!(!is_trading(
            parse("2024-01-06").unwrap(),
            Timeframe::V1d,
            true
        ));
        assert!(is_trading(
            parse("2024-01-05").unwrap(),
            Timeframe::V1d,
            false
        ));
    }
}
