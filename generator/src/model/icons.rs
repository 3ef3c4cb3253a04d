//! Icons and pages about things: what clients may be sent to.

use crate::diagnostics::{At, Diagnostic, Diagnostics, codes};
use crate::read::Sources;
use crate::read::tools_spec::IconSpec;

/// Checks the icons and the page of the server, and the icons of its tools, prompts and resources.
pub(super) fn check(sources: &Sources, diagnostics: &mut Diagnostics) {
    let spec = &sources.spec;
    let root = At::value(sources.spec_file, "");
    let server = root.child("server");
    let mut lists = vec![(&spec.server.icons, server.child("icons"))];
    for (name, tool) in &spec.tools {
        let file = spec.origin.get(name).copied().unwrap_or(sources.spec_file);
        let at = At::value(file, "/tools").child(name).child("icons");
        lists.push((&tool.icons, at));
    }
    for (name, resource) in &spec.resources {
        let at = root.child("resources").child(name).child("icons");
        lists.push((&resource.icons, at));
    }
    let prompts = sources.prompts.values();
    lists.extend(prompts.map(|prompt| (&prompt.spec.icons, prompt.icons.clone())));
    for (icons, at) in lists {
        for (index, icon) in icons.iter().enumerate() {
            check_icon(icon, &at.child(&index.to_string()), diagnostics);
        }
    }
    if let Some(url) = &spec.server.website_url
        && !url.starts_with("https://")
        && !url.starts_with("http://")
    {
        let at = server.child("website_url");
        let message = format!("`{url}` is not an http or https URL");
        diagnostics.push(
            Diagnostic::error(codes::SPEC_SHAPE, at, message)
                .help("write it whole: `https://example.com`"),
        );
    }
}

fn check_icon(icon: &IconSpec, at: &At, diagnostics: &mut Diagnostics) {
    if !icon.src.starts_with("https://") && !icon.src.starts_with("data:") {
        let message = "clients load icons by `https` and `data` URLs only";
        let help = "write `https://…`, or the image itself: `data:image/png;base64,…`";
        let at = at.child("src");
        diagnostics.push(Diagnostic::error(codes::SPEC_SHAPE, at, message).help(help));
    }
    for (index, size) in icon.sizes.iter().enumerate() {
        let number =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_size = size
            .split_once('x')
            .is_some_and(|(width, height)| number(width) && number(height));
        if !is_size && size != "any" {
            let at = at.child("sizes").child(&index.to_string());
            let message = format!("`{size}` is not a size");
            diagnostics.push(
                Diagnostic::error(codes::SPEC_SHAPE, at, message)
                    .help("write width and height, such as `48x48`, or `any`"),
            );
        }
    }
}
