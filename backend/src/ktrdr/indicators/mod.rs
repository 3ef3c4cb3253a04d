//! Technical indicators.

pub mod formulas;
