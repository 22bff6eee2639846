//! What `--map` says about headings that no alias knows. 列映射

use pinji_domain::{Decimal, Field, Kind, Kinds, Message};

use crate::alike::nearest;
use crate::error::DataError;
use crate::fold;
use crate::table::Table;
use crate::unit::{self, Unit};
use crate::value::date::Calendar;

/// One mapping: a heading, the field that it is, and how its values are written. 列映射
///
/// Written `heading=field`, `heading=kind.field`, with `*10000` (an exact factor), `:roc`, `:mdy`, `:dmy` (how dates are
/// written) or `:万元`, `:%` (the unit) after the field.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// As it was given.
    pub(crate) given: String,
    pub(crate) heading: String,
    pub(crate) kind: Option<String>,
    pub(crate) field: String,
    pub(crate) factor: Option<Decimal>,
    pub(crate) unit: Option<Unit>,
    pub(crate) calendar: Option<Calendar>,
}

impl Mapping {
    /// Reads a mapping. 解析列映射
    ///
    /// # Errors
    /// [`DataError::Mapping`] says which part is not understood.
    pub fn parse(given: &str) -> Result<Mapping, DataError> {
        let refuse = |message: Message| DataError::Mapping {
            given: given.to_owned(),
            message,
        };
        // The field's name never holds `=`; a heading may.
        let (heading, target) = given
            .rsplit_once('=')
            .ok_or_else(|| refuse(Message::new("data-mapping-form")))?;
        let mut mapping = Mapping {
            given: given.to_owned(),
            heading: heading.trim().to_owned(),
            kind: None,
            field: String::new(),
            factor: None,
            unit: None,
            calendar: None,
        };
        let ends = |rest: &str| rest.find(['*', ':', '：', '×']).unwrap_or(rest.len());
        let (name, mut rest) = target.split_at_checked(ends(target)).unwrap_or((target, ""));
        match name.trim().split_once('.') {
            Some((kind, field)) => (mapping.kind, mapping.field) = (Some(kind.to_owned()), field.to_owned()),
            None => name.trim().clone_into(&mut mapping.field),
        }
        if mapping.heading.is_empty() || mapping.field.is_empty() {
            return Err(refuse(Message::new("data-mapping-form")));
        }
        while let Some(sign) = rest.chars().next() {
            let after = rest.get(sign.len_utf8()..).unwrap_or_default();
            let (word, next) = after.split_at_checked(ends(after)).unwrap_or((after, ""));
            let word = word.trim();
            if matches!(sign, '*' | '×') {
                let factor = Decimal::parse(&word.replace([',', '_'], "")).filter(|factor| factor.units != 0);
                let factor = factor.ok_or_else(|| refuse(Message::new("data-mapping-factor").with("factor", word)))?;
                mapping.factor = Some(factor);
            } else if let Some(calendar) = Calendar::parse(word) {
                mapping.calendar = Some(calendar);
            } else {
                let unit = unit::parse(word)
                    .ok_or_else(|| refuse(Message::new("data-mapping-option").with("option", word)))?;
                mapping.unit = Some(unit);
            }
            rest = next;
        }
        Ok(mapping)
    }

    /// What a template's hidden sheet says about one of its headings.
    pub(crate) fn stamped(kind: &str, heading: &str, field: &str) -> Mapping {
        Mapping {
            given: heading.to_owned(),
            heading: heading.to_owned(),
            kind: Some(kind.to_owned()),
            field: field.to_owned(),
            factor: None,
            unit: None,
            calendar: None,
        }
    }

    /// Whether the mapping is about this heading of a table of this kind.
    pub(crate) fn is_for(&self, kind: &str, folded_heading: &str) -> bool {
        self.kind.as_deref().is_none_or(|wanted| wanted == kind) && fold::name(&self.heading) == folded_heading
    }

    /// Holds that some kind has the field that the mapping names.
    pub(crate) fn check(&self, kinds: &Kinds, wide: Option<&Kind>) -> Result<(), DataError> {
        let known = kinds.kinds.iter().chain(wide).any(|kind| {
            self.kind.as_deref().is_none_or(|wanted| wanted == kind.id) && kind.field(&self.field).is_some()
        });
        if known {
            return Ok(());
        }
        let own = |kind: &&Kind| self.kind.as_deref().is_none_or(|wanted| wanted == kind.id);
        let fields = || kinds.kinds.iter().chain(wide).filter(own).flat_map(|kind| &kind.fields);
        let names = |field: &Field| {
            let own = [field.id.clone(), field.label.zh.clone(), field.label.en.clone()];
            own.into_iter().chain(field.aliases.iter().cloned()).collect::<Vec<_>>()
        };
        let all: Vec<(String, &str)> = fields()
            .flat_map(|field| names(field).into_iter().map(|name| (name, field.id.as_str())))
            .collect();
        let near = nearest(&[&self.field], all.iter().map(|(name, _)| name.as_str()));
        let near = near
            .and_then(|near| all.iter().find(|(name, _)| name == near))
            .map(|(_, id)| *id);
        let message = match near {
            Some(near) => Message::new("data-mapping-no-field-near").with("near", near),
            None => Message::new("data-mapping-no-field"),
        };
        Err(self.refused(message.with("field", self.field.as_str())))
    }

    /// Why no column of these tables is the one that is meant.
    pub(crate) fn fits_nothing(&self, tables: &[Table]) -> DataError {
        let wanted = fold::name(&self.heading);
        let has = |table: &&Table| table.headings().iter().any(|heading| fold::name(heading) == wanted);
        if let Some(table) = tables.iter().find(has) {
            let message = Message::new("data-mapping-elsewhere")
                .with("heading", self.heading.as_str())
                .with("file", table.file())
                .with("kind", table.described().name.clone())
                .with("field", self.field.as_str());
            return self.refused(message);
        }
        let headings: Vec<&str> = tables.iter().flat_map(Table::headings).map(String::as_str).collect();
        let message = match nearest(&[&self.heading], headings.iter().copied()) {
            Some(near) => Message::new("data-mapping-no-column-near").with("near", near),
            None => {
                let shown: Vec<&str> = headings.into_iter().take(HEADINGS_SHOWN).collect();
                Message::new("data-mapping-no-column").with("found", shown.join("、"))
            }
        };
        self.refused(message.with("heading", self.heading.as_str()))
    }

    fn refused(&self, message: Message) -> DataError {
        DataError::Mapping {
            given: self.given.clone(),
            message,
        }
    }
}

/// Headings that a message lists.
const HEADINGS_SHOWN: usize = 20;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn mappings_are_read() {
        let mapping = Mapping::parse("纳税额=revenue*10000").unwrap();
        assert_eq!(
            (mapping.heading.as_str(), mapping.field.as_str()),
            ("纳税额", "revenue")
        );
        assert_eq!(mapping.factor, Decimal::parse("10000"));
        let mapping = Mapping::parse("資料年月 = market_standing.period:roc").unwrap();
        assert_eq!(
            (mapping.kind.as_deref(), mapping.field.as_str()),
            (Some("market_standing"), "period")
        );
        assert_eq!(mapping.calendar, Some(Calendar::Roc));
        let mapping = Mapping::parse("a=b=c:万元").unwrap();
        assert_eq!(
            (mapping.heading.as_str(), mapping.unit.map(|unit| unit.power)),
            ("a=b", Some(4))
        );
        for broken in ["revenue", "=x", "x=", "x=y*", "x=y*0", "x=y:nonsense", "x=y*1e3"] {
            assert!(
                matches!(Mapping::parse(broken), Err(DataError::Mapping { .. })),
                "{broken}"
            );
        }
    }
}
