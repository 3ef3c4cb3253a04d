//! The operation that runs a backtest.

use serde_json::{Map, Value, json};

use super::metrics;
use super::model::{self, Trained};
use super::request::{BacktestRequest, Trader};
use super::simulation::{Course, Simulation, Terms};
use super::store::{self, Outcome, Traded};
use crate::ktrdr::kinds::{Position, interval};
use crate::ktrdr::operations::{Context, Stop};
use crate::ktrdr::store::bars::{self, Bar, Source};
use crate::ktrdr::store::operations::Progress;
use crate::ktrdr::{object, round};

/// Bars of a backtest at most.
const MOST_BARS: i64 = 1_000_000;
/// Bars between two looks at whether to go on.
const STRETCH: usize = 1024;

/// Runs a backtest and stores what came of it.
pub fn run(context: &Context, request: &BacktestRequest) -> Result<Map<String, Value>, Stop> {
    say(context, request, 0, 0, "Reading bars")?;
    let (bars, source) = read(context, request)?;
    context.check()?;
    let total = bars.len();
    say(context, request, 0, total, "Computing signals")?;
    let trained = match &request.trader {
        Trader::Model { model_id, .. } => Some(Trained::find(context, model_id)?),
        Trader::Rule(_) => None,
    };
    let wanted = wanted(context, request, trained.as_ref(), &bars)?;
    let course = trade(request, request.terms, &bars, &wanted, |done| {
        let step = format!("Trading bar {}/{total}", done + 1);
        say(context, request, done, total, &step)?;
        context.check()
    })?;
    let whole = Terms {
        position_size: 1.0,
        ..request.terms
    };
    let long = vec![Position::Long; bars.len()];
    let held = trade(request, whole, &bars, &long, |_| context.check())?;
    let metrics = metrics::of(&request.terms, &course, &held, request.periods_per_year);
    if !metrics.final_value.is_finite() {
        return Err(Stop::Failed(
            "The equity is no longer a number: the prices are too far apart".to_owned(),
        ));
    }
    let data = Traded {
        bars: bars.len() as i64,
        start: bars[0].time,
        end: bars[bars.len() - 1].time,
        source,
    };
    let outcome = Outcome {
        data,
        metrics,
        notes: notes(request, trained.as_ref(), &data),
    };
    context.check()?;
    context
        .store()
        .write_now(|db| store::finish(db, context.id(), &outcome, &course))?;
    say(context, request, total, total, "Backtest complete")?;
    Ok(summary(request, &outcome))
}

/// The bars of the period, and where they came from.
fn read(context: &Context, request: &BacktestRequest) -> Result<(Vec<Bar>, Source), Stop> {
    let (symbol, timeframe) = (&request.symbol, request.timeframe);
    let (from, to) = (
        request.start.unwrap_or(i64::MIN),
        request.end.unwrap_or(i64::MAX),
    );
    let (known, count) = context.store().read_now(|db| {
        let count = bars::count_range(db, symbol, timeframe, from, to)?;
        Ok((bars::series(db, symbol, timeframe)?, count))
    })?;
    let name = format!("{symbol} {}", timeframe.as_str());
    let Some(known) = known else {
        return Err(Stop::Failed(no_bars(&name)));
    };
    if count < 2 {
        return Err(Stop::Failed(format!(
            "Too few bars: {count} of {name} in the period, at least 2 are needed. \
             Ask for a longer period, or load more history."
        )));
    }
    if count > MOST_BARS {
        return Err(Stop::Failed(format!(
            "Too many bars: {count} of {name} in the period, at most {MOST_BARS} are traded at once. Ask for a shorter period."
        )));
    }
    let bars = context
        .store()
        .read_now(|db| bars::range(db, symbol, timeframe, from, to))?;
    let worthless = |bar: &&Bar| !(bar.open > 0.0 && bar.close > 0.0);
    match bars.iter().find(worthless) {
        Some(bar) => Err(Stop::Failed(format!(
            "The bar of {name} at {} has a price of 0, at which nothing can be traded. Ask for a period without it.",
            crate::time::format(bar.time)
        ))),
        None => Ok((bars, known.source)),
    }
}

/// What to say where a series has no bars.
pub fn no_bars(name: &str) -> String {
    format!("No cached bars of {name}. Load them first (POST /api/v1/data/load).")
}

/// The position wanted at the close of every bar.
fn wanted(
    context: &Context,
    request: &BacktestRequest,
    trained: Option<&Trained>,
    bars: &[Bar],
) -> Result<Vec<Position>, Stop> {
    let wanted = match (&request.trader, trained) {
        (Trader::Rule(rule), _) => rule.positions(bars),
        (_, Some(trained)) => trained.positions(bars),
        (Trader::Model { model_id, .. }, None) => Err(model::unknown(model_id)),
    };
    let mut wanted = wanted.map_err(Stop::Failed)?;
    context.check()?;
    if !request.allow_short {
        for position in &mut wanted {
            if *position == Position::Short {
                *position = Position::Flat;
            }
        }
    }
    Ok(wanted)
}

/// Trades bar by bar. Every so many bars, `go_on` is told how many are done.
fn trade(
    request: &BacktestRequest,
    terms: Terms,
    bars: &[Bar],
    wanted: &[Position],
    go_on: impl Fn(usize) -> Result<(), Stop>,
) -> Result<Course, Stop> {
    let mut simulation = Simulation::new(terms);
    for (n, (bar, wanted)) in bars.iter().zip(wanted).enumerate() {
        if n % STRETCH == 0 {
            go_on(n)?;
        }
        simulation.step(bar, *wanted);
    }
    let end = bars
        .last()
        .map_or(0, |bar| bar.time + interval(request.timeframe));
    Ok(simulation.finish(end))
}

fn notes(request: &BacktestRequest, trained: Option<&Trained>, data: &Traded) -> Vec<String> {
    let mut notes = trained.map_or_else(Vec::new, |trained| trained.notes(request, data));
    if data.source == Source::Synthetic {
        notes.push("The bars are generated (a seeded random walk), not market data.".to_owned());
    }
    notes
}

fn summary(request: &BacktestRequest, outcome: &Outcome) -> Map<String, Value> {
    let Traded {
        bars,
        start,
        end,
        source,
    } = outcome.data;
    let date = |time| Value::from(crate::time::format(time));
    object([
        ("symbol", request.symbol.as_str().into()),
        ("timeframe", request.timeframe.as_str().into()),
        ("strategy_name", request.trader.strategy().into()),
        ("model_id", request.trader.model_id().into()),
        ("trader", request.trader.title().into()),
        ("metrics", json!(outcome.metrics)),
        ("bars", bars.into()),
        (
            "date_range",
            object([("start", date(start)), ("end", date(end))]).into(),
        ),
        ("data_source", source.as_str().into()),
        ("notes", json!(outcome.notes)),
    ])
}

fn say(
    context: &Context,
    request: &BacktestRequest,
    done: usize,
    total: usize,
    step: &str,
) -> Result<(), Stop> {
    context.report(Progress {
        percentage: round(100.0 * done as f64 / total.max(1) as f64, 2),
        step: Some(step.to_owned()),
        steps_completed: done as i64,
        steps_total: total as i64,
        context: object([
            ("symbol", request.symbol.as_str().into()),
            ("timeframe", request.timeframe.as_str().into()),
            ("trader", request.trader.title().into()),
        ]),
    })
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
