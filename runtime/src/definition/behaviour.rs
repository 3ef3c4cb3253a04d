//! What a tool does besides sending one request.

use super::Page;

/// What a tool does besides sending one request.
///
/// Generated code names what differs from [`PLAIN`](Self::PLAIN).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behaviour {
    /// It takes `max_items` and follows pages until it has so many.
    pub page: Option<Page>,
}

impl Behaviour {
    /// Nothing.
    pub const PLAIN: Self = Self { page: None };
}
