//! What else has changed of what is used: the operations as they were and as they are, compared as `diff` compares them.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::facts::wrapper;
use super::notes::{Call, notes};
use super::successors::{Successors, listed};
use crate::diagnostics::Diagnostics;
use crate::diff;
use crate::model::{operation_name, snake};
use crate::normalise::{self, Schemas};
use crate::read::tools_spec::{OutputSchema, ToolSpec, ToolsSpec};
use crate::read::{Files, Sources};

/// Tells what has changed of the operations that `sources` used when its server was generated; gives the files back.
pub(crate) fn tell(mut sources: Sources, diagnostics: &mut Diagnostics) -> Files {
    let Some((calls, mut old)) = calls(&sources).zip(sources.before.sources()) else {
        return sources.files;
    };
    let calling = |endpoint: fn(&Call) -> &String, sources: &mut Sources| {
        let tools = calls.iter();
        let tools = tools.map(|(key, call)| (key.clone(), json!({ "operation": endpoint(call) })));
        only(sources, tools.collect::<serde_json::Map<_, _>>().into())
    };
    if calling(|call| &call.was, &mut old)
        .or(calling(|call| &call.is, &mut sources))
        .is_none()
    {
        return sources.files;
    }
    let new = match diff::side(sources) {
        Ok(new) => new,
        Err(files) => return files,
    };
    let mut told = Diagnostics::default();
    if let Ok(old) = diff::side(old) {
        for note in notes(&diff::diff(&old, &new), &calls) {
            told.push(note);
        }
    }
    let files = new.into_files();
    told.move_places(|at| files.origin(at));
    told.iter().for_each(|one| diagnostics.push(one.clone()));
    files
}

/// The operations that are used and still there, each under a name of its own.
fn calls(sources: &Sources) -> Option<IndexMap<String, Call>> {
    let before = sources.before.get()?;
    let schemas = Schemas::new(sources);
    let document = normalise::normalise(&schemas, &mut Diagnostics::default())?;
    let tools = &sources.spec.tools;
    let old = Schemas::new(&before.sources);
    let successors = Successors::of(&schemas, &document)?;
    let calls = successors.certain().map(|(was, is)| {
        let (was, is) = (&before.document.operations[was], &document.operations[is]);
        let is_it = |reference: &str| {
            before
                .named(reference)
                .is_some_and(|index| std::ptr::eq(&before.document.operations[index], was))
        };
        let own: IndexMap<&String, &ToolSpec> = tools
            .iter()
            .filter(|(_, tool)| tool.enabled && is_it(&tool.operation))
            .collect();
        let who = match own.len() {
            0 => format!("client method `{}`", snake(&operation_name(is))),
            1 => format!("tool {}", listed(own.keys().copied())),
            _ => format!("tools {}", listed(own.keys().copied())),
        };
        let said = own.values().flat_map(|tool| tool.arguments.keys().cloned());
        Call {
            was: was.endpoint(),
            is: is.endpoint(),
            who,
            said: said.collect(),
            wrapper: wrapper((was, &old), (is, &schemas)),
            at: is.at.as_key(),
        }
    });
    Some(
        calls
            .enumerate()
            .map(|(index, call)| (format!("call{index}"), call))
            .collect(),
    )
}

/// Makes these the tools of `sources`, and nothing else of its tools spec.
fn only(sources: &mut Sources, tools: Value) -> Option<()> {
    let spec =
        json!({ "version": 1, "openapi": "-", "server": { "name": "draft" }, "tools": tools });
    let mut spec: ToolsSpec = serde_json::from_value(spec).ok()?;
    // What the documents say of answers is compared, and what one of them lacks is told elsewhere.
    spec.output_schema = OutputSchema::Never;
    spec.accept_all = true;
    spec.origin = spec
        .tools
        .keys()
        .map(|name| (name.clone(), sources.spec_file))
        .collect();
    sources.spec = spec;
    sources.prompts.clear();
    sources.resource_files.clear();
    Some(())
}
