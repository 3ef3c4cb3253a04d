//! The KTRDR backend.
fn main() {}
