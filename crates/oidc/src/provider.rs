//! One provider: people sent to it, codes exchanged, tokens believed or not. 身份提供方

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pinji_app::register::Clock;
use pinji_app::register::sign_on::{Errand, Later, SignOn, Unsure, Who};
use pinji_domain::{Message, Timestamp};
use reqwest::Client;
use ring::digest::{SHA256, digest};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::claims::{self, Expected};
use crate::config::Config;
use crate::http::{self, Lost};
use crate::jws::Token;
use crate::keys::{Known, Memory, Metadata};

/// A provider of identities. 身份提供方
pub struct Provider {
    config: Config,
    client: Client,
    memory: Memory,
    clock: Clock,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: Option<String>,
    access_token: Option<String>,
}

impl Provider {
    /// The provider that the configuration names. Nothing is asked of it yet: the office opens also while it is away.
    pub fn new(config: Config, clock: Clock) -> Result<Provider, Box<dyn std::error::Error + Send + Sync>> {
        let client = http::client(config.ca_file.as_deref())?;
        Ok(Provider {
            config,
            client,
            memory: Memory::default(),
            clock,
        })
    }

    async fn known(&self, now: Timestamp) -> Result<Known, Unsure> {
        let known = self
            .memory
            .known(&self.client, &self.config.issuer, self.config.insecure, now);
        known.await.map_err(away)
    }

