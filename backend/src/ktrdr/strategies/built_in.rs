//! The strategies that are always there. They see the same and differ in the network.

use std::sync::LazyLock;

use serde_json::Value;

use super::config::{
    Activation, Architecture, Fitted, Input, Model, ModelKind, Sets, Strategy, Training,
};
use crate::ktrdr::indicators::Parameters;

/// Every strategy that is built in.
pub static STRATEGIES: LazyLock<[Strategy; 3]> = LazyLock::new(|| {
    [
        strategy(
            "mlp_basic",
            "Nine indicators into a network of two layers: the one to begin with.",
            &[32, 16],
        ),
        strategy(
            "mlp_wide",
            "Nine indicators into a network of one wide layer.",
            &[128],
        ),
        strategy(
            "mlp_deep",
            "Nine indicators into a network of three layers.",
            &[64, 32, 16],
        ),
    ]
});

/// The built-in strategy of a name.
pub fn find(name: &str) -> Option<&'static Strategy> {
    STRATEGIES.iter().find(|strategy| strategy.name == name)
}

impl Strategy {
    /// What kind of network it has, for people; of one that is not built in, its name.
    pub fn title(&self) -> &str {
        match self.name.as_str() {
            "mlp_basic" => "MLP",
            "mlp_wide" => "wide MLP",
            "mlp_deep" => "deep MLP",
            name => name,
        }
    }
}

fn strategy(name: &str, description: &str, hidden_layers: &[usize]) -> Strategy {
    let indicators = vec![
        input("rsi_14", "rsi", "rsi", &[("period", 14)]),
        input("sma_20_distance", "sma", "sma", &[("period", 20)]),
        input("ema_12_distance", "ema", "ema", &[("period", 12)]),
        input(
            "macd_histogram",
            "macd",
            "histogram",
            &[("fast", 12), ("slow", 26), ("signal", 9)],
        ),
        input(
            "bollinger_position",
            "bollinger",
            "position",
            &[("period", 20), ("width", 2)],
        ),
        input("atr_14", "atr", "atr", &[("period", 14)]),
        input(
            "volatility_20",
            "volatility",
            "volatility",
            &[("period", 20)],
        ),
        input("return_1", "change", "change", &[("period", 1)]),
        input("return_5", "change", "change", &[("period", 5)]),
    ];
    let fitted = |input: &Input| (input.id.clone(), Sets::Fitted(Fitted::Fitted));
    Strategy {
        name: name.to_owned(),
        description: description.to_owned(),
        fuzzy_sets: indicators.iter().map(fitted).collect(),
        indicators,
        model: Model {
            kind: ModelKind::Mlp,
            architecture: Architecture {
                hidden_layers: hidden_layers.to_vec(),
                activation: Activation::Relu,
            },
        },
        training: Training::default(),
        parent: None,
        variation: None,
    }
}

fn input(id: &str, name: &str, output: &str, parameters: &[(&str, i64)]) -> Input {
    Input {
        id: id.to_owned(),
        name: name.to_owned(),
        output: output.to_owned(),
        parameters: parameters
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Value::from(*value)))
            .collect::<Parameters>(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_valid_and_whole() {
        for strategy in STRATEGIES.iter() {
            let read = Strategy::read(strategy.to_json()).unwrap();
            assert_eq!(read.to_json(), strategy.to_json());
            assert_eq!((strategy.inputs(), strategy.warm_up()), (27, 33));
        }
        assert_eq!(
            find("mlp_deep").unwrap().model.architecture.hidden_layers,
            [64, 32, 16]
        );
        assert_eq!(
            find("mlp_basic").unwrap().weights(),
            27 * 32 + 32 + 32 * 16 + 16 + 16 * 2 + 2
        );
        assert_eq!(find("mlp"), None);
    }
}
