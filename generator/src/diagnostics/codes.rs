//! The codes of all diagnostics, each with a page.

/// The code of a kind of diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    /// As printed: `TW0302`.
    pub name: &'static str,
    /// Its page in Markdown, shown by `toolwright explain`.
    pub page: &'static str,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $constant:ident = $name:literal;)*) => {
        $($(#[$doc])* pub const $constant: Code = Code { name: $name, page: include_str!(concat!("codes/", $name, ".md")) };)*
        /// Every code, in order.
        pub const ALL: &[Code] = &[$($constant),*];
    };
}

codes! {
    /// A file cannot be read.
    UNREADABLE = "TW0101";
    /// A file is not valid YAML or JSON.
    SYNTAX = "TW0102";
    /// A key or value of the tools spec is not one it can have.
    SPEC_SHAPE = "TW0103";
    /// The document is not an OpenAPI document of a known version.
    NOT_OPENAPI = "TW0201";
    /// A reference leads nowhere.
    DANGLING_REF = "TW0202";
    /// An operation is not as the specification asks.
    BAD_OPERATION = "TW0203";
    /// A default contradicts its schema.
    BAD_DEFAULT = "TW0204";
    /// Text has characters that a reader does not see.
    HIDDEN_TEXT = "TW0205";
    /// A tool names an operation that the document does not have.
    UNKNOWN_OPERATION = "TW0301";
    /// A tool names an argument that its operation does not have.
    UNKNOWN_ARGUMENT = "TW0302";
    /// A client names a tag that the document does not have.
    UNKNOWN_TAG = "TW0303";
    /// Two tools, aliases or arguments have one name.
    DUPLICATE_NAME = "TW0304";
    /// A name that clients do not accept.
    BAD_NAME = "TW0305";
    /// What is declared of an argument does not fit the document.
    BAD_ARGUMENT = "TW0306";
    /// A pointer into a body or result leads nowhere.
    BAD_POINTER = "TW0307";
    /// A required argument is hidden and nothing is sent for it.
    REQUIRED_HIDDEN = "TW0308";
    /// Something names a tool or client method that is not there.
    UNKNOWN_TOOL = "TW0309";
    /// A token budget is exceeded.
    OVER_BUDGET = "TW0310";
    /// What a tool does to the backend must be stated.
    ANNOTATIONS_NEEDED = "TW0311";
    /// The text of a prompt is not one that can be filled in.
    BAD_PROMPT = "TW0320";
    /// A resource says nothing that can be read.
    BAD_RESOURCE = "TW0321";
    /// A construct of the document that a tool reaches is not supported.
    UNSUPPORTED = "TW0401";
    /// The arguments of a tool are too much to spell out.
    LEFT_OPEN = "TW0402";
}

/// The code named `name`, whatever its case.
pub fn find(name: &str) -> Option<Code> {
    ALL.iter()
        .copied()
        .find(|code| code.name.eq_ignore_ascii_case(name))
}
