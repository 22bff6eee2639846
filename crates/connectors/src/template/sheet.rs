//! A sheet of a template. 模板工作表

use pinji_domain::{Lang, Message};
use pinji_locale::word;

use super::Form;
use super::column::{self, Column};
use super::stamp::Lists;
use crate::workbook::{Cell, DropDown, MAX_ROWS, Row, Sheet, Style};

/// The tint of a heading that must be filled, and of one that may be left empty.
const REQUIRED: u32 = 0xFF_E8_CC;
const OPTIONAL: u32 = 0xEE_F1_F4;
const HEADING_HEIGHT: f64 = 36.0;

/// The sheet of a form; lists that are too long for a cell's rule go to `lists`.
pub(super) fn of(form: &Form<'_>, name: &str, lists: &mut Lists) -> Sheet<'static> {
    let columns = column::all(form);
    let at = |index: usize| u16::try_from(index).unwrap_or(u16::MAX);
    let heading: Row<'static> = columns.iter().map(heading).collect();
    let example: Row<'static> = columns.iter().map(|column| column.example(form.kind)).collect();
    let drop_downs = columns
        .iter()
        .enumerate()
        .filter_map(|(index, column)| drop_down(column, at(index), lists));
    Sheet {
        widths: columns.iter().map(Column::width).collect(),
        heights: vec![(0, HEADING_HEIGHT)],
        frozen: (1, 1),
        notes: columns
            .iter()
            .enumerate()
            .map(|(index, column)| (0, at(index), column.note(form.kind)))
            .collect(),
        columns: columns.iter().map(Column::style).collect(),
        lists: drop_downs.collect(),
        landscape: true,
        ..Sheet::new(name, [heading, example])
    }
}

fn heading(column: &Column<'_>) -> Cell<'static> {
    Cell::text(column.heading.clone()).styled(Style {
        fill: Some(if column.is_needed { REQUIRED } else { OPTIONAL }),
        ..Style::heading()
    })
}

fn drop_down(column: &Column<'_>, at: u16, lists: &mut Lists) -> Option<DropDown> {
    let words = column.choices();
    if words.is_empty() {
        return None;
    }
    let title = column.field.label.get(Lang::Zh).to_owned();
    let choices = lists.place(words);
    Some(DropDown {
        column: at,
        rows: (1, MAX_ROWS - 1),
        choices,
        title,
        error: pinji_locale::say(Lang::Zh, &Message::new("data-template-list-error")),
        prompt: word(Lang::Zh, "data-template-list-prompt"),
    })
}
