//! Jobs of type `backtest`: a model or a rule trades on paper.

mod order;
mod plot;
mod report;
mod trades;

use serde_json::{Map, Value, json};

pub(super) use order::Order;

use super::bench::{Bench, File, Made, Series};
use crate::ktrdr::backtests::request::{BacktestRequest, Trader};
use crate::ktrdr::backtests::run;
use crate::ktrdr::backtests::simulation::{Course, Trade};
use crate::ktrdr::backtests::store::{self, Backtest, Outcome};
use crate::ktrdr::operations::Stop;
use crate::ktrdr::store::bars::Source;
use crate::ktrdr::store::{Connection, models, trainings};
use crate::ktrdr::training::packed::Packed;

/// What a backtest has done, as reports tell it.
struct Story {
    request: BacktestRequest,
    outcome: Outcome,
    course: Course,
}

impl Order {
    /// Trades.
    pub(super) fn run(
        self,
        mut bench: Bench,
        model: Option<Vec<u8>>,
        csv: Option<Vec<u8>>,
    ) -> Result<Made, Stop> {
        let trained = model.map(|bytes| unpack(&bench, &bytes)).transpose()?;
        let request = self.request(trained.as_ref()).map_err(Stop::Failed)?;
        let series = Series {
            symbol: request.symbol.clone(),
            timeframe: request.timeframe,
            start: request.start,
            end: request.end,
        };
        if let Some(csv) = csv {
            bench.only(&series, &csv)?;
        }
        bench.load(&series)?;
        let (context, id) = (&bench.context, bench.context.id());
        let begin = |db: &Connection| {
            if let Some(Packed {
                record, request, ..
            }) = &trained
            {
                trainings::insert(db, &record.task_id, &record.task_id, request)?;
                models::insert(db, record)?;
            }
            store::insert(db, id, &request)
        };
        context.store().write_now(begin)?;
        let mut result = run::run(context, &request)?;
        let story = context.store().read_now(|db| story(db, id))?;
        let story =
            story.ok_or_else(|| Stop::Failed("The backtest has left nothing".to_owned()))?;
        result.insert("synthetic".to_owned(), is_synthetic(&story).into());
        Ok(Made {
            files: files(&bench, &story)?,
            result,
        })
    }
}

/// The model of an artifact, unpacked where this job works.
fn unpack(bench: &Bench, bytes: &[u8]) -> Result<Packed, Stop> {
    let folder = bench.folder.join("model");
    std::fs::create_dir_all(&folder)
        .map_err(|error| Stop::Failed(format!("Cannot keep the model: {error}")))?;
    Packed::unpack(bytes, &folder).map_err(|why| {
        Stop::Failed(format!(
            "payload.model_artifact_id: The artifact is no model of an ml_experiment: {why}."
        ))
    })
}

fn story(db: &Connection, id: &str) -> crate::ktrdr::store::Result<Option<Story>> {
    let Some(Backtest {
        request,
        outcome: Some(outcome),
        ..
    }) = store::get(db, id)?
    else {
        return Ok(None);
    };
    let trades: Vec<Trade> = store::trades(db, id, usize::MAX, 0)?
        .into_iter()
        .map(|(_, trade)| trade)
        .collect();
    let points = store::points(db, id)?;
    Ok(Some(Story {
        request,
        outcome,
        course: Course { trades, points },
    }))
}

fn is_synthetic(story: &Story) -> bool {
    story.outcome.data.source == Source::Synthetic
}

fn files(bench: &Bench, story: &Story) -> Result<Vec<File>, Stop> {
    let Story {
        request, outcome, ..
    } = story;
    let title = title(request);
    let metrics = json!({ "title": title, "data": outcome.data, "metrics": outcome.metrics, "notes": outcome.notes });
    let report = bench.write("report.md", report::write(story))?;
    let metrics = bench.write("metrics.json", format!("{metrics:#}\n"))?;
    let trades = bench.write("trades.csv", trades::write(&story.course.trades)?)?;
    let plot = bench.write("equity.svg", plot::draw(story))?;
    let mut tags = vec![
        request.symbol.clone(),
        request.timeframe.as_str().to_owned(),
        trader(request).to_owned(),
    ];
    tags.extend(is_synthetic(story).then(|| "synthetic".to_owned()));
    let file = |path, name: &str, kind, what: &str| File {
        path,
        name: name.to_owned(),
        kind,
        description: format!("{what} of {title}"),
        tags: tags.clone(),
        metadata: metadata(story),
    };
    Ok(vec![
        file(report, "report.md", "report", "Report"),
        file(metrics, "metrics.json", "metrics", "Figures"),
        file(trades, "trades.csv", "data", "Trades"),
        file(plot, "equity.svg", "plot", "Equity"),
    ])
}

fn metadata(story: &Story) -> Map<String, Value> {
    let Story {
        request, outcome, ..
    } = story;
    crate::ktrdr::object([
        ("symbol", request.symbol.as_str().into()),
        ("timeframe", request.timeframe.as_str().into()),
        ("model_id", request.trader.model_id().into()),
        ("total_return", json!(outcome.metrics.total_return)),
        ("sharpe_ratio", json!(outcome.metrics.sharpe_ratio)),
        ("max_drawdown", json!(outcome.metrics.max_drawdown)),
        ("total_trades", outcome.metrics.total_trades.into()),
        ("synthetic", is_synthetic(story).into()),
    ])
}

/// In one word: the strategy of the model, or the kind of rule.
fn trader(request: &BacktestRequest) -> &str {
    match &request.trader {
        Trader::Model { strategy, .. } => strategy,
        Trader::Rule(rule) => rule.kind(),
    }
}

fn title(request: &BacktestRequest) -> String {
    let (symbol, timeframe) = (&request.symbol, request.timeframe.as_str());
    format!(
        "the backtest of {} on {symbol} {timeframe}",
        request.trader.title()
    )
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
