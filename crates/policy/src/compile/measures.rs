//! Measures: resolved against the record kinds. 度量的解析

use std::cell::RefCell;

use pinji_domain::{FieldType, Kind, Message, Text};
use pinji_engine::{Expr, InputType};

use super::MeasureSource;
use super::names::{Column, Names};
use crate::document::{GivenType, Measure, MeasureFrom, Unit};
use crate::finding::Finding;
use crate::formula::aggregate::Aggregates;
use crate::formula::tree::Node;
use crate::formula::typing::{ANYWHERE, Meaning, Scope, Type, Typed, Typing, bare};
use crate::formula::{Fault, parse, units};
use crate::suggest::nearest;

/// Resolves one measure; `path` is where it stands.
pub(crate) fn column(names: &Names<'_>, measure: &Measure, path: &str, findings: &mut Vec<Finding>) -> Column {
    let before = findings.len();
    let mut column = match &measure.from {
        MeasureFrom::Given(given) => self::given(measure, *given),
        MeasureFrom::Latest {
            kind, value, filter, ..
        }
        | MeasureFrom::Aggregate {
            kind, value, filter, ..
        } => {
            let found = names.document.kinds.get(kind);
            match found {
                Some(kind) => Work {
                    names,
                    measure,
                    path,
                    kind,
                    findings,
                }
                .column(value, filter.as_deref()),
                None => {
                    unknown_kind(names, kind, path, findings);
                    unresolved(measure)
                }
            }
        }
    };
    let wrong = |finding: &Finding| finding.severity == crate::finding::Severity::Error;
    column.faulty |= findings.iter().skip(before).any(wrong);
    column.faulty |= ["", ".given", ".value", ".where"].iter().any(|part| {
        let path = format!("{path}{part}");
        names.document.places.knows(&path) && names.document.misread(&path)
    });
    if column.unit == Unit::Unknown || units::checked(&measure.unit) {
        declared_unit(names, measure, path, &mut column, findings);
    }
    column
}

fn unknown_kind(names: &Names<'_>, kind: &str, path: &str, findings: &mut Vec<Finding>) {
    if kind.is_empty() {
        return;
    }
    let place = names.document.places.at(&format!("{path}.from"));
    let finding = Finding::error(place, Message::new("policy-kind-unknown").with("kind", kind));
    let ids: Vec<&str> = names.document.kinds.kinds.iter().map(|kind| kind.id.as_str()).collect();
    findings.push(finding.help(match nearest(kind, ids.iter().copied()) {
        Some(meant) => Message::new("policy-did-you-mean").with("name", meant),
        None => Message::new("policy-kinds-known").with("kinds", ids.join(", ")),
    }));
}

/// The declared unit, unless the fields say another one.
fn declared_unit(names: &Names<'_>, measure: &Measure, path: &str, column: &mut Column, findings: &mut Vec<Finding>) {
    if measure.unit == Unit::Unknown {
        return;
    }
    if !units::agree(&measure.unit, &column.unit) {
        let message = Message::new("policy-unit-declared").with("declared", units::name(&measure.unit));
        let message = message.with("derived", units::name(&column.unit));
        findings.push(Finding::error(
            names.document.places.at(&format!("{path}.unit")),
            message,
        ));
    }
    column.unit = measure.unit.clone();
}

fn unresolved(measure: &Measure) -> Column {
    Column {
        faulty: true,
        ..given(measure, GivenType::Number)
    }
}

fn given(measure: &Measure, given: GivenType) -> Column {
    let (ty, unit) = match given {
        GivenType::Number => (InputType::Double, Unit::Unknown),
        GivenType::Integer => (InputType::Int(0), Unit::Unknown),
        GivenType::Money => (InputType::Int(2), Unit::Money),
        GivenType::Text => (InputType::Text(None), Unit::Text),
        GivenType::Date => (InputType::Date, Unit::Date),
        GivenType::Flag => (InputType::Flag, Unit::Flag),
    };
    let source = MeasureSource::Given(given);
    Column {
        id: measure.id.clone(),
        ty,
        unit,
        nullable: true,
        range: ANYWHERE,
        source,
        members: None,
        faulty: false,
    }
}

