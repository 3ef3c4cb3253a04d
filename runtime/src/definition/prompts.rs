//! Prompts, and what completes their arguments.

use super::{Attachment, Icon, Unlisted};

/// A prompt: text with arguments, as messages for a model (MCP 2026-07-28, server/prompts).
#[derive(Debug)]
pub struct Prompt {
    /// Its name.
    pub name: &'static str,
    /// Title for people.
    pub title: Option<&'static str>,
    /// What it is for.
    pub description: Option<&'static str>,
    /// Its arguments, in the order shown.
    pub arguments: &'static [PromptArgument],
    /// Icons for people.
    pub icons: &'static [Icon],
    /// The text, a minijinja template.
    pub text: &'static str,
    /// Lines of the text, counted from 1, that stand for something else.
    pub blocks: &'static [(usize, Block)],
}

/// An argument of a prompt; its value is text.
#[derive(Debug)]
pub struct PromptArgument {
    /// Its name, also in the text.
    pub name: &'static str,
    /// Title for people.
    pub title: Option<&'static str>,
    /// What it means.
    pub description: Option<&'static str>,
    /// Whether it must be given.
    pub required: bool,
    /// What completes it.
    pub complete: Option<Complete>,
}

/// What a line of a prompt stands for.
#[derive(Debug)]
pub enum Block {
    /// From here on the user speaks, as at the beginning.
    User,
    /// From here on the assistant speaks.
    Assistant,
    /// A file: an image, audio, or an embedded resource under this URI.
    File(&'static str, Attachment),
    /// The resource with this URI, read when the prompt is; the URI is a template as the text is.
    Resource(&'static str),
}

/// What completes a value.
#[derive(Debug)]
pub enum Complete {
    /// These values.
    Values(&'static [&'static str]),
    /// Values in the answer of an operation.
    Lookup {
        /// The operation. Arguments that are known already fill its arguments of the same names.
        operation: &'static Unlisted,
        /// JSON pointer to the values; a segment `*` stands for every item or member.
        at: &'static str,
    },
}
