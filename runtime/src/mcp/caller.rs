//! Who calls: what limits, caches and logs tell callers apart by.

use rmcp::service::{RequestContext, RoleServer};

/// Who makes a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Caller {}

impl Caller {
    /// The caller of a request; on stdio there is one only.
    pub(crate) fn of(_context: &RequestContext<RoleServer>) -> Self {
        Self {}
    }

    /// Who it is, where that was proved: what is sealed for one principal does
    /// not open for another.
    pub(crate) fn principal(&self) -> Option<&str> {
        None
    }
}
