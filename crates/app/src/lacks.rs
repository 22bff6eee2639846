//! What policies read and the data do not have: nobody is graded on a column that is not there, unless it is said. 缺列

use std::collections::BTreeMap;

use pinji_connectors::{Dataset, Layout, Table, nearest};
use pinji_domain::{Kind, Kinds, Message, Text};
use pinji_engine::Expr;
use pinji_policy::document::Subject;
use pinji_policy::{CompiledMeasure, MeasureSource, PARENT};

use crate::error::AppError;
use crate::intake::BadData;
use crate::needs::{CUSTOMER, OPINION, kind_of, lacking_in, read_measures, reads_parents};
use crate::regulation::Level;
use crate::words;

/// What data lack. 缺列
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacking {
    /// Each thing that is not there.
    pub lacks: Vec<Lack>,
    /// Columns that were not used.
    pub unused: Vec<String>,
    /// Files and sheets that were not read.
    pub unread: Vec<String>,
    /// Used policies whose grade the sheet might bring instead of what they read: alias and name.
    pub grades: Vec<(String, Text)>,
    /// The bad cells, where there are any besides.
    pub bad: Option<BadData>,
}

/// One thing that policies read and the data do not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    /// What `--without` calls it: a measure, `kind.field`, or a record kind.
    pub id: String,
    /// What `--map` calls it.
    pub target: String,
    /// Its name.
    pub name: Text,
    /// Whether it is a whole file rather than a column.
    pub is_file: bool,
    /// The files that lack the column, where there are several files.
    pub files: Vec<String>,
    /// A heading that may be meant.
    pub near: Option<String>,
}

/// Holds data against what policies read. 核对缺列
///
/// `without` names what may be absent; the result says which of those names it took for anything.
pub fn lacking(dataset: &Dataset, levels: &[Level], kinds: &Kinds, without: &[String]) -> (Vec<Lack>, Vec<String>) {
    let mut search = Search {
        dataset,
        without,
        found: BTreeMap::new(),
        order: Vec::new(),
        taken: Vec::new(),
    };
    for level in levels {
        let read = read_measures(&level.compiled);
        let measures = level.compiled.measures.iter().enumerate();
        for (at, measure) in measures.filter(|(at, _)| read.get(*at).copied().unwrap_or(true)) {
            search.measure(level, kinds, at, measure);
        }
        search.group(level, kinds);
        search.parents(level, kinds);
    }
    let Search {
        mut found,
        order,
        taken,
        ..
    } = search;
    (order.iter().filter_map(|id| found.remove(id)).collect(), taken)
}

struct Search<'a> {
    dataset: &'a Dataset,
    without: &'a [String],
    found: BTreeMap<String, Lack>,
    order: Vec<String>,
    taken: Vec<String>,
}

/// A column that should be there: its names on the command line, and for people.
struct Wanted<'a> {
    id: &'a str,
    target: &'a str,
    name: &'a Text,
}

