//! A small multi-layer perceptron: linear layers with an activation between them.

use std::collections::HashMap;
use std::path::Path;

use candle_core::{Device, Result, Tensor};
use candle_nn::ops;

use crate::ktrdr::strategies::config::Activation;

/// The layers of a network, trained or in training.
#[derive(Clone, Debug)]
pub struct Layers {
    /// Weights (outputs × inputs) and biases of every layer.
    layers: Vec<(Tensor, Tensor)>,
    activation: Activation,
}

impl Layers {
    /// Layers of these weights (outputs × inputs) and biases.
    pub fn new(layers: Vec<(Tensor, Tensor)>, activation: Activation) -> Self {
        Self { layers, activation }
    }

    /// What comes out for rows of inputs, before it is made probabilities.
    pub fn forward(&self, inputs: &Tensor) -> Result<Tensor> {
        let mut signal = inputs.clone();
        for (n, (weights, bias)) in self.layers.iter().enumerate() {
            if n > 0 {
                signal = match self.activation {
                    Activation::Relu => signal.relu()?,
                    Activation::Tanh => signal.tanh()?,
                    Activation::Sigmoid => ops::sigmoid(&signal)?,
                };
            }
            signal = signal.matmul(&weights.t()?)?.broadcast_add(bias)?;
        }
        Ok(signal)
    }

    /// Number of weights and biases.
    pub fn parameters(&self) -> usize {
        self.layers
            .iter()
            .map(|(weights, bias)| weights.elem_count() + bias.elem_count())
            .sum()
    }

    /// Neurons per layer from input to output, for example `27-32-16-2`.
    pub fn architecture(&self) -> String {
        let sizes: Vec<String> = self.sizes().iter().map(usize::to_string).collect();
        sizes.join("-")
    }

    fn sizes(&self) -> Vec<usize> {
        let inputs = self
            .layers
            .first()
            .and_then(|(weights, _)| weights.dims().get(1).copied());
        let outputs = self.layers.iter().map(|(_, bias)| bias.elem_count());
        inputs.into_iter().chain(outputs).collect()
    }

    /// Writes the weights as safetensors: `layers.N.weight` and `layers.N.bias`.
    pub fn save(&self, path: &Path) -> Result<()> {
        let mut tensors = HashMap::new();
        for (n, (weights, bias)) in self.layers.iter().enumerate() {
            tensors.insert(format!("layers.{n}.weight"), weights.clone());
            tensors.insert(format!("layers.{n}.bias"), bias.clone());
        }
        candle_core::safetensors::save(&tensors, path)
    }

    /// Reads what [`Layers::save`] wrote of a network with so many inputs and outputs.
    ///
    /// # Errors
    /// Also where the file holds another network.
    pub fn load(
        path: &Path,
        inputs: usize,
        outputs: usize,
        activation: Activation,
    ) -> Result<Self> {
        let mut tensors = candle_core::safetensors::load(path, &Device::Cpu)?;
        let mut layers = Vec::new();
        while let Some(weights) = tensors.remove(&format!("layers.{}.weight", layers.len())) {
            let Some(bias) = tensors.remove(&format!("layers.{}.bias", layers.len())) else {
                candle_core::bail!("layer {} has no bias", layers.len());
            };
            layers.push((weights, bias));
        }
        let mut before = inputs;
        for (n, (weights, bias)) in layers.iter().enumerate() {
            let (out, into) = weights.dims2()?;
            if into != before || bias.dims1()? != out {
                candle_core::bail!("layer {n} does not fit the one before it");
            }
            before = out;
        }
        if layers.is_empty() || before != outputs {
            candle_core::bail!("it gives {before} values, not {outputs}");
        }
        Ok(Self::new(layers, activation))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ktrdr::training::network::Network;

    fn layers(activation: Activation) -> Layers {
        Network::new(27, &[32, 16], 2, activation, 0.001, 1)
            .unwrap()
            .layers()
            .clone()
    }

    #[test]
    fn weights_are_saved_whole_and_read_again() {
        let layers = layers(Activation::Relu);
        assert_eq!(layers.architecture(), "27-32-16-2");
        assert_eq!(
            layers.parameters(),
            27 * 32 + 32 + 32 * 16 + 16 + 16 * 2 + 2
        );
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        layers.save(&path).unwrap();
        let saved = candle_core::safetensors::load(&path, &Device::Cpu).unwrap();
        assert_eq!(saved.len(), 6);
        assert_eq!(saved["layers.1.weight"].dims(), [16, 32]);
        let count: usize = saved.values().map(Tensor::elem_count).sum();
        assert_eq!(count, layers.parameters());

        let read = Layers::load(&path, 27, 2, Activation::Relu).unwrap();
        let row = Tensor::from_vec(vec![0.25_f32; 27], (1, 27), &Device::Cpu).unwrap();
        let out = |layers: &Layers| layers.forward(&row).unwrap().to_vec2::<f32>().unwrap();
        assert_eq!(out(&read), out(&layers));
        for (inputs, outputs) in [(26, 2), (27, 3)] {
            assert!(Layers::load(&path, inputs, outputs, Activation::Relu).is_err());
        }
        assert!(Layers::load(&folder.path().join("none"), 27, 2, Activation::Relu).is_err());
    }

    #[test]
    fn the_activation_lies_between_the_layers() {
        let one = |value: f32| Tensor::from_vec(vec![value], (1, 1), &Device::Cpu).unwrap();
        let none = Tensor::from_vec(vec![0.0_f32], 1, &Device::Cpu).unwrap();
        for (activation, expect) in [
            (Activation::Relu, 0.0),
            (Activation::Tanh, 3.0 * (-2.0_f32).tanh()),
            (Activation::Sigmoid, 3.0 / (1.0 + 2.0_f32.exp())),
        ] {
            let layers = vec![(one(-2.0), none.clone()), (one(3.0), none.clone())];
            let out = Layers::new(layers, activation).forward(&one(1.0)).unwrap();
            let value = out.to_vec2::<f32>().unwrap()[0][0];
            assert!((value - expect).abs() < 1e-6, "{activation:?}: {value}");
        }
    }
}
