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
use crate::check::Checker;
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
pub(super) enum Way {
    /// By a result that calls for input.
    Round,
    /// By a request.
    Request,
    /// Not at all.
    None,
}

/// What the user is asked, one after the other: what they agree to has the
/// values that they gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// For arguments.
    Arguments,
    /// To agree.
    Agreement,
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

/// A call that the user is asked about.
struct Asking<'a> {
    tool: &'static Tool,
    schema: &'a JsonObject,
    checker: &'a Checker,
    steps: Vec<Step>,
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
        let steps = steps(tool);
        if steps.is_empty() {
            return Ok(None);
        }
        let toolbox = self.toolbox()?;
        let (published, entry) = toolbox
            .find(tool.name)
            .ok_or_else(|| toolbox::unknown(tool.name, toolbox))?;
        let asking = Asking {
            tool,
            schema: &published.input_schema,
            checker: entry.input(published)?,
            steps,
        };
        // Nobody is asked about a call that would be refused.
        if let Err(refusal) = asking.check(arguments) {
            return Ok(Some(results::refused(&refusal).into()));
        }
        let agreed = tool.behaviour.confirm.is_some()
            && arguments.shift_remove(CONFIRM) == Some(Json::Bool(true));
        match way(context) {
            Way::Round => self.rounds(&asking, arguments, returned, caller),
            Way::Request => asking.requests(agreed, arguments, context).await,
            Way::None => asking.without_user(agreed, arguments),
        }
    }

    /// Goes on with what the user answered, up to the next question.
    fn rounds(
        &self,
        asking: &Asking<'_>,
        arguments: &mut JsonObject,
        returned: Returned,
        caller: &Caller,
    ) -> Result<Option<CallToolResponse>, ErrorData> {
        // What is only asked for needs no proof: it is checked as any argument.
        let is_sealed = asking.steps.contains(&Step::Agreement);
        let context = self.of_question(asking.tool, arguments, caller);
        let proven = match returned.state.filter(|_| is_sealed) {
            None => None,
            Some(state) => match self.seals.answered(&state, &context) {
                Ok(sealed) => serde_json::from_slice::<(usize, JsonObject)>(&sealed).ok(),
                Err(Broken::Stale) => None,
                Err(Broken::Forged) => {
                    let message = "requestState is not the one that this call was answered with";
                    return Err(ErrorData::invalid_params(message, None));
                }
            },
        };
        let proven_at = proven.as_ref().map(|(at, _)| *at);
        let (first, mut given) = proven.unwrap_or_default();
        arguments.extend(given.clone());
        let mut responses = returned.responses.unwrap_or_default();
        for (at, step) in asking.steps.iter().enumerate().skip(first) {
            let question = asking.question(&[*step], arguments)?;
            let counts = !question.agrees || proven_at == Some(at);
            let Some(response) = responses.remove(question.key).filter(|_| counts) else {
                let state = match is_sealed {
                    true => Some(self.state(at, &given, &context)?),
                    false => None,
                };
                let requests = [(question.key.to_owned(), question.request()?)];
                let requests = requests.into_iter().collect();
                return Ok(Some(InputRequiredResult::new(Some(requests), state).into()));
            };
            let answer = serde_json::from_value(response).map_err(|error| {
                let key = question.key;
                let message = format!("inputResponses.{key} is no answer of a user: {error}");
                ErrorData::invalid_params(message, None)
            })?;
            match asking.take(&question, answer, arguments) {
                Ok(taken) => given.extend(taken),
                Err(refusal) => return Ok(Some(results::refused(&refusal).into())),
            }
        }
        Ok(None)
    }

    /// The sealed state at a step: what the user gave before it.
    fn state(&self, at: usize, given: &JsonObject, context: &[u8]) -> Result<String, ErrorData> {
        let state = json!([at, given]).to_string();
        self.seals
            .question(state.as_bytes(), context)
            .ok_or_else(|| ErrorData::internal_error("the system gives no random numbers", None))
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
pub(super) fn way(context: &RequestContext<RoleServer>) -> Way {
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

fn steps(tool: &Tool) -> Vec<Step> {
    let behaviour = &tool.behaviour;
    let arguments = behaviour.ask.map(|_| Step::Arguments);
    let agreement = behaviour.confirm.map(|_| Step::Agreement);
    arguments.into_iter().chain(agreement).collect()
}

impl Asking<'_> {
    /// Checks arguments; an error says what is wrong with them.
    fn check(&self, arguments: &mut JsonObject) -> Result<(), String> {
        *arguments = self.checker.arguments(std::mem::take(arguments))?;
        Ok(())
    }

    /// One question for some of the steps.
    fn question(&self, steps: &[Step], arguments: &JsonObject) -> Result<Question, ErrorData> {
        let behaviour = &self.tool.behaviour;
        let ask = behaviour.ask.filter(|_| steps.contains(&Step::Arguments));
        let confirm = behaviour
            .confirm
            .filter(|_| steps.contains(&Step::Agreement));
        let texts = ask.map(|ask| ask.message).into_iter().chain(confirm);
        let texts: Vec<String> = texts
            .map(|text| filled(text, self.schema, arguments))
            .collect();
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
        Ok(Question {
            key: ask.map_or(CONFIRM, |ask| ask.key),
            message: texts.join("\n\n"),
            form,
            agrees: confirm.is_some(),
        })
    }

    /// Asks an older client, one question after the other.
    async fn requests(
        &self,
        agreed: bool,
        arguments: &mut JsonObject,
        context: &RequestContext<RoleServer>,
    ) -> Result<Option<CallToolResponse>, ErrorData> {
        for step in &self.steps {
            let question = self.question(&[*step], arguments)?;
            match context.peer.create_elicitation(question.params()?).await {
                Ok(answer) => {
                    if let Err(refusal) = self.take(&question, answer, arguments) {
                        return Ok(Some(results::refused(&refusal).into()));
                    }
                }
                Err(error) => {
                    tracing::warn!(tool = self.tool.name, %error, "the user could not be asked");
                    return self.without_user(agreed, arguments);
                }
            }
        }
        Ok(None)
    }

    fn without_user(
        &self,
        agreed: bool,
        arguments: &JsonObject,
    ) -> Result<Option<CallToolResponse>, ErrorData> {
        let question = self.question(&self.steps, arguments)?;
        let refusal = question.without_user(self.tool, agreed, arguments).err();
        Ok(refusal.map(|text| results::refused(&text).into()))
    }

    /// Takes over what the user gave; an error says why the call does not go on.
    fn take(
        &self,
        question: &Question,
        answer: ElicitResult,
        arguments: &mut JsonObject,
    ) -> Result<JsonObject, String> {
        let taken = question.taken(answer)?;
        arguments.extend(taken.clone());
        self.check(arguments)?;
        Ok(taken)
    }
}

impl Question {
    fn params(&self) -> Result<ElicitRequestParams, ErrorData> {
        let params = json!({"mode": "form", "message": self.message, "requestedSchema": self.form});
        serde_json::from_value(params).map_err(broken)
    }

    fn request(&self) -> Result<InputRequest, ErrorData> {
        Ok(InputRequest::Elicitation(rmcp::model::ElicitRequest::new(
            self.params()?,
        )))
    }

    /// What the user gave.
    fn taken(&self, answer: ElicitResult) -> Result<JsonObject, &'static str> {
        match answer.action {
            ElicitationAction::Accept => {}
            ElicitationAction::Decline => {
                return Err(
                    "The user declined; nothing was sent. Do not call it again unless the user asks for it.",
                );
            }
            _ => {
                return Err(
                    "The user gave no answer; nothing was sent. Ask what they want before calling it again.",
                );
            }
        }
        let Some(Json::Object(content)) = answer.content else {
            return Ok(JsonObject::new());
        };
        let asked = |name: &str| self.form["properties"].get(name).is_some();
        let given = content.into_iter();
        Ok(given
            .filter(|(name, value)| asked(name) && !value.is_null())
            .collect())
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
