//! The record kind of a wide sheet: one row per subject, its columns the policy's measures. 宽表的记录种类

use pinji_domain::{Field, FieldType, Kind, Text};
use pinji_engine::InputType;
use pinji_policy::MeasureSource;
use pinji_policy::document::{Subject, Unit};

use crate::regulation::Level;
use crate::words;

/// The id of the made-up kind.
pub const WIDE: &str = "wide";

/// Makes the kind: the customer's own fields that are not personal, then every measure of every policy of the run, by
/// id, names and the names of the indicators that are nothing but that measure. 宽表种类
pub fn kind(levels: &[Level]) -> Kind {
    let customer = levels.last().and_then(|level| level.document.kinds.get("customer"));
    let subject = customer.map_or("id", |kind| kind.subject.as_str());
    let mut fields: Vec<Field> = customer.map(|kind| kind.fields.clone()).unwrap_or_default();
    if fields.is_empty() {
        fields.push(plain_field("id", FieldType::Text, Text::new("客户编号", "Customer ID")));
    }
    for field in &mut fields {
        field.required = field.id == subject;
    }
    // The main policy last, so that what it says of a measure counts.
    for level in levels.iter().filter(|level| has_rows(levels, level)) {
        for (at, measure) in level.compiled.measures.iter().enumerate() {
            add(&mut fields, level, at, &measure.id, &measure.ty);
        }
    }
    yield_names(&mut fields, levels, subject);
    let name = Text::new("客户宽表", "Wide customer sheet");
    Kind {
        id: WIDE.to_owned(),
        name,
        aliases: Vec::new(),
        subject: subject.to_owned(),
        key: vec![subject.to_owned()],
        date: None,
        known: None,
        currency: None,
        scope: None,
        office: pinji_domain::OfficeTerms::default(),
        fields,
    }
}

/// Whether a wide sheet has rows for a level's subjects: customers' sheets have none for the groups that bound them.
pub fn has_rows(levels: &[Level], level: &Level) -> bool {
    let main = levels.last().map(|main| main.compiled.subject);
    main == Some(level.compiled.subject) || level.compiled.subject != Subject::Group
}

/// Takes away the customer's fields that are called as a measure is: a column of that name is the measure's.
fn yield_names(fields: &mut Vec<Field>, levels: &[Level], subject: &str) {
    let levels = levels.iter().filter(|level| has_rows(levels, level));
    let measures: Vec<_> = levels.flat_map(|level| &level.document.measures).collect();
    let taken = |name: &str| {
        measures
            .iter()
            .any(|measure| measure.name.zh == name || measure.name.en == name)
    };
    fields.retain(|field| {
        let measured = measures.iter().any(|measure| measure.id == field.id);
        field.id == subject || measured || !(taken(&field.id) || taken(&field.label.zh) || taken(&field.label.en))
    });
}

fn add(fields: &mut Vec<Field>, level: &Level, at: usize, id: &str, ty: &InputType) {
    let mut field = plain_field(id, field_type(level, at, ty), words::input_name(level, at));
    field.unit = unit_text(&words::unit_of_input(level, at));
    // An indicator that is nothing but this measure may be what the sheet calls it.
    for indicator in level
        .document
        .indicators
        .iter()
        .filter(|indicator| indicator.formula.trim() == id)
    {
        field.aliases.extend([
            indicator.id.clone(),
            indicator.name.zh.clone(),
            indicator.name.en.clone(),
        ]);
    }
    match fields.iter_mut().find(|known| known.id == id) {
        // A measure that is a field of the customer's own: the measure says what it holds, the field how it may be called.
        Some(known) => {
            field.aliases.extend(known.aliases.iter().cloned());
            field.aliases.extend([known.label.zh.clone(), known.label.en.clone()]);
            field.required = known.required;
            *known = field;
        }
        None => fields.push(field),
    }
    if let Some(field) = fields.iter_mut().find(|field| field.id == id) {
        field.aliases.retain(|alias| !alias.is_empty() && *alias != field.id);
        field.aliases.sort();
        field.aliases.dedup();
    }
}

fn field_type(level: &Level, at: usize, ty: &InputType) -> FieldType {
    match ty {
        // Opinions come as a level's id or name, or as points; `query` reads either.
        _ if level
            .compiled
            .measures
            .get(at)
            .is_some_and(|measure| matches!(measure.source, MeasureSource::Judged { .. })) =>
        {
            FieldType::Text
        }
        // A sheet may bring another policy's grade, by id or name, instead of what that policy measures.
        _ if let Some(grades) = grades_of(level, at) => FieldType::Choice(grades),
        InputType::Int(0) => FieldType::Integer,
        InputType::Int(scale) if words::unit_of_input(level, at) == Unit::Money => FieldType::Money(*scale),
        InputType::Int(scale) => FieldType::Decimal(*scale),
        InputType::Double => FieldType::Number,
        InputType::Text(_) => FieldType::Text,
        InputType::Date => FieldType::Date,
        InputType::Flag => FieldType::Flag,
    }
}

/// The grades that an input may hold, where it is another policy's grade, or the group's.
fn grades_of(level: &Level, at: usize) -> Option<Vec<(String, Text)>> {
    let document = match &level.compiled.measures.get(at)?.source {
        MeasureSource::Grade { alias } => &level.document.uses.iter().find(|used| used.alias == *alias)?.policy,
        // Groups and members are graded on one scale.
        MeasureSource::GroupGrade => &level.document,
        _ => return None,
    };
    Some(
        document
            .grades
            .iter()
            .map(|grade| (grade.id.clone(), grade.name.clone()))
            .collect(),
    )
}

fn unit_text(unit: &Unit) -> Text {
    match unit {
        Unit::Ratio => Text::new("%", "%"),
        Unit::Money => Text::new("元", "yuan"),
        Unit::Days => Text::new("天", "days"),
        Unit::Months => Text::new("月", "months"),
        Unit::Years => Text::new("年", "years"),
        Unit::Other(name) => name.clone(),
        _ => Text::default(),
    }
}

fn plain_field(id: &str, ty: FieldType, label: Text) -> Field {
    Field {
        id: id.to_owned(),
        ty,
        unit: Text::default(),
        label,
        aliases: Vec::new(),
        words: Vec::new(),
        required: false,
        personal: false,
    }
}
