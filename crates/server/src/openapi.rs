//! The OpenAPI document: what the types say, and what holds for all routes by the table. 接口文档

use axum::http::Method;
use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use crate::problem::Sort;
use crate::routes::{Brings, Needs, Row};

/// What the document says about the whole.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Pinji 品级",
        description = "Customers, records, audits, runs and grades of one office. All addresses begin with `/api/v1`.\n\n\
            **Signing in.** A person opens a session (`POST /session`) and keeps its cookie; a program sends an API token: \
            `Authorization: Bearer …`. What changes something under a cookie must carry `Origin` with the office's own \
            address, as browsers do; with curl: `-H 'Origin: http://127.0.0.1:8080'`. The cookie is `Secure`: browsers send it \
            to `https` and to `localhost`; curl keeps it for `http://127.0.0.1` only if told so by hand: \
            `-H 'Cookie: __Host-pinji=…'`.\n\n\
            **Once, and only once.** Each POST carries `Idempotency-Key`. The same key with the same request gives the first \
            answer again, also after a crash; secrets are shown the first time only. A request that was refused did nothing, \
            and may be sent again under its key. Signing in is not repeatable.\n\n\
            **Versions.** What is read carries an `ETag`; PUT, PATCH and DELETE of it carry `If-Match` with it. Who was \
            overtaken gets 412 with the fields that changed.\n\n\
            **Lists** come in pages; `next` and the header `Link` say where to go on. **Decimal numbers** are strings. \
            **Problems** are `application/problem+json`, in Chinese or English by `Accept-Language`; `instance` is the id to \
            quote.",
        version = "1"
    ),
    servers((url = "/", description = "This office")),
    tags(
        (name = "Set-up", description = "The first person, and whoever was invited. 初始设置"),
        (name = "Session", description = "Signing in and out, passwords, the second factor. 会话"),
        (name = "People", description = "Users, teams, roles, tokens, permissions. 人员与权限"),
        (name = "Customers", description = "Customers and their records. 客户与记录"),
        (name = "Privacy", description = "What is kept about persons: taken out, and erased by two. 个人信息"),
        (name = "Rules", description = "Record kinds and policies. 记录种类与分级标准"),
        (name = "Submissions", description = "Records sent in, compared, audited; what is overdue. 报送与审核"),
        (name = "Office", description = "Notices, jobs, the installation. 办公"),
        (name = "Runs", description = "Runs over the customers of a day, and the grades that came of them. 评级批次"),
        (name = "Cases", description = "From a run's grade to a decided one: screening, experts, committee, the grade in force. 评级案"),
        (name = "Ledger", description = "Who did what, and the proofs that nothing was changed. 台账"),
    )
)]
pub struct About;

/// The document with all that the table of routes says: needs, problems, keys and versions.
pub fn finished(document: utoipa::openapi::OpenApi, rows: &[Row]) -> Value {
    let mut document = serde_json::to_value(document).unwrap_or_default();
    let components = document.as_object_mut().and_then(|document| {
        document
            .entry("components")
            .or_insert_with(|| json!({}))
            .as_object_mut()
    });
    if let Some(components) = components {
        describe(components);
    }
    let paths = document.get_mut("paths").map(std::mem::take).unwrap_or_default();
    let mut full = Map::new();
    for (path, mut item) in paths.as_object().cloned().unwrap_or_default() {
        let path = format!("{}{path}", crate::routes::PREFIX);
        for row in rows.iter().filter(|row| row.path == path) {
            let method = row.method.as_str().to_ascii_lowercase();
            if let Some(operation) = item.get_mut(&method).and_then(Value::as_object_mut) {
                complete(operation, row);
            }
        }
        full.insert(path, item);
    }
    if let Some(map) = document.as_object_mut() {
        map.insert("paths".to_owned(), full.into());
    }
    document
}

