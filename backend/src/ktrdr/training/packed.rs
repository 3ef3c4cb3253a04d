//! A whole model in one file: the weights as safetensors, and in the metadata of their header all else
//! that belongs to them.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use safetensors::SafeTensors;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::outcome::ModelRecord;
use super::request::TrainingRequest;
use crate::ktrdr::data::is_symbol;

/// Key of the metadata.
const KEY: &str = "ktrdr.model";

/// What belongs to a model beside its weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Packed {
    /// The model, as lists show it.
    pub record: ModelRecord,
    /// What its training was asked for.
    pub request: TrainingRequest,
    /// Its `config.json`.
    pub config: Value,
}

impl Packed {
    /// Writes a model, whose folder this is, into one file.
    ///
    /// # Errors
    /// Says which file cannot be read or written.
    pub fn write(record: ModelRecord, request: TrainingRequest, to: &Path) -> Result<(), String> {
        let weights = Path::new(&record.model_path);
        let config = weights.with_file_name("config.json");
        let config = serde_json::from_slice(&read(&config)?)
            .map_err(|error| format!("Cannot read {}: {error}", config.display()))?;
        let bytes = read(weights)?;
        let packed = Self {
            record,
            request,
            config,
        };
        let text = serde_json::to_string(&packed).map_err(|error| error.to_string())?;
        let metadata = HashMap::from([
            ("format".to_owned(), "pt".to_owned()),
            (KEY.to_owned(), text),
        ]);
        SafeTensors::deserialize(&bytes)
            .and_then(|tensors| {
                safetensors::serialize_to_file(tensors.tensors(), Some(metadata), to)
            })
            .map_err(|error| format!("Cannot write {}: {error}", to.display()))
    }

    /// Reads such a file and writes the folder of the model anew, so that it can be used there.
    ///
    /// # Errors
    /// Says why it is none.
    pub fn unpack(bytes: &[u8], folder: &Path) -> Result<Self, String> {
        let (_, header) = SafeTensors::read_metadata(bytes)
            .map_err(|error| format!("it is no safetensors file: {error}"))?;
        let text = header
            .metadata()
            .as_ref()
            .and_then(|metadata| metadata.get(KEY))
            .ok_or_else(|| format!("its header has no {KEY}, so it holds weights alone"))?;
        let mut packed: Self = serde_json::from_str(text)
            .map_err(|error| format!("{KEY} of its header is not understood: {error}"))?;
        packed.check()?;
        let weights = folder.join("model.safetensors");
        let write = |path: &Path, bytes: &[u8]| {
            fs::write(path, bytes).map_err(|error| format!("cannot write it: {error}"))
        };
        write(&weights, bytes)?;
        write(
            &folder.join("config.json"),
            packed.config.to_string().as_bytes(),
        )?;
        packed.record.model_path = weights.display().to_string();
        Ok(packed)
    }

    /// Whether the names in it are such as are given here: they go into ids and reports.
    fn check(&self) -> Result<(), String> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        let ModelRecord {
            model_id,
            strategy,
            symbols,
            ..
        } = &self.record;
        let fits = matches!(model_id.len(), 1..=200)
            && model_id.bytes().all(plain)
            && *strategy == self.request.strategy.name
            && self.config["strategy"]["name"] == **strategy
            && symbols.iter().all(|symbol| is_symbol(symbol));
        if fits {
            Ok(())
        } else {
            Err(format!("{KEY} of its header does not belong to a model"))
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("Cannot read {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ktrdr::kinds::Timeframe;
    use crate::ktrdr::strategies::built_in;
    use crate::ktrdr::training::layers::Layers;
    use crate::ktrdr::training::network::Network;
    use crate::ktrdr::training::request::Settings;

    fn layers(request: &TrainingRequest) -> Layers {
        let inputs = request.strategy.inputs();
        let architecture = &request.strategy.model.architecture;
        Network::new(inputs, &[8], 2, architecture.activation, 0.01, 1)
            .unwrap()
            .layers()
            .clone()
    }

    fn packed(folder: &Path, model_id: &str) -> (Packed, Vec<u8>) {
        let strategy = built_in::STRATEGIES[0].clone();
        let request = TrainingRequest {
            settings: Settings::of(&strategy),
            symbols: vec!["AAPL".to_owned()],
            timeframe: Timeframe::V1h,
            start: None,
            end: Some(5),
            strategy,
        };
        let path = folder.join("model.safetensors");
        layers(&request).save(&path).unwrap();
        let config = serde_json::json!({ "strategy": request.strategy.to_json() });
        fs::write(path.with_file_name("config.json"), config.to_string()).unwrap();
        let record = ModelRecord {
            model_id: model_id.to_owned(),
            task_id: "task".to_owned(),
            strategy: request.strategy.name.clone(),
            symbols: request.symbols.clone(),
            timeframe: request.timeframe,
            created_at: 7,
            epochs_completed: 1,
            validation_accuracy: 0.5,
            checkpoint: false,
            synthetic: true,
            model_path: path.display().to_string(),
        };
        let file = folder.join("whole.safetensors");
        Packed::write(record.clone(), request.clone(), &file).unwrap();
        let packed = Packed {
            record,
            request,
            config,
        };
        (packed, fs::read(file).unwrap())
    }

    #[test]
    fn a_model_is_whole_again_elsewhere() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (expect, bytes) = packed(from.path(), "m_1");
        let mut read = Packed::unpack(&bytes, to.path()).unwrap();
        let weights = Path::new(&read.record.model_path).to_owned();
        assert_eq!(weights.parent(), Some(to.path()));
        let activation = read.request.strategy.model.architecture.activation;
        let layers = Layers::load(&weights, read.request.strategy.inputs(), 2, activation).unwrap();
        assert_eq!(layers.architecture(), "27-8-2");
        read.record.model_path.clone_from(&expect.record.model_path);
        assert_eq!(read, expect);
    }

    #[test]
    fn what_is_no_model_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (_, whole) = packed(folder.path(), "m_1");
        let bare = fs::read(folder.path().join("model.safetensors")).unwrap();
        let (_, hostile) = packed(folder.path(), "../m|<b>");
        for (bytes, why) in [
            (&b"PK"[..], "it is no safetensors file"),
            (&whole[..whole.len() / 2], "it is no safetensors file"),
            (&bare, "so it holds weights alone"),
            (&hostile, "does not belong to a model"),
        ] {
            let error = Packed::unpack(bytes, folder.path()).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }
}
