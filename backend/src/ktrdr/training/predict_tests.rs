use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::ktrdr::kinds::Timeframe;
use crate::ktrdr::strategies::{built_in, schema};
use crate::ktrdr::training::artifacts::Artifacts;
use crate::ktrdr::training::dataset::Dataset;
use crate::ktrdr::training::metrics::Confusion;
use crate::ktrdr::training::network::Network;
use crate::ktrdr::training::outcome::TrainingFigures;
use crate::ktrdr::training::request::{Settings, TrainingRequest};

/// A price that swings regularly, with volume.
fn bars(count: usize) -> Vec<Bar> {
    let price = |n: f64| 100.0 + 5.0 * (n * std::f64::consts::TAU / 16.0).sin() + (n * 0.7).cos();
    (0..count)
        .map(|n| {
            let (open, close) = (price(n as f64 - 1.0), price(n as f64));
            Bar {
                time: n as i64 * 3_600_000,
                open,
                high: open.max(close) + 0.1,
                low: open.min(close) - 0.2,
                close,
                volume: 1000.0 + (n % 7) as f64 * 10.0,
            }
        })
        .collect()
}

/// A strategy trained a little on the bars and written. Answers the folder and the data.
fn trained(strategy: &Strategy) -> (TempDir, Dataset, Network) {
    let settings = Settings {
        learning_rate: 0.01,
        ..Settings::of(strategy)
    };
    let samples = features::samples(strategy, &bars(400));
    let data = dataset::build(strategy, samples, 0.3, settings.label_threshold).unwrap();
    let mut network = Network::new(
        strategy.inputs(),
        &settings.hidden_layers,
        data.classes.len(),
        strategy.model.architecture.activation,
        settings.learning_rate,
        settings.seed,
    )
    .unwrap();
    for _ in 0..5 {
        for batch in network.batches(data.training.len(), 32) {
            network.learn(&data.training, &batch).unwrap();
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let confusion = Confusion::new(data.classes.len(), &[], &[]);
    let training = TrainingFigures {
        final_train_loss: 0.0,
        final_val_loss: 0.0,
        epochs_completed: 5,
        training_time_minutes: 0.0,
    };
    let request = TrainingRequest {
        strategy: strategy.clone(),
        symbols: vec!["AAPL".to_owned()],
        timeframe: Timeframe::V1h,
        start: None,
        end: None,
        settings,
    };
    let artifacts = Artifacts {
        request: &request,
        data: &data,
        synthetic: false,
        layers: network.layers(),
        history: &[],
        training: &training,
        validation: &confusion.figures(),
        confusion: &confusion,
    };
    artifacts.write(folder.path(), "model").unwrap();
    (folder, data, network)
}

fn strategies() -> Vec<Strategy> {
    let examples = schema::examples()
        .into_iter()
        .map(|it| Strategy::read(it).unwrap());
    examples.chain([built_in::STRATEGIES[0].clone()]).collect()
}

#[test]
fn a_written_model_says_what_the_trained_network_said() {
    for strategy in strategies() {
        let (folder, data, network) = trained(&strategy);
        let model = Model::load(&folder.path().join("model")).unwrap();
        assert_eq!(model.strategy().to_json(), strategy.to_json());
        let said = model.predict(&bars(400)).unwrap();
        assert_eq!(said.len(), 400);
        let (_, given) = network.judge(&data.validation).unwrap();
        // The last bar has no next one, so it is no sample; before it lie the validation samples.
        let of_validation = &said[399 - given.len()..399];
        for (said, given) in of_validation.iter().zip(given) {
            let direction = serde_json::to_value(said.unwrap().direction).unwrap();
            assert_eq!(direction, data.classes[given as usize], "{}", strategy.name);
        }
    }
}

#[test]
fn nothing_is_said_before_the_warm_up_and_nothing_depends_on_later_bars() {
    for strategy in strategies() {
        let (folder, ..) = trained(&strategy);
        let model = Model::load(&folder.path().join("model")).unwrap();
        let whole = model.predict(&bars(200)).unwrap();
        let first = whole.iter().position(Option::is_some).unwrap();
        assert_eq!(first, strategy.warm_up(), "{}", strategy.name);
        for end in [0, first, first + 1, 120, 199] {
            let mut other = bars(200);
            other[end..].iter_mut().for_each(|bar| bar.close *= 3.0);
            assert_eq!(model.predict(&other).unwrap()[..end], whole[..end]);
            assert_eq!(model.predict(&other[..end]).unwrap(), whole[..end]);
        }
        for said in whole.iter().flatten() {
            assert!((-1.0..=1.0).contains(&said.score));
            assert!(said.confidence > 1.0 / 3.0 && said.confidence <= 1.0);
        }
    }
}

#[test]
fn a_model_that_cannot_be_used_says_why() {
    let (folder, ..) = trained(&built_in::STRATEGIES[0]);
    let folder = folder.path().join("model");
    let path = folder.join("config.json");
    let config: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let refused = |pointer: &str, value: Value, expect: &str| {
        let mut config = config.clone();
        *config.pointer_mut(pointer).unwrap() = value;
        fs::write(&path, config.to_string()).unwrap();
        let error = Model::load(&folder).unwrap_err();
        assert!(
            error.contains(expect) && error.ends_with("Train it again."),
            "{error}"
        );
    };
    refused(
        "/strategy/indicators/0/name",
        json!("rsl"),
        "its strategy is not valid",
    );
    refused("/fuzzy_sets/rsi_14", json!(null), "fuzzy_sets: ");
    refused(
        "/classes",
        json!(["down", "up", "flat"]),
        "it gives 2 values, not 3",
    );
    let sets = json!({ "low": [0, 1, 50], "high": [40, 60, 100] });
    refused("/fuzzy_sets/rsi_14", sets, "layer 0 does not fit");
    fs::write(&path, "{}").unwrap();
    let error = Model::load(&folder).unwrap_err();
    assert!(error.contains("it does not hold its strategy"), "{error}");
    assert!(
        Model::load(Path::new("/no/such/model"))
            .unwrap_err()
            .contains("config.json")
    );
}
