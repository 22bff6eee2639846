//! The file `oidc.toml` in the office's folder: which provider, and which roles go with which groups. 统一登录配置

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pinji_app::register::Clock;
use pinji_app::register::sign_on::{Directory, Mapping};
use pinji_domain::{Message, Role};
use reqwest::Url;
use serde::Deserialize;

use crate::Provider;
use crate::jws::Algorithm;

/// The name of the file. 文件名
pub const FILE: &str = "oidc.toml";

/// A provider, and how it is asked. 配置
#[derive(Debug, Clone)]
pub struct Config {
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) secret: Option<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) groups_claim: String,
    pub(crate) login_claim: String,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) strong_amr: Vec<String>,
    pub(crate) strong_acr: Vec<String>,
    pub(crate) ca_file: Option<PathBuf>,
    /// Whether plain http is taken: where the provider is on this machine, and nowhere else.
    pub(crate) insecure: bool,
    name: String,
    map: Vec<Mapping>,
    creates: bool,
    links: bool,
}

/// What is wrong with the file. 配置错误
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.code)]
pub struct ConfigError(Message);

impl ConfigError {
    /// The sentence for people.
    pub fn message(&self) -> Message {
        self.0.clone()
    }
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    issuer: String,
    client_id: String,
    client_secret: Option<String>,
    client_secret_file: Option<PathBuf>,
    name: Option<String>,
    #[serde(default = "usual_scopes")]
    scopes: Vec<String>,
    #[serde(default = "usual_groups")]
    groups_claim: String,
    #[serde(default = "usual_login")]
    login_claim: String,
    algorithms: Option<Vec<String>>,
    #[serde(default = "usual_strong")]
    strong_amr: Vec<String>,
    #[serde(default)]
    strong_acr: Vec<String>,
    ca_file: Option<PathBuf>,
    #[serde(default)]
    create_users: bool,
    #[serde(default)]
    link_users: bool,
    #[serde(default)]
    map: Vec<WrittenMapping>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenMapping {
    group: String,
    roles: Vec<String>,
    #[serde(default)]
    without_approval: bool,
}

fn usual_scopes() -> Vec<String> {
    ["openid", "profile", "email"].map(str::to_owned).to_vec()
}

fn usual_groups() -> String {
    "groups".to_owned()
}

fn usual_login() -> String {
    "preferred_username".to_owned()
}

/// Methods of RFC 8176 that are more than a password.
fn usual_strong() -> Vec<String> {
    ["mfa", "otp", "hwk", "swk", "sc"].map(str::to_owned).to_vec()
}

/// The configuration in this folder, if there is one; `secret` is the client's secret where the environment has it.
pub fn read(folder: &Path, secret: Option<String>) -> Result<Option<Config>, ConfigError> {
    let path = folder.join(FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(why) => return Err(unreadable(&path, &why)),
    };
    let written: Written = toml::from_str(&text).map_err(|why| unreadable(&path, &why))?;
    checked(written, folder, secret).map(Some)
}

fn checked(written: Written, folder: &Path, secret: Option<String>) -> Result<Config, ConfigError> {
    let insecure = is_loopback(&written.issuer);
    let url = Url::parse(&written.issuer).ok();
    let usable = url.filter(|url| {
        (url.scheme() == "https" || insecure) && url.query().is_none() && url.fragment().is_none() && url.has_host()
    });
    if usable.is_none() {
        return Err(wrong(Message::new("oidc-config-issuer").with("issuer", written.issuer)));
    }
    let given = [
        written.client_secret.is_some(),
        written.client_secret_file.is_some(),
        secret.is_some(),
    ];
    if given.into_iter().filter(|given| *given).count() > 1 {
        return Err(wrong(Message::new("oidc-config-secrets")));
    }
    let from_file = match &written.client_secret_file {
        None => None,
        Some(file) => {
            let path = folder.join(file);
            let text = std::fs::read_to_string(&path).map_err(|why| unreadable(&path, &why))?;
            Some(text.trim().to_owned())
        }
    };
    let mut scopes = written.scopes;
    if !scopes.iter().any(|scope| scope == "openid") {
        scopes.insert(0, "openid".to_owned());
    }
    let algorithms = match written.algorithms {
        None => Algorithm::ALL.to_vec(),
        Some(names) => names
            .iter()
            .map(|name| {
                let known = Algorithm::ALL.map(Algorithm::name).join(", ");
                let says = || {
                    Message::new("oidc-config-algorithm")
                        .with("name", name.as_str())
                        .with("known", known)
                };
                Algorithm::parse(name).ok_or_else(|| wrong(says()))
            })
            .collect::<Result<_, _>>()?,
    };
    let host = written.issuer.split("://").nth(1).unwrap_or_default();
    let host = host.split(['/', ':']).next().unwrap_or_default().to_owned();
    Ok(Config {
        secret: written.client_secret.or(from_file).or(secret),
        scopes,
        groups_claim: written.groups_claim,
        login_claim: written.login_claim,
        algorithms,
        strong_amr: written.strong_amr,
        strong_acr: written.strong_acr,
        ca_file: written.ca_file.map(|file| folder.join(file)),
        insecure,
        name: written.name.unwrap_or(host),
        map: written.map.into_iter().map(mapping).collect::<Result<_, _>>()?,
        creates: written.create_users,
        links: written.link_users,
        issuer: written.issuer,
        client_id: written.client_id,
    })
}

fn mapping(written: WrittenMapping) -> Result<Mapping, ConfigError> {
    let role = |code: &String| {
        // The customers' portal has a way in of its own.
        let known = Role::parse(code).filter(|role| *role != Role::Customer);
        let says = || {
            Message::new("oidc-config-role")
                .with("role", code.as_str())
                .with("group", written.group.as_str())
        };
        known.ok_or_else(|| wrong(says()))
    };
    Ok(Mapping {
        roles: written.roles.iter().map(role).collect::<Result<_, _>>()?,
        approved: written.without_approval,
        group: written.group,
    })
}

impl Config {
    /// What the office is opened with.
    pub fn directory(self, clock: Clock) -> Result<Directory, ConfigError> {
        let (name, map, creates, links) = (self.name.clone(), self.map.clone(), self.creates, self.links);
        let provider = Provider::new(self, clock)
            .map_err(|why| wrong(Message::new("oidc-config-client").with("why", why.to_string())))?;
        Ok(Directory {
            provider: Arc::new(provider),
            name,
            map,
            creates,
            links,
        })
    }
}

/// Whether this is plain http to this very machine: for trying things out, and for a provider behind a local proxy.
fn is_loopback(issuer: &str) -> bool {
    let Ok(url) = Url::parse(issuer) else { return false };
    let host = url.host_str().unwrap_or_default();
    let by_number = host.trim_matches(['[', ']']).parse::<IpAddr>();
    url.scheme() == "http" && (host == "localhost" || by_number.is_ok_and(|ip| ip.is_loopback()))
}

fn unreadable(path: &Path, why: &dyn std::fmt::Display) -> ConfigError {
    let why = why.to_string();
    wrong(
        Message::new("oidc-config-unreadable")
            .with("path", path.display().to_string())
            .with("why", why.trim()),
    )
}

fn wrong(says: Message) -> ConfigError {
    ConfigError(says)
}
