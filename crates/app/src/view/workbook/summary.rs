//! The first sheet: facts, distribution and scores with charts, coverage, caps, what is missing. 概览

use pinji_connectors::workbook::{Cell, Chart, ChartKind, Range, Row, Series, Sheet, Style};
use pinji_domain::Message;

use super::{Book, MOST_ROWS, colour, heading, share, whole};
use crate::view::figures;
use crate::words;

/// The column where charts stand, and the rows that one takes.
const CHART_COLUMN: u16 = 7;
const CHART_ROWS: u32 = 18;

struct Page<'a> {
    book: &'a Book<'a>,
    name: String,
    rows: Vec<Row<'static>>,
    charts: Vec<Chart>,
    /// Below the last chart.
    free: u32,
}

/// The sheet.
pub(super) fn sheet<'a>(book: &Book<'a>) -> Sheet<'a> {
    let mut page = Page {
        book,
        name: book.word("app-sheet-summary"),
        rows: Vec::new(),
        charts: Vec::new(),
        free: 0,
    };
    page.facts();
    page.distribution();
    page.scores();
    page.coverage();
    page.bounds();
    page.missing();
    let paint = book.paint(0, 0);
    let Page { name, rows, charts, .. } = page;
    let mut sheet = Sheet::new(name, rows);
    sheet.widths = vec![30.0, 14.0, 48.0, 12.0, 12.0, 20.0];
    sheet.paints = vec![paint];
    sheet.charts = charts;
    sheet.landscape = true;
    sheet
}

