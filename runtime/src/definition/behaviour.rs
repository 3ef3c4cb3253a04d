//! What a tool does besides sending one request.

/// What a tool does besides sending one request.
///
/// Generated code names what differs from [`PLAIN`](Self::PLAIN).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behaviour {
    /// A large answer of bytes is delivered as a link to a resource, which
    /// this server reads by making the same call again: for tools that read only.
    pub linked: bool,
}

impl Behaviour {
    /// Nothing.
    pub const PLAIN: Self = Self { linked: false };
}
