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
    /// An overlay cannot be applied.
    BAD_OVERLAY = "TW0206";
    /// The target of an overlay selects nothing.
    OVERLAY_TARGET = "TW0207";
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
    /// No profile has a tool, prompt or resource.
    NO_PROFILE = "TW0330";
    /// A text names a tool that the profile it is served in does not have.
    OUTSIDE_PROFILE = "TW0331";
    /// An operation takes other arguments than it did.
    OTHER_ARGUMENT = "TW0340";
    /// An operation answers with something else than it did.
    OTHER_ANSWER = "TW0341";
    /// A construct of the document that a tool reaches is not supported.
    UNSUPPORTED = "TW0401";
    /// The arguments of a tool are too much to spell out.
    LEFT_OPEN = "TW0402";
    /// The arguments of a tool are no object.
    INPUT_ROOT = "TW0501";
    /// The arguments of a tool are composed of alternatives.
    COMPOSED_ROOT = "TW0502";
    /// The schema of an argument or member is `true` or `false`.
    BOOLEAN_SCHEMA = "TW0503";
    /// The result of a tool is no object.
    OUTPUT_ROOT = "TW0504";
    /// An argument has a name that not all clients take.
    PROPERTY_KEY = "TW0505";
    /// An array does not say what its items are.
    NO_ITEMS = "TW0506";
    /// A schema of a tool is no JSON Schema.
    NO_SCHEMA = "TW0507";
    /// A reference in a schema leads out of it.
    LOST_REFERENCE = "TW0508";
    /// A schema of a tool has references.
    REFERENCE = "TW0509";
    /// A pattern is no regular expression of JavaScript.
    PATTERN = "TW0510";
    /// A number is too large for JavaScript.
    UNSAFE_NUMBER = "TW0511";
    /// An output schema has a format.
    OUTPUT_FORMAT = "TW0512";
    /// An argument cannot be sent as a header.
    HEADER = "TW0513";
    /// An icon that hosts do not fetch.
    ICON = "TW0514";
    /// A description is too long, or there is none.
    DESCRIPTION = "TW0515";
    /// Names of tools are too long with a host's prefix.
    PREFIXED_NAME = "TW0516";
    /// Too many tools are listed.
    MANY_TOOLS = "TW0517";
    /// The list of tools costs many tokens.
    MANY_TOKENS = "TW0518";
    /// A description says nothing that the name does not.
    VAGUE = "TW0519";
    /// Two tools have one description.
    TWIN = "TW0520";
    /// A description names a tool that is not there.
    NO_SUCH_TOOL = "TW0521";
    /// A description names an argument that is not there.
    NO_SUCH_ARGUMENT = "TW0522";
    /// A description names a value that an argument cannot have.
    NO_SUCH_VALUE = "TW0523";
    /// A description gives another bound or default than the schema.
    OTHER_BOUND = "TW0524";
    /// Nothing is said of an argument.
    UNDESCRIBED = "TW0525";
    /// There is no example of a call that is not simple.
    NO_EXAMPLE = "TW0526";
    /// An example is not one that is taken.
    MISFIT_EXAMPLE = "TW0527";
    /// Many arguments must be given.
    MANY_REQUIRED = "TW0528";
    /// A tool has many arguments.
    MANY_ARGUMENTS = "TW0529";
    /// A required argument can be only one thing.
    ONE_VALUE = "TW0530";
    /// Two arguments have nearly one name.
    LOOKALIKE = "TW0531";
    /// Something looks like a secret.
    SECRET = "TW0532";
    /// A list has no end.
    UNPAGED = "TW0533";
    /// It is not said that a tool destroys something.
    UNDECLARED = "TW0534";
    /// A name that hosts change.
    MANGLED = "TW0535";
    /// A tool costs many tokens.
    COSTLY = "TW0536";
}

/// The code named `name`, whatever its case.
pub fn find(name: &str) -> Option<Code> {
    ALL.iter()
        .copied()
        .find(|code| code.name.eq_ignore_ascii_case(name))
}
