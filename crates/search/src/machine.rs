//! The automaton that reads names, once for each query. 扫描自动机
//!
//! A state says, for each way of matching (text, pinyin, loose) and each beginning (name, brand, anywhere), which places
//! of the query have been reached. States are met, not made ahead: a query has a few dozen. Once enough good hits are
//! known, the automaton is narrowed to the ways and beginnings that could still beat them.

use std::collections::HashMap;

use crate::alphabet::{ALIAS, GONE};
use crate::query::{Moves, Plan};

/// What is reached, by way of matching and beginning. The ways grow: text is also pinyin, pinyin is also loose; and so
/// do the beginnings: what begins at the name also begins anywhere.
type State = [[u64; BEGINNINGS]; WAYS];
const WAYS: usize = 3;
const BEGINNINGS: usize = 3;
const AT_NAME: usize = 0;
const AT_BRAND: usize = 1;
const ANYWHERE: usize = 2;

/// A kind of match: way × 3 + beginning; smaller is better.
pub(crate) type Kind = u8;
/// No match ends here.
pub(crate) const NONE: Kind = u8::MAX;

/// Where matches of one way are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Nowhere: they would not be good enough.
    No,
    /// From the beginning of a name, a brand, a Latin word, an alias.
    Starts,
    /// Anywhere.
    All,
}

/// The reach of text, pinyin and loose matches.
pub(crate) type Scope = [Reach; WAYS];

/// The first three states: nothing begun, before a name, before a brand.
const REST: u16 = 0;
const BEFORE_NAME: u16 = 1;
const BEFORE_BRAND: u16 = 2;
const UNKNOWN: u16 = u16::MAX;
/// Hostile queries meet no more states than this before the table is begun anew.
const MOST_STATES: usize = 2_048;

/// All codes there can be: a table of this size needs no check of its bounds.
const CODES: usize = 0x1_0000;
/// A letter begins a match anywhere; at a start.
const BEGINS: u8 = 1;
const BEGINS_AT_START: u8 = 2;

pub(crate) struct Machine {
    /// Whether a match can begin with a letter, by code.
    begins: Box<[u8]>,
    /// The column of each letter, by code.
    column: Box<[u16]>,
    plan: Plan,
    scope: Scope,
    /// Whether matches begin elsewhere than at starts.
    roams: bool,
    states: Vec<State>,
    number: HashMap<State, u16>,
    /// The kind of match that each state ends.
    kinds: Vec<Kind>,
    /// The next state, by state and column; the last column is the beginning of a brand.
    next: Vec<u16>,
    columns: usize,
}

impl Machine {
    pub fn new(plan: Plan, scope: Scope) -> Machine {
        let mut column = vec![0; CODES].into_boxed_slice();
        for (column, kind) in column.iter_mut().zip(&plan.kind) {
            *column = *kind;
        }
        // The first kind ends every search, as the marks do.
        for mark in [GONE, ALIAS] {
            if let Some(column) = column.get_mut(usize::from(mark)) {
                *column = 0;
            }
        }
        let mut machine = Machine {
            begins: vec![0; CODES].into_boxed_slice(),
            column,
            columns: plan.moves.len() + 1,
            plan,
            scope,
            roams: false,
            states: Vec::new(),
            number: HashMap::new(),
            kinds: Vec::new(),
            next: Vec::new(),
        };
        machine.begin_with();
        machine.reset();
        machine
    }

    /// Whether the query has letters that may be pinyin.
    pub fn spelt(&self) -> bool {
        self.plan.spelt
    }

    /// Looks for less, or for more, from now on.
    pub fn rescope(&mut self, scope: Scope) {
        if self.scope != scope {
            self.scope = scope;
            self.begin_with();
            self.reset();
        }
    }

