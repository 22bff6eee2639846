//! Whether a request that changes something comes from our own pages. 跨站请求
//!
//! A browser sends the cookie with requests that other sites start; it also says who started them. What changes something
//! and brings no token must say that it comes from here: by `Origin`, or by `Sec-Fetch-Site` where a browser leaves
//! `Origin` out. A program that signs in by cookie sends `Origin` itself. The layer of `tower-http` lets a request
//! pass that says nothing at all; we do not.

use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};

/// Whether the request comes from `office`, the office's own address, or from the host that it was sent to.
pub fn ours(headers: &HeaderMap, office: &str) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let site = text("sec-fetch-site");
    if site.is_some_and(|site| site != "same-origin") {
        return false;
    }
    match text(ORIGIN.as_str()) {
        None => site.is_some(),
        Some(origin) if origin.eq_ignore_ascii_case(office) => true,
        Some(origin) => {
            // Behind a proxy or on loopback by another name, the host that the browser asked for is what counts.
            let authority = origin.split_once("://").map(|(_, authority)| authority);
            let host = headers.get(HOST).and_then(|value| value.to_str().ok());
            authority.is_some() && authority == host
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    #[test]
    fn only_our_own_pages_pass() {
        let check = |lines: &[(&'static str, &'static str)], passes: bool| {
            let mut headers = HeaderMap::new();
            for (name, value) in lines {
                headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            assert_eq!(ours(&headers, "https://pinji.example"), passes, "{lines:?}");
        };
        check(&[], false);
        check(&[("host", "pinji.example")], false);
        check(&[("origin", "https://pinji.example")], true);
        check(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")], true);
        check(
            &[("origin", "http://127.0.0.1:8081"), ("host", "127.0.0.1:8080")],
            false,
        );
        check(&[("origin", "https://pinji.example.evil.example")], false);
        check(&[("origin", "null"), ("host", "pinji.example")], false);
        check(&[("sec-fetch-site", "same-origin")], true);
        check(
            &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
            false,
        );
        check(&[("sec-fetch-site", "same-site")], false);
        check(
            &[("sec-fetch-site", "cross-site"), ("origin", "https://pinji.example")],
            false,
        );
        check(&[("sec-fetch-site", "none")], false);
    }
}
