//! Documents and tools specs out of the fuzzer's bytes: as choices of the mutator, or as they are.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use toolwright_fuzz::{Case, Mutator, Random, Verdict, seeds};

fuzz_target!(|data: &[u8]| {
    static MUTATOR: OnceLock<Mutator> = OnceLock::new();
    let Some((kind, rest)) = data.split_first() else {
        return;
    };
    let case = if kind % 4 == 0 {
        // The text of both, with a NUL between.
        let text = String::from_utf8_lossy(rest);
        let (document, spec) = text.split_once('\0').unwrap_or((&text, SPEC));
        Case {
            name: "bytes".to_owned(),
            document: document.to_owned(),
            spec: spec.to_owned(),
        }
    } else {
        MUTATOR
            .get_or_init(|| Mutator::new(seeds()))
            .case(&mut Random::of_bytes(rest))
    };
    if let Ok(Verdict::Faulty(wrong)) = case.run() {
        panic!("{}\n{}\n{}", wrong.join("\n"), case.spec, case.document);
    }
});

const SPEC: &str = "{version: 1, openapi: openapi.json, server: {name: fuzz-mcp}, backend: {base_url: 'http://127.0.0.1:9'}, operations: {include: ['/**']}}";
