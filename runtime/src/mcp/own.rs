//! Tools that a person wrote: added to the generated ones, or in their place.

use rmcp::model::Tool as PublishedTool;

use super::Mcp;
use crate::check::Checker;
use crate::http::Answer;
use crate::{Arguments, Error, Http, OwnTool, Tool, Work};

impl Mcp {
    /// The same with tools that a person wrote. They are in every profile, unless they take the place of a generated
    /// tool: then they are where that one was.
    ///
    /// # Errors
    /// If a definition is not that of its tool, or two have one name.
    pub fn with_tools(self, own: &'static [OwnTool]) -> Result<Self, String> {
        for (index, one) in own.iter().enumerate() {
            let name = one.tool.name;
            let published: PublishedTool = serde_json::from_str(one.definition)
                .map_err(|error| format!("the definition of {name} is no MCP Tool: {error}"))?;
            if published.name != name {
                let other = published.name;
                return Err(format!("the definition of {name} says it is {other}"));
            }
            Checker::new(&published.input_schema)
                .map_err(|reason| format!("the input schema of {name} cannot be used: {reason}"))?;
            if own[..index].iter().any(|other| other.tool.name == name) {
                return Err(format!("two tools are called {name}"));
            }
            if let Some(generated) = (self.server.tool)(name).filter(|tool| tool.name != name) {
                let current = generated.name;
                return Err(format!(
                    "{name} is an old name of {current}; what takes its place is called {current}"
                ));
            }
        }
        Ok(Self { own, ..self })
    }

    /// The tool of a name or alias, served or not.
    pub(super) fn known(&self, name: &str) -> Option<&'static Tool> {
        let own = |name: &str| self.own.iter().find(|one| one.tool.name == name);
        let generated = (self.server.tool)(name);
        match own(generated.map_or(name, |tool| tool.name)) {
            Some(own) => Some(&own.tool),
            None => generated,
        }
    }

    /// Whether a tool of this name was generated, and is thus in profiles or not.
    pub(super) fn is_generated(&self, name: &str) -> bool {
        (self.server.tool)(name).is_some()
    }
}

/// What comes of work, as the backend would answer it.
///
/// # Errors
/// Those that are no answer of the backend.
pub(super) async fn done(work: Work, http: Http, arguments: Arguments) -> Result<Answer, Error> {
    let (status, body) = match work(http.clone(), arguments).await {
        Ok(value) => (200, value),
        Err(Error::Status { code, body, .. }) => (code, body),
        Err(error) => return Err(error),
    };
    Ok(http.answer(status, &body))
}
