//! A network in training: its layers with Adam on the cross-entropy of its classes.

use candle_core::{D, DType, Device, Result, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW, loss};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};

use super::dataset::Samples;
use super::layers::Layers;
use crate::ktrdr::strategies::config::Activation;

/// The network with its optimiser.
#[derive(Debug)]
pub struct Network {
    layers: Layers,
    optimiser: AdamW,
    shuffling: StdRng,
}

impl Network {
    /// A network with random weights. The seed decides them, and the order of the samples.
    pub fn new(
        inputs: usize,
        hidden: &[usize],
        classes: usize,
        activation: Activation,
        learning_rate: f64,
        seed: u64,
    ) -> Result<Self> {
        let mut random = StdRng::seed_from_u64(seed);
        let sizes: Vec<usize> = [inputs]
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
        let shared = |(weights, bias): &(Var, Var)| {
            // The same memory: what the optimiser learns is seen by the layers.
            (weights.as_tensor().clone(), bias.as_tensor().clone())
        };
        Ok(Self {
            layers: Layers::new(layers.iter().map(shared).collect(), activation),
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
        let width = samples.width();
        let mut inputs = Vec::with_capacity(batch.len() * width);
        let mut classes = Vec::with_capacity(batch.len());
        for sample in batch {
            inputs.extend_from_slice(&samples.inputs[sample * width..][..width]);
            classes.push(samples.classes[*sample]);
        }
        let logits = self.layers.forward(&Tensor::from_vec(
            inputs,
            (batch.len(), width),
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
        let logits = self.layers.forward(&Tensor::from_slice(
            &samples.inputs,
            (samples.len(), samples.width()),
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

    /// Its layers.
    pub fn layers(&self) -> &Layers {
        &self.layers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INPUTS: usize = 27;

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
        let mut network = Network::new(INPUTS, &[8], 2, Activation::Relu, 0.02, seed).unwrap();
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
}
