//! A server as a generated crate describes it, a client on raw JSON-RPC
//! lines, and a backend on raw bytes.
#![allow(dead_code, reason = "each test crate uses its part")]

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rmcp::ServiceExt as _;
use serde_json::json;
use tokio::io::{
    AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, Lines,
    ReadHalf, WriteHalf,
};
use tokio::net::{TcpListener, TcpStream};
use toolwright_runtime::{
    ArgumentError, Arguments, Auth, Behaviour, Cut, Failure, Http, Json, JsonObject, Limits, Mcp,
    Method, Request, Security, Server, Servers, Shape, Style, Tool,
};

/// No test waits longer than this for anything.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) static SERVER: Server = server();

/// The server, for statics that change a part of it.
pub(crate) const fn server() -> Server {
    Server {
        name: "shop-mcp",
        title: Some("Shop"),
        version: "1.2.3",
        description: None,
        website_url: None,
        icons: &[],
        instructions: Some("Buy low."),
        env: "SHOP",
        base_url: Some("http://127.0.0.1:9"),
        servers: Servers::ONE,
        security: Security::NONE,
        timeout: Duration::from_secs(10),
        connections: 4,
        limits: LIMITS,
        auth: Auth::OPEN,
        tools_json: TOOLS,
        catalogue: None,
        tool,
        prompts: &[],
        resources: &[],
        health: Some(|| Request::new(Method::GET, "/health")),
        tasks: None,
        profiles: &[],
    }
}

pub(crate) const LIMITS: Limits = Limits {
    concurrency: 0,
    rate: None,
    response: 4096,
    request: 65536,
    memory: None,
    result: 0,
};

const TOOLS: &str = r#"[
  {"name":"get_item","title":"Get item","description":"Gets an item.","inputSchema":{"type":"object","properties":{"id":{"type":"string"},"limit":{"type":"integer","minimum":1,"maximum":100},"status":{"type":"string","enum":["pending","running"]}},"required":["id"],"additionalProperties":false},"annotations":{"readOnlyHint":true,"openWorldHint":true}},
  {"name":"typed_item","description":"Gets an item.","inputSchema":{"type":"object","properties":{},"additionalProperties":false},"outputSchema":{"type":"object","properties":{"id":{"type":"integer"}},"required":["id"]}},
  {"name":"create_item","description":"Makes an item.","inputSchema":{"type":"object","properties":{"name":{"type":"string"},"tags":{"type":"array","items":{"type":"string"}},"note":{"type":"string"}},"required":["name"],"additionalProperties":false}},
  {"name":"delete_item","description":"Deletes an item.","inputSchema":{"type":"object","properties":{"id":{"type":"string"},"body":{"type":"object"}},"required":["id"],"additionalProperties":false}},
  {"name":"panic","description":"Panics.","inputSchema":{"type":"object","properties":{}}}
]"#;

fn tool(name: &str) -> Option<&'static Tool> {
    Some(match name {
        "get_item" | "fetch_item" => &GET_ITEM,
        "typed_item" => &TYPED_ITEM,
        "create_item" => &CREATE_ITEM,
        "delete_item" => &DELETE_ITEM,
        "panic" => &PANIC,
        _ => return None,
    })
}

static GET_ITEM: Tool = Tool {
    name: "get_item",
    request: |http, arguments| {
        let mut request = Request::new(Method::GET, "/items/{id}");
        request.path("id", arguments.required::<String>("id")?, Style::SIMPLE);
        request.query(
            "status",
            arguments.optional::<String>("status")?,
            Style::FORM,
        );
        Ok(http.call::<Json>(request).into_request())
    },
    response: Shape {
        failure: Some(Failure {
            at: "/success",
            equals: "false",
        }),
        omit: &["/secret"],
        tail: Some(Cut {
            by: "limit",
            arrays: &["/rows"],
            mark: &[("/meta/cut", "true")],
        }),
        ..Shape::WHOLE
    },
    behaviour: Behaviour::PLAIN,
};

