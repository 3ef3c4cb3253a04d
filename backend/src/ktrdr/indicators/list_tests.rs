use serde_json::{Map, Value};

use super::*;
use crate::ktrdr::indicators::Columns;

/// Bars that swing without a pattern.
fn bars(count: usize) -> Columns {
    let mut bars = Columns::default();
    for n in 0..count {
        let close = 100.0 + ((n * 37) % 23) as f64 + n as f64 * 0.25;
        bars.closes.push(close);
        bars.highs.push(close + ((n * 13) % 7) as f64 / 2.0 + 0.5);
        bars.lows.push(close - ((n * 11) % 5) as f64 / 2.0 - 0.25);
        bars.volumes.push(1000.0 + ((n * 29) % 17) as f64 * 100.0);
    }
    bars
}

/// Worked out by a separate program with other methods: Wilder's sums instead of averages,
/// exponential averages as a closed sum over their weights.
#[test]
fn values_are_those_computed_independently() {
    let bars = bars(60);
    for (name, output, at, expect) in [
        ("rsi", "rsi", 59, 54.6346540570238),
        ("stochastic", "k", 17, 48.226950354609926),
        ("stochastic", "d", 17, 52.888521655305375),
        ("stochastic", "k", 59, 71.88378631677601),
        ("stochastic", "d", 59, 57.98188066229303),
        ("sma", "sma", 59, 123.425),
        ("ema", "ema", 59, 125.21303846700962),
        ("macd", "line", 33, 1.1909053347870753),
        ("macd", "signal", 33, 1.44315149529809),
        ("macd", "histogram", 33, -0.25224616051101467),
        ("macd", "histogram", 59, 0.6177565500524789),
        ("adx", "plus_di", 14, 49.72222222222222),
        ("adx", "minus_di", 14, 38.333333333333336),
        ("adx", "adx", 27, 9.356516314816322),
        ("adx", "adx", 59, 6.278627389466476),
        ("adx", "minus_di", 59, 38.742637062594774),
        ("bollinger", "position", 59, 0.9430673615681502),
        ("bollinger", "upper", 59, 137.33372028620894),
        ("bollinger", "middle", 59, 123.425),
        ("bollinger", "lower", 59, 109.51627971379106),
        ("atr", "atr", 59, 12.625398749481244),
        ("volatility", "volatility", 59, 0.09371660949116423),
        ("volume_ratio", "volume_ratio", 19, 0.9577464788732394),
        ("volume_ratio", "volume_ratio", 59, 1.1444141689373297),
    ] {
        let indicator = find(name).unwrap();
        let series = indicator.over(&bars, &indicator.parameters(&Map::new()));
        let series = series
            .iter()
            .find(|series| series.output.name == output)
            .unwrap();
        let value = series.values[at].unwrap();
        assert!(
            (value - expect).abs() < 1e-9,
            "{name}.{output}[{at}]: {value} is not {expect}"
        );
    }
    let change = find("change").unwrap();
    let five = change.parameters(
        &[("period".to_owned(), Value::from(5))]
            .into_iter()
            .collect(),
    );
    let value = change.over(&bars, &five)[0].values[59].unwrap();
    assert!((value - 0.016853932584269593).abs() < 1e-12, "{value}");
}

/// Every indicator with its defaults, and with every parameter at its lowest value.
fn cases() -> impl Iterator<Item = (&'static Indicator, crate::ktrdr::indicators::Parameters)> {
    INDICATORS.iter().flat_map(|indicator| {
        let lowest = indicator
            .parameters
            .iter()
            .map(|parameter| {
                (
                    parameter.name.to_owned(),
                    super::super::registry::json(parameter.minimum),
                )
            })
            .collect();
        [Map::new(), lowest].map(|given| (indicator, indicator.parameters(&given)))
    })
}

#[test]
fn every_output_begins_within_the_warm_up_and_one_at_its_end() {
    let bars = bars(120);
    for (indicator, parameters) in cases() {
        let warm_up = indicator.warm_up(&parameters);
        let outputs = indicator.over(&bars, &parameters);
        assert_eq!(outputs.len(), indicator.outputs.len());
        let first = |series: &crate::ktrdr::indicators::Series| {
            assert_eq!(series.values.len(), 120);
            series.values.iter().position(Option::is_some).unwrap()
        };
        let last = outputs.iter().map(first).max().unwrap();
        assert_eq!(last, warm_up, "{indicator:?} {parameters:?}");
        assert!(
            outputs
                .iter()
                .all(|series| series.values[warm_up..].iter().all(Option::is_some)),
            "{indicator:?}"
        );
    }
}

#[test]
fn values_lie_within_the_range_told() {
    let bars = bars(120);
    for (indicator, parameters) in cases() {
        for series in indicator.over(&bars, &parameters) {
            let output = series.output;
            for value in series.relative(&bars).into_iter().flatten() {
                assert!(
                    output.minimum.is_none_or(|minimum| value >= minimum),
                    "{output:?}: {value}"
                );
                assert!(
                    output.maximum.is_none_or(|maximum| value <= maximum),
                    "{output:?}: {value}"
                );
            }
        }
    }
}

#[test]
fn no_value_depends_on_later_bars_or_on_how_many_there_are() {
    let whole = bars(70);
    for (indicator, parameters) in cases() {
        let all = indicator.over(&whole, &parameters);
        for end in 0..70 {
            for (part, all) in indicator.over(&bars(end), &parameters).iter().zip(&all) {
                assert_eq!(
                    part.values.as_slice(),
                    &all.values[..end],
                    "{indicator:?} of {end} bars"
                );
            }
        }
    }
}

#[test]
fn a_strategy_sees_values_free_of_the_price_level() {
    let (low, mut high) = (bars(80), bars(80));
    for column in [&mut high.closes, &mut high.highs, &mut high.lows] {
        column.iter_mut().for_each(|price| *price *= 1000.0);
    }
    for (indicator, parameters) in cases() {
        let of = |bars: &Columns| {
            indicator
                .over(bars, &parameters)
                .into_iter()
                .map(|series| series.relative(bars)[79].unwrap())
                .collect::<Vec<f64>>()
        };
        for (low, high) in of(&low).into_iter().zip(of(&high)) {
            assert!((low - high).abs() < 1e-9, "{indicator:?}: {low} {high}");
        }
    }
}

#[test]
fn parameters_have_defaults_and_an_order() {
    let macd = find("macd").unwrap();
    let given = [("slow".to_owned(), Value::from(10.0))]
        .into_iter()
        .collect();
    let parameters = macd.parameters(&given);
    assert_eq!(
        Value::from(parameters.values().clone()).to_string(),
        r#"{"fast":12,"slow":10,"signal":9}"#
    );
    assert_eq!(
        macd.disorder(&parameters),
        Some(("fast", "`fast` has to be less than `slow`, 10".to_owned()))
    );
    assert_eq!(macd.disorder(&macd.parameters(&Map::new())), None);
    assert!(find("RSI").is_none());
}