    async fn address(&self, errand: &Errand) -> Result<String, Unsure> {
        let known = self.known(self.clock.now()).await?;
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, errand.verifier.as_bytes()));
        let mut url = known.metadata.authorization_endpoint.clone();
        {
            let mut query = url.query_pairs_mut();
            query
                .append_pair("response_type", "code")
                .append_pair("client_id", &self.config.client_id)
                .append_pair("redirect_uri", &errand.back)
                .append_pair("scope", &self.config.scopes.join(" "))
                .append_pair("state", &errand.state)
                .append_pair("nonce", &errand.nonce)
                .append_pair("code_challenge", &challenge)
                .append_pair("code_challenge_method", "S256");
            if errand.anew {
                query.append_pair("prompt", "login").append_pair("max_age", "0");
            }
        }
        Ok(url.into())
    }

    async fn who(&self, code: &str, from: Option<&str>, errand: &Errand, now: Timestamp) -> Result<Who, Unsure> {
        let known = self.known(now).await?;
        // Two providers must not be taken one for the other (RFC 9207).
        let named = from.is_some() || known.metadata.authorization_response_iss_parameter_supported;
        if named && from != Some(&self.config.issuer) {
            return Err(refused("oidc-answer-of-another-issuer"));
        }
        let tokens = self.exchange(&known.metadata, code, errand).await?;
        let text = tokens.id_token.ok_or_else(|| refused("oidc-token-unreadable"))?;
        let mut claims = self.believed(known.clone(), &text, errand, now).await?;
        if let Some(access) = &tokens.access_token {
            self.complete(&known.metadata, access, &mut claims).await?;
        }
        self.read(&claims)
    }

    async fn exchange(&self, metadata: &Metadata, code: &str, errand: &Errand) -> Result<Tokens, Unsure> {
        let url = &metadata.token_endpoint;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", errand.back.as_str()),
            ("code_verifier", errand.verifier.as_str()),
        ];
        let mut request = self.client.post(url.clone());
        let ways = metadata.token_endpoint_auth_methods_supported.as_deref();
        let by_header = ways.is_none_or(|ways| ways.iter().any(|way| way == "client_secret_basic"));
        match self.config.secret.as_deref() {
            // Both halves are encoded like a form first, as RFC 6749 2.3.1 says.
            Some(secret) if by_header => {
                request = request.basic_auth(encoded(&self.config.client_id), Some(encoded(secret)));
            }
            secret => {
                form.push(("client_id", &self.config.client_id));
                form.extend(secret.map(|secret| ("client_secret", secret)));
            }
        }
        http::json(url, request.form(&form)).await.map_err(|lost| match lost {
            // Used before, too old, or another's: the provider does not say which.
            Lost::Status { says, .. } if says == "invalid_grant" => refused("oidc-code-refused"),
            other => away(other),
        })
    }

    /// The claims of a token that one of the provider's keys signed and that is for us.
    async fn believed(
        &self,
        known: Known,
        text: &str,
        errand: &Errand,
        now: Timestamp,
    ) -> Result<Map<String, Value>, Unsure> {
        let token = Token::parse(text).ok_or_else(|| refused("oidc-token-unreadable"))?;
        let allowed = token
            .algorithm
            .filter(|algorithm| self.config.algorithms.contains(algorithm));
        let algorithm = allowed.ok_or_else(|| refused("oidc-token-algorithm"))?;
        let mut payload = token.verified(algorithm, &known.keys);
        let renewed;
        if payload.is_none() {
            // The provider may have changed its keys since.
            renewed = self.memory.renewed(&self.client, &known, now).await.map_err(away)?;
            payload = token.verified(algorithm, &renewed.keys);
        }
        let payload = payload.ok_or_else(|| refused("oidc-token-signature"))?;
        let expected = Expected {
            issuer: &self.config.issuer,
            client: &self.config.client_id,
            nonce: &errand.nonce,
            now,
        };
        claims::check(payload, &expected).map_err(Unsure::Refused)
    }

    /// Asks for more about somebody, where the token lacks what we need. What the token says stands.
    async fn complete(&self, metadata: &Metadata, access: &str, claims: &mut Map<String, Value>) -> Result<(), Unsure> {
        let lacks = |place: &str| claims::at(claims, place).is_none();
        let lacking = lacks(&self.config.groups_claim) || lacks(&self.config.login_claim);
        let Some(url) = metadata.userinfo_endpoint.as_ref().filter(|_| lacking) else {
            return Ok(());
        };
        let request = self.client.get(url.clone()).bearer_auth(access);
        let more: Map<String, Value> = http::json(url, request).await.map_err(away)?;
        // A token may be swapped for another's on its way to us; the subject says whose it is.
        if more.get("sub") != claims.get("sub") {
            return Err(refused("oidc-userinfo-of-another"));
        }
        for (name, value) in more {
            claims.entry(name).or_insert(value);
        }
        Ok(())
    }

    fn read(&self, claims: &Map<String, Value>) -> Result<Who, Unsure> {
        let text = |place: &str| claims::at(claims, place).and_then(Value::as_str).map(str::to_owned);
        let groups = claims::groups(claims, &self.config.groups_claim).map_err(Unsure::Refused)?;
        // Only what the provider has looked at; and some leave the word out.
        let checked = claims
            .get("email_verified")
            .is_none_or(|word| *word == Value::Bool(true) || word == "true");
        Ok(Who {
            subject: text("sub").unwrap_or_default(),
            login: text(&self.config.login_claim),
            name: text("name"),
            email: text("email").filter(|_| checked),
            groups,
            strong: self.is_strong(claims),
            proved_at: claims::instant(claims, "auth_time"),
        })
    }

    /// Whether the provider says that more than a password was shown: by the methods (RFC 8176), or by a level that the
    /// configuration names.
    fn is_strong(&self, claims: &Map<String, Value>) -> bool {
        let methods = claims.get("amr").and_then(Value::as_array).into_iter().flatten();
        let by_method = methods
            .filter_map(Value::as_str)
            .any(|method| self.config.strong_amr.iter().any(|known| known == method));
        let level = claims.get("acr").and_then(Value::as_str);
        by_method || level.is_some_and(|level| self.config.strong_acr.iter().any(|known| known == level))
    }
}

impl SignOn for Provider {
    fn issuer(&self) -> &str {
        &self.config.issuer
    }

    fn begin<'a>(&'a self, errand: &'a Errand) -> Later<'a, String> {
        Box::pin(self.address(errand))
    }

    fn finish<'a>(
        &'a self,
        code: &'a str,
        from: Option<&'a str>,
        errand: &'a Errand,
        now: Timestamp,
    ) -> Later<'a, Who> {
        Box::pin(self.who(code, from, errand, now))
    }
}

fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn refused(code: &'static str) -> Unsure {
    Unsure::Refused(Message::new(code))
}

fn away(lost: Lost) -> Unsure {
    Unsure::Away(lost.into())
}
