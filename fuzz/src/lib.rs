//! Broken and hostile input for the generator, made reproducibly, and what must hold of every run:
//! it ends, it does not panic, every file it would write parses, and none is outside of its folder.
//!
//! `tests/bounded.rs` runs a fixed number of cases on every `cargo test`; `libfuzzer/` is the same
//! check behind libFuzzer, for hours.

mod case;
mod dictionary;
mod mutate;
mod random;
mod seeds;
mod verify;

pub use case::{Case, Verdict};
pub use dictionary::{HOSTILE, INVISIBLE, MARK};
pub use mutate::Mutator;
pub use random::Random;
pub use seeds::{Seed, seeds};
pub use verify::faults;
