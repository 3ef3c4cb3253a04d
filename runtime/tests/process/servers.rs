//! The servers that this test starts.

use std::time::Duration;

use toolwright_runtime::{Auth, Behaviour, Limits, Method, Rate, Request, Server, Shape, Tool};

use crate::common::{LIMITS, SERVER, server};

/// The server of this name.
pub(crate) fn named(name: &str) -> &'static Server {
    match name {
        "scoped" => &SCOPED,
        "forward" => &FORWARD,
        "rated" => &RATED,
        "counted" => &COUNTED,
        _ => &SERVER,
    }
}

static RATED: Server = Server {
    limits: Limits {
        rate: Some(Rate {
            calls: 2,
            per: Duration::from_secs(3600),
        }),
        ..LIMITS
    },
    ..server()
};

/// Something of all that is counted can happen to it.
static COUNTED: Server = Server {
    limits: RATED.limits,
    tool: FORWARD.tool,
    ..server()
};

static SCOPED: Server = Server {
    auth: Auth {
        tool_scopes: &["items:write"],
        ..Auth::OPEN
    },
    tool: |name| match name {
        "create_item" => Some(&WRITES),
        "typed_item" => Some(&LINKED),
        name => (SERVER.tool)(name),
    },
    ..server()
};

static WRITES: Tool = Tool {
    name: "create_item",
    request: |_, _| Ok(Request::new(Method::POST, "/items/")),
    response: Shape::WHOLE,
    behaviour: Behaviour {
        scopes: &["items:write"],
        ..Behaviour::PLAIN
    },
};

static LINKED: Tool = Tool {
    name: "typed_item",
    request: |_, _| Ok(Request::new(Method::GET, "/typed")),
    response: Shape::WHOLE,
    behaviour: Behaviour {
        linked: true,
        scopes: &["items:write"],
        ..Behaviour::PLAIN
    },
};

static FORWARD: Server = Server {
    auth: Auth {
        forward: true,
        ..Auth::OPEN
    },
    tool: |name| match name {
        "typed_item" => Some(&KEPT),
        name => (SERVER.tool)(name),
    },
    ..server()
};

static KEPT: Tool = Tool {
    name: "typed_item",
    request: |_, _| Ok(Request::new(Method::GET, "/typed")),
    response: Shape::WHOLE,
    behaviour: Behaviour {
        cache: Some(Duration::from_secs(3600)),
        ..Behaviour::PLAIN
    },
};
