//! Every indicator there is.

use super::directional::{directional, stochastic, volume_ratio};
use super::formulas::{atr, bollinger, change, ema, macd, rsi, sma, volatility};
use super::registry::{Category, Indicator, Output, Parameter, Unit};

/// The indicator of a name.
pub fn find(name: &str) -> Option<&'static Indicator> {
    INDICATORS.iter().find(|indicator| indicator.name == name)
}

/// Every indicator.
pub static INDICATORS: [Indicator; 11] = [
    Indicator {
        name: "rsi",
        title: "Relative strength index",
        category: Category::Momentum,
        description: "Share of the upward moves among all moves (Wilder). Above 70 is called overbought, below 30 oversold.",
        needs: &["close"],
        parameters: &[period(14)],
        ascending: None,
        outputs: &[percent("rsi", "The index; 50 where nothing moved.")],
        warm_up: |p| p.whole("period"),
        compute: |bars, p| vec![rsi(&bars.closes, p.whole("period"))],
    },
    Indicator {
        name: "stochastic",
        title: "Stochastic oscillator",
        category: Category::Momentum,
        description: "Place of the close between the lowest low and the highest high of the period.",
        needs: &["high", "low", "close"],
        parameters: &[
            period(14),
            whole(
                "smoothing",
                "Values that `k` is averaged over; 1 for the fast oscillator.",
                3,
                1,
                50,
            ),
            whole(
                "signal",
                "Values of `k` that `d` is averaged over.",
                3,
                1,
                50,
            ),
        ],
        ascending: None,
        outputs: &[
            percent("k", "The place, averaged; 50 where nothing moved."),
            percent("d", "Average of `k`."),
        ],
        warm_up: |p| p.whole("period") + p.whole("smoothing") + p.whole("signal") - 3,
        compute: |bars, p| {
            let (period, smoothing, signal) =
                (p.whole("period"), p.whole("smoothing"), p.whole("signal"));
            let lines = stochastic(
                &bars.highs,
                &bars.lows,
                &bars.closes,
                period,
                smoothing,
                signal,
            );
            vec![lines.k, lines.d]
        },
    },
    Indicator {
        name: "change",
        title: "Rate of change",
        category: Category::Momentum,
        description: "Relative change of the close against the one `period` bars before; 0.01 is one percent.",
        needs: &["close"],
        parameters: &[whole("period", "Distance in bars.", 1, 1, 500)],
        ascending: None,
        outputs: &[Output {
            minimum: Some(-1.0),
            ..number("change", "The relative change.")
        }],
        warm_up: |p| p.whole("period"),
        compute: |bars, p| vec![change(&bars.closes, p.whole("period"))],
    },
    Indicator {
        name: "sma",
        title: "Simple moving average",
        category: Category::Trend,
        description: "Mean of the last closes.",
        needs: &["close"],
        parameters: &[period(20)],
        ascending: None,
        outputs: &[price("sma", "The average.")],
        warm_up: |p| p.whole("period") - 1,
        compute: |bars, p| vec![sma(&bars.closes, p.whole("period"))],
    },
    Indicator {
        name: "ema",
        title: "Exponential moving average",
        category: Category::Trend,
        description: "Mean of all closes, the latest ones weighing most: each has the weight 2 / (period + 1).",
        needs: &["close"],
        parameters: &[period(12)],
        ascending: None,
        outputs: &[price("ema", "The average.")],
        warm_up: |p| p.whole("period") - 1,
        compute: |bars, p| vec![ema(&bars.closes, p.whole("period"))],
    },
    Indicator {
        name: "macd",
        title: "Moving average convergence divergence",
        category: Category::Trend,
        description: "Distance of a fast exponential average from a slow one, and from its own average.",
        needs: &["close"],
        parameters: &[
            whole(
                "fast",
                "Period of the fast average; less than `slow`.",
                12,
                2,
                500,
            ),
            whole("slow", "Period of the slow average.", 26, 3, 500),
            whole(
                "signal",
                "Period of the average of the distance.",
                9,
                2,
                500,
            ),
        ],
        ascending: Some(("fast", "slow")),
        outputs: &[
            difference("histogram", "The distance less its average."),
            difference("line", "The distance of the averages."),
            difference("signal", "Average of that distance."),
        ],
        warm_up: |p| p.whole("slow") + p.whole("signal") - 2,
        compute: |bars, p| {
            let lines = macd(
                &bars.closes,
                p.whole("fast"),
                p.whole("slow"),
                p.whole("signal"),
            );
            vec![lines.histogram, lines.line, lines.signal]
        },
    },
    Indicator {
        name: "adx",
        title: "Average directional index",
        category: Category::Trend,
        description: "How strong the trend is, whichever way it goes (Wilder). Above 25 is called a trend.",
        needs: &["high", "low", "close"],
        parameters: &[period(14)],
        ascending: None,
        outputs: &[
            percent("adx", "Strength of the trend."),
            percent("plus_di", "Share of the ways that went up."),
            percent("minus_di", "Share of the ways that went down."),
        ],
        warm_up: |p| 2 * p.whole("period") - 1,
        compute: |bars, p| {
            let lines = directional(&bars.highs, &bars.lows, &bars.closes, p.whole("period"));
            vec![lines.adx, lines.plus, lines.minus]
        },
    },
    Indicator {
        name: "bollinger",
        title: "Bollinger bands",
        category: Category::Volatility,
        description: "A moving average with a band of standard deviations on either side.",
        needs: &["close"],
        parameters: &[
            period(20),
            Parameter {
                name: "width",
                description: "Half the width of the band in standard deviations.",
                whole: false,
                default: 2.0,
                minimum: 0.1,
                maximum: 10.0,
            },
        ],
        ascending: None,
        outputs: &[
            number(
                "position",
                "Place of the close: 0 on the lower band, 1 on the upper one, 0.5 where they meet.",
            ),
            price("upper", "The upper band."),
            price("middle", "The average."),
            price("lower", "The lower band."),
        ],
        warm_up: |p| p.whole("period") - 1,
        compute: |bars, p| {
            let lines = bollinger(&bars.closes, p.whole("period"), p.number("width"));
            vec![lines.position, lines.upper, lines.middle, lines.lower]
        },
    },
    Indicator {
        name: "atr",
        title: "Average true range",
        category: Category::Volatility,
        description: "Mean way that the price goes in a bar, gaps before it included (Wilder).",
        needs: &["high", "low", "close"],
        parameters: &[period(14)],
        ascending: None,
        outputs: &[Output {
            minimum: Some(0.0),
            ..difference("atr", "The mean way.")
        }],
        warm_up: |p| p.whole("period"),
        compute: |bars, p| {
            vec![atr(
                &bars.highs,
                &bars.lows,
                &bars.closes,
                p.whole("period"),
            )]
        },
    },
    Indicator {
        name: "volatility",
        title: "Volatility",
        category: Category::Volatility,
        description: "Standard deviation of the relative changes from close to close.",
        needs: &["close"],
        parameters: &[period(20)],
        ascending: None,
        outputs: &[Output {
            minimum: Some(0.0),
            ..number("volatility", "The deviation; 0.01 is one percent a bar.")
        }],
        warm_up: |p| p.whole("period"),
        compute: |bars, p| vec![volatility(&bars.closes, p.whole("period"))],
    },
    Indicator {
        name: "volume_ratio",
        title: "Volume ratio",
        category: Category::Volume,
        description: "Volume of the bar as a multiple of the mean volume; 1 is as usual.",
        needs: &["volume"],
        parameters: &[period(20)],
        ascending: None,
        outputs: &[Output {
            minimum: Some(0.0),
            ..number(
                "volume_ratio",
                "The multiple; none where nothing was traded in the whole period.",
            )
        }],
        warm_up: |p| p.whole("period") - 1,
        compute: |bars, p| vec![volume_ratio(&bars.volumes, p.whole("period"))],
    },
];

const fn period(default: u32) -> Parameter {
    whole("period", "Bars to look back.", default, 2, 500)
}

const fn whole(
    name: &'static str,
    description: &'static str,
    default: u32,
    minimum: u32,
    maximum: u32,
) -> Parameter {
    Parameter {
        name,
        description,
        whole: true,
        default: default as f64,
        minimum: minimum as f64,
        maximum: maximum as f64,
    }
}

const fn output(name: &'static str, description: &'static str, unit: Unit) -> Output {
    Output {
        name,
        description,
        unit,
        minimum: None,
        maximum: None,
    }
}

const fn price(name: &'static str, description: &'static str) -> Output {
    output(name, description, Unit::Price)
}

const fn difference(name: &'static str, description: &'static str) -> Output {
    output(name, description, Unit::PriceDifference)
}

const fn number(name: &'static str, description: &'static str) -> Output {
    output(name, description, Unit::Number)
}

const fn percent(name: &'static str, description: &'static str) -> Output {
    Output {
        minimum: Some(0.0),
        maximum: Some(100.0),
        ..number(name, description)
    }
}

#[cfg(test)]
#[path = "list_tests.rs"]
mod tests;
