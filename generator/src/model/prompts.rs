//! Prompts: their arguments and their text, checked against each other.

use super::files::Attachment;
use super::resources::{Complete, Resource, Unlisted, check_name, complete};
use super::template::{self, Fault};
use super::uri;
use crate::diagnostics::{At, Diagnostic, Diagnostics, codes, nearest};
use crate::hidden;
use crate::normalise::hidden::name as hidden_name;
use crate::read::tools_spec::IconSpec;
use crate::read::{Line, PromptFile, Sources};

/// A prompt.
#[derive(Debug)]
pub struct Prompt {
    /// Its name.
    pub name: String,
    /// Title for people.
    pub title: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Its arguments, in the order shown.
    pub arguments: Vec<PromptArgument>,
    /// Its icons.
    pub icons: Vec<IconSpec>,
    /// Its text, a template.
    pub text: String,
    /// The lines of the text, counted from 0, that stand for something else.
    pub blocks: Vec<(usize, Block)>,
}

/// An argument of a prompt.
#[derive(Debug)]
pub struct PromptArgument {
    /// Its name.
    pub name: String,
    /// Title for people.
    pub title: Option<String>,
    /// What it means.
    pub description: Option<String>,
    /// Whether it must be given.
    pub required: bool,
    /// What completes it.
    pub complete: Option<Complete>,
}

/// What a line stands for.
#[derive(Debug, PartialEq)]
pub enum Block {
    /// From here on the user speaks.
    User,
    /// From here on the assistant speaks.
    Assistant,
    /// A file, under this URI.
    File(String, Attachment),
    /// The resource with this URI, itself a template.
    Resource(String),
}

