use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::*;

const HOUR: i64 = 3_600_000;

const FREE: Terms = Terms {
    initial_capital: 1000.0,
    commission: 0.0,
    slippage: 0.0,
    position_size: 1.0,
};

/// Bars that open at these prices, each closing where the next one opens.
fn bars(opens: &[f64]) -> Vec<Bar> {
    (0..opens.len())
        .map(|n| {
            let (open, close) = (opens[n], *opens.get(n + 1).unwrap_or(&opens[n]));
            Bar {
                time: n as i64 * HOUR,
                open,
                high: open.max(close),
                low: open.min(close),
                close,
                volume: 1.0,
            }
        })
        .collect()
}

fn run(terms: Terms, bars: &[Bar], wanted: &[Position]) -> Course {
    let mut simulation = Simulation::new(terms);
    for (bar, wanted) in bars.iter().zip(wanted) {
        simulation.step(bar, *wanted);
    }
    simulation.finish(bars.last().map_or(0, |bar| bar.time + HOUR))
}

/// A market and wishes that know nothing of each other.
fn random(seed: u64, length: usize) -> (Vec<Bar>, Vec<Position>) {
    let mut random = StdRng::seed_from_u64(seed);
    let mut price = 100.0_f64;
    let bars = (0..length)
        .map(|n| {
            let open = price * (1.0 + random.random_range(-0.01..0.01));
            price = open * (1.0 + random.random_range(-0.05..0.05));
            Bar {
                time: n as i64 * HOUR,
                open,
                high: open.max(price),
                low: open.min(price),
                close: price,
                volume: 1.0,
            }
        })
        .collect();
    let all = [Position::Short, Position::Flat, Position::Long];
    let wanted = (0..length)
        .map(|_| all[random.random_range(0..3)])
        .collect();
    (bars, wanted)
}

#[track_caller]
fn near(value: f64, expect: f64) {
    let error = (value - expect).abs();
    assert!(
        error <= 1e-9 * expect.abs().max(1.0),
        "{value} is not {expect}"
    );
}

/// Buying at the second open, selling at the last close, in closed form.
#[test]
fn buying_a_constant_growth_has_a_closed_form() {
    for (commission, slippage) in [(0.0, 0.0), (0.001, 0.0005), (0.02, 0.01), (0.0, 0.1)] {
        let growth = 1.003_f64;
        let opens: Vec<f64> = (0..500).map(|n| 40.0 * growth.powi(n)).collect();
        let mut bars = bars(&opens);
        bars[499].close = 40.0 * growth.powi(500);
        let terms = Terms {
            commission,
            slippage,
            ..FREE
        };
        let course = run(terms, &bars, &[Position::Long; 500]);
        let kept = (1.0 - slippage) * (1.0 - commission) / ((1.0 + slippage) * (1.0 + commission));
        near(course.points[499].equity, 1000.0 * kept * growth.powi(499));
        // Before the end nothing is sold yet.
        let bought = 1000.0 / ((1.0 + slippage) * (1.0 + commission));
        near(course.points[0].equity, 1000.0);
        near(course.points[1].equity, bought * growth);
        near(course.points[250].equity, bought * growth.powi(250));
        let [trade] = course.trades[..] else {
            panic!("{:?}", course.trades)
        };
        assert_eq!(
            (trade.entry_time, trade.exit_time, trade.bars_held),
            (HOUR, 500 * HOUR, 499)
        );
        assert_eq!(
            (trade.side, trade.exit_reason),
            (Position::Long, ExitReason::End)
        );
        near(trade.pnl, course.points[499].equity - 1000.0);
    }
}

/// A price that goes up by a tenth and back again and again, bought low and sold high.
#[test]
fn alternating_prices_multiply() {
    let opens: Vec<f64> = (0..41)
        .map(|n| if n % 2 == 0 { 110.0 } else { 100.0 })
        .collect();
    let bars = bars(&opens);
    // At the close of an even bar the price is 100: it is bought at the next open for 100.
    let wanted = |other: Position| -> Vec<Position> {
        (0..41)
            .map(|n| if n % 2 == 0 { Position::Long } else { other })
            .collect()
    };
    let terms = Terms {
        commission: 0.001,
        slippage: 0.002,
        ..FREE
    };
    let bought = (0.998 * 0.999) / (1.002 * 1.001) * 1.1;
    let course = run(terms, &bars, &wanted(Position::Flat));
    near(course.points[40].equity, 1000.0 * f64::powi(bought, 20));
    assert_eq!(course.trades.len(), 20);
    for trade in &course.trades {
        near(trade.trade_return, bought - 1.0);
        assert_eq!(
            (trade.bars_held, trade.exit_reason),
            (1, ExitReason::Signal)
        );
    }

    // Sold short for 110 as well, and bought back for 100. A short sale takes the equity, its
    // commission included, once more as a debt.
    let quantity = 1.0 / (110.0 * 0.998 * 1.001);
    let sold = 1.0 + quantity * (110.0 * 0.998 * 0.999 - 100.0 * 1.002 * 1.001);
    let course = run(terms, &bars, &wanted(Position::Short));
    assert_eq!(course.trades.len(), 40);
    // Twenty purchases and nineteen sales are through; the last sale is closed where it began.
    let idle = 1.0 + quantity * (110.0 * 0.998 * 0.999 - 110.0 * 1.002 * 1.001);
    near(
        course.points[40].equity,
        1000.0 * f64::powi(bought, 20) * f64::powi(sold, 19) * idle,
    );
}

