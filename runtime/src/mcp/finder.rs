//! The tools that stand for those of a catalogue: `search_tools` finds them, `describe_tool` shows
//! one, `call_tool` calls one. The generator publishes their schemas.

use rmcp::model::{CallToolRequestParams, CallToolResult, ContentBlock, ErrorData};

use super::Mcp;
use super::toolbox::Toolbox;
use crate::check::nearest_few;
use crate::search::{Found, Index};
use crate::{Json, JsonObject, results};

const SEARCH: &str = "search_tools";
const DESCRIBE: &str = "describe_tool";
const CALL: &str = "call_tool";

/// How many tools a search tells of if it is not said.
const FOUND: usize = 10;
/// How many names are proposed for one that there is not.
const PROPOSED: usize = 3;

/// What becomes of a call.
pub(super) enum Step {
    /// It is one of a tool with a request of its own.
    Call(CallToolRequestParams),
    /// It is answered.
    Answer(CallToolResult),
}

impl Mcp {
    /// Answers what is asked of the catalogue; a call through `call_tool` becomes one of the tool itself, with all
    /// that holds for it.
    pub(super) fn find(&self, mut request: CallToolRequestParams) -> Result<Step, ErrorData> {
        let known = matches!(&*request.name, SEARCH | DESCRIBE | CALL);
        if !known || self.server.catalogue.is_none() {
            return Ok(Step::Call(request));
        }
        let toolbox = self.toolbox()?;
        let (Some(index), Some((published, entry))) = (&toolbox.index, toolbox.find(&request.name))
        else {
            return Ok(Step::Call(request));
        };
        let given = request.arguments.take().unwrap_or_default();
        let mut arguments = match entry.input(published)?.arguments(given) {
            Ok(arguments) => arguments,
            Err(problems) if request.name == CALL => {
                let hint = "What the called tool takes goes into `arguments`.";
                return Ok(Step::Answer(results::refused(&format!(
                    "{problems} {hint}"
                ))));
            }
            Err(problems) => return Ok(Step::Answer(results::refused(&problems))),
        };
        if request.name == SEARCH {
            return Ok(Step::Answer(self.search(index, &arguments)));
        }
        let name = text(&arguments, "name").to_owned();
        let Some(tool) = self.tool(&name) else {
            return Ok(Step::Answer(match self.elsewhere(&name) {
                Some(elsewhere) => results::refused(&elsewhere),
                None => no_tool(&name, toolbox),
            }));
        };
        if request.name == DESCRIBE {
            return describe(tool.name, toolbox).map(Step::Answer);
        }
        request.name = name.into();
        request.arguments = match arguments.shift_remove("arguments") {
            Some(Json::Object(arguments)) => Some(arguments),
            _ => None,
        };
        Ok(Step::Call(request))
    }

    fn search(&self, index: &Index, arguments: &JsonObject) -> CallToolResult {
        let limit = arguments.get("limit").and_then(Json::as_u64);
        let limit = limit.map_or(FOUND, |limit| usize::try_from(limit).unwrap_or(FOUND));
        let query = text(arguments, "query");
        let found = index.search(query, limit, |name| self.served.has(name));
        if found.is_empty() {
            let domains = match self.served.is_all() {
                true => format!(" There are tools of: {}.", index.domains()),
                false => String::new(),
            };
            return success(format!(
                "No tool was found. Name an action and a thing in plain English words.{domains}"
            ));
        }
        let lines: Vec<String> = found.iter().map(line).collect();
        success(lines.join("\n"))
    }
}

fn text<'a>(arguments: &'a JsonObject, name: &str) -> &'a str {
    arguments
        .get(name)
        .and_then(Json::as_str)
        .unwrap_or_default()
}

fn line(found: &Found) -> String {
    format!("{}({}): {}", found.name, found.arguments, found.summary)
}

fn describe(name: &str, toolbox: &Toolbox) -> Result<CallToolResult, ErrorData> {
    let (published, _) = toolbox.find(name).ok_or_else(|| {
        ErrorData::internal_error(format!("the tool {name} cannot be read"), None)
    })?;
    serde_json::to_string(published)
        .map(success)
        .map_err(|error| ErrorData::internal_error(error.to_string(), None))
}

/// A name that no tool has, and what to do.
fn no_tool(name: &str, toolbox: &Toolbox) -> CallToolResult {
    let near: Vec<String> = nearest_few(name, toolbox.names(), PROPOSED)
        .into_iter()
        .filter(|near| !matches!(*near, SEARCH | DESCRIBE | CALL))
        .map(|near| format!("`{near}`"))
        .collect();
    let hint = match near.as_slice() {
        [] => String::new(),
        near => format!(" Did you mean {}?", near.join(" or ")),
    };
    results::refused(&format!(
        "There is no tool `{name}`.{hint} `{SEARCH}` finds tools by what they do."
    ))
}

fn success(text: String) -> CallToolResult {
    CallToolResult::success(vec![ContentBlock::text(text)])
}
