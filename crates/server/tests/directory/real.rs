//! A provider that others wrote: `oidc-provider` of Node.js, where it can be had. RS256, its own checks of ours.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use pinji_app::register::{Clock, Opening};
use serde_json::json;

use super::office::with_file;
use crate::client::{Answer, Ask};
use crate::site::{Person, Site, generous};

struct Node(Child);

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The package under target/, fetched once; `None` where that cannot be.
fn package() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/oidc-provider");
    if !folder.join("node_modules/oidc-provider/package.json").exists() {
        std::fs::create_dir_all(&folder).ok()?;
        std::fs::write(folder.join("package.json"), "{\"private\":true,\"type\":\"module\"}").ok()?;
        let done = Command::new("npm")
            .args(["install", "--no-audit", "--no-fund", "oidc-provider@9"])
            .current_dir(&folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if !done.is_ok_and(|status| status.success()) {
            return None;
        }
    }
    Some(folder)
}

const SERVER: &str = r#"
import http from 'node:http';
import { Provider } from 'oidc-provider';
const server = http.createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'pinji', client_secret: 'a secret, with + and /', redirect_uris: [process.argv[2]] }],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'groups'], email: ['email', 'email_verified'] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({
      sub: id, name: '王芳', preferred_username: 'wang.fang', groups: ['auditors'], email: 'wang@pinji.example', email_verified: true }) }),
    features: { devInteractions: { enabled: true } },
  });
  server.on('request', provider.callback());
  console.log(issuer);
});
"#;

#[test]
fn a_provider_that_others_wrote_lets_people_in() {
    let Some(folder) = package() else {
        eprintln!("skipped: oidc-provider cannot be had: no npm, or no way to its registry");
        return;
    };
    let back = format!("{}/api/v1/session/oidc/callback", crate::site::ORIGIN);
    std::fs::write(folder.join("server.mjs"), SERVER).unwrap();
    let started = Command::new("node")
        .args(["server.mjs", &back])
        .current_dir(&folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = started else {
        eprintln!("skipped: node cannot be started");
        return;
    };
    let output = child.stdout.take().unwrap();
    let _node = Node(child);
    // Kept open: the provider writes more later, and ends when nobody listens.
    let mut lines = BufReader::new(output).lines();
    let issuer = lines.next().unwrap().unwrap();
    let at = issuer.trim_start_matches("http://").parse().unwrap();

    let site = Site::opened("sqlite", None, generous(), |clock, opening| {
        // The provider lives by the machine's clock; so does the office here, as far as the test's clock follows.
        clock.set(Clock::system().now());
        let text = format!(
            "issuer = '{issuer}'\nclient_id = 'pinji'\nclient_secret = 'a secret, with + and /'\ncreate_users = true\n\
             [[map]]\ngroup = 'auditors'\nroles = ['auditor']\n"
        );
        let told = Arc::clone(clock);
        let opening = Opening {
            clock: Clock::new(move || told.now()),
            ..opening
        };
        with_file(opening, &text)
    });
    site.set_up();
    site.clock.set(Clock::system().now());
    let begun = site.send(&site.ask("GET", "/api/v1/session/oidc")).expect(303);
    let memory = begun
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();

    // A browser on the pages of the provider: the form for the name, then the one for consent.
    let mut jar: Vec<(String, String)> = Vec::new();
    let mut ask = |method: &str, address: &str, body: Option<&str>| -> Answer {
        let path = address.strip_prefix(&issuer).unwrap_or(address);
        let cookies: Vec<String> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut ask = Ask::new(method, path).header("Cookie", &cookies.join("; "));
        if let Some(body) = body {
            ask.body = Some(body.to_owned());
            ask = ask.header("Content-Type", "application/x-www-form-urlencoded");
        }
        let answer = ask.send(at);
        for (_, line) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            jar.retain(|(known, _)| known != name);
            if !value.is_empty() {
                jar.push((name.to_owned(), value.to_owned()));
            }
        }
        answer
    };
    let mut address = begun.header("location").unwrap().to_owned();
    for _ in 0..12 {
        if address.starts_with(&back) {
            break;
        }
        let answer = ask("GET", &address, None);
        if let Some(next) = answer.header("location") {
            address = next.to_owned();
            continue;
        }
        assert_eq!(answer.status, 200, "{answer:?}");
        let body = match answer.body.contains("name=\"prompt\" value=\"login\"") {
            true => "prompt=login&login=w-1&password=any",
            false => "prompt=consent",
        };
        let form = ask("POST", &address, Some(body));
        address = form.header("location").unwrap_or_else(|| panic!("{form:?}")).to_owned();
    }
    let path = address.strip_prefix(crate::site::ORIGIN).unwrap();
    let answer = site.send(&site.ask("GET", path).header("Cookie", &memory)).expect(303);
    let person = Person {
        id: 0,
        login: String::new(),
        password: String::new(),
        factor: None,
        cookie: answer.cookie().unwrap(),
    };
    let mine = site.get(&person, "/api/v1/session").expect(200).json();
    assert_eq!(
        (&mine["login"], &mine["roles"]),
        (&json!("wang.fang"), &json!(["auditor"]))
    );
    // Its codes are good once; and we do not even ask it again.
    site.send(&site.ask("GET", path).header("Cookie", &memory)).expect(401);
}
