//! The strategies that can be trained. They share the inputs and differ in the network.

/// A strategy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strategy {
    /// Its name.
    pub name: &'static str,
    /// What kind of network it is, for people.
    pub title: &'static str,
    /// Neurons per hidden layer.
    pub hidden_layers: &'static [usize],
}

/// Every strategy.
pub const STRATEGIES: [Strategy; 3] = [
    Strategy {
        name: "mlp_basic",
        title: "MLP",
        hidden_layers: &[32, 16],
    },
    Strategy {
        name: "mlp_wide",
        title: "wide MLP",
        hidden_layers: &[128],
    },
    Strategy {
        name: "mlp_deep",
        title: "deep MLP",
        hidden_layers: &[64, 32, 16],
    },
];

/// The strategy of a name; also of a path to it, as in `strategies/mlp_basic.yaml`.
pub fn find(name: &str) -> Option<Strategy> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let name = name
        .strip_suffix(".yaml")
        .or_else(|| name.strip_suffix(".yml"))
        .unwrap_or(name);
    STRATEGIES
        .into_iter()
        .find(|strategy| strategy.name == name)
}

/// The names of all strategies, for messages.
pub fn names() -> String {
    STRATEGIES.map(|strategy| strategy.name).join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strategies_are_found_by_name_or_path() {
        assert_eq!(find("mlp_deep").unwrap().hidden_layers, [64, 32, 16]);
        assert_eq!(find("strategies/mlp_basic.yaml").unwrap().name, "mlp_basic");
        assert_eq!(find("mlp"), None);
        assert_eq!(names(), "mlp_basic, mlp_wide, mlp_deep");
    }
}
