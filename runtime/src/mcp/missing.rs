//! Arguments that a prompt needs and was not given: the user is asked for them where the client can ask
//! in a round trip (MCP 2026-07-28, multi round-trip requests).

use rmcp::model::{
    ElicitRequest, ElicitResult, ElicitationAction, ErrorData, InputRequest, InputRequiredResult,
    InputResponses,
};
use rmcp::service::{RequestContext, RoleServer};
use serde_json::json;

use super::Mcp;
use super::ask::{Way, way};
use crate::{Json, JsonObject, Prompt, PromptArgument};

/// The key of the question.
const KEY: &str = "arguments";

impl Mcp {
    /// Takes over what the user gave. `Some` asks for what is still missing.
    ///
    /// # Errors
    /// `-32602` if there is no such prompt, or the user does not want to.
    pub(super) fn missing(
        &self,
        name: &str,
        arguments: &mut JsonObject,
        responses: Option<InputResponses>,
        context: &RequestContext<RoleServer>,
    ) -> Result<Option<InputRequiredResult>, ErrorData> {
        let prompt = self.find_prompt(name)?;
        let is_known = |given: &String| prompt.arguments.iter().any(|one| one.name == given);
        // Nobody is asked about a prompt that would be refused.
        if way(context) != Way::Round || !arguments.keys().all(is_known) {
            return Ok(None);
        }
        let response = responses.and_then(|mut responses| responses.remove(KEY));
        if let Some(response) = response {
            for (name, value) in given(response)? {
                if is_known(&name) && value.is_string() {
                    arguments.entry(name).or_insert(value);
                }
            }
        }
        let missing = prompt.arguments.iter();
        let missing: Vec<&PromptArgument> = missing
            .filter(|one| one.required && !arguments.contains_key(one.name))
            .collect();
        if missing.is_empty() {
            return Ok(None);
        }
        let requests = [(KEY.to_owned(), question(prompt, &missing)?)];
        let requests = requests.into_iter().collect();
        Ok(Some(InputRequiredResult::new(Some(requests), None)))
    }
}

/// What the user gave.
fn given(response: Json) -> Result<JsonObject, ErrorData> {
    let refused = |message: String| Err(ErrorData::invalid_params(message, None));
    match serde_json::from_value::<ElicitResult>(response) {
        Ok(answer) if answer.action == ElicitationAction::Accept => match answer.content {
            Some(Json::Object(content)) => Ok(content),
            _ => Ok(JsonObject::new()),
        },
        Ok(_) => refused("The user did not give the arguments that this prompt needs.".to_owned()),
        Err(error) => refused(format!(
            "inputResponses.{KEY} is no answer of a user: {error}"
        )),
    }
}

fn question(prompt: &Prompt, missing: &[&PromptArgument]) -> Result<InputRequest, ErrorData> {
    let mut properties = JsonObject::new();
    for argument in missing {
        let mut field = json!({"type": "string"});
        if let Some(title) = argument.title {
            field["title"] = title.into();
        }
        if let Some(description) = argument.description {
            field["description"] = description.into();
        }
        properties.insert(argument.name.to_owned(), field);
    }
    let names: Vec<&str> = missing.iter().map(|argument| argument.name).collect();
    let title = prompt.title.unwrap_or(prompt.name);
    let params = json!({
        "mode": "form",
        "message": format!("{title} needs {}.", names.join(", ")),
        "requestedSchema": {"type": "object", "properties": properties, "required": names},
    });
    let params = serde_json::from_value(params).map_err(|error| {
        ErrorData::internal_error(format!("the question cannot be used: {error}"), None)
    })?;
    Ok(InputRequest::Elicitation(ElicitRequest::new(params)))
}
