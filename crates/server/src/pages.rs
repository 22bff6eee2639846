//! Lists in pages: an opaque, signed cursor to the next one, and a `Link` header. 分页与游标

use axum::Json;
use axum::http::header::LINK;
use axum::http::{HeaderValue, Uri};
use axum::response::{IntoResponse, Response};
use pinji_domain::Message;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::problem::{Problem, Sort};
use crate::shared::Shared;

/// Which page of a list. 页
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// How many entries at most.
    #[param(minimum = 1, maximum = 500, default = 50, example = 50)]
    pub limit: Option<u32>,
    /// Where to go on: the cursor of the page before.
    #[param(example = json!(null))]
    pub cursor: Option<String>,
}

impl Paging {
    /// How many entries the page has at most.
    pub fn limit(&self) -> Result<u32, Problem> {
        match self.limit {
            None => Ok(50),
            Some(limit @ 1..=500) => Ok(limit),
            Some(_) => Err(Problem::with(
                Sort::Malformed,
                Message::new("server-page-limit").with("most", 500_i64),
            )),
        }
    }

    /// Where the page begins in the list called `list`; `None` for the first.
    pub fn after<T: DeserializeOwned>(&self, shared: &Shared, list: &str) -> Result<Option<T>, Problem> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let bad = || Problem::with(Sort::BadCursor, Message::new("server-cursor-not-ours"));
        let bytes = shared.office.unseal(list, cursor).ok_or_else(bad)?;
        serde_json::from_slice(&bytes).map(Some).map_err(|_| bad())
    }
}

/// One page of a list. 一页
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The entries, in the order of the list.
    pub items: Vec<T>,
    /// The cursor of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// How many entries there are on all pages, where the list counts and that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
}

/// How many entries a list has, counted up to a limit. 计数
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({ "rows": 1234, "exact": true }))]
pub struct Count {
    /// So many.
    pub rows: i64,
    /// Whether that is all; else there are more.
    pub exact: bool,
}

impl<T> Page<T> {
    /// A list that is always whole.
    pub fn whole(items: Vec<T>) -> Page<T> {
        Page {
            items,
            next: None,
            count: None,
        }
    }
}

/// A page and the address that it was asked under, for the `Link` header.
pub struct Listed<T> {
    page: Page<T>,
    uri: Uri,
}

impl<T> Listed<T> {
    /// A page of the list called `list`; `next` is where the following one begins.
    pub fn new(
        shared: &Shared,
        uri: Uri,
        list: &str,
        items: Vec<T>,
        next: Option<impl Serialize>,
    ) -> Result<Listed<T>, Problem> {
        let next = match next {
            None => None,
            Some(next) => {
                let bytes = serde_json::to_vec(&next).map_err(|_| Problem::new(Sort::Broken))?;
                Some(shared.office.seal(list, &bytes))
            }
        };
        Ok(Listed {
            page: Page {
                items,
                next,
                count: None,
            },
            uri,
        })
    }

    /// The same page with how many entries there are on all.
    #[must_use]
    pub fn counting(mut self, count: Option<Count>) -> Listed<T> {
        self.page.count = count;
        self
    }
}

impl<T: Serialize> IntoResponse for Listed<T> {
    fn into_response(self) -> Response {
        let link = self.page.next.as_ref().map(|next| {
            let kept = self.uri.query().unwrap_or_default().split('&');
            let mut query: Vec<&str> = kept
                .filter(|part| !part.is_empty() && !part.starts_with("cursor="))
                .collect();
            let cursor = format!("cursor={next}");
            query.push(&cursor);
            format!("<{}?{}>; rel=\"next\"", self.uri.path(), query.join("&"))
        });
        let mut answer = Json(self.page).into_response();
        if let Some(link) = link.and_then(|link| HeaderValue::from_str(&link).ok()) {
            answer.headers_mut().insert(LINK, link);
        }
        answer
    }
}
