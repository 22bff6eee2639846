//! Which column of a file is which field, and how its cells are read. 表头识别

use std::collections::{HashMap, HashSet};

use pinji_domain::{FieldType, Kind, Message};

use crate::bad::BadCell;
use crate::fold;
use crate::mapping::Mapping;
use crate::needs::{Need, Needs};
use crate::unit::{self, Base, Unit};
use crate::value::Reader;
use crate::value::date::DatePlan;

/// One column that is read.
#[derive(Debug, Clone)]
pub(crate) struct Planned {
    /// Where it stands in the file, from 0.
    pub source: usize,
    /// Which field of the kind it is.
    pub field: usize,
    /// Its heading as the file has it.
    pub heading: String,
    /// How its cells become values.
    pub reader: Reader,
    /// Whether a choice that is not on the list is left empty rather than bad.
    pub lenient: bool,
}

/// How the columns of one table are read.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// The columns that are read, in the order of the kind's fields.
    pub columns: Vec<Planned>,
    /// How many columns have headings.
    pub width: usize,
    /// A currency that a heading names for the whole table, and its field.
    pub currency: Option<(usize, &'static str)>,
    /// What is wrong with the table as a whole: required columns missing, two columns for one field.
    pub problems: Vec<Problem>,
    /// Headings that no field answers to.
    pub unused: Vec<String>,
    /// All headings that say something.
    pub headings: Vec<String>,
    /// Fields whose columns are there and not needed.
    pub idle: Vec<usize>,
    /// Which of the mappings were used, by their places.
    pub maps_used: Vec<usize>,
}

/// Something wrong with the headings of a table.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    /// The field that it concerns.
    pub field: usize,
    pub column: Option<u32>,
    pub heading: String,
    pub message: Message,
}

impl Problem {
    pub(crate) fn bad_cell(&self, file: &str, sheet: Option<&str>, row: u64) -> BadCell {
        BadCell {
            file: file.to_owned(),
            sheet: sheet.map(str::to_owned),
            row,
            subject: String::new(),
            column: self.column,
            heading: self.heading.clone(),
            says: String::new(),
            message: self.message.clone(),
            whole_table: true,
        }
    }
}

/// How well a heading fits a field: the better, the smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Mapped,
    Exact,
    WithoutUnit,
}

/// What a heading was found to be.
struct Match<'m> {
    field: usize,
    fit: Fit,
    unit: Option<Unit>,
    /// The mapping that says so, and its place among all.
    map: Option<(usize, &'m Mapping)>,
}

/// The headings that a kind knows: folded names to fields.
pub(crate) struct Names<'a> {
    kind: &'a Kind,
    names: HashMap<String, usize>,
}

impl<'a> Names<'a> {
    pub(crate) fn of(kind: &'a Kind) -> Self {
        let mut names = HashMap::new();
        // Ids first, then labels, then aliases: an earlier name is not taken over by a later one.
        let ids = kind
            .fields
            .iter()
            .enumerate()
            .map(|(at, field)| (at, field.id.as_str()));
        let labels = kind
            .fields
            .iter()
            .enumerate()
            .flat_map(|(at, field)| [(at, field.label.zh.as_str()), (at, field.label.en.as_str())]);
        let aliases = kind
            .fields
            .iter()
            .enumerate()
            .flat_map(|(at, field)| field.aliases.iter().map(move |alias| (at, alias.as_str())));
        for (at, name) in ids.chain(labels).chain(aliases) {
            names.entry(fold::name(name)).or_insert(at);
            names.entry(fold::name(&unit::split(name).0)).or_insert(at);
        }
        // With its own unit after it, as templates write it, whatever the unit is.
        for (at, field) in kind.fields.iter().enumerate() {
            for (label, unit) in [(&field.label.zh, &field.unit.zh), (&field.label.en, &field.unit.en)] {
                if !unit.is_empty() {
                    names.entry(fold::name(&format!("{label}({unit})"))).or_insert(at);
                }
            }
        }
        names.remove("");
        Names { kind, names }
    }

