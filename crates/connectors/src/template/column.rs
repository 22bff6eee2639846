//! One column of a template: its heading, its note, what it may hold, and an example. 模板列

use pinji_domain::{Field, FieldType, Kind, Lang, Message, date, number};
use pinji_locale::say;

use super::{EXAMPLE, Form};
use crate::bad::expected;
use crate::workbook::{Cell, Shown, Style};

/// A column of a sheet.
pub(super) struct Column<'a> {
    pub field: &'a Field,
    pub heading: String,
    /// Whether a row without it is no row.
    pub is_needed: bool,
    /// Whether it is a share: kept as a fraction, shown and typed as per cent.
    pub is_share: bool,
}

/// The columns of a form, in the order of its kind.
pub(super) fn all<'a>(form: &Form<'a>) -> Vec<Column<'a>> {
    let fields = form
        .kind
        .fields
        .iter()
        .filter(|field| form.fields.contains(&field.id.as_str()));
    fields.map(|field| column(form.kind, field)).collect()
}

fn column<'a>(kind: &Kind, field: &'a Field) -> Column<'a> {
    let is_needed = field.required || field.id == kind.subject || kind.date.as_ref() == Some(&field.id);
    let is_share = matches!(field.ty, FieldType::Decimal(_) | FieldType::Number)
        && (field.unit.zh == "比率" || field.unit.en == "ratio");
    let star = if is_needed { "*" } else { "" };
    let label = field.label.get(Lang::Zh);
    let heading = match field.unit.get(Lang::Zh) {
        _ if is_share => format!("{label}{star}（%）"),
        "" => format!("{label}{star}"),
        unit => format!("{label}{star}（{unit}）"),
    };
    Column {
        field,
        heading,
        is_needed,
        is_share,
    }
}

impl Column<'_> {
    /// The words among which one chooses; empty where one writes.
    pub(super) fn choices(&self) -> Vec<String> {
        match &self.field.ty {
            FieldType::Choice(options) => options
                .iter()
                .map(|(id, text)| Some(text.get(Lang::Zh)).filter(|word| !word.is_empty()).unwrap_or(id))
                .map(str::to_owned)
                .collect(),
            FieldType::Flag => ["是", "否"].map(str::to_owned).to_vec(),
            _ => Vec::new(),
        }
    }

    /// How its cells look.
    pub(super) fn style(&self) -> Style {
        Style::shown(match &self.field.ty {
            _ if self.is_share => Shown::Percent(2),
            // A text is a text: 007 keeps its zeros, and 18 digits are not rounded.
            FieldType::Text => Shown::Text,
            FieldType::Integer => Shown::Whole,
            FieldType::Decimal(scale @ 0..=4) | FieldType::Money(scale @ 0..=4) => Shown::Decimals(*scale),
            FieldType::Date => Shown::Date,
            FieldType::Decimal(_)
            | FieldType::Money(_)
            | FieldType::Number
            | FieldType::Choice(_)
            | FieldType::Flag => Shown::General,
        })
    }

    /// How wide it is, in characters.
    pub(super) fn width(&self) -> f64 {
        let columns: u32 = self.heading.chars().map(|one| if one.is_ascii() { 1 } else { 2 }).sum();
        f64::from(columns + 3).clamp(12.0, 32.0)
    }

    /// What stands in the example row.
    pub(super) fn example(&self, kind: &Kind) -> Cell<'static> {
        let cell = match &self.field.ty {
            FieldType::Text if self.field.id == kind.subject => Cell::text(format!("{EXAMPLE}C10001")),
            FieldType::Text => Cell::text(self.example_text()),
            FieldType::Choice(_) | FieldType::Flag => Cell::text(self.choices().into_iter().next().unwrap_or_default()),
            FieldType::Integer => Cell::units(120, 0),
            _ if self.is_share => Cell::number(0.125),
            FieldType::Decimal(scale) => Cell::units(number::rescale(1_250, 2, *scale).unwrap_or(0), *scale),
            FieldType::Money(scale) => Cell::units(number::rescale(123_456_789, 2, *scale).unwrap_or(0), *scale),
            FieldType::Number => Cell::number(12.5),
            FieldType::Date => date::parse("2025-12-31").map_or_else(Cell::empty, Cell::date),
        };
        cell.styled(Style {
            fill: Some(EXAMPLE_FILL),
            colour: Some(EXAMPLE_TEXT),
            ..self.style()
        })
    }

    fn example_text(&self) -> String {
        match self.field.id.as_str() {
            // The code that the standard itself takes for its example.
            "uscc" => "91350100M000100Y43".to_owned(),
            "currency" => "CNY".to_owned(),
            _ => format!("{}示例", self.field.label.get(Lang::Zh)),
        }
    }

    /// The same as a reader of the note sees it.
    fn example_shown(&self) -> String {
        match &self.field.ty {
            _ if self.is_share => "12.5%".to_owned(),
            FieldType::Text => self.example_text(),
            FieldType::Choice(_) | FieldType::Flag => self.choices().into_iter().next().unwrap_or_default(),
            FieldType::Integer => "120".to_owned(),
            FieldType::Decimal(_) | FieldType::Number => "12.5".to_owned(),
            FieldType::Money(_) => "1,234,567.89".to_owned(),
            FieldType::Date => "2025-12-31".to_owned(),
        }
    }

    /// The note on its heading, in both languages: what it is, what it takes, an example.
    pub(super) fn note(&self, kind: &Kind) -> String {
        let field = self.field;
        let mut parts = vec![Message::new("data-template-field").with("field", field.label.clone())];
        parts.push(Message::new("data-template-takes").with("expected", expected(&field.ty)));
        if self.is_share {
            parts.push(Message::new("data-template-share"));
        } else if !field.unit.get(Lang::Zh).is_empty() {
            parts.push(Message::new("data-template-unit").with("unit", field.unit.clone()));
        }
        if let FieldType::Choice(options) = &field.ty {
            parts.push(Message::new("data-template-choices").with("choices", crate::bad::listed(options)));
        }
        parts.push(Message::new(match self.is_needed {
            true => "data-template-required",
            false => "data-template-optional",
        }));
        if kind.key.contains(&field.id) {
            parts.push(Message::new("data-template-key"));
        }
        let example = match field.id == kind.subject {
            true => "C10001".to_owned(),
            false => self.example_shown(),
        };
        parts.push(Message::new("data-template-example").with("example", example));
        let told = Lang::ALL.map(|lang| {
            let lines: Vec<String> = parts.iter().map(|part| say(lang, part)).collect();
            lines.join("\n")
        });
        told.join("\n\n")
    }
}

/// The fill of an example, and its letters: to be seen as one.
const EXAMPLE_FILL: u32 = 0xF5_F6_F7;
const EXAMPLE_TEXT: u32 = 0x64_6A_73;
