//! A backend that answers from memory, a process like any backend.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use toolwright_tests::Process;

/// What the tool `list_operations` sends.
pub(crate) const LIST: &str = "/api/v1/operations?operation_type=training&limit=10";
/// What the tool `get_market_data` sends.
pub(crate) const BARS: &str = "/api/v1/data/AAPL/1h";

/// The argument that makes this program the backend.
pub(crate) const ROLE: &str = "--backend";

/// Starts it; where it listens.
pub(crate) fn start() -> (Process, SocketAddr) {
    let program = std::env::current_exe().expect("this program");
    let mut process = Process::start(Command::new(program).arg(ROLE).stdout(Stdio::piped()));
    let output = process.0.stdout.take().expect("its stdout");
    let mut line = String::new();
    BufReader::new(output)
        .read_line(&mut line)
        .expect("where it listens");
    (process, line.trim().parse().expect("an address"))
}

/// Reads up to the empty line; the length of the body.
pub(crate) fn headers(stream: &mut impl BufRead) -> Option<usize> {
    request_of(stream).map(|(_, length)| length)
}

/// The first line of a message and the length of its body.
fn request_of(stream: &mut impl BufRead) -> Option<(String, usize)> {
    let (mut first, mut length, mut line) = (String::new(), 0, String::new());
    loop {
        line.clear();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line.trim().is_empty() {
            return Some((first, length));
        }
        if first.is_empty() {
            first.clone_from(&line);
        } else if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
}

/// Serves ten operations, and ten thousand bars, and says where.
pub(crate) fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    println!("{}", listener.local_addr().expect("its address"));
    let (operations, bars) = (answer(&operations()), answer(&bars()));
    for stream in listener.incoming().flatten() {
        let (operations, bars) = (operations.clone(), bars.clone());
        std::thread::spawn(move || {
            stream.set_nodelay(true).expect("a socket option");
            let mut stream = BufReader::new(stream);
            while let Some((first, _)) = request_of(&mut stream) {
                let answer = if first.contains(BARS) {
                    &bars
                } else {
                    &operations
                };
                if stream.get_mut().write_all(answer.as_bytes()).is_err() {
                    return;
                }
            }
        });
    }
}

fn answer(body: &Value) -> String {
    let body = body.to_string();
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

fn operations() -> Value {
    let operation = |number| {
        json!({"operation_id": format!("op_training_20251004_143530_{number:08x}"), "operation_type": "training",
            "status": "running", "created_at": "2025-10-04T14:35:30Z", "progress_percentage": 65.2,
            "current_step": "Epoch 32/50, Batch 245/640", "symbol": "AAPL", "duration_seconds": 1247.5})
    };
    let operations: Vec<_> = (0..10).map(operation).collect();
    json!({"success": true, "data": operations, "total_count": 47, "active_count": 2, "returned_count": 10})
}

fn bars() -> Value {
    let day = |number| {
        format!(
            "2024-{:02}-{:02}T{:02}:00:00Z",
            number / 28 / 24 % 12 + 1,
            number / 24 % 28 + 1,
            number % 24
        )
    };
    let dates: Vec<_> = (0..10_000).map(day).collect();
    let bar = |number: u32| {
        let price = f64::from(number % 977) / 8.0 + 100.0;
        json!([
            price,
            price + 1.25,
            price - 1.5,
            price + 0.375,
            1_000_000 + number * 37
        ])
    };
    let ohlcv: Vec<_> = (0..10_000).map(bar).collect();
    json!({"success": true, "data": {"symbol": "AAPL", "timeframe": "1h", "dates": dates, "ohlcv": ohlcv,
        "metadata": {"points": 10_000}}})
}
