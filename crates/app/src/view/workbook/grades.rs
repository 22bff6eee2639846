//! One row per customer: grade, scores, and the reasons in words. 等级表

use pinji_connectors::workbook::{Cell, Row, Sheet, Shown, Style};
use pinji_domain::Message;

use super::{Book, MOST_ROWS, STREAMED_FROM, heading};
use crate::book::Why;
use crate::explain;
use crate::words;

/// Fields of the customer's own row that stand beside its name, where the data bring them.
const BESIDE: [(&str, &str); 4] = [
    ("industry", "app-column-industry"),
    ("size", "app-column-size"),
    ("region", "app-column-region"),
    ("group", "app-column-group"),
];

/// The sheet.
pub(super) fn sheet<'a>(book: &Book<'a>) -> Sheet<'a> {
    let (layer, lang) = (book.layer(), book.lang);
    let rows = layer.book.rows();
    let name = book.word("app-sheet-grades");
    if rows > MOST_ROWS {
        let message = Message::new("app-too-many-customers")
            .with("n", rows)
            .with("limit", MOST_ROWS);
        return book.left_out(name, &message);
    }
    let parts = layer.level.compiled.plan.parts();
    let document = &layer.level.document;
    let beside: Vec<(&'static str, &'static str)> = BESIDE
        .iter()
        .filter(|(field, _)| layer.measured.about.iter().any(|(name, _)| name == field))
        .copied()
        .collect();
    let mut headings = book.headings(&[
        "app-column-id",
        "app-column-name",
        "app-column-grade",
        "app-column-class",
    ]);
    let mut widths = vec![14.0, 34.0, 13.0, 8.0];
    let bounded = !parts.group.is_empty();
    if bounded {
        headings.extend(book.headings(&["app-column-own-grade"]));
        widths.push(13.0);
    }
    for score in &parts.scores {
        let name = document.scores.iter().find(|named| named.id == score.id);
        headings.push(heading(
            name.map_or_else(|| score.id.clone(), |name| name.name.get(lang).to_owned()),
        ));
        widths.push(11.0);
    }
    if book.previous.is_some() {
        headings.extend(book.headings(&["app-column-previous"]));
        widths.push(13.0);
    }
    headings.extend(book.headings(&["app-column-coverage", "app-column-reasons", "app-column-bounds"]));
    widths.extend([10.0, 60.0, 36.0]);
    // What is printed ends here; the rest is for filters and pivots on the screen.
    let printed = u16::try_from(headings.len()).unwrap_or(u16::MAX);
    headings.extend(book.headings(&["app-column-missing"]));
    widths.push(36.0);
    for dimension in &parts.dimensions {
        let name = document.dimensions.iter().find(|named| named.id == dimension.id);
        headings.push(heading(
            name.map_or_else(|| dimension.id.clone(), |name| name.name.get(lang).to_owned()),
        ));
        widths.push(11.0);
    }
    let money = book.money;
    if let Some(at) = money {
        headings.push(heading(words::input_name(&layer.level, at).get(lang).to_owned()));
        widths.push(18.0);
    }
    for (_, code) in &beside {
        headings.push(heading(pinji_locale::word(lang, code)));
        widths.push(14.0);
    }
    let columns = u16::try_from(headings.len()).unwrap_or(u16::MAX);
    let separator = book.word("app-separator");
    let (previous, absent) = (book.previous, book.word("app-absent"));
    let body = (0..rows).map(move |row| -> Row<'a> {
        let grade = layer.book.grade(row);
        let class = grade
            .and_then(|grade| document.grades.get(usize::from(grade)))
            .map(|grade| grade.class.clone());
        let mut cells = vec![
            id_cell(&layer.measured.ids, row),
            Cell::text(layer.about("name", row).unwrap_or_default()),
            Cell::text(layer.grade_name(lang, grade)),
            Cell::text(class.unwrap_or_default()),
        ];
        if bounded {
            cells.push(Cell::text(layer.grade_name(lang, layer.book.own_grade(row))));
        }
        for (at, score) in parts.scores.iter().enumerate() {
            cells.push(
                layer
                    .book
                    .score(row, at)
                    .map_or_else(Cell::empty, |units| Cell::units(units, score.decimals)),
            );
        }
        if let Some(previous) = previous {
            let before = previous.of(layer, row).map(|(grade, _)| grade);
            cells.push(Cell::text(match before {
                Some(grade) => layer.grade_name(lang, grade.and_then(|grade| u8::try_from(grade).ok())),
                None => absent.clone(),
            }));
        }
        let coverage = f64::from(layer.book.coverage(row, 0)) / 10_000.0;
        cells.push(Cell::number(coverage).styled(Style::shown(Shown::Percent(0))));
        let mut reasons = Vec::new();
        if let Some(why) = layer.book.why(row) {
            reasons.push(pinji_locale::word(lang, why_code(why)));
        }
        reasons.extend(explain::losses(layer, row, lang));
        cells.push(Cell::text(reasons.join(&separator)));
        let bounds: Vec<String> = explain::bounds(layer, row, lang)
            .into_iter()
            .map(|bound| bound.reason)
            .collect();
        cells.push(Cell::text(bounds.join(&separator)));
        let missing: Vec<String> = explain::missing(layer, row, lang)
            .into_iter()
            .map(|missing| format!("{} ({})", missing.name, missing.cause))
            .collect();
        cells.push(Cell::text(missing.join(&separator)));
        for at in 0..parts.dimensions.len() {
            let points = layer.book.dimension(row, at);
            cells.push(points.map_or_else(Cell::empty, |points| {
                Cell::number(points).styled(Style::shown(Shown::Decimals(2)))
            }));
        }
        if money.is_some() {
            cells.push(
                layer
                    .worth(money, row)
                    .map_or_else(Cell::empty, |units| Cell::units(units, 2)),
            );
        }
        for (field, _) in &beside {
            cells.push(Cell::text(layer.about_words(field, row, lang).unwrap_or_default()));
        }
        cells
    });
    let mut sheet = Sheet::new(name, std::iter::once(headings).chain(body));
    sheet.widths = widths;
    sheet.frozen = (1, 3);
    sheet.filter = Some((0, columns));
    sheet.paints = vec![book.paint(2, 1)];
    sheet.landscape = true;
    sheet.printed = Some(printed);
    sheet.streamed = rows > STREAMED_FROM;
    sheet
}

/// The message of why there is no grade.
pub(super) fn why_code(why: Why) -> &'static str {
    match why {
        Why::Refused => "app-ungraded-refused",
        Why::Coverage => "app-ungraded-coverage",
        Why::NoLines => "app-ungraded-no-lines",
    }
}

/// An id: a number where the data have numbers, so that the sheet sorts as the files do.
pub(super) fn id_cell(ids: &arrow::array::ArrayRef, row: usize) -> Cell<'static> {
    let text = words::text(ids, row).unwrap_or_default();
    match (ids.data_type(), text.parse::<f64>()) {
        (arrow::datatypes::DataType::Int64, Ok(number)) if number.abs() < 1e15 => Cell::number(number),
        _ => Cell::text(text),
    }
}
