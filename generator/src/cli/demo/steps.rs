//! What the agent does, step by step, each checked.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::agent::Agent;
use super::screen::Screen;

/// How often a running operation is looked at.
const INTERVAL: Duration = Duration::from_millis(150);
/// How long an operation may take.
const LONGEST: Duration = Duration::from_secs(120);
/// Epochs to see before the training is cancelled.
const WATCHED: usize = 5;

type Checked = Result<(), String>;

/// Does all steps, whatever becomes of each.
pub(super) async fn run(agent: &Agent, screen: &mut Screen) {
    let mut done = Done::default();
    screen.step("What an agent sees: the tools, with what each costs in tokens");
    let result = list_tools(agent, screen).await;
    screen.end(result);
    screen.step("Load a year of hourly bars, in the background");
    let result = load(agent, screen, &mut done).await;
    screen.end(result);
    screen.step("Read the last bars");
    let result = bars(agent, screen).await;
    screen.end(result);
    screen.step("Train a neural network, watch its epochs, cancel it");
    let result = train(agent, screen, &mut done).await;
    screen.end(result);
    screen.step("List what happened");
    let result = list_operations(agent, screen, &done).await;
    screen.end(result);
    screen.step("A wrong argument, refused before anything is sent");
    let result = refused(agent, screen).await;
    screen.end(result);
    screen.step("An error of the backend");
    let result = backend_error(agent, screen).await;
    screen.end(result);
}

/// The operations that were started.
#[derive(Default)]
struct Done {
    load: Option<String>,
    training: Option<String>,
}

fn expect(condition: bool, what: impl FnOnce() -> String) -> Checked {
    if condition { Ok(()) } else { Err(what()) }
}

/// The text at a pointer.
fn text<'a>(value: &'a Value, pointer: &str) -> Result<&'a str, String> {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .ok_or_else(|| format!("there is no text at {pointer} of {value}"))
}

async fn list_tools(agent: &Agent, screen: &mut Screen) -> Checked {
    let tools = agent.tools().await?;
    let mut total = 0;
    for tool in &tools {
        let tokens = serde_json::to_string(tool)
            .map_err(|error| error.to_string())?
            .len()
            / 4;
        total += tokens;
        let title = tool.title.as_deref().unwrap_or_default();
        screen.note(&format!("{:24} {tokens:>5}  {title}", tool.name));
    }
    screen.note(&format!(
        "{:24} {total:>5}  tokens (bytes of JSON divided by 4)",
        format!("{} tools", tools.len())
    ));
    expect(!tools.is_empty(), || "there are none".to_owned())
}

async fn load(agent: &Agent, screen: &mut Screen, done: &mut Done) -> Checked {
    let arguments = json!({
        "symbol": "AAPL", "timeframe": "1h", "mode": "full", "start_date": "2024-01-01", "end_date": "2024-12-31",
    });
    let started = call(agent, screen, "trigger_data_loading", arguments).await?;
    let id = text(&started, "/operation_id")?.to_owned();
    done.load = Some(id.clone());
    screen.call("get_operation_status", &json!({"operation_id": id}));
    let state = follow(agent, screen, &id).await?;
    expect(state == "completed", || {
        format!("the operation ended as {state}")
    })?;
    let results = call(
        agent,
        screen,
        "get_operation_results",
        json!({"operation_id": id}),
    )
    .await?;
    let bars = results
        .pointer("/results/bars_loaded")
        .and_then(Value::as_u64)
        .unwrap_or_default();
    let source = results
        .pointer("/results/data_source")
        .and_then(Value::as_str)
        .unwrap_or("?");
    screen.note(&format!("{bars} bars, source: {source}"));
    expect(bars > 0, || "no bars were loaded".to_owned())
}

/// Looks at an operation until it has ended; its last state.
async fn follow(agent: &Agent, screen: &mut Screen, id: &str) -> Result<String, String> {
    let began = Instant::now();
    loop {
        let status = agent
            .succeed("get_operation_status", json!({"operation_id": id}))
            .await?;
        let state = text(&status, "/data/status")?;
        let percent = status
            .pointer("/data/progress/percentage")
            .and_then(Value::as_f64)
            .unwrap_or_default();
        let step = status
            .pointer("/data/progress/current_step")
            .and_then(Value::as_str)
            .unwrap_or_default();
        screen.progress(percent, &format!("{state}  {step}"));
        if !matches!(state, "pending" | "running") {
            return Ok(state.to_owned());
        }
        expect(began.elapsed() < LONGEST, || {
            format!("{id} is still {state} after {} s", LONGEST.as_secs())
        })?;
        tokio::time::sleep(INTERVAL).await;
    }
}

