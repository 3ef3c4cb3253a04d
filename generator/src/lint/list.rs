//! Rules over the list as a whole.

use crate::diagnostics::{At, Diagnostic, Diagnostics, Severity, codes};
use crate::model::{Acceptance, Api};
use crate::plan::{PlannedTool, SearchPlan, each_served};
use crate::read::Sources;

/// The longest name that language model APIs take for a function.
pub(super) const FUNCTION_NAME: usize = 64;
/// How many tools a request to a language model may have.
const MOST_TOOLS: usize = 128;
/// How many tools models choose well among.
const MANY_TOOLS: usize = 40;
/// Tokens of a list that are worth a thought.
const MANY_TOKENS: u64 = 10_000;
/// How many names a message tells.
const TOLD: usize = 3;

/// A search surface hides the tools, so that neither their number nor their size counts.
const SEARCH: &str = "`surface: search` lists three tools that find the others; `enabled: false` and `operations.exclude` take tools out";

/// Reports how many tools there are and what they cost, where the tools spec does not accept it.
pub(super) fn check(
    tools: &[PlannedTool],
    search: Option<&SearchPlan>,
    api: &Api,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) {
    let listed: Vec<&PlannedTool> = tools.iter().filter(|tool| tool.listed).collect();
    let finders = search.map_or(0, |search| search.tools.len());
    let found_by = search.map_or(0, SearchPlan::tokens);
    let lists = each_served(&api.profiles).into_iter().map(|profile| {
        let served: Vec<_> = listed.iter().filter(|tool| tool.is_in(profile)).collect();
        let tokens = served.iter().map(|tool| tool.tokens).sum::<u64>();
        (served.len() + finders, tokens + found_by)
    });
    // Of several lists that are served, the worst is told of.
    let (counts, tokens): (Vec<usize>, Vec<u64>) = lists.unzip();
    let most = (counts.into_iter().max(), tokens.into_iter().max());
    let (count, tokens) = (most.0.unwrap_or_default(), most.1.unwrap_or_default());
    let acceptance = Acceptance::whole(sources);
    let mut needed = Vec::new();
    for (code, severity, message) in crowded(count, tokens) {
        if acceptance.names(code) {
            needed.push(code.name);
            continue;
        }
        let name = code.name;
        let help = format!(
            "{SEARCH}\nto keep it all the same, add `accept: [{name}]` at the top of the tools spec"
        );
        let found = Diagnostic::error(code, place(sources), message).help(help);
        diagnostics.push(Diagnostic { severity, ..found });
    }
    acceptance.check(&needed, |_| true, diagnostics);
}

/// Where the tools spec says which tools there are.
fn place(sources: &Sources) -> At {
    let places = ["/tools", "/operations"].map(|pointer| At::key(sources.spec_file, pointer));
    let mut places = places.into_iter();
    let root = At::value(sources.spec_file, "");
    places
        .find(|at| sources.value(at).is_some())
        .unwrap_or(root)
}

/// What is to be said of a list of so many tools and tokens.
pub(super) fn crowded(count: usize, tokens: u64) -> Vec<(codes::Code, Severity, String)> {
    let mut found = Vec::new();
    if count > MOST_TOOLS {
        let message =
            format!("{count} tools are listed, and some clients take {MOST_TOOLS} at most");
        found.push((codes::MANY_TOOLS, Severity::Warning, message));
    } else if count > MANY_TOOLS {
        let message = format!(
            "{count} tools are listed, and models choose badly among more than {MANY_TOOLS}"
        );
        found.push((codes::MANY_TOOLS, Severity::Advice, message));
    }
    if tokens > MANY_TOKENS {
        let message = format!("the list costs {tokens} tokens in every conversation");
        found.push((codes::MANY_TOKENS, Severity::Advice, message));
    }
    found
}

/// What hosts put before the names of tools.
fn prefix(api: &Api) -> String {
    format!("mcp__{}__", api.settings.name)
}

/// Whether a name is too long once a host has put its prefix before it.
pub(super) fn is_long(name: &str, api: &Api) -> bool {
    prefix(api).len() + name.len() > FUNCTION_NAME
}

/// Reports the names that are too long.
pub(super) fn names(long: &[String], api: &Api, sources: &Sources, diagnostics: &mut Diagnostics) {
    let prefix = prefix(api);
    let Some(longest) = long.iter().map(|name| prefix.len() + name.len()).max() else {
        return;
    };
    let told = long.iter().take(TOLD).map(|name| format!("`{name}`"));
    let mut told: Vec<String> = told.collect();
    if long.len() > TOLD {
        told.push(format!("{} more", long.len() - TOLD));
    }
    let at = At::value(sources.spec_file, "/server/name");
    let message = format!(
        "with the prefix `{prefix}` that hosts put before them, tool names have up to {longest} characters, and {FUNCTION_NAME} are taken: {}",
        told.join(", ")
    );
    let code = codes::PREFIXED_NAME;
    let help = format!(
        "shorten the name of the server, or those of the tools; people may also give the server a shorter name in their host\nto keep a name all the same, add `accept: [{}]` to its tool",
        code.name
    );
    diagnostics.push(Diagnostic::warning(code, at, message).help(help));
}