static TYPED_ITEM: Tool = Tool {
    name: "typed_item",
    request: |_, _| Ok(Request::new(Method::GET, "/typed")),
    response: Shape::WHOLE,
    behaviour: Behaviour::PLAIN,
};

static CREATE_ITEM: Tool = Tool {
    name: "create_item",
    request: |_, arguments| {
        let mut request = Request::new(Method::POST, "/items/");
        request.json(Json::Object(arguments.rest_json()));
        Ok(request)
    },
    response: Shape::WHOLE,
    behaviour: Behaviour::PLAIN,
};

static DELETE_ITEM: Tool = Tool {
    name: "delete_item",
    request: delete_item,
    response: Shape::WHOLE,
    behaviour: Behaviour::PLAIN,
};

fn delete_item(_: &Http, arguments: &mut Arguments) -> Result<Request, ArgumentError> {
    let mut request = Request::new(Method::DELETE, "/items/{id}");
    request.path("id", arguments.required::<String>("id")?, Style::SIMPLE);
    request.json(arguments.optional::<JsonObject>("body")?);
    Ok(request)
}

static PANIC: Tool = Tool {
    name: "panic",
    request: |_, _| {
        println!("not for the client");
        panic!("as it was told")
    },
    response: Shape::WHOLE,
    behaviour: Behaviour::PLAIN,
};

/// A client that speaks raw JSON-RPC lines with a server in this process.
pub(crate) struct Client {
    lines: Lines<BufReader<ReadHalf<DuplexStream>>>,
    writer: WriteHalf<DuplexStream>,
    last: u64,
}

impl Client {
    /// In front of the backend at `url`.
    pub(crate) async fn start(url: &str) -> Self {
        let http = Http::builder()
            .response_limit(SERVER.limits.response)
            .timeout(SERVER.timeout);
        Self::with(&SERVER, http.build(url).unwrap()).await
    }

    pub(crate) async fn with(server: &'static Server, http: Http) -> Self {
        Self::able(Mcp::new(server, http), json!({})).await
    }

    /// Of revision 2025-11-25, with these capabilities.
    pub(crate) async fn able(mcp: impl rmcp::ServerHandler, capabilities: Json) -> Self {
        let mut client = Self::without_handshake(mcp);
        let client_info = json!({"name": "test", "version": "0"});
        let params = json!({"protocolVersion": "2025-11-25", "capabilities": capabilities, "clientInfo": client_info});
        client.request("initialize", params).await;
        client
            .write(json!({"jsonrpc": "2.0", "method": "notifications/initialized"}))
            .await;
        client
    }

    /// For requests that say themselves, in [`meta`], what the client can do.
    pub(crate) fn without_handshake(mcp: impl rmcp::ServerHandler) -> Self {
        let (near, far) = tokio::io::duplex(1 << 20);
        tokio::spawn(async move {
            let running = mcp.serve(far).await.unwrap();
            running.waiting().await.unwrap();
        });
        let (reader, writer) = tokio::io::split(near);
        Self {
            lines: BufReader::new(reader).lines(),
            writer,
            last: 0,
        }
    }

    pub(crate) async fn write(&mut self, message: Json) {
        self.writer
            .write_all(format!("{message}\n").as_bytes())
            .await
            .unwrap();
    }

    /// Sends a request and gives its id.
    pub(crate) async fn send(&mut self, method: &str, params: Json) -> u64 {
        self.last += 1;
        let id = self.last;
        self.write(json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}))
            .await;
        id
    }

    pub(crate) async fn send_call(&mut self, tool: &str, arguments: Json) -> u64 {
        self.send("tools/call", json!({"name": tool, "arguments": arguments}))
            .await
    }

    /// The next message.
    pub(crate) async fn next(&mut self) -> Json {
        let line = tokio::time::timeout(PATIENCE, self.lines.next_line()).await;
        let line = line.expect("an answer in time").unwrap().expect("a line");
        serde_json::from_str(&line).unwrap()
    }

    /// Sends a request and waits for its answer.
    pub(crate) async fn request(&mut self, method: &str, params: Json) -> Json {
        let id = self.send(method, params).await;
        loop {
            let message = self.next().await;
            if message["id"] == id {
                return message;
            }
        }
    }

    /// Calls a tool and gives the result.
    pub(crate) async fn call(&mut self, tool: &str, arguments: Json) -> Json {
        let params = json!({"name": tool, "arguments": arguments});
        let answer = self.request("tools/call", params).await;
        assert!(answer.get("error").is_none(), "{answer}");
        answer["result"].clone()
    }
}

