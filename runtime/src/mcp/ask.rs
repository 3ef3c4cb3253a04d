//! What the user is asked before a call: to agree, or for arguments.
//!
//! By multi round-trip elicitation from revision 2026-07-28 on, before that by
//! a request to the client where the transport can carry one, else by an error
//! that tells the agent to ask.

use axum::http::request::Parts;
use rmcp::model::{
    CallToolResponse, ElicitRequestParams, ElicitResult, ElicitationAction, ErrorData,
    InputRequest, InputRequiredResult, InputResponses, ProtocolVersion,
};
use rmcp::service::{RequestContext, RoleServer};
use serde_json::json;

use super::seals::Broken;
use super::{Caller, Mcp, toolbox};
use crate::results::{self, crop};
use crate::{Json, JsonObject, Tool};

/// The argument by which an agent says that the user agreed.
const CONFIRM: &str = "confirm";
/// Longest value of an argument in a question, in characters.
const LONGEST: usize = 200;

/// What a client sent with a call because it was asked to.
#[derive(Debug, Default)]
pub(super) struct Returned {
    pub(super) responses: Option<InputResponses>,
    pub(super) state: Option<String>,
}

/// How a client can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// By a result that calls for input.
    Round,
    /// By a request.
    Request,
    /// Not at all.
    None,
}

/// What the user is asked.
struct Question {
    key: &'static str,
    message: String,
    /// The schema of the answer.
    form: Json,
    /// Whether the answer is an agreement.
    agrees: bool,
}

impl Mcp {
    /// Asks the user what there is to ask before a call. `Some` is the call's
    /// response; else the call goes on with `arguments` as they are then.
    pub(super) async fn asked(
        &self,
        tool: &'static Tool,
        arguments: &mut JsonObject,
        returned: Returned,
        caller: &Caller,
        context: &RequestContext<RoleServer>,
    ) -> Result<Option<CallToolResponse>, ErrorData> {
        let behaviour = &tool.behaviour;
        if behaviour.confirm.is_none() && behaviour.ask.is_none() {
            return Ok(None);
        }
        let toolbox = self.toolbox()?;
        let (published, entry) = toolbox
            .find(tool.name)
            .ok_or_else(|| toolbox::unknown(tool.name, toolbox))?;
        // Nobody is asked about a call that would be refused.
        match entry.input(published)?.arguments(std::mem::take(arguments)) {
            Ok(checked) => *arguments = checked,
            Err(problems) => return Ok(Some(results::refused(&problems).into())),
        }
        let agreed = behaviour.confirm.is_some()
            && arguments.shift_remove(CONFIRM) == Some(Json::Bool(true));
        let question = Question::about(tool, &published.input_schema, arguments)?;
        let answer = match way(context) {
            Way::Round => match self.round(tool, &question, arguments, returned, caller)? {
                Ok(answer) => Some(answer),
                Err(required) => return Ok(Some(required.into())),
            },
            Way::Request => match context.peer.create_elicitation(question.params()?).await {
                Ok(answer) => Some(answer),
                Err(error) => {
                    tracing::warn!(tool = tool.name, %error, "the user could not be asked");
                    None
                }
            },
            Way::None => None,
        };
        let refusal = match answer {
            Some(answer) => question.take(answer, arguments).err(),
            None => question.without_user(tool, agreed, arguments).err(),
        };
        Ok(refusal.map(|text| results::refused(&text).into()))
    }

    /// The user's answer, or the result that asks for it.
    fn round(
        &self,
        tool: &Tool,
        question: &Question,
        arguments: &JsonObject,
        returned: Returned,
        caller: &Caller,
    ) -> Result<Result<ElicitResult, InputRequiredResult>, ErrorData> {
        let context = self.of_question(tool, arguments, caller);
        let response = returned
            .responses
            .and_then(|mut responses| responses.remove(question.key));
        let is_known = match returned.state {
            // What is only asked for needs no proof: it is checked as any argument.
            _ if !question.agrees => true,
            None => false,
            Some(state) => match self.seals.answered(&state, &context) {
                Ok(()) => true,
                Err(Broken::Stale) => false,
                Err(Broken::Forged) => {
                    let message = "requestState is not the one that this call was answered with";
                    return Err(ErrorData::invalid_params(message, None));
                }
            },
        };
        if let Some(response) = response.filter(|_| is_known) {
            let answer = serde_json::from_value(response).map_err(|error| {
                let key = question.key;
                let message = format!("inputResponses.{key} is no answer of a user: {error}");
                ErrorData::invalid_params(message, None)
            })?;
            return Ok(Ok(answer));
        }
        let state = match question.agrees {
            false => None,
            true => Some(self.seals.question(&context).ok_or_else(|| {
                ErrorData::internal_error("the system gives no random numbers", None)
            })?),
        };
        let request = (question.key.to_owned(), question.request()?);
        let requests = std::iter::once(request).collect();
        Ok(Err(InputRequiredResult::new(Some(requests), state)))
    }

    /// What the seal of a question is bound to: this call and no other.
    fn of_question(&self, tool: &Tool, arguments: &JsonObject, caller: &Caller) -> Vec<u8> {
        // A client may send the members in another order.
        let sorted: std::collections::BTreeMap<_, _> = arguments.iter().collect();
        let principal = caller.name().unwrap_or_default();
        let (server, name) = (self.server.name, tool.name);
        format!("call\n{server}\n{name}\n{principal}\n{}", json!(sorted)).into_bytes()
    }
}

