//! What `ktrdr-mcp` costs: the time a tool adds to its request, the time to start, memory.
//!
//! `cargo bench -p toolwright-tests --no-default-features`. Prints and asserts nothing: times depend on the machine.
//! Every call of the tool is followed by the same request made directly on a kept-alive connection.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use toolwright_tests::{Wire, release_bin};

const CALLS: usize = 1000;
const STARTS: usize = 21;
const PATH: &str = "/api/v1/operations?operation_type=training&limit=10";

fn main() {
    // `cargo test --benches` and `cargo bench -- --list` run benches too.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let backend = serve();
    let command = || {
        let mut command = Command::new(release_bin("ktrdr-mcp"));
        command
            .env("KTRDR_API_URL", format!("http://{backend}"))
            .env("KTRDR_LOG", "warn");
        command
    };
    command();

    let starts = (0..STARTS).map(|_| start(command())).collect();
    let mut wire = Wire::start(command());
    let mut connection = BufReader::new(TcpStream::connect(backend).expect("the backend"));
    let (mut tool, mut direct) = (Vec::new(), Vec::new());
    for round in 0..CALLS + 100 {
        let one = timed(|| call(&mut wire));
        let other = timed(|| request(&mut connection));
        if round >= 100 {
            tool.push(one);
            direct.push(other);
        }
    }
    let (tool, direct) = (median(tool), median(direct));
    println!("list_operations, {CALLS} calls one after another, medians");
    println!("  through the server   {:.3} ms", ms(tool));
    println!("  the request itself   {:.3} ms", ms(direct));
    println!(
        "  added                {:.3} ms, {:.1} times the request",
        ms(tool.saturating_sub(direct)),
        ms(tool) / ms(direct)
    );
    println!("start to answered tools/list, median of {STARTS}");
    println!("                       {:.1} ms", ms(median(starts)));
    match wire.process.peak_memory() {
        Some(kib) => println!(
            "peak memory after these calls\n                       {:.1} MiB",
            kib as f64 / 1024.0
        ),
        None => println!("peak memory: not told by this system"),
    }
}

fn start(command: Command) -> Duration {
    timed(|| {
        let mut wire = Wire::start(command);
        assert!(wire.ask("tools/list", json!({}))["result"]["tools"].is_array());
        wire
    })
}

fn call(wire: &mut Wire) {
    let answer = wire.call(
        "list_operations",
        json!({"operation_type": "training", "limit": 10}),
    );
    assert_ne!(answer["result"]["isError"], true, "{answer}");
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    let _kept = work();
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The same request, written by hand.
fn request(connection: &mut BufReader<TcpStream>) {
    let head = format!("GET {PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    connection
        .get_mut()
        .write_all(head.as_bytes())
        .expect("the backend reads");
    let length = headers(connection).expect("the backend answers");
    let mut body = vec![0; length];
    connection.read_exact(&mut body).expect("the body");
    serde_json::from_slice::<Value>(&body).expect("JSON");
}

/// Reads up to the empty line; the length of the body.
fn headers(stream: &mut impl BufRead) -> Option<usize> {
    let (mut length, mut line) = (0, String::new());
    loop {
        line.clear();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line.trim().is_empty() {
            return Some(length);
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
}

/// A backend that answers every request with the same ten operations.
fn serve() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("its address");
    let operation = |number| {
        json!({"operation_id": format!("op_training_20251004_143530_{number:08x}"), "operation_type": "training",
            "status": "running", "created_at": "2025-10-04T14:35:30Z", "progress_percentage": 65.2,
            "current_step": "Epoch 32/50, Batch 245/640", "symbol": "AAPL", "duration_seconds": 1247.5})
    };
    let operations: Vec<_> = (0..10).map(operation).collect();
    let body = json!({"success": true, "data": operations, "total_count": 47, "active_count": 2, "returned_count": 10}).to_string();
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = answer.clone();
            std::thread::spawn(move || {
                stream.set_nodelay(true).expect("a socket option");
                let mut stream = BufReader::new(stream);
                while headers(&mut stream).is_some()
                    && stream.get_mut().write_all(answer.as_bytes()).is_ok()
                {}
            });
        }
    });
    address
}
