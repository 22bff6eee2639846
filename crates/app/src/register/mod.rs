//! The register: customers and their records, people and their rights, the ledger; one function per use case. 登记
//!
//! Each use case authorizes, loads once, decides, and writes once: one transaction, one entry in the ledger. Instants and
//! random bytes come from the [`Office`], which was handed a [`Clock`] and a [`Chance`] at the edge.

mod answer;
mod caller;
pub mod cases;
mod clock;
pub mod conflicts;
pub mod customer_page;
pub mod customers;
mod deed;
pub mod erasures;
mod fault;
pub mod grants;
pub mod groups;
mod identify;
pub mod inspect;
pub mod jobs;
mod keys;
pub mod kinds;
pub mod ledger;
pub mod links;
pub mod loading;
pub mod notices;
mod office;
mod page;
pub mod passkeys;
mod password;
pub mod permits;
pub mod personal;
mod reach;
pub mod records;
pub mod relations;
pub mod rules;
pub mod runs;
pub mod second_factor;
pub mod session;
pub mod setup;
pub mod sign_on;
pub mod submissions;
pub mod system;
pub mod teams;
pub mod tokens;
pub mod users;

pub use answer::{Answer, Outcome};
pub use caller::{Asked, Caller, Credential, Once, Via};
pub use clock::{Chance, Clock};
pub use fault::{Fault, Wrong, chain};
pub use office::{Office, Opening, Repeated, SecondFactor};
pub use page::Slice;
pub use pinji_access::Action;
pub use pinji_access::identity::SecretText;