/// How the client of a request can be asked.
fn way(context: &RequestContext<RoleServer>) -> Way {
    let capabilities = context.client_capabilities();
    let asks = capabilities
        .and_then(|capabilities| capabilities.elicitation)
        // One that names no mode has forms.
        .is_some_and(|elicitation| elicitation.form.is_some() || elicitation.url.is_none());
    if !asks {
        return Way::None;
    }
    let rounds = ProtocolVersion::V_2026_07_28;
    let version = context.protocol_version();
    if version.is_some_and(|version| version.as_str() >= rounds.as_str()) {
        return Way::Round;
    }
    // Over HTTP the answer to a request comes by a session.
    match context.extensions.get::<Parts>() {
        Some(parts) if !parts.headers.contains_key("mcp-session-id") => Way::None,
        _ => Way::Request,
    }
}

impl Question {
    fn about(tool: &Tool, schema: &JsonObject, arguments: &JsonObject) -> Result<Self, ErrorData> {
        let behaviour = &tool.behaviour;
        let ask = behaviour.ask.as_ref();
        let texts = behaviour
            .confirm
            .into_iter()
            .chain(ask.map(|ask| ask.message));
        let texts: Vec<String> = texts.map(|text| filled(text, schema, arguments)).collect();
        let mut form: Json = match ask {
            Some(ask) => serde_json::from_str(ask.form).map_err(broken)?,
            None => json!({"type": "object", "properties": {}}),
        };
        // What the agent gave is what the user begins with.
        let fields = form["properties"].as_object_mut().into_iter().flatten();
        for (name, field) in fields {
            if let (Some(value), Some(field)) = (arguments.get(name), field.as_object_mut()) {
                field.insert("default".to_owned(), value.clone());
            }
        }
        Ok(Self {
            key: ask.map_or(CONFIRM, |ask| ask.key),
            message: texts.join("\n\n"),
            form,
            agrees: behaviour.confirm.is_some(),
        })
    }

    fn params(&self) -> Result<ElicitRequestParams, ErrorData> {
        let params = json!({"mode": "form", "message": self.message, "requestedSchema": self.form});
        serde_json::from_value(params).map_err(broken)
    }

    fn request(&self) -> Result<InputRequest, ErrorData> {
        Ok(InputRequest::Elicitation(rmcp::model::ElicitRequest::new(
            self.params()?,
        )))
    }

    /// Takes over what the user gave.
    fn take(&self, answer: ElicitResult, arguments: &mut JsonObject) -> Result<(), String> {
        match answer.action {
            ElicitationAction::Accept => {}
            ElicitationAction::Decline => {
                return Err("The user declined; nothing was sent. Do not call it again unless the user asks for it.".to_owned());
            }
            _ => {
                return Err("The user gave no answer; nothing was sent. Ask what they want before calling it again.".to_owned());
            }
        }
        if let Some(Json::Object(content)) = answer.content {
            let asked = |name: &str| self.form["properties"].get(name).is_some();
            let given = content.into_iter();
            arguments.extend(given.filter(|(name, value)| asked(name) && !value.is_null()));
        }
        Ok(())
    }

    /// Whether the call may go on although nobody could be asked.
    fn without_user(
        &self,
        tool: &Tool,
        agreed: bool,
        arguments: &JsonObject,
    ) -> Result<(), String> {
        let name = tool.name;
        let message = &self.message;
        let required = self.form["required"].as_array().into_iter().flatten();
        let missing: Vec<String> = required
            .filter_map(Json::as_str)
            .filter(|name| !arguments.contains_key(*name))
            .map(|name| format!("`{name}`"))
            .collect();
        let confirms = self.agrees && !agreed;
        let how = match (confirms, missing.is_empty()) {
            (false, true) => return Ok(()),
            (true, true) => {
                "; if they agree, call it again with the same arguments and `confirm`: true"
                    .to_owned()
            }
            (false, false) => format!(" and call it again with {}", missing.join(", ")),
            (true, false) => format!(
                "; if they agree, call it again with {} and `confirm`: true",
                missing.join(", ")
            ),
        };
        Err(format!(
            "{name} needs the user, and nothing was sent yet: \"{message}\" Ask them{how}."
        ))
    }
}

/// A text with the values of arguments in place of `{name}`.
fn filled(template: &str, schema: &JsonObject, arguments: &JsonObject) -> String {
    let value = |name: &str| {
        let default = || schema.get("properties")?.get(name)?.get("default");
        match arguments.get(name).or_else(default) {
            Some(Json::String(text)) => crop(text, LONGEST),
            Some(value) => crop(&value.to_string(), LONGEST),
            None => "(not given)".to_owned(),
        }
    };
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}') {
            Some((name, after)) => {
                out.push_str(&value(name));
                rest = after;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out + rest
}

fn broken(error: serde_json::Error) -> ErrorData {
    let message = format!("this server's question to the user cannot be used: {error}");
    ErrorData::internal_error(message, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_have_values() {
        let schema = json!({"properties": {"mode": {"default": "tail"}}});
        let arguments = json!({"id": "op {x}", "n": 5, "list": ["a"]});
        let (schema, arguments) = (schema.as_object().unwrap(), arguments.as_object().unwrap());
        for (template, expected) in [
            ("Stop {id}?", "Stop op {x}?"),
            ("{n} {list} {mode} {other}", "5 [\"a\"] tail (not given)"),
            ("no { end", "no { end"),
            ("", ""),
        ] {
            assert_eq!(filled(template, schema, arguments), expected);
        }
    }
}