    fn find<'m>(&self, heading: &str, maps: &'m [Mapping]) -> Option<Match<'m>> {
        let folded = fold::name(heading);
        if folded.is_empty() {
            return None;
        }
        let (words, unit) = unit::split(heading);
        let bare = fold::name(&words);
        // Where `rank_pct` as a whole is a name, its end belongs to the name and scales nothing.
        let identifier = heading.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let of_whole = unit.clone().filter(|unit| !identifier || unit.base != Base::Percent);
        for (place, map) in maps.iter().enumerate() {
            let whole = map.is_for(&self.kind.id, &folded);
            if (whole || map.is_for(&self.kind.id, &bare))
                && let Some(field) = self.kind.position(&map.field)
            {
                return Some(Match {
                    field,
                    fit: Fit::Mapped,
                    unit: if whole { of_whole } else { unit },
                    map: Some((place, map)),
                });
            }
        }
        if let Some(field) = self.names.get(&folded) {
            return Some(Match {
                field: *field,
                fit: Fit::Exact,
                unit: of_whole,
                map: None,
            });
        }
        self.names.get(&bare).map(|field| Match {
            field: *field,
            fit: Fit::WithoutUnit,
            unit,
            map: None,
        })
    }

    /// How many different fields a row of headings names.
    pub(crate) fn count<S: AsRef<str>>(&self, headings: &[S], maps: &[Mapping]) -> usize {
        let fields = headings
            .iter()
            .filter_map(|heading| self.find(heading.as_ref(), maps))
            .map(|found| found.field);
        fields.collect::<HashSet<usize>>().len()
    }
}

/// The field of a kind that a heading names, by id, label or alias; its unit does not matter. 表头对应的字段
pub fn named<'k>(kind: &'k Kind, heading: &str) -> Option<&'k str> {
    let found = Names::of(kind).find(heading, &[])?.field;
    kind.fields.get(found).map(|field| field.id.as_str())
}

/// Which of the first rows of a table holds the headings: the one that names most fields, the earliest of equals.
pub(crate) fn heading_row<S: AsRef<str>>(
    rows: &[Vec<S>],
    names: &Names<'_>,
    maps: &[Mapping],
) -> Option<(usize, usize)> {
    let mut best = None;
    for (at, row) in rows.iter().enumerate() {
        let count = names.count(row, maps);
        if count > best.map_or(0, |(_, count)| count) {
            best = Some((at, count));
        }
    }
    best
}

/// Headings of columns that Pinji itself adds to the copies it marks.
pub(crate) const OWN_HEADINGS: [&str; 2] = ["错误原因", "Error"];