impl Search<'_> {
    fn measure(&mut self, level: &Level, kinds: &Kinds, at: usize, measure: &CompiledMeasure) {
        let name = words::input_name(level, at);
        // What a used policy reads is not needed where its grade is said to be absent.
        let mut allowed = vec![measure.id.clone()];
        allowed.extend(
            level
                .alias
                .split('-')
                .next()
                .filter(|alias| !alias.is_empty())
                .map(str::to_owned),
        );
        match (self.dataset.layout, &measure.source) {
            (_, MeasureSource::Grade { .. } | MeasureSource::GroupGrade) => {}
            (Layout::Wide, _) => {
                let tables: Vec<&Table> = self
                    .dataset
                    .tables
                    .iter()
                    .filter(|table| !table.has(&measure.id))
                    .collect();
                let wanted = Wanted {
                    id: &measure.id,
                    target: &measure.id,
                    name: &name,
                };
                self.columns(&wanted, &tables, &allowed);
            }
            (Layout::Records, MeasureSource::Given(_)) => {
                let Some(customer) = kinds.get(CUSTOMER) else { return };
                if self.file(customer, &allowed) {
                    return;
                }
                let field = pinji_query::field_for(customer, &measure.id, Some(&name));
                let lacks = |table: &&Table| !field.is_some_and(|field| table.has(field));
                let tables: Vec<&Table> = self.dataset.of_kind(CUSTOMER).filter(lacks).collect();
                let label = field.and_then(|field| customer.field(field)).map(|field| &field.label);
                let target = field.unwrap_or(&measure.id);
                let wanted = Wanted {
                    id: &measure.id,
                    target,
                    name: label.unwrap_or(&name),
                };
                self.columns(&wanted, &tables, &allowed);
            }
            (Layout::Records, _) => {
                let Some(kind) = kind_of(measure).and_then(|kind| kinds.get(kind)) else {
                    return;
                };
                allowed.push(kind.id.clone());
                if self.file(kind, &allowed) {
                    return;
                }
                for (field, tables) in fields(self.dataset, kind, measure) {
                    let id = format!("{}.{field}", kind.id);
                    let Some(described) = kind.field(&field) else { continue };
                    let mut allowed = allowed.clone();
                    allowed.push(id.clone());
                    let wanted = Wanted {
                        id: &id,
                        target: &id,
                        name: &described.label,
                    };
                    self.columns(&wanted, &tables, &allowed);
                }
            }
        }
    }

    /// Groups are those that the customers' rows name.
    fn group(&mut self, level: &Level, kinds: &Kinds) {
        if level.compiled.subject == Subject::Group
            && let Some(customer) = kinds.get(CUSTOMER)
            && let Some(field) = pinji_query::group_field(customer)
        {
            self.of_customers(customer, field);
        }
    }

    /// Who is below whom is what the customers' rows say. Data that know no consolidated statements need not say it.
    fn parents(&mut self, level: &Level, kinds: &Kinds) {
        let scope = |kind: &str| kinds.get(kind)?.scope.as_deref();
        let mut stated = level.compiled.measures.iter().filter_map(|measure| {
            measure.members.as_ref()?.consolidated.as_ref()?;
            let kind = kind_of(measure)?;
            Some((kind, scope(kind)?))
        });
        let told = stated.any(|(kind, scope)| self.dataset.of_kind(kind).any(|table| table.has(scope)));
        if told && let Some(customer) = kinds.get(CUSTOMER) {
            self.of_customers(customer, PARENT);
        }
    }

    /// A field that the customers' rows must have.
    fn of_customers(&mut self, customer: &Kind, field: &str) {
        let Some(field) = customer.field(field).filter(|_| self.dataset.layout != Layout::Wide) else {
            return;
        };
        let tables: Vec<&Table> = self
            .dataset
            .of_kind(CUSTOMER)
            .filter(|table| !table.has(&field.id))
            .collect();
        let id = format!("{CUSTOMER}.{}", field.id);
        let wanted = Wanted {
            id: &id,
            target: &id,
            name: &field.label,
        };
        self.columns(&wanted, &tables, std::slice::from_ref(&id));
    }

    /// Whether there is no file of a kind; notes it.
    fn file(&mut self, kind: &Kind, allowed: &[String]) -> bool {
        if self.dataset.of_kind(&kind.id).next().is_some() {
            return false;
        }
        let mut allowed = allowed.to_vec();
        allowed.push(kind.id.clone());
        if !self.is_allowed(&allowed) {
            let own = [kind.id.as_str(), &kind.name.zh, &kind.name.en];
            let names: Vec<&str> = own.into_iter().chain(kind.aliases.iter().map(String::as_str)).collect();
            let near = nearest(&names, self.dataset.unread.iter().map(String::as_str));
            let lack = Lack {
                id: kind.id.clone(),
                target: kind.id.clone(),
                name: kind.name.clone(),
                is_file: true,
                files: Vec::new(),
                near: near.map(str::to_owned),
            };
            self.enter(lack);
        }
        true
    }

    /// Notes that tables lack a column.
    fn columns(&mut self, wanted: &Wanted<'_>, tables: &[&Table], allowed: &[String]) {
        let Some(first) = tables.first() else { return };
        if self.is_allowed(allowed) {
            return;
        }
        let field = wanted.target.rsplit('.').next().unwrap_or_default();
        let aliases = first
            .described()
            .field(field)
            .into_iter()
            .flat_map(|field| &field.aliases);
        let own = [field, wanted.name.zh.as_str(), wanted.name.en.as_str()];
        let names: Vec<&str> = own.into_iter().chain(aliases.map(String::as_str)).collect();
        let unused = tables.iter().flat_map(|table| table.unused()).map(String::as_str);
        self.enter(Lack {
            id: wanted.id.to_owned(),
            target: wanted.target.to_owned(),
            name: wanted.name.clone(),
            is_file: false,
            files: match self.dataset.tables.len() {
                1 => Vec::new(),
                _ => tables.iter().map(|table| place(table)).collect(),
            },
            near: nearest(&names, unused).map(str::to_owned),
        });
    }

    fn is_allowed(&mut self, names: &[String]) -> bool {
        let found = self.without.iter().find(|id| names.contains(id));
        if let Some(id) = found.filter(|id| !self.taken.contains(id)) {
            self.taken.push(id.clone());
        }
        found.is_some()
    }

    fn enter(&mut self, lack: Lack) {
        if !self.found.contains_key(&lack.id) {
            self.order.push(lack.id.clone());
            self.found.insert(lack.id.clone(), lack);
        }
    }
}

