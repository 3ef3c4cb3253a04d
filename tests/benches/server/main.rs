//! What `ktrdr-mcp` costs: the time that a tool adds to its request, calls a second, processor time, large answers,
//! memory, the time to start.
//!
//! `cargo bench -p toolwright-tests --no-default-features --bench server`. Prints and asserts nothing: times depend on
//! the machine, which should have nothing else to do. Every call that is timed by itself is followed by the same
//! request made directly, with the generated client and by hand, and over a pipe that does nothing but forward: the
//! ratios say more than the times. Backend, server and forwarder are processes of their own, as they are with users,
//! and the server is built as it is shipped (profile `dist`).

mod backend;
mod client;
mod direct;
mod figures;

use std::net::SocketAddr;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use toolwright_tests::{serve_http, shipped_bin};

use backend::{BARS, LIST};
use client::{Client, OverHttp, Pipe};
use direct::{ByClient, ByHand};
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
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [backend::ROLE] => backend::serve(),
        [direct::ROLE, address] => direct::forward(address.parse().expect("an address")),
        // `cargo test --benches` and `cargo bench -- --list` run benches too.
        _ if arguments.iter().any(|argument| argument == "--bench") => bench(),
        _ => {}
    }
}

fn bench() {
    let (_backend, backend) = backend::start();
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
    let mut command = Command::new(shipped_bin("ktrdr-mcp"));
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

/// Calls by themselves, each followed by its request made otherwise.
fn one_after_another(client: &mut impl Client, backend: SocketAddr) {
    let mut forwarder = direct::forwarder(backend);
    let by_client = ByClient::new(backend);
    let mut by_hand = ByHand::new(backend);
    let mut times: [Vec<Duration>; 4] = Default::default();
    for round in 0..CALLS + 100 {
        let taken = [
            timed(|| succeeded(&client.ask("tools/call", &list_call()))),
            timed(|| by_client.list()),
            timed(|| forwarder.ask("tools/call", &list_call())),
            timed(|| by_hand.get(LIST)),
        ];
        if round >= 100 {
            times
                .iter_mut()
                .zip(taken)
                .for_each(|(all, one)| all.push(one));
        }
    }
    let [tool, others @ ..] = times.map(median);
    println!("  one after another    {:.3} ms", ms(tool));
    let others = others.iter().zip([
        "with the generated client",
        "over a forwarding pipe",
        "by hand",
    ]);
    for (other, how) in others {
        println!(
            "                       {:.2} times the request {how} ({:.3} ms)",
            ms(tool) / ms(*other),
            ms(*other)
        );
    }
}

/// Ten thousand bars.
fn large(pipe: &mut Pipe, backend: SocketAddr) {
    let mut by_hand = ByHand::new(backend);
    let call =
        json!({"name": "get_market_data", "arguments": {"symbol": "AAPL", "timeframe": "1h"}});
    let (mut tool, mut direct) = (Vec::new(), Vec::new());
    for _ in 0..LARGE {
        tool.push(timed(|| succeeded(&pipe.ask("tools/call", &call))));
        direct.push(timed(|| by_hand.get(BARS)));
    }
    let (tool, direct) = (median(tool), median(direct));
    println!(
        "  10,000 bars          {:.3} ms, {:.2} times the request by hand ({:.3} ms)",
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
