//! `completion/complete`: values for arguments of prompts and variables of URIs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rmcp::model::{CompleteRequestParams, CompleteResult, CompletionInfo, ErrorData, Reference};

use super::{Caller, Mcp};
use crate::check::nearest;
use crate::results::{Unreadable, contents, text_of};
use crate::{Complete, Json, Unlisted};

/// How long values that were looked up are used again: a request for each key
/// that is pressed asks the backend once.
const FRESH: Duration = Duration::from_secs(10);
/// How many lookups are kept.
const MOST_RECENT: usize = 64;

impl Mcp {
    /// Whether anything can be completed.
    pub(super) fn completes(&self) -> bool {
        let mut arguments = self.prompts().flat_map(|prompt| prompt.arguments);
        let mut resources = self.resources();
        arguments.any(|argument| argument.complete.is_some())
            || resources.any(|resource| !resource.complete.is_empty())
    }

    /// The values that complete what was typed.
    ///
    /// # Errors
    /// `-32602` where there is no such prompt, resource or argument, `-32603` where a lookup fails.
    pub(super) async fn completion(
        &self,
        request: CompleteRequestParams,
        caller: &Caller,
    ) -> Result<CompleteResult, ErrorData> {
        let name = request.argument.name;
        let complete = match &request.r#ref {
            Reference::Prompt(prompt) => self.of_prompt(&prompt.name, &name)?,
            Reference::Resource(resource) => self.of_resource(&resource.uri, &name)?,
            _ => None,
        };
        let known = request
            .context
            .and_then(|context| context.arguments)
            .unwrap_or_default();
        let typed = &request.argument.value;
        let ranked = match complete {
            None => Vec::new(),
            Some(Complete::Values(values)) => ranked(values, typed),
            Some(Complete::Lookup { operation, at }) => {
                ranked(&self.looked_up(operation, at, known, caller).await?, typed)
            }
        };
        let total = u32::try_from(ranked.len()).ok();
        let more = ranked.len() > CompletionInfo::MAX_VALUES;
        let values = ranked
            .into_iter()
            .take(CompletionInfo::MAX_VALUES)
            .collect();
        CompletionInfo::with_pagination(values, total, more)
            .map(CompleteResult::new)
            .map_err(|reason| ErrorData::internal_error(reason, None))
    }

    fn of_prompt(&self, prompt: &str, name: &str) -> Result<Option<&'static Complete>, ErrorData> {
        let prompt = self.find_prompt(prompt)?;
        let argument = prompt
            .arguments
            .iter()
            .find(|argument| argument.name == name);
        match argument {
            Some(argument) => Ok(argument.complete.as_ref()),
            None => Err(unknown(
                name,
                prompt.arguments.iter().map(|argument| argument.name),
            )),
        }
    }

    fn of_resource(&self, uri: &str, name: &str) -> Result<Option<&'static Complete>, ErrorData> {
        let Some(resource) = self.resources().find(|resource| resource.uri == uri) else {
            let message = format!("There is no template of resources {uri}");
            return Err(ErrorData::invalid_params(message, None));
        };
        let variables = || super::uri::variables(resource.uri);
        if !variables().any(|variable| variable == name) {
            return Err(unknown(name, variables()));
        }
        let complete = resource
            .complete
            .iter()
            .find(|(variable, _)| *variable == name);
        Ok(complete.map(|(_, complete)| complete))
    }

    /// The values that an operation tells, with the arguments that are known already.
    async fn looked_up(
        &self,
        operation: &'static Unlisted,
        at: &'static str,
        known: HashMap<String, String>,
        caller: &Caller,
    ) -> Result<Arc<Vec<String>>, ErrorData> {
        let schema: Json = serde_json::from_str(operation.schema).unwrap_or_default();
        let mut arguments: Vec<(String, String)> = known
            .into_iter()
            .filter(|(name, _)| schema["properties"].get(name).is_some())
            .collect();
        arguments.sort();
        let required = schema["required"].as_array().into_iter().flatten();
        let missing = |name: &Json| !arguments.iter().any(|(known, _)| name == known);
        if required.into_iter().any(missing) {
            // What the lookup goes by is not known yet.
            return Ok(Arc::default());
        }
        let key = Key {
            caller: caller.clone(),
            tool: operation.tool.name,
            at,
            arguments: arguments.clone(),
        };
        if let Some(values) = self.looked_up.get(&key, Instant::now()) {
            return Ok(values);
        }
        let answer = self.ask(operation, arguments, caller).await?;
        let text = contents(answer, &operation.tool.response, "", None)
            .map_err(|Unreadable { message, .. }| ErrorData::internal_error(message, None))?;
        let body: Json = serde_json::from_str(text_of(&text)).unwrap_or_default();
        let values = Arc::new(values_at(&body, at));
        self.looked_up.keep(key, Instant::now(), values.clone());
        Ok(values)
    }
}