/// The ledger of cash and shares is one way to the result; the product of what each trade made of
/// its equity is another.
#[test]
fn the_returns_of_the_trades_multiply_to_the_whole() {
    for seed in 0..20 {
        let (bars, wanted) = random(seed, 300);
        for position_size in [1.0, 0.4] {
            let terms = Terms {
                commission: 0.001,
                slippage: 0.0007,
                position_size,
                ..FREE
            };
            let course = run(terms, &bars, &wanted);
            let product: f64 = course
                .trades
                .iter()
                .map(|trade| 1.0 + position_size * trade.trade_return)
                .product();
            let end = course.points[299].equity;
            near(end / 1000.0, product);
            near(
                end - 1000.0,
                course.trades.iter().map(|trade| trade.pnl).sum(),
            );
            let held: usize = course.trades.iter().map(|trade| trade.bars_held).sum();
            let points = course
                .points
                .iter()
                .filter(|point| point.position != Position::Flat);
            assert_eq!(held, points.count());
        }
    }
}

/// Bar by bar, the equity changes by what the held shares gain.
#[test]
fn without_costs_the_equity_follows_the_position() {
    for seed in 20..40 {
        let (bars, wanted) = random(seed, 300);
        let course = run(FREE, &bars, &wanted);
        let mut equity = 1000.0;
        let mut shares = 0.0;
        let mut before = bars[0].open;
        let mut held = Position::Flat;
        for (n, bar) in bars.iter().enumerate() {
            equity += shares * (bar.open - before);
            let now = if n == 0 {
                Position::Flat
            } else {
                wanted[n - 1]
            };
            if now != held {
                shares = sign(now) * equity / bar.open;
                held = now;
            }
            equity += shares * (bar.close - bar.open);
            before = bar.close;
            near(course.points[n].equity, equity);
            assert_eq!(course.points[n].position, held);
        }
    }
}

#[test]
fn nothing_depends_on_later_bars() {
    for seed in 40..60 {
        let (bars, wanted) = random(seed, 200);
        let terms = Terms {
            commission: 0.001,
            slippage: 0.001,
            ..FREE
        };
        let whole = run(terms, &bars, &wanted);
        let cut = 20 + seed as usize;
        // From the cut on another market and other wishes.
        let (mut other_bars, mut other_wanted) = random(seed + 1000, 200);
        other_bars[..cut].copy_from_slice(&bars[..cut]);
        other_wanted[..cut].copy_from_slice(&wanted[..cut]);
        let other = run(terms, &other_bars, &other_wanted);
        assert_eq!(whole.points[..cut], other.points[..cut]);
        let closed = |course: &Course| -> Vec<Trade> {
            let before = bars[cut].time;
            course
                .trades
                .iter()
                .copied()
                .filter(|trade| trade.exit_time < before)
                .collect()
        };
        assert_eq!(closed(&whole), closed(&other));
        assert!(!closed(&whole).is_empty());
        assert_ne!(whole.points[cut..], other.points[cut..]);
    }
}

#[test]
fn what_is_wanted_at_the_last_close_changes_nothing() {
    let (bars, mut wanted) = random(3, 50);
    let before = run(FREE, &bars, &wanted);
    wanted[49] = if wanted[49] == Position::Long {
        Position::Short
    } else {
        Position::Long
    };
    assert_eq!(run(FREE, &bars, &wanted), before);
}

#[test]
fn who_has_lost_everything_trades_no_more() {
    let bars = bars(&[10.0, 10.0, 25.0, 25.0, 25.0, 5.0]);
    let course = run(FREE, &bars, &[Position::Short; 6]);
    let [trade] = course.trades[..] else {
        panic!("{:?}", course.trades)
    };
    // Sold for 10, worth 25 at the close of the same bar: closed at the next open.
    assert_eq!(
        (trade.exit_reason, trade.exit_time),
        (ExitReason::Ruin, 2 * HOUR)
    );
    near(trade.pnl, -1500.0);
    for point in &course.points[1..] {
        near(point.equity, -500.0);
    }
    assert_eq!(course.points[5].position, Position::Flat);
}

#[test]
fn few_bars_are_no_trouble() {
    assert_eq!(run(FREE, &[], &[]), Course::default());
    let one = run(FREE, &bars(&[5.0]), &[Position::Long]);
    assert_eq!((one.points.len(), one.trades.len()), (1, 0));
}
