//! The slow solver that shares no code with ours: sets of sets, fractions of 128 bits, dense systems. 独立慢速求解
//!
//! It takes the words of the documentation, not the code: a group takes in what it has enough of, until nothing changes.

use std::collections::BTreeSet;

use pinji_groups::{PartyKind, Relation, Tie};

const WHOLE: i128 = 1_000_000_000;

/// What a party has of another.
#[derive(Debug, Clone, Copy, Default)]
struct Has {
    equity: i128,
    votes: Option<i128>,
    agreement: bool,
    joint: bool,
}

/// Everybody's holdings as a matrix, `[target][holder]`.
pub struct Slow {
    pub count: usize,
    companies: Vec<bool>,
    has: Vec<Vec<Has>>,
    kin: Vec<(usize, usize)>,
    /// By company: what each holder has to say, and what it takes more than.
    power: Vec<(Vec<i128>, i128)>,
    /// Whether more than the whole of something is held, so that shares were cut and rounded.
    pub beyond: bool,
}

impl Slow {
    pub fn of(kinds: &[PartyKind], relations: &[Relation]) -> Slow {
        let count = kinds.len();
        let mut slow = Slow {
            count,
            companies: kinds.iter().map(|kind| *kind == PartyKind::Company).collect(),
            has: vec![vec![Has::default(); count]; count],
            kin: Vec::new(),
            power: Vec::new(),
            beyond: false,
        };
        for relation in relations {
            let (holder, target) = (relation.holder.0 as usize, relation.target.0 as usize);
            let has = &mut slow.has[target][holder];
            match relation.tie {
                Tie::Equity(share) => has.equity = share.map_or(0, |share| i128::from(share.units())),
                Tie::Voting(share) => has.votes = Some(i128::from(share.units())),
                Tie::Management => has.agreement = true,
                Tie::Joint => has.joint = true,
                Tie::Family(kinship) if kinship.is_near() => slow.kin.push((holder, target)),
                Tie::Family(_) | Tie::Other => {}
            }
        }
        slow.power = (0..count).map(|company| slow.power_over(company)).collect();
        let owned = |row: &Vec<Has>| row.iter().map(|has| has.equity).sum::<i128>();
        slow.beyond = slow.has.iter().any(|row| owned(row) > WHOLE);
        slow
    }

    fn power_over(&self, company: usize) -> (Vec<i128>, i128) {
        let row = &self.has[company];
        let all = 0..self.count;
        let agreed: Vec<i128> = all
            .clone()
            .map(|holder| i128::from(row[holder].agreement || row[holder].joint))
            .collect();
        match agreed.iter().sum::<i128>() {
            0 => {}
            1 if !row.iter().any(|has| has.agreement) => return (agreed, WHOLE),
            parties => return (agreed, 2 * parties - 1),
        }
        let whole = WHOLE - row[company].equity;
        let others: Vec<usize> = all.clone().filter(|holder| *holder != company).collect();
        let recorded: i128 = others.iter().filter_map(|holder| row[*holder].votes).sum();
        let silent = others.iter().filter(|holder| row[**holder].votes.is_none());
        let implied: i128 = silent.map(|holder| row[*holder].equity).sum();
        let left = (whole - recorded).max(0);
        let cast = |holder: usize| match row[holder].votes {
            _ if holder == company => 0,
            Some(votes) => votes,
            None if recorded > 0 && implied > left => row[holder].equity * left / implied,
            None => row[holder].equity,
        };
        let cast: Vec<i128> = all.map(cast).collect();
        let sum: i128 = cast.iter().sum();
        (cast, sum.max(whole))
    }

    /// Whether these together control a company; `legal`: the power of companies alone counts.
    fn controls(&self, group: &BTreeSet<usize>, company: usize, legal: bool) -> bool {
        let (power, need) = &self.power[company];
        let counted = group.iter().filter(|holder| !legal || self.companies[**holder]);
        let ours: i128 = counted.map(|holder| power[*holder]).sum();
        2 * ours > *need && ours > 0
    }

