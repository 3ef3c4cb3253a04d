//! `/api/v1/indicators`.

use std::sync::LazyLock;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use ktrdr_mcp::clients::indicators::ListIndicators;
use ktrdr_mcp::models::{
    CalculateIndicatorsRequest, CalculateIndicatorsResponse, CalculatedIndicator,
    CalculatedIndicators, IndicatorChoice, IndicatorInfo, IndicatorListResponse, IndicatorOutput,
    IndicatorParameter, IndicatorParameterType, IndicatorSeries,
};
use serde_json::{Map, Value, json};

use super::App;
use super::failure::Failure;
use super::request::body_range;
use super::strategies::refused;
use crate::http::Incoming;
use crate::ktrdr::faults::{Fault, Schema};
use crate::ktrdr::indicators::{
    self, Columns, INDICATORS, Indicator, Output, Parameter, Parameters, schema,
};
use crate::ktrdr::kinds::Timeframe;
use crate::ktrdr::significant;
use crate::ktrdr::store::Connection;
use crate::ktrdr::store::bars::{self, Bar, Source};
use crate::time;

/// Significant digits of values in answers.
const DIGITS: i32 = 8;

/// The routes.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/api/v1/indicators", get(list))
        .route("/api/v1/indicators/calculate", post(calculate))
}

/// The indicators of a category, or all.
async fn list(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<IndicatorListResponse>, Failure> {
    let query: ListIndicators = request.check(&app, "listIndicators")?.query()?;
    let wanted = |it: &&Indicator| {
        query
            .category
            .is_none_or(|category| it.category == category)
    };
    Ok(Json(IndicatorListResponse {
        success: true,
        data: INDICATORS.iter().filter(wanted).map(info).collect(),
    }))
}

/// Values of indicators over cached bars.
async fn calculate(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<CalculateIndicatorsResponse>, Failure> {
    let body: CalculateIndicatorsRequest = request.check(&app, "calculateIndicators")?.body()?;
    let (start, end) = body_range(&body.start_date, &body.end_date)?;
    let timeframe = body.timeframe.unwrap_or(Timeframe::V1h);
    let chosen = chosen(body.indicators)?;
    let limit = body
        .limit
        .map_or(100, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let relative = body.relative.unwrap_or(false);
    let symbol = body.symbol.clone();
    let read = move |db: &Connection| {
        let Some(series) = bars::series(db, &symbol, timeframe)? else {
            return Ok(None);
        };
        let (from, to) = (start.unwrap_or(i64::MIN), end.unwrap_or(i64::MAX));
        let bars = bars::range(db, &symbol, timeframe, from, to)?;
        Ok(Some((series.source, bars)))
    };
    let Some((source, bars)) = app.inner.store.read(read).await? else {
        return Err(Failure::no_bars(&body.symbol, timeframe));
    };
    let compute = move || {
        let begin = bars.len().saturating_sub(limit);
        let columns = Columns::of(&bars);
        let of =
            |(indicator, parameters)| values(indicator, &parameters, &columns, begin, relative);
        let indicators: Vec<CalculatedIndicator> = chosen.into_iter().map(of).collect();
        let date = |bar: &Bar| time::format(bar.time);
        let dates: Vec<String> = bars[begin..].iter().map(date).collect();
        (bars.len(), dates, indicators)
    };
    let (count, dates, indicators) = tokio::task::spawn_blocking(compute)
        .await
        .map_err(|error| Failure::Internal(error.to_string()))?;
    Ok(Json(CalculateIndicatorsResponse {
        success: true,
        data: CalculatedIndicators {
            symbol: body.symbol,
            timeframe,
            bars: count as i64,
            synthetic: source == Source::Synthetic,
            dates,
            indicators,
        },
    }))
}

type Chosen = (&'static Indicator, Parameters);

/// The indicators asked for, with every parameter decided.
fn chosen(asked: Vec<IndicatorChoice>) -> Result<Vec<Chosen>, Failure> {
    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
        let list = json!({ "type": "array", "items": schema::entry(Map::new(), false) });
        Schema::new(list).expect("the schema is a constant that compiles")
    });
    let mut faults = SCHEMA.faults(&serde_json::to_value(&asked)?);
    let mut chosen = Vec::new();
    for (n, choice) in asked.into_iter().enumerate() {
        let Some(indicator) = indicators::find(&choice.name) else {
            continue;
        };
        let parameters = indicator.parameters(&choice.parameters.unwrap_or_default());
        if let Some((name, message)) = indicator.disorder(&parameters) {
            let path = format!("/{n}/parameters/{name}");
            faults.push(Fault::new(&path, &message, "Change one of them."));
        }
        chosen.push((indicator, parameters));
    }
    if faults.is_empty() {
        Ok(chosen)
    } else {
        Err(refused(&["body", "indicators"], &faults))
    }
}

fn values(
    indicator: &Indicator,
    parameters: &Parameters,
    bars: &Columns,
    begin: usize,
    relative: bool,
) -> CalculatedIndicator {
    let outputs = indicator.over(bars, parameters).into_iter().map(|series| {
        let name = series.output.name.to_owned();
        let values = if relative {
            series.relative(bars)
        } else {
            series.values
        };
        let shown = |value: &Option<f64>| value.map(|value| significant(value, DIGITS));
        IndicatorSeries {
            name,
            values: values[begin..].iter().map(shown).collect(),
        }
    });
    CalculatedIndicator {
        name: indicator.name.to_owned(),
        outputs: outputs.collect(),
        warm_up_bars: indicator.warm_up(parameters) as i64,
        parameters: parameters.values().clone(),
    }
}

fn info(indicator: &Indicator) -> IndicatorInfo {
    IndicatorInfo {
        name: indicator.name.to_owned(),
        title: indicator.title.to_owned(),
        category: indicator.category,
        description: indicator.description.to_owned(),
        needs: indicator
            .needs
            .iter()
            .map(|need| (*need).to_owned())
            .collect(),
        parameters: indicator.parameters.iter().map(parameter).collect(),
        outputs: indicator.outputs.iter().map(output).collect(),
        warm_up_bars: indicator.warm_up(&indicator.parameters(&Map::<String, Value>::new())) as i64,
    }
}

fn parameter(parameter: &Parameter) -> IndicatorParameter {
    IndicatorParameter {
        name: parameter.name.to_owned(),
        r#type: if parameter.whole {
            IndicatorParameterType::Integer
        } else {
            IndicatorParameterType::Number
        },
        description: parameter.description.to_owned(),
        default: parameter.default,
        minimum: parameter.minimum,
        maximum: parameter.maximum,
    }
}

fn output(output: &Output) -> IndicatorOutput {
    IndicatorOutput {
        name: output.name.to_owned(),
        description: output.description.to_owned(),
        unit: output.unit,
        minimum: output.minimum,
        maximum: output.maximum,
    }
}
