//! A small HTTP client over plain sockets: what it sends is what the test says, and nothing else.

use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|why| panic!("{why}: {self:?}"))
    }

    /// The last part of the problem's type.
    pub fn problem(&self) -> String {
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{self:?}"
        );
        let body = self.json();
        assert_eq!(body["status"], self.status, "{self:?}");
        assert_eq!(body["instance"].as_str(), self.header("x-request-id"), "{self:?}");
        body["type"]
            .as_str()
            .unwrap()
            .trim_start_matches("/problems/")
            .to_owned()
    }

    /// The session's secret that a cookie brings.
    pub fn cookie(&self) -> Option<String> {
        let line = self.header("set-cookie")?;
        let value = line.split(';').next()?.strip_prefix("__Host-pinji=")?;
        Some(value.to_owned())
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Answer {
        assert_eq!(self.status, status, "{self:?}");
        self
    }
}

/// A request in the making.
#[derive(Debug, Clone)]
pub struct Ask {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<String>,
    pub raw: Option<Vec<u8>>,
    pub from: Option<IpAddr>,
}

impl Ask {
    pub fn new(method: &str, path: &str) -> Ask {
        Ask {
            method: method.to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: None,
            raw: None,
            from: None,
        }
    }

    pub fn header(mut self, name: &str, value: &str) -> Ask {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Ask {
        self.headers.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
        self
    }

    pub fn json(mut self, body: &Value) -> Ask {
        self.body = Some(body.to_string());
        self.header("Content-Type", "application/json")
    }

    /// A form of parts: the terms, and a file under this name.
    pub fn form(mut self, terms: &Value, name: &str, file: &[u8]) -> Ask {
        let head = format!(
            "--sea\r\nContent-Disposition: form-data; name=\"terms\"\r\n\r\n{terms}\r\n--sea\r\n\
             Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
        );
        self.raw = Some([head.as_bytes(), file, b"\r\n--sea--\r\n"].concat());
        self.header("Content-Type", "multipart/form-data; boundary=sea")
    }

    pub fn from(mut self, address: [u8; 4]) -> Ask {
        self.from = Some(IpAddr::from(address));
        self
    }

    /// Sends it and reads until the server closes.
    pub fn send(&self, to: SocketAddr) -> Answer {
        let mut stream = self.begin(to);
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        parse(&bytes)
    }

    /// Sends it and hands over the open stream.
    pub fn begin(&self, to: SocketAddr) -> TcpStream {
        let mut stream = connect(self.from, to);
        stream.set_read_timeout(Some(Duration::from_secs(300))).unwrap();
        let mut head = format!(
            "{} {} HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\n",
            self.method, self.path
        );
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let body = self.body.clone().map(String::into_bytes).or(self.raw.clone());
        let sends = body.is_some();
        let body = body.unwrap_or_default();
        if sends {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        // A server that refuses early may close before all is sent.
        let _ = stream.write_all(&[format!("{head}\r\n").as_bytes(), &body].concat());
        stream
    }
}

/// Another loopback address is reached by asking the whole of 127.0.0.0/8; the peer then sees it as the sender.
fn connect(from: Option<IpAddr>, to: SocketAddr) -> TcpStream {
    match from {
        None => TcpStream::connect(to).unwrap(),
        Some(from) => {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            let stream = runtime.block_on(async {
                let socket = tokio::net::TcpSocket::new_v4().unwrap();
                socket.bind(SocketAddr::new(from, 0)).unwrap();
                socket.connect(to).await.unwrap().into_std().unwrap()
            });
            stream.set_nonblocking(false).unwrap();
            stream
        }
    }
}

fn parse(bytes: &[u8]) -> Answer {
    let split = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap_or_else(|| panic!("no answer: {bytes:?}"));
    let head = String::from_utf8_lossy(&bytes[..split]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let mut body = bytes[split + 4..].to_vec();
    if headers
        .iter()
        .any(|(name, value)| name == "transfer-encoding" && value == "chunked")
    {
        body = unchunked(&body);
    }
    Answer {
        status,
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
        bytes: body,
    }
}

fn unchunked(mut bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = bytes.windows(2).position(|two| two == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[..end]).unwrap(), 16).unwrap();
        let from = end + 2;
        if size == 0 || bytes.len() < from + size {
            break;
        }
        whole.extend_from_slice(&bytes[from..from + size]);
        bytes = &bytes[from + size + 2..];
    }
    whole
}
