//! Suspicions as codes and values, for the language files. 疑点措辞

use pinji_domain::{Arg, Field, FieldType, Kind, Message, Text, number};

use super::{Doubt, Way};

impl Doubt {
    /// The field that it is about, where it is about one.
    pub fn field(&self) -> Option<&str> {
        match self {
            Doubt::Jump { field, .. }
            | Doubt::UnitSlip { field, .. }
            | Doubt::Sign { field, .. }
            | Doubt::Future { field, .. }
            | Doubt::SameCode { field, .. }
            | Doubt::SimilarName { field, .. } => Some(field),
            Doubt::Identity { .. } | Doubt::Gap { .. } | Doubt::Overlap { .. } | Doubt::Reversed { .. } => None,
        }
    }

    /// The sentence for readers: what, beside what, and what to look at.
    pub fn message(&self, kind: &Kind) -> Message {
        let field = self.field().and_then(|id| kind.field(id));
        let label = || match (field, self.field()) {
            (Some(field), _) => field.label.clone(),
            (None, id) => Text::new(id.unwrap_or_default(), id.unwrap_or_default()),
        };
        let amount = |units: i128| number_of(field, units);
        match self {
            Doubt::Jump {
                value, median, past, ..
            } => Message::new("workflow-doubt-jump")
                .with("field", label())
                .with("value", amount(*value))
                .with("usual", amount(*median))
                .with("past", *past),
            Doubt::UnitSlip {
                value,
                median,
                factor,
                way,
                ..
            } => Message::new(match way {
                Way::TooLarge => "workflow-doubt-unit-large",
                Way::TooSmall => "workflow-doubt-unit-small",
            })
            .with("field", label())
            .with("value", amount(*value))
            .with("usual", amount(*median))
            .with("factor", i64::try_from(*factor).unwrap_or(i64::MAX)),
            Doubt::Sign { value, median, .. } => Message::new("workflow-doubt-sign")
                .with("field", label())
                .with("value", amount(*value))
                .with("usual", amount(*median)),
            Doubt::Identity {
                identity,
                left,
                right,
                allowed,
                scale,
            } => {
                let declared = kind.office.identities.iter().find(|known| known.id == *identity);
                let name = declared.map_or_else(|| Text::new(identity, identity), |known| known.name.clone());
                Message::new("workflow-doubt-identity")
                    .with("identity", name)
                    .with("left", grouped(*left, *scale))
                    .with("right", grouped(*right, *scale))
                    .with("allowed", grouped(*allowed, *scale))
            }
            Doubt::Gap { before, missing, .. } => Message::new("workflow-doubt-gap")
                .with("before", before.to_string())
                .with("missing", missing.to_string()),
            Doubt::Overlap { other } => Message::new("workflow-doubt-overlap").with("other", other.to_string()),
            Doubt::Reversed { from, to } => Message::new("workflow-doubt-reversed")
                .with("from", from.to_string())
                .with("to", to.to_string()),
            Doubt::Future { date, .. } => Message::new("workflow-doubt-future")
                .with("field", label())
                .with("date", date.to_string()),
            Doubt::SameCode { code, other, .. } => Message::new("workflow-doubt-same-code")
                .with("field", label())
                .with("code", code.as_str())
                .with("other", other.as_str()),
            Doubt::SimilarName {
                name, other, likeness, ..
            } => Message::new("workflow-doubt-similar-name")
                .with("name", name.as_str())
                .with("other", other.as_str())
                .with("likeness", format!("{}%", number::plain(i64::from(*likeness), 1))),
        }
    }
}

fn number_of(field: Option<&Field>, units: i128) -> Arg {
    let scale = field.map(|field| &field.ty).and_then(FieldType::scale).unwrap_or(0);
    grouped(units, scale).into()
}

/// Sums of scaled integers stay far below the limits of one.
fn grouped(units: i128, scale: u8) -> String {
    let held = i64::try_from(units).unwrap_or(if units < 0 { i64::MIN + 1 } else { i64::MAX });
    number::grouped(held, scale)
}
