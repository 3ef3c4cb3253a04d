//! `prompts/list` and `prompts/get`.

use std::collections::BTreeMap;

use rmcp::model::{
    ContentBlock, ErrorData, GetPromptResult, Prompt as PublishedPrompt,
    PromptArgument as PublishedArgument, PromptMessage, Role,
};

use super::render::{MARK, Piece, render};
use super::resources::attached;
use super::{Caller, Mcp, icons};
use crate::check::nearest;
use crate::{Block, Content, Json, JsonObject, Prompt};

impl Mcp {
    /// The prompts as clients see them.
    pub(super) fn prompt_list(&self) -> Vec<PublishedPrompt> {
        self.prompts().map(published).collect()
    }

    /// A prompt with its arguments filled in.
    ///
    /// # Errors
    /// `-32602` where the prompt or an argument is not there or does not fit; those of the resources that the
    /// prompt embeds.
    pub(super) async fn prompt(
        &self,
        name: &str,
        arguments: JsonObject,
        caller: &Caller,
    ) -> Result<GetPromptResult, ErrorData> {
        let prompt = self.find_prompt(name)?;
        let values = values(prompt, arguments)?;
        let pieces = render(prompt, values).map_err(|reason| {
            let message = format!("The prompt cannot be filled in with these arguments: {reason}");
            ErrorData::invalid_params(message, None)
        })?;
        let mut role = Role::User;
        let mut messages = Vec::new();
        for piece in pieces {
            let content = match piece {
                Piece::Text(text) => ContentBlock::text(text),
                Piece::Block(Block::User, _) => {
                    role = Role::User;
                    continue;
                }
                Piece::Block(Block::Assistant, _) => {
                    role = Role::Assistant;
                    continue;
                }
                Piece::Block(Block::File(uri, file), _) => match file.content {
                    Content::Base64(data) if file.mime_type.starts_with("image/") => {
                        ContentBlock::image(data.trim(), file.mime_type)
                    }
                    Content::Base64(data) if file.mime_type.starts_with("audio/") => {
                        ContentBlock::audio(data.trim(), file.mime_type)
                    }
                    _ => ContentBlock::resource(attached(file, uri)),
                },
                Piece::Block(Block::Resource(_), uri) => {
                    ContentBlock::resource(self.contents(&uri, caller).await?)
                }
            };
            messages.push(PromptMessage::new(role.clone(), content));
        }
        let mut result = GetPromptResult::new(messages);
        result.description = prompt.description.map(str::to_owned);
        Ok(result)
    }

    /// The prompt of this name.
    ///
    /// # Errors
    /// `-32602` if there is none, with the nearest name.
    pub(super) fn find_prompt(&self, name: &str) -> Result<&'static Prompt, ErrorData> {
        if let Some(prompt) = self.prompts().find(|prompt| prompt.name == name) {
            return Ok(prompt);
        }
        let names = self.prompts().map(|prompt| prompt.name);
        let hint =
            nearest(name, names).map_or(String::new(), |near| format!(". Did you mean {near}?"));
        Err(ErrorData::invalid_params(
            format!("Unknown prompt: {name}{hint}"),
            None,
        ))
    }
}

fn published(prompt: &Prompt) -> PublishedPrompt {
    let arguments = prompt.arguments.iter().map(|argument| {
        let mut published = PublishedArgument::new(argument.name).with_required(argument.required);
        published.title = argument.title.map(str::to_owned);
        published.description = argument.description.map(str::to_owned);
        published
    });
    let arguments: Vec<PublishedArgument> = arguments.collect();
    let mut published = PublishedPrompt::new(
        prompt.name,
        prompt.description,
        (!arguments.is_empty()).then_some(arguments),
    );
    published.title = prompt.title.map(str::to_owned);
    published.icons = icons(prompt.icons);
    published
}

/// The arguments as text, with every problem said at once.
fn values(prompt: &Prompt, given: JsonObject) -> Result<BTreeMap<String, String>, ErrorData> {
    let names = || prompt.arguments.iter().map(|argument| argument.name);
    let mut values = BTreeMap::new();
    let mut problems = Vec::new();
    for (name, value) in given {
        if !names().any(|known| known == name) {
            problems.push(match nearest(&name, names()) {
                Some(near) => {
                    format!("`{name}` is not an argument of this prompt: did you mean `{near}`?")
                }
                None => format!("`{name}` is not an argument of this prompt."),
            });
            continue;
        }
        match value {
            Json::String(text) if text.contains(MARK) => {
                problems.push(format!("`{name}` must not have a null character."));
            }
            Json::String(text) => {
                values.insert(name, text);
            }
            other => problems.push(format!("`{name}` must be a string, but {other} was given.")),
        }
    }
    let missing = prompt.arguments.iter().filter(|argument| {
        argument.required
            && !values.contains_key(argument.name)
            && !problems
                .iter()
                .any(|problem| problem.starts_with(&format!("`{}` must", argument.name)))
    });
    let missing: Vec<String> = missing
        .map(|argument| format!("`{}` is required.", argument.name))
        .collect();
    problems.extend(missing);
    if problems.is_empty() {
        Ok(values)
    } else {
        Err(ErrorData::invalid_params(problems.join(" "), None))
    }
}
