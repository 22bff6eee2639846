//! The permission table for people: computed by the rules, printed to `docs/permissions.txt`, compared with it. 权限表
//!
//! `PINJI_BLESS=1 cargo test -p pinji-access` writes it again after a change of the rules; the change is then read in the diff.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use pinji_access::{Action, FieldClass, Relation, Resource, State, What, apart, role_name};
use pinji_domain::{Lang, Message, Role, Secrecy};

use crate::cells::{self, Cell};

const HEADING: &str = "\
权限表 Permissions
==================

Computed from crates/access/policies by the tests; do not edit. 由规则计算得出，请勿手工修改。

Each action has its cases A, B, C …: how the asker stands to the thing, and how far it has come; what is not mentioned does not
matter. Under them, who may. Whatever case is not listed is nobody's.
每项操作列出若干情形（A、B、C……）：与对象的关系、状态；未提及者不影响结果。其下为可操作者。未列出的情形任何人都不可。

Own: a customer whose account manager one is; of users, roles, tokens, jobs and notices, one's own. A conflict of interest closes
everything that has an owner, whatever the role; so it is no case of its own below.
「本人」指本人担任客户经理的客户；就用户、授权、令牌、作业、通知而言，指自己的。存在利益冲突时一律回避，任何角色皆不例外，故不再单列。

  Y    yes                                                可
  S    yes, in a session elevated within ten minutes      可，须在十分钟内重新验证身份
  ·    no                                                 不可
  …c   of confidential customers only with a valid        机密客户须有该客户的有效查阅许可
       permission for the customer
  …p   only with a valid permission for the customer      须有该客户的有效查阅许可
  …m   only by who made it                                仅限制作人本人
  …2   only by another than who made it                   须由制作人以外的人
";

fn both(message: &Message) -> String {
    format!(
        "{} {}",
        pinji_locale::say(Lang::Zh, message),
        pinji_locale::say(Lang::En, message)
    )
}

fn person(role: Option<Role>) -> String {
    role.map_or_else(|| "未登录 not signed in".to_owned(), |role| both(&role_name(role)))
}

/// What stands in a place: the answers for made × granted.
fn mark(cells: &[&Cell]) -> String {
    let had = |made: bool, granted: bool| {
        let mut found = cells
            .iter()
            .filter(|cell| cell.thing.made_by_actor == made && cell.thing.granted == granted);
        cells::can_be_had(found.next().unwrap().verdict)
    };
    let held = [had(false, false), had(false, true), had(true, false), had(true, true)];
    let condition = match held {
        [false, false, false, false] => return "·".to_owned(),
        [true, true, true, true] => "",
        [false, true, false, true] => "p",
        [false, false, true, true] => "m",
        [true, true, false, false] => "2",
        [false, false, false, true] => "pm",
        [false, true, false, false] => "p2",
        other => panic!("a condition without a mark: {other:?}"),
    };
    let stepped = if cells[0].action.needs_step_up() { "S" } else { "Y" };
    format!("{stepped}{condition}")
}

/// What stands in a place for both classes of secrecy. Where they differ, it is by the permission.
fn mark_of_both(cells: &[&Cell]) -> String {
    let [internal, confidential] = Secrecy::ALL.map(|secrecy| {
        let of_class: Vec<&Cell> = cells
            .iter()
            .copied()
            .filter(|cell| cell.thing.secrecy == secrecy)
            .collect();
        mark(&of_class)
    });
    let (yes, condition) = internal.split_at(internal.chars().next().unwrap().len_utf8());
    if internal == confidential {
        internal
    } else if confidential == format!("{yes}p{condition}") {
        format!("{yes}c{condition}")
    } else {
        panic!("secrecy makes another difference than a permission: {internal}, {confidential}")
    }
}

type Place = (State, Relation);

/// Sets of states and relations whose products are exactly these places.
fn folded(places: &[Place]) -> Vec<(Vec<Relation>, Vec<State>)> {
    let mut by_state: BTreeMap<State, Vec<Relation>> = BTreeMap::new();
    for (state, relation) in places {
        by_state.entry(*state).or_default().push(*relation);
    }
    let mut by_relations: BTreeMap<Vec<Relation>, Vec<State>> = BTreeMap::new();
    for (state, relations) in by_state {
        by_relations.entry(relations).or_default().push(state);
    }
    by_relations.into_iter().collect()
}

fn named<T: Copy>(chosen: &[T], all: usize, name: fn(T) -> Message) -> Option<String> {
    let say = |lang| {
        chosen
            .iter()
            .map(|each| pinji_locale::say(lang, &name(*each)))
            .collect::<Vec<_>>()
    };
    (chosen.len() < all).then(|| format!("{} {}", say(Lang::Zh).join("、"), say(Lang::En).join(", ")))
}

fn described(places: &[Place]) -> Vec<String> {
    let line = |(relations, states): &(Vec<Relation>, Vec<State>)| {
        let parts = [
            named(relations, Relation::ALL.len(), Relation::name),
            named(states, State::ALL.len(), State::name),
        ];
        let said: Vec<String> = parts.into_iter().flatten().collect();
        if said.is_empty() {
            "任何情形 any".to_owned()
        } else {
            said.join(" · ")
        }
    };
    folded(places).iter().map(line).collect()
}

