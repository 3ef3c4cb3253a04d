//! A real service that implements the APIs in `specs/`.
