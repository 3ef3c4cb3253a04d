//! What the schema cannot say of a strategy. Every part is looked at by itself, so that one wrong
//! part hides nothing of the others.

use indexmap::IndexMap;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::config::{Input, Model, Sets, Training, classes, weights};
use crate::ktrdr::faults::{Fault, below, instead};
use crate::ktrdr::indicators::Output;

/// Most weights and biases of a network.
const WEIGHTS: usize = 100_000;

/// Adds what is wrong.
pub(super) fn check(value: &Value, faults: &mut Vec<Fault>) {
    let Inputs { outputs, certain } = inputs(value, faults);
    let mut sets: IndexMap<&str, Sets> = IndexMap::new();
    for (id, given) in value["fuzzy_sets"].as_object().into_iter().flatten() {
        let path = below("/fuzzy_sets", id);
        if certain && !outputs.contains_key(id) {
            let known: Vec<&str> = outputs.keys().map(String::as_str).collect();
            let hint = instead(id, &known);
            faults.push(Fault::new(&path, "is no indicator of the strategy", &hint));
        }
        if let Some(given) = part::<Sets>(given) {
            if let Sets::Triangles(triangles) = &given {
                let output = outputs.get(id).copied().flatten();
                self::triangles(&path, triangles, output, faults);
            }
            sets.insert(id, given);
        }
    }
    for id in outputs.keys().filter(|_| certain) {
        if value["fuzzy_sets"].is_object() && value["fuzzy_sets"].get(id).is_none() {
            let hint = "Give triangles by name, or the word `fitted`.";
            faults.push(Fault::new(&below("/fuzzy_sets", id), "is missing", hint));
        }
    }
    let model = part::<Model>(&value["model"]);
    let training = part::<Training>(&value["training"]).unwrap_or_default();
    if let Some(model) = model {
        let inputs = sets.values().map(Sets::count).sum();
        let layers = &model.architecture.hidden_layers;
        let weights = weights(inputs, layers, classes(training.label_threshold));
        if weights > WEIGHTS {
            let message = format!("makes a network of {weights} weights");
            let hint = format!("At most {WEIGHTS} are trained: use smaller layers.");
            faults.push(Fault::new(
                "/model/architecture/hidden_layers",
                &message,
                &hint,
            ));
        }
    }
}

/// What the network is to see.
struct Inputs {
    /// The outputs by id; none for one that is wrong in itself.
    outputs: IndexMap<String, Option<&'static Output>>,
    /// Whether every id is as it is meant to be.
    certain: bool,
}

fn inputs(value: &Value, faults: &mut Vec<Fault>) -> Inputs {
    let mut certain = true;
    let mut outputs = IndexMap::new();
    for (n, given) in value["indicators"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate()
    {
        let path = format!("/indicators/{n}");
        let input = part::<Input>(given).map(|mut input| {
            input.complete();
            input
        });
        let id = match &input {
            Some(input) => input.id.as_str(),
            None => given["id"]
                .as_str()
                .or(given["name"].as_str())
                .unwrap_or_default(),
        };
        if outputs.contains_key(id) {
            let message = format!("`{id}` is the id of two indicators");
            faults.push(Fault::new(
                &below(&path, "id"),
                &message,
                "Give each an `id` of its own.",
            ));
            continue;
        }
        let disorder = input
            .as_ref()
            .and_then(|input| input.indicator()?.disorder(&input.parameters));
        if let Some((name, message)) = disorder {
            let hint = "Change one of them.";
            faults.push(Fault::new(
                &format!("{path}/parameters/{name}"),
                &message,
                hint,
            ));
        }
        let indicator = input.as_ref().and_then(Input::indicator);
        certain &= indicator.is_some() || given["id"].is_string();
        outputs.insert(id.to_owned(), input.as_ref().and_then(Input::output));
    }
    Inputs { outputs, certain }
}

/// Triangles have to be in order, overlap, and cover the range of the output.
fn triangles(
    path: &str,
    triangles: &IndexMap<String, [f64; 3]>,
    output: Option<&Output>,
    faults: &mut Vec<Fault>,
) {
    let mut say = |name: &str, message: String, hint: &str| {
        faults.push(Fault::new(&below(path, name), &message, hint));
    };
    for (name, [begin, peak, end]) in triangles {
        if !(begin <= peak && peak <= end && begin < end) {
            let hint = "Give [begin, peak, end] in ascending order.";
            say(
                name,
                format!("[{begin}, {peak}, {end}] is no triangle"),
                hint,
            );
            return;
        }
    }
    let mut sorted: Vec<(&String, &[f64; 3])> = triangles.iter().collect();
    sorted.sort_by(|(_, a), (_, b)| a[1].total_cmp(&b[1]));
    for pair in sorted.windows(2) {
        let [(below, low), (above, high)] = pair else {
            continue;
        };
        if low[1] == high[1] {
            say(
                above,
                format!("has its peak where `{below}` has it"),
                "Move one of them.",
            );
        } else if !meets(**low, **high) {
            let message = format!(
                "leaves a gap: `{below}` ends at {} and `{above}` begins at {}",
                low[2], high[0]
            );
            say(above, message, "Let neighbours overlap.");
        }
    }
    let Some(output) = output else { return };
    let ends = sorted.first().zip(sorted.last());
    let Some(((lowest, first), (highest, last))) = ends else {
        return;
    };
    if let Some(minimum) = output.minimum {
        if first[0] > minimum {
            let message = format!("begins at {}, but values go down to {minimum}", first[0]);
            say(lowest, message, &format!("Begin at {minimum} or below."));
        }
        if first[1] < minimum {
            let message = format!(
                "has its peak at {}, but values go down to {minimum} only",
                first[1]
            );
            say(
                lowest,
                message,
                &format!("Move the peak to {minimum} or above."),
            );
        }
    }
    if let Some(maximum) = output.maximum {
        if last[2] < maximum {
            let message = format!("ends at {}, but values go up to {maximum}", last[2]);
            say(highest, message, &format!("End at {maximum} or above."));
        }
        if last[1] > maximum {
            let message = format!(
                "has its peak at {}, but values go up to {maximum} only",
                last[1]
            );
            say(
                highest,
                message,
                &format!("Move the peak to {maximum} or below."),
            );
        }
    }
}

/// Whether every value between the peaks of two triangles belongs to one of them.
fn meets(low: [f64; 3], high: [f64; 3]) -> bool {
    let (ends, begins) = (low[2], high[0]);
    // Where they touch, one of them has to stand upright.
    begins < ends || (begins == ends && (low[1] == ends || high[1] == begins))
}

fn part<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(value).ok()
}