/// The storage of a field's values in a column.
fn storage(ty: &FieldType) -> InputType {
    match ty {
        FieldType::Text => InputType::Text(None),
        FieldType::Choice(options) => InputType::Text(Some(options.iter().map(|(id, _)| id.clone()).collect())),
        FieldType::Integer => InputType::Int(0),
        FieldType::Decimal(scale) | FieldType::Money(scale) => InputType::Int(*scale),
        FieldType::Number => InputType::Double,
        FieldType::Date => InputType::Date,
        FieldType::Flag => InputType::Flag,
    }
}

/// The label of the field that a measure takes as it is, for measures without a name of their own.
pub(crate) fn label(names: &Names<'_>, measure: &Measure) -> Option<Text> {
    let (kind, value) = match &measure.from {
        MeasureFrom::Given(_) => ("customer", &measure.id),
        MeasureFrom::Latest { kind, value, .. } => (kind.as_str(), value),
        MeasureFrom::Aggregate { .. } => return None,
    };
    let field = names.document.kinds.get(kind)?.field(value.trim())?;
    Some(field.label.clone())
}

struct Work<'w, 'd> {
    names: &'w Names<'d>,
    measure: &'w Measure,
    path: &'w str,
    kind: &'w Kind,
    findings: &'w mut Vec<Finding>,
}

impl Work<'_, '_> {
    fn column(&mut self, value: &str, filter: Option<&str>) -> Column {
        let used = RefCell::new(Vec::new());
        let filter = filter.and_then(|filter| self.filter(filter, &used));
        let Some(node) = self.parse(value, "value") else {
            return unresolved(self.measure);
        };
        match &self.measure.from {
            MeasureFrom::Aggregate { over, .. } => self.aggregate(&node, filter, *over, &used),
            MeasureFrom::Latest { fresh, .. } => self.latest(&node, filter, *fresh, &used),
            MeasureFrom::Given(_) => unresolved(self.measure),
        }
    }

    fn latest(
        &mut self,
        node: &Node,
        filter: Option<Expr>,
        fresh: Option<pinji_domain::Period>,
        used: &RefCell<Vec<usize>>,
    ) -> Column {
        let (typed, _) = self.typed(node, "value", None, used);
        let is_bare = bare(node).and_then(|name| self.kind.field(name));
        let ty = match is_bare {
            Some(field) => storage(&field.ty),
            None => of_type(&typed.ty),
        };
        let decimals = format!("{}.decimals", self.path);
        if self.measure.members.is_none() && self.names.document.places.knows(&decimals) {
            let place = self.names.document.places.at(&decimals);
            self.findings
                .push(Finding::error(place, Message::new("policy-measure-decimals-latest")));
        }
        if fresh.is_none()
            && self.kind.date.is_some()
            && !self.names.document.places.knows(&format!("{}.fresh", self.path))
        {
            let place = self.names.document.places.id(self.path);
            let message = Message::new("policy-measure-fresh").with("measure", self.measure.id.as_str());
            let finding = Finding::warning(place, message);
            self.findings
                .push(finding.help(Message::new("policy-measure-fresh-help")));
        }
        let (fields, mut exprs) = self.compact(vec![Some(typed.expr), filter], used);
        let filter = exprs.pop().flatten();
        let value = exprs.pop().flatten().unwrap_or(Expr::Number(f64::NAN));
        let source = MeasureSource::Latest {
            kind: self.kind.id.clone(),
            fields,
            value,
            filter,
            fresh,
        };
        Column {
            id: self.measure.id.clone(),
            ty,
            unit: typed.unit,
            // There may be no record at all.
            nullable: true,
            range: typed.range,
            source,
            members: None,
            faulty: typed.ty == Type::Any,
        }
    }

