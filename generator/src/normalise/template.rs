//! Path templates (OpenAPI 3.1, section 4.8.8.2): what stands between braces, and the parameters it names.

use serde_json::json;

use super::schemas::Schemas;
use super::{Location, Parameter, Style};
use crate::diagnostics::{At, Diagnostic, codes};

/// The template of `path` with the names of its parameters between braces. Parameters that only the
/// template has are added as text, path parameters that it does not have are taken out; each is told.
pub(super) fn reconcile(
    schemas: &Schemas<'_>,
    path: &str,
    at: &At,
    parameters: &mut Vec<Parameter>,
    faults: &mut Vec<Diagnostic>,
) -> String {
    let mut template = String::new();
    let mut used: Vec<String> = Vec::new();
    let mut rest = path;
    while let Some((before, raw, after)) = placeholder(rest) {
        template.push_str(before);
        rest = after;
        // `{?page,size}` (RFC 6570): the query is written from its own parameters.
        if raw.starts_with(['?', '&']) {
            continue;
        }
        let name = match declared(raw, parameters) {
            Some(name) => name,
            None => {
                let name = clean(raw).to_owned();
                let message = format!(
                    "the path `{path}` has `{{{raw}}}`, which no parameter describes; it is taken as text"
                );
                faults.push(
                    Diagnostic::warning(codes::BAD_OPERATION, at.as_key(), message)
                        .help(format!("declare a parameter `{name}` with `in: path`")),
                );
                parameters.push(text(schemas, &name, at));
                name
            }
        };
        template.push_str(&format!("{{{name}}}"));
        used.push(name);
    }
    if rest.contains(['{', '}']) {
        let message =
            format!("the braces of the path `{path}` do not match; they are sent as they are");
        faults.push(Diagnostic::warning(
            codes::BAD_OPERATION,
            at.as_key(),
            message,
        ));
    }
    template.push_str(rest);
    parameters.retain(|parameter| {
        let stays = parameter.location != Location::Path || used.contains(&parameter.name);
        if !stays {
            let message = format!(
                "the path `{path}` has no `{{{}}}`; this path parameter is left out",
                parameter.name
            );
            faults.push(Diagnostic::warning(
                codes::BAD_OPERATION,
                parameter.at.clone(),
                message,
            ));
        }
        stays
    });
    template
}

/// What stands before, in and behind the first braces of `text`.
fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let start = text.find('{')?;
    let mut depth = 0usize;
    for (index, c) in text[start..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            let end = start + index;
            return Some((&text[..start], &text[start + 1..end], &text[end + 1..]));
        }
    }
    None
}

/// The path parameter that `raw` names.
fn declared(raw: &str, parameters: &[Parameter]) -> Option<String> {
    let fold = |name: &str| name.to_lowercase().replace(['_', '-', ' '], "");
    let names = || {
        parameters
            .iter()
            .filter(|parameter| parameter.location == Location::Path)
            .map(|parameter| parameter.name.as_str())
    };
    names()
        .find(|name| *name == raw)
        .or_else(|| names().find(|name| *name == clean(raw)))
        .or_else(|| names().find(|name| fold(name) == fold(clean(raw))))
        .map(str::to_owned)
}

/// `+path`, `path*` and `id:[0-9]+` without what routers add to a name.
fn clean(raw: &str) -> &str {
    let name = raw.split(':').next().unwrap_or(raw);
    let name = name
        .trim_start_matches(['+', '/', ';', '#', '.', '*'])
        .trim_end_matches(['+', '*', '?']);
    if name.is_empty() { raw } else { name }
}

fn text(schemas: &Schemas<'_>, name: &str, at: &At) -> Parameter {
    let schema = schemas
        .sources()
        .files
        .make(json!({ "type": "string" }), at);
    Parameter {
        name: name.to_owned(),
        location: Location::Path,
        required: true,
        description: None,
        deprecated: false,
        style: Style::Simple,
        schema: Some(schema),
        example: None,
        at: at.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::Sources;

    #[test]
    fn templates_and_parameters_come_together() {
        let sources = Sources::of_document(json!({}));
        let schemas = Schemas::new(&sources);
        let at = At::value(sources.document, "");
        for (path, declared, template, names, faults) in [
            (
                "/a/{x},{y}",
                &["x", "y"][..],
                "/a/{x},{y}",
                &["x", "y"][..],
                0,
            ),
            ("/a/{userId}", &["user_id"], "/a/{user_id}", &["user_id"], 0),
            (
                "/a/{path+}/{id:[0-9]{2}}",
                &["id"],
                "/a/{path}/{id}",
                &["id", "path"],
                1,
            ),
            ("/a{?q}", &["stray"], "/a", &[], 1),
            ("/a/{", &[], "/a/{", &[], 1),
        ] {
            let mut parameters: Vec<Parameter> = declared
                .iter()
                .map(|name| text(&schemas, name, &at))
                .collect();
            let mut found = Vec::new();
            assert_eq!(
                reconcile(&schemas, path, &at, &mut parameters, &mut found),
                template
            );
            let left: Vec<&str> = parameters
                .iter()
                .map(|parameter| parameter.name.as_str())
                .collect();
            assert_eq!((left.as_slice(), found.len()), (names, faults), "{path}");
        }
    }
}