impl Plan {
    /// Plans how a table of `kind` with these headings is read.
    pub(crate) fn new(kind: &Kind, headings: &[String], maps: &[Mapping]) -> Plan {
        let names = Names::of(kind);
        let mut plan = Plan {
            columns: Vec::new(),
            width: headings
                .iter()
                .rposition(|heading| !heading.trim().is_empty())
                .map_or(0, |last| last + 1),
            currency: None,
            problems: Vec::new(),
            unused: Vec::new(),
            headings: headings
                .iter()
                .map(|heading| heading.trim())
                .filter(|heading| !heading.is_empty())
                .map(str::to_owned)
                .collect(),
            idle: Vec::new(),
            maps_used: Vec::new(),
        };
        let mut taken: HashMap<usize, (Fit, usize, Planned)> = HashMap::new();
        let mut currencies: Vec<(&'static str, u32, String)> = Vec::new();
        for (source, heading) in headings.iter().enumerate() {
            let heading = heading.trim();
            let Some(Match {
                field,
                fit,
                unit: own_unit,
                map,
            }) = names.find(heading, maps)
            else {
                let folded = fold::name(heading);
                let own = folded == fold::name(&OWN_HEADINGS.concat())
                    || OWN_HEADINGS.iter().any(|known| fold::name(known) == folded);
                if !heading.is_empty() && !own {
                    plan.unused.push(heading.to_owned());
                }
                continue;
            };
            let Some(described) = kind.fields.get(field) else {
                continue;
            };
            let (factor, map_unit, calendar) = match map {
                Some((place, map)) => {
                    plan.maps_used.push(place);
                    (map.factor, map.unit.as_ref(), map.calendar)
                }
                None => (None, None, None),
            };
            let unit = map_unit.or(own_unit.as_ref());
            let column = u32::try_from(source).unwrap_or(u32::MAX);
            if let Some(message) = unit
                .filter(|_| factor.is_none())
                .and_then(|unit| clash(described, unit))
            {
                plan.problems.push(Problem {
                    field,
                    column: Some(column),
                    heading: heading.to_owned(),
                    message,
                });
                continue;
            }
            if let Some(Unit {
                base: Base::Money(Some(code)),
                ..
            }) = unit
                && matches!(described.ty, FieldType::Money(_))
            {
                currencies.push((code, column, heading.to_owned()));
            }
            let dates = DatePlan {
                calendar: calendar.unwrap_or_default(),
                period: kind.date.as_deref() == Some(described.id.as_str()),
            };
            let reader = Reader::new(described, heading, unit, factor, dates);
            let planned = Planned {
                source,
                field,
                heading: heading.to_owned(),
                reader,
                lenient: false,
            };
            match taken.get(&field) {
                Some((before, _, _)) if *before < fit => plan.unused.push(heading.to_owned()),
                Some((before, _, other)) if *before == fit => plan.problems.push(Problem {
                    field,
                    column: Some(column),
                    heading: heading.to_owned(),
                    message: Message::new("data-two-columns")
                        .with("field", described.label.clone())
                        .with("other", other.heading.as_str()),
                }),
                before => {
                    if let Some((_, _, other)) = before {
                        plan.unused.push(other.heading.clone());
                    }
                    taken.insert(field, (fit, source, planned));
                }
            }
        }
        for (at, field) in kind.fields.iter().enumerate() {
            if let Some((_, _, planned)) = taken.remove(&at) {
                plan.columns.push(planned);
            } else if field.required {
                plan.problems.push(Problem {
                    field: at,
                    column: None,
                    heading: field.label.get(pinji_domain::Lang::Zh).to_owned(),
                    message: Message::new("data-column-missing")
                        .with("field", field.label.clone())
                        .with("id", field.id.as_str())
                        // A language file can choose by a word, not by an empty text.
                        .with(
                            "found",
                            if plan.unused.is_empty() {
                                "none".to_owned()
                            } else {
                                plan.unused.join("、")
                            },
                        ),
                });
            }
        }
        plan.settle_currency(kind, &currencies);
        plan
    }

    /// The same plan for the fields alone that are needed.
    pub(crate) fn narrowed(mut self, kind: &Kind, needs: &Needs) -> Plan {
        let need = |field: usize| needs.of(kind, &kind.fields.get(field)?.id);
        let (needed, idle) = self
            .columns
            .into_iter()
            .partition(|column| need(column.field).is_some());
        self.columns = needed;
        let idle: Vec<Planned> = idle;
        self.idle = idle.iter().map(|column| column.field).collect();
        for column in &mut self.columns {
            column.lenient = need(column.field) == Some(Need::Shown);
        }
        self.problems.retain(|problem| need(problem.field).is_some());
        self.currency = self.currency.filter(|(field, _)| need(*field).is_some());
        self
    }

    /// A currency in a heading counts for the whole table, if the table has no currency column and all headings agree.
    fn settle_currency(&mut self, kind: &Kind, currencies: &[(&'static str, u32, String)]) {
        let Some((code, _, _)) = currencies.first() else { return };
        let Some(field) = kind.currency.as_deref().and_then(|id| kind.position(id)) else {
            return;
        };
        if self.columns.iter().any(|column| column.field == field) {
            return;
        }
        match currencies.iter().find(|(other, _, _)| other != code) {
            Some((other, column, heading)) => self.problems.push(Problem {
                field,
                column: Some(*column),
                heading: heading.clone(),
                message: Message::new("data-two-currencies")
                    .with("one", *code)
                    .with("other", *other),
            }),
            None => self.currency = Some((field, *code)),
        }
    }
}

/// A unit that cannot be the field's: days for months, a share for an amount.
fn clash(field: &pinji_domain::Field, unit: &Unit) -> Option<Message> {
    let own = unit::parse(&field.unit.zh).or_else(|| unit::parse(&field.unit.en))?;
    let clashes = match (&own.base, &unit.base) {
        (Base::Time(own), Base::Time(other)) => own != other,
        (Base::Money(_), Base::Percent) => true,
        _ => false,
    };
    clashes.then(|| {
        Message::new("data-unit-clash")
            .with("field", field.label.clone())
            .with("unit", field.unit.clone())
    })
}
