//! Cells that cannot be taken as they stand. 问题单元格

use pinji_domain::{FieldType, Lang, Message, Text};

/// One cell that is not what its column asks for, or one thing that a table lacks. 问题单元格
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadCell {
    /// The file's relative name.
    pub file: String,
    /// The sheet, in a workbook.
    pub sheet: Option<String>,
    /// The row as Excel shows it, from 1. For a table without the right columns: the heading row.
    pub row: u64,
    /// Whom the row is about, as it says; empty where it does not.
    pub subject: String,
    /// The column from 0; `None` when the column itself is missing.
    pub column: Option<u32>,
    /// The heading of the column as the file has it, or the label of the field that is missing.
    pub heading: String,
    /// What the cell says.
    pub says: String,
    /// What was expected, and what to do.
    pub message: Message,
    /// Whether the whole table is meant (a missing or doubled column): leaving rows out does not help then.
    pub whole_table: bool,
}

impl BadCell {
    /// The column's letter as Excel shows it, for instance `AB`; empty when the column is missing.
    pub fn letter(&self) -> String {
        self.column.map(column_letter).unwrap_or_default()
    }

    /// The cell's address as Excel shows it, for instance `C12`; only the row when the column is missing.
    pub fn address(&self) -> String {
        format!("{}{}", self.letter(), self.row)
    }
}

