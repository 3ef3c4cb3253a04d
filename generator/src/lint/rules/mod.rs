//! The rules over one tool, in the order of their codes.

mod arguments;
mod effect;
mod examples;
mod keywords;
mod prose;
mod root;
mod spans;
mod tool;

use super::{Rule, Weight};
use crate::diagnostics::codes;

pub(super) const RULES: &[Rule] = &[
    Rule {
        code: codes::INPUT_ROOT,
        weight: Weight::Deadly,
        about: "inputSchema",
        why: "every client refuses the whole list: MCP asks for an object, `{ \"type\": \"object\" }` where there are no arguments",
        check: root::input_is_object,
    },
    Rule {
        code: codes::COMPOSED_ROOT,
        weight: Weight::DeadlyForSome,
        about: "inputSchema",
        why: "the APIs of Claude and OpenAI refuse every request with such a tool: list all arguments side by side, and check in the server what belongs together",
        check: root::not_composed,
    },
    Rule {
        code: codes::BOOLEAN_SCHEMA,
        weight: Weight::Deadly,
        about: "inputSchema",
        why: "the TypeScript SDK 1.x, which most hosts use, refuses the whole list: write `{}` for anything",
        check: root::no_booleans,
    },
    Rule {
        code: codes::OUTPUT_ROOT,
        weight: Weight::Deadly,
        about: "outputSchema",
        why: "the TypeScript SDK 1.x refuses the whole list, version 2 and the Python SDK too on protocol 2025-11-25: put the result into an object, or leave the schema out",
        check: root::output_is_object,
    },
    Rule {
        code: codes::PROPERTY_KEY,
        weight: Weight::DeadlyForSome,
        about: "arguments",
        why: "the API of Claude refuses every request with such a tool: write another key; `rename` gives an argument of the document another name",
        check: keywords::keys,
    },
    Rule {
        code: codes::NO_ITEMS,
        weight: Weight::DeadlyForSome,
        about: "arguments",
        why: "VS Code and the APIs of OpenAI and Gemini refuse the tool or the request: say what the items are, `{}` for anything",
        check: keywords::items,
    },
    Rule {
        code: codes::NO_SCHEMA,
        weight: Weight::Deadly,
        about: "arguments",
        why: "clients that compile schemas (the TypeScript SDKs, the Inspector) and the API of Claude refuse the list: correct what the tools spec or the document says",
        check: keywords::valid,
    },
    Rule {
        code: codes::LOST_REFERENCE,
        weight: Weight::Deadly,
        about: "arguments",
        why: "clients that compile schemas (the TypeScript SDKs, the Inspector) refuse the list, and none fetches it: write what is meant in its place",
        check: keywords::lost_references,
    },
    Rule {
        code: codes::REFERENCE,
        weight: Weight::Harmful,
        about: "",
        why: "the API of Gemini and hosts that hand on arguments one by one do not follow references: leave out `schemas: full`; in the tools spec, write what is meant in its place",
        check: keywords::references,
    },
    Rule {
        code: codes::PATTERN,
        weight: Weight::DeadlyForSome,
        about: "arguments",
        why: "clients in JavaScript (the TypeScript SDKs, the Inspector, VS Code) cannot compile it: write one without what only other dialects have",
        check: keywords::patterns,
    },
    Rule {
        code: codes::UNSAFE_NUMBER,
        weight: Weight::Doubtful,
        about: "",
        why: "clients in JavaScript round it to a neighbour, which harms an id: let ids of that size be strings",
        check: keywords::numbers,
    },
    Rule {
        code: codes::OUTPUT_FORMAT,
        weight: Weight::Doubtful,
        about: "outputSchema",
        why: "the TypeScript SDKs and the Inspector check it in results, and one answer that is not so fails the call: leave it out where that may be",
        check: keywords::formats,
    },
    Rule {
        code: codes::HEADER,
        weight: Weight::Deadly,
        about: "arguments",
        why: "clients of protocol 2026-07-28 must refuse the tool: take it out",
        check: tool::headers,
    },
    Rule {
        code: codes::ICON,
        weight: Weight::Harmful,
        about: "icons",
        why: "hosts must not fetch it: serve it over `https`, or write it out as a `data` URL",
        check: tool::icons,
    },
    Rule {
        code: codes::DESCRIPTION,
        weight: Weight::Harmful,
        about: "description",
        why: "models choose by it, and Claude Code cuts it at 2 KB: put the point first, and shorten the rest",
        check: tool::description,
    },
    Rule {
        code: codes::VAGUE,
        weight: Weight::Doubtful,
        about: "description",
        why: "models choose by it: say what it does, when to use it, and what comes back",
        check: prose::vague,
    },
    Rule {
        code: codes::TWIN,
        weight: Weight::Doubtful,
        about: "description",
        why: "models cannot choose between tools that say the same: say what tells them apart",
        check: prose::twins,
    },
    Rule {
        code: codes::NO_SUCH_TOOL,
        weight: Weight::Doubtful,
        about: "description",
        why: "agents look for it in vain: name a tool of this server, or say it in words",
        check: prose::no_such_tool,
    },
    Rule {
        code: codes::NO_SUCH_ARGUMENT,
        weight: Weight::Doubtful,
        about: "description",
        why: "agents give it, and the call is refused: name what there is",
        check: prose::no_such_argument,
    },
    Rule {
        code: codes::NO_SUCH_VALUE,
        weight: Weight::Doubtful,
        about: "description",
        why: "agents give it, and the call is refused: name what the schema has",
        check: prose::no_such_value,
    },
    Rule {
        code: codes::OTHER_BOUND,
        weight: Weight::Doubtful,
        about: "arguments",
        why: "the schema is what is checked: let the text say the same, or nothing",
        check: prose::other_bound,
    },
    Rule {
        code: codes::UNDESCRIBED,
        weight: Weight::Doubtful,
        about: "arguments",
        why: "agents guess what it means: give it a `description` in the tools spec, or `hidden: true`",
        check: prose::undescribed,
    },
    Rule {
        code: codes::NO_EXAMPLE,
        weight: Weight::Doubtful,
        about: "description",
        why: "one example call in the description, or `examples` of an argument, saves many wrong ones",
        check: examples::none,
    },
    Rule {
        code: codes::MISFIT_EXAMPLE,
        weight: Weight::Doubtful,
        about: "description",
        why: "agents do as examples do: write one that is taken",
        check: examples::misfits,
    },
    Rule {
        code: codes::MANY_REQUIRED,
        weight: Weight::Doubtful,
        about: "arguments",
        why: "models leave some out: give those a `default` or a `const` that are mostly the same",
        check: arguments::many_required,
    },
    Rule {
        code: codes::MANY_ARGUMENTS,
        weight: Weight::Doubtful,
        about: "arguments",
        why: "models lose the thread: `hidden: true` takes out what agents seldom need",
        check: arguments::many,
    },
    Rule {
        code: codes::ONE_VALUE,
        weight: Weight::Doubtful,
        about: "arguments",
        why: "`const` in the tools spec sends it without asking",
        check: arguments::one_value,
    },
    Rule {
        code: codes::LOOKALIKE,
        weight: Weight::Doubtful,
        about: "arguments",
        why: "models take one for the other: `rename` one of them",
        check: arguments::lookalikes,
    },
    Rule {
        code: codes::SECRET,
        weight: Weight::Harmful,
        about: "description",
        why: "everybody who sees the list or the code knows it then: a credential belongs into the environment of the server",
        check: arguments::secrets,
    },
    Rule {
        code: codes::UNPAGED,
        weight: Weight::Doubtful,
        about: "",
        why: "a long answer crowds out everything else: `page`, `response.head`, `response.tail` or `response.max` limits it",
        check: effect::unpaged,
    },
    Rule {
        code: codes::UNDECLARED,
        weight: Weight::Doubtful,
        about: "annotations",
        why: "applications go by it when they ask the user: say it in `annotations`, such as `{ destructive: true }`, or have `confirm` ask",
        check: effect::undeclared,
    },
    Rule {
        code: codes::MANGLED,
        weight: Weight::Doubtful,
        about: "",
        why: "hosts change names to what they take: choose one of letters, digits and single `_`",
        check: effect::mangled,
    },
    Rule {
        code: codes::COSTLY,
        weight: Weight::Doubtful,
        about: "",
        why: "a shorter description, fewer arguments or `output_schema: never` make room; `budget.tool_tokens` keeps it so",
        check: effect::costly,
    },
];
