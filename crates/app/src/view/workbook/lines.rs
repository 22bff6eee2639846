//! Customer × score × indicator: every line that a grade rests on. 明细表

use pinji_connectors::workbook::{Cell, Row, Sheet, Shown, Style};
use pinji_domain::Message;
use pinji_domain::number::to_f64;
use pinji_engine::plan::POINT_DECIMALS;
use pinji_policy::document::Unit;

use super::grades::id_cell;
use super::{Book, MOST_ROWS, STREAMED_FROM, figure};
use crate::book::{Counted, Counting};
use crate::explain;
use crate::words;

/// The sheet; left out, and saying so, where Excel has too few rows.
pub(super) fn sheet<'a>(book: &Book<'a>) -> Sheet<'a> {
    let (layer, lang) = (book.layer(), book.lang);
    let plan = &layer.level.compiled.plan;
    let name = book.word("app-sheet-lines");
    let per_customer: usize = (0..plan.parts().scores.len())
        .map(|score| plan.nominal_weights(score).iter().filter(|weight| **weight > 0).count())
        .sum();
    let most = per_customer.saturating_mul(layer.book.rows());
    if most > MOST_ROWS {
        return book.left_out(
            name,
            &Message::new("app-too-many-lines")
                .with("n", most)
                .with("limit", MOST_ROWS),
        );
    }
    let headings = book.headings(&[
        "app-column-id",
        "app-column-name",
        "app-column-score",
        "app-column-indicator",
        "app-column-value",
        "app-column-value-words",
        "app-column-band",
        "app-column-points",
        "app-column-weight",
        "app-column-contribution",
        "app-column-missing",
    ]);
    let columns = u16::try_from(headings.len()).unwrap_or(u16::MAX);
    let mut counting = Counting::default();
    let document = &layer.level.document;
    let body = (0..layer.book.rows()).flat_map(move |row| {
        let customer = layer.about("name", row).unwrap_or_default();
        let mut out: Vec<Row<'a>> = Vec::new();
        for (at, score) in plan.parts().scores.iter().enumerate() {
            let score_name = document.scores.iter().find(|named| named.id == score.id);
            let score_name = score_name.map_or(score.id.as_str(), |named| named.name.get(lang));
            for Counted {
                indicator,
                weight,
                contribution,
            } in counting.lines(plan, &layer.book, row, at)
            {
                let (Some(found), Some(line)) = (
                    words::indicator(&layer.level, indicator),
                    layer.book.line(row, indicator),
                ) else {
                    continue;
                };
                let unit = if found.unit == Unit::Unknown {
                    &Unit::Count
                } else {
                    &found.unit
                };
                out.push(vec![
                    id_cell(&layer.measured.ids, row),
                    Cell::text(customer.clone()),
                    Cell::text(score_name),
                    Cell::text(found.name.get(lang)),
                    line.value
                        .map_or_else(Cell::empty, |units| figure(unit, units, found.decimals)),
                    Cell::text(explain::line_value(layer, row, indicator, lang)),
                    Cell::text(explain::band(layer, row, indicator, line.band, line.points, lang)),
                    line.points.map_or_else(Cell::empty, |points| {
                        Cell::number(to_f64(i64::from(points), POINT_DECIMALS))
                    }),
                    Cell::number(to_f64(weight, score.decimals + 2))
                        .styled(Style::shown(Shown::Percent(score.decimals))),
                    Cell::units(contribution, score.decimals),
                    line.cause
                        .map_or_else(Cell::empty, |cause| Cell::text(words::cause(lang, Some(cause)))),
                ]);
            }
        }
        out
    });
    let mut sheet = Sheet::new(name, std::iter::once(headings).chain(body));
    sheet.widths = vec![14.0, 34.0, 14.0, 26.0, 14.0, 20.0, 26.0, 9.0, 10.0, 10.0, 14.0];
    sheet.frozen = (1, 2);
    sheet.filter = Some((0, columns));
    sheet.streamed = most > STREAMED_FROM;
    sheet
}
