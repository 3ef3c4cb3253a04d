//! Overlays: documents that change a document which is somebody else's (OpenAPI Overlay Specification 1.0; where that
//! leaves a case open, as 1.1 decides it).

mod act;
mod origins;
mod target;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{Files, typed};
use crate::diagnostics::{At, Diagnostic, Diagnostics, FileId, codes};
use act::Clash;
pub(super) use origins::Origins;
use target::Target;

/// An overlay. Keys that begin with `x-` may be anywhere in it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Overlay {
    /// The version of the specification.
    overlay: String,
    /// What is done, in order.
    actions: Vec<Action>,
}

/// One change.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
struct Action {
    /// JSONPath (RFC 9535) to what is changed.
    target: String,
    /// What is merged into objects, or added to arrays.
    #[serde(default)]
    update: Option<Value>,
    /// Whether what is selected is taken out.
    #[serde(default)]
    remove: bool,
    /// Of version 1.1.
    #[serde(default)]
    copy: Option<Value>,
}

/// Applies the overlay in the file `overlay` to `document`; `None` if anything of it cannot be applied.
pub(super) fn apply(
    files: &mut Files,
    document: FileId,
    overlay: FileId,
    diagnostics: &mut Diagnostics,
) -> Option<()> {
    let content: Overlay = typed(files, overlay, diagnostics)?;
    let at = At::value(overlay, "");
    let version = content.overlay.as_str();
    if !["1.0", "1.1"].iter().any(|known| {
        let patch = version.strip_prefix(known);
        patch.is_some_and(|patch| patch.is_empty() || patch.starts_with('.'))
    }) {
        let message = format!("`{version}` is no version of overlays that can be applied");
        diagnostics.push(
            Diagnostic::error(codes::BAD_OVERLAY, at.child("overlay"), message)
                .help("write it as version 1.0.0"),
        );
        return None;
    }
    let mut complete = true;
    for (index, action) in content.actions.iter().enumerate() {
        let at = at.child("actions").child(&index.to_string());
        if let Err(fault) = act(files, document, action, &at, diagnostics) {
            complete = false;
            diagnostics.push(*fault);
        }
    }
    complete.then_some(())
}

/// Does one action.
fn act(
    files: &mut Files,
    document: FileId,
    action: &Action,
    at: &At,
    diagnostics: &mut Diagnostics,
) -> Result<(), Box<Diagnostic>> {
    let fault =
        |at: At, message: String| Box::new(Diagnostic::error(codes::BAD_OVERLAY, at, message));
    if action.copy.is_some() && !action.remove {
        let message = "`copy` cannot be done".to_owned();
        return Err(Box::new(
            fault(at.child("copy").as_key(), message)
                .help("write what is to be there as an `update`"),
        ));
    }
    if action.update.is_none() && !action.remove {
        let message = "this action does nothing".to_owned();
        return Err(Box::new(
            fault(at.clone(), message).help("give it an `update`, or `remove: true`"),
        ));
    }
    let at_target = at.child("target");
    let target = Target::parse(&action.target).map_err(|reason| {
        let message = format!("`{}` is no JSONPath: {reason}", action.target);
        let help = "write it as RFC 9535 does; keys with other characters than letters and digits stand in brackets: `$.paths['/orders'].get`";
        Box::new(fault(at_target.clone(), message).help(help))
    })?;
    let (value, origins) = files.content_mut(document);
    let selected = target.select(value);
    if selected.is_empty() {
        let message = format!("`{}` selects nothing in the document", action.target);
        let warning = Diagnostic::warning(codes::OVERLAY_TARGET, at_target, message);
        diagnostics.push(warning.help(match target.reached(value) {
            Some(part) => format!("there is `{part}`, but no more of it; look at what the document has there now, or take the action out"),
            None => "look at what the document has now, or take the action out".to_owned(),
        }));
        return Ok(());
    }
    // The last first, so that nothing has moved when its turn comes.
    for path in selected.iter().rev() {
        let done = match &action.update {
            Some(update) if !action.remove => {
                act::update(value, origins, path, update, &at.child("update"))
            }
            _ => act::remove(value, origins, path),
        };
        match done {
            Ok(()) => {}
            Err(Clash::Root) => {
                let message = "the whole document cannot be removed".to_owned();
                return Err(Box::new(
                    fault(at_target, message).help("select the part of it that is not wanted"),
                ));
            }
            Err(Clash::Kinds { from, to, what }) => {
                return Err(Box::new(fault(from, what).also(to, "this is there").help(
                    "update it with the same kind of value, or remove it first by another action",
                )));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
