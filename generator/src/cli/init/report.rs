//! What a run says on standard output.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::super::{shown, systems};
use crate::init::{Chosen, Entry, Head};

/// What was drafted, what of it is enabled and how to go on.
pub(super) fn drafted(spec: &Path, head: &Head, entries: &[Entry], chosen: &Chosen) -> String {
    let mut text = format!("wrote {}\n\n", shown(spec));
    if entries.is_empty() {
        text.push_str("The document has no operations, so there are no tools yet.\n");
        return text;
    }
    let sum =
        |entries: &mut dyn Iterator<Item = &Entry>| entries.map(|entry| entry.tokens).sum::<u64>();
    let mut enabled = entries
        .iter()
        .zip(&chosen.enabled)
        .filter(|(_, on)| **on)
        .map(|(entry, _)| entry);
    let count = chosen.enabled.iter().filter(|enabled| **enabled).count();
    let _ = writeln!(
        text,
        "{:>7} {}, {} tokens",
        entries.len(),
        plural(entries.len(), "operation"),
        sum(&mut entries.iter())
    );
    let why = chosen.why.map(|why| format!(": {why}")).unwrap_or_default();
    let _ = writeln!(
        text,
        "{count:>7} enabled, {} tokens{why}",
        sum(&mut enabled)
    );
    let lossy = entries
        .iter()
        .filter(|entry| !entry.losses.is_empty())
        .count();
    if lossy > 0 {
        let _ = writeln!(
            text,
            "{lossy:>7} with something lost, accepted in `accept:`; `toolwright explain CODE` says what"
        );
    }
    let unable: Vec<&Entry> = entries
        .iter()
        .filter(|entry| entry.problem.is_some())
        .collect();
    if !unable.is_empty() {
        let _ = writeln!(text, "{:>7} cannot be tools:", unable.len());
    }
    for entry in unable {
        let problem = entry.problem.as_deref().unwrap_or_default();
        let _ = writeln!(text, "        {}: {problem}", entry.endpoint());
    }
    text.push('\n');
    if chosen.why.is_some() {
        text.push_str("To choose otherwise, set `enabled` of an entry, or remove the file and use --all, --include or --exclude.\n");
    }
    if let Some((url, why)) = &head.base_url {
        let _ = writeln!(text, "The backend is taken to be at {url}. {why}");
    }
    let _ = writeln!(text, "Next: {}", next(spec, &head.name));
    text
}

/// The command that makes the server.
pub(super) fn next(spec: &Path, name: &str) -> String {
    match server(spec, name) {
        (_, Some(system)) => format!("toolwright generate {system}"),
        (out, None) => format!("toolwright generate {} --out {}", shown(spec), shown(&out)),
    }
}

/// The folder of the server called `name`, and the system that knows it, if one does.
pub(super) fn server(spec: &Path, name: &str) -> (PathBuf, Option<String>) {
    let beside = || spec.parent().unwrap_or(Path::new("")).join(name);
    let systems = systems::find(&[shown(spec)]).unwrap_or_default();
    match systems
        .into_iter()
        .next()
        .map(|system| (system.out, system.name))
    {
        Some((Some(out), system)) => (out, Some(system)),
        _ => (beside(), None),
    }
}

/// `thing`, or several of them.
pub(super) fn plural(count: usize, thing: &str) -> String {
    match count {
        1 => thing.to_owned(),
        _ => format!("{thing}s"),
    }
}
