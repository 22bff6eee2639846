//! Submissions: collected, compared with what is known, audited by another, kept as records, taken back. 报送与审核
//!
//! What comes in is read and compared at once and shown as a draft ([`send`]); its collector stands by it ([`confirm`]);
//! an independent auditor judges it ([`audit`]), and what is accepted becomes versions of records in the transaction of the
//! judgement. The rules are those of `pinji_workflow`; here stand the store and the rights. Rows are worked on a thousand
//! at a time, so that a large workbook costs its own size in memory and no more.

mod accept;
mod again;
mod alike;
mod audit;
mod compare;
mod confirm;
mod draft;
pub(crate) mod erase;
mod folder;
mod overdue;
mod reading;
mod rows;
mod sheets;
mod stand;
mod told;
mod views;
mod who;

pub use audit::{Words, audit, undo};
pub use confirm::{confirm, withdraw};
pub use draft::{Sent, Terms, send};
pub use folder::{Picked, pick_up, pick_up_as};
pub use overdue::{OverdueView, Place as OverduePlace, overdue};
pub use pinji_workflow::submission::Judgement;
pub use reading::{Changed, FileView, RowView, WhichRows, WhichSubmissions, file, list, marked, read, rows};
pub use rows::{BadPlace, Became, Doubted, KeptOut, Said, SheetNote};
pub use views::SubmissionView;
