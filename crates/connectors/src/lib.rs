//! Files in and out: Excel, CSV and Parquet to checked columns, and workbooks and CSV back. 数据连接
//!
//! - [`open`] reads a wide file or a folder of record-kind files. Each cell is understood by the type of its field and by
//!   nothing else; what cannot be understood is a [`BadCell`], and all of them are found at once.
//! - A [`Table`] hands out Arrow columns in the storage types of its fields, part by part.
//! - [`mark`] gives the original back with its bad cells marked; [`workbook::write`] writes workbooks in which texts stay
//!   texts; [`csv`] writes CSV that no spreadsheet takes for formulas.
//! - [`template`] makes workbooks for people to fill in, which [`open`] knows again.
//!
//! No formula is ever evaluated, none is ever written, and no file makes the program panic.

mod alike;
mod bad;
mod book;
mod choose;
mod columnar;
pub mod columns;
mod convert;
pub mod csv;
mod differences;
mod duplicates;
mod error;
mod fold;
mod guard;
mod input;
mod keys;
mod limits;
mod load;
mod mapping;
mod mark;
mod needs;
mod open;
mod plan;
mod shape;
mod source;
mod spill;
mod survey;
mod table;
pub mod template;
mod text;
mod unit;
mod value;
pub mod workbook;

pub use alike::nearest;
pub use bad::{BadCell, column_letter};
pub use differences::{Place, differences};
pub use error::DataError;
pub use input::InputFile;
pub use limits::Limits;
pub use mapping::Mapping;
pub use mark::mark;
pub use needs::{Need, Needs};
pub use open::{Dataset, Elsewhere, Layout, OpenOptions, open};
pub use plan::named;
pub use survey::{Survey, each_batch, survey};
pub use table::Table;
pub use value::code::credit_code;
pub use value::date::Calendar;
