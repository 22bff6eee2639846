//! The policy as it graded: dimensions, indicators with their bands, scores, grades, caps and floors. 方案表
//!
//! Points and weights come from the compiled plan, the same numbers that scored.

use pinji_connectors::workbook::{Cell, Row, Sheet, Shown, Style};
use pinji_domain::number::to_f64;
use pinji_engine::{Missing, Scoring};

use super::{Book, heading};
use crate::words;

/// The sheet.
pub(super) fn sheet<'a>(book: &Book<'a>) -> Sheet<'a> {
    let mut rows: Vec<Row<'static>> = Vec::new();
    let document = &book.layer().level.document;
    rows.push(vec![
        Cell::text(document.name.get(book.lang).to_owned()).styled(Style::title()),
    ]);
    rows.push(vec![
        Cell::text(document.purpose.get(book.lang).to_owned()).styled(Style::remark()),
    ]);
    indicators(book, &mut rows);
    grades(book, &mut rows);
    bounds(book, &mut rows);
    guarantees(book, &mut rows);
    let mut sheet = Sheet::new(book.word("app-sheet-policy"), rows);
    sheet.widths = vec![22.0, 28.0, 16.0, 34.0, 30.0, 10.0, 12.0, 12.0, 12.0, 12.0];
    sheet.landscape = true;
    sheet
}

fn head(book: &Book<'_>, code: &'static str, rows: &mut Vec<Row<'static>>) {
    rows.push(Vec::new());
    let style = Style {
        bold: true,
        size: Some(13),
        ..Style::default()
    };
    rows.push(vec![Cell::text(book.word(code)).styled(style)]);
}

fn indicators(book: &Book<'_>, rows: &mut Vec<Row<'static>>) {
    let layer = book.layer();
    let (plan, document) = (&layer.level.compiled.plan, &layer.level.document);
    head(book, "app-head-indicators", rows);
    let mut headings = book.headings(&[
        "app-column-dimension",
        "app-column-indicator",
        "app-column-clause",
        "app-column-formula",
        "app-column-band",
        "app-column-points",
    ]);
    for score in &plan.parts().scores {
        let name = document.scores.iter().find(|named| named.id == score.id);
        let name = name.map_or_else(|| score.id.clone(), |named| named.name.get(book.lang).to_owned());
        headings.push(heading(format!("{} {name}", book.word("app-column-weight"))));
    }
    rows.push(headings);
    for (at, planned) in plan.parts().indicators.iter().enumerate() {
        let Some(found) = words::indicator(&layer.level, at) else {
            continue;
        };
        let dimension = document
            .dimensions
            .iter()
            .find(|dimension| dimension.id == found.dimension);
        let weights = plan.parts().scores.iter().enumerate().map(|(score, about)| {
            match plan.nominal_weights(score).get(at).copied().unwrap_or(0) {
                0 => Cell::empty(),
                weight => Cell::number(to_f64(weight, about.decimals + 2))
                    .styled(Style::shown(Shown::Percent(about.decimals))),
            }
        });
        let mut first = vec![
            Cell::text(
                dimension
                    .map(|dimension| dimension.name.get(book.lang).to_owned())
                    .unwrap_or_default(),
            ),
            Cell::text(found.name.get(book.lang).to_owned()),
            Cell::text(found.clause.clone()),
            Cell::text(if matches!(planned.scoring, Scoring::Direct) {
                String::new()
            } else {
                found.formula.clone()
            }),
            Cell::empty(),
            Cell::empty(),
        ];
        first.extend(weights);
        rows.push(first);
        for (band, points) in words::points_table(book.lang, &layer.level, at) {
            let empty = || Cell::empty();
            rows.push(vec![
                empty(),
                empty(),
                empty(),
                empty(),
                Cell::text(band),
                Cell::text(points),
            ]);
        }
        let missing = match planned.missing {
            Missing::Refuse => book.word("app-missing-refuse"),
            Missing::Reweight => book.word("app-missing-reweight"),
            Missing::Points(points) => words::points(points),
        };
        let label = book.word("app-band-missing");
        rows.push(vec![
            Cell::empty(),
            Cell::empty(),
            Cell::empty(),
            Cell::empty(),
            Cell::text(label),
            Cell::text(missing),
        ]);
    }
}

fn grades(book: &Book<'_>, rows: &mut Vec<Row<'static>>) {
    let document = &book.layer().level.document;
    head(book, "app-head-grades", rows);
    rows.push(book.headings(&[
        "app-column-grade",
        "app-column-class",
        "app-column-review",
        "app-column-condition",
        "app-column-gives",
    ]));
    for grade in &document.grades {
        let when = match grade.when.is_empty() {
            true => book.word("app-otherwise"),
            false => book.layer().level.condition(&grade.when).get(book.lang).to_owned(),
        };
        let gives: Vec<String> = grade
            .entitlements
            .iter()
            .map(|(name, value)| format!("{name} = {value}"))
            .collect();
        rows.push(vec![
            Cell::text(grade.name.get(book.lang).to_owned()),
            Cell::text(grade.class.clone()),
            Cell::text(
                grade
                    .review_every
                    .map(|period| pinji_locale::period(book.lang, period))
                    .unwrap_or_default(),
            ),
            Cell::text(when),
            Cell::text(gives.join(", ")),
        ]);
    }
}

fn bounds(book: &Book<'_>, rows: &mut Vec<Row<'static>>) {
    let document = &book.layer().level.document;
    let mut part = |code: &'static str, bounds: &[pinji_policy::document::Bound]| {
        if bounds.is_empty() {
            return;
        }
        head(book, code, rows);
        rows.push(book.headings(&[
            "app-column-grade",
            "app-column-bound",
            "app-column-clause",
            "app-column-condition",
        ]));
        for bound in bounds {
            let grade = document.grades.iter().find(|grade| grade.id == bound.grade);
            rows.push(vec![
                Cell::text(
                    grade
                        .map(|grade| grade.name.get(book.lang).to_owned())
                        .unwrap_or_default(),
                ),
                Cell::text(bound.reason.get(book.lang).to_owned()),
                Cell::text(bound.clause.clone()),
                Cell::text(book.layer().level.condition(&bound.when).get(book.lang).to_owned()),
            ]);
        }
    };
    part("app-head-caps", &document.caps);
    part("app-head-floors", &document.floors);
}

fn guarantees(book: &Book<'_>, rows: &mut Vec<Row<'static>>) {
    let document = &book.layer().level.document;
    if document.guarantees.is_empty() {
        return;
    }
    head(book, "app-head-guarantees", rows);
    for guarantee in &document.guarantees {
        let name = guarantee.name.get(book.lang).to_owned();
        rows.push(vec![
            Cell::text(if name.is_empty() { guarantee.says.clone() } else { name }),
            Cell::text(guarantee.says.clone()),
        ]);
    }
}
