//! Random graphs against the slow solver. 随机图对照

use std::collections::BTreeSet;

use pinji_groups::{Graph, Kinship, Partition, Party, Resolution, Share, Tie, look_through, path, proposals};

use crate::book::Book;
use crate::slow::Slow;

/// Steele, Lea and Flood's SplitMix64.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub fn chance(&mut self, per_cent: usize) -> bool {
        self.below(100) < per_cent
    }
}

/// Companies that hold each other at random, in steps of five per cent, cycles and all; some books record votes, agreements,
/// persons and families, some more than the whole.
fn draw(random: &mut Random, companies: usize) -> Book {
    let mut book = Book::default();
    let persons = if random.chance(60) { random.below(4) } else { 0 };
    for at in 0..companies {
        book.party(&format!("C{at}"));
    }
    for at in 0..persons {
        book.party(&format!("p{at}"));
    }
    let all = companies + persons;
    let special = random.chance(40);
    let beyond = random.chance(10);
    let busy = 1 + random.below(3);
    for target in 0..companies {
        let mut left = 20;
        let mut holders = BTreeSet::new();
        for _ in 0..=random.below(busy + 1) {
            let holder = random.below(all);
            let own = holder == target;
            if (own && !random.chance(20)) || !holders.insert(holder) {
                continue;
            }
            let most = if beyond { 20 } else { left };
            let part = match random.below(4) {
                0 => most,
                1 => most.min(10),
                _ => random.below(most + 1),
            };
            left -= part.min(left);
            let share = Share::from_units(part as u32 * 50_000_000);
            let share = if random.chance(3) { None } else { share };
            book.relate(Party(holder as u32), Tie::Equity(share), Party(target as u32));
        }
        if special && random.chance(30) {
            for _ in 0..=random.below(3) {
                let holder = random.below(all);
                let votes = Share::from_units(random.below(21) as u32 * 50_000_000).unwrap();
                let tie = match random.below(5) {
                    0 | 1 => Tie::Voting(votes),
                    2 => Tie::Management,
                    3 => Tie::Joint,
                    _ => continue,
                };
                let known = |relation: &&pinji_groups::Relation| {
                    (relation.holder.0, relation.target.0) == (holder as u32, target as u32)
                        && relation.tie.code() == tie.code()
                };
                if holder != target && book.relations.iter().find(known).is_none() {
                    book.relate(Party(holder as u32), tie, Party(target as u32));
                }
            }
        }
    }
    if persons > 1 && random.chance(60) {
        let (one, other) = (companies, companies + 1);
        let kinship = [Kinship::Spouse, Kinship::Direct { generations: 4 }][random.below(2)];
        book.relate(Party(one as u32), Tie::Family(kinship), Party(other as u32));
    }
    book
}

fn sets(partition: &Partition, count: usize) -> Vec<BTreeSet<usize>> {
    (0..count)
        .map(|party| {
            let group = partition.group(Party(party as u32)).unwrap();
            (0..count)
                .filter(|other| partition.group(Party(*other as u32)) == Some(group))
                .collect()
        })
        .collect()
}

fn check_partition(slow: &Slow, partition: &Partition, family: bool, legal: bool, turn: usize, said: &str) {
    let groups = slow.groups(family, legal, turn);
    assert_eq!(sets(partition, slow.count), groups, "{said}");
    for (party, group) in groups.iter().enumerate() {
        let free = slow.free(group, legal);
        let party = Party(party as u32);
        let head = free.first().map(|free| Party(*free as u32));
        assert_eq!(partition.controller(party), head, "{said} {party:?}");
        assert_eq!(
            partition.is_controlled(party),
            !free.contains(&(party.0 as usize)),
            "{said} {party:?}"
        );
        assert_eq!(partition.size(party), group.len());
        assert_eq!(
            partition.group(party).map(|group| group.0 as usize),
            group.first().copied()
        );
        // Seen from the controller: its group is all that it reaches by itself.
        if let [head] = free.as_slice()
            && !legal
        {
            assert_eq!(slow.reach(*head), *group, "{said}");
        }
    }
}