async fn bars(agent: &Agent, screen: &mut Screen) -> Checked {
    let arguments = json!({"symbol": "AAPL", "timeframe": "1h", "limit": 5});
    let answer = call(agent, screen, "get_market_data", arguments).await?;
    let list = |pointer: &str| {
        answer
            .pointer(pointer)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let (dates, rows) = (list("/data/dates"), list("/data/ohlcv"));
    screen.note(&format!(
        "{:26} {:>9} {:>9} {:>9} {:>9} {:>12}",
        "date", "open", "high", "low", "close", "volume"
    ));
    for (date, row) in dates.iter().zip(&rows) {
        let number = |index: usize| row.get(index).and_then(Value::as_f64).unwrap_or(f64::NAN);
        let date = date.as_str().unwrap_or_default();
        let [open, high, low, close, volume] = [0, 1, 2, 3, 4].map(number);
        screen.note(&format!(
            "{date:26} {open:>9.2} {high:>9.2} {low:>9.2} {close:>9.2} {volume:>12.0}"
        ));
    }
    expect(dates.len() == 5 && rows.len() == 5, || {
        format!("there are {} dates and {} bars", dates.len(), rows.len())
    })?;
    let marked = answer.pointer("/data/metadata/limited_by_client") == Some(&Value::Bool(true));
    expect(marked, || {
        "nothing says that these are not all bars".to_owned()
    })
}

async fn train(agent: &Agent, screen: &mut Screen, done: &mut Done) -> Checked {
    let arguments = json!({
        "strategy_config_path": "mlp_basic", "symbols": ["AAPL"], "timeframes": ["1h"],
        "training_config": {"epochs": 500, "batch_size": 32},
    });
    let started = call(agent, screen, "start_training", arguments).await?;
    let id = text(&started, "/operation_id")?.to_owned();
    done.training = Some(id.clone());
    screen.call("get_operation_status", &json!({"operation_id": id}));
    watch(agent, screen, &id).await?;
    let arguments = json!({"operation_id": id, "reason": "The demonstration has seen enough"});
    call(agent, screen, "cancel_operation", arguments).await?;
    let state = follow(agent, screen, &id).await?;
    expect(state == "cancelled", || {
        format!("the training ended as {state}")
    })
}

/// Shows epochs as they end, until enough have been seen.
async fn watch(agent: &Agent, screen: &mut Screen, id: &str) -> Checked {
    let began = Instant::now();
    let mut seen = 0;
    let mut last = 0;
    while seen < WATCHED {
        let status = agent
            .succeed("get_operation_status", json!({"operation_id": id}))
            .await?;
        let state = text(&status, "/data/status")?;
        expect(matches!(state, "pending" | "running"), || {
            format!("the training is {state} already: {status}")
        })?;
        let context = status
            .pointer("/data/progress/context")
            .cloned()
            .unwrap_or_default();
        let epoch = context["epoch_index"].as_u64().unwrap_or_default();
        let loss = |name: &str| context["epoch_metrics"][name].as_f64();
        if let (Some(train), Some(validation)) = (loss("train_loss"), loss("val_loss"))
            && epoch > last
        {
            let total = context["total_epochs"].as_u64().unwrap_or_default();
            screen.note(&format!(
                "epoch {epoch:>3} of {total}  train_loss {train:.4}  val_loss {validation:.4}"
            ));
            (seen, last) = (seen + 1, epoch);
        }
        expect(began.elapsed() < LONGEST, || {
            format!("only {seen} epochs in {} s", LONGEST.as_secs())
        })?;
        tokio::time::sleep(INTERVAL).await;
    }
    Ok(())
}

async fn list_operations(agent: &Agent, screen: &mut Screen, done: &Done) -> Checked {
    let list = call(agent, screen, "list_operations", json!({"limit": 10})).await?;
    let rows = list["data"].as_array().cloned().unwrap_or_default();
    for row in &rows {
        let part = |name: &str| row[name].as_str().unwrap_or("-").to_owned();
        let (kind, status, id) = (part("operation_type"), part("status"), part("operation_id"));
        screen.note(&format!("{kind:10} {status:10} {id}"));
    }
    for (id, state) in [(&done.load, "completed"), (&done.training, "cancelled")] {
        let id = id
            .as_deref()
            .ok_or_else(|| format!("no operation was started that could be {state}"))?;
        let listed = rows
            .iter()
            .any(|row| row["operation_id"] == id && row["status"] == state);
        expect(listed, || format!("{id} is not listed as {state}"))?;
    }
    Ok(())
}

async fn refused(agent: &Agent, screen: &mut Screen) -> Checked {
    let before = operations(agent).await?;
    let arguments = json!({"symbol": "AAPL", "mode": "tial"});
    screen.call("trigger_data_loading", &arguments);
    let answer = agent.call("trigger_data_loading", arguments).await?;
    screen.whole_answer(&answer.text);
    expect(answer.is_error, || "it was not refused".to_owned())?;
    let named = answer.text.contains("mode") && answer.text.contains("tail");
    expect(named, || {
        "the argument and its values are not named".to_owned()
    })?;
    expect(operations(agent).await? == before, || {
        "the backend was asked all the same".to_owned()
    })
}

/// How many operations there are.
async fn operations(agent: &Agent) -> Result<u64, String> {
    let list = agent
        .succeed("list_operations", json!({"limit": 1}))
        .await?;
    list["total_count"]
        .as_u64()
        .ok_or_else(|| format!("there is no count in {list}"))
}

async fn backend_error(agent: &Agent, screen: &mut Screen) -> Checked {
    let arguments = json!({"operation_id": "op_that_never_was"});
    screen.call("get_operation_status", &arguments);
    let answer = agent.call("get_operation_status", arguments).await?;
    screen.whole_answer(&answer.text);
    expect(answer.is_error, || "it is not an error".to_owned())?;
    expect(answer.json["status_code"] == 404, || {
        "the status is not told".to_owned()
    })
}

/// Makes a call that has to succeed and shows both sides of it.
async fn call(
    agent: &Agent,
    screen: &mut Screen,
    tool: &'static str,
    arguments: Value,
) -> Result<Value, String> {
    screen.call(tool, &arguments);
    let answer = agent.succeed(tool, arguments).await?;
    screen.answer(&answer.to_string());
    Ok(answer)
}
