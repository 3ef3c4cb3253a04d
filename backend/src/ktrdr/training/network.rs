//! A small multi-layer perceptron: linear layers with ReLU between them, trained by Adam on the
//! cross-entropy of its classes.

use std::collections::HashMap;
use std::path::Path;

use candle_core::{D, DType, Device, Result, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW, loss};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};

use super::dataset::{INPUTS, Samples};

/// The network with its optimiser.
#[derive(Debug)]
pub struct Network {
    /// Weights (outputs × inputs) and biases of every layer.
    layers: Vec<(Var, Var)>,
    optimiser: AdamW,
    shuffling: StdRng,
}

impl Network {
    /// A network with random weights. The seed decides them, and the order of the samples.
    pub fn new(hidden: &[usize], classes: usize, learning_rate: f64, seed: u64) -> Result<Self> {
        let mut random = StdRng::seed_from_u64(seed);
        let sizes: Vec<usize> = [INPUTS]
            .iter()
            .chain(hidden)
            .chain(&[classes])
            .copied()
            .collect();
        let layers = sizes
            .windows(2)
            .map(|pair| {
                let (inputs, outputs) = (pair[0], pair[1]);
                // He's initialisation: the signal keeps its size through ReLU.
                let bound = (6.0 / inputs as f32).sqrt();
                let weights: Vec<f32> = (0..inputs * outputs)
                    .map(|_| random.random_range(-bound..bound))
                    .collect();
                let weights =
                    Var::from_tensor(&Tensor::from_vec(weights, (outputs, inputs), &Device::Cpu)?)?;
                Ok((weights, Var::zeros(outputs, DType::F32, &Device::Cpu)?))
            })
            .collect::<Result<Vec<_>>>()?;
        let vars = layers
            .iter()
            .flat_map(|(weights, bias)| [weights.clone(), bias.clone()])
            .collect();
        let settings = ParamsAdamW {
            lr: learning_rate,
            weight_decay: 0.0,
            ..ParamsAdamW::default()
        };
        Ok(Self {
            layers,
            optimiser: AdamW::new(vars, settings)?,
            shuffling: random,
        })
    }

    /// The order of an epoch's samples, in batches.
    pub fn batches(&mut self, samples: usize, size: usize) -> Vec<Vec<usize>> {
        let mut order: Vec<usize> = (0..samples).collect();
        order.shuffle(&mut self.shuffling);
        order.chunks(size.max(1)).map(<[usize]>::to_vec).collect()
    }

    /// Learns from one batch. Answers its mean loss before the step.
    pub fn learn(&mut self, samples: &Samples, batch: &[usize]) -> Result<f64> {
        let mut inputs = Vec::with_capacity(batch.len() * INPUTS);
        let mut classes = Vec::with_capacity(batch.len());
        for sample in batch {
            inputs.extend_from_slice(&samples.inputs[sample * INPUTS..][..INPUTS]);
            classes.push(samples.classes[*sample]);
        }
        let logits = self.forward(&Tensor::from_vec(
            inputs,
            (batch.len(), INPUTS),
            &Device::Cpu,
        )?)?;
        let loss = loss::cross_entropy(
            &logits,
            &Tensor::from_vec(classes, batch.len(), &Device::Cpu)?,
        )?;
        self.optimiser.backward_step(&loss)?;
        Ok(f64::from(loss.to_scalar::<f32>()?))
    }

    /// Mean loss over samples, and the class given to each.
    pub fn judge(&self, samples: &Samples) -> Result<(f64, Vec<u32>)> {
        let logits = self.forward(&Tensor::from_slice(
            &samples.inputs,
            (samples.len(), INPUTS),
            &Device::Cpu,
        )?)?;
        let loss = loss::cross_entropy(
            &logits,
            &Tensor::from_slice(&samples.classes, samples.len(), &Device::Cpu)?,
        )?;
        Ok((
            f64::from(loss.to_scalar::<f32>()?),
            logits.argmax(D::Minus1)?.to_vec1::<u32>()?,
        ))
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
        let outputs = self.layers.iter().map(|(_, bias)| bias.elem_count());
        let sizes: Vec<String> = std::iter::once(INPUTS)
            .chain(outputs)
            .map(|size| size.to_string())
            .collect();
        sizes.join("-")
    }

    /// Writes the weights as safetensors: `layers.N.weight` and `layers.N.bias`.
    pub fn save(&self, path: &Path) -> Result<()> {
        let mut tensors = HashMap::new();
        for (n, (weights, bias)) in self.layers.iter().enumerate() {
            tensors.insert(format!("layers.{n}.weight"), weights.as_tensor().clone());
            tensors.insert(format!("layers.{n}.bias"), bias.as_tensor().clone());
        }
        candle_core::safetensors::save(&tensors, path)
    }

    fn forward(&self, inputs: &Tensor) -> Result<Tensor> {
        let mut signal = inputs.clone();
        for (n, (weights, bias)) in self.layers.iter().enumerate() {
            if n > 0 {
                signal = signal.relu()?;
            }
            signal = signal.matmul(&weights.t()?)?.broadcast_add(bias)?;
        }
        Ok(signal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The class is written in the first input.
    fn easy(count: usize) -> Samples {
        let mut samples = Samples::default();
        for n in 0..count {
            let class = n as u32 % 2;
            let mut inputs = [0.3_f32; INPUTS];
            inputs[0] = class as f32;
            samples.inputs.extend(inputs);
            samples.classes.push(class);
        }
        samples
    }

    fn train(seed: u64) -> (Network, Vec<f64>) {
        let samples = easy(64);
        let mut network = Network::new(&[8], 2, 0.02, seed).unwrap();
        let mut losses = Vec::new();
        for _ in 0..15 {
            for batch in network.batches(samples.len(), 16) {
                losses.push(network.learn(&samples, &batch).unwrap());
            }
        }
        (network, losses)
    }

    #[test]
    fn what_can_be_learnt_is_learnt() {
        let (network, losses) = train(7);
        assert!(losses[losses.len() - 1] < losses[0] / 4.0, "{losses:?}");
        let (loss, classes) = network.judge(&easy(20)).unwrap();
        assert!(loss < 0.2, "{loss}");
        assert_eq!(classes, easy(20).classes);
    }

    #[test]
    fn the_seed_decides() {
        assert_eq!(train(1).1, train(1).1);
        assert_ne!(train(1).1, train(2).1);
    }

    #[test]
    fn weights_are_saved_whole() {
        let network = Network::new(&[32, 16], 2, 0.001, 1).unwrap();
        assert_eq!(network.architecture(), "27-32-16-2");
        assert_eq!(
            network.parameters(),
            27 * 32 + 32 + 32 * 16 + 16 + 16 * 2 + 2
        );
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        network.save(&path).unwrap();
        let saved = candle_core::safetensors::load(&path, &Device::Cpu).unwrap();
        assert_eq!(saved.len(), 6);
        assert_eq!(saved["layers.1.weight"].dims(), [16, 32]);
        let count: usize = saved.values().map(Tensor::elem_count).sum();
        assert_eq!(count, network.parameters());
    }
}
