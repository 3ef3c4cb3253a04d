//! Documents in, servers out: real ones of `../shared/corpus`, and small ones of `tests/corpus`.
//!
//! `TOOLWRIGHT_CORPUS` says which of the real ones are compiled: nothing, a sample that changes by
//! the day; `all`, every one, and `docs/corpus.md` is written anew; or a list of names, and only
//! those are looked at.

mod compile;
mod count;
mod document;
mod generated;
mod loose;
mod ours;
mod pool;
mod real;
mod report;
mod strict;

use std::path::PathBuf;

/// The folder of all that these tests unpack, generate and build.
fn scratch() -> PathBuf {
    toolwright_tests::target().join("corpus")
}