/// The parts that operations refer to.
fn describe(components: &mut Map<String, Value>) {
    components.insert(
        "securitySchemes".to_owned(),
        json!({
            "session": { "type": "apiKey", "in": "cookie", "name": crate::guard::COOKIE_NAME, "description": "A person's session." },
            "token": { "type": "http", "scheme": "bearer", "description": "An API token." },
        }),
    );
    let mut responses = Map::new();
    for sort in Sort::ALL {
        let status = sort.status().as_u16().to_string();
        let response = responses.entry(format!("Problem{status}")).or_insert_with(|| {
            json!({
                "description": "",
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" }, "examples": {} } },
            })
        });
        let lang = pinji_domain::Lang::En;
        let title = pinji_locale::word(lang, sort.title());
        let before = response["description"].as_str().unwrap_or_default();
        let both = if before.is_empty() {
            title
        } else {
            format!("{before}; or: {title}")
        };
        response["description"] = both.into();
        let example = crate::problem::Problem::new(sort).body(lang, "5f3c2a9e8b7d6c41");
        if let Some(Value::Object(examples)) = response.pointer_mut("/content/application~1problem+json/examples") {
            examples.insert(sort.code().to_owned(), json!({ "value": example }));
        }
        if [429, 503].contains(&sort.status().as_u16()) {
            response["headers"] =
                json!({ "Retry-After": { "description": "Seconds to wait.", "schema": { "type": "integer" } } });
        }
    }
    components.insert("responses".to_owned(), responses.into());
    components.insert(
        "parameters".to_owned(),
        json!({
            "IdempotencyKey": {
                "name": "Idempotency-Key", "in": "header", "required": true,
                "description": "Makes a repetition known: 1 to 128 visible ASCII characters of your choice.",
                "schema": { "type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]{1,128}$" },
                "example": "5b8f7a3e-0c1d-4e2f-9a6b-7c8d9e0f1a2b",
            },
            "IfMatch": {
                "name": "If-Match", "in": "header", "required": true,
                "description": "The `ETag` of the version that is changed.",
                "schema": { "type": "string", "pattern": "^\"[0-9A-Za-z.]{1,1000}\"$" },
                "example": "\"3.q83vEjRW\"",
            },
        }),
    );
    let schemas = components.entry("schemas").or_insert_with(|| json!({}));
    schemas["Problem"] = json!({
        "type": "object",
        "description": "What went wrong, after RFC 9457. 问题",
        "required": ["type", "title", "status", "instance"],
        "properties": {
            "type": { "type": "string", "description": "Which sort of problem; stays the same for good.", "enum": Sort::ALL.map(|sort| format!("/problems/{}", sort.code())) },
            "title": { "type": "string", "description": "The sort, in words." },
            "status": { "type": "integer", "description": "The status." },
            "detail": { "type": "string", "description": "What it is here, and what to do." },
            "instance": { "type": "string", "description": "The request's id, to quote." },
            "errors": {
                "type": "array",
                "description": "The parts of the request that are wrong.",
                "items": {
                    "type": "object",
                    "required": ["pointer", "detail"],
                    "properties": {
                        "pointer": { "type": "string", "description": "Where, as a JSON pointer." },
                        "detail": { "type": "string", "description": "What is wrong with it." },
                    },
                },
            },
            "changed": { "type": "array", "items": { "type": "string" }, "description": "412: the fields that are no longer as you read them." },
        },
    });
}

/// What the table says about one operation.
fn complete(operation: &mut Map<String, Value>, row: &Row) {
    let rule = row.rule;
    let post = row.method == Method::POST;
    let versioned = rule.versioned && !post && row.method != Method::GET;
    operation.insert("x-pinji-needs".to_owned(), rule.needs.code().into());
    operation.insert("x-pinji-changes".to_owned(), rule.changes.into());
    let security = match rule.needs {
        Needs::Nothing => json!([]),
        _ => json!([{ "session": [] }, { "token": [] }]),
    };
    operation.insert("security".to_owned(), security);

    let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
    if let Some(parameters) = parameters.as_array_mut() {
        if post {
            parameters.push(json!({ "$ref": "#/components/parameters/IdempotencyKey" }));
        }
        if versioned {
            parameters.push(json!({ "$ref": "#/components/parameters/IfMatch" }));
        }
    }
    let in_path = row.path.contains('{');
    let reads_query = operation["parameters"]
        .as_array()
        .is_some_and(|all| all.iter().any(|one| one["in"] == "query"));
    let brings = operation.contains_key("requestBody") || matches!(rule.brings, Brings::File(_));
    let changes = row.method != Method::GET;
    let mut statuses = vec![429, 500, 503];
    if rule.needs != Needs::Nothing || changes {
        statuses.extend([401, 403]);
    }
    // Reading too may ask for what is not there yet: grades before a run, records that lie elsewhere.
    if rule.needs != Needs::Nothing || changes {
        statuses.push(409);
    }
    if changes {
        statuses.push(507);
    }
    // Reading in name only: whoever comes back is let in, or not; and there may be no directory.
    if row.path.contains("/session/oidc") {
        statuses.extend([401, 403, 404, 409]);
    }
    if in_path {
        statuses.push(404);
    }
    if post || brings || reads_query {
        statuses.push(400);
    }
    // A query that can be read and yet means nothing here: a cursor of another list, a state that there is none of.
    if reads_query {
        statuses.push(422);
    }
    if brings {
        statuses.extend([413, 415, 422]);
    }
    if post {
        statuses.push(422);
    }
    if versioned {
        statuses.extend([412, 428]);
    }
    statuses.sort_unstable();
    statuses.dedup();
    let responses = operation.entry("responses").or_insert_with(|| json!({}));
    for status in statuses {
        if responses.get(status.to_string()).is_none() {
            responses[status.to_string()] = json!({ "$ref": format!("#/components/responses/Problem{status}") });
        }
    }
}
