//! The trace that a call belongs to (W3C Trace Context), passed on to the backend.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

/// The header that names the trace and the span.
pub(crate) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// The header with what vendors add.
pub(crate) const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");
/// Longest `tracestate` that is passed on (section 3.3.1.5).
const LONGEST_STATE: usize = 512;

/// A trace that a caller named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trace {
    parent: HeaderValue,
    state: Option<HeaderValue>,
}

impl Trace {
    /// The trace, if its name has the form of one; what vendors add is left
    /// out if it has not.
    pub(crate) fn parse(parent: &str, state: Option<&str>) -> Option<Self> {
        let parent = is_parent(parent).then(|| HeaderValue::from_str(parent).ok())??;
        let state = state.filter(|state| is_state(state));
        Some(Self {
            parent,
            state: state.and_then(|state| HeaderValue::from_str(state).ok()),
        })
    }

    /// Of the headers of a request.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let text = |name| headers.get(name)?.to_str().ok();
        Self::parse(text(TRACEPARENT)?, text(TRACESTATE))
    }

    /// Adds it to the headers of a request.
    pub(crate) fn add_to(&self, headers: &mut HeaderMap) {
        headers.insert(TRACEPARENT, self.parent.clone());
        if let Some(state) = &self.state {
            headers.insert(TRACESTATE, state.clone());
        }
    }
}

/// `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01`; later versions
/// may say more (section 3.2.2).
fn is_parent(text: &str) -> bool {
    let hex = |part: &str, length: usize| {
        part.len() == length
            && part
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let set = |part: &str| part.bytes().any(|byte| byte != b'0');
    let mut parts = text.split('-');
    let (Some(version), Some(trace), Some(span), Some(flags)) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    hex(version, 2)
        && version != "ff"
        && (version != "00" || parts.next().is_none())
        && hex(trace, 32)
        && set(trace)
        && hex(span, 16)
        && set(span)
        && hex(flags, 2)
        && text.len() <= LONGEST_STATE
}

fn is_state(text: &str) -> bool {
    let printable = |byte: u8| matches!(byte, b' '..=b'~' | b'\t');
    !text.is_empty() && text.len() <= LONGEST_STATE && text.bytes().all(printable)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn forms() {
        for (text, expected) in [
            (GOOD, true),
            (
                "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                true,
            ),
            (
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                false,
            ),
            (
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                false,
            ),
            (
                "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                false,
            ),
            (
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                false,
            ),
            (
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                false,
            ),
            (
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                false,
            ),
            ("", false),
            ("a\r\nb", false),
        ] {
            assert_eq!(Trace::parse(text, None).is_some(), expected, "{text:?}");
        }
    }

    #[test]
    fn the_state_comes_along_where_it_can_be_sent() {
        let state = |state: &str| Trace::parse(GOOD, Some(state)).unwrap().state;
        assert_eq!(state("a=1,b=2").unwrap(), "a=1,b=2");
        assert_eq!(state("a=\n"), None);
        assert_eq!(state(&"a".repeat(513)), None);
        assert_eq!(state(""), None);
    }
}
