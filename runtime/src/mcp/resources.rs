//! `resources/list`, `resources/templates/list` and `resources/read`.

use std::time::Duration;

use rmcp::model::{
    CacheScope, ErrorData, ReadResourceResult, Resource as PublishedResource, ResourceContents,
    ResourceTemplate,
};
use serde_json::json;

use super::call::NoAnswer;
use super::handler::LIST_TTL_MS;
use super::{Caller, Mcp, icons, linked, uri};
use crate::check::Checker;
use crate::http::Answer;
use crate::results::{Unreadable, contents};
use crate::{Arguments, Attachment, Content, Json, JsonObject, Resource, Source, Tool, Unlisted};

impl Mcp {
    /// The resources as clients see them.
    pub(super) fn resource_list(&self) -> Vec<PublishedResource> {
        let plain = self.resources().filter(|one| !uri::is_template(one.uri));
        let published = plain.map(|resource| {
            let mut published = PublishedResource::new(resource.uri, resource.name);
            published.title = resource.title.map(str::to_owned);
            published.description = resource.description.map(str::to_owned);
            published.mime_type = resource.mime_type.map(str::to_owned);
            published.icons = icons(resource.icons);
            published
        });
        published.collect()
    }

    /// The templates of resources as clients see them.
    pub(super) fn template_list(&self) -> Vec<ResourceTemplate> {
        let templates = self.resources().filter(|one| uri::is_template(one.uri));
        let published = templates.map(|resource| {
            let mut published = ResourceTemplate::new(resource.uri, resource.name);
            published.title = resource.title.map(str::to_owned);
            published.description = resource.description.map(str::to_owned);
            published.mime_type = resource.mime_type.map(str::to_owned);
            published.icons = icons(resource.icons);
            published
        });
        published.collect()
    }

    /// Whether there is anything to read.
    pub(super) fn has_resources(&self) -> bool {
        let linked = |name: &str| {
            let tool = self.tool(name);
            tool.is_some_and(linked::is_linked)
        };
        let tools = || self.toolbox().map_or(&[][..], |toolbox| &toolbox.list);
        self.resources().next().is_some() || tools().iter().any(|tool| linked(&tool.name))
    }