    /// Reads a customer's `letters`, whose name ends at `name` and whose brand begins at `brand` (0 where it begins with
    /// the name), and tells of each place where a match ends.
    #[expect(
        clippy::indexing_slicing,
        reason = "tables have an entry for every code; states are numbered by the table"
    )]
    pub fn read(&mut self, letters: &[u16], brand: usize, name: usize, mut found: impl FnMut(usize, Kind)) {
        let brand = if brand == 0 { usize::MAX } else { brand };
        if letters.len() < self.plan.least {
            return;
        }
        let mut at = 0;
        while at < letters.len() {
            if letters[at] == ALIAS {
                at += 1;
                continue;
            }
            let (starts, before) = match at {
                0 => (true, BEFORE_NAME),
                _ if letters[at - 1] == ALIAS => (true, BEFORE_NAME),
                _ if at == brand => (true, BEFORE_BRAND),
                _ => (false, REST),
            };
            let begins = self.begins[usize::from(letters[at])];
            if begins & if starts { BEGINS_AT_START } else { BEGINS } == 0 {
                at = self.skip(letters, brand, name, at + 1);
                continue;
            }
            let mut state = before;
            while at < letters.len() {
                if at == brand && state != BEFORE_BRAND {
                    state = self.follow(state, self.columns - 1);
                }
                state = self.follow(state, usize::from(self.column[usize::from(letters[at])]));
                let kind = self.kinds[usize::from(state)];
                if kind != NONE {
                    found(at, kind);
                }
                at += 1;
                // Nothing is under way: skip again.
                if state == REST {
                    break;
                }
            }
        }
    }

    /// The next place, at or after `at`, that is a start or holds a letter that a match begins with.
    #[inline]
    #[expect(clippy::indexing_slicing, reason = "a table of all codes")]
    fn skip(&self, letters: &[u16], brand: usize, name: usize, at: usize) -> usize {
        let Ok(begins) = <&[u8; CODES]>::try_from(&*self.begins) else {
            return letters.len();
        };
        let ahead = at <= brand && brand < letters.len();
        let (at, stop) = match (self.roams, ahead) {
            (true, true) => (at, brand),
            (true, false) => (at, letters.len()),
            // Matches begin at starts only: the brand, then the aliases.
            (false, true) => return brand,
            (false, false) => (at.max(name), letters.len()),
        };
        let until = letters.get(at..stop).unwrap_or_default();
        let begins = |code: u16| begins[usize::from(code)] & BEGINS != 0;
        let found = until.iter().position(|code| begins(*code) || *code == ALIAS);
        match found {
            // The alias begins after its mark.
            Some(skipped) if letters.get(at + skipped) == Some(&ALIAS) => at + skipped + 1,
            Some(skipped) => at + skipped,
            None => stop,
        }
    }

    #[inline]
    #[expect(clippy::indexing_slicing, reason = "each state has a row of all columns")]
    fn follow(&mut self, state: u16, column: usize) -> u16 {
        match self.next[usize::from(state) * self.columns + column] {
            UNKNOWN => self.step(state, column),
            next => next,
        }
    }

    /// Notes which letters begin a match within the scope.
    fn begin_with(&mut self) {
        let any = |reaches: &dyn Fn(Reach) -> bool, moves: &Moves| {
            let first = [
                moves.text,
                moves.text | all(&moves.pinyin),
                moves.text | all(&moves.loose),
            ];
            first
                .iter()
                .zip(self.scope)
                .any(|(first, reach)| reaches(reach) && first & 1 != 0)
        };
        let of = |moves: &Moves| {
            // A Latin word is a start by itself.
            let here = any(
                &|reach| reach == Reach::All || reach == Reach::Starts && moves.word,
                moves,
            );
            let start = any(&|reach| reach != Reach::No, moves);
            u8::from(here) * BEGINS + u8::from(start) * BEGINS_AT_START
        };
        let kinds: Vec<u8> = self.plan.moves.iter().map(of).collect();
        self.roams = kinds.iter().any(|begins| begins & BEGINS != 0);
        let letters = self.begins.iter_mut().zip(&self.column).take(self.plan.kind.len());
        for (begins, column) in letters {
            *begins = kinds.get(usize::from(*column)).copied().unwrap_or_default();
        }
    }

    fn reset(&mut self) {
        self.states.clear();
        self.number.clear();
        self.kinds.clear();
        self.next.clear();
        let rest = self.begin([[0; BEGINNINGS]; WAYS], ANYWHERE);
        for state in [rest, self.begin(rest, AT_NAME), self.begin(rest, AT_BRAND)] {
            self.add(state);
        }
    }

    /// The same places, and the first one too, for matches that begin at `beginning`, where the scope wants them.
    fn begin(&self, mut state: State, beginning: usize) -> State {
        for (way, reach) in state.iter_mut().zip(self.scope) {
            let wanted = reach == Reach::All || reach == Reach::Starts && beginning != ANYWHERE;
            if let (true, Some(reached)) = (wanted, way.get_mut(beginning)) {
                *reached |= 1;
            }
        }
        state
    }

    fn add(&mut self, state: State) -> u16 {
        let number = u16::try_from(self.states.len()).unwrap_or(UNKNOWN);
        self.states.push(state);
        // The first three may look alike where the scope is narrow; the first of them is meant then.
        self.number.entry(state).or_insert(number);
        self.kinds.push(self.kind(&state));
        self.next.resize(self.next.len() + self.columns, UNKNOWN);
        number
    }

    fn kind(&self, state: &State) -> Kind {
        let ends = state.iter().flatten().position(|reached| reached & self.plan.end != 0);
        ends.and_then(|at| Kind::try_from(at).ok()).unwrap_or(NONE)
    }

    /// The state after `state` on a letter of `column`, worked out and noted.
    #[cold]
    fn step(&mut self, state: u16, column: usize) -> u16 {
        let Some(from) = self.states.get(usize::from(state)).copied() else {
            return REST;
        };
        let to = match self.plan.moves.get(column) {
            Some(moves) => self.advance(from, moves),
            None => self.begin(from, AT_BRAND),
        };
        let number = match self.number.get(&to).copied() {
            Some(known) => known,
            None if self.states.len() >= MOST_STATES => {
                self.reset();
                return self.add(to);
            }
            None => self.add(to),
        };
        if let Some(place) = self.next.get_mut(usize::from(state) * self.columns + column) {
            *place = number;
        }
        number
    }

    fn advance(&self, from: State, moves: &Moves) -> State {
        let [text, pinyin, loose] = if moves.word { self.begin(from, AT_BRAND) } else { from };
        let text = text.map(|reached| (reached & moves.text) << 1);
        let pinyin = pinyin.map(|reached| (reached & moves.text) << 1 | shift(reached, &moves.pinyin));
        let loose = loose.map(|reached| (reached & moves.text) << 1 | shift(reached, &moves.loose));
        self.begin([text, pinyin, loose], ANYWHERE)
    }
}

fn all(moves: &[u64]) -> u64 {
    moves.iter().fold(0, |all, places| all | places)
}

fn shift(reached: u64, moves: &[u64]) -> u64 {
    moves
        .iter()
        .zip(1u32..)
        .fold(0, |all, (places, by)| all | (reached & places) << by)
}