fn action_block(page: &mut String, action: Action, cells: &[&Cell]) {
    let mut places: BTreeMap<Place, BTreeMap<Option<Role>, Vec<&Cell>>> = BTreeMap::new();
    for cell in cells {
        let Resource { relation, state, .. } = cell.thing;
        let by_role = places.entry((state, relation)).or_default();
        by_role.entry(cell.role).or_default().push(*cell);
    }
    // Places with the same column, in the order in which they first come.
    let mut columns: Vec<(Vec<String>, Vec<Place>)> = Vec::new();
    for (place, by_role) in &places {
        let column: Vec<String> = cells::columns().map(|role| mark_of_both(&by_role[&role])).collect();
        match columns.iter_mut().find(|(known, _)| *known == column) {
            Some((_, same)) => same.push(*place),
            None => columns.push((column, vec![*place])),
        }
    }
    columns.retain(|(column, _)| column.iter().any(|mark| mark != "·"));
    writeln!(page, "\n{}  {}", action.code(), both(&action.name())).unwrap();
    let letters: Vec<String> = ('A'..).take(columns.len()).map(String::from).collect();
    for (letter, (_, places)) in letters.iter().zip(&columns) {
        for (at, line) in described(places).iter().enumerate() {
            writeln!(page, "  {}  {line}", if at == 0 { letter } else { " " }).unwrap();
        }
    }
    let row = |marks: &[String]| marks.iter().map(|mark| format!("{mark:<4}")).collect::<String>();
    writeln!(page, "  {}", row(&letters).trim_end()).unwrap();
    let mut rows: Vec<(Vec<String>, Vec<String>)> = Vec::new();
    for (at, role) in cells::columns().enumerate() {
        let marks: Vec<String> = columns.iter().map(|(column, _)| column[at].clone()).collect();
        match rows.iter_mut().find(|(known, _)| *known == marks) {
            Some((_, people)) => people.push(person(role)),
            None => rows.push((marks, vec![person(role)])),
        }
    }
    let nobody = |marks: &[String]| marks.iter().all(|mark| mark == "·");
    for (marks, people) in rows.iter().filter(|(marks, _)| !nobody(marks)) {
        for (at, part) in people.chunks(4).enumerate() {
            let marks = if at == 0 {
                row(marks)
            } else {
                " ".repeat(4 * marks.len())
            };
            writeln!(page, "  {marks} {}", part.join("; ")).unwrap();
        }
    }
}

fn fields_block(page: &mut String) {
    writeln!(page, "\n\n字段 Fields").unwrap();
    writeln!(page, "-----------").unwrap();
    writeln!(
        page,
        "Which fields are shown of what somebody may read. The reach is the role's own."
    )
    .unwrap();
    writeln!(page, "可读对象中显示哪些字段；范围与该角色一致。").unwrap();
    for class in FieldClass::ALL {
        let sees = |role: &Role, granted: bool| {
            let thing = Resource {
                granted,
                ..Resource::new(What::Customer)
            };
            cells::permissions().visible(&cells::somebody(&[*role]), class, &thing)
        };
        writeln!(page, "\nfield {}  {}", class.code(), both(&class.name())).unwrap();
        for (mark, granted) in [("Y", false), ("Yp", true)] {
            let people: Vec<String> = Role::ALL
                .iter()
                .filter(|role| sees(role, granted) && !(granted && sees(role, false)))
                .map(|role| person(Some(*role)))
                .collect();
            for (at, part) in people.chunks(4).enumerate() {
                writeln!(page, "  {:<4} {}", if at == 0 { mark } else { "" }, part.join("; ")).unwrap();
            }
        }
    }
}

fn apart_block(page: &mut String) {
    writeln!(page, "\n\n互斥角色 Roles kept apart").unwrap();
    writeln!(page, "-----------------------").unwrap();
    writeln!(
        page,
        "One person never holds the role on the left with one of those on the right."
    )
    .unwrap();
    writeln!(page, "同一人不得同时担任左侧角色与右侧任一角色。\n").unwrap();
    for (at, role) in Role::ALL.iter().enumerate().rev() {
        let others = Role::ALL
            .iter()
            .take(at)
            .filter(|other| apart(*role, **other).is_some());
        let others: Vec<String> = others.map(|other| person(Some(*other))).collect();
        for (at, part) in others.chunks(4).enumerate() {
            if at == 0 {
                writeln!(page, "  {}", person(Some(*role))).unwrap();
            }
            writeln!(page, "      {}", part.join("; ")).unwrap();
        }
    }
}

fn page() -> String {
    let mut page = HEADING.to_owned();
    for what in What::ALL {
        let actions: Vec<Action> = Action::ALL.into_iter().filter(|action| action.on() == what).collect();
        let title = both(&what.name());
        write!(page, "\n\n{title}\n{}\n", "-".repeat(title.chars().count() + 4)).unwrap();
        for action in actions {
            let cells: Vec<&Cell> = cells::all().iter().filter(|cell| cell.action == action).collect();
            action_block(&mut page, action, &cells);
        }
    }
    fields_block(&mut page);
    apart_block(&mut page);
    page
}

#[test]
fn the_printed_table_is_the_computed_one() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/permissions.txt");
    let page = page();
    if std::env::var_os("PINJI_BLESS").is_some() {
        std::fs::write(&file, &page).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    let differing = kept
        .lines()
        .zip(page.lines())
        .position(|(kept, computed)| kept != computed);
    assert!(
        kept == page,
        "docs/permissions.txt is not what the rules say, from line {:?} on: write it with PINJI_BLESS=1 and read the difference",
        differing.map(|line| line + 1)
    );
}
