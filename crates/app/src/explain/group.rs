//! What a customer's group does to its grade, in words: the grade of its own, and each notch that the group took. 集团约束

use pinji_domain::{Lang, Message, Text};
use pinji_locale::say;

use super::{BoundView, GroupView, NotchView};
use crate::rated::Layer;
use crate::words;

/// The group's bound, whether it lowers or not; `None` where the policy has none, or the customer no group.
pub(super) fn view(layer: &Layer, row: usize, lang: Lang) -> Option<GroupView> {
    let column = layer.group_column()?;
    let name = group_of(layer, row);
    let grade = column.text(row);
    if name.is_none() && grade.is_none() {
        return None;
    }
    let own = layer.book.own_grade(row);
    let at_most = grade.and_then(|grade| at_most(layer, grade));
    Some(GroupView {
        grade: grade.map(str::to_owned),
        at_most: at_most.map(|rank| layer.grade_name(lang, Some(rank))),
        own_grade: own.and_then(|own| layer.id_of(own)),
        own_grade_name: layer.grade_name(lang, own),
        notches: notches(layer, row, lang),
        says: sentences(layer, row, lang),
        name,
    })
}

/// The bound as one among caps and floors, where it lowers.
pub(super) fn bound(layer: &Layer, row: usize, lang: Lang) -> Option<BoundView> {
    let grade = layer.group_grade(row).filter(|_| !layer.book.notches(row).is_empty())?;
    let allows = Message::new("app-group-lowers")
        .with("group", named(layer, row))
        .with("grade", grade_text(layer, grade))
        .with("own", text(layer, layer.book.own_grade(row)))
        .with("notches", steps(layer, row, lang));
    Some(BoundView {
        kind: "group",
        id: grade.to_owned(),
        grade: layer.grade_name(lang, layer.book.grade(row)),
        reason: say(lang, &allows),
        when: String::new(),
        clause: String::new(),
    })
}

fn sentences(layer: &Layer, row: usize, lang: Lang) -> Vec<String> {
    let Some(grade) = layer.group_grade(row) else {
        let cause = layer.group_column().and_then(|column| column.cause(row));
        let message = Message::new("app-group-free")
            .with("group", named(layer, row))
            .with("cause", words::cause(lang, cause));
        return vec![say(lang, &message)];
    };
    let Some(at_most) = at_most(layer, grade) else {
        let message = Message::new("app-group-any")
            .with("group", named(layer, row))
            .with("grade", grade_text(layer, grade));
        return vec![say(lang, &message)];
    };
    let allows = Message::new("app-group-allows")
        .with("group", named(layer, row))
        .with("grade", grade_text(layer, grade))
        .with("most", text(layer, Some(at_most)));
    let mut out = vec![say(lang, &allows)];
    for notch in notches(layer, row, lang) {
        let message = Message::new("app-group-notch")
            .with("from", notch.from)
            .with("to", notch.to);
        out.push(say(lang, &message));
    }
    // What the customer does itself cannot lift it above what the group allows.
    if layer.book.grade(row) == Some(at_most) {
        let message = Message::new("app-group-no-way").with("most", text(layer, Some(at_most)));
        out.push(say(lang, &message));
    }
    out
}

/// The best grade that a group of this grade allows; `None` where it allows any.
fn at_most(layer: &Layer, grade: &str) -> Option<u8> {
    let bounds = &layer.level.compiled.plan.parts().group;
    let bound = bounds.iter().find(|bound| bound.id == grade)?;
    u8::try_from(bound.grade).ok()
}

fn notches(layer: &Layer, row: usize, lang: Lang) -> Vec<NotchView> {
    let view = |(from, to): (u8, u8)| NotchView {
        from: layer.grade_name(lang, Some(from)),
        to: layer.grade_name(lang, Some(to)),
    };
    layer.book.notches(row).into_iter().map(view).collect()
}

/// All notches in one line: from its own grade to the one that is left.
fn steps(layer: &Layer, row: usize, lang: Lang) -> String {
    let notches = notches(layer, row, lang);
    let first = notches.first().map(|notch| notch.from.clone());
    let grades: Vec<String> = first
        .into_iter()
        .chain(notches.into_iter().map(|notch| notch.to))
        .collect();
    grades.join(" → ")
}

fn group_of(layer: &Layer, row: usize) -> Option<String> {
    let customer = layer.level.document.kinds.get(crate::needs::CUSTOMER)?;
    layer.about(pinji_query::group_field(customer)?, row)
}

fn named(layer: &Layer, row: usize) -> String {
    group_of(layer, row).unwrap_or_else(|| "–".to_owned())
}

fn grade_text(layer: &Layer, id: &str) -> Text {
    let grade = layer.level.document.grades.iter().find(|grade| grade.id == id);
    grade.map_or_else(|| Text::new(id, id), |grade| grade.name.clone())
}

fn text(layer: &Layer, grade: Option<u8>) -> Text {
    let grade = grade.and_then(|grade| layer.level.document.grades.get(usize::from(grade)));
    grade.map(|grade| grade.name.clone()).unwrap_or_default()
}
