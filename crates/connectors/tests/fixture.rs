//! Kinds, folders and readers that the tests share.

use std::fs;
use std::path::{Path, PathBuf};

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type};
use pinji_connectors::{DataError, Dataset, OpenOptions, Table, open};
use pinji_domain::{Field, FieldType, Kind, Kinds, Lang, Text, date};

/// A field with nothing special about it.
pub fn field(id: &str, ty: FieldType) -> Field {
    Field {
        id: id.to_owned(),
        ty,
        unit: Text::default(),
        label: Text::new(format!("{id}标签"), format!("{id} label")),
        aliases: Vec::new(),
        words: Vec::new(),
        required: false,
        personal: false,
    }
}

/// The same field in a unit.
pub fn in_unit(mut field: Field, zh: &str, en: &str) -> Field {
    field.unit = Text::new(zh, en);
    field
}

/// The same field, required.
pub fn required(mut field: Field) -> Field {
    field.required = true;
    field
}

/// The same field under other names too.
pub fn called(mut field: Field, zh: &str, en: &str, aliases: &[&str]) -> Field {
    field.label = Text::new(zh, en);
    field.aliases = aliases.iter().map(|alias| (*alias).to_owned()).collect();
    field
}

pub fn size() -> FieldType {
    let option = |id: &str, zh: &str, en: &str| (id.to_owned(), Text::new(zh, en));
    FieldType::Choice(vec![option("large", "大型", "Large"), option("small", "小型", "Small")])
}

pub fn kind(id: &str, zh: &str, key: &[&str], date: Option<&str>, fields: Vec<Field>) -> Kind {
    Kind {
        id: id.to_owned(),
        name: Text::new(zh, id.replace('_', " ")),
        aliases: Vec::new(),
        subject: fields[0].id.clone(),
        key: key.iter().map(|id| (*id).to_owned()).collect(),
        date: date.map(str::to_owned),
        known: None,
        currency: fields
            .iter()
            .any(|field| field.id == "currency")
            .then(|| "currency".to_owned()),
        scope: None,
        office: pinji_domain::OfficeTerms::default(),
        fields,
    }
}

/// Customers, statements and orders, as small as they can be.
pub fn kinds() -> Kinds {
    let id = || {
        required(called(
            field("customer_id", FieldType::Text),
            "客户编号",
            "Customer no.",
            &["客户代码", "公司代號", "CustomerNo"],
        ))
    };
    let customer = kind(
        "customer",
        "客户",
        &["id"],
        None,
        vec![
            required(called(
                field("id", FieldType::Text),
                "客户编号",
                "Customer no.",
                &["客户代码", "公司代號", "CustomerNo"],
            )),
            called(field("name", FieldType::Text), "客户名称", "Name", &["公司名稱"]),
            called(field("uscc", FieldType::Text), "统一社会信用代码", "USCC", &[]),
            called(field("size", size()), "企业规模", "Size", &[]),
            called(field("founded", FieldType::Date), "成立日期", "Founded", &[]),
            called(field("listed", FieldType::Flag), "是否上市", "Listed", &[]),
        ],
    );
    let statement = kind(
        "financial_statement",
        "财务报表",
        &["customer_id", "period"],
        Some("period"),
        vec![
            id(),
            required(called(
                field("period", FieldType::Date),
                "报告期",
                "Period",
                &["資料年月"],
            )),
            in_unit(
                called(
                    field("revenue", FieldType::Money(2)),
                    "营业收入",
                    "Revenue",
                    &["營業收入-當月營收"],
                ),
                "元",
                "yuan",
            ),
            called(field("margin", FieldType::Decimal(4)), "毛利率", "Gross margin", &[]),
            called(field("currency", FieldType::Text), "币种", "Currency", &[]),
        ],
    );
    let order = kind(
        "transaction",
        "交易",
        &[],
        Some("date"),
        vec![
            id(),
            required(called(
                field("date", FieldType::Date),
                "交易日期",
                "Date",
                &["InvoiceDate"],
            )),
            in_unit(
                called(field("amount", FieldType::Money(2)), "金额", "Amount", &[]),
                "元",
                "yuan",
            ),
            called(field("quantity", FieldType::Integer), "数量", "Quantity", &[]),
        ],
    );
    Kinds {
        kinds: vec![customer, statement, order],
    }
}

/// A folder that goes when the test ends.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Folder(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file and gives its path.
    pub fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}

/// Opens with options that the test changes.
pub fn open_with(path: &Path, change: impl FnOnce(&mut OpenOptions)) -> Result<Dataset, DataError> {
    let mut options = OpenOptions::default();
    change(&mut options);
    open(path, &kinds(), &options)
}

/// Opens a wide file of this kind.
pub fn open_wide(path: &Path, wide: Kind) -> Result<Dataset, DataError> {
    open(
        path,
        &Kinds::default(),
        &OpenOptions {
            wide: Some(wide),
            ..OpenOptions::default()
        },
    )
}

/// All values of a field as texts: scaled integers as they are, nulls as `∅`.
pub fn column(table: &Table, field: &str) -> Vec<String> {
    let mut out = Vec::new();
    for part in 0..table.parts() {
        for batch in table.read(part, &[field]).unwrap() {
            let array = batch.column(0);
            out.extend((0..array.len()).map(|row| shown(array, row)));
        }
    }
    out
}

fn shown(array: &ArrayRef, row: usize) -> String {
    if array.is_null(row) {
        return "∅".to_owned();
    }
    match array.data_type() {
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::Float64 => array.as_primitive::<Float64Type>().value(row).to_string(),
        DataType::Date32 => date::from_days(array.as_primitive::<Date32Type>().value(row))
            .unwrap()
            .to_string(),
        DataType::Boolean => array.as_boolean().value(row).to_string(),
        DataType::Utf8 => array.as_string::<i32>().value(row).to_owned(),
        other => panic!("{other}"),
    }
}

/// The code of the error with which a file is refused. It has words in both languages.
pub fn refusal(result: Result<Dataset, DataError>) -> &'static str {
    match result {
        Err(error) => {
            for lang in Lang::ALL {
                let said = pinji_locale::say(lang, &error.message());
                assert!(!said.contains("data-"), "{said}");
            }
            match error {
                DataError::Refused { message, .. } | DataError::Mapping { message, .. } => message.code,
                other => panic!("{other:?}"),
            }
        }
        Ok(dataset) => panic!("was read: {:?}", dataset.bad),
    }
}

/// The addresses and codes of all bad cells.
pub fn bad(dataset: &Dataset) -> Vec<(String, &'static str)> {
    for cell in &dataset.bad {
        for lang in Lang::ALL {
            let said = pinji_locale::say(lang, &cell.message);
            assert!(!said.contains("data-") && !said.contains('{'), "{said}");
        }
    }
    dataset
        .bad
        .iter()
        .map(|cell| (cell.address(), cell.message.code))
        .collect()
}
