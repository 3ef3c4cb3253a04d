//! Which of an operation's bodies is sent: the first, or the one whose media type a tool names.

use super::reach::Reach;
use crate::diagnostics::{At, Diagnostic, Diagnostics, codes, nearest};
use crate::normalise::Document;
use crate::read::Sources;

/// The index of the body of each reached operation.
pub(super) fn chosen(
    document: &Document,
    reach: &Reach,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Vec<usize> {
    let mut chosen: Vec<Option<usize>> = vec![None; reach.operations.len()];
    for (name, position) in &reach.tools {
        let Some(wanted) = sources
            .spec
            .tools
            .get(name)
            .and_then(|tool| tool.media_type.as_ref())
        else {
            continue;
        };
        let file = sources
            .spec
            .origin
            .get(name)
            .copied()
            .unwrap_or(sources.spec_file);
        let at = At::value(file, "/tools").child(name).child("media_type");
        let operation = &document.operations[reach.operations[*position].0];
        let bodies = &operation.details.bodies;
        let mut report = |message: String, help: Option<String>| {
            let diagnostic = Diagnostic::error(codes::BAD_ARGUMENT, at.clone(), message);
            diagnostics.push(match help {
                Some(help) => diagnostic.help(help),
                None => diagnostic,
            });
        };
        match bodies.iter().position(|body| body.media_type == *wanted) {
            Some(index) if chosen[*position].is_some_and(|other| other != index) => report(
                format!(
                    "another tool sends `{}` with another media type",
                    operation.endpoint()
                ),
                Some(
                    "an operation is sent in one way: name the same media type in both".to_owned(),
                ),
            ),
            Some(index) => chosen[*position] = Some(index),
            None => {
                let known: Vec<&str> = bodies.iter().map(|body| body.media_type.as_str()).collect();
                let help = match nearest(wanted, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if known.is_empty() => "it takes no body".to_owned(),
                    None => format!("it takes {}", known.join(", ")),
                };
                report(
                    format!("`{}` takes no `{wanted}`", operation.endpoint()),
                    Some(help),
                );
            }
        }
    }
    chosen.into_iter().map(Option::unwrap_or_default).collect()
}
