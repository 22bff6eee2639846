//! A file as an answer. 文件应答

use axum::body::Body;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, Response};
use axum::response::IntoResponse;

/// Media type of workbooks.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Media type of CSV in UTF-8.
pub const CSV: &str = "text/csv; charset=utf-8";

/// A file to be saved by whoever asked. 下载文件
pub struct Download {
    /// What it is called; plain ASCII, or it has no name.
    pub name: String,
    /// Its media type.
    pub media: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl IntoResponse for Download {
    fn into_response(self) -> Response<Body> {
        let mut answer = Response::new(Body::from(self.bytes));
        let headers = answer.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.media));
        let plain = |ch: char| ch.is_ascii_alphanumeric() || "-_.".contains(ch);
        let says = match self.name.chars().all(plain) {
            true => format!("attachment; filename=\"{}\"", self.name),
            false => "attachment".to_owned(),
        };
        if let Ok(says) = HeaderValue::from_str(&says) {
            headers.insert(CONTENT_DISPOSITION, says);
        }
        answer
    }
}