    /// The groups: each party's set. `turn` shuffles the order of work.
    pub fn groups(&self, family: bool, legal: bool, turn: usize) -> Vec<BTreeSet<usize>> {
        let mut groups: Vec<BTreeSet<usize>> = (0..self.count).map(|party| BTreeSet::from([party])).collect();
        let put_together = |groups: &mut Vec<BTreeSet<usize>>, one: usize, other: usize| {
            let both: BTreeSet<usize> = groups[one].union(&groups[other]).copied().collect();
            for member in &both {
                groups[*member] = both.clone();
            }
        };
        for (one, other) in self.kin.iter().filter(|_| family) {
            put_together(&mut groups, *one, *other);
        }
        'again: loop {
            for step in 0..self.count {
                let company = (if turn.is_multiple_of(2) {
                    step
                } else {
                    self.count - 1 - step
                } + turn)
                    % self.count;
                for holder in (0..self.count).map(|holder| (holder + turn) % self.count) {
                    if !groups[holder].contains(&company) && self.controls(&groups[holder], company, legal) {
                        put_together(&mut groups, holder, company);
                        continue 'again;
                    }
                }
            }
            return groups;
        }
    }

    /// The members that their own group does not control.
    pub fn free(&self, group: &BTreeSet<usize>, legal: bool) -> Vec<usize> {
        let free = group.iter().filter(|member| !self.controls(group, **member, legal));
        free.copied().collect()
    }

    /// All that one party and what it controls control, by itself.
    pub fn reach(&self, from: usize) -> BTreeSet<usize> {
        let mut all = BTreeSet::from([from]);
        while let Some(next) = (0..self.count).find(|at| !all.contains(at) && self.controls(&all, *at, false)) {
            all.insert(next);
        }
        all
    }

    fn part(&self, company: usize, holder: usize) -> f64 {
        let sum: i128 = self.has[company].iter().map(|has| has.equity).sum();
        self.has[company][holder].equity as f64 / sum.max(WHOLE) as f64
    }

    /// What the free members of a group have of each member, by 30,000 rounds from nothing.
    pub fn effective(&self, group: &BTreeSet<usize>) -> Vec<f64> {
        let free = self.free(group, false);
        let mut x: Vec<f64> = (0..self.count)
            .map(|party| f64::from(u8::from(free.contains(&party))))
            .collect();
        let held: Vec<usize> = group.iter().filter(|member| !free.contains(member)).copied().collect();
        for _ in 0..30_000 {
            let mut moved = 0.0_f64;
            for member in &held {
                let sum: f64 = group
                    .iter()
                    .map(|holder| self.part(*member, *holder) * x[*holder])
                    .sum();
                moved = moved.max((sum - x[*member]).abs());
                x[*member] = sum;
            }
            if moved < 1e-17 {
                break;
            }
        }
        x
    }

    /// The row of (I − A)⁻¹ that says how often a share of `company` passes each party, by Gauss and Jordan with pivots;
    /// `None` where a circle owns itself and there is no inverse.
    pub fn passed(&self, company: usize) -> Option<Vec<f64>> {
        let count = self.count;
        // Solve (I − A)ᵀ y = e for the company.
        let mut rows: Vec<Vec<f64>> = (0..count)
            .map(|to| {
                let mut row: Vec<f64> = (0..count)
                    .map(|from| f64::from(u8::from(from == to)) - self.part(from, to))
                    .collect();
                row.push(f64::from(u8::from(to == company)));
                row
            })
            .collect();
        for column in 0..count {
            let pivot = (column..count).max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()))?;
            if rows[pivot][column].abs() < 1e-9 {
                return None;
            }
            rows.swap(column, pivot);
            let line = rows[column].clone();
            for (_, row) in rows.iter_mut().enumerate().filter(|(at, _)| *at != column) {
                let part = row[column] / line[column];
                for (value, above) in row.iter_mut().zip(&line) {
                    *value -= part * above;
                }
            }
        }
        Some((0..count).map(|at| rows[at][count] / rows[at][at]).collect())
    }

    pub fn has_owners(&self, party: usize) -> bool {
        self.has[party].iter().any(|has| has.equity > 0)
    }
}
