//! The installation. 系统

use pinji_access::{Resource, What};

use super::{Action, Caller, Fault, Office};

/// The installation. 系统状态
#[derive(Debug, Clone)]
pub struct SystemView {
    /// The version of Pinji.
    pub version: &'static str,
    /// `sqlite` or `postgresql`.
    pub store: &'static str,
    /// The step that the schema is at.
    pub schema_step: i64,
    /// How many entries the ledger has.
    pub ledger_size: u64,
    /// The office's address.
    pub origin: String,
}

/// The state of the installation. 系统状态
pub async fn read(office: &Office, caller: &Caller) -> Result<SystemView, Fault> {
    office.authorize(caller, Action::SystemRead, &Resource::new(What::System))?;
    let store = match office.store.place() {
        pinji_store::Place::Folder(_) => "sqlite",
        pinji_store::Place::Postgres(_) => "postgresql",
    };
    Ok(SystemView {
        version: env!("CARGO_PKG_VERSION"),
        store,
        schema_step: office.store.schema_step().await?,
        ledger_size: office.frontier().await?.size(),
        origin: office.origin().to_owned(),
    })
}
