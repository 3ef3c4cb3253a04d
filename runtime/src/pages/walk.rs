//! The way through the pages: what is there, which is next, when it ends.

use url::Url;

use super::page::{More, PageRead};
use super::{ARGUMENT, Following, link};
use crate::PageBy;
use crate::results::json::replace;

/// Pages that one call reads at most.
const MOST_PAGES: usize = 100;

/// The next page.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Next {
    /// The items to skip, or the number of the page.
    Count(u64),
    /// A cursor, as JSON text.
    Cursor(String),
    /// A link.
    Link(Url),
}

/// Why there is no next page.
#[derive(Debug, PartialEq)]
pub(super) enum End {
    /// There are no more items.
    All,
    /// There are as many as were asked for.
    Enough,
    /// It cannot be read, or not in this call.
    Stopped(String),
}

pub(super) struct Walk<'a> {
    following: &'a Following,
    /// The body of the first page.
    first: String,
    items: Vec<String>,
    last: More,
    /// How the pages after the first were asked for.
    asked: Vec<Next>,
    /// Items that a page has if it is not the last.
    full: usize,
    /// Items before the first page, or its number.
    start: u64,
    bytes: usize,
    most_bytes: usize,
}

impl<'a> Walk<'a> {
    /// With the first page.
    pub(super) fn begin(following: &'a Following, read: PageRead, most_bytes: usize) -> Self {
        let count = read.more.count;
        let full = match (following.size, following.page.size) {
            (Some(size), Some(argument)) if argument.most.is_some() => size,
            // The backend may give fewer at once than it was asked for.
            (Some(size), _) => size.min(count),
            (None, _) => count,
        };
        let given = |argument| {
            following
                .arguments
                .count(argument)
                .map(|count| count as u64)
        };
        let start = match following.page.by {
            PageBy::Offset { argument } => given(argument).unwrap_or(0),
            PageBy::Number { argument, first } => given(argument).unwrap_or(first),
            PageBy::Cursor { .. } | PageBy::Link => 0,
        };
        Self {
            following,
            bytes: read.text.len(),
            first: read.text,
            items: read.items,
            last: read.more,
            asked: Vec::new(),
            full,
            start,
            most_bytes,
        }
    }

    /// The next page, if there is one and it is wanted.
    pub(super) fn next(&self) -> Result<Next, End> {
        let next = self.following_page().ok_or(End::All)?;
        if self.items.len() >= self.following.wanted {
            return Err(End::Enough);
        }
        let stopped = |reason: &str| Err(End::Stopped(reason.to_owned()));
        if self.asked.len() + 1 >= MOST_PAGES {
            return stopped(&format!("one call reads {MOST_PAGES} pages at most"));
        }
        if self.asked.contains(&next) {
            return stopped("the backend leads to a page that was read already");
        }
        match &next {
            Next::Link(link) if !link::stays(link, &self.last.url) => {
                stopped("its link leads to another place, which is not followed")
            }
            _ => Ok(next),
        }
    }

    fn following_page(&self) -> Option<Next> {
        let read = self.items.len() as u64;
        let is_last = self.last.count == 0 || self.last.count < self.full.min(self.asked_for());
        match self.following.page.by {
            PageBy::Cursor { .. } => self.last.cursor.clone().map(Next::Cursor),
            PageBy::Link => self.last.link.clone().map(Next::Link),
            PageBy::Offset { .. } => {
                let skipped = self.start + read;
                let is_all = self.last.total.is_some_and(|total| skipped >= total);
                (!is_last && !is_all).then_some(Next::Count(skipped))
            }
            PageBy::Number { first, .. } => {
                let before = self.start.saturating_sub(first) * self.full as u64;
                let is_all = self.last.total.is_some_and(|total| before + read >= total);
                let next = self.start + self.asked.len() as u64 + 1;
                (!is_last && !is_all).then_some(Next::Count(next))
            }
        }
    }

