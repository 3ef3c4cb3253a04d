use super::*;
use crate::ktrdr::backtests::simulation::Trade;
use crate::ktrdr::kinds::ExitReason;

const TERMS: Terms = Terms {
    initial_capital: 100.0,
    commission: 0.0,
    slippage: 0.0,
    position_size: 1.0,
};

fn points(equity: &[f64]) -> Vec<Point> {
    equity
        .iter()
        .map(|equity| Point {
            time: 0,
            equity: *equity,
            position: Position::Long,
        })
        .collect()
}

fn trade(pnl: f64) -> Trade {
    Trade {
        side: Position::Long,
        entry_time: 0,
        entry_price: 1.0,
        exit_time: 1,
        exit_price: 1.0,
        quantity: 1.0,
        commission: 0.5,
        slippage: 0.25,
        pnl,
        trade_return: pnl,
        bars_held: 1,
        exit_reason: ExitReason::Signal,
    }
}

fn course(equity: &[f64], profits: &[f64]) -> Course {
    Course {
        trades: profits.iter().copied().map(trade).collect(),
        points: points(equity),
    }
}

#[track_caller]
fn near(value: Option<f64>, expect: f64) {
    let value = value.unwrap();
    assert!((value - expect).abs() < 1e-9, "{value} is not {expect}");
}

#[test]
fn figures_are_those_worked_out_by_hand() {
    let traded = course(&[100.0, 110.0, 99.0, 108.9], &[10.0, -11.0, 9.9]);
    let metrics = of(&TERMS, &traded, &course(&[100.0, 105.0], &[]), 252.0);
    near(Some(metrics.total_return), 0.089);
    near(metrics.annualized_return, 1.089_f64.powf(84.0) - 1.0);
    // Changes 0.1, -0.1, 0.1: mean 1/30, deviation √(0.04/3).
    let spread = (0.04_f64 / 3.0).sqrt();
    near(metrics.volatility, spread * 252_f64.sqrt());
    near(metrics.sharpe_ratio, 252_f64.sqrt() / 30.0 / spread);
    near(Some(metrics.max_drawdown), 0.1);
    near(metrics.win_rate, 2.0 / 3.0);
    near(metrics.profit_factor, 19.9 / 11.0);
    near(Some(metrics.exposure), 1.0);
    near(Some(metrics.total_commission), 1.5);
    near(Some(metrics.total_slippage), 0.75);
    near(Some(metrics.buy_and_hold_return), 0.05);
    assert_eq!(
        (
            metrics.total_trades,
            metrics.winning_trades,
            metrics.losing_trades
        ),
        (3, 2, 1)
    );
}

#[test]
fn a_drawdown_begins_at_the_initial_capital() {
    let falling = drawdowns(100.0, &points(&[90.0, 95.0, 120.0, 60.0]));
    for (value, expect) in falling.into_iter().zip([0.1, 0.05, 0.0, 0.5]) {
        near(Some(value), expect);
    }
}

#[test]
fn figures_that_do_not_exist_are_absent() {
    let none = Course::default();
    let idle = of(&TERMS, &none, &none, 252.0);
    assert_eq!(
        (idle.final_value, idle.total_return, idle.max_drawdown),
        (100.0, 0.0, 0.0)
    );
    assert_eq!(
        (idle.annualized_return, idle.volatility, idle.sharpe_ratio),
        (None, None, None)
    );
    assert_eq!((idle.win_rate, idle.profit_factor), (None, None));
    let even = of(
        &TERMS,
        &course(&[100.0, 101.0, 102.01], &[1.0]),
        &none,
        252.0,
    );
    assert_eq!((even.sharpe_ratio, even.profit_factor), (None, None));
    let ruined = of(
        &TERMS,
        &course(&[100.0, -50.0, -50.0], &[-150.0]),
        &none,
        252.0,
    );
    assert_eq!(
        (ruined.annualized_return, ruined.max_drawdown),
        (Some(-1.0), 1.5)
    );
    let steep = of(&TERMS, &course(&[100.0, 1e9], &[]), &none, 98_280.0);
    assert_eq!(steep.annualized_return, None);
}

#[test]
fn a_year_has_its_bars() {
    for (timeframe, bars) in [
        (Timeframe::V1m, 98_280.0),
        (Timeframe::V1h, 1638.0),
        (Timeframe::V4h, 409.5),
        (Timeframe::V1d, 252.0),
        (Timeframe::V1w, 52.0),
    ] {
        assert_eq!(periods_per_year(timeframe), bars);
    }
}
