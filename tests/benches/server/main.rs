//! What `ktrdr-mcp` costs: the time that a tool adds to its request, calls a second, processor time, large answers,
//! memory, the time to start.
//!
//! `cargo bench -p toolwright-tests --no-default-features --bench server`. Prints and asserts nothing: times depend on
//! the machine, which should have nothing else to do. Every call that is timed by itself is followed by the same
//! request made directly on a kept-alive connection, so that the ratio of both says more than either.

mod backend;
mod client;
mod figures;

use std::io::BufReader;
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use toolwright_tests::{release_bin, serve_http};

use backend::{BARS, LIST, request};
use client::{Client, OverHttp, Pipe};
use figures::{Cost, median, ms, timed};

/// Calls one after another.
const CALLS: usize = 1000;
/// Calls at once, on stdio and over HTTP.
const IN_FLIGHT: usize = 64;
const CONNECTIONS: usize = 32;
/// Calls with those in flight.
const MANY: usize = 20_000;
/// Calls after which memory should be what it was.
const STEADY: usize = 100_000;
const LARGE: usize = 21;
const STARTS: usize = 21;

fn main() {
    // `cargo test --benches` and `cargo bench -- --list` run benches too.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let backend = backend::serve();
    starts(backend);
    println!("stdio");
    let mut pipe = Pipe::start(server(backend));
    println!(
        "  tools/list           {} bytes",
        pipe.ask("tools/list", &json!({})).len()
    );
    one_after_another(&mut pipe, backend);
    large(&mut pipe, backend);
    let id = pipe.id();
    let (mut wait, mut sent) = (0, 0);
    let cost = Cost::of(id, MANY, || {
        while wait < MANY {
            while sent < MANY && sent - wait < IN_FLIGHT {
                pipe.send("tools/call", &list_call());
                sent += 1;
            }
            succeeded(&pipe.receive());
            wait += 1;
        }
    });
    println!("  {IN_FLIGHT} in flight         {cost}");
    memory("  memory", &mut pipe);

    println!("Streamable HTTP");
    let (process, url) = serve_http(server(backend));
    let address = url
        .trim_start_matches("http://")
        .parse()
        .expect("an address");
    one_after_another(&mut OverHttp::new(address), backend);
    let cost = Cost::of(process.0.id(), MANY, || {
        let clients = (0..CONNECTIONS).map(|_| {
            std::thread::spawn(move || {
                let mut client = OverHttp::new(address);
                for _ in 0..MANY / CONNECTIONS {
                    succeeded(&client.ask("tools/call", &list_call()));
                }
            })
        });
        let clients: Vec<_> = clients.collect();
        clients
            .into_iter()
            .for_each(|client| client.join().expect("its calls"));
    });
    println!("  {CONNECTIONS} connections       {cost}");
}

/// The server under test.
fn server(backend: SocketAddr) -> Command {
    let mut command = Command::new(release_bin("ktrdr-mcp"));
    command
        .env("KTRDR_API_URL", format!("http://{backend}"))
        .env("KTRDR_RATE", "off")
        .env("KTRDR_LOG", "warn");
    command
}

fn list_call() -> Value {
    json!({"name": "list_operations", "arguments": {"operation_type": "training", "limit": 10}})
}

/// A call that failed would be a quick one.
fn succeeded(answer: &str) {
    let failed = answer.contains("\"isError\":true") || !answer.contains("\"result\":");
    assert!(!failed, "{answer}");
}

fn starts(backend: SocketAddr) {
    let once = || {
        // Made before the clock runs: it asks cargo whether the binary is up to date.
        let command = server(backend);
        timed(|| {
            let mut pipe = Pipe::start(command);
            pipe.ask("tools/list", &json!({}));
            pipe
        })
    };
    let times = (0..STARTS).map(|_| once()).collect();
    println!("start to answered tools/list, median of {STARTS}");
    println!("                       {:.1} ms", ms(median(times)));
}

/// Calls by themselves, each followed by its request made directly.
fn one_after_another(client: &mut impl Client, backend: SocketAddr) {
    let mut connection = BufReader::new(TcpStream::connect(backend).expect("the backend"));
    let (mut tool, mut direct) = (Vec::new(), Vec::new());
    for round in 0..CALLS + 100 {
        let one = timed(|| succeeded(&client.ask("tools/call", &list_call())));
        let other = timed(|| request(&mut connection, LIST));
        if round >= 100 {
            tool.push(one);
            direct.push(other);
        }
    }
    compared("one after another", tool, direct);
}

/// Ten thousand bars.
fn large(pipe: &mut Pipe, backend: SocketAddr) {
    let mut connection = BufReader::new(TcpStream::connect(backend).expect("the backend"));
    let call =
        json!({"name": "get_market_data", "arguments": {"symbol": "AAPL", "timeframe": "1h"}});
    let (mut tool, mut direct) = (Vec::new(), Vec::new());
    for _ in 0..LARGE {
        tool.push(timed(|| succeeded(&pipe.ask("tools/call", &call))));
        direct.push(timed(|| request(&mut connection, BARS)));
    }
    compared("10,000 bars      ", tool, direct);
}

fn compared(what: &str, tool: Vec<Duration>, direct: Vec<Duration>) {
    let (tool, direct) = (median(tool), median(direct));
    println!(
        "  {what}    {:.3} ms, {:.2} times the request itself ({:.3} ms)",
        ms(tool),
        ms(tool) / ms(direct),
        ms(direct)
    );
}

/// Memory before and after many calls one after another.
fn memory(what: &str, pipe: &mut Pipe) {
    let before = figures::resident(pipe.id());
    let since = Instant::now();
    for _ in 0..STEADY {
        succeeded(&pipe.ask("tools/call", &list_call()));
    }
    match before.zip(figures::resident(pipe.id())) {
        Some((before, after)) => println!(
            "{what}               {before:.1} MiB, after {STEADY} calls more {after:.1} MiB ({:.0} s)",
            since.elapsed().as_secs_f64()
        ),
        None => println!("{what}: not told by this system"),
    }
}
