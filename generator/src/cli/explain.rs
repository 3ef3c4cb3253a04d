//! `toolwright explain`: the page of a diagnostic.

use clap::Args;

use super::{Failure, Outcome, out};
use crate::diagnostics::{codes, nearest};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The code, as diagnostics show it: TW0301
    code: String,
}

pub(super) fn run(options: &Options) -> Result<Outcome, Failure> {
    match codes::find(&options.code) {
        Some(code) => {
            out(code.page)?;
            Ok(Outcome::Fine)
        }
        None => Err(unknown(&options.code)),
    }
}

fn unknown(given: &str) -> Failure {
    let mut message = format!("there is no code `{given}`");
    let upper = given.to_uppercase();
    if let Some(near) = nearest(&upper, codes::ALL.iter().map(|code| code.name)) {
        message += &format!("; did you mean {near}?");
    }
    message += "\nThe codes:";
    for code in codes::ALL {
        let title = code.page.lines().next().unwrap_or_default();
        message += &format!("\n  {}", title.trim_start_matches("# "));
    }
    Failure::Usage(message)
}
