//! The office as it is served: started, looked at from outside, and ended.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::Bench;
use super::client::Client;

/// A server; killed when dropped.
pub struct Served {
    child: Child,
    /// Where it listens.
    pub port: u16,
    /// From its start until it took requests.
    pub began_in: Duration,
}

impl Served {
    /// Starts the program on the planted office, with its log in a file as a service has it.
    pub fn start(bench: &Bench) -> Result<Served> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let log = File::options()
            .create(true)
            .append(true)
            .open(bench.options.work.join("server.log"))?;
        let began = Instant::now();
        let mut child = Command::new(&bench.pinji)
            .args([
                "serve",
                "--json",
                "--without-second-factor",
                "--proxy",
                "127.0.0.1",
                "--folder",
            ])
            .arg(&bench.folder)
            .args(["--listen", &format!("127.0.0.1:{port}")])
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start {}", bench.pinji.display()))?;
        let out = child.stdout.take().context("no standard output")?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        let served = Served {
            child,
            port,
            began_in: began.elapsed(),
        };
        ensure!(line.contains("listening"), "the server did not start: see server.log");
        Ok(served)
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// MiB that it holds, and held at most.
    pub fn memory(&self) -> (u64, u64) {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let of = |key: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default();
            line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or(0) >> 10
        };
        (of("VmRSS:"), of("VmHWM:"))
    }

    /// Kills it, as a power cut does.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// People of these names, signed in; each has an address of his own, counted from `first`.
    pub fn people(&self, bench: &Bench, first: usize, logins: impl Iterator<Item = String>) -> Result<Vec<Client>> {
        let password = bench.plan["password"].as_str().unwrap_or_default();
        let sign_in = |(at, login): (usize, String)| Client::sign_in(self.port, first + at, &login, password);
        logins.enumerate().map(sign_in).collect()
    }

    /// The rating administrators, who see all customers that are not confidential.
    pub fn administrators(&self, bench: &Bench) -> Result<Vec<Client>> {
        let logins = (0..bench.count("administrators")).map(|number| format!("r{number:02}"));
        self.people(bench, 1, logins)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
