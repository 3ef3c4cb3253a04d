//! How an indicator is described.

use std::fmt;

pub use ktrdr_mcp::models::{IndicatorCategory as Category, IndicatorUnit as Unit};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::compute::Columns;

/// A value as a strategy sees it at a close: always free of the price level, so that symbols can be
/// learnt from together.
pub fn relative(unit: Unit, value: f64, close: f64) -> f64 {
    match unit {
        Unit::Price => close / value - 1.0,
        Unit::PriceDifference => value / close,
        Unit::Number => value,
    }
}

/// A parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it means.
    pub description: &'static str,
    /// Whether only whole numbers fit.
    pub whole: bool,
    /// Its value where none is given.
    pub default: f64,
    /// Lowest value.
    pub minimum: f64,
    /// Highest value.
    pub maximum: f64,
}

/// One series that an indicator gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Output {
    /// Its name.
    pub name: &'static str,
    /// What it means.
    pub description: &'static str,
    /// What its values are counted in.
    pub unit: Unit,
    /// Lowest value that there can be, as a strategy sees it; none where there is no bound.
    pub minimum: Option<f64>,
    /// Highest value that there can be, as a strategy sees it.
    pub maximum: Option<f64>,
}

/// A number as JSON, without a point where it is whole.
pub(super) fn json(number: f64) -> Value {
    if number.fract() == 0.0 {
        Value::from(number as i64)
    } else {
        Value::from(number)
    }
}

/// An indicator.
pub struct Indicator {
    /// Its name.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it looks at.
    pub category: Category,
    /// What it tells.
    pub description: &'static str,
    /// The columns of a bar it is computed from.
    pub needs: &'static [&'static str],
    /// Its parameters.
    pub parameters: &'static [Parameter],
    /// Two parameters of which the first has to be less than the second.
    pub ascending: Option<(&'static str, &'static str)>,
    /// What it gives; the first is what a strategy takes where it names none.
    pub outputs: &'static [Output],
    /// Bars before the first one that has every output.
    pub(super) warm_up: fn(&Parameters) -> usize,
    /// Its outputs over bars, in their order.
    pub(super) compute: fn(&Columns, &Parameters) -> Vec<Vec<Option<f64>>>,
}

impl fmt::Debug for Indicator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Indicator").field(&self.name).finish()
    }
}

impl Indicator {
    /// The output of a name; of no name, the first.
    pub fn output(&self, name: Option<&str>) -> Option<&'static Output> {
        match name {
            Some(name) => self.outputs.iter().find(|output| output.name == name),
            None => self.outputs.first(),
        }
    }

    /// The parameters with every default filled in. Bounds are those of [`super::schema`] and
    /// checked there.
    pub fn parameters(&self, given: &Map<String, Value>) -> Parameters {
        let decided = self.parameters.iter().map(|parameter| {
            let number = given.get(parameter.name).and_then(Value::as_f64);
            let value = json(number.unwrap_or(parameter.default));
            (parameter.name.to_owned(), value)
        });
        Parameters(decided.collect())
    }

    /// What is wrong with the parameters beyond their own bounds: the name of the parameter, and
    /// what it has to be.
    pub fn disorder(&self, parameters: &Parameters) -> Option<(&'static str, String)> {
        let (low, high) = self.ascending?;
        let limit = parameters.number(high);
        (parameters.number(low) >= limit).then(|| {
            (
                low,
                format!("`{low}` has to be less than `{high}`, {limit}"),
            )
        })
    }

    /// Bars before the first one that has every output.
    pub fn warm_up(&self, parameters: &Parameters) -> usize {
        (self.warm_up)(parameters)
    }
}

/// Values of an indicator's parameters. Those that [`Indicator::parameters`] gives are all there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Parameters(Map<String, Value>);

impl Parameters {
    /// A parameter that is a whole number, at least 1.
    pub fn whole(&self, name: &str) -> usize {
        (self.number(name) as usize).max(1)
    }

    /// A parameter.
    pub fn number(&self, name: &str) -> f64 {
        self.0.get(name).and_then(Value::as_f64).unwrap_or_default()
    }

    /// Names and values.
    pub fn values(&self) -> &Map<String, Value> {
        &self.0
    }
}

impl FromIterator<(String, Value)> for Parameters {
    fn from_iter<T: IntoIterator<Item = (String, Value)>>(values: T) -> Self {
        Self(values.into_iter().collect())
    }
}
