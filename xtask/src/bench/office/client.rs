//! Somebody who asks over HTTP: one connection that stays open, one session or token, one address of his own.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

/// Each POST gets a key of its own.
static KEYS: AtomicU64 = AtomicU64::new(0);
/// An answer that takes longer is none.
const PATIENCE: Duration = Duration::from_secs(600);

/// Somebody who asks.
pub struct Client {
    port: u16,
    who: String,
    stream: Option<BufReader<TcpStream>>,
}

/// What was answered.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers, names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON, where all went well.
    pub fn json(&self) -> Result<Value> {
        ensure!(
            (200..300).contains(&self.status),
            "answered {}: {}",
            self.status,
            String::from_utf8_lossy(&self.body)
        );
        serde_json::from_slice(&self.body).context("the answer is no JSON")
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The version that was read.
    pub fn version(&self) -> Result<&str> {
        self.header("etag").context("the answer has no ETag")
    }
}

impl Client {
    /// Signs somebody in. `number` gives him an address of his own behind a proxy that the server trusts: credits are counted
    /// for each address, and a company's people do not all sit behind one.
    pub fn sign_in(port: u16, number: usize, login: &str, password: &str) -> Result<Client> {
        let mut client = Client::new(port, number, String::new());
        let given = json!({ "login": login, "password": password });
        let answer = client.post("/api/v1/session", &given)?;
        ensure!(
            answer.status == 201,
            "{login} was not signed in: {}",
            String::from_utf8_lossy(&answer.body)
        );
        let cookie = answer.header("set-cookie").context("a session without a cookie")?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let _ = write!(client.who, "Cookie: {cookie}\r\n");
        Ok(client)
    }

    /// A program with a token.
    pub fn with_token(port: u16, number: usize, token: &str) -> Client {
        Client::new(port, number, format!("Authorization: Bearer {token}\r\n"))
    }

    fn new(port: u16, number: usize, more: String) -> Client {
        let who = format!(
            "Host: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nAccept-Language: en\r\n\
             X-Forwarded-For: 10.{}.{}.{}\r\n{more}",
            number >> 16 & 255,
            number >> 8 & 255,
            number & 255
        );
        Client {
            port,
            who,
            stream: None,
        }
    }

    /// Reads.
    pub fn get(&mut self, path: &str) -> Result<Answer> {
        self.ask("GET", path, "", b"")
    }

    /// Sends JSON, once.
    pub fn post(&mut self, path: &str, body: &Value) -> Result<Answer> {
        self.send("POST", path, "application/json", "", body.to_string().as_bytes())
    }

    /// Changes what was read at this version.
    pub fn change(&mut self, method: &str, path: &str, version: &str, body: &Value) -> Result<Answer> {
        let more = format!("If-Match: {version}\r\n");
        self.send(method, path, "application/json", &more, body.to_string().as_bytes())
    }

    /// Sends a body of any kind, under a key of its own.
    pub fn send(&mut self, method: &str, path: &str, media: &str, more: &str, body: &[u8]) -> Result<Answer> {
        let key = KEYS.fetch_add(1, Ordering::Relaxed);
        let unique = std::process::id();
        let head = format!(
            "Idempotency-Key: bench-{unique}-{key}\r\nContent-Type: {media}\r\nContent-Length: {}\r\n{more}",
            body.len()
        );
        self.ask(method, path, &head, body)
    }

    fn ask(&mut self, method: &str, path: &str, head: &str, body: &[u8]) -> Result<Answer> {
        let text = format!("{method} {path} HTTP/1.1\r\n{}{head}\r\n", self.who);
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(("127.0.0.1", self.port)).context("the server is not there")?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                BufReader::new(stream)
            }
        };
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(body);
        stream.get_mut().write_all(&bytes).context("the server hung up")?;
        let answer = read(&mut stream)?;
        self.stream = Some(stream);
        Ok(answer)
    }
}

fn read(stream: &mut BufReader<TcpStream>) -> Result<Answer> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let status = line
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .context("no answer")?;
    let mut headers = Vec::new();
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut answer = Answer {
        status,
        headers,
        body: Vec::new(),
    };
    if let Some(length) = answer.header("content-length") {
        answer.body = vec![0; length.parse().context("a length that is no number")?];
        stream.read_exact(&mut answer.body)?;
    } else if answer.header("transfer-encoding").is_some() {
        bail!("an answer in pieces was not asked for");
    }
    Ok(answer)
}

/// A text as a part of an address.
pub fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            true => out.push(char::from(byte)),
            false => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
        out
    })
}