/// Shares are told to 10⁻⁹; where recorded shares were cut down to the whole, they were rounded before.
fn near(slow: &Slow, found: Option<Share>, sought: f64, said: &str) {
    let found = f64::from(found.unwrap_or_else(|| panic!("{said}: a share")).units()) / 1e9;
    let allowed = if slow.beyond { 1e-6 } else { 1.5e-9 };
    assert!((found - sought).abs() <= allowed, "{said}: {found} for {sought}");
}

fn check_shares(slow: &Slow, resolution: &Resolution, said: &str) {
    let control = sets(resolution.control(), slow.count);
    let proposed = sets(resolution.proposed(), slow.count);
    for (groups, found) in [
        (control, Resolution::share as fn(&_, _) -> _),
        (proposed, Resolution::group_share),
    ] {
        for group in groups.iter().collect::<BTreeSet<_>>() {
            let circle = slow.free(group, false).is_empty();
            let sought = slow.effective(group);
            for party in group {
                let found = found(resolution, Party(*party as u32));
                match circle {
                    true => assert_eq!(found, None, "{said} {party}"),
                    false => near(slow, found, sought[*party], &format!("{said} share of {party}")),
                }
            }
        }
    }
}

fn check_owners(slow: &Slow, graph: &Graph, said: &str) -> bool {
    let mut inverted = false;
    for company in 0..slow.count {
        let found = look_through(graph, Party(company as u32)).unwrap();
        let sum: u64 = found.owners.iter().map(|(_, share)| u64::from(share.units())).sum();
        let all = sum + u64::from(found.unknown.units()) + u64::from(found.circle.units());
        assert_eq!(all, 1_000_000_000, "{said}: shares of {company} sum to the whole");
        assert!(found.settled);
        let Some(passed) = slow.passed(company) else { continue };
        inverted = true;
        assert_eq!(found.circle, Share::NONE);
        for party in (0..slow.count).filter(|party| *party != company && !slow.has_owners(*party)) {
            let share = found.owners.iter().find(|(owner, _)| owner.0 as usize == party);
            near(
                slow,
                Some(share.map_or(Share::NONE, |(_, share)| *share)),
                passed[party],
                &format!("{said} owner {party}"),
            );
        }
    }
    inverted
}

/// Every step follows from those before it, and the path holds all that it needs.
fn check_paths(graph: &Graph, partition: &Partition, said: &str) {
    for company in (0..graph.parties() as u32).map(Party) {
        let steps = path(graph, partition, company);
        assert_eq!(steps.is_empty(), !partition.is_controlled(company), "{said}");
        let mut known: BTreeSet<Party> = BTreeSet::new();
        for step in &steps {
            assert!(step.held > step.need, "{said}: {step:?}");
            for holding in &step.by {
                assert_eq!(partition.group(holding.holder), partition.group(company));
                let before = known.contains(&holding.holder) || !partition.is_controlled(holding.holder);
                assert!(before || step.rank.is_none(), "{said}: {holding:?} before {steps:?}");
            }
            known.insert(step.company);
        }
        assert_eq!(steps.last().map(|step| step.company), steps.first().map(|_| company));
    }
}

