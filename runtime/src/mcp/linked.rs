//! Links to what is too large for a result: a URI that says how to make the
//! call again, so that nothing is kept between the two.

use rmcp::model::{ErrorData, ResourceContents};

use super::resources::{not_found, unreadable};
use super::{Caller, Mcp, uri};
use crate::results::contents;
use crate::{Json, JsonObject, Tool};

/// Whether large answers of a tool become links. What the user is asked about
/// first is not: a link would be a way around the question.
pub(super) fn is_linked(tool: &Tool) -> bool {
    let behaviour = &tool.behaviour;
    behaviour.linked && behaviour.confirm.is_none() && behaviour.ask.is_none()
}

/// The URI under which a server reads a tool's answer: `NAME://tools/TOOL?arguments=JSON`.
pub(super) fn link(server: &str, tool: &str, arguments: &JsonObject) -> String {
    let tool = uri::encoded(tool);
    if arguments.is_empty() {
        return format!("{server}://tools/{tool}");
    }
    let arguments = uri::encoded(&Json::Object(arguments.clone()).to_string());
    format!("{server}://tools/{tool}?arguments={arguments}")
}

/// The tool and the arguments of such a URI.
pub(super) fn parsed(server: &str, uri: &str) -> Option<(String, JsonObject)> {
    let rest = uri.strip_prefix(server)?.strip_prefix("://tools/")?;
    let (tool, arguments) = match rest.split_once("?arguments=") {
        Some((tool, json)) => (tool, serde_json::from_str(&uri::decoded(json)?).ok()?),
        None => (rest, JsonObject::new()),
    };
    Some((uri::decoded(tool)?, arguments))
}

impl Mcp {
    /// Makes the call that a link stands for.
    pub(super) async fn linked_contents(
        &self,
        name: &str,
        arguments: JsonObject,
        uri: &str,
        caller: &Caller,
    ) -> Result<ResourceContents, ErrorData> {
        let tool = self.tool(name).filter(|tool| is_linked(tool));
        let toolbox = self.toolbox()?;
        let found = tool.and_then(|tool| Some((tool, toolbox.find(tool.name)?)));
        let Some((tool, (published, entry))) = found else {
            return Err(not_found(uri, format!("There is no resource {uri}")));
        };
        let checker = entry.input(published)?;
        let answer = self.answer(tool, checker, arguments, caller).await?;
        contents(answer, &tool.response, uri, None).map_err(|reason| unreadable(uri, reason))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_link_goes_around_a_question() {
        let tool = |confirm| Tool {
            name: "t",
            request: |_, _| Ok(crate::Request::new(crate::Method::GET, "/")),
            response: crate::Shape::WHOLE,
            behaviour: crate::Behaviour {
                linked: true,
                confirm,
                ..crate::Behaviour::PLAIN
            },
        };
        assert!(is_linked(&tool(None)));
        assert!(!is_linked(&tool(Some("Really?"))));
    }

    #[test]
    fn links_come_back() {
        let arguments = json!({"id": "a b/ü?", "n": 5}).as_object().unwrap().clone();
        let uri = link("shop-mcp", "get_plot", &arguments);
        assert!(
            uri.starts_with("shop-mcp://tools/get_plot?arguments=%7B%22id%22"),
            "{uri}"
        );
        assert_eq!(
            parsed("shop-mcp", &uri),
            Some(("get_plot".to_owned(), arguments))
        );
        let plain = link("shop-mcp", "get_plot", &JsonObject::new());
        assert_eq!(plain, "shop-mcp://tools/get_plot");
        assert_eq!(
            parsed("shop-mcp", &plain),
            Some(("get_plot".to_owned(), JsonObject::new()))
        );
        for uri in [
            "shop://tools/get_plot",
            "shop-mcp://tool/x",
            "shop-mcp://tools/x?arguments=5",
        ] {
            assert_eq!(parsed("shop-mcp", uri), None, "{uri}");
        }
    }
}