/// What a request of revision 2026-07-28 says of a client with these capabilities.
pub(crate) fn meta(capabilities: &Json) -> Json {
    json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": capabilities,
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "0"},
    })
}

/// The text of a result's only content.
pub(crate) fn text(result: &Json) -> &str {
    let content = result["content"].as_array().unwrap();
    assert_eq!(content.len(), 1, "{result}");
    content[0]["text"].as_str().unwrap()
}

/// The JSON text of an error result, which has nothing else.
pub(crate) fn failure(result: &Json) -> Json {
    assert_eq!(result["isError"], true, "{result}");
    assert!(result.get("structuredContent").is_none(), "{result}");
    let failure: Json = serde_json::from_str(text(result)).unwrap();
    assert_eq!(failure["success"], false, "{failure}");
    failure
}

/// What a raw backend does with a connection's next request.
#[derive(Clone)]
pub(crate) enum Reaction {
    /// Writes these bytes; the connection stays open.
    Answer(String),
    /// Writes these bytes and closes.
    Cut(String),
    /// Never answers.
    Hang,
}

/// An answer of HTTP with a body.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> Reaction {
    let length = body.len();
    Reaction::Answer(format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    ))
}

/// A backend that shows each request as it came and reacts as told; the last
/// reaction is repeated.
pub(crate) struct RawBackend {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<String>>>,
    open: Arc<Mutex<usize>>,
}

impl RawBackend {
    pub(crate) async fn start(reactions: Vec<Reaction>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let open = Arc::new(Mutex::new(0));
        let backend = Self {
            url,
            requests: requests.clone(),
            open: open.clone(),
        };
        let reactions = Arc::new(Mutex::new(reactions));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (requests, reactions, open) =
                    (requests.clone(), reactions.clone(), open.clone());
                tokio::spawn(async move {
                    *open.lock().unwrap() += 1;
                    let _ = converse(stream, &requests, &reactions).await;
                    *open.lock().unwrap() -= 1;
                });
            }
        });
        backend
    }

    /// The requests so far, as they came.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// Waits until a condition on the requests and the open connections holds.
    pub(crate) async fn until(&self, holds: impl Fn(&[String], usize) -> bool) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !holds(&self.requests(), *self.open.lock().unwrap()) {
            assert!(
                tokio::time::Instant::now() < deadline,
                "{:?}",
                self.requests()
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

async fn converse(
    mut stream: TcpStream,
    requests: &Mutex<Vec<String>>,
    reactions: &Mutex<Vec<Reaction>>,
) -> io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        while !is_whole(&buffer) {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        }
        let request = String::from_utf8_lossy(&std::mem::take(&mut buffer)).into_owned();
        requests.lock().unwrap().push(request);
        let reaction = {
            let mut reactions = reactions.lock().unwrap();
            if reactions.len() > 1 {
                reactions.remove(0)
            } else {
                reactions[0].clone()
            }
        };
        match reaction {
            Reaction::Answer(bytes) => stream.write_all(bytes.as_bytes()).await?,
            Reaction::Cut(bytes) => {
                stream.write_all(bytes.as_bytes()).await?;
                return Ok(());
            }
            // Until the client goes away.
            Reaction::Hang => while stream.read(&mut [0; 64]).await? > 0 {},
        }
    }
}

/// Whether a buffer holds a request with its body.
fn is_whole(buffer: &[u8]) -> bool {
    const END: &[u8] = b"\r\n\r\n";
    let Some(end) = buffer.windows(END.len()).position(|part| part == END) else {
        return false;
    };
    let head = String::from_utf8_lossy(&buffer[..end]);
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse().ok())?
    });
    buffer.len() - end - END.len() >= length.unwrap_or(0)
}
