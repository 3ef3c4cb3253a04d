//! The rules over one tool, in the order of their codes.

mod keywords;
mod root;
mod tool;

use super::{Rule, Weight};
use crate::diagnostics::codes;

pub(super) const RULES: &[Rule] = &[
    Rule {
        code: codes::INPUT_ROOT,
        weight: Weight::Deadly,
        clients: "every client refuses the whole list: MCP asks for an object",
        check: root::input_is_object,
    },
    Rule {
        code: codes::COMPOSED_ROOT,
        weight: Weight::DeadlyForSome,
        clients: "the APIs of Claude and OpenAI refuse every request with such a tool",
        check: root::not_composed,
    },
    Rule {
        code: codes::BOOLEAN_SCHEMA,
        weight: Weight::Deadly,
        clients: "the TypeScript SDK 1.x, which most hosts use, refuses the whole list; write `{}`",
        check: root::no_booleans,
    },
    Rule {
        code: codes::OUTPUT_ROOT,
        weight: Weight::Deadly,
        clients: "the TypeScript SDK 1.x refuses the whole list; version 2 and the Python SDK too on protocol 2025-11-25",
        check: root::output_is_object,
    },
    Rule {
        code: codes::PROPERTY_KEY,
        weight: Weight::DeadlyForSome,
        clients: "the API of Claude refuses every request with such a tool; `rename` gives the argument another name",
        check: root::keys,
    },
    Rule {
        code: codes::NO_ITEMS,
        weight: Weight::DeadlyForSome,
        clients: "VS Code and the APIs of OpenAI and Gemini refuse the tool or the request",
        check: keywords::items,
    },
    Rule {
        code: codes::NO_SCHEMA,
        weight: Weight::Deadly,
        clients: "clients that compile schemas (the TypeScript SDKs, the Inspector) and the API of Claude refuse the list",
        check: keywords::valid,
    },
    Rule {
        code: codes::LOST_REFERENCE,
        weight: Weight::Deadly,
        clients: "clients that compile schemas (the TypeScript SDKs, the Inspector) refuse the list; none fetches it",
        check: keywords::lost_references,
    },
    Rule {
        code: codes::REFERENCE,
        weight: Weight::Harmful,
        clients: "the API of Gemini and hosts that hand on arguments one by one do not follow references",
        check: keywords::references,
    },
    Rule {
        code: codes::PATTERN,
        weight: Weight::DeadlyForSome,
        clients: "clients in JavaScript (the TypeScript SDKs, the Inspector, VS Code) cannot compile it",
        check: keywords::patterns,
    },
    Rule {
        code: codes::UNSAFE_NUMBER,
        weight: Weight::Doubtful,
        clients: "clients in JavaScript round it to a neighbour",
        check: keywords::numbers,
    },
    Rule {
        code: codes::OUTPUT_FORMAT,
        weight: Weight::Doubtful,
        clients: "the TypeScript SDKs and the Inspector check it in results: one answer that is not so fails the call",
        check: keywords::formats,
    },
    Rule {
        code: codes::HEADER,
        weight: Weight::Deadly,
        clients: "clients of protocol 2026-07-28 must refuse the tool",
        check: tool::headers,
    },
    Rule {
        code: codes::ICON,
        weight: Weight::Harmful,
        clients: "hosts must not fetch it",
        check: tool::icons,
    },
    Rule {
        code: codes::DESCRIPTION,
        weight: Weight::Harmful,
        clients: "Claude Code cuts descriptions at 2 KB, and models cannot choose a tool that says nothing",
        check: tool::description,
    },
];
