//! A kind as small as unit tests need it.

use pinji_domain::{Field, FieldType, Kind, OfficeTerms, Text};

/// A kind with these key fields, all texts.
pub(crate) fn kind(key: &[&str]) -> Kind {
    let field = |id: &&str| Field {
        id: (*id).to_owned(),
        ty: FieldType::Text,
        unit: Text::default(),
        label: Text::new(*id, *id),
        aliases: Vec::new(),
        words: Vec::new(),
        required: false,
        personal: false,
    };
    Kind {
        id: "sheet".to_owned(),
        name: Text::new("表", "Sheet"),
        aliases: Vec::new(),
        fields: key.iter().map(field).collect(),
        subject: key.first().map(|id| (*id).to_owned()).unwrap_or_default(),
        key: key.iter().map(|id| (*id).to_owned()).collect(),
        date: None,
        known: None,
        currency: None,
        scope: None,
        office: OfficeTerms::default(),
    }
}