    fn aggregate(
        &mut self,
        node: &Node,
        filter: Option<Expr>,
        over: Option<pinji_domain::Period>,
        used: &RefCell<Vec<usize>>,
    ) -> Column {
        if over.is_some() && self.kind.date.is_none() {
            let place = self.names.document.places.at(&format!("{}.over", self.path));
            let message = Message::new("policy-measure-undated").with("kind", self.kind.id.as_str());
            self.findings.push(Finding::error(place, message));
        }
        let aggregates = Aggregates {
            decimals: self.measure.decimals,
            calls: Vec::new(),
        };
        let (typed, calls) = self.typed(node, "value", Some(aggregates), used);
        if calls.is_empty() && typed.ty != Type::Any {
            let place = self.names.document.places.at(&format!("{}.value", self.path));
            let message = Message::new("policy-aggregate-none");
            self.findings
                .push(Finding::error(place, message).help(Message::new("policy-aggregate-none-help")));
        }
        let ty = match &typed.expr {
            Expr::Input(position) => calls.get(*position).map_or(InputType::Double, |(_, ty)| ty.clone()),
            _ => of_type(&typed.ty),
        };
        let arguments = calls
            .iter()
            .map(|(call, _)| call.argument.clone())
            .chain([filter])
            .collect();
        let (fields, mut exprs) = self.compact(arguments, used);
        let filter = exprs.pop().flatten();
        let calls = calls
            .into_iter()
            .zip(exprs)
            .map(|((call, _), argument)| super::AggregateCall { argument, ..call });
        let source = MeasureSource::Aggregate {
            kind: self.kind.id.clone(),
            fields,
            calls: calls.collect(),
            value: typed.expr,
            filter,
            over,
        };
        Column {
            id: self.measure.id.clone(),
            ty,
            unit: typed.unit,
            nullable: typed.nullable,
            range: typed.range,
            source,
            members: None,
            faulty: typed.ty == Type::Any,
        }
    }

    fn filter(&mut self, filter: &str, used: &RefCell<Vec<usize>>) -> Option<Expr> {
        let node = self.parse(filter, "where")?;
        let (typed, _) = self.typed(&node, "where", None, used);
        if !matches!(typed.ty, Type::Flag | Type::Any) {
            let message = Message::new("policy-filter-flag");
            self.fault(Fault::error(&node.span, message), "where");
        }
        Some(typed.expr)
    }

    fn parse(&mut self, text: &str, key: &str) -> Option<Node> {
        // An absent value was reported when it was read.
        if text.is_empty() && !self.names.document.places.knows(&format!("{}.{key}", self.path)) {
            return None;
        }
        parse(text).map_err(|fault| self.fault(fault, key)).ok()
    }

    fn fault(&mut self, fault: Fault, key: &str) {
        let path = format!("{}.{key}", self.path);
        self.findings.push(fault.found(&self.names.document.places, &path));
    }

    fn typed(
        &mut self,
        node: &Node,
        key: &str,
        aggregates: Option<Aggregates>,
        used: &RefCell<Vec<usize>>,
    ) -> (Typed, Vec<(super::AggregateCall, InputType)>) {
        let meaning = |name: &str| self.field(name, used);
        let fields = self.kind.fields.iter().map(|field| field.id.clone());
        let parameters = self
            .names
            .document
            .parameters
            .iter()
            .map(|parameter| parameter.id.clone());
        let list: Vec<String> = fields.chain(parameters).collect();
        let unknown = "policy-field-name-unknown";
        let scope = Scope {
            meaning: &meaning,
            names: &list,
            unknown,
            as_of: self.names.as_of,
        };
        let mut typing = Typing::new(&scope);
        typing.aggregates = aggregates;
        let typed = typing.node(node);
        let calls = typing
            .aggregates
            .take()
            .map(|aggregates| aggregates.calls)
            .unwrap_or_default();
        let faults = std::mem::take(&mut typing.faults);
        for mut fault in faults {
            if fault.message.code == unknown {
                fault.message = fault.message.with("kind", self.kind.id.as_str());
            }
            self.fault(fault, key);
        }
        (typed, calls)
    }

