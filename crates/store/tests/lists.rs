//! Lists of customers: random filters, sorts, scopes and pages against a filter over a plain vector.

use pinji_domain::ids::{CustomerId, RunId, TeamId, UserId};
use pinji_domain::{Date, Secrecy, Timestamp};
use pinji_store::{
    Cursor, Customer, CustomerList, Direction, GradeHead, Graded, NewCustomer, NewRun, NewTeam, Reach, RunChunk,
    RunEnd, RunState, Scope, SortBy, Store,
};
use pinji_testkit::Clock;

use crate::support::{Die, entry, on_each, person};

/// Enough that both ways of a list are taken: few customers fetched and sorted, and many walked.
const CUSTOMERS: usize = 6_000;
const LISTS: usize = 400;
const NAMES: [&str; 5] = ["an", "bei", "Bei", "北", "zhong"];

struct Book {
    customers: Vec<Customer>,
    grades: Vec<Option<GradeHead>>,
    run: RunId,
    users: Vec<UserId>,
    teams: Vec<TeamId>,
}

async fn book(store: &Store, die: &mut Die) -> Book {
    let now = Clock::default().now();
    let change = store.change(now).await.unwrap();
    let mut users = Vec::new();
    let mut teams = Vec::new();
    for number in 0..8 {
        users.push(change.add(person(&format!("user{number}"))).await.unwrap());
    }
    for number in 0..4 {
        let team = NewTeam {
            code: format!("T{number}"),
            name: "team".to_owned(),
        };
        teams.push(change.add(team).await.unwrap());
    }
    let pick = |die: &mut Die, from: &[&str]| (die.throw(8) > 0).then(|| from[die.throw(from.len())].to_owned());
    let new: Vec<NewCustomer> = (0..CUSTOMERS)
        .map(|number| NewCustomer {
            code: format!("C{:05}", (number * 7_919) % 100_000),
            uscc: None,
            name: "name".to_owned(),
            name_key: format!("{} {}", NAMES[die.throw(5)], die.throw(300)),
            industry: pick(die, &["C13", "C14", "F51"]),
            region: pick(die, &["east", "west"]),
            size: if die.throw(1_000) == 0 {
                Some("rare".to_owned())
            } else {
                pick(die, &["L", "M", "S"])
            },
            manager: (die.throw(3) > 0).then(|| users[if die.throw(3) == 0 { die.throw(8) } else { 0 }]),
            team: (die.throw(3) > 0).then(|| teams[if die.throw(3) == 0 { die.throw(4) } else { 0 }]),
            secrecy: if die.throw(10) == 0 {
                Secrecy::Confidential
            } else {
                Secrecy::Internal
            },
            custom: "{}".to_owned(),
        })
        .collect();
    let ids = change.add_customers(&new).await.unwrap();
    let run = NewRun {
        name: "run".to_owned(),
        policies: "[]".to_owned(),
        as_of: Date::from_ymd_opt(2026, 6, 30).unwrap(),
        as_known: change.at(),
        engine: "1".to_owned(),
        previous: None,
        created_by: users[0],
        created_at: change.at(),
        job: None,
    };
    let run = change.add(run).await.unwrap();
    change.commit(entry).await.unwrap();
    let customers = store.customers(&ids).await.unwrap();
    let mut results = Vec::new();
    let mut grades = vec![None; customers.len()];
    for (number, customer) in customers.iter().enumerate() {
        // Some came after the run.
        if die.throw(12) == 0 {
            continue;
        }
        let rank = [2, 2, 2, 2, 3, 3, 1, 0, 4][if die.throw(40) == 0 { 7 } else { die.throw(9) }] as i64;
        let head = GradeHead {
            grade: (rank < 4).then(|| ["vip", "key", "potential", "ordinary"][rank as usize].to_owned()),
            rank,
            total: (rank < 4).then(|| 2_000 * (4 - rank) + die.throw(900) as i64),
        };
        grades[number] = Some(head.clone());
        let graded = Graded {
            subject: customer.id,
            grade: head.grade,
            rank,
            total: head.total,
            scores: "{}".to_owned(),
            reasons: "{}".to_owned(),
            line: vec![1, 2],
        };
        results.push((0, graded));
    }
    let upkeep = store.upkeep().await.unwrap();
    let chunk = RunChunk {
        chunk: 0,
        first: ids[0].0,
        last: ids.last().unwrap().0,
        row_count: results.len() as i64,
        checksum: "sum".to_owned(),
    };
    upkeep.keep_chunk(run, &chunk, results, Timestamp(0)).await.unwrap();
    upkeep.commit().await.unwrap();
    let change = store.change(now).await.unwrap();
    let end = RunEnd {
        state: RunState::Done,
        snapshot_hash: None,
        policy_hash: None,
        folder: None,
        subjects: chunk.row_count,
        counts: None,
        error: None,
    };
    change.end_run(run, 1, &end).await.unwrap();
    change.commit(entry).await.unwrap();
    // As after each run: without it PostgreSQL takes a run for a few rows.
    store.tend().await.unwrap();
    Book {
        customers,
        grades,
        run,
        users,
        teams,
    }
}

