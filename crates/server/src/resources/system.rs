//! The installation, for whoever keeps it running. 系统

use axum::Json;
use pinji_app::register::system;
use serde::Serialize;
use utoipa::ToSchema;

use crate::guard::By;
use crate::problem::Problem;
use crate::shared::Shared;

/// The installation. 系统状态
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "version": "0.1.0", "store": "sqlite", "schema_step": 1, "ledger_size": 42, "origin": "https://pinji.example" }))]
pub struct System {
    /// The version of Pinji.
    pub version: String,
    /// `sqlite` or `postgresql`.
    pub store: String,
    /// The step that the schema is at.
    pub schema_step: i64,
    /// How many entries the ledger has.
    pub ledger_size: u64,
    /// The address of the office.
    pub origin: String,
}

/// Reads the state of the installation. 系统状态
#[utoipa::path(get, path = "/system", tag = "Office",
    responses((status = 200, description = "The installation", body = System)))]
pub async fn read_system(shared: Shared, By(caller): By) -> Result<Json<System>, Problem> {
    let view = system::read(&shared.office, &caller).await?;
    Ok(Json(System {
        version: view.version.to_owned(),
        store: view.store.to_owned(),
        schema_step: view.schema_step,
        ledger_size: view.ledger_size,
        origin: view.origin,
    }))
}
