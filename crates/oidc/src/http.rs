//! Asking the provider: over TLS with ring, no redirects, not longer and not more than it takes. HTTP 客户端

use std::path::Path;
use std::time::Duration;

use reqwest::{Certificate, Client, RequestBuilder, StatusCode, Url, redirect};
use serde::de::DeserializeOwned;

/// The longest answer that a provider may give: some have hundreds of groups in a token.
const MOST: usize = 1 << 20;

/// Why a provider gave no answer that can be read. 通信故障
#[derive(Debug, thiserror::Error)]
pub enum Lost {
    /// It was not reached, or broke off.
    #[error("the provider at {host} cannot be reached")]
    Unreached {
        /// Where.
        host: String,
        /// Why.
        #[source]
        cause: reqwest::Error,
    },
    /// It answered with another status.
    #[error("the provider answered {path} with status {status}: {says}")]
    Status {
        /// What was asked.
        path: String,
        /// The status.
        status: u16,
        /// The `error` of RFC 6749 in the answer, or nothing.
        says: String,
    },
    /// It answered something else than was asked for.
    #[error("the provider's answer to {path} cannot be read: {why}")]
    Unreadable {
        /// What was asked.
        path: String,
        /// Why.
        why: String,
    },
}

/// A client for one provider; `ca` is a file with the company's own authority, in PEM.
pub fn client(ca: Option<&Path>) -> Result<Client, Box<dyn std::error::Error + Send + Sync>> {
    // Whoever was first has installed the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder()
        .redirect(redirect::Policy::none())
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(10))
        .user_agent("pinji");
    if let Some(path) = ca {
        let own = Certificate::from_pem_bundle(&std::fs::read(path)?)?;
        builder = builder.tls_certs_merge(own);
    }
    Ok(builder.build()?)
}

/// Sends a request and reads the JSON that comes back.
pub async fn json<T: DeserializeOwned>(url: &Url, request: RequestBuilder) -> Result<T, Lost> {
    let unreached = |cause| Lost::Unreached {
        host: url.host_str().unwrap_or_default().to_owned(),
        cause,
    };
    let mut answer = request
        .header("Accept", "application/json")
        .send()
        .await
        .map_err(unreached)?;
    let status = answer.status();
    let unreadable = |why: &str| Lost::Unreadable {
        path: url.path().to_owned(),
        why: why.to_owned(),
    };
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(unreached)? {
        if body.len() + part.len() > MOST {
            return Err(unreadable("it is longer than 1 MiB"));
        }
        body.extend_from_slice(&part);
    }
    if status != StatusCode::OK {
        let error: Option<serde_json::Value> = serde_json::from_slice(&body).ok();
        let says = error
            .as_ref()
            .and_then(|error| error.get("error"))
            .and_then(|error| error.as_str());
        let says = says
            .unwrap_or_default()
            .chars()
            .filter(|c| !c.is_control())
            .take(60)
            .collect();
        return Err(Lost::Status {
            path: url.path().to_owned(),
            status: status.as_u16(),
            says,
        });
    }
    serde_json::from_slice(&body).map_err(|why| unreadable(&why.to_string()))
}