fn some<T: Clone>(die: &mut Die, from: &[T]) -> Vec<T> {
    if die.throw(3) > 0 {
        return Vec::new();
    }
    (0..1 + die.throw(2))
        .map(|_| from[die.throw(from.len())].clone())
        .collect()
}

fn reach(die: &mut Die, book: &Book) -> Reach {
    match die.throw(5) {
        0 => Reach::None,
        1 | 2 => Reach::All,
        _ => Reach::Of {
            managers: some(die, &book.users),
            teams: some(die, &book.teams),
        },
    }
}

fn list(die: &mut Die, book: &Book) -> CustomerList {
    let texts =
        |die: &mut Die, from: &[&str]| some(die, &from.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
    let ids: Vec<CustomerId> = book.customers.iter().map(|one| one.id).collect();
    let mut list = CustomerList::new(Scope::all());
    if die.throw(3) > 0 {
        list.scope = Scope {
            internal: reach(die, book),
            confidential: reach(die, book),
            permitted: some(die, &ids),
            withheld: some(die, &ids),
        };
    }
    list.industries = texts(die, &["C13", "C14", "F51"]);
    list.regions = texts(die, &["east", "west"]);
    list.sizes = texts(die, &["L", "M", "rare"]);
    list.managers = some(die, &book.users);
    list.teams = some(die, &book.teams);
    list.secrecy = [None, None, None, Some(Secrecy::Confidential)][die.throw(4)];
    if die.throw(8) == 0 {
        list.ids = Some((0..40).map(|_| ids[die.throw(ids.len())]).collect());
    }
    if die.throw(4) > 0 {
        list.grades_of = Some((book.run, 0));
        list.ranks = some(die, &[0, 1, 2, 3, 4]);
    }
    list.sort = [SortBy::Name, SortBy::Code, SortBy::Grade, SortBy::Total]
        [die.throw(if list.grades_of.is_some() { 4 } else { 2 })];
    list.direction = [Direction::Ascending, Direction::Descending][die.throw(2)];
    list.limit = [7, 50, 1_000][die.throw(3)];
    list
}

/// The list as one would write it who had all customers in a vector.
fn expected(book: &Book, list: &CustomerList) -> Vec<(CustomerId, Option<GradeHead>)> {
    let in_reach = |one: &Customer, reach: &Reach| match reach {
        Reach::None => false,
        Reach::All => true,
        Reach::Of { managers, teams } => {
            one.manager.is_some_and(|id| managers.contains(&id)) || one.team.is_some_and(|id| teams.contains(&id))
        }
    };
    let within = |column: &Option<String>, codes: &[String]| {
        codes.is_empty() || column.as_ref().is_some_and(|code| codes.contains(code))
    };
    let by_result = matches!(list.sort, SortBy::Grade | SortBy::Total) || !list.ranks.is_empty();
    let mut rows: Vec<(&Customer, Option<GradeHead>)> = book
        .customers
        .iter()
        .zip(&book.grades)
        .filter(|(one, grade)| {
            let reach = match one.secrecy {
                Secrecy::Internal => &list.scope.internal,
                Secrecy::Confidential => &list.scope.confidential,
            };
            (in_reach(one, reach) || list.scope.permitted.contains(&one.id))
                && !list.scope.withheld.contains(&one.id)
                && within(&one.industry, &list.industries)
                && within(&one.region, &list.regions)
                && within(&one.size, &list.sizes)
                && (list.managers.is_empty() || one.manager.is_some_and(|id| list.managers.contains(&id)))
                && (list.teams.is_empty() || one.team.is_some_and(|id| list.teams.contains(&id)))
                && list.secrecy.is_none_or(|class| class == one.secrecy)
                && list.ids.as_ref().is_none_or(|ids| ids.contains(&one.id))
                && (!by_result || grade.is_some())
                && (list.ranks.is_empty() || grade.as_ref().is_some_and(|head| list.ranks.contains(&head.rank)))
        })
        .map(|(one, grade)| (one, list.grades_of.and(grade.clone())))
        .collect();
    let number = |head: &Option<GradeHead>| head.as_ref().map_or(0, |head| head.total.unwrap_or(-1));
    let rank = |head: &Option<GradeHead>| head.as_ref().map_or(0, |head| head.rank);
    rows.sort_by(|(a, grade_a), (b, grade_b)| {
        let text = match list.sort {
            SortBy::Name => a.name_key.as_bytes().cmp(b.name_key.as_bytes()),
            SortBy::Code => a.code.cmp(&b.code),
            SortBy::Total => number(grade_a).cmp(&number(grade_b)),
            SortBy::Grade => rank(grade_a).cmp(&rank(grade_b)),
        };
        let order = match list.sort {
            // The better score of equal grades is nearer to the best grade.
            SortBy::Grade => text.then((number(grade_b), b.id).cmp(&(number(grade_a), a.id))),
            _ => text.then(a.id.cmp(&b.id)),
        };
        if list.direction == Direction::Descending {
            order.reverse()
        } else {
            order
        }
    });
    rows.into_iter().map(|(one, grade)| (one.id, grade)).collect()
}

#[test]
fn lists_are_those_of_a_plain_filter() {
    on_each(|place, store| async move {
        let mut die = Die::new(11);
        let book = book(&store, &mut die).await;
        let (mut empty, mut long) = (0, 0);
        for number in 0..LISTS {
            let mut list = list(&mut die, &book);
            let wanted = expected(&book, &list);
            let count = store.count_customers(&list, 3_000).await.unwrap();
            assert_eq!(
                count.rows,
                (wanted.len() as i64).min(3_000),
                "{}: {number} {list:?}",
                place
            );
            assert_eq!(count.exact, wanted.len() <= 3_000);
            let mut found = Vec::new();
            for _ in 0..4 {
                let page = store.list_customers(&list).await.unwrap();
                assert!(page.rows.len() <= list.limit as usize);
                found.extend(page.rows.into_iter().map(|(one, grade)| (one.id, grade)));
                list.after = page.next.map(|cursor| Cursor::parse(&cursor.to_string()).unwrap());
                if list.after.is_none() {
                    break;
                }
            }
            let shown = &wanted[..wanted.len().min(4 * list.limit as usize)];
            assert_eq!(found, shown, "{}: {number} {list:?}", place);
            assert_eq!(list.after.is_none(), wanted.len() <= 4 * list.limit as usize);
            empty += i32::from(wanted.is_empty());
            long += i32::from(wanted.len() > 2_000);
        }
        assert!(empty < LISTS as i32 / 2 && long > 20, "{empty} empty, {long} long");
        println!(
            "{}: {LISTS} lists, {empty} of them empty, {long} longer than 2,000",
            place
        );
    });
}