    /// How many items the last page was asked for.
    fn asked_for(&self) -> usize {
        let before = self.items.len() - self.last.count;
        self.size_after(before).unwrap_or(usize::MAX)
    }

    /// How many items the next page is asked for, where an argument says so.
    pub(super) fn size(&self) -> Option<usize> {
        self.size_after(self.items.len())
    }

    fn size_after(&self, read: usize) -> Option<usize> {
        let size = self.following.size?;
        Some(match self.following.page.by {
            PageBy::Number { .. } => size,
            _ => size.min(self.following.wanted.saturating_sub(read)).max(1),
        })
    }

    /// Adds the page that was asked for by `next`.
    ///
    /// # Errors
    /// If there is no room for it.
    pub(super) fn add(&mut self, next: Next, read: PageRead) -> Result<(), End> {
        if self.bytes + read.text.len() > self.most_bytes {
            return Err(End::Stopped(format!(
                "together they are larger than the limit of {} bytes",
                self.most_bytes
            )));
        }
        self.bytes += read.text.len();
        self.items.extend(read.items);
        self.asked.push(next);
        self.last = read.more;
        Ok(())
    }

    /// The body of the first page with the items of all, and a note on them.
    pub(super) fn end(mut self, end: &End) -> (String, String) {
        let over = self.items.len().saturating_sub(self.following.wanted);
        self.items.truncate(self.following.wanted);
        let list = format!("[{}]", self.items.join(","));
        let page = self.following.page;
        let mut body = replace(std::mem::take(&mut self.first), page.items, &list);
        let cursor = self.cursor_after(over);
        if let (PageBy::Cursor { next, .. }, false) = (page.by, over > 0 && cursor.is_none()) {
            body = replace(body, next, cursor.as_deref().unwrap_or("null"));
        }
        (body, self.note(end, over))
    }

    /// Where to go on; where the last page has items that were not wanted, at
    /// that page again.
    fn cursor_after(&self, over: usize) -> Option<String> {
        match self.asked.last() {
            _ if over == 0 => self.last.cursor.clone(),
            Some(Next::Cursor(cursor)) => Some(cursor.clone()),
            _ => None,
        }
    }

    fn note(&self, end: &End, over: usize) -> String {
        let count = |count: usize, what| match count {
            1 => format!("1 {what}"),
            count => format!("{count} {what}s"),
        };
        let items = count(self.items.len(), "item");
        let pages = count(self.asked.len() + 1, "page");
        let more = match end {
            End::All if over == 0 => "there are no more.".to_owned(),
            End::All | End::Enough => format!("there are more. {}", self.go_on(over)),
            End::Stopped(reason) => {
                format!("the next page was not read: {reason}. {}", self.go_on(over))
            }
        };
        format!("These are {items} from {pages}; {more}")
    }

    /// The arguments that go on where this ends.
    fn go_on(&self, over: usize) -> String {
        let again = match over {
            0 => String::new(),
            _ => format!(
                " (the first {} of that page are here already)",
                self.last.count - over
            ),
        };
        let by = match self.following.page.by {
            PageBy::Offset { argument } => {
                let skipped = self.start + self.items.len() as u64;
                format!("`{argument}`: {skipped}")
            }
            PageBy::Number { argument, .. } => {
                let read = self.asked.len() as u64 + u64::from(over == 0);
                let size = self.following.page.size.zip(self.following.size);
                let size = size.map_or_else(String::new, |(argument, size)| {
                    format!(" and `{}`: {size}", argument.argument)
                });
                format!("`{argument}`: {}{size}{again}", self.start + read)
            }
            PageBy::Cursor { argument, .. } => match self.cursor_after(over) {
                Some(cursor) => format!("`{argument}`: {cursor}{again}"),
                None => return format!("Ask for more with `{ARGUMENT}`."),
            },
            PageBy::Link => return format!("Ask for more with `{ARGUMENT}`."),
        };
        format!("To go on, use {by}.")
    }
}