fn unknown(name: &str, names: impl Iterator<Item = &'static str>) -> ErrorData {
    let hint =
        nearest(name, names).map_or(String::new(), |near| format!(": did you mean `{near}`?"));
    ErrorData::invalid_params(format!("`{name}` is not an argument here{hint}"), None)
}

/// The values that have what was typed, whatever its case: first those that
/// begin with it. Else the order stays.
fn ranked<T: AsRef<str>>(values: &[T], typed: &str) -> Vec<String> {
    let typed = typed.to_lowercase();
    let place = |value: &T| value.as_ref().to_lowercase().find(&typed);
    let begins = values.iter().filter(|value| place(value) == Some(0));
    let within = values
        .iter()
        .filter(|value| place(value).is_some_and(|at| at > 0));
    begins
        .chain(within)
        .map(|value| value.as_ref().to_owned())
        .collect()
}

/// The scalars at a pointer as text, each once; `*` stands for every item or member.
fn values_at(body: &Json, pointer: &str) -> Vec<String> {
    let mut found = vec![body];
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        found = found
            .into_iter()
            .flat_map(|value| -> Vec<&Json> {
                match value {
                    Json::Array(items) if step == "*" => items.iter().collect(),
                    Json::Object(members) if step == "*" => members.values().collect(),
                    Json::Array(items) => step
                        .parse()
                        .ok()
                        .and_then(|at: usize| items.get(at))
                        .into_iter()
                        .collect(),
                    Json::Object(members) => members.get(&step).into_iter().collect(),
                    _ => Vec::new(),
                }
            })
            .collect();
    }
    let mut known = std::collections::HashSet::new();
    let texts = found.into_iter().filter_map(|value| match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(flag) => Some(flag.to_string()),
        _ => None,
    });
    texts.filter(|text| known.insert(text.clone())).collect()
}

/// What was looked up a moment ago.
#[derive(Debug, Default)]
pub(super) struct Recent(Mutex<Vec<Found>>);

#[derive(Debug)]
struct Found {
    key: Key,
    since: Instant,
    values: Arc<Vec<String>>,
}

impl Found {
    fn is_fresh(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.since) < FRESH
    }
}

/// What a lookup depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    caller: Caller,
    tool: &'static str,
    at: &'static str,
    arguments: Vec<(String, String)>,
}

impl Recent {
    fn get(&self, key: &Key, now: Instant) -> Option<Arc<Vec<String>>> {
        let recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = recent.iter().find(|found| found.key == *key)?;
        found.is_fresh(now).then(|| found.values.clone())
    }

    /// Keeps values; the oldest make room.
    fn keep(&self, key: Key, now: Instant, values: Arc<Vec<String>>) {
        let mut recent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        recent.retain(|found| found.key != key && found.is_fresh(now));
        if recent.len() >= MOST_RECENT {
            recent.remove(0);
        }
        recent.push(Found {
            key,
            since: now,
            values,
        });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_begins_so_comes_first() {
        let values = ["EUR-USD", "usd", "USDT", "GBP", "xUsd"];
        assert_eq!(ranked(&values, "usd"), ["usd", "USDT", "EUR-USD", "xUsd"]);
        assert_eq!(ranked(&values, ""), values);
        assert!(ranked(&values, "zzz").is_empty());
    }

    #[test]
    fn values_are_found_in_an_answer() {
        let body = json!({"data": [{"symbol": "A", "n": 1}, {"symbol": "B"}, {"symbol": "A"}, {"symbol": null}], "a/b": {"x": true}});
        for (at, expected) in [
            ("/data/*/symbol", vec!["A", "B"]),
            ("/data/*/n", vec!["1"]),
            ("/data/1/symbol", vec!["B"]),
            ("/a~1b/*", vec!["true"]),
            ("/nothing/*", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(values_at(&body, at), expected, "{at}");
        }
    }

    #[test]
    fn what_was_looked_up_is_used_for_a_moment() {
        let recent = Recent::default();
        let key = |tool| Key {
            caller: Caller::default(),
            tool,
            at: "/a",
            arguments: Vec::new(),
        };
        let start = Instant::now();
        recent.keep(key("one"), start, Arc::new(vec!["x".to_owned()]));
        assert_eq!(
            recent.get(&key("one"), start).as_deref(),
            Some(&vec!["x".to_owned()])
        );
        assert_eq!(recent.get(&key("two"), start), None);
        assert_eq!(recent.get(&key("one"), start + FRESH), None);
        for index in 0..MOST_RECENT {
            let at: &'static str = Box::leak(index.to_string().into_boxed_str());
            recent.keep(Key { at, ..key("many") }, start, Arc::default());
        }
        assert_eq!(recent.get(&key("one"), start), None, "the oldest made room");
    }
}
