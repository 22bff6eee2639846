//! What is known of the provider, and its keys: asked for once, and again when a token names a key that is not there. 元数据与密钥

use std::sync::{Arc, Mutex, PoisonError};

use pinji_domain::Timestamp;
use reqwest::{Client, Url};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::http::{self, Lost};
use crate::jws::Jwk;

/// For how long what was read is taken as it is: a provider that moves is found the same day.
const FRESH: i64 = 3600;
/// How soon keys are asked for again because of a token that names another: nobody makes us ask more often.
const AGAIN: i64 = 10;

/// The parts of a provider's metadata that we use. 服务端元数据
#[derive(Debug, Clone, Deserialize)]
pub struct Metadata {
    /// Its name; must be the one that we were told.
    pub issuer: String,
    /// Where people are sent.
    #[serde(deserialize_with = "address")]
    pub authorization_endpoint: Url,
    /// Where codes are exchanged.
    #[serde(deserialize_with = "address")]
    pub token_endpoint: Url,
    /// Where its keys are.
    #[serde(deserialize_with = "address")]
    pub jwks_uri: Url,
    /// Where more about somebody is.
    #[serde(default, deserialize_with = "address_if_any")]
    pub userinfo_endpoint: Option<Url>,
    /// How a client may say who it is.
    #[serde(default)]
    pub token_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// Whether each answer names the issuer (RFC 9207).
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

fn address<'de, D: Deserializer<'de>>(from: D) -> Result<Url, D::Error> {
    Url::parse(&String::deserialize(from)?).map_err(D::Error::custom)
}

fn address_if_any<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Url>, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    text.map(|text| Url::parse(&text).map_err(D::Error::custom)).transpose()
}

/// What was read, and when. 缓存
#[derive(Debug, Clone)]
pub struct Known {
    /// The metadata.
    pub metadata: Arc<Metadata>,
    /// The keys.
    pub keys: Arc<[Jwk]>,
    metadata_at: Timestamp,
    keys_at: Timestamp,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<serde_json::Value>,
}

/// The memory of one provider.
#[derive(Debug, Default)]
pub struct Memory(Mutex<Option<Known>>);

impl Memory {
    fn get(&self) -> Option<Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put(&self, known: Known) -> Known {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(known.clone());
        known
    }

    /// Metadata and keys, not older than an hour.
    pub async fn known(&self, client: &Client, issuer: &str, insecure: bool, now: Timestamp) -> Result<Known, Lost> {
        let young = |at: Timestamp| (0..FRESH).contains(&now.seconds_since(at));
        if let Some(known) = self.get().filter(|known| young(known.metadata_at)) {
            return Ok(known);
        }
        let metadata = discover(client, issuer, insecure).await?;
        let keys = keys(client, &metadata.jwks_uri).await?;
        Ok(self.put(Known {
            metadata: Arc::new(metadata),
            keys,
            metadata_at: now,
            keys_at: now,
        }))
    }

    /// The same with keys asked for anew, unless that was a moment ago.
    pub async fn renewed(&self, client: &Client, known: &Known, now: Timestamp) -> Result<Known, Lost> {
        if (0..AGAIN).contains(&now.seconds_since(known.keys_at)) {
            return Ok(known.clone());
        }
        let keys = keys(client, &known.metadata.jwks_uri).await?;
        Ok(self.put(Known {
            keys,
            keys_at: now,
            ..known.clone()
        }))
    }
}

async fn discover(client: &Client, issuer: &str, insecure: bool) -> Result<Metadata, Lost> {
    let place = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let unreadable = |why: String| Lost::Unreadable {
        path: place.clone(),
        why,
    };
    let url = Url::parse(&place).map_err(|why| unreadable(why.to_string()))?;
    let metadata: Metadata = http::json(&url, client.get(url.clone())).await?;
    if metadata.issuer != issuer {
        return Err(unreadable(format!(
            "it names the issuer `{}`, not `{issuer}`",
            metadata.issuer
        )));
    }
    let all = [
        Some(&metadata.authorization_endpoint),
        Some(&metadata.token_endpoint),
        Some(&metadata.jwks_uri),
        metadata.userinfo_endpoint.as_ref(),
    ];
    let open = all
        .into_iter()
        .flatten()
        .find(|url| url.scheme() != "https" && !insecure);
    match open.map(Url::to_string) {
        Some(open) => Err(unreadable(format!("`{open}` is not under https"))),
        None => Ok(metadata),
    }
}

/// The keys; those of types that we do not know are left out.
async fn keys(client: &Client, url: &Url) -> Result<Arc<[Jwk]>, Lost> {
    let set: KeySet = http::json(url, client.get(url.clone())).await?;
    let keys = set.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok());
    Ok(keys.collect())
}
