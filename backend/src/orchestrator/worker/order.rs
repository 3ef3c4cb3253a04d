//! What a service does with a job, by its type.

use std::collections::BTreeMap;

use clap::ValueEnum;
use serde_json::Value;

use super::bench::{Bench, Made};
use super::{backtester, payload, trainer};
use crate::ktrdr::operations::Stop;

/// Type of the jobs that a service executes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Kind {
    /// Trains a model.
    MlExperiment,
    /// Lets a model or a rule trade over bars of the past.
    Backtest,
}

impl Kind {
    /// As jobs spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MlExperiment => "ml_experiment",
            Self::Backtest => "backtest",
        }
    }
}

/// A job whose payload was understood.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Order {
    Train(Box<trainer::Order>),
    Trade(Box<backtester::Order>),
}

/// A field of the payload that names an artifact, the artifact, and what it must be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Input<'a> {
    pub(super) field: &'static str,
    pub(super) id: &'a str,
    pub(super) kind: Option<&'static str>,
}

const MODEL: &str = "model_artifact_id";
const DATA: &str = "data_artifact_id";

impl Order {
    /// What a payload asks for; else what is wrong with it.
    pub(super) fn read(kind: Kind, payload: Value) -> Result<Self, String> {
        let order = match kind {
            Kind::MlExperiment => {
                trainer::Order::read(payload).map(|order| Self::Train(Box::new(order)))
            }
            Kind::Backtest => {
                backtester::Order::read(payload).map(|order| Self::Trade(Box::new(order)))
            }
        };
        order.map_err(|faults| payload::message(&faults))
    }

    /// The artifacts that it needs.
    pub(super) fn inputs(&self) -> impl Iterator<Item = Input<'_>> {
        let (model, data) = match self {
            Self::Train(order) => (None, order.data.as_deref()),
            Self::Trade(order) => (order.model.as_deref(), order.data.as_deref()),
        };
        let model = model.map(|id| Input {
            field: MODEL,
            id,
            kind: Some("model"),
        });
        let data = data.map(|id| Input {
            field: DATA,
            id,
            kind: None,
        });
        model.into_iter().chain(data)
    }

    /// Does the work, given the contents of the artifacts by field.
    pub(super) fn run(
        self,
        bench: Bench,
        mut contents: BTreeMap<&'static str, Vec<u8>>,
    ) -> Result<Made, Stop> {
        let (model, data) = (contents.remove(MODEL), contents.remove(DATA));
        match self {
            Self::Train(order) => order.run(bench, data),
            Self::Trade(order) => order.run(bench, model, data),
        }
    }
}
