//! What one page says: its items, and where the next one is.

use url::Url;

use super::link;
use crate::http::Answer;
use crate::results::json::{find, items};
use crate::results::{error_body, failed, json_text, message, status_line};
use crate::{Failure, Page, PageBy};

/// A page that was read.
#[derive(Debug)]
pub(super) struct PageRead {
    /// The body, as compact JSON.
    pub(super) text: String,
    /// The items, as JSON texts.
    pub(super) items: Vec<String>,
    pub(super) more: More,
}

/// What a page says about the others.
#[derive(Clone, Debug)]
pub(super) struct More {
    /// How many items the page has.
    pub(super) count: usize,
    /// The next cursor, as JSON text.
    pub(super) cursor: Option<String>,
    /// How many items there are in all.
    pub(super) total: Option<u64>,
    /// Where its link leads.
    pub(super) link: Option<Url>,
    /// Where it came from.
    pub(super) url: Url,
}

impl PageRead {
    /// Reads an answer.
    ///
    /// # Errors
    /// If it is no page: with the reason.
    pub(super) fn of(
        page: &Page,
        failure: Option<&Failure>,
        answer: &Answer,
    ) -> Result<Self, String> {
        let status = answer.status;
        if !(200..300).contains(&status) {
            let reason = message(status, &error_body(answer));
            return Err(format!(
                "the backend answered {}: {reason}",
                status_line(status)
            ));
        }
        let text = json_text(answer.body.clone()).map_err(|_| "it is not JSON".to_owned())?;
        if failed(&text, failure) {
            let reason = message(status, &error_body(answer));
            return Err(format!("the backend declared a failure: {reason}"));
        }
        let list = find(&text, page.items).and_then(items);
        let list = list.ok_or_else(|| format!("there is no list at {:?}", page.items))?;
        let items: Vec<String> = list.into_iter().map(str::to_owned).collect();
        let cursor = match page.by {
            PageBy::Cursor { next, .. } => find(&text, next)
                .filter(|raw| {
                    !matches!(*raw, "null" | "false" | "\"\"") && !raw.starts_with(['{', '['])
                })
                .map(str::to_owned),
            _ => None,
        };
        let total = page
            .total
            .and_then(|total| find(&text, total)?.parse().ok());
        let link = answer
            .link
            .as_deref()
            .and_then(|header| link::next(header, &answer.url));
        let more = More {
            count: items.len(),
            cursor,
            total,
            link,
            url: answer.url.clone(),
        };
        Ok(Self { text, items, more })
    }
}
