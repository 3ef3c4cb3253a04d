//! Follows the pages of a list until an agent has as many items as it asked
//! for: one call, one result.
//!
//! The first page is an answer as any other. Whatever happens after it cannot
//! take it away: a note says why there is no more and how to go on.

mod link;
mod page;
mod walk;

use tokio::time::{Instant, timeout_at};

use self::page::PageRead;
use self::walk::{End, Next, Walk};
use crate::http::{Answer, Listener};
use crate::{Arguments, Error, Http, Json, Page, PageBy, Request, Tool};

/// The argument that says how many items an agent wants.
const ARGUMENT: &str = "max_items";
/// Items asked for at once where the document does not say how many may be.
const USUAL: usize = 100;

/// A call that asked for pages to be followed.
pub(crate) struct Following {
    tool: &'static Tool,
    page: &'static Page,
    /// The most items to deliver.
    wanted: usize,
    /// Items asked for at once, where an argument says so.
    size: Option<usize>,
    /// The arguments of the first page.
    arguments: Arguments,
}

/// How many items a call skips, if its tool is paged so.
pub(crate) fn skipped(page: &Page, arguments: &Arguments) -> u64 {
    match page.by {
        PageBy::Offset { argument } => arguments.count(argument).unwrap_or(0) as u64,
        _ => 0,
    }
}

impl Following {
    /// If the call asks for it: takes its argument out and sets how many items
    /// a page has.
    pub(crate) fn of(tool: &'static Tool, arguments: &mut Arguments) -> Option<Self> {
        let page = tool.behaviour.page.as_ref()?;
        let wanted = arguments.take_count(ARGUMENT)?;
        let size = page.size.and_then(|size| {
            let given = arguments.count(size.argument).filter(|size| *size > 0);
            match (page.by, given) {
                // Pages of another size have other numbers.
                (PageBy::Number { argument, .. }, None) if arguments.has_any(&[argument]) => None,
                (PageBy::Number { .. }, Some(given)) => Some(given),
                (_, given) => {
                    let most = size.most.map_or(USUAL, |most| most as usize);
                    Some(given.unwrap_or(most).min(wanted))
                }
            }
        });
        resize(page, arguments, size);
        Some(Self {
            tool,
            page,
            wanted,
            size,
            arguments: arguments.clone(),
        })
    }

    /// Sends the request for the first page and those after it. One that fails
    /// ends it, as the time of one call does, and what it may read.
    ///
    /// # Errors
    /// If the first page cannot be had.
    pub(crate) async fn follow(
        self,
        http: &Http,
        request: &Request,
        listener: Option<&Listener>,
    ) -> Result<Answer, Error> {
        let deadline = Instant::now() + http.timeout();
        let first = http.exchange_heard(request, listener).await?;
        let failure = self.tool.response.failure.as_ref();
        let Ok(read) = PageRead::of(self.page, failure, &first) else {
            return Ok(first);
        };
        let mut walk = Walk::begin(&self, read, http.response_limit());
        let end = loop {
            let next = match walk.next() {
                Ok(next) => next,
                Err(end) => break end,
            };
            let sent = async {
                let request = self.request(http, request, &next, walk.size())?;
                let answer = http.exchange_heard(&request, listener).await;
                let answer = answer.map_err(|error| error.to_string())?;
                PageRead::of(self.page, failure, &answer)
            };
            let read = match timeout_at(deadline, sent).await {
                Ok(Ok(read)) => read,
                Ok(Err(reason)) if Instant::now() < deadline => {
                    break End::Stopped(reason.trim_end_matches('.').to_owned());
                }
                Ok(Err(_)) | Err(_) => {
                    break End::Stopped("the time of one call is over".to_owned());
                }
            };
            if let Err(end) = walk.add(next, read) {
                break end;
            }
        };
        let (body, note) = walk.end(&end);
        let notes = [first.note, Some(note)].into_iter().flatten();
        Ok(Answer {
            body: body.into_bytes(),
            note: Some(notes.collect::<Vec<_>>().join(" ")),
            ..first
        })
    }

    /// The request for a page: that of the first one with other arguments, or
    /// with the query of a link.
    fn request(
        &self,
        http: &Http,
        first: &Request,
        next: &Next,
        size: Option<usize>,
    ) -> Result<Request, String> {
        let with = |name, value: &str| {
            let mut arguments = self.arguments.clone();
            resize(self.page, &mut arguments, size);
            arguments.set(name, value);
            (self.tool.request)(http, &mut arguments)
        };
        let request = match (next, self.page.by) {
            (Next::Link(url), _) => {
                let mut request = first.clone();
                request.query = url.query().unwrap_or("").to_owned();
                return Ok(request);
            }
            (Next::Count(count), PageBy::Offset { argument } | PageBy::Number { argument, .. }) => {
                with(argument, &count.to_string())
            }
            // A cursor that the answer has as a number may be sent as text.
            (Next::Cursor(raw), PageBy::Cursor { argument, .. }) => with(argument, raw)
                .or_else(|_| with(argument, &Json::from(raw.as_str()).to_string())),
            _ => return Err("the next page cannot be asked for".to_owned()),
        };
        request.map_err(|error| error.to_string())
    }
}

/// Sets how many items a page has.
fn resize(page: &Page, arguments: &mut Arguments, size: Option<usize>) {
    if let (Some(argument), Some(size)) = (page.size, size) {
        arguments.set(argument.argument, &size.to_string());
    }
}
