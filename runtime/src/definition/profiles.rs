//! What of a server is served together.

/// A part of a server: the tools that one kind of agent needs, and no others.
#[derive(Debug)]
pub struct Profile {
    /// Its name.
    pub name: &'static str,
    /// What an agent reads after the instructions of the server.
    pub instructions: Option<&'static str>,
    /// The names of its tools.
    pub tools: &'static [&'static str],
    /// The names of its prompts.
    pub prompts: &'static [&'static str],
    /// The names of its resources.
    pub resources: &'static [&'static str],
}
