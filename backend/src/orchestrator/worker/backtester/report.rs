//! The report: a page of Markdown.

use std::fmt::Write;

use super::{Story, title};
use crate::ktrdr::backtests::curve;
use crate::time;

/// Drawdowns that are told.
const DRAWDOWNS: usize = 5;

/// The report of a backtest.
pub(super) fn write(story: &Story) -> String {
    let mut page = format!("# Report of {}\n\n", title(&story.request));
    // Writing to a text cannot fail.
    let _ = body(&mut page, story);
    page
}

fn body(page: &mut String, story: &Story) -> std::fmt::Result {
    let Story {
        request,
        outcome,
        course,
    } = story;
    let (data, metrics, terms) = (outcome.data, &outcome.metrics, request.terms);
    writeln!(
        page,
        "{} bars of {} from {} to {} ({}).\n",
        data.bars,
        request.symbol,
        time::format(data.start),
        time::format(data.end),
        data.source.as_str()
    )?;
    for note in &outcome.notes {
        writeln!(page, "> {note}\n")?;
    }
    let rows = [
        ("Initial capital", money(metrics.initial_capital)),
        ("Final value", money(metrics.final_value)),
        ("Total return", percent(metrics.total_return)),
        ("Buy and hold", percent(metrics.buy_and_hold_return)),
        ("Return a year", shown(metrics.annualized_return, percent)),
        ("Volatility a year", shown(metrics.volatility, percent)),
        ("Sharpe ratio", shown(metrics.sharpe_ratio, ratio)),
        ("Largest drawdown", percent(metrics.max_drawdown)),
        ("Trades", metrics.total_trades.to_string()),
        ("Win rate", shown(metrics.win_rate, percent)),
        ("Profit factor", shown(metrics.profit_factor, ratio)),
        ("Exposure", percent(metrics.exposure)),
        ("Commission paid", money(metrics.total_commission)),
        ("Lost to slippage", money(metrics.total_slippage)),
    ];
    writeln!(page, "## Figures\n\n| figure | value |\n|---|---:|")?;
    for (name, value) in rows {
        writeln!(page, "| {name} | {value} |")?;
    }
    writeln!(
        page,
        "\n## Terms\n\nCommission {}, slippage {}, position size {}; short positions {}.",
        percent(terms.commission),
        percent(terms.slippage),
        percent(terms.position_size),
        if request.allow_short {
            "allowed"
        } else {
            "not allowed"
        }
    )?;
    let deepest = curve::deepest(terms.initial_capital, &course.points, DRAWDOWNS);
    if !deepest.is_empty() {
        writeln!(
            page,
            "\n## Deepest drawdowns\n\n| depth | from | trough | recovered |\n|---:|---|---|---|"
        )?;
        for fall in deepest {
            writeln!(
                page,
                "| {} | {} | {} | {} |",
                percent(fall.depth),
                time::format(fall.start),
                time::format(fall.trough),
                fall.end.map_or_else(|| "no".to_owned(), time::format)
            )?;
        }
    }
    Ok(())
}

fn money(value: f64) -> String {
    format!("{value:.2}")
}

fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}

fn ratio(value: f64) -> String {
    format!("{value:.3}")
}

fn shown(value: Option<f64>, as_text: fn(f64) -> String) -> String {
    value.map_or_else(|| "–".to_owned(), as_text)
}
