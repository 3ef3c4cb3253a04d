//! How a list is paged.

/// How the result of a tool is paged: what makes its argument `max_items`
/// follow pages.
///
/// Pointers are JSON pointers (RFC 6901) into the backend's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// How the next page is asked for.
    pub by: PageBy,
    /// How many items a page has, where an argument says so.
    pub size: Option<PageSize>,
    /// Where the items are; empty for an answer that is the list.
    pub items: &'static str,
    /// Where it says how many there are in all.
    pub total: Option<&'static str>,
}

/// How the next page is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageBy {
    /// By a cursor that the last answer gave.
    Cursor {
        /// The argument that takes it.
        argument: &'static str,
        /// Where the next one is; absent, null or empty at the end.
        next: &'static str,
    },
    /// By the number of items to skip.
    Offset {
        /// The argument that takes it.
        argument: &'static str,
    },
    /// By the number of the page.
    Number {
        /// The argument that takes it.
        argument: &'static str,
        /// The number of the first page.
        first: u64,
    },
    /// By the header `Link` with `rel="next"` (RFC 8288).
    Link,
}

/// The argument that says how many items a page has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageSize {
    /// Its name.
    pub argument: &'static str,
    /// The most it takes, where the document says so.
    pub most: Option<u64>,
}
