//! What a tool does besides sending one request.

/// What a tool does besides sending one request.
///
/// Generated code names what differs from [`PLAIN`](Self::PLAIN).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behaviour {}

impl Behaviour {
    /// Nothing.
    pub const PLAIN: Self = Self {};
}
