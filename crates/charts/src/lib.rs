//! Numbers into pictures: SVG text for page, report, print and mail. 图表
//!
//! Each chart is a plain struct of numbers and labels and one function that draws it. The same text comes out for the
//! same numbers, byte for byte: positions are rounded to a tenth of a pixel, nothing is random, nothing is fetched.
//!
//! The SVG is written here rather than by a chart library (charts-rs was weighed): the house rules ask for things that
//! libraries do not offer and that cannot be bolted on — a conclusion as title with period and policy under it, the
//! previous period as an outline, marks beside colours, a box round the diagonal, company names cut in the middle,
//! a title and a description for readers who do not see — and drawing rectangles, lines and words takes little code.
//! It also keeps some thirty packages out of the build.
//!
//! Pictures carry the colours of the light theme as attributes, so that they stand alone; a page may turn them dark by
//! the classes `pj-t` (text), `pj-s` (secondary text), `pj-m` (muted text), `pj-g` (grid), `pj-o` (outlines of marks),
//! `pj-b` (strong lines), `pj-e` (the ground inside an empty mark), `pj-w` (warning text, its stroke being the ground) and
//! `pj-wl` (warning lines).

mod bars;
pub mod colour;
mod heat_map;
mod histogram;
mod marks;
mod profile;
mod scale;
mod svg;
pub mod text;
mod waterfall;

pub use bars::{Bar, Bars, bars};
pub use colour::{Paint, grade_paint};
pub use heat_map::{HeatMap, Side, heat_map};
pub use histogram::{Bin, CutOff, Histogram, histogram};
pub use profile::{Profile, Series, profile};
pub use svg::{Frame, escape};
pub use waterfall::{CutLine, Step, Waterfall, waterfall};
