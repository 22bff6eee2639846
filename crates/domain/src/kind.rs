//! Record kinds: what a dated row of each sort is made of. 记录种类
//!
//! The values stand here so that connectors can read files by them; the TOML that declares them is read in `policy::kinds`.

use crate::{OfficeTerms, Text};

/// What a field holds. 字段类型
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FieldType {
    /// Text as it came, trimmed.
    Text,
    /// One of a closed list of codes; each with its words, which a file may use instead of the code.
    Choice(Vec<(String, Text)>),
    /// A whole number.
    Integer,
    /// An exact decimal with this many decimals.
    Decimal(u8),
    /// Money with this many decimals, in the currency that the record or the kind names.
    Money(u8),
    /// A double, for figures that are never summed.
    Number,
    /// A calendar date.
    Date,
    /// Yes or no.
    Flag,
}

/// One field of a record kind. 字段
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Field {
    /// Its id, in snake case: the name in formulas and the heading in files that Pinji writes.
    pub id: String,
    /// What it holds.
    pub ty: FieldType,
    /// The unit for readers, for instance `元`, `%`, `天`; empty where there is none.
    pub unit: Text,
    /// The label that people see.
    pub label: Text,
    /// Other headings under which files bring it.
    pub aliases: Vec<String>,
    /// Other words for its choices: each with the code of the choice that it means.
    pub words: Vec<(String, String)>,
    /// Whether a row without it is a bad row.
    pub required: bool,
    /// Whether it is about a person: such fields never enter snapshots or measures.
    pub personal: bool,
}

/// A kind of record: one dated row about one customer. 记录种类
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Kind {
    /// Its id, in snake case; also the name of its file or sheet.
    pub id: String,
    /// Its name for people, which a sheet may also be called.
    pub name: Text,
    /// Other names of its file or sheet.
    pub aliases: Vec<String>,
    /// Fields in the order in which templates show them.
    pub fields: Vec<Field>,
    /// The field that names the customer.
    pub subject: String,
    /// The fields that together make a row unique; empty for ledgers, whose rows are not de-duplicated.
    pub key: Vec<String>,
    /// The field that dates the row (its period's end); `None` for standing facts such as the customer itself.
    pub date: Option<String>,
    /// The field that says from when the row was known, where files bring one.
    pub known: Option<String>,
    /// The field with the currency of the row's money, where the kind has one.
    pub currency: Option<String>,
    /// The choice field that says whether a row is of the customer alone or consolidated (its option `consolidated`), where
    /// the kind has one.
    pub scope: Option<String>,
    /// Whom a change concerns, what must add up, how often it is due.
    pub office: OfficeTerms,
}

impl FieldType {
    /// The decimals of an exact number; `None` for everything else. 小数位数
    pub fn scale(&self) -> Option<u8> {
        match self {
            FieldType::Integer => Some(0),
            FieldType::Decimal(scale) | FieldType::Money(scale) => Some(*scale),
            _ => None,
        }
    }
}

impl Kind {
    /// The field with this id.
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// Where the field with this id stands.
    pub fn position(&self, id: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.id == id)
    }

    /// Whether its rows are about periods that follow each other: its date is part of its key. 定期记录
    pub fn is_periodic(&self) -> bool {
        self.date.as_ref().is_some_and(|date| self.key.contains(date))
    }

    /// Whether it is a ledger: rows are not de-duplicated, each is a record of its own. 流水
    pub fn is_ledger(&self) -> bool {
        self.key.is_empty()
    }

    /// The key fields that two records of one series have in common: all but the customer and the date. 序列字段
    ///
    /// Annual statements make one series, monthly ones another. A kind whose date is not part of its key (a contract, an
    /// invoice) has one series for each customer.
    pub fn series(&self) -> impl Iterator<Item = &str> {
        let inner = self.key.iter().map(String::as_str);
        inner.filter(|id| self.is_periodic() && *id != self.subject && Some(*id) != self.date.as_deref())
    }

    /// The fields whose numbers are held against the customer's history. 历史比对字段
    ///
    /// As declared; otherwise all exact numbers of periodic records and of standing facts, and none of ledgers and of
    /// numbered papers, whose rows are not alike.
    pub fn watched(&self) -> impl Iterator<Item = &Field> {
        let standing = self.date.is_none() && !self.is_ledger();
        self.fields.iter().filter(move |field| match &self.office.watch {
            Some(named) => named.contains(&field.id),
            None => field.ty.scale().is_some() && (self.is_periodic() || standing) && !self.key.contains(&field.id),
        })
    }
}

/// All record kinds that a run knows. 记录种类全集
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kinds {
    /// In the order of declaration.
    pub kinds: Vec<Kind>,
}

impl Kinds {
    /// The kind with this id.
    pub fn get(&self, id: &str) -> Option<&Kind> {
        self.kinds.iter().find(|kind| kind.id == id)
    }
}