    /// What a name means over a kind's fields. Fields about people never enter measures.
    fn field(&self, name: &str, used: &RefCell<Vec<usize>>) -> Option<Meaning> {
        if let Some(position) = self.kind.position(name) {
            let field = self.kind.fields.get(position)?;
            if field.personal {
                return Some(Meaning::Refused(
                    Message::new("policy-field-personal").with("field", name),
                ));
            }
            if !used.borrow().contains(&position) {
                used.borrow_mut().push(position);
            }
            let (ty, unit) = (storage(&field.ty), units::of_field(field));
            return Some(Meaning::Input {
                position,
                ty,
                unit,
                nullable: !field.required,
                range: ANYWHERE,
            });
        }
        match self.names.parameter(name) {
            Some(Some(value)) => Some(Meaning::Constant(value)),
            Some(None) => Some(Meaning::Faulty),
            None => {
                let field = self.kind.fields.iter().find(|field| {
                    field.label.zh == name || field.label.en == name || field.aliases.iter().any(|alias| alias == name)
                })?;
                let message = Message::new("policy-name-label")
                    .with("name", name)
                    .with("id", field.id.as_str());
                Some(Meaning::Refused(message))
            }
        }
    }

    /// The fields that are used, and the expressions by their positions in that list.
    fn compact(&self, exprs: Vec<Option<Expr>>, used: &RefCell<Vec<usize>>) -> (Vec<String>, Vec<Option<Expr>>) {
        let used = used.borrow();
        let ids = used
            .iter()
            .filter_map(|position| self.kind.fields.get(*position))
            .map(|field| field.id.clone());
        let place = |position: usize| used.iter().position(|used| *used == position).unwrap_or(position);
        (
            ids.collect(),
            exprs
                .into_iter()
                .map(|expr| expr.map(|expr| moved(expr, &place)))
                .collect(),
        )
    }
}

fn of_type(ty: &Type) -> InputType {
    match ty {
        Type::Number | Type::Any => InputType::Double,
        Type::Text(list) => InputType::Text(list.clone()),
        Type::Date => InputType::Date,
        Type::Flag => InputType::Flag,
    }
}

/// The same expression with its inputs at other positions.
fn moved(expr: Expr, place: &dyn Fn(usize) -> usize) -> Expr {
    let one = |expr: Box<Expr>| Box::new(moved(*expr, place));
    let all = |exprs: Vec<Expr>| exprs.into_iter().map(|expr| moved(expr, place)).collect();
    match expr {
        Expr::Input(position) => Expr::Input(place(position)),
        Expr::Number(_) | Expr::Text(_) | Expr::Date(_) | Expr::Flag(_) => expr,
        Expr::Negate(value) => Expr::Negate(one(value)),
        Expr::Binary(operator, left, right) => Expr::Binary(operator, one(left), one(right)),
        Expr::Compare(comparison, left, right) => Expr::Compare(comparison, one(left), one(right)),
        Expr::InList(value, list) => Expr::InList(one(value), all(list)),
        Expr::IsNull(value) => Expr::IsNull(one(value)),
        Expr::Not(value) => Expr::Not(one(value)),
        Expr::And(left, right) => Expr::And(one(left), one(right)),
        Expr::Or(left, right) => Expr::Or(one(left), one(right)),
        Expr::Case(arms, otherwise) => {
            let arms = arms
                .into_iter()
                .map(|(when, then)| (moved(when, place), moved(then, place)))
                .collect();
            Expr::Case(arms, otherwise.map(one))
        }
        Expr::Coalesce(list) => Expr::Coalesce(all(list)),
        Expr::NullIf(value, null) => Expr::NullIf(one(value), one(null)),
        Expr::Least(list) => Expr::Least(all(list)),
        Expr::Greatest(list) => Expr::Greatest(all(list)),
        Expr::Abs(value) => Expr::Abs(one(value)),
        Expr::Ln(value) => Expr::Ln(one(value)),
        Expr::MonthsBetween(later, earlier) => Expr::MonthsBetween(one(later), one(earlier)),
    }
}
