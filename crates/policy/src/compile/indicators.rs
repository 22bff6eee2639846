//! Indicators: source, scoring and missing rule for the kernel. 指标的解析

use pinji_domain::{Decimal, Message};
use pinji_engine::{Bands, Expr, Indicator as Compiled, InputType, Missing, Scoring as Kernel, Source, TextMap};

use super::MeasureSource;
use super::bands::{bands, units};
use super::names::{Column, Names};
use super::standard::{FromTable, keyed};
use crate::document::{Indicator, MissingRule, Scoring, Unit};
use crate::finding::{Finding, Severity};
use crate::formula::typing::{Scope, Type, Typed, Typing, bare, unlisted};
use crate::formula::{Fault, parse, units as unit};
use crate::suggest::nearest;

/// What came of an indicator.
pub(crate) struct Resolved {
    pub(crate) compiled: Compiled,
    /// Whether something is wrong with it.
    pub(crate) faulty: bool,
    /// Whether it can be without a value.
    pub(crate) nullable: bool,
    /// Between what its value lies.
    pub(crate) range: (f64, f64),
}

/// The hidden measure of a judged indicator: the reconciled points.
pub(crate) fn judged(indicator: &Indicator) -> Option<Column> {
    let Scoring::Judged {
        levels,
        reconcile,
        fresh,
        ..
    } = &indicator.scoring
    else {
        return None;
    };
    let source = MeasureSource::Judged {
        levels: levels
            .iter()
            .map(|level| (level.id.clone(), units(level.points)))
            .collect(),
        by: reconcile.by,
        min: reconcile.min,
        spread: reconcile.spread.map(units),
        fresh: *fresh,
    };
    Some(Column {
        id: indicator.id.clone(),
        ty: InputType::Int(pinji_engine::plan::POINT_DECIMALS),
        unit: Unit::Points,
        nullable: true,
        range: (0.0, 100.0),
        source,
        members: None,
        faulty: false,
    })
}

/// Resolves one indicator; `path` is where it stands.
pub(crate) fn resolve(names: &Names<'_>, indicator: &Indicator, path: &str, findings: &mut Vec<Finding>) -> Resolved {
    let before = findings.len();
    let dimension = dimension(names, indicator, path, findings);
    let (source, typed) = match &indicator.scoring {
        Scoring::Judged { .. } => {
            let position = names.position(&indicator.id).unwrap_or(0);
            let typed = Typed {
                range: (0.0, 100.0),
                ..Typed::new(Expr::Input(position), Type::Number)
            };
            (Source::Input(position), typed)
        }
        _ => formula(names, indicator, path, findings),
    };
    let mut opaque = typed.nullable;
    let scoring = match &indicator.scoring {
        Scoring::Bands {
            bands: rows,
            interpolate: _,
        } => {
            let list = bands(names, rows, indicator.decimals, &format!("{path}.bands"), findings);
            Kernel::Bands(list.unwrap_or_else(nothing))
        }
        Scoring::Table {
            table,
            key,
            otherwise,
            interpolate,
        } => {
            let from = FromTable {
                table,
                key,
                otherwise,
                interpolate: *interpolate,
            };
            match keyed(names, indicator, &from, path, findings) {
                Some(keyed) => Kernel::Keyed(keyed),
                None => Kernel::Bands(nothing()),
            }
        }
        Scoring::Map { entries, otherwise } => {
            opaque |= otherwise.is_none();
            map(names, &typed, entries, *otherwise, path, findings)
        }
        Scoring::Judged { .. } => Kernel::Direct,
    };
    let missing = match indicator.missing {
        MissingRule::Refuse => Missing::Refuse,
        MissingRule::Reweight => Missing::Reweight,
        MissingRule::Points(points) => Missing::Points(units(points)),
        MissingRule::Worst => Missing::Points(worst(names, indicator)),
    };
    let wrong = |finding: &Finding| finding.severity == Severity::Error;
    let compiled = Compiled {
        id: indicator.id.clone(),
        dimension: dimension.unwrap_or(0),
        weight: indicator.weight.at(4).unwrap_or(0),
        decimals: if matches!(scoring, Kernel::Map(_)) {
            0
        } else {
            indicator.decimals
        },
        source,
        scoring,
        missing,
    };
    let parts = ["", ".bands", ".map", ".levels", ".bands_from", ".missing"];
    let misread = parts
        .iter()
        .any(|part| names.document.misread(&format!("{path}{part}")));
    let faulty = misread || findings.iter().skip(before).any(wrong) || typed.ty == Type::Any;
    Resolved {
        compiled,
        faulty,
        nullable: opaque,
        range: typed.range,
    }
}

fn nothing() -> Bands {
    Bands {
        edges: Vec::new(),
        bands: vec![pinji_engine::Band::flat(0)],
    }
}