/// The letters of a column counted from 0: 0 is `A`, 27 is `AB`.
pub fn column_letter(column: u32) -> String {
    let mut letters = Vec::new();
    let mut left = u64::from(column) + 1;
    while left > 0 {
        letters.push(char::from(b'A' + u8::try_from((left - 1) % 26).unwrap_or(0)));
        left = (left - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// Why a value was not taken. Each becomes a message with what its field expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Why {
    /// Not a number at all.
    NotANumber,
    /// Thousands separators in the wrong places: `1,5` or `12,34`.
    Separators,
    /// More decimals than the field keeps.
    TooManyDecimals(u8),
    /// Beyond ±2^53 units.
    TooLarge,
    /// NaN or infinite.
    NotFinite,
    /// `1.2E+05`: digits were lost when the file was saved.
    Shortened,
    /// Both the heading and the cell name a scale.
    UnitTwice {
        /// The unit in the heading.
        heading: String,
    },
    /// A per cent sign where none belongs.
    PercentHere,
    /// A date in a column of numbers.
    DateForNumber,
    /// A truth value in a column of numbers or dates.
    FlagForValue,
    /// Not a date.
    NotADate,
    /// A date that the calendar does not have, or out of any reasonable range.
    NoSuchDate,
    /// `3/4/2025`: day and month cannot be told apart.
    DayOrMonth,
    /// A month where a day is needed.
    MonthOnly,
    /// Neither yes nor no.
    NotAFlag,
    /// Letters among the digits, of which at least one is easily mistaken: `4,35O,000.00`.
    LetterInNumber {
        /// The letter.
        letter: char,
        /// The number that was meant, where the letters are those that look like digits.
        meant: Option<String>,
    },
    /// Months in a column of days, and the like.
    OtherUnit {
        /// The unit of the cell.
        unit: String,
        /// The unit of the column.
        own: Text,
    },
    /// Not on the field's list, in the language that the data speak.
    NotListed(Vec<(String, Text)>, Lang),
    /// A unified social credit code with the wrong form.
    CodeForm,
    /// A unified social credit code whose last character does not fit the others.
    CodeCheck {
        /// The character that would fit.
        expected: char,
    },
    /// An Excel error value such as `#DIV/0!`.
    ExcelError,
    /// A number of more than 15 digits in a column of texts: Excel has already lost some.
    DigitsLost,
    /// Bytes that the file's encoding does not have.
    BrokenText,
    /// Longer than an Excel cell can be.
    TooLong,
    /// Required, and not there.
    Required,
    /// The same key as another row.
    Duplicate {
        /// Where the other row is: its number, with its file and sheet if those differ.
        other: String,
        /// How many other rows have the key.
        others: usize,
    },
    /// Content beyond the last heading.
    BeyondHeadings,
}

impl Why {
    /// The sentence about a cell of a field of type `ty`.
    pub(crate) fn message(&self, ty: &FieldType, label: &Text) -> Message {
        match self {
            Why::NotANumber => Message::new("data-cell-not-a-number")
                .with("expected", expected(ty))
                .with("example", example(ty)),
            Why::LetterInNumber { letter, meant } => match meant {
                Some(meant) => Message::new("data-cell-letter-for-digit").with("meant", meant.as_str()),
                None => Message::new("data-cell-letter"),
            }
            .with("letter", letter.to_string()),
            Why::OtherUnit { unit, own } => Message::new("data-cell-other-unit")
                .with("unit", unit.as_str())
                .with("own", own.clone()),
            Why::Separators => Message::new("data-cell-separators").with("example", separated(ty)),
            Why::TooManyDecimals(0) => Message::new("data-cell-not-whole"),
            Why::TooManyDecimals(decimals) => {
                Message::new("data-cell-too-many-decimals").with("decimals", i64::from(*decimals))
            }
            Why::TooLarge => Message::new("data-cell-too-large"),
            Why::NotFinite => Message::new("data-cell-not-finite"),
            Why::Shortened => Message::new("data-cell-shortened"),
            Why::UnitTwice { heading } => Message::new("data-cell-unit-twice").with("heading", heading.as_str()),
            Why::PercentHere => Message::new("data-cell-percent").with("expected", expected(ty)),
            Why::DateForNumber => Message::new("data-cell-date-for-number").with("expected", expected(ty)),
            Why::FlagForValue => Message::new("data-cell-flag-for-value").with("expected", expected(ty)),
            Why::NotADate => Message::new("data-cell-not-a-date"),
            Why::NoSuchDate => Message::new("data-cell-no-such-date"),
            Why::DayOrMonth => Message::new("data-cell-day-or-month"),
            Why::MonthOnly => Message::new("data-cell-month-only"),
            Why::NotAFlag => Message::new("data-cell-not-a-flag"),
            Why::NotListed(choices, lang) => {
                Message::new("data-cell-not-listed").with("choices", listed(choices).get(*lang).to_owned())
            }
            Why::CodeForm => Message::new("data-cell-code-form"),
            Why::CodeCheck { expected } => Message::new("data-cell-code-check").with("expected", expected.to_string()),
            Why::ExcelError => Message::new("data-cell-excel-error"),
            Why::DigitsLost => Message::new("data-cell-digits-lost"),
            Why::BrokenText => Message::new("data-cell-broken-text"),
            Why::TooLong => Message::new("data-cell-too-long"),
            Why::Required => Message::new("data-cell-required").with("field", label.clone()),
            Why::Duplicate { other, others } => Message::new("data-cell-duplicate")
                .with("other", other.as_str())
                .with("others", *others),
            Why::BeyondHeadings => Message::new("data-cell-beyond-headings"),
        }
    }
}

/// What a field of this type expects, as a phrase.
pub(crate) fn expected(ty: &FieldType) -> Message {
    match ty {
        FieldType::Text | FieldType::Choice(_) => Message::new("data-expected-text"),
        FieldType::Integer | FieldType::Decimal(0) => Message::new("data-expected-integer"),
        FieldType::Decimal(decimals) => Message::new("data-expected-decimal").with("decimals", i64::from(*decimals)),
        FieldType::Money(decimals) => Message::new("data-expected-money").with("decimals", i64::from(*decimals)),
        FieldType::Number => Message::new("data-expected-number"),
        FieldType::Date => Message::new("data-expected-date"),
        FieldType::Flag => Message::new("data-expected-flag"),
    }
}

/// Numbers of a field as they may be written.
fn example(ty: &FieldType) -> Message {
    match ty {
        FieldType::Money(_) => Message::new("data-example-money"),
        FieldType::Integer | FieldType::Decimal(0) => Message::new("data-example-integer"),
        _ => Message::new("data-example-number"),
    }
}

/// The same with separators and without.
fn separated(ty: &FieldType) -> Message {
    match ty {
        FieldType::Integer | FieldType::Decimal(0) => Message::new("data-example-integer"),
        _ => Message::new("data-example-separated"),
    }
}

/// The choices of a list in both languages, the first dozen of them.
pub(crate) fn listed(choices: &[(String, Text)]) -> Text {
    const SHOWN: usize = 12;
    let side = |label: fn(&Text) -> &str, separator: &str| {
        let mut words: Vec<&str> = choices
            .iter()
            .take(SHOWN)
            .map(|(id, text)| Some(label(text)).filter(|word| !word.is_empty()).unwrap_or(id))
            .collect();
        if choices.len() > SHOWN {
            words.push("…");
        }
        words.join(separator)
    };
    Text::new(
        side(|text| text.get(pinji_domain::Lang::Zh), "、"),
        side(|text| text.get(pinji_domain::Lang::En), ", "),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        for (column, letters) in [
            (0, "A"),
            (25, "Z"),
            (26, "AA"),
            (701, "ZZ"),
            (702, "AAA"),
            (16_383, "XFD"),
        ] {
            assert_eq!(column_letter(column), letters);
        }
    }
}
