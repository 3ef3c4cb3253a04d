use std::fs;

use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::ktrdr::kinds::{OperationType, Timeframe, interval};
use crate::ktrdr::store::bars::Bar;
use crate::ktrdr::store::operations::{self, Metadata};
use crate::ktrdr::store::{Connection, Store, testing};
use crate::ktrdr::strategies::built_in;
use crate::ktrdr::training::request::Settings;

struct Bench {
    folder: TempDir,
    store: Store,
    token: CancellationToken,
}

impl Bench {
    fn new() -> Self {
        let bench = Self {
            folder: tempfile::tempdir().unwrap(),
            store: testing::store(),
            token: CancellationToken::new(),
        };
        let add = |db: &Connection| {
            operations::insert(
                db,
                "op_training_1",
                OperationType::Training,
                &Metadata::default(),
                0,
            )?;
            trainings::insert(db, "task", "op_training_1", &request(1))
        };
        bench.store.write_now(add).unwrap();
        bench
    }

    /// A price that swings so regularly that its next move can be known.
    fn swinging(&self, symbol: &str, bars: i64) {
        let price = |n: i64| 100.0 + 5.0 * (n as f64 * std::f64::consts::TAU / 16.0).sin();
        let bars: Vec<Bar> = (0..bars)
            .map(|n| {
                let (open, close) = (price(n - 1), price(n));
                let (high, low) = (open.max(close), open.min(close));
                Bar {
                    time: n * interval(Timeframe::V1h),
                    open,
                    high,
                    low,
                    close,
                    volume: 1.0,
                }
            })
            .collect();
        let put = |db: &Connection| bars::store(db, symbol, Timeframe::V1h, Source::Csv, &bars, 0);
        self.store.write_now(put).unwrap();
    }

    async fn train(
        &self,
        request: TrainingRequest,
        synthetic: bool,
    ) -> Result<Map<String, Value>, Stop> {
        let places = Places {
            sources: Sources {
                folder: None,
                synthetic,
                pace: Duration::from_secs(3600),
            },
            models: self.folder.path().join("models"),
        };
        let context = Context::new(
            "op_training_1".to_owned(),
            self.store.clone(),
            self.token.clone(),
        );
        tokio::task::spawn_blocking(move || run(&context, &places, &request, "task"))
            .await
            .unwrap()
    }
}

fn request(epochs: usize) -> TrainingRequest {
    let strategy = built_in::find("mlp_basic").unwrap().clone();
    TrainingRequest {
        symbols: vec!["AAPL".to_owned()],
        timeframe: Timeframe::V1h,
        start: None,
        end: None,
        settings: Settings {
            epochs,
            learning_rate: 0.01,
            ..Settings::of(&strategy)
        },
        strategy,
    }
}

#[tokio::test]
async fn a_learnable_series_is_learnt_and_written() {
    let bench = Bench::new();
    bench.swinging("AAPL", 500);
    bench.swinging("MSFT", 300);
    let asked = TrainingRequest {
        symbols: vec!["AAPL".into(), "MSFT".into()],
        ..request(8)
    };
    let summary = bench.train(asked, false).await.unwrap();

    let history = bench
        .store
        .read_now(|db| trainings::epochs(db, "task"))
        .unwrap();
    assert_eq!(history.len(), 8);
    assert!(
        history[7].train_loss < history[0].train_loss / 2.0,
        "{history:?}"
    );
    assert!(history[7].val_loss < history[0].val_loss, "{history:?}");
    assert!(
        summary["validation_metrics"]["accuracy"].as_f64().unwrap() > 0.9,
        "{summary:?}"
    );
    assert_eq!(summary["training_metrics"]["epochs_completed"], 8);
    assert_eq!(
        (&summary["data_source"], &summary["checkpoint"]),
        (&"csv".into(), &false.into())
    );

    let folder = summary["artifacts"]["analytics_directory"]
        .as_str()
        .unwrap();
    let mut files: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    assert_eq!(files, ["config.json", "metrics.json", "model.safetensors"]);
    let config: Value =
        serde_json::from_slice(&fs::read(format!("{folder}/config.json")).unwrap()).unwrap();
    assert_eq!(
        (&config["strategy_name"], &config["classes"]),
        (&"mlp_basic".into(), &json!(["down", "up"]))
    );
    assert!(config["fuzzy_sets"]["rsi_14"]["low"].as_f64().unwrap() < 50.0);
    let metrics: Value =
        serde_json::from_slice(&fs::read(format!("{folder}/metrics.json")).unwrap()).unwrap();
    assert_eq!(metrics["history"].as_array().unwrap().len(), 8);

    let models = bench.store.read_now(models::list).unwrap();
    assert_eq!(models[0].model_id, "mlp_basic_AAPL_MSFT_1h_1");
    assert!(
        !models[0].checkpoint
            && !models[0].synthetic
            && models[0].model_path.ends_with("model.safetensors")
    );
    let training = bench
        .store
        .read_now(|db| trainings::get(db, "op_training_1"))
        .unwrap()
        .unwrap();
    assert_eq!(training.outcome.unwrap().model.architecture, "27-32-16-2");
}

#[tokio::test]
async fn the_same_seed_gives_the_same_model() {
    let run = async |seed| {
        let bench = Bench::new();
        bench.swinging("AAPL", 200);
        let mut asked = request(2);
        asked.settings.seed = seed;
        let summary = bench.train(asked, false).await.unwrap();
        fs::read(summary["artifacts"]["model_path"].as_str().unwrap()).unwrap()
    };
    let first = run(1).await;
    assert_eq!(first, run(1).await);
    assert_ne!(first, run(2).await);
}

#[tokio::test]
async fn a_cancelled_training_keeps_a_checkpoint() {
    let bench = Bench::new();
    bench.swinging("AAPL", 400);
    let watch = async {
        let begin = Instant::now();
        while bench
            .store
            .read_now(|db| trainings::epochs(db, "task"))
            .unwrap()
            .is_empty()
        {
            assert!(begin.elapsed() < Duration::from_secs(60));
            tokio::task::yield_now().await;
        }
        bench.token.cancel();
    };
    let (result, ()) = tokio::join!(bench.train(request(1000), false), watch);
    let Err(Stop::Cancelled(Some(kept))) = result else {
        panic!("{result:?}")
    };
    assert_eq!(kept["checkpoint"], true);
    assert!(
        kept["training_metrics"]["epochs_completed"]
            .as_i64()
            .unwrap()
            < 1000
    );
    assert!(fs::exists(kept["artifacts"]["model_path"].as_str().unwrap()).unwrap());
    assert!(bench.store.read_now(models::list).unwrap()[0].checkpoint);
}

#[tokio::test]
async fn missing_bars_are_generated_only_where_that_is_allowed() {
    let bench = Bench::new();
    let Err(Stop::Failed(message)) = bench.train(request(1), false).await else {
        panic!()
    };
    assert_eq!(
        message,
        "No cached bars of AAPL 1h. Load them first (POST /api/v1/data/load)."
    );
    let summary = bench.train(request(1), true).await.unwrap();
    assert_eq!(summary["data_source"], "synthetic");
    assert!(bench.store.read_now(models::list).unwrap()[0].synthetic);
}

#[tokio::test]
async fn a_training_that_cannot_work_fails_with_advice() {
    let bench = Bench::new();
    bench.swinging("AAPL", 40);
    let Err(Stop::Failed(message)) = bench.train(request(1), false).await else {
        panic!()
    };
    assert!(message.starts_with("Too few bars: "), "{message}");
}
