//! Generated bars: a random walk per symbol, the same on every machine and in every run.
//!
//! The walk is Lévy's construction of Brownian motion: the value at the middle of a stretch is the
//! mean of its ends plus a random part, drawn from a hash of the symbol and the place. So the price
//! at any minute is found without walking there, and bars of all timeframes show the same market.
//! It trades on weekdays around the clock.

use chrono::{DateTime, Datelike, Utc, Weekday};

use crate::ktrdr::kinds::{Timeframe, interval};
use crate::ktrdr::store::bars::Bar;

/// The walk begins on a Monday, 2000-01-03.
pub const BEGIN: i64 = 946_857_600_000;
const MINUTE: i64 = 60_000;
/// Minutes of the walk: more than a century.
const LENGTH: i64 = 1 << 26;
/// Standard deviation of the logarithm of the price after a day.
const DAILY: f64 = 0.015;

/// Start of the first bar that does not start before a time.
pub fn align_up(time: i64, timeframe: Timeframe) -> i64 {
    let step = interval(timeframe);
    let time = time.clamp(BEGIN, end());
    BEGIN + (time - BEGIN + step - 1) / step * step
}

/// Start of the last bar that is over at a time.
pub fn last_complete(time: i64, timeframe: Timeframe) -> i64 {
    let step = interval(timeframe);
    BEGIN + (time.min(end()) - BEGIN).div_euclid(step) * step - step
}

/// Starts of the bars of a range, both ends included.
pub fn times(from: i64, to: i64, timeframe: Timeframe) -> impl Iterator<Item = i64> {
    let step = interval(timeframe);
    let first = align_up(from, timeframe);
    (0..)
        .map(move |n| first + n * step)
        .take_while(move |time| *time <= to.min(end() - step))
        .filter(|time| is_open(*time))
}

/// The bar of a symbol that starts at a time.
pub fn bar(symbol: &str, timeframe: Timeframe, time: i64) -> Bar {
    let seed = seed(symbol);
    let start = (time - BEGIN) / MINUTE;
    let minutes = interval(timeframe) / MINUTE;
    let price = |minute| price(seed, minute);
    let (open, close) = (price(start), price(start + minutes));
    let (mut high, mut low) = (open.max(close), open.min(close));
    for quarter in 1..4 {
        let inner = price(start + minutes * quarter / 4);
        high = high.max(inner);
        low = low.min(inner);
    }
    let traded = 1000.0 * minutes as f64 * (0.5 + unit(mix(seed ^ mix(start as u64))));
    Bar {
        time,
        open,
        high,
        low,
        close,
        volume: traded.round(),
    }
}

fn end() -> i64 {
    BEGIN + LENGTH * MINUTE
}

fn is_open(time: i64) -> bool {
    DateTime::<Utc>::from_timestamp_millis(time)
        .is_some_and(|time| !matches!(time.weekday(), Weekday::Sat | Weekday::Sun))
}

fn price(seed: u64, minute: i64) -> f64 {
    let first = 20.0 + 180.0 * unit(mix(seed));
    let per_minute = DAILY / 1440_f64.sqrt();
    (first * (per_minute * walk(seed, minute)).exp() * 10_000.0).round() / 10_000.0
}

/// Brownian motion with variance 1 a step, 0 at 0.
fn walk(seed: u64, at: i64) -> f64 {
    let (mut left, mut right) = (0, LENGTH);
    let (mut low, mut high) = (0.0, normal(seed, LENGTH) * (LENGTH as f64).sqrt());
    while at != left && at != right {
        let middle = (left + right) / 2;
        let value =
            (low + high) / 2.0 + normal(seed, middle) * ((right - left) as f64 / 4.0).sqrt();
        if at < middle {
            (right, high) = (middle, value);
        } else {
            (left, low) = (middle, value);
        }
    }
    if at == left { low } else { high }
}

/// A sum of four uniform numbers: near enough to normal, and of exact arithmetic everywhere.
fn normal(seed: u64, place: i64) -> f64 {
    let bits = mix(seed ^ mix(place as u64));
    let sum: u32 = (0..4).map(|n| (bits >> (16 * n)) as u32 & 0xffff).sum();
    (f64::from(sum) / 65_536.0 - 2.0) * 3_f64.sqrt()
}

fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

fn seed(symbol: &str) -> u64 {
    symbol.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        mix(hash ^ u64::from(byte))
    })
}

/// The finaliser of SplitMix64.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{format, parse};

    #[test]
    fn a_bar_is_the_same_every_time_and_differs_between_symbols() {
        let time = parse("2024-05-06T10:00:00Z").unwrap();
        assert_eq!(
            bar("AAPL", Timeframe::V1h, time),
            bar("AAPL", Timeframe::V1h, time)
        );
        assert_ne!(
            bar("AAPL", Timeframe::V1h, time).open,
            bar("MSFT", Timeframe::V1h, time).open
        );
    }

    #[test]
    fn bars_join_and_timeframes_agree() {
        let monday = parse("2024-05-06").unwrap();
        let bars: Vec<Bar> = times(monday, monday + 23 * 3_600_000, Timeframe::V1h)
            .map(|time| bar("AAPL", Timeframe::V1h, time))
            .collect();
        assert_eq!(bars.len(), 24);
        for pair in bars.windows(2) {
            assert_eq!(pair[0].close, pair[1].open);
        }
        let day = bar("AAPL", Timeframe::V1d, monday);
        assert_eq!((day.open, day.close), (bars[0].open, bars[23].close));
        for bar in bars {
            assert!(
                0.0 < bar.low
                    && bar.low <= bar.open.min(bar.close)
                    && bar.open.max(bar.close) <= bar.high
            );
            assert!(bar.volume > 0.0);
        }
    }

    #[test]
    fn it_moves_like_a_random_walk() {
        let begin = parse("2020-01-01").unwrap();
        let returns: Vec<f64> = times(begin, begin + 500 * 86_400_000, Timeframe::V1d)
            .map(|time| bar("TEST", Timeframe::V1d, time))
            .map(|bar| (bar.close / bar.open).ln())
            .collect();
        let deviation = (returns.iter().map(|r| r * r).sum::<f64>() / returns.len() as f64).sqrt();
        assert!((0.012..0.018).contains(&deviation), "{deviation}");
    }

    #[test]
    fn times_are_aligned_complete_and_on_weekdays() {
        let friday = parse("2024-05-03T21:30:00Z").unwrap();
        let texts: Vec<String> = times(friday, friday + 60 * 3_600_000, Timeframe::V1h)
            .map(format)
            .collect();
        assert_eq!(texts.first().unwrap(), "2024-05-03T22:00:00Z");
        assert_eq!(texts[2], "2024-05-06T00:00:00Z");
        assert_eq!(
            format(last_complete(friday, Timeframe::V1h)),
            "2024-05-03T20:00:00Z"
        );
        assert_eq!(
            format(last_complete(friday, Timeframe::V1w)),
            "2024-04-22T00:00:00Z"
        );
        assert_eq!(times(i64::MIN, BEGIN - 1, Timeframe::V1d).count(), 0);
        assert_eq!(times(end() - 1, i64::MAX, Timeframe::V1d).count(), 0);
    }
}