/// Checks and builds the prompts.
pub(super) fn prompts(
    sources: &Sources,
    resources: &[Resource],
    unlisted: &Unlisted<'_, '_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Prompt> {
    let mut prompts = Vec::new();
    for (name, prompt) in &sources.prompts {
        let at = At::value(sources.spec_file, "/prompts").child(name);
        check_name(name, &at, diagnostics);
        let text = &sources.file(prompt.file).text[prompt.start..];
        check_text(prompt, text, diagnostics);
        let spec = &prompt.spec;
        let arguments = spec.arguments.iter().map(|(name, argument)| {
            let at = &prompt.arguments[name];
            check_argument(name, at, diagnostics);
            PromptArgument {
                name: name.clone(),
                title: argument.title.clone(),
                description: argument.description.clone(),
                required: argument.required,
                complete: complete(argument, at, unlisted, diagnostics),
            }
        });
        prompts.push(Prompt {
            arguments: arguments.collect(),
            blocks: blocks(name, prompt, text, sources, resources, diagnostics),
            name: name.clone(),
            title: spec.title.clone(),
            description: spec
                .description
                .as_deref()
                .map(str::trim)
                .map(str::to_owned),
            icons: spec.icons.clone(),
            text: hidden::without(text),
        });
    }
    prompts
}

/// The name of an argument is a variable of the text.
fn check_argument(name: &str, at: &At, diagnostics: &mut Diagnostics) {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') || !name.chars().all(plain)
    {
        let message = format!("`{name}` cannot be a variable of a prompt's text");
        let help = "use letters, digits and `_`, a letter first";
        diagnostics.push(Diagnostic::error(codes::BAD_NAME, at.as_key(), message).help(help));
    }
}

/// Every variable is an argument, every argument is used, and all that the text calls is there.
fn check_text(prompt: &PromptFile, text: &str, diagnostics: &mut Diagnostics) {
    let place = |range: std::ops::Range<usize>| {
        At::bytes(
            prompt.file,
            prompt.start + range.start..prompt.start + range.end,
        )
    };
    let hidden = hidden::found(text);
    if let Some(first) = hidden.first() {
        let start = text.find(*first).unwrap_or_default();
        let names: Vec<String> = hidden.iter().take(4).map(|c| hidden_name(*c)).collect();
        let message = format!(
            "this text has characters that a reader does not see: {}",
            names.join(", ")
        );
        let at = place(start..start + first.len_utf8());
        let help = "remove them; clients get the prompt without them";
        diagnostics.push(Diagnostic::warning(codes::HIDDEN_TEXT, at, message).help(help));
    }
    let fault =
        |Fault {
             message,
             place: range,
         }: Fault| { Diagnostic::error(codes::BAD_PROMPT, place(range), message) };
    let used = match template::variables(text) {
        Ok(used) => used,
        Err(wrong) => {
            diagnostics.push(fault(wrong));
            return;
        }
    };
    let arguments = &prompt.spec.arguments;
    let names: Vec<&str> = arguments.keys().map(String::as_str).collect();
    let required: Vec<&str> = arguments
        .iter()
        .filter(|(_, argument)| argument.required)
        .map(|(name, _)| name.as_str())
        .collect();
    for unknown in used
        .iter()
        .filter(|used| !arguments.contains_key(&used.name))
    {
        let message = format!("the prompt has no argument `{}`", unknown.name);
        let help = match nearest(&unknown.name, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "declare it under `arguments`".to_owned(),
        };
        let at = place(unknown.place.clone());
        diagnostics.push(Diagnostic::error(codes::BAD_PROMPT, at, message).help(help));
    }
    for name in names
        .iter()
        .filter(|name| !used.iter().any(|used| used.name == **name))
    {
        let message = format!("the text does not use the argument `{name}`");
        let at = prompt.arguments[*name].as_key();
        diagnostics.push(
            Diagnostic::warning(codes::BAD_PROMPT, at, message)
                .help("use it, or take it out: people are asked for it in vain"),
        );
    }
    for given in [&names, &required] {
        if let Err(wrong) = template::try_out(text, given) {
            diagnostics.push(fault(wrong));
        }
    }
}

/// The lines that stand for something else. A URI that no resource has is a link, and stays text.
fn blocks(
    name: &str,
    prompt: &PromptFile,
    text: &str,
    sources: &Sources,
    resources: &[Resource],
    diagnostics: &mut Diagnostics,
) -> Vec<(usize, Block)> {
    let mut blocks = Vec::new();
    for (index, line) in &prompt.lines {
        let block = match line {
            Line::User => Block::User,
            Line::Assistant => Block::Assistant,
            Line::File(file) => {
                let server = &sources.spec.server.name;
                let stem = file
                    .name
                    .rsplit_once('.')
                    .map_or(file.name.as_str(), |(stem, _)| stem);
                let plain = |c: char| {
                    if c.is_ascii_alphanumeric() || c == '-' {
                        c
                    } else {
                        '_'
                    }
                };
                let stem: String = stem.chars().map(plain).collect();
                let attachment = Attachment::new(&format!("{name}/{stem}"), file, None);
                let ending = file.name.rsplit_once('.').map_or("", |(_, ending)| ending);
                let uri = format!("{server}://prompts/{name}/{stem}.{ending}");
                Block::File(uri.trim_end_matches('.').to_owned(), attachment)
            }
            Line::Uri(target) => match is_resource(target, resources) {
                Some(true) => Block::Resource(target.clone()),
                Some(false) => {
                    let start: usize = text.split_inclusive('\n').take(*index).map(str::len).sum();
                    let start = start + text[start..].find(target.as_str()).unwrap_or_default();
                    let range = prompt.start + start..prompt.start + start + target.len();
                    let message = format!("there is no resource `{target}`");
                    let mut diagnostic = Diagnostic::error(
                        codes::BAD_PROMPT,
                        At::bytes(prompt.file, range),
                        message,
                    );
                    let uris = resources.iter().map(|resource| resource.uri.as_str());
                    if let Some(near) = nearest(target, uris) {
                        diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
                    }
                    diagnostics.push(diagnostic);
                    continue;
                }
                None => continue,
            },
        };
        blocks.push((*index, block));
    }
    blocks
}

/// Whether a target is that of a resource; `None` where it leads elsewhere.
fn is_resource(target: &str, resources: &[Resource]) -> Option<bool> {
    let fixed = target
        .find("{{")
        .or(target.find("{%"))
        .unwrap_or(target.len());
    if fixed == 0 {
        return (!resources.is_empty()).then_some(true);
    }
    let scheme = |uri: &str| uri.split_once(':').map(|(scheme, _)| scheme.to_owned());
    let wanted = scheme(&target[..fixed]);
    let ours = wanted.is_some()
        && resources
            .iter()
            .any(|resource| scheme(&resource.uri) == wanted);
    let found = || {
        resources
            .iter()
            .any(|resource| uri::fits(&resource.uri, target))
    };
    ours.then(|| fixed < target.len() || found())
}
