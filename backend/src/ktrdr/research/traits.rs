//! What trials can have in common.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::ktrdr::backtests::rule::Rule;
use crate::ktrdr::kinds::{AverageKind, PatternKind, Timeframe};
use crate::ktrdr::training::request::TrainingRequest;

/// Something that a trial can have in common with others.
pub type Trait = (PatternKind, String);

/// Everything that a trial can have in common with others.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Traits(HashSet<Trait>);

impl Traits {
    /// Those of what was trained, if anything was, and of where it was tried.
    pub fn of(
        training: Option<&TrainingRequest>,
        symbols: &[String],
        timeframe: Timeframe,
    ) -> Self {
        let mut traits = Self::default();
        traits.add(PatternKind::Timeframe, timeframe.as_str());
        for symbol in symbols {
            traits.add(PatternKind::Symbol, symbol);
        }
        if let Some(request) = training {
            let strategy = &request.strategy;
            traits.add(PatternKind::Strategy, &strategy.name);
            let layers = request.settings.hidden_layers.iter();
            let layers: Vec<String> = layers.map(usize::to_string).collect();
            traits.add(PatternKind::Network, &layers.join("-"));
            for input in &strategy.indicators {
                traits.add_indicator(&input.name, &json!(input.parameters));
            }
        }
        traits
    }

    /// Adds one.
    pub fn add(&mut self, kind: PatternKind, value: &str) {
        self.0.insert((kind, value.to_owned()));
    }

    /// Adds the indicators of a rule.
    pub fn add_rule(&mut self, rule: &Rule) {
        match rule {
            Rule::BuyAndHold => {}
            Rule::Crossover {
                fast,
                slow,
                average,
            } => {
                let name = match average {
                    AverageKind::Sma => "sma",
                    AverageKind::Ema => "ema",
                };
                self.add_indicator(name, &json!({ "fast": fast, "slow": slow }));
            }
            Rule::Threshold { indicator, .. } => {
                self.add_indicator(&indicator.name, &json!(indicator.parameters));
            }
        }
    }

    /// Whether it is one of them.
    pub fn has(&self, one: &Trait) -> bool {
        self.0.contains(one)
    }

    /// All of them, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Trait> {
        self.0.iter()
    }

    fn add_indicator(&mut self, name: &str, parameters: &Value) {
        self.add(PatternKind::Indicator, name);
        for (parameter, value) in parameters.as_object().into_iter().flatten() {
            self.add(
                PatternKind::Parameter,
                &format!("{name}.{parameter}={value}"),
            );
        }
    }
}
