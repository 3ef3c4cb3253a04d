//! Who calls: what limits, caches and logs tell callers apart by.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use rmcp::service::{RequestContext, RoleServer};

use crate::Tool;
use crate::auth::Principal;
use crate::http::Behalf;
use crate::trace::Trace;

/// Who makes a call, and in which trace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Caller {
    principal: Option<Arc<Principal>>,
    /// The address they call from; none on stdio.
    peer: Option<IpAddr>,
    trace: Option<Trace>,
    /// Whether the call that this is for was counted against the rate.
    counted: bool,
}

/// What limits tell callers apart by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum CallerKey {
    /// The one caller of stdio.
    Local,
    /// Who calls from an address. A host has a whole network of IPv6.
    Peer(IpAddr),
    /// Who proved to be somebody.
    Principal(Arc<str>),
}

impl Caller {
    /// The caller of a request; on stdio there is one only.
    pub(crate) fn of(context: &RequestContext<RoleServer>) -> Self {
        let parts = context.extensions.get::<Parts>();
        let extensions = parts.map(|parts| &parts.extensions);
        let principal = extensions.and_then(|extensions| extensions.get::<Arc<Principal>>());
        let peer = extensions.and_then(|extensions| extensions.get::<ConnectInfo<SocketAddr>>());
        let own_trace = context.meta.get_traceparent().and_then(|parent| {
            let state = context.meta.get_tracestate();
            Trace::parse(parent, state)
        });
        Self {
            principal: principal.cloned(),
            peer: peer.map(|ConnectInfo(address)| address.ip()),
            // The message's own is nearer than that of the request that carries it.
            trace: own_trace.or_else(|| Trace::of(&parts?.headers)),
            counted: false,
        }
    }

    /// The same caller, for what the server asks itself to go on with a call
    /// that was let in.
    pub(super) fn going_on(&self) -> Self {
        Self {
            counted: true,
            ..self.clone()
        }
    }

    pub(super) fn is_counted(&self) -> bool {
        self.counted
    }

    pub(crate) fn key(&self) -> CallerKey {
        match (&self.principal, self.peer) {
            (Some(principal), _) => CallerKey::Principal(principal.shared_name()),
            (None, Some(peer)) => CallerKey::Peer(network(peer)),
            (None, None) => CallerKey::Local,
        }
    }

    /// What they are called in logs, if they proved to be somebody.
    pub(crate) fn name(&self) -> Option<&str> {
        self.principal.as_ref().map(|principal| principal.name())
    }

    pub(crate) fn trace(&self) -> Option<&Trace> {
        self.trace.as_ref()
    }

    /// The first scope of a tool that they do not have.
    pub(crate) fn lacks(&self, tool: &Tool) -> Option<&'static str> {
        self.principal.as_ref()?.lacks(tool.behaviour.scopes)
    }

    /// How requests are sent for them, by a tool or without one.
    pub(crate) fn behalf(&self, tool: Option<&Tool>) -> Behalf {
        let own = self
            .principal
            .as_ref()
            .and_then(|principal| principal.own());
        Behalf {
            own: own.cloned(),
            trace: self.trace.clone(),
            timeout: tool.and_then(|tool| tool.behaviour.timeout),
            cache: tool.and_then(|tool| tool.behaviour.cache),
            failure: tool.and_then(|tool| tool.response.failure),
        }
    }
}

fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let prefix = address.to_bits() & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from_bits(prefix))
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_by_their_addresses() {
        let same =
            |one: &str, two: &str| network(one.parse().unwrap()) == network(two.parse().unwrap());
        assert!(same("2001:db8::1", "2001:db8::ffff:1"));
        assert!(!same("2001:db8::1", "2001:db8:0:1::1"));
        assert!(same("::ffff:10.0.0.1", "10.0.0.1"));
        assert!(!same("10.0.0.1", "10.0.0.2"));
    }
}
