//! Finding: one query over the whole book, best hits first. 检索
//!
//! Codes are compared first, then the automaton reads the names; a customer is ranked by the best way they were found,
//! then shorter names before longer ones, then in pinyin order, then by id. Who may not be seen is asked of the caller
//! before a customer takes a place among the hits, so that neither a hit nor a missing one tells of them.

use memchr::memmem::Finder;
use pinji_domain::ids::CustomerId;

use crate::alphabet::ALIAS;
use crate::best::Best;
use crate::index::{CODE, Index};
use crate::machine::{Kind, Machine, NONE, Reach, Scope};
use crate::query::{Plan, Query};
use crate::sign::WORDS;

/// No query gives more hits than this.
const MOST_HITS: usize = 1_000;
/// How many customers a word of a query is tried on, to see which word is the rarest.
const TRIED: usize = 2_048;
/// One letter of a code is no search.
const CODE_BEGUN: usize = 2;
/// How often the scan asks anew what could still be good enough, while that is not settled.
const ASKED: u32 = 1_024;

/// A customer found. 检索命中
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// The customer.
    pub id: CustomerId,
    /// What of them matched.
    pub how: How,
    /// Smaller is better: the way of matching, then the length of the name. Hits of several indexes merge by it.
    pub rank: u32,
}

/// What of a customer matched a query; the better ways come first. 命中方式
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum How {
    /// The office's own code, whole. 客户编号
    Code,
    /// The unified social credit code, whole. 统一社会信用代码
    Uscc,
    /// The beginning of the name. 名称开头
    NameStart,
    /// The beginning of the brand, after the place, or of a Latin word. 品牌开头
    BrandStart,
    /// The beginning of the office's own code. 客户编号开头
    CodeStart,
    /// The beginning of the unified social credit code. 统一社会信用代码开头
    UsccStart,
    /// An alias, whole. 别名
    WholeAlias,
    /// Inside the name. 名称之中
    Name,
    /// A part of an alias. 别名之中
    Alias,
    /// The pinyin of the name's beginning. 名称开头拼音
    PinyinStart,
    /// The pinyin of the brand's beginning. 品牌开头拼音
    PinyinBrand,
    /// The pinyin of an alias, whole. 别名全拼
    PinyinWholeAlias,
    /// Pinyin inside the name. 名称之中拼音
    Pinyin,
    /// The pinyin of a part of an alias. 别名之中拼音
    PinyinAlias,
    /// Initials, or initials mixed with syllables, or other readings, from the name's beginning. 名称开头首字母
    InitialsStart,
    /// The same from the brand's beginning. 品牌开头首字母
    InitialsBrand,
    /// The same for an alias, whole. 别名首字母
    InitialsWholeAlias,
    /// The same inside the name. 名称之中首字母
    Initials,
    /// The same for a part of an alias. 别名之中首字母
    InitialsAlias,
}

impl Index {
    /// The customers that `query` finds and `keep` lets pass, best first, at most `limit` (and 1,000). 检索客户
    ///
    /// Words with gaps between them are looked for as one text and as words that must all be there. `keep` says who may
    /// be seen; it may be asked more than once about a customer, and about customers that do not match, and should take
    /// no longer than a look into a table.
    pub fn find(&self, query: &str, limit: usize, keep: impl Fn(CustomerId) -> bool) -> Vec<Hit> {
        let query = Query::new(query);
        if query.whole.is_empty() || limit == 0 {
            return Vec::new();
        }
        let mut best = Best::new(self, keep, limit.min(MOST_HITS));
        self.by_code(&query.code, &mut best);
        self.by_name(std::slice::from_ref(&query.whole), &mut best);
        if !query.words.is_empty() {
            self.by_name(&query.words, &mut best);
        }
        best.hits()
    }

    fn by_code(&self, code: &[u8], best: &mut Best<'_, impl Fn(CustomerId) -> bool>) {
        if !code.is_ascii() && !self.has_odd_codes() {
            return;
        }
        let begun = [&[CODE], code].concat();
        let whole = [&begun[..], &[CODE]].concat();
        let (body, behind) = self.parts();
        for slots in [body, behind] {
            let starts = self
                .codes_at()
                .get(slots.start as usize..slots.end as usize)
                .unwrap_or_default();
            let Some(from) = starts.first().map(|start| *start as usize) else {
                continue;
            };
            let end = self
                .codes_at()
                .get(slots.end as usize)
                .map_or(self.codes().len(), |end| *end as usize);
            // One byte more: the mark that ends the last code, where there is one.
            let codes = self
                .codes()
                .get(from..self.codes().len().min(end + 1))
                .unwrap_or_default();
            let mut finder = Finder::new(if code.len() < CODE_BEGUN { &whole } else { &begun });
            let (mut at, mut slot) = (0, 0);
            let (mut asked, mut bound) = (best.changes(), u8::MAX);
            while let Some(found) = codes.get(at..).and_then(|rest| finder.find(rest)) {
                let place = from + at + found;
                at += found + 1;
                slot = slot_at(starts, slot, place);
                let number = slots.start + u32::try_from(slot).unwrap_or_default();
                let own = starts.get(slot).is_some_and(|start| *start as usize == place);
                let ends = self.codes().get(place + begun.len()).is_none_or(|next| *next == CODE);
                let how = match (ends, own) {
                    (true, true) => How::Code,
                    (true, false) => How::Uscc,
                    (false, true) => How::CodeStart,
                    (false, false) => How::UsccStart,
                };
                if how as u8 >= bound {
                    continue;
                }
                best.offer(number, how);
                if asked != best.changes() {
                    asked = best.changes();
                    bound = best.bound(number);
                    // So many begin like this that only the whole code is still of interest.
                    if bound <= How::CodeStart as u8 {
                        finder = Finder::new(&whole);
                    }
                }
            }
            // The very last code has no mark behind it.
            if self.codes().ends_with(&begun) && slots.end == self.parts().1.end {
                let own = self
                    .codes_at()
                    .last()
                    .is_some_and(|start| *start as usize + begun.len() == self.codes().len());
                best.offer(slots.end - 1, if own { How::Code } else { How::Uscc });
            }
        }
    }

