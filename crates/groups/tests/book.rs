//! A book of parties and relations, written as lines of text. 关系簿
//!
//! `A 60 B` is a share in per cent, `A ? B` one that nobody knows, `A votes 60 B`, `A manages B`, `A joint B`, `p spouse q`,
//! `p direct3 q`, `p collateral2 q`, `A other B`. Upper case is a company, lower case a person, `*` an anonymous one. After
//! `@` may follow `from..until`.

use pinji_domain::date;
use pinji_domain::ids::RelationId;
use pinji_domain::{Date, Decimal};
use pinji_groups::{Evidence, Graph, Kinship, Party, PartyKind, Relation, Resolution, Share, Tie, resolve};

#[derive(Debug, Clone, Default)]
pub struct Book {
    pub names: Vec<String>,
    pub kinds: Vec<PartyKind>,
    pub relations: Vec<Relation>,
}

pub fn day(text: &str) -> Date {
    date::parse(text).unwrap()
}

pub fn percent(text: &str) -> Share {
    Share::from_percent(Decimal::parse(text).unwrap()).unwrap()
}

impl Book {
    pub fn of(text: &str) -> Book {
        let mut book = Book::default();
        for line in text.lines().flat_map(|line| line.split(';')) {
            if !line.trim().is_empty() {
                book.line(line.trim());
            }
        }
        book
    }

    pub fn party(&mut self, name: &str) -> Party {
        if let Some(at) = self.names.iter().position(|known| known == name && name != "*") {
            return Party(at as u32);
        }
        self.names.push(name.to_owned());
        self.kinds.push(match name.chars().next().unwrap() {
            '*' => PartyKind::Anonymous,
            first if first.is_lowercase() => PartyKind::Person,
            _ => PartyKind::Company,
        });
        Party(self.names.len() as u32 - 1)
    }

    pub fn at(&self, name: &str) -> Party {
        Party(self.names.iter().position(|known| known == name).expect(name) as u32)
    }

    pub fn name(&self, party: Party) -> &str {
        &self.names[party.0 as usize]
    }

    pub fn relate(&mut self, holder: Party, tie: Tie, target: Party) -> &mut Relation {
        self.relations.push(Relation {
            id: RelationId(self.relations.len() as i64 + 1),
            holder,
            target,
            tie,
            from: None,
            until: None,
            evidence: Evidence::Register,
        });
        self.relations.last_mut().unwrap()
    }

    fn line(&mut self, line: &str) {
        let (said, when) = line.split_once('@').unwrap_or((line, ""));
        let words: Vec<&str> = said.split_whitespace().collect();
        let holder = self.party(words[0]);
        if words.len() == 1 {
            return;
        }
        let target = self.party(words[words.len() - 1]);
        let generations = |word: &str| word[word.len() - 1..].parse().unwrap();
        let tie = match words[1] {
            "votes" => Tie::Voting(percent(words[2])),
            "manages" => Tie::Management,
            "joint" => Tie::Joint,
            "other" => Tie::Other,
            "spouse" => Tie::Family(Kinship::Spouse),
            kin if kin.starts_with("direct") => Tie::Family(Kinship::Direct {
                generations: generations(kin),
            }),
            kin if kin.starts_with("collateral") => Tie::Family(Kinship::Collateral {
                generations: generations(kin),
            }),
            "?" => Tie::Equity(None),
            share => Tie::Equity(Some(percent(share))),
        };
        let relation = self.relate(holder, tie, target);
        if let Some((from, until)) = when.split_once("..") {
            relation.from = (!from.trim().is_empty()).then(|| day(from));
            relation.until = (!until.trim().is_empty()).then(|| day(until));
        }
    }

    pub fn graph(&self, as_of: &str) -> Graph {
        Graph::as_of(&self.kinds, &self.relations, day(as_of)).unwrap()
    }

    pub fn resolve(&self) -> (Graph, Resolution) {
        let graph = self.graph("2026-01-01");
        let resolution = resolve(&graph);
        (graph, resolution)
    }

    /// Names, sorted and joined.
    pub fn said(&self, parties: impl IntoIterator<Item = Party>) -> String {
        let mut names: Vec<&str> = parties.into_iter().map(|party| self.name(party)).collect();
        names.sort_unstable();
        names.join(" ")
    }
}