impl Page<'_> {
    fn row(&self) -> u32 {
        u32::try_from(self.rows.len()).unwrap_or(u32::MAX)
    }

    fn head(&mut self, code: &'static str) {
        self.rows.push(Vec::new());
        let style = Style {
            bold: true,
            size: Some(13),
            ..Style::default()
        };
        self.rows.push(vec![Cell::text(self.book.word(code)).styled(style)]);
    }

    fn facts(&mut self) {
        let book = self.book;
        let (document, manifest) = (&book.layer().level.document, book.manifest);
        self.rows.push(vec![
            Cell::text(document.name.get(book.lang).to_owned()).styled(Style::title()),
        ]);
        let fact = |code: &'static str, value: String| vec![Cell::text(book.word(code)), Cell::text(value)];
        self.rows.push(fact(
            "app-fact-version",
            format!("{} {}", document.id, document.version),
        ));
        self.rows.push(fact("app-fact-as-of", manifest.as_of.clone()));
        let counts = &manifest.counts;
        self.rows.push(vec![
            Cell::text(book.word("app-fact-customers")),
            whole(counts.customers),
        ]);
        self.rows
            .push(vec![Cell::text(book.word("app-fact-graded")), whole(counts.graded)]);
        for (code, count) in [
            ("app-ungraded-refused", counts.refused),
            ("app-ungraded-coverage", counts.coverage),
            ("app-ungraded-no-lines", counts.no_lines),
        ] {
            if count > 0 {
                self.rows.push(vec![Cell::text(book.word(code)), whole(count)]);
            }
        }
        if let Some(previous) = &manifest.previous {
            self.rows.push(fact(
                "app-fact-previous",
                format!("{} {} {}", previous.as_of, previous.policy, previous.version),
            ));
        }
        if manifest.data.left_out > 0 {
            self.rows.push(vec![
                Cell::text(book.word("app-fact-left-out")),
                whole(manifest.data.left_out),
            ]);
        }
        self.rows
            .push(fact("app-fact-policy-hash", manifest.policy.sha256.clone()));
        self.rows.push(fact(
            "app-fact-snapshot-hash",
            manifest
                .snapshot
                .last()
                .map(|last| last.content.clone())
                .unwrap_or_default(),
        ));
        self.rows.push(fact("app-fact-engine", manifest.engine.clone()));
        if book.layer().book.rows() > MOST_ROWS {
            let message = Message::new("app-too-many-customers")
                .with("n", book.layer().book.rows())
                .with("limit", MOST_ROWS);
            self.rows.push(vec![Cell::text(book.say(&message))]);
        }
    }

    fn distribution(&mut self) {
        self.head("app-head-distribution");
        let (book, layer) = (self.book, self.book.layer());
        let document = &layer.level.document;
        let money = figures::money_per_grade(layer, book.money);
        let mut headings = book.headings(&[
            "app-column-grade",
            "app-column-class",
            "app-column-condition",
            "app-column-customers",
            "app-column-share",
        ]);
        if let Some(at) = book.money {
            headings.push(heading(words::input_name(&layer.level, at).get(book.lang).to_owned()));
        }
        self.rows.push(headings);
        let first = self.row();
        let counts = figures::per_grade(layer);
        for (at, (grade, count)) in document.grades.iter().zip(&counts).enumerate() {
            let when = match grade.when.is_empty() {
                true => book.word("app-otherwise"),
                false => layer.level.condition(&grade.when).get(book.lang).to_owned(),
            };
            let mut row = vec![
                Cell::text(grade.name.get(book.lang).to_owned()),
                Cell::text(grade.class.clone()),
                Cell::text(when),
                whole(*count),
                share(*count, book.manifest.counts.customers),
            ];
            if let Some(worth) = money.as_ref().and_then(|money| money.get(at)) {
                row.push(Cell::units(*worth, 2));
            }
            self.rows.push(row);
        }
        let last = self.row().saturating_sub(1);
        self.rows.push(vec![
            Cell::text(book.word("app-ungraded")),
            Cell::empty(),
            Cell::empty(),
            whole(book.manifest.counts.ungraded),
            share(book.manifest.counts.ungraded, book.manifest.counts.customers),
        ]);
        let colours =
            (0..document.grades.len()).map(|rank| colour(&pinji_charts::grade_paint(rank, document.grades.len()).fill));
        let message = Message::new("app-chart-distribution").with(
            "n",
            Message::new("customers").with("n", count(book.manifest.counts.customers)),
        );
        let (title, name) = (book.say(&message), book.word("app-column-customers"));
        self.chart(&title, &name, (first, last), (0, 3), colours.collect());
    }

    fn scores(&mut self) {
        let (book, layer) = (self.book, self.book.layer());
        for (at, score) in layer.level.compiled.plan.parts().scores.iter().enumerate() {
            let name = layer.level.document.scores.iter().find(|named| named.id == score.id);
            let name = name.map_or_else(|| score.id.clone(), |named| named.name.get(book.lang).to_owned());
            let values = figures::sorted_scores(layer, at);
            self.rows.push(Vec::new());
            let style = Style {
                bold: true,
                size: Some(13),
                ..Style::default()
            };
            let title = book.say(&Message::new("app-head-score").with("score", name.clone()));
            self.rows.push(vec![Cell::text(title.clone()).styled(style)]);
            if let Some(quartiles) = figures::quartiles(&values) {
                self.rows.push(book.headings(&[
                    "app-stat-least",
                    "app-stat-lower",
                    "app-stat-median",
                    "app-stat-upper",
                    "app-stat-greatest",
                ]));
                self.rows.push(
                    quartiles
                        .iter()
                        .map(|value| Cell::units(*value, score.decimals))
                        .collect(),
                );
            }
            self.rows
                .push(book.headings(&["app-column-range", "app-column-customers"]));
            let first = self.row();
            for (low, high, count) in figures::histogram(&values, score.decimals) {
                self.rows
                    .push(vec![Cell::text(format!("{low:.0}–{high:.0}")), whole(count)]);
            }
            let last = self.row().saturating_sub(1);
            let count = book.word("app-column-customers");
            self.chart(
                &title,
                &count,
                (first, last),
                (0, 1),
                vec![colour(pinji_charts::colour::BLUE)],
            );
        }
    }

    fn coverage(&mut self) {
        self.head("app-head-coverage");
        let book = self.book;
        self.rows
            .push(book.headings(&["app-column-coverage", "app-column-customers", "app-column-share"]));
        for ((from, to), count) in figures::COVERAGE.iter().zip(figures::coverage(book.layer())) {
            let cells = vec![
                Cell::text(if from == to {
                    format!("{from}%")
                } else {
                    format!("{from}%–{to}%")
                }),
                whole(count),
                share(count, book.manifest.counts.customers),
            ];
            self.rows.push(cells);
        }
    }

    fn bounds(&mut self) {
        let (book, layer) = (self.book, self.book.layer());
        let document = &layer.level.document;
        let (caps, floors) = figures::bounds(layer);
        if caps.is_empty() && floors.is_empty() {
            return;
        }
        self.head("app-head-bounds");
        self.rows.push(book.headings(&[
            "app-column-bound",
            "app-column-grade",
            "app-column-condition",
            "app-column-customers",
        ]));
        let all = document.caps.iter().zip(caps).chain(document.floors.iter().zip(floors));
        for (bound, count) in all {
            let grade = document.grades.iter().find(|grade| grade.id == bound.grade);
            self.rows.push(vec![
                Cell::text(bound.reason.get(book.lang).to_owned()),
                Cell::text(
                    grade
                        .map(|grade| grade.name.get(book.lang).to_owned())
                        .unwrap_or_default(),
                ),
                Cell::text(layer.level.condition(&bound.when).get(book.lang).to_owned()),
                whole(count),
            ]);
        }
    }

    fn missing(&mut self) {
        let (book, layer) = (self.book, self.book.layer());
        let missing = figures::missing(layer);
        if missing.is_empty() {
            return;
        }
        self.head("app-head-missing");
        self.rows.push(book.headings(&[
            "app-column-indicator",
            "app-column-customers",
            "app-column-cause",
            "app-column-share",
        ]));
        for lacking in missing {
            let count = lacking.customers;
            let causes: Vec<String> = lacking
                .causes
                .iter()
                .map(|(cause, count)| format!("{} {count}", words::cause(book.lang, Some(*cause))))
                .collect();
            self.rows.push(vec![
                Cell::text(
                    figures::indicator_name(layer, lacking.indicator)
                        .get(book.lang)
                        .to_owned(),
                ),
                whole(count),
                Cell::text(causes.join(", ")),
                share(count, book.manifest.counts.customers),
            ]);
        }
    }

    /// A column chart over rows of this sheet, beside its table and below the chart before.
    fn chart(&mut self, title: &str, name: &str, rows: (u32, u32), columns: (u16, u16), colours: Vec<u32>) {
        let range = |column: u16| Range {
            sheet: self.name.clone(),
            first_row: rows.0,
            first_column: column,
            last_row: rows.1,
            last_column: column,
        };
        let labelled = colours.len() > 1;
        let series = Series {
            name: name.to_owned(),
            categories: range(columns.0),
            values: range(columns.1),
            colours,
            labelled,
        };
        let at = self.free.max(1);
        self.free = at + CHART_ROWS;
        self.charts.push(Chart {
            kind: ChartKind::Column,
            title: title.to_owned(),
            description: title.to_owned(),
            series: vec![series],
            category_axis: String::new(),
            value_axis: self.book.word("app-column-customers"),
            at: (at, CHART_COLUMN),
            size: (620, 340),
        });
    }
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