    /// Customers with every word, each found as the worst of its words.
    fn by_name(&self, words: &[Vec<char>], best: &mut Best<'_, impl Fn(CustomerId) -> bool>) {
        let mut machines: Vec<Machine> = Vec::new();
        let (mut demand, mut text_demand) = (0, 0);
        for word in words {
            let plan = Plan::new(word, self.alphabet());
            demand |= plan.demand;
            text_demand |= if plan.words { WORDS } else { 0 };
            let scope = scope(u8::MAX, plan.spelt);
            machines.push(Machine::new(plan, scope));
        }
        let rarest = self.rarest(&mut machines);
        if machines.is_empty() {
            return;
        }
        let mut main = machines.swap_remove(rarest);
        let (body, behind) = self.parts();
        for slots in [body, behind] {
            let mut asked = None;
            let mut needed = demand;
            let signs = self
                .signs()
                .get(slots.start as usize..slots.end as usize)
                .unwrap_or_default();
            for (slot, sign) in slots.zip(signs) {
                if asked != Some(best.changes()) || slot.is_multiple_of(ASKED) {
                    asked = Some(best.changes());
                    let bound = best.bound(slot);
                    let scope = scope(bound, main.spelt());
                    if scope == [Reach::No; 3] {
                        // In the body nothing better comes; behind it there may be shorter names.
                        break;
                    }
                    main.rescope(scope);
                    let text_only = scope[1] == Reach::No && scope[2] == Reach::No;
                    needed = if text_only { demand | text_demand } else { demand };
                }
                if sign & needed != needed || !best.lets_pass(slot) {
                    continue;
                }
                let Some(how) = self.read(&mut main, slot) else {
                    continue;
                };
                let worst = if machines.is_empty() {
                    Some(how)
                } else if best.welcomes(slot, how) {
                    machines
                        .iter_mut()
                        .try_fold(how, |worst, other| Some(worst.max(self.read(other, slot)?)))
                } else {
                    None
                };
                if let Some(worst) = worst {
                    best.offer(slot, worst);
                }
            }
        }
    }

    /// Which of several machines finds least in a part of the book.
    fn rarest(&self, machines: &mut [Machine]) -> usize {
        if machines.len() < 2 {
            return 0;
        }
        let all = self.parts().1.end;
        let stride = all as usize / TRIED + 1;
        let mut found = |machine: &mut Machine| {
            (0..all)
                .step_by(stride)
                .filter(|slot| self.read(machine, *slot).is_some())
                .count()
        };
        let counts = machines.iter_mut().map(&mut found).enumerate();
        counts.min_by_key(|(_, count)| *count).map_or(0, |(at, _)| at)
    }

    /// How a machine finds a customer, at best.
    #[inline]
    fn read(&self, machine: &mut Machine, slot: u32) -> Option<How> {
        let letters = self.letters(slot);
        let name = usize::from(self.name_len(slot));
        let mut best: Option<How> = None;
        machine.read(letters, self.brand(slot), name, |at, kind| {
            let how = if at < name {
                in_name(kind)
            } else {
                in_alias(kind, letters.get(at + 1))
            };
            best = match (best, how) {
                (Some(best), Some(how)) => Some(best.min(how)),
                (best, how) => best.or(how),
            };
        });
        best
    }
}

/// The customer, at or after `from`, whose codes hold `place`: near when hits are dense, far when they are rare.
fn slot_at(starts: &[u32], from: usize, place: usize) -> usize {
    let rest = starts.get(from + 1..).unwrap_or_default();
    let near = rest.iter().take(8).position(|start| *start as usize > place);
    from + near.unwrap_or_else(|| rest.partition_point(|start| *start as usize <= place))
}

/// What is worth looking for when only ways before number `bound` of [`How`] would do.
fn scope(bound: u8, spelt: bool) -> Scope {
    let reach = |starts: How, inside: How| match bound {
        bound if bound > inside as u8 => Reach::All,
        bound if bound > starts as u8 => Reach::Starts,
        _ => Reach::No,
    };
    let text = reach(How::NameStart, How::Name);
    if !spelt {
        // Without Latin letters there is no pinyin; text is all.
        return [text, Reach::No, Reach::No];
    }
    [
        text,
        reach(How::PinyinStart, How::Pinyin),
        reach(How::InitialsStart, How::Initials),
    ]
}

fn in_name(kind: Kind) -> Option<How> {
    Some(match kind {
        0 => How::NameStart,
        1 => How::BrandStart,
        2 => How::Name,
        3 => How::PinyinStart,
        4 => How::PinyinBrand,
        5 => How::Pinyin,
        6 => How::InitialsStart,
        7 => How::InitialsBrand,
        NONE => return None,
        _ => How::Initials,
    })
}

fn in_alias(kind: Kind, next: Option<&u16>) -> Option<How> {
    let whole = matches!(next, None | Some(&ALIAS));
    Some(match kind {
        0 if whole => How::WholeAlias,
        0..=2 => How::Alias,
        3 if whole => How::PinyinWholeAlias,
        3..=5 => How::PinyinAlias,
        NONE => return None,
        6 if whole => How::InitialsWholeAlias,
        _ => How::InitialsAlias,
    })
}
