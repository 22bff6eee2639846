//! What one pass over the records of a kind has to do: all measures of the kind, shared work only once. 度量程序

use pinji_domain::date::to_days;
use pinji_domain::{Date, FieldType, Kind};
use pinji_engine::{Expr, InputType};
use pinji_policy::document::{Document, ReconcileBy, Scoring};
use pinji_policy::{AggregateFunction, CompiledMeasure, MeasureSource};

use crate::cells::input_type;
use crate::error::QueryError;

/// The kind whose rows are expert opinions.
pub(crate) const ASSESSMENT: &str = "assessment";

/// One pass over the records of one kind.
#[derive(Debug)]
pub(crate) struct Program<'a> {
    pub kind: &'a Kind,
    /// Field ids that are read, the subject first, then in the order of the kind.
    pub fields: Vec<&'a str>,
    /// What they hold.
    pub types: Vec<InputType>,
    pub date: Option<usize>,
    pub known: Option<usize>,
    pub currency: Option<usize>,
    /// Fields with money, where the kind names a currency.
    pub money: Vec<usize>,
    /// The fields that make a record unique beside its subject; empty for ledgers.
    pub key: Vec<usize>,
    pub as_of: i32,
    /// Which rows count; several measures may share one.
    pub selections: Vec<Selection>,
    /// What is computed per row; several calls may share one.
    pub arguments: Vec<Argument<'a>>,
    pub calls: Vec<Call<'a>>,
    pub latest: Vec<Latest>,
    pub judged: Vec<Judged<'a>>,
    /// Where opinions keep indicator, expert, level and points.
    pub opinion: [Option<usize>; 4],
    pub outputs: Vec<Output<'a>>,
}

/// Rows that count.
#[derive(Debug, PartialEq)]
pub(crate) struct Selection {
    pub filter: Option<Expr>,
    /// The last day outside the window.
    pub after: Option<i32>,
}

impl Selection {
    /// Whether every visible row counts.
    pub(crate) fn is_all(&self) -> bool {
        self.filter.is_none() && self.after.is_none()
    }
}

/// A value per row.
#[derive(Debug)]
pub(crate) struct Argument<'a> {
    pub expr: Expr,
    /// Numbers are brought to these decimals.
    pub decimals: Option<u8>,
    /// The first measure that needs it, for errors.
    pub measure: &'a str,
}

/// One aggregate.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub selection: usize,
    pub function: AggregateFunction,
    pub argument: Option<usize>,
    pub measure: &'a str,
}

/// The newest record of each subject among the selected ones, and the values taken from it.
#[derive(Debug)]
pub(crate) struct Latest {
    pub selection: usize,
    pub arguments: Vec<usize>,
}

/// Opinions on one indicator.
#[derive(Debug)]
pub(crate) struct Judged<'a> {
    pub indicator: &'a str,
    pub levels: &'a [(String, i32)],
    pub by: ReconcileBy,
    pub min: u32,
    pub spread: Option<i32>,
    /// The last day that is too old.
    pub stale: Option<i32>,
}

/// How a measure comes out of the pass.
#[derive(Debug)]
pub(crate) struct Output<'a> {
    /// Its position in the policy.
    pub measure: usize,
    pub id: &'a str,
    pub ty: &'a InputType,
    pub from: From<'a>,
}

/// What a measure is made of.
#[derive(Debug)]
pub(crate) enum From<'a> {
    Calls {
        calls: Vec<usize>,
        value: &'a Expr,
    },
    Latest {
        latest: usize,
        value: usize,
        stale: Option<i32>,
    },
    Judged(usize),
}

/// The kind that a measure reads, if it reads records.
pub(crate) fn kind_of(measure: &CompiledMeasure) -> Option<&str> {
    match &measure.source {
        MeasureSource::Latest { kind, .. } | MeasureSource::Aggregate { kind, .. } => Some(kind),
        MeasureSource::Judged { .. } => Some(ASSESSMENT),
        MeasureSource::Given(_) | MeasureSource::Grade { .. } | MeasureSource::GroupGrade => None,
    }
}

