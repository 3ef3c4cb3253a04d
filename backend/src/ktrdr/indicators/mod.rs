//! Technical indicators: which there are, with parameters, outputs and value ranges
//! ([`registry`], [`list`]), their [`formulas`], and what comes of them over bars ([`compute`]).

pub mod compute;
pub mod directional;
pub mod formulas;
pub mod list;
pub mod registry;
pub mod schema;

pub use compute::{Columns, Series};
pub use list::{INDICATORS, find};
pub use registry::{Category, Indicator, Output, Parameter, Parameters, Unit};