fn dimension(names: &Names<'_>, indicator: &Indicator, path: &str, findings: &mut Vec<Finding>) -> Option<usize> {
    let dimensions = &names.document.dimensions;
    let position = dimensions
        .iter()
        .position(|dimension| dimension.id == indicator.dimension);
    if position.is_none() && !indicator.dimension.is_empty() {
        let place = names.document.places.at(&format!("{path}.dimension"));
        let message = Message::new("policy-dimension-unknown").with("dimension", indicator.dimension.as_str());
        let near = nearest(
            &indicator.dimension,
            dimensions.iter().map(|dimension| dimension.id.as_str()),
        );
        let finding = Finding::error(place, message);
        findings.push(match near {
            Some(meant) => finding.help(Message::new("policy-did-you-mean").with("name", meant)),
            None => finding,
        });
    }
    position
}

fn formula(names: &Names<'_>, indicator: &Indicator, path: &str, findings: &mut Vec<Finding>) -> (Source, Typed) {
    let places = &names.document.places;
    let key = format!("{path}.formula");
    let stand_in = || (Source::Formula(Expr::Number(f64::NAN)), Typed::faulty());
    if indicator.formula.is_empty() && !places.knows(&key) {
        return stand_in();
    }
    let node = match parse(&indicator.formula) {
        Ok(node) => node,
        Err(fault) => {
            findings.push(fault.found(places, &key));
            names.use_words(&indicator.formula);
            return stand_in();
        }
    };
    node.names().into_iter().for_each(|name| names.use_name(name));
    let meaning = |name: &str| names.in_formula(name);
    let list = names.formula_names();
    let scope = Scope {
        meaning: &meaning,
        names: &list,
        unknown: "policy-measure-unknown",
        as_of: names.as_of,
    };
    let mut typing = Typing::new(&scope);
    let typed = typing.node(&node);
    let mut faults = std::mem::take(&mut typing.faults);
    if faults.is_empty() {
        let text = matches!(indicator.scoring, Scoring::Map { .. });
        let fits = matches!(
            (&typed.ty, text),
            (Type::Text(_), true) | (Type::Number, false) | (Type::Any, _)
        );
        if !fits {
            let code = if text { "policy-map-text" } else { "policy-bands-number" };
            let message = Message::new(code).with("found", crate::formula::typing::type_name(&typed.ty));
            faults.push(Fault::error(&node.span, message));
        }
        if !text && unit::checked(&indicator.unit) && !unit::agree(&indicator.unit, &typed.unit) {
            let message = Message::new("policy-unit-declared").with("declared", unit::name(&indicator.unit));
            let message = message.with("derived", unit::name(&typed.unit));
            findings.push(Finding::error(places.at(&format!("{path}.unit")), message));
        }
    }
    findings.extend(faults.into_iter().map(|fault| fault.found(places, &key)));
    let source = match (&typed.expr, bare(&node)) {
        (Expr::Input(position), Some(_)) => Source::Input(*position),
        _ => Source::Formula(typed.expr.clone()),
    };
    (source, typed)
}

fn map(
    names: &Names<'_>,
    typed: &Typed,
    entries: &[(String, Decimal)],
    otherwise: Option<Decimal>,
    path: &str,
    findings: &mut Vec<Finding>,
) -> Kernel {
    let places = &names.document.places;
    if entries.is_empty() {
        findings.push(Finding::error(
            places.at(&format!("{path}.map")),
            Message::new("policy-map-empty"),
        ));
    }
    if let Type::Text(Some(list)) = &typed.ty {
        for (text, _) in entries.iter().filter(|(text, _)| !list.contains(text)) {
            let (file, span) = places.at(&format!("{path}.map.{text}#key"));
            let node = crate::formula::tree::Node {
                span: span.clone(),
                kind: crate::formula::tree::Kind::Star,
            };
            let fault = unlisted(text, list, &node);
            findings.push(Finding {
                help: fault.help,
                ..Finding::error((file, span), fault.message)
            });
        }
        let unmapped: Vec<&str> = list
            .iter()
            .filter(|text| !entries.iter().any(|(known, _)| known == *text))
            .map(String::as_str)
            .collect();
        if otherwise.is_none() && !unmapped.is_empty() {
            let message = Message::new("policy-map-unmapped").with("texts", unmapped.join(", "));
            let finding = Finding::warning(places.at(&format!("{path}.map#key")), message);
            findings.push(finding.help(Message::new("policy-map-unmapped-help")));
        }
    }
    Kernel::Map(TextMap {
        entries: entries
            .iter()
            .map(|(text, points)| (text.clone(), units(*points)))
            .collect(),
        otherwise: otherwise.map(units),
    })
}

/// The lowest points anywhere in the list.
fn worst(names: &Names<'_>, indicator: &Indicator) -> i32 {
    let points: Vec<Decimal> = match &indicator.scoring {
        Scoring::Bands { bands, .. } => bands.iter().flat_map(|band| [band.points.0, band.points.1]).collect(),
        Scoring::Table { table, .. } => {
            let found = names.document.tables.iter().find(|known| known.id == *table);
            found
                .map(|table| table.points.iter().copied().chain([table.beyond]).collect())
                .unwrap_or_default()
        }
        Scoring::Map { entries, otherwise } => entries
            .iter()
            .map(|(_, points)| *points)
            .chain(otherwise.iter().copied())
            .collect(),
        Scoring::Judged { levels, .. } => levels.iter().map(|level| level.points).collect(),
    };
    points.into_iter().map(units).min().unwrap_or(0)
}
