//! Workbooks for people to fill in: a sheet for each record kind, with drop-downs, units, notes and an example. 模板
//!
//! - A heading is the Chinese label with its unit, `*` after it where the column must be filled, tinted and with a note.
//! - The row below is an example. Its customer begins with [`EXAMPLE`], and reading passes over every such row and says so;
//!   nobody has to delete it, and a copy of it that keeps the mark is never taken for data.
//! - The hidden sheet [`STAMP_SHEET`] names the template, its version, and which field each heading was when the template was
//!   made. So a template stays readable when a label changes later.
//!
//! The same template is the same bytes every time.

mod column;
mod sheet;
pub(crate) mod stamp;

use pinji_domain::{Kind, Lang, Text};
use sha2::{Digest, Sha256};

use crate::error::DataError;
use crate::input::hex;
use crate::workbook::{self, Workbook};

pub use stamp::{Stamp, StampedSheet};

/// What the customer of an example row begins with. 示例行标记
pub const EXAMPLE: &str = "〔示例〕";

/// The name of the hidden sheet. 模板信息表
pub const STAMP_SHEET: &str = "_pinji";

/// A workbook to be filled in. 模板
#[derive(Debug, Clone)]
pub struct Template<'a> {
    /// Its id, for instance `kind:customer` or `policy:tob-standard`; the same over all its versions.
    pub id: String,
    /// Its title, for the properties of the file.
    pub title: Text,
    /// Its sheets, at least one.
    pub forms: Vec<Form<'a>>,
}

/// One sheet of a template. 表单
#[derive(Debug, Clone)]
pub struct Form<'a> {
    /// The kind of record.
    pub kind: &'a Kind,
    /// The fields that are asked for, in the order of the kind.
    pub fields: Vec<&'a str>,
}

impl<'a> Template<'a> {
    /// The template of one kind, with all its fields. 单表模板
    pub fn of_kind(kind: &'a Kind) -> Template<'a> {
        let all: Vec<&str> = kind.fields.iter().map(|field| field.id.as_str()).collect();
        Template {
            id: format!("kind:{}", kind.id),
            title: kind.name.clone(),
            forms: vec![Form { kind, fields: all }],
        }
    }

    /// The template of a policy: the kinds and fields that it reads. 分级标准模板
    ///
    /// Whatever it reads, a sheet also asks for what a row cannot do without: the customer, the key, the date and required
    /// fields. A kind that comes twice becomes one sheet; an unknown field is left out.
    pub fn of_policy<'r>(
        policy: &str,
        title: Text,
        reads: impl IntoIterator<Item = (&'a Kind, &'r [&'r str])>,
    ) -> Template<'a> {
        let mut forms: Vec<Form<'a>> = Vec::new();
        for (kind, read) in reads {
            let known = forms.iter().position(|form| form.kind.id == kind.id);
            let before = known
                .and_then(|at| forms.get(at))
                .map(|form| form.fields.clone())
                .unwrap_or_default();
            let needed = |id: &str| {
                let named =
                    kind.subject == id || kind.date.as_deref() == Some(id) || kind.key.iter().any(|key| key == id);
                named || kind.field(id).is_some_and(|field| field.required)
            };
            let ids = kind.fields.iter().map(|field| field.id.as_str());
            let fields = ids
                .filter(|id| needed(id) || read.contains(id) || before.contains(id))
                .collect();
            let form = Form { kind, fields };
            match known.and_then(|at| forms.get_mut(at)) {
                Some(slot) => *slot = form,
                None => forms.push(form),
            }
        }
        Template {
            id: format!("policy:{policy}"),
            title,
            forms,
        }
    }

    /// Its version: it changes when a kind, a field or a heading of it does. 模板版本
    pub fn version(&self) -> String {
        let mut hasher = Sha256::new();
        let mut put = |text: &str| {
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text.as_bytes());
        };
        for form in &self.forms {
            put(&form.kind.id);
            for column in column::all(form) {
                put(&column.field.id);
                put(&column.heading);
                put(&format!("{:?}", column.field.ty));
            }
        }
        hex(&hasher.finalize()).chars().take(12).collect()
    }

    /// What its hidden sheet says.
    pub fn stamp(&self) -> Stamp {
        let sheets = self.forms.iter().zip(self.names()).map(|(form, sheet)| StampedSheet {
            sheet,
            kind: form.kind.id.clone(),
            columns: column::all(form)
                .into_iter()
                .map(|column| (column.heading, column.field.id.clone()))
                .collect(),
        });
        Stamp {
            id: self.id.clone(),
            version: self.version(),
            sheets: sheets.collect(),
        }
    }

    /// The workbook. 模板工作簿
    ///
    /// # Errors
    /// Where the workbook cannot be made.
    pub fn bytes(&self) -> Result<Vec<u8>, DataError> {
        let mut lists = stamp::Lists::default();
        let forms = self.forms.iter().zip(self.names());
        let mut sheets: Vec<_> = forms.map(|(form, name)| sheet::of(form, &name, &mut lists)).collect();
        sheets.push(stamp::write(&self.stamp(), lists));
        workbook::bytes(Workbook {
            title: self.title.get(Lang::Zh).to_owned(),
            sheets,
        })
    }

    /// The names of the sheets: those of the kinds, by which they are known when they are read.
    fn names(&self) -> Vec<String> {
        workbook::valid_names(self.forms.iter().map(|form| form.kind.name.get(Lang::Zh)))
    }
}

/// Whether a cell marks its row as an example.
pub(crate) fn is_example(cell: &crate::value::Cell<'_>) -> bool {
    match cell {
        crate::value::Cell::Text(text) => crate::fold::trimmed(text).starts_with(EXAMPLE),
        _ => false,
    }
}
