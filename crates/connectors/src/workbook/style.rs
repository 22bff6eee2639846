//! How cells look. 单元格样式

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

/// How a cell looks. 样式
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Style {
    /// How its number is shown.
    pub shown: Shown,
    /// Bold.
    pub bold: bool,
    /// Lines break at the cell's edge.
    pub wrap: bool,
    /// Where it stands; numbers right and texts left by themselves.
    pub align: Align,
    /// The fill, as 0xRRGGBB.
    pub fill: Option<u32>,
    /// The colour of the text, as 0xRRGGBB.
    pub colour: Option<u32>,
    /// The size in points; 11 otherwise.
    pub size: Option<u8>,
    /// A thin line below.
    pub line: bool,
}

impl Style {
    /// Nothing but how the number is shown.
    pub const fn shown(shown: Shown) -> Self {
        Style {
            shown,
            bold: false,
            wrap: false,
            align: Align::Natural,
            fill: None,
            colour: None,
            size: None,
            line: false,
        }
    }

    /// A column heading: bold on light grey, wrapped, with a line below.
    pub const fn heading() -> Self {
        Style {
            shown: Shown::General,
            bold: true,
            wrap: true,
            align: Align::Centre,
            fill: Some(0xEE_F1_F4),
            colour: Some(0x1F_23_29),
            size: None,
            line: true,
        }
    }

    /// The title of a sheet.
    pub const fn title() -> Self {
        Style {
            bold: true,
            size: Some(16),
            ..Style::shown(Shown::General)
        }
    }

    /// Remarks: small and grey.
    pub const fn remark() -> Self {
        Style {
            colour: Some(0x64_6A_73),
            size: Some(9),
            ..Style::shown(Shown::General)
        }
    }

    pub(super) fn format(self) -> Format {
        let mut format = match self.shown {
            Shown::General => Format::new(),
            Shown::Whole => Format::new().set_num_format("#,##0"),
            Shown::Decimals(0) => Format::new().set_num_format("#,##0"),
            Shown::Decimals(decimals) => {
                Format::new().set_num_format(format!("#,##0.{}", "0".repeat(usize::from(decimals))))
            }
            Shown::Percent(0) => Format::new().set_num_format("0%"),
            Shown::Percent(decimals) => {
                Format::new().set_num_format(format!("0.{}%", "0".repeat(usize::from(decimals))))
            }
            Shown::Date => Format::new().set_num_format("yyyy-mm-dd"),
            Shown::Text => Format::new().set_num_format("@"),
        };
        if self.bold {
            format = format.set_bold();
        }
        if self.wrap {
            format = format.set_text_wrap();
        }
        format = match self.align {
            Align::Natural => format,
            Align::Left => format.set_align(FormatAlign::Left),
            Align::Centre => format.set_align(FormatAlign::Center),
            Align::Right => format.set_align(FormatAlign::Right),
        };
        format = format.set_align(FormatAlign::VerticalCenter);
        if let Some(fill) = self.fill {
            format = format.set_background_color(Color::RGB(fill));
        }
        if let Some(colour) = self.colour {
            format = format.set_font_color(Color::RGB(colour));
        }
        if let Some(size) = self.size {
            format = format.set_font_size(size);
        }
        if self.line {
            format = format
                .set_border_bottom(FormatBorder::Thin)
                .set_border_bottom_color(Color::RGB(0x8F_95_9E));
        }
        format
    }
}

/// How a number is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Shown {
    /// As Excel likes.
    #[default]
    General,
    /// Whole, with thousands separators.
    Whole,
    /// With so many decimals and thousands separators.
    Decimals(u8),
    /// As a percentage with so many decimals.
    Percent(u8),
    /// As YYYY-MM-DD.
    Date,
    /// As text.
    Text,
}

/// Where a cell's content stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Align {
    /// Numbers right, texts left.
    #[default]
    Natural,
    /// Left.
    Left,
    /// In the middle.
    Centre,
    /// Right.
    Right,
}
