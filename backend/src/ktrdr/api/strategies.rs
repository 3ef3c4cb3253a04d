//! `/api/v1/strategies`.

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use ktrdr_mcp::clients::strategies::ListStrategies;
use ktrdr_mcp::models::{
    CreateStrategyRequest, MutateStrategyRequest, StrategyCheck, StrategyCheckResponse,
    StrategyDetails, StrategyFault, StrategyListResponse, StrategyResponse, StrategySchemaResponse,
    StrategyStoredResponse, StrategySummary, ValidateStrategyRequest,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::App;
use super::failure::Failure;
use crate::contract::Problem;
use crate::http::Incoming;
use crate::ktrdr::faults::Fault;
use crate::ktrdr::strategies::library::{self, Library, SaveError, Stored};
use crate::ktrdr::strategies::mutate::Mutation;
use crate::ktrdr::strategies::{Strategy, schema, yaml};
use crate::time;

/// The routes.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/api/v1/strategies", get(list).post(create))
        .route("/api/v1/strategies/schema", get(get_schema))
        .route("/api/v1/strategies/validate", post(validate))
        .route("/api/v1/strategies/{strategy_name}", get(get_one))
        .route("/api/v1/strategies/{strategy_name}/mutations", post(mutate))
}

/// A page of the list.
async fn list(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<StrategyListResponse>, Failure> {
    let query: ListStrategies = request.check(&app, "listStrategies")?.query()?;
    let size = |given: Option<i64>, default| {
        given.map_or(default, |given| {
            usize::try_from(given).unwrap_or(usize::MAX)
        })
    };
    let (limit, offset) = (size(query.limit, 50), size(query.offset, 0));
    let read = move |library: &Library| {
        let entries = library.list()?;
        let total = entries.len();
        let mut page = Vec::new();
        for (name, _) in entries.into_iter().skip(offset).take(limit) {
            // One that was removed in between is left out.
            page.extend(library.get(&name)?.map(summary));
        }
        Ok((page, total))
    };
    let (data, total) = on_disk(&app, read).await?;
    Ok(Json(StrategyListResponse {
        success: true,
        returned_count: data.len() as i64,
        total_count: total as i64,
        data,
    }))
}

/// Stores a strategy.
async fn create(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<StrategyStoredResponse>, Failure> {
    let body: CreateStrategyRequest = request.check(&app, "createStrategy")?.body()?;
    let (mut config, key) = given(body.config, body.yaml)?;
    if let (Some(description), Some(fields)) = (body.description, config.as_object_mut()) {
        fields.insert("description".to_owned(), description.into());
    }
    let strategy = library::named(config, &body.name).and_then(Strategy::read);
    let strategy = strategy.map_err(|faults| refused(&["body", key], &faults))?;
    let overwrite = body.overwrite.unwrap_or(false);
    store(
        &app,
        strategy,
        overwrite,
        "Use another name, or `overwrite` to replace it.",
    )
    .await
}

/// The schema and the examples.
async fn get_schema() -> Json<StrategySchemaResponse> {
    let object = |value: Value| match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    Json(StrategySchemaResponse {
        success: true,
        schema: object(schema::get().document().clone()),
        examples: schema::examples().into_iter().map(object).collect(),
    })
}

/// Tells what is wrong with a strategy.
async fn validate(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<StrategyCheckResponse>, Failure> {
    let body: ValidateStrategyRequest = request.check(&app, "validateStrategy")?.body()?;
    let read = match body.yaml {
        Some(text) if body.config.is_none() => yaml::read(&text).map_err(|fault| vec![fault]),
        yaml => given(body.config, yaml).map(|(config, _)| Ok(config))?,
    };
    let strategy = read.and_then(Strategy::read);
    let of = |of: fn(&Strategy) -> usize| strategy.as_ref().ok().map(|it| of(it) as i64);
    Ok(Json(StrategyCheckResponse {
        success: true,
        data: StrategyCheck {
            valid: strategy.is_ok(),
            warm_up_bars: of(Strategy::warm_up),
            network_inputs: of(Strategy::inputs),
            network_weights: of(Strategy::weights),
            faults: strategy
                .err()
                .unwrap_or_default()
                .into_iter()
                .map(fault)
                .collect(),
        },
    }))
}

#[derive(Deserialize)]
struct Path {
    strategy_name: String,
}

/// One strategy.
async fn get_one(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<StrategyResponse>, Failure> {
    let path: Path = request.check(&app, "getStrategy")?.path()?;
    let stored = find(&app, path.strategy_name).await?;
    let (config, faults) = match stored.config {
        Ok(strategy) => (strategy.to_json().as_object().cloned(), Vec::new()),
        Err(faults) => (None, faults),
    };
    Ok(Json(StrategyResponse {
        success: true,
        data: StrategyDetails {
            name: stored.name,
            built_in: stored.updated_at.is_none(),
            valid: config.is_some(),
            updated_at: stored.updated_at.map(time::format),
            config,
            yaml: stored.yaml,
            faults: faults.into_iter().map(fault).collect(),
        },
    }))
}

/// Stores a variation of a strategy.
async fn mutate(
    State(app): State<App>,
    request: Incoming,
) -> Result<Json<StrategyStoredResponse>, Failure> {
    let checked = request.check(&app, "mutateStrategy")?;
    let path: Path = checked.path()?;
    let body: MutateStrategyRequest = checked.body()?;
    let parent = usable(&app, path.strategy_name).await?;
    let varied = parent.vary(Mutation {
        field: body.field,
        value: body.value,
        name: body.name,
        note: body.note,
    });
    let strategy = varied.map_err(|faults| {
        let told = |it: &Fault| Fault::new("", &format!("{}: {}", it.path, it.message), &it.hint);
        let faults: Vec<Fault> = faults.iter().map(told).collect();
        refused(&["body", "value"], &faults)
    })?;
    store(&app, strategy, false, "Use another name.").await
}

/// The strategy of a name, or of a path to it, to work with.
pub(super) async fn usable(app: &App, name: String) -> Result<Strategy, Failure> {
    let Stored { name, config, .. } = find(app, name).await?;
    config.map_err(|faults| {
        let first = faults.first();
        let first = first.map_or_else(String::new, |it| format!("{} {}", it.path, it.message));
        Failure::Conflict(format!(
            "The file of strategy {name} is not valid: {}. GET /api/v1/strategies/{name} tells everything that is wrong.",
            first.trim_start()
        ))
    })
}

async fn find(app: &App, name: String) -> Result<Stored, Failure> {
    /// Most names that a message tells.
    const TOLD: usize = 20;
    let wanted = name.clone();
    let found = on_disk(app, move |library| match library.find(&wanted)? {
        Some(stored) => Ok(Ok(stored)),
        None => library.list().map(Err),
    });
    found.await?.map_err(|known| {
        let rest = known.len().saturating_sub(TOLD);
        // The built-in ones first, which come last in the list.
        let (stored, built_in): (Vec<_>, Vec<_>) =
            known.into_iter().partition(|(_, at)| at.is_some());
        let names = built_in.into_iter().chain(stored).map(|(name, _)| name);
        let names: Vec<String> = names.take(TOLD).collect();
        let more = if rest > 0 {
            format!(" and {rest} more")
        } else {
            String::new()
        };
        Failure::NotFound(format!(
            "Strategy not found: {name}. Known strategies: {}{more}",
            names.join(", ")
        ))
    })
}

async fn store(
    app: &App,
    strategy: Strategy,
    overwrite: bool,
    advice: &str,
) -> Result<Json<StrategyStoredResponse>, Failure> {
    let name = strategy.name.clone();
    let save = move |library: &Library| match library.save(&strategy, overwrite) {
        Err(SaveError::Disk(error)) => Err(error),
        Err(error) => Ok(Err(error)),
        Ok(()) => Ok(Ok(library.get(&strategy.name)?)),
    };
    match on_disk(app, save).await? {
        Ok(Some(stored)) => Ok(Json(StrategyStoredResponse {
            success: true,
            data: summary(stored),
            message: format!(
                "Stored. Train it with POST /api/v1/trainings/start (strategy_name: {name})."
            ),
        })),
        Err(SaveError::Taken) => Err(Failure::Conflict(format!(
            "Strategy already exists: {name}. {advice}"
        ))),
        Err(SaveError::BuiltIn) => Err(Failure::Conflict(format!(
            "Strategy {name} is built in and cannot be replaced. Use another name."
        ))),
        Err(SaveError::Unfit(fault)) => Err(refused(&["body"], &[fault])),
        Err(SaveError::Disk(error)) => Err(Failure::Internal(error.to_string())),
        Ok(None) => Err(Failure::Internal(format!(
            "{name} is gone right after it was stored"
        ))),
    }
}

/// The configuration of a request, which is given in one of two ways, and in which.
fn given(
    config: Option<Map<String, Value>>,
    text: Option<String>,
) -> Result<(Value, &'static str), Failure> {
    match (config, text) {
        (Some(config), None) => Ok((Value::Object(config), "config")),
        (None, Some(text)) => match yaml::read(&text) {
            Ok(value) => Ok((value, "yaml")),
            Err(fault) => Err(refused(&["body", "yaml"], &[fault])),
        },
        _ => {
            let message = "Give the configuration as `config` or as `yaml`, one of them";
            Err(Problem::new(["body"], message, "value_error").into())
        }
    }
}

/// Faults as the problems of a request, below a place of it.
pub(super) fn refused(place: &[&str], faults: &[Fault]) -> Failure {
    let problem = |fault: &Fault| Problem {
        loc: place
            .iter()
            .map(|step| Value::from(*step))
            .chain(steps(&fault.path))
            .collect(),
        msg: format!("{}. {}", fault.message, fault.hint),
        kind: "value_error".to_owned(),
    };
    Failure::Invalid(faults.iter().map(problem).collect())
}

/// Names and indices of a pointer.
fn steps(pointer: &str) -> impl Iterator<Item = Value> {
    pointer
        .split('/')
        .skip(1)
        .map(|step| match step.parse::<u64>() {
            Ok(index) => Value::from(index),
            Err(_) => Value::from(step.replace("~1", "/").replace("~0", "~")),
        })
}

fn summary(stored: Stored) -> StrategySummary {
    let valid = stored.config.is_ok();
    let strategy = stored.config.ok();
    let inputs = strategy.iter().flat_map(|it| &it.indicators);
    StrategySummary {
        name: stored.name,
        indicators: inputs.map(|input| input.id.clone()).collect(),
        parent: strategy.as_ref().and_then(|it| it.parent.clone()),
        description: strategy.map(|it| it.description).unwrap_or_default(),
        built_in: stored.updated_at.is_none(),
        valid,
        updated_at: stored.updated_at.map(time::format),
    }
}

fn fault(fault: Fault) -> StrategyFault {
    StrategyFault {
        path: fault.path,
        message: fault.message,
        hint: fault.hint,
    }
}

async fn on_disk<T: Send + 'static>(
    app: &App,
    call: impl FnOnce(&Library) -> std::io::Result<T> + Send + 'static,
) -> Result<T, Failure> {
    let library = app.inner.library.clone();
    let called = tokio::task::spawn_blocking(move || call(&library)).await;
    called
        .map_err(|error| Failure::Internal(error.to_string()))?
        .map_err(|error| Failure::Internal(format!("the folder of strategies failed: {error}")))
}