fn check(book: &Book, turn: usize, said: &str) -> bool {
    let (graph, resolution) = book.resolve();
    let slow = Slow::of(&book.kinds, &book.relations);
    check_partition(
        &slow,
        resolution.control(),
        false,
        false,
        turn,
        &format!("{said} control"),
    );
    check_partition(&slow, resolution.legal(), false, true, turn, &format!("{said} legal"));
    check_partition(
        &slow,
        resolution.proposed(),
        true,
        false,
        turn,
        &format!("{said} proposed"),
    );
    check_paths(&graph, resolution.control(), said);
    check_paths(&graph, resolution.proposed(), said);
    for proposal in proposals(&graph, &resolution) {
        assert!(proposal.members.len() > 1);
        for member in &proposal.members {
            assert!(
                !member.tests.is_empty() && !member.reasons.is_empty(),
                "{said} {member:?}"
            );
        }
    }
    check_shares(&slow, &resolution, said);
    // Relations in another order, with other ids by their places, give the same.
    let mut turned = book.clone();
    turned.relations.reverse();
    let half = turned.relations.len() / 2;
    turned.relations.rotate_left(half);
    assert_eq!(turned.resolve().1, resolution, "{said} in another order");
    check_owners(&slow, &graph, said)
}

#[test]
fn small_graphs_agree_with_the_slow_solver() {
    let mut random = Random(20_260_104);
    let mut inverted = 0;
    for round in 0..3_000 {
        let companies = 2 + random.below(9);
        let book = draw(&mut random, companies);
        inverted += usize::from(check(&book, round, &format!("graph {round} {book:?}")));
    }
    assert!(inverted > 2_000, "most graphs have an inverse: {inverted}");
}

#[test]
fn larger_graphs_agree_on_who_controls() {
    let mut random = Random(7);
    for round in 0..60 {
        let companies = 40 + random.below(40);
        let book = draw(&mut random, companies);
        let (graph, resolution) = book.resolve();
        let slow = Slow::of(&book.kinds, &book.relations);
        let said = format!("graph {round}");
        check_partition(&slow, resolution.control(), false, false, round, &said);
        check_partition(&slow, resolution.proposed(), true, false, round, &said);
        check_paths(&graph, resolution.control(), &said);
        check_shares(&slow, &resolution, &said);
    }
}

/// Companies of which two of three holders have the majority together, so that all is found by merging groups.
fn many_hands(random: &mut Random, companies: usize, holder: impl Fn(&mut Random, usize) -> usize) -> Book {
    let mut book = Book::default();
    for at in 0..companies {
        book.party(&format!("C{at}"));
    }
    for target in 0..companies {
        let mut holders = BTreeSet::new();
        for _ in 0..3 {
            holders.insert(holder(random, target));
        }
        for holder in holders.into_iter().filter(|holder| *holder != target) {
            let units = (5 + random.below(3)) as u32 * 50_000_000;
            book.relate(
                Party(holder as u32),
                Tie::Equity(Share::from_units(units)),
                Party(target as u32),
            );
        }
    }
    book
}

#[test]
fn control_by_many_hands_is_found() {
    let mut random = Random(11);
    for round in 0..400 {
        let companies = 20 + random.below(40);
        // Holders from anywhere, from before, from behind (so that a company is looked at before its holders are one), near by.
        let mut book = match round % 4 {
            0 => many_hands(&mut random, companies, |random, _| random.below(companies)),
            1 => many_hands(&mut random, companies, |random, at| random.below(at.max(1))),
            2 => many_hands(&mut random, companies, |random, at| at + random.below(companies - at)),
            _ => many_hands(&mut random, companies, |random, at| {
                (at + 1 + random.below(5)) % companies
            }),
        };
        // Seeds of groups: single majorities, which the walk over many hands starts from.
        for _ in 0..1 + random.below(companies / 4) {
            let (holder, target) = (random.below(companies), random.below(companies));
            if holder != target {
                book.relations.retain(|relation| relation.target.0 as usize != target);
                let share = Share::from_units(600_000_000);
                book.relate(Party(holder as u32), Tie::Equity(share), Party(target as u32));
            }
        }
        let said = format!("round {round}");
        let (_, resolution) = book.resolve();
        let slow = Slow::of(&book.kinds, &book.relations);
        check_partition(&slow, resolution.control(), false, false, round, &said);
        check_shares(&slow, &resolution, &said);
    }
}