impl<'a> Program<'a> {
    /// The pass for the given measures (positions in `all`), all of which read `kind`. None at all: the pass only
    /// finds out whom there are records of.
    pub(crate) fn new(
        kind: &'a Kind,
        all: &'a [CompiledMeasure],
        measures: &[usize],
        as_of: Date,
    ) -> Result<Self, QueryError> {
        let mut program = Program {
            kind,
            fields: Vec::new(),
            types: Vec::new(),
            date: None,
            known: None,
            currency: None,
            money: Vec::new(),
            key: Vec::new(),
            as_of: to_days(as_of),
            selections: Vec::new(),
            arguments: Vec::new(),
            calls: Vec::new(),
            latest: Vec::new(),
            judged: Vec::new(),
            opinion: [None; 4],
            outputs: Vec::new(),
        };
        let measures = measures.iter().filter_map(|at| Some((*at, all.get(*at)?)));
        let measures: Vec<(usize, &CompiledMeasure)> = measures.collect();
        program.choose_fields(&measures)?;
        for (at, measure) in measures {
            program.add(at, measure, as_of)?;
        }
        Ok(program)
    }

    fn choose_fields(&mut self, measures: &[(usize, &'a CompiledMeasure)]) -> Result<(), QueryError> {
        let kind = self.kind;
        let mut wanted: Vec<&str> = Vec::new();
        let mut judged = false;
        for (_, measure) in measures {
            match &measure.source {
                MeasureSource::Latest { fields, .. } | MeasureSource::Aggregate { fields, .. } => {
                    if let Some(missing) = fields.iter().find(|field| kind.field(field).is_none()) {
                        return Err(QueryError::FieldType {
                            kind: kind.id.clone(),
                            field: missing.clone(),
                            expected: "a declared field".to_owned(),
                            found: "none".to_owned(),
                        });
                    }
                    wanted.extend(fields.iter().map(String::as_str));
                }
                MeasureSource::Judged { .. } => judged = true,
                MeasureSource::Given(_) | MeasureSource::Grade { .. } | MeasureSource::GroupGrade => {}
            }
        }
        if judged {
            wanted.extend(["indicator", "expert", "level", "points"]);
        }
        let money = |id: &str| matches!(kind.field(id).map(|field| &field.ty), Some(FieldType::Money(_)));
        let converts = kind.currency.is_some() && wanted.iter().any(|id| money(id));
        wanted.extend(kind.date.as_deref());
        wanted.extend(kind.known.as_deref());
        if !measures.is_empty() {
            wanted.extend(kind.key.iter().map(String::as_str));
        }
        if converts {
            wanted.extend(kind.currency.as_deref());
        }
        self.fields.push(&kind.subject);
        self.types.push(
            kind.field(&kind.subject)
                .map_or(InputType::Text(None), |field| input_type(&field.ty)),
        );
        for field in kind.fields.iter().filter(|field| field.id != kind.subject) {
            if wanted.contains(&field.id.as_str()) {
                self.fields.push(&field.id);
                self.types.push(input_type(&field.ty));
            }
        }
        let at = |id: Option<&str>| id.and_then(|id| self.fields.iter().position(|field| *field == id));
        let (date, known) = (at(kind.date.as_deref()), at(kind.known.as_deref()));
        let currency = if converts { at(kind.currency.as_deref()) } else { None };
        let opinion = if judged {
            ["indicator", "expert", "level", "points"].map(|id| at(Some(id)))
        } else {
            [None; 4]
        };
        let key = if measures.is_empty() {
            Vec::new()
        } else {
            kind.key.iter().filter_map(|id| at(Some(id))).collect()
        };
        let money = self
            .fields
            .iter()
            .enumerate()
            .filter(|(_, id)| currency.is_some() && money(id))
            .map(|(at, _)| at);
        self.money = money.collect();
        (self.date, self.known, self.currency, self.opinion, self.key) = (date, known, currency, opinion, key);
        Ok(())
    }

    fn add(&mut self, at: usize, measure: &'a CompiledMeasure, as_of: Date) -> Result<(), QueryError> {
        let from = match &measure.source {
            MeasureSource::Latest {
                fields,
                value,
                filter,
                fresh,
                ..
            } => {
                let places = self.places(fields);
                let selection = self.selection(filter.as_ref(), None, &places);
                let argument = self.argument(remap(value, &places), None, &measure.id);
                let latest = self.latest_of(selection);
                let value = self.latest.get_mut(latest).map_or(0, |latest| {
                    latest
                        .arguments
                        .iter()
                        .position(|held| *held == argument)
                        .unwrap_or_else(|| {
                            latest.arguments.push(argument);
                            latest.arguments.len() - 1
                        })
                });
                // What has no date cannot grow old.
                let fresh = fresh.filter(|_| self.date.is_some());
                From::Latest {
                    latest,
                    value,
                    stale: fresh.map(|fresh| to_days(fresh.before(as_of))),
                }
            }
            MeasureSource::Aggregate {
                fields,
                calls,
                value,
                filter,
                over,
                ..
            } => {
                let places = self.places(fields);
                let after = over.map(|over| to_days(over.before(as_of)));
                let selection = self.selection(filter.as_ref(), after, &places);
                let mut positions = Vec::with_capacity(calls.len());
                for call in calls {
                    let argument = call.argument.as_ref().map(|argument| {
                        let decimals = self.decimals_of(call.function, call.decimals, argument, &places);
                        self.argument(remap(argument, &places), decimals, &measure.id)
                    });
                    positions.push(self.call(selection, call.function, argument, &measure.id));
                }
                From::Calls {
                    calls: positions,
                    value,
                }
            }
            MeasureSource::Judged {
                levels,
                by,
                min,
                spread,
                fresh,
            } => {
                self.judged.push(Judged {
                    indicator: &measure.id,
                    levels,
                    by: *by,
                    min: *min,
                    spread: *spread,
                    stale: fresh
                        .filter(|_| self.date.is_some())
                        .map(|fresh| to_days(fresh.before(as_of))),
                });
                From::Judged(self.judged.len() - 1)
            }
            MeasureSource::Given(_) | MeasureSource::Grade { .. } | MeasureSource::GroupGrade => return Ok(()),
        };
        self.outputs.push(Output {
            measure: at,
            id: &measure.id,
            ty: &measure.ty,
            from,
        });
        Ok(())
    }

    /// A bare integer field keeps its own scale where the call names none; counts look at the value as it is.
    fn decimals_of(
        &self,
        function: AggregateFunction,
        decimals: Option<u8>,
        argument: &Expr,
        places: &[usize],
    ) -> Option<u8> {
        if matches!(function, AggregateFunction::Count | AggregateFunction::CountDistinct) {
            return None;
        }
        let own = match argument {
            Expr::Input(at) => places.get(*at).and_then(|at| self.types.get(*at)),
            _ => None,
        };
        match own {
            Some(InputType::Int(scale)) => Some(decimals.unwrap_or(*scale)),
            _ => decimals,
        }
    }

    fn places(&self, fields: &[String]) -> Vec<usize> {
        fields
            .iter()
            .map(|id| self.fields.iter().position(|field| field == id).unwrap_or(usize::MAX))
            .collect()
    }

    fn selection(&mut self, filter: Option<&Expr>, after: Option<i32>, places: &[usize]) -> usize {
        let wanted = Selection {
            filter: filter.map(|filter| remap(filter, places)),
            after,
        };
        self.selections
            .iter()
            .position(|held| *held == wanted)
            .unwrap_or_else(|| {
                self.selections.push(wanted);
                self.selections.len() - 1
            })
    }

    fn argument(&mut self, expr: Expr, decimals: Option<u8>, measure: &'a str) -> usize {
        let held = self
            .arguments
            .iter()
            .position(|held| held.expr == expr && held.decimals == decimals);
        held.unwrap_or_else(|| {
            self.arguments.push(Argument {
                expr,
                decimals,
                measure,
            });
            self.arguments.len() - 1
        })
    }

    fn call(
        &mut self,
        selection: usize,
        function: AggregateFunction,
        argument: Option<usize>,
        measure: &'a str,
    ) -> usize {
        // A mean and a sum of the same values share their state; they differ only when they are read.
        let alike =
            |held: &Call<'_>| held.selection == selection && held.function == function && held.argument == argument;
        self.calls.iter().position(alike).unwrap_or_else(|| {
            self.calls.push(Call {
                selection,
                function,
                argument,
                measure,
            });
            self.calls.len() - 1
        })
    }

    fn latest_of(&mut self, selection: usize) -> usize {
        self.latest
            .iter()
            .position(|held| held.selection == selection)
            .unwrap_or_else(|| {
                self.latest.push(Latest {
                    selection,
                    arguments: Vec::new(),
                });
                self.latest.len() - 1
            })
    }

    /// The scale of an argument's integers: that of a bare field, or the decimals it was brought to.
    pub(crate) fn scale_of(&self, argument: usize) -> u8 {
        let Some(argument) = self.arguments.get(argument) else {
            return 0;
        };
        match (&argument.expr, argument.decimals) {
            (_, Some(decimals)) => decimals,
            (Expr::Input(at), None) => match self.types.get(*at) {
                Some(InputType::Int(scale)) => *scale,
                _ => 0,
            },
            _ => 0,
        }
    }

    /// Whether a call counts the records that a pass counts anyway: all that are visible.
    pub(crate) fn counts_records(&self, call: &Call<'_>) -> bool {
        call.function == AggregateFunction::Count
            && call.argument.is_none()
            && self.selections.get(call.selection).is_some_and(Selection::is_all)
    }

    /// Whether anything but bare fields is computed per row.
    pub(crate) fn computes(&self) -> bool {
        self.selections.iter().any(|selection| selection.filter.is_some())
            || self
                .arguments
                .iter()
                .any(|argument| !matches!(argument.expr, Expr::Input(_)))
    }
}

/// The words that mean a level, and its points: the level's id and its names. 等级用词
pub(crate) fn level_words<'a>(
    document: &'a Document,
    indicator: &str,
    levels: &'a [(String, i32)],
) -> Vec<(&'a str, i32)> {
    let mut words: Vec<(&str, i32)> = levels.iter().map(|(id, points)| (id.as_str(), *points)).collect();
    let written = document
        .indicators
        .iter()
        .find(|held| held.id == indicator)
        .map(|held| &held.scoring);
    if let Some(Scoring::Judged { levels: written, .. }) = written {
        for level in written {
            if let Some((_, points)) = levels.iter().find(|(id, _)| *id == level.id) {
                words.extend(
                    [&level.name.zh, &level.name.en]
                        .into_iter()
                        .filter(|name| !name.is_empty())
                        .map(|name| (name.as_str(), *points)),
                );
            }
        }
    }
    words
}

/// The same expression over other positions.
fn remap(expr: &Expr, to: &[usize]) -> Expr {
    let one = |expr: &Expr| Box::new(remap(expr, to));
    let many = |list: &[Expr]| list.iter().map(|expr| remap(expr, to)).collect();
    match expr {
        Expr::Number(_) | Expr::Text(_) | Expr::Date(_) | Expr::Flag(_) => expr.clone(),
        Expr::Input(at) => Expr::Input(to.get(*at).copied().unwrap_or(usize::MAX)),
        Expr::Negate(a) => Expr::Negate(one(a)),
        Expr::Binary(operator, a, b) => Expr::Binary(*operator, one(a), one(b)),
        Expr::Compare(comparison, a, b) => Expr::Compare(*comparison, one(a), one(b)),
        Expr::InList(a, list) => Expr::InList(one(a), many(list)),
        Expr::IsNull(a) => Expr::IsNull(one(a)),
        Expr::Not(a) => Expr::Not(one(a)),
        Expr::And(a, b) => Expr::And(one(a), one(b)),
        Expr::Or(a, b) => Expr::Or(one(a), one(b)),
        Expr::Case(arms, otherwise) => Expr::Case(
            arms.iter()
                .map(|(when, then)| (remap(when, to), remap(then, to)))
                .collect(),
            otherwise.as_deref().map(one),
        ),
        Expr::Coalesce(list) => Expr::Coalesce(many(list)),
        Expr::NullIf(a, b) => Expr::NullIf(one(a), one(b)),
        Expr::Least(list) => Expr::Least(many(list)),
        Expr::Greatest(list) => Expr::Greatest(many(list)),
        Expr::Abs(a) => Expr::Abs(one(a)),
        Expr::Ln(a) => Expr::Ln(one(a)),
        Expr::MonthsBetween(a, b) => Expr::MonthsBetween(one(a), one(b)),
    }
}
