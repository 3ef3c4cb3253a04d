//! A backtest reckoned a second time, with bars and the rules that the document states and none of
//! the backend's code: a book of money and shares that moved, from which every figure is added up.

use serde_json::Value;

/// What may be between two ways to reckon the same.
const NEAR: f64 = 1e-9;

/// A bar, as far as fills need it.
#[derive(Debug)]
pub(crate) struct Bar {
    time: String,
    open: f64,
    close: f64,
}

/// The bars that `get_market_data` gave.
pub(crate) fn bars(data: &Value) -> Vec<Bar> {
    let rows = data["ohlcv"].as_array().expect("bars");
    let dates = data["dates"].as_array().expect("dates");
    assert_eq!(dates.len(), rows.len());
    let bar = |(date, row): (&Value, &Value)| Bar {
        time: date.as_str().expect("a date").to_owned(),
        open: number(&row[0]),
        close: number(&row[3]),
    };
    dates.iter().zip(rows).map(bar).collect()
}

/// A position from the open of the first bar it was held in up to the open of `sold`, or up to the
/// last close.
#[derive(Debug, PartialEq)]
pub(crate) struct Stay {
    short: bool,
    bought: usize,
    sold: Option<usize>,
}

/// The positions that a backtest says it held.
pub(crate) fn told(details: &Value, bars: &[Bar]) -> Vec<Stay> {
    let bar = |time: &Value| bars.iter().position(|bar| *time == *bar.time);
    let trades = details["trades"].as_array().expect("trades");
    let stay = |trade: &Value| Stay {
        short: trade["side"] == "short",
        bought: bar(&trade["entry_time"]).expect("a bar at the entry"),
        sold: (trade["exit_reason"] != "end")
            .then(|| bar(&trade["exit_time"]).expect("a bar at the exit")),
    };
    trades.iter().map(stay).collect()
}

/// The positions of a crossover of simple averages: held from the open after a close at which the
/// fast one is above the slow one, to the open after one at which it is below.
pub(crate) fn crossover(bars: &[Bar], fast: usize, slow: usize) -> Vec<Stay> {
    let mean = |last: usize, count: usize| {
        let closes = &bars[last + 1 - count..=last];
        closes.iter().map(|bar| bar.close).sum::<f64>() / count as f64
    };
    let mut stays = Vec::new();
    let mut bought = None;
    for next in slow..bars.len() {
        let distance = mean(next - 1, fast) - mean(next - 1, slow);
        if distance > 0.0 && bought.is_none() {
            bought = Some(next);
        } else if distance < 0.0
            && let Some(bought) = bought.take()
        {
            let sold = Some(next);
            stays.push(Stay {
                short: false,
                bought,
                sold,
            });
        }
    }
    stays.extend(bought.map(|bought| Stay {
        short: false,
        bought,
        sold: None,
    }));
    stays
}

/// Money and shares that moved in a bar.
#[derive(Debug)]
struct Entry {
    bar: usize,
    money: f64,
    shares: f64,
}

/// Holds the figures, the trades and the equity curve of a backtest against a book of what it
/// should have done.
///
/// # Panics
/// If anything differs.
pub(crate) fn confirm(details: &Value, bars: &[Bar], stays: &[Stay]) {
    let settings = &details["settings"];
    let capital = number(&settings["initial_capital"]);
    let (fee, slip) = (
        number(&settings["commission"]),
        number(&settings["slippage"]),
    );
    let mut book: Vec<Entry> = Vec::new();
    let mut profits = Vec::new();
    for (stay, trade) in stays
        .iter()
        .zip(details["trades"].as_array().expect("trades"))
    {
        let sign = if stay.short { -1.0 } else { 1.0 };
        let last = bars.len() - 1;
        let (out, price) = match stay.sold {
            Some(bar) => (bar, bars[bar].open),
            None => (last, bars[last].close),
        };
        // Buying is dearer than the open and selling cheaper, whichever comes first.
        let entry = bars[stay.bought].open * (1.0 + sign * slip);
        let exit = price * (1.0 - sign * slip);
        let cash = capital + book.iter().map(|entry| entry.money).sum::<f64>();
        let shares = cash * number(&settings["position_size"]) / (entry + entry * fee);
        let paid = -sign * shares * entry - shares * entry * fee;
        let got = sign * shares * exit - shares * exit * fee;
        book.push(Entry {
            bar: stay.bought,
            money: paid,
            shares: sign * shares,
        });
        book.push(Entry {
            bar: out,
            money: got,
            shares: -sign * shares,
        });
        profits.push(paid + got);
        let what = format!("trade {}", trade["number"]);
        near(&trade["entry_price"], entry, &what);
        near(&trade["exit_price"], exit, &what);
        near(&trade["quantity"], shares, &what);
        near(&trade["pnl"], paid + got, &what);
    }
    let equity = |bar: usize| {
        let so_far = book.iter().filter(|entry| entry.bar <= bar);
        let (money, shares) = so_far.fold((0.0, 0.0), |(money, shares), entry| {
            (money + entry.money, shares + entry.shares)
        });
        capital + money + shares * bars[bar].close
    };
    let equity: Vec<f64> = (0..bars.len()).map(equity).collect();
    let curve = details["equity_curve"].as_array().expect("a curve");
    assert!(curve.len() >= bars.len().min(50), "{} points", curve.len());
    for point in curve {
        let bar = bars.iter().position(|bar| point["time"] == *bar.time);
        let bar = bar.expect("the bar of a point");
        near(&point["equity"], equity[bar], &bars[bar].time);
    }

    let metrics = &details["metrics"];
    let figure = |name: &str, expected| near(&metrics[name], expected, name);
    let won = profits.iter().filter(|profit| **profit > 0.0).count();
    assert_eq!(metrics["total_trades"], stays.len(), "{metrics}");
    assert_eq!(metrics["winning_trades"], won, "{metrics}");
    figure("win_rate", won as f64 / profits.len() as f64);
    figure("final_value", equity[bars.len() - 1]);
    figure("total_return", profits.iter().sum::<f64>() / capital);
    figure("max_drawdown", deepest(capital, &equity));
}

/// The largest loss from any earlier equity, the capital included.
fn deepest(capital: f64, equity: &[f64]) -> f64 {
    let all: Vec<f64> = std::iter::once(capital)
        .chain(equity.iter().copied())
        .collect();
    let falls = |at: usize| all[..at].iter().map(move |high| (at, high));
    (0..all.len())
        .flat_map(falls)
        .fold(0.0, |deepest, (at, high)| deepest.max(1.0 - all[at] / high))
}

fn near(actual: &Value, expected: f64, what: &str) {
    let actual = number(actual);
    let allowed = NEAR * expected.abs().max(1.0);
    assert!(
        (actual - expected).abs() <= allowed,
        "{what}: {actual} is told, {expected} comes out"
    );
}

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("no number: {value}"))
}