/// The fields of a kind that a measure cannot do without, and the tables that lack each.
fn fields<'d>(dataset: &'d Dataset, kind: &Kind, measure: &CompiledMeasure) -> Vec<(String, Vec<&'d Table>)> {
    let mut found: Vec<(String, Vec<&'d Table>)> = Vec::new();
    for table in dataset
        .tables
        .iter()
        .filter(|table| table.kind() == kind.id && table.rows() > 0)
    {
        let mut lacks: Vec<String> = match &measure.source {
            MeasureSource::Latest {
                fields, value, filter, ..
            } => lacking_of(fields, std::iter::once(value).chain(filter), table),
            MeasureSource::Aggregate {
                fields, calls, filter, ..
            } => {
                let arguments = calls.iter().filter_map(|call| call.argument.as_ref());
                lacking_of(fields, arguments.chain(filter), table)
            }
            MeasureSource::Judged { .. } => {
                let [indicator, _, level, points] = OPINION;
                let mut lacks = vec![indicator.to_owned()];
                lacks.extend([level.to_owned()].into_iter().filter(|_| !table.has(points)));
                lacks.retain(|field| !table.has(field));
                lacks
            }
            MeasureSource::Given(_) | MeasureSource::Grade { .. } | MeasureSource::GroupGrade => Vec::new(),
        };
        lacks.extend(kind.date.iter().filter(|date| !table.has(date)).cloned());
        for field in lacks {
            match found.iter_mut().find(|(known, _)| *known == field) {
                Some((_, tables)) if tables.last().is_some_and(|last| std::ptr::eq(*last, table)) => {}
                Some((_, tables)) => tables.push(table),
                None => found.push((field, vec![table])),
            }
        }
    }
    found
}

fn lacking_of<'e>(fields: &[String], formulas: impl Iterator<Item = &'e Expr>, table: &Table) -> Vec<String> {
    let lacks = |at: usize| fields.get(at).is_some_and(|field| !table.has(field));
    let found = formulas.flat_map(|formula| lacking_in(formula, &lacks));
    found.filter_map(|at| fields.get(at).cloned()).collect()
}

/// A table's file, and its sheet where it has one.
fn place(table: &Table) -> String {
    match table.sheet() {
        Some(sheet) => format!("{}[{sheet}]", table.file()),
        None => table.file().to_owned(),
    }
}

/// Everything that `--without` may name: measures, record kinds, their fields, and used policies by alias.
pub fn names(levels: &[Level]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for level in levels {
        all.extend(level.uses.iter().map(|(alias, _)| alias.clone()));
        for measure in &level.compiled.measures {
            all.push(measure.id.clone());
            let Some(kind) = kind_of(measure) else { continue };
            all.push(kind.to_owned());
            let fields: Vec<&str> = match &measure.source {
                MeasureSource::Latest { fields, .. } | MeasureSource::Aggregate { fields, .. } => {
                    fields.iter().map(String::as_str).collect()
                }
                _ => OPINION.to_vec(),
            };
            let date = level.document.kinds.get(kind).and_then(|kind| kind.date.as_deref());
            all.extend(fields.into_iter().chain(date).map(|field| format!("{kind}.{field}")));
        }
        all.extend([CUSTOMER.to_owned(), format!("{CUSTOMER}.group")]);
        all.extend(reads_parents(level).then(|| format!("{CUSTOMER}.{PARENT}")));
    }
    all.sort();
    all.dedup();
    all
}

/// Holds that every name of `--without` is something that the policies read.
///
/// # Errors
/// The first that is not, with what may have been meant.
pub fn check(without: &[String], levels: &[Level]) -> Result<(), AppError> {
    let known = names(levels);
    let Some(wrong) = without.iter().find(|id| !known.contains(id)) else {
        return Ok(());
    };
    let message = match nearest(&[wrong], known.iter().map(String::as_str)) {
        Some(near) => Message::new("app-without-unknown-near").with("near", near),
        None => Message::new("app-without-unknown"),
    };
    Err(AppError::Failed(message.with("id", wrong.as_str())))
}

/// The names among them that these policies read: of two policies each may read what the other does not.
pub fn own(without: &[String], levels: &[Level]) -> Vec<String> {
    let known = names(levels);
    without.iter().filter(|id| known.contains(id)).cloned().collect()
}
