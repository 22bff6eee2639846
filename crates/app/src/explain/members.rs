//! How each member entered a measure of its group, in words. 成员合并明细

use pinji_domain::number::grouped;
use pinji_domain::{Decimal, Lang, Message};
use pinji_locale::say;
use pinji_query::{MemberPart, Standing};

use super::MemberView;
use crate::rated::Layer;
use crate::words;

/// The members of the group in a row, with what they brought to a measure; nothing where it is not made of them.
pub(super) fn views(layer: &Layer, measure: usize, row: usize, lang: Lang) -> Vec<MemberView> {
    let Some(members) = &layer.measured.members else {
        return Vec::new();
    };
    let parts = members.parts(&layer.level.compiled.measures, measure, row);
    parts.into_iter().map(|part| view(part, lang)).collect()
}

fn view(part: MemberPart, lang: Lang) -> MemberView {
    let shown = |number: Option<Decimal>| number.map(|number| grouped(number.units, number.scale));
    let (figure, weight) = (shown(part.figure), shown(part.weight));
    let (standing, says) = match &part.standing {
        Standing::Itself => ("itself", Message::new("app-member-itself")),
        Standing::Own => ("own", Message::new("app-member-own")),
        Standing::Consolidated => ("consolidated", Message::new("app-member-consolidated")),
        Standing::Within(above) => (
            "within",
            Message::new("app-member-within").with("above", above.as_str()),
        ),
        Standing::Missing(cause) => {
            let cause = words::cause(lang, Some(*cause));
            ("missing", Message::new("app-member-missing").with("cause", cause))
        }
        Standing::Unweighted => ("unweighted", Message::new("app-member-unweighted")),
    };
    let mut says = match &part.standing {
        Standing::Itself => says,
        _ => says.with("member", part.member.as_str()),
    };
    if let Some(figure) = &figure {
        says = says.with("figure", figure.as_str());
    }
    if let Some(weight) = &weight {
        says = Message::new("app-member-weighs")
            .with("says", says)
            .with("weight", weight.as_str());
    }
    MemberView {
        member: part.member,
        standing,
        figure,
        weight,
        says: say(lang, &says),
    }
}
