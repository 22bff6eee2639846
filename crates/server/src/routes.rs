//! The table of routes: each declares what it needs before it can be added. 路由表
//!
//! [`Routes::add`] is the only way in, so no route can be without its action; the same row says it to the guard, to the
//! OpenAPI document and to the tests that walk all routes.

use std::time::Duration;

use axum::Extension;
use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use pinji_app::register::Action;
use utoipa::openapi::{OpenApi, PathItem};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter, UtoipaMethodRouterExt};

/// What a request must show. 所需身份
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: whoever reaches the server may.
    Nothing,
    /// To be signed in: it is about oneself.
    SignedIn,
    /// The permission for this action.
    Permission(Action),
}

impl Needs {
    /// Its code in the OpenAPI document.
    pub fn code(self) -> &'static str {
        match self {
            Needs::Nothing => "nothing",
            Needs::SignedIn => "session",
            Needs::Permission(action) => action.code(),
        }
    }
}

/// What a request brings. 请求内容
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Brings {
    /// Little: it is read before anything is done, and a repetition must bring the same.
    Little,
    /// A file of at most so many bytes: it is read as it is kept, and a repetition is known by its length.
    File(usize),
}

/// The rules of one route. 路由规则
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// What a request must show.
    pub needs: Needs,
    /// What it costs of the asker's credits.
    pub cost: u32,
    /// What it brings.
    pub brings: Brings,
    /// How long it may take; `None` for streams.
    pub patience: Patience,
    /// Whether it changes something, so that exactly one entry of the ledger tells of it.
    pub changes: bool,
    /// Whether a change must name the version that it changes.
    pub versioned: bool,
    /// Whether a repeated request gets the first answer. Not so where the answer is a secret: signing in.
    pub repeatable: bool,
}

/// How long a request may take. 时限
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// As the server is set up.
    Usual,
    /// So long.
    Of(Duration),
    /// As long as somebody listens.
    Endless,
}

/// The longest body of an ordinary request.
pub const LITTLE: usize = 1 << 20;

impl Rule {
    /// The rules of an ordinary route that needs this.
    pub fn of(needs: Needs) -> Rule {
        Rule {
            needs,
            cost: 1,
            brings: Brings::Little,
            patience: Patience::Usual,
            changes: true,
            versioned: true,
            repeatable: true,
        }
    }

    /// With another cost.
    #[must_use]
    pub fn costing(self, cost: u32) -> Rule {
        Rule { cost, ..self }
    }

    /// For a file of at most so many bytes, with so much time.
    #[must_use]
    pub fn with_file(self, most: usize, time: Duration) -> Rule {
        Rule {
            brings: Brings::File(most),
            patience: Patience::Of(time),
            ..self
        }
    }

    /// For a stream that ends when the listener goes.
    #[must_use]
    pub fn streaming(self) -> Rule {
        Rule {
            patience: Patience::Endless,
            ..self
        }
    }

    /// Without a version: the thing has none, or is the caller's own session.
    #[must_use]
    pub fn unversioned(self) -> Rule {
        Rule {
            versioned: false,
            ..self
        }
    }

    /// Each time anew: the answer is a secret.
    #[must_use]
    pub fn never_repeated(self) -> Rule {
        Rule {
            repeatable: false,
            ..self
        }
    }
}

/// One route of the table. 路由
#[derive(Debug, Clone)]
pub struct Row {
    /// The method.
    pub method: Method,
    /// The template of its address, from the root.
    pub path: String,
    /// Its rules.
    pub rule: Rule,
}

/// The routes as they are put together. 路由表
pub struct Routes {
    router: OpenApiRouter,
    rows: Vec<Row>,
}

/// Before all addresses of the interface.
pub const PREFIX: &str = "/api/v1";

impl Routes {
    /// No routes yet, under this description.
    pub fn new(about: OpenApi) -> Routes {
        Routes {
            router: OpenApiRouter::with_openapi(about),
            rows: Vec::new(),
        }
    }

    /// An ordinary route that needs this.
    #[must_use]
    pub fn add(self, needs: Needs, route: UtoipaMethodRouter) -> Routes {
        self.add_with(Rule::of(needs), route)
    }

    /// A route with rules of its own.
    #[must_use]
    pub fn add_with(mut self, rule: Rule, (schemas, paths, methods): UtoipaMethodRouter) -> Routes {
        for (path, item) in &paths.paths {
            for method in methods_of(item) {
                let reads = method == Method::GET;
                let rule = Rule {
                    changes: rule.changes && !reads,
                    versioned: rule.versioned && !reads,
                    ..rule
                };
                self.rows.push(Row {
                    method,
                    path: format!("{PREFIX}{path}"),
                    rule,
                });
            }
        }
        let most = match rule.brings {
            Brings::Little => LITTLE,
            Brings::File(most) => most,
        };
        let route = (schemas, paths, methods).map(|methods| {
            methods
                .route_layer(axum::middleware::from_fn(crate::guard::guard))
                .route_layer(Extension(rule))
                .route_layer(DefaultBodyLimit::max(most))
        });
        Routes {
            router: self.router.routes(route),
            rows: self.rows,
        }
    }

    /// The router, the OpenAPI document as generated, and the table.
    pub fn parts(self) -> (axum::Router, OpenApi, Vec<Row>) {
        let (router, document) = self.router.split_for_parts();
        (axum::Router::new().nest(PREFIX, router), document, self.rows)
    }
}

fn methods_of(item: &PathItem) -> Vec<Method> {
    let slots = [
        (&item.get, Method::GET),
        (&item.post, Method::POST),
        (&item.put, Method::PUT),
        (&item.patch, Method::PATCH),
        (&item.delete, Method::DELETE),
    ];
    slots
        .into_iter()
        .filter(|(operation, _)| operation.is_some())
        .map(|(_, method)| method)
        .collect()
}