    /// What is at a URI, and how long it may be kept.
    ///
    /// # Errors
    /// `-32602` (before 2026-07-28: `-32002`) where there is nothing, `-32602` where a variable does not fit,
    /// `-32603` where the backend fails.
    pub(super) async fn read(
        &self,
        uri: &str,
        caller: &Caller,
    ) -> Result<ReadResourceResult, ErrorData> {
        let contents = self.contents(uri, caller).await?;
        let resource = self.find_resource(uri).map(|(resource, _)| resource);
        let (ttl, scope) = match resource {
            Some(Resource {
                ttl,
                source: Source::File(_),
                ..
            }) => {
                // A file never changes while a process lives, no more than the lists.
                let ttl = ttl.unwrap_or(Duration::from_millis(LIST_TTL_MS));
                (ttl, CacheScope::Public)
            }
            Some(resource) => (resource.ttl.unwrap_or_default(), CacheScope::Private),
            None => (Duration::ZERO, CacheScope::Private),
        };
        Ok(ReadResourceResult::new(vec![contents])
            .with_ttl_ms(u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX))
            .with_cache_scope(scope))
    }

    /// What is at a URI.
    pub(super) async fn contents(
        &self,
        uri: &str,
        caller: &Caller,
    ) -> Result<ResourceContents, ErrorData> {
        let Some((resource, values)) = self.find_resource(uri) else {
            let link = linked::parsed(self.server.name, uri);
            let (tool, arguments) =
                link.ok_or_else(|| not_found(uri, format!("There is no resource {uri}")))?;
            return self.linked_contents(&tool, arguments, uri, caller).await;
        };
        match &resource.source {
            Source::File(file) => Ok(attached(file, uri)),
            Source::Operation(operation) => {
                let arguments = values
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect();
                let answer = self.ask(operation, arguments, caller).await?;
                contents(answer, &operation.tool.response, uri, resource.mime_type)
                    .map_err(|reason| unreadable(uri, reason))
            }
        }
    }

    /// The resource that a URI is of, with the values of its variables; what has none comes first.
    pub(super) fn find_resource(
        &self,
        uri: &str,
    ) -> Option<(&'static Resource, Vec<(&'static str, String)>)> {
        let found = |resource: &'static Resource| {
            uri::matched(resource.uri, uri).map(|values| (resource, values))
        };
        let plain = self.resources().find(|resource| resource.uri == uri);
        plain
            .and_then(found)
            .or_else(|| self.resources().find_map(found))
    }

    /// Calls an operation that is no listed tool, with arguments that are text.
    ///
    /// # Errors
    /// `-32602` where an argument does not fit, `-32603` where there is no answer.
    pub(super) async fn ask(
        &self,
        operation: &'static Unlisted,
        arguments: Vec<(String, String)>,
        caller: &Caller,
    ) -> Result<Answer, ErrorData> {
        let schema: JsonObject = serde_json::from_str(operation.schema).unwrap_or_default();
        let checker = Checker::new(&schema).map_err(|reason| {
            let message = format!(
                "the schema of {} cannot be used: {reason}",
                operation.tool.name
            );
            tracing::error!("{message}");
            ErrorData::internal_error(message, None)
        })?;
        let arguments = arguments.into_iter().map(|(name, text)| {
            let value = typed(
                schema.get("properties").and_then(|all| all.get(&name)),
                text,
            );
            (name, value)
        });
        self.answer(&operation.tool, &checker, arguments.collect(), caller)
            .await
    }

    /// The answer to a call, for what is no tool's result.
    ///
    /// # Errors
    /// As of [`ask`](Self::ask).
    pub(super) async fn answer(
        &self,
        tool: &'static Tool,
        checker: &Checker,
        arguments: JsonObject,
        caller: &Caller,
    ) -> Result<Answer, ErrorData> {
        let arguments = checker
            .arguments(arguments)
            .map_err(|problems| ErrorData::invalid_params(problems, None))?;
        let mut arguments = Arguments::from(arguments);
        self.send(tool, &mut arguments, None, caller, None)
            .await
            .map(|(answer, _)| answer)
            .map_err(|no_answer| match no_answer {
                NoAnswer::Argument(problem) => ErrorData::invalid_params(problem, None),
                NoAnswer::Refused(reason) => ErrorData::internal_error(reason, None),
                NoAnswer::Failed(error) => ErrorData::internal_error(error.to_string(), None),
            })
    }
}

/// A value of a URI or a prompt as its schema wants it: what is no string is written as JSON.
fn typed(schema: Option<&Json>, text: String) -> Json {
    let is = |name: &str| match schema.and_then(|schema| schema.get("type")) {
        Some(Json::String(only)) => only == name,
        Some(Json::Array(names)) => names.iter().any(|one| one == name),
        _ => name == "string",
    };
    let scalar = ["integer", "number", "boolean"].into_iter().any(is);
    match serde_json::from_str(&text) {
        Ok(value) if scalar && !is("string") => value,
        _ => Json::String(text),
    }
}

/// A file of the server.
pub(super) fn attached(file: &Attachment, uri: &str) -> ResourceContents {
    let contents = match file.content {
        Content::Text(text) => ResourceContents::text(text, uri),
        Content::Base64(data) => ResourceContents::blob(data.trim(), uri),
    };
    contents.with_mime_type(file.mime_type)
}

pub(super) fn not_found(uri: &str, message: String) -> ErrorData {
    ErrorData::resource_not_found(message, Some(json!({ "uri": uri })))
}

/// The error for an answer that is not the resource.
pub(super) fn unreadable(uri: &str, reason: Unreadable) -> ErrorData {
    match reason.status {
        404 | 410 => not_found(uri, reason.message),
        _ => ErrorData::internal_error(reason.message, Some(json!({ "uri": uri }))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_what_the_schema_wants() {
        for (schema, text, expected) in [
            (json!({"type": "string"}), "5", json!("5")),
            (json!({"type": "integer"}), "5", json!(5)),
            (json!({"type": "integer"}), "five", json!("five")),
            (json!({"type": "boolean"}), "true", json!(true)),
            (json!({"type": ["string", "integer"]}), "5", json!("5")),
            (json!({"enum": ["1"]}), "1", json!("1")),
            (json!({}), "null", json!("null")),
        ] {
            assert_eq!(typed(Some(&schema), text.to_owned()), expected, "{schema}");
        }
    }
}
