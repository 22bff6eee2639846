//! Native charts over cells. 图表

use std::collections::HashMap;

use rust_xlsxwriter::{
    Chart as NativeChart, ChartDataLabel, ChartFont, ChartFormat, ChartLine, ChartPoint, ChartSolidFill, ChartType,
    Color,
};

/// Cells of some sheet, for a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    /// The sheet's name as given.
    pub sheet: String,
    /// The first row, from 0.
    pub first_row: u32,
    /// The first column, from 0.
    pub first_column: u16,
    /// The last row.
    pub last_row: u32,
    /// The last column.
    pub last_column: u16,
}

/// The kind of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartKind {
    /// Upright bars. 柱形图
    Column,
    /// Upright bars on top of each other.
    StackedColumn,
    /// Lying bars, the first on top. 条形图
    Bar,
    /// Lying bars end to end.
    StackedBar,
    /// A line. 折线图
    Line,
}

/// A native chart. 图表
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// Its kind.
    pub kind: ChartKind,
    /// Its title: the conclusion.
    pub title: String,
    /// What it says in words, for who cannot see it.
    pub description: String,
    /// The series.
    pub series: Vec<Series>,
    /// What the categories are.
    pub category_axis: String,
    /// What the values are.
    pub value_axis: String,
    /// The cell of its upper left corner: row, column.
    pub at: (u32, u16),
    /// Width and height in pixels.
    pub size: (u32, u32),
}

/// One series of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// The cells of its categories.
    pub categories: Range,
    /// The cells of its values.
    pub values: Range,
    /// Colours (0xRRGGBB): one for the whole series, or one for each point.
    pub colours: Vec<u32>,
    /// Whether the values stand at the bars.
    pub labelled: bool,
}

/// The chart as the file format has it; `names` gives each sheet the name that it got.
pub(super) fn native(chart: &Chart, names: &HashMap<String, String>) -> NativeChart {
    let mut out = NativeChart::new(match chart.kind {
        ChartKind::Column => ChartType::Column,
        ChartKind::StackedColumn => ChartType::ColumnStacked,
        ChartKind::Bar => ChartType::Bar,
        ChartKind::StackedBar => ChartType::BarStacked,
        ChartKind::Line => ChartType::Line,
    });
    let muted = || {
        let mut font = ChartFont::new();
        font.set_size(9).set_color(Color::RGB(0x51_56_5D));
        font
    };
    let mut title = ChartFont::new();
    title.set_size(12).set_color(Color::RGB(0x1F_23_29));
    out.title().set_name(&words(&chart.title)).set_font(&title);
    out.set_alt_text(chart.description.as_str())
        .set_width(chart.size.0)
        .set_height(chart.size.1);
    let mut grid = ChartLine::new();
    grid.set_color(Color::RGB(0xDE_E0_E3)).set_width(0.75);
    out.x_axis().set_font(&muted());
    out.y_axis().set_font(&muted()).set_major_gridlines_line(&grid);
    if !chart.category_axis.is_empty() {
        out.x_axis()
            .set_name(&words(&chart.category_axis))
            .set_name_font(&muted());
    }
    if !chart.value_axis.is_empty() {
        out.y_axis().set_name(&words(&chart.value_axis)).set_name_font(&muted());
    }
    let lying = matches!(chart.kind, ChartKind::Bar | ChartKind::StackedBar);
    if lying {
        out.x_axis().set_reverse();
    }
    if !matches!(chart.kind, ChartKind::Line) {
        // Bars begin at zero.
        out.y_axis().set_min(0);
    }
    for series in &chart.series {
        let cells = |range: &Range| {
            let sheet = names.get(&range.sheet).cloned().unwrap_or_else(|| range.sheet.clone());
            (
                sheet,
                range.first_row,
                range.first_column,
                range.last_row,
                range.last_column,
            )
        };
        let (categories, values) = (cells(&series.categories), cells(&series.values));
        let added = out.add_series();
        added
            .set_name(&words(&series.name))
            .set_categories((
                categories.0.as_str(),
                categories.1,
                categories.2,
                categories.3,
                categories.4,
            ))
            .set_values((values.0.as_str(), values.1, values.2, values.3, values.4));
        if !matches!(chart.kind, ChartKind::Line) {
            added.set_gap(60);
        }
        match series.colours.as_slice() {
            [] => {}
            [one] => {
                added.set_format(&mut coloured(chart.kind, *one));
            }
            each => {
                let points: Vec<ChartPoint> = each
                    .iter()
                    .map(|colour| ChartPoint::new().set_format(&mut coloured(chart.kind, *colour)))
                    .collect();
                added.set_points(&points);
            }
        }
        if series.labelled {
            let mut label = ChartDataLabel::new();
            label.show_value().set_font(&muted());
            added.set_data_label(&label);
        }
    }
    if chart.series.len() < 2 {
        out.legend().set_hidden();
    }
    out
}

/// Words of a chart that cannot be taken for a formula or a range of cells.
fn words(text: &str) -> String {
    text.trim_start_matches('=').replace('!', "！")
}

/// A fill in this colour; the light ones get an outline, so that they stand out from the paper.
fn coloured(kind: ChartKind, colour: u32) -> ChartFormat {
    let mut format = ChartFormat::new();
    if kind == ChartKind::Line {
        let mut line = ChartLine::new();
        line.set_color(Color::RGB(colour)).set_width(2.0);
        format.set_line(&line);
        return format;
    }
    let mut fill = ChartSolidFill::new();
    fill.set_color(Color::RGB(colour));
    format.set_solid_fill(&fill);
    let brightness = (colour >> 16 & 0xFF) * 3 + (colour >> 8 & 0xFF) * 6 + (colour & 0xFF);
    if brightness > 1500 {
        let mut line = ChartLine::new();
        line.set_color(Color::RGB(0x51_56_5D)).set_width(0.75);
        format.set_border(&line);
    }
    format
}
