//! Samples of all symbols, split in time and made fuzzy.

use super::features::Sample;
use super::fuzzy::FuzzySets;
use crate::ktrdr::strategies::Strategy;

/// Fewest samples on either side of the split.
const FEWEST: usize = 20;

/// Inputs and classes of samples.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Samples {
    /// The memberships of every sample, one sample after the other.
    pub inputs: Vec<f32>,
    /// The class of each sample: down, up, and where there is a threshold, flat.
    pub classes: Vec<u32>,
}

impl Samples {
    /// Number of memberships a sample has.
    pub fn width(&self) -> usize {
        self.inputs.len().checked_div(self.len()).unwrap_or(0)
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.classes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.classes.is_empty()
    }
}

/// What a network is trained and judged on.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// The earlier samples, to learn from.
    pub training: Samples,
    /// The later samples, to judge by.
    pub validation: Samples,
    /// Names of the classes.
    pub classes: &'static [&'static str],
    /// The sets of every indicator; those to be fitted are fitted to the training samples only.
    pub sets: Vec<FuzzySets>,
}

/// Splits samples at a moment, so that `validation_split` of them lie behind it. A training sample
/// whose move is known only behind that moment is left out.
pub fn build(
    strategy: &Strategy,
    mut samples: Vec<Sample>,
    validation_split: f64,
    threshold: f64,
) -> Result<Dataset, String> {
    samples.sort_by_key(|sample| sample.time);
    let kept = (samples.len() as f64 * (1.0 - validation_split)) as usize;
    let cut = samples.get(kept).map_or(i64::MAX, |sample| sample.time);
    let training: Vec<Sample> = samples
        .iter()
        .filter(|sample| sample.known_at < cut)
        .cloned()
        .collect();
    let validation: Vec<Sample> = samples
        .iter()
        .filter(|sample| sample.time >= cut)
        .cloned()
        .collect();
    if training.len() < FEWEST || validation.len() < FEWEST {
        return Err(format!(
            "Too few bars: {} samples to train on and {} to validate on, at least {FEWEST} of each are needed \
             (the first {} bars of a symbol only warm up its indicators). Load more history or ask for a longer range.",
            training.len(),
            validation.len(),
            strategy.warm_up()
        ));
    }
    let sets: Vec<FuzzySets> = strategy
        .indicators
        .iter()
        .enumerate()
        .filter_map(|(n, input)| {
            let values: Vec<f64> = training.iter().map(|sample| sample.indicators[n]).collect();
            Some(FuzzySets::of(strategy.fuzzy_sets.get(&input.id)?, &values))
        })
        .collect();
    let classes: &[&str] = if threshold > 0.0 {
        &["down", "up", "flat"]
    } else {
        &["down", "up"]
    };
    Ok(Dataset {
        training: fuzzify(&training, &sets, threshold),
        validation: fuzzify(&validation, &sets, threshold),
        classes,
        sets,
    })
}

/// Inputs of the network: the memberships of every indicator.
pub fn inputs<'a>(indicators: &'a [f64], sets: &'a [FuzzySets]) -> impl Iterator<Item = f32> + 'a {
    indicators
        .iter()
        .zip(sets)
        .flat_map(|(value, sets)| sets.memberships(*value))
        .map(|share| share as f32)
}

fn fuzzify(samples: &[Sample], sets: &[FuzzySets], threshold: f64) -> Samples {
    let mut fuzzy = Samples::default();
    for sample in samples {
        fuzzy.inputs.extend(inputs(&sample.indicators, sets));
        fuzzy.classes.push(match sample.next_move {
            change if threshold > 0.0 && change.abs() <= threshold => 2,
            change if change > 0.0 => 1,
            _ => 0,
        });
    }
    fuzzy
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ktrdr::strategies::built_in;

    fn build(
        samples: Vec<Sample>,
        validation_split: f64,
        threshold: f64,
    ) -> Result<Dataset, String> {
        super::build(
            &built_in::STRATEGIES[0],
            samples,
            validation_split,
            threshold,
        )
    }

    fn sample(time: i64, next_move: f64) -> Sample {
        Sample {
            time,
            known_at: time + 1,
            indicators: vec![time as f64; 9],
            next_move,
        }
    }

    #[test]
    fn the_split_is_in_time_and_learns_nothing_from_behind_it() {
        let samples: Vec<Sample> = (0..200).rev().map(|time| sample(time, 0.01)).collect();
        let data = build(samples, 0.25, 0.0).unwrap();
        // The sample at 149 is left out: its move is known at 150, where validation begins.
        assert_eq!((data.training.len(), data.validation.len()), (149, 50));
        assert_eq!(data.training.inputs.len(), 149 * 27);
        // Fitted to 0 to 148: everything later is wholly high.
        assert_eq!(data.sets[0].memberships(141.0), [0.0, 0.0, 1.0]);
        assert!(data.sets[0].memberships(140.9)[1] > 0.0);
        assert!(
            data.validation
                .inputs
                .chunks(3)
                .all(|shares| shares == [0.0, 0.0, 1.0])
        );
    }

    #[test]
    fn moves_become_classes() {
        let moves = [0.02, -0.02, 0.001, 0.0];
        let samples = |n: usize| {
            (0..n as i64)
                .map(|time| sample(time, moves[time as usize % 4]))
                .collect::<Vec<_>>()
        };
        let two = build(samples(200), 0.5, 0.0).unwrap();
        assert_eq!(two.training.classes[..4], [1, 0, 1, 0]);
        assert_eq!(two.classes, ["down", "up"]);
        let three = build(samples(200), 0.5, 0.01).unwrap();
        assert_eq!(three.training.classes[..4], [1, 0, 2, 2]);
        assert_eq!(three.classes, ["down", "up", "flat"]);
    }

    #[test]
    fn too_few_samples_are_refused() {
        for n in [0, 1, 30] {
            let error =
                build((0..n).map(|time| sample(time, 0.0)).collect(), 0.5, 0.0).unwrap_err();
            assert!(error.starts_with("Too few bars: "), "{error}");
        }
    }
}
