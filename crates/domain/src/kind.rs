//! Record kinds: what a dated row of each sort is made of. 记录种类
//!
//! The values stand here so that connectors can read files by them; the TOML that declares them is read in `policy::kinds`.

use crate::Text;

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
