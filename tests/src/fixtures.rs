//! The backend of the conformance system: answers `tests/conformance/openapi.yaml`, over plain HTTP.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::root;

/// Serves for as long as the test process lives.
#[derive(Debug)]
pub struct Fixtures {
    address: SocketAddr,
}

type Jobs = Arc<Mutex<BTreeMap<String, Job>>>;

struct Job {
    ends: Instant,
    fails: bool,
    cancelled: bool,
}

struct Request {
    method: String,
    path: String,
    query: String,
    body: Vec<u8>,
}

/// A status, a media type, and the body.
struct Answer(u16, &'static str, Vec<u8>);

impl Fixtures {
    /// Starts it at a free port.
    ///
    /// # Panics
    /// If it cannot listen.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("its address");
        let jobs = Jobs::default();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let jobs = jobs.clone();
                std::thread::spawn(move || serve(stream, &jobs));
            }
        });
        Self { address }
    }

    /// Its base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// One request on each connection.
fn serve(mut stream: TcpStream, jobs: &Jobs) -> Option<()> {
    let request = read(&stream)?;
    if request.path == "/progress" {
        return events(&mut stream);
    }
    let Answer(status, media_type, body) = answer(&request, jobs);
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} Said\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(&body).ok()
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let header = header.trim().to_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    Some(Request {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        body,
    })
}

/// Three events, far enough apart that each is told of by itself.
fn events(stream: &mut TcpStream) -> Option<()> {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).ok()?;
    for step in ["begun", "half", "done"] {
        write!(stream, "data: {step}\n\n").ok()?;
        stream.flush().ok()?;
        std::thread::sleep(Duration::from_millis(200));
    }
    Some(())
}

fn answer(request: &Request, jobs: &Jobs) -> Answer {
    let json = |value: &Value| Answer(200, "application/json", value.to_string().into_bytes());
    let text = |text: &str| Answer(200, "text/plain", text.as_bytes().to_vec());
    let job = |id: &str| match jobs.lock().expect("the jobs").get(id) {
        Some(job) => json(&job.state(id)),
        None => Answer(
            404,
            "application/json",
            br#"{"detail":"no such job"}"#.to_vec(),
        ),
    };
    match (request.method.as_str(), request.path.as_str()) {
        (_, "/text") => text("This is a simple text response for testing."),
        (_, "/image") => Answer(200, "image/png", file("red.png")),
        (_, "/audio") => Answer(200, "audio/wav", file("silence.wav")),
        (_, "/embedded") => multipart(vec![(
            "text/plain\r\nContent-Location: test://embedded-resource",
            b"This is an embedded resource content.".to_vec(),
        )]),
        (_, "/mixed") => multipart(vec![
            ("text/plain", b"Multiple content types test:".to_vec()),
            ("image/png", file("red.png")),
            (
                "application/json\r\nContent-Location: test://mixed-content-resource",
                br#"{"test":"data","value":123}"#.to_vec(),
            ),
        ]),
        (_, "/error") => {
            let body = json!({"detail": "This tool intentionally returns an error for testing"});
            Answer(500, "application/json", body.to_string().into_bytes())
        }
        (_, "/greeting") => text(&greeting(&request.query)),
        ("POST", "/jobs") => {
            let given: Value = serde_json::from_slice(&request.body).unwrap_or_default();
            let seconds = given["seconds"].as_f64().unwrap_or(1.0);
            let mut jobs = jobs.lock().expect("the jobs");
            let id = format!("job-{}", jobs.len() + 1);
            let new = Job {
                ends: Instant::now() + Duration::from_secs_f64(seconds),
                fails: given["fails"] == true,
                cancelled: false,
            };
            let state = new.state(&id);
            jobs.insert(id, new);
            json(&state)
        }
        (method, path) => match path.split('/').collect::<Vec<_>>()[..] {
            ["", "jobs", id] => {
                if method == "DELETE"
                    && let Some(job) = jobs.lock().expect("the jobs").get_mut(id)
                {
                    job.cancelled |= Instant::now() < job.ends;
                }
                job(id)
            }
            ["", "template", id] => json(&json!({
                "id": id, "templateTest": true, "data": format!("Data for ID: {id}")
            })),
            _ => Answer(200, "application/json", request.body.clone()),
        },
    }
}

impl Job {
    fn state(&self, id: &str) -> Value {
        let ended = Instant::now() >= self.ends;
        match (self.cancelled, ended, self.fails) {
            (true, _, _) => json!({"id": id, "state": "cancelled"}),
            (_, false, _) => json!({"id": id, "state": "working"}),
            (_, _, true) => json!({"id": id, "state": "failed", "reason": "it was to fail"}),
            (_, _, false) => json!({"id": id, "state": "completed"}),
        }
    }
}

fn greeting(query: &str) -> String {
    let given: BTreeMap<_, _> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .collect();
    let name = given.get("name").unwrap_or(&"whoever you are");
    match given.get("color") {
        Some(color) => format!("Hello, {name}! You like {color}."),
        None => format!("Hello, {name}!"),
    }
}

/// Parts, each with its media type and further headers (RFC 2046, section 5.1.3).
fn multipart(parts: Vec<(&str, Vec<u8>)>) -> Answer {
    let mut body = Vec::new();
    for (headers, content) in parts {
        body.extend_from_slice(format!("--part\r\nContent-Type: {headers}\r\n\r\n").as_bytes());
        body.extend_from_slice(&content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--part--\r\n");
    Answer(200, "multipart/mixed; boundary=part", body)
}

fn file(name: &str) -> Vec<u8> {
    let path = root().join("tests/conformance/resources").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
