//! The customers of a book in flat buffers, ready to be scanned. 客户索引
//!
//! Names and aliases are one run of two-byte letters, codes one run of bytes; a customer is a few numbers beside them.
//! The body is in the order of hits (shorter names first, then pinyin order), so that a scan can stop looking for what
//! later customers can't better; changed customers are written behind it until the book is packed.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::ops::Range;

use pinji_domain::ids::CustomerId;

use crate::alphabet::{ALIAS, Alphabet, GONE};
use crate::fold::{Unit, fold};
use crate::place::{Places, before_brand};

/// What a customer is found by. 检索项
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms<'a> {
    /// The name in force.
    pub name: Cow<'a, str>,
    /// Short, former, foreign names: 招行 for 招商银行.
    pub aliases: Vec<Cow<'a, str>>,
    /// The number that the office gave the customer.
    pub code: Cow<'a, str>,
    /// The unified social credit code, empty where there is none. 统一社会信用代码
    pub uscc: Cow<'a, str>,
}

/// A book of customers to search in, in memory. 检索索引
///
/// Some 120 bytes a customer. Holds at most 4,294,967,295 letters in all, and 65,533 different ones; what comes after
/// that is not found by text.
#[derive(Debug, Clone, Default)]
pub struct Index {
    alphabet: Alphabet,
    text: Vec<u16>,
    codes: Vec<u8>,
    /// A customer is a place in each of these.
    ids: Vec<i64>,
    signs: Vec<u64>,
    /// Where letters and codes begin; they end where the next customer's begin.
    texts: Vec<u32>,
    codes_at: Vec<u32>,
    /// Letters of the name, and how many of them stand before the brand.
    lens: Vec<u16>,
    brands: Vec<u8>,
    slot_of: HashMap<i64, u32>,
    /// How many customers, from the first, are in order.
    body: usize,
    gone: usize,
    /// Whether a code has other characters than ASCII.
    odd_codes: bool,
}

/// Stands before each code: the own one, then the credit code.
pub(crate) const CODE: u8 = b'\n';
/// The longest code that is kept.
const LONGEST_CODE: usize = 64;
/// Fewer changes than this are not worth packing.
const FEW: usize = 4_096;

impl Terms<'_> {
    /// A customer known by name and own code only.
    pub fn new<'a>(name: &'a str, code: &'a str) -> Terms<'a> {
        Terms {
            name: name.into(),
            code: code.into(),
            ..Terms::default()
        }
    }
}

impl Index {
    /// The index of all customers that `customers` gives; of two with the same id the later one holds. 建立索引
    pub fn build<'a>(customers: impl IntoIterator<Item = (CustomerId, Terms<'a>)>) -> Index {
        let mut index = Index::default();
        let customers = customers.into_iter();
        index.reserve(customers.size_hint().0);
        let mut units = Vec::new();
        for (id, terms) in customers {
            index.put(id, &terms, &mut units);
        }
        index.pack();
        index
    }

    /// Adds a customer, or changes what they are found by. 新增或更新
    pub fn upsert(&mut self, id: CustomerId, terms: &Terms<'_>) {
        self.put(id, terms, &mut Vec::new());
        // A backstop for who never packs: the scan slows down with the part that is out of order.
        if self.changes() > FEW && self.changes() > self.body {
            self.pack();
        }
    }

    /// Takes a customer out; says whether they were there. 移除
    pub fn remove(&mut self, id: CustomerId) -> bool {
        let Some(slot) = self.slot_of.remove(&id.0) else {
            return false;
        };
        let (text, codes) = (self.text_span(slot), self.codes_span(slot));
        self.text.get_mut(text).unwrap_or_default().fill(GONE);
        // The mark before it stays: it ends the code of the customer before.
        self.codes
            .get_mut(codes.start + 1..codes.end)
            .unwrap_or_default()
            .fill(0);
        self.gone += 1;
        true
    }

    /// How many changes there were since the index was built or packed. 未整理变更数
    ///
    /// A caller that holds the index for long packs it when this passes an eighth of [`len`](Self::len).
    pub fn changes(&self) -> usize {
        self.gone + (self.ids.len() - self.body.min(self.ids.len()))
    }

    /// Brings changed customers into order and frees what others left; a second or so for a million. 整理
    pub fn pack(&mut self) {
        let order = self.in_order();
        let (mut text, mut texts) = (Vec::new(), Vec::with_capacity(order.len()));
        text.reserve_exact(order.iter().map(|slot| self.letters(*slot).len()).sum());
        for slot in &order {
            texts.push(offset(text.len()));
            text.extend_from_slice(self.letters(*slot));
        }
        (self.text, self.texts) = (text, texts);
        let (mut codes, mut codes_at) = (Vec::new(), Vec::with_capacity(order.len()));
        codes.reserve_exact(order.iter().map(|slot| self.codes_span(*slot).len()).sum());
        for slot in &order {
            codes_at.push(offset(codes.len()));
            codes.extend_from_slice(self.codes.get(self.codes_span(*slot)).unwrap_or_default());
        }
        (self.codes, self.codes_at) = (codes, codes_at);
        arrange(&mut self.ids, &order);
        arrange(&mut self.signs, &order);
        arrange(&mut self.lens, &order);
        arrange(&mut self.brands, &order);
        for (slot, id) in (0u32..).zip(&self.ids) {
            self.slot_of.insert(*id, slot);
        }
        (self.body, self.gone) = (self.ids.len(), 0);
    }

    /// How many customers there are. 客户数
    pub fn len(&self) -> usize {
        self.slot_of.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.slot_of.is_empty()
    }

    /// The bytes that the index holds, near enough. 占用内存
    pub fn bytes(&self) -> usize {
        let slot = size_of::<i64>() + size_of::<u64>() + 2 * size_of::<u32>() + size_of::<u16>() + size_of::<u8>();
        self.text.capacity() * size_of::<u16>()
            + self.codes.capacity()
            + self.ids.capacity() * slot
            // A hash map keeps an eighth free, rounds up to a power of two, and has a byte of its own for each.
            + self.slot_of.capacity() * 8 / 7 * (size_of::<(i64, u32)>() + 1)
            + self.alphabet.bytes()
    }

    fn reserve(&mut self, customers: usize) {
        self.text.reserve(customers.saturating_mul(16));
        self.codes.reserve(customers.saturating_mul(28));
        self.ids.reserve(customers);
        self.signs.reserve(customers);
        self.texts.reserve(customers);
        self.codes_at.reserve(customers);
        self.lens.reserve(customers);
        self.brands.reserve(customers);
        self.slot_of.reserve(customers);
    }

    fn put(&mut self, id: CustomerId, terms: &Terms<'_>, units: &mut Vec<Unit>) {
        self.remove(id);
        // Beyond four thousand million letters offsets would lie; such a book stays as it is.
        let ends = [self.text.len(), self.codes.len(), self.ids.len()].map(u32::try_from);
        let [Ok(text), Ok(codes), Ok(slot)] = ends else { return };
        fold(&terms.name, units);
        let (len, brand) = self.write_name(units);
        for alias in &terms.aliases {
            fold(alias, units);
            if !units.is_empty() {
                self.text.push(ALIAS);
                self.alphabet.write(units, &mut self.text);
            }
        }
        self.write_code(&terms.code, units);
        self.write_code(&terms.uscc, units);
        self.ids.push(id.0);
        self.signs
            .push(self.alphabet.sign(self.text.get(text as usize..).unwrap_or_default()));
        self.texts.push(text);
        self.codes_at.push(codes);
        self.lens.push(len);
        self.brands.push(brand);
        self.slot_of.insert(id.0, slot);
    }

    /// Writes a name and what people make of it; gives its length and where its brand begins.
    fn write_name(&mut self, units: &[Unit]) -> (u16, u8) {
        let chars: Vec<char> = units.iter().map(|unit| unit.ch).collect();
        let brand = before_brand(&chars, Places::Loose);
        self.alphabet.write(units, &mut self.text);
        if let Some(short) = bank(&chars, brand) {
            self.text.push(ALIAS);
            self.alphabet.write(
                &short.map(|ch| Unit {
                    ch,
                    from: ch,
                    start: true,
                }),
                &mut self.text,
            );
        }
        (
            u16::try_from(chars.len()).unwrap_or(u16::MAX),
            u8::try_from(brand).unwrap_or_default(),
        )
    }

    fn write_code(&mut self, code: &str, units: &mut Vec<Unit>) {
        fold(code, units);
        self.codes.push(CODE);
        let from = self.codes.len();
        let mut bytes = [0; 4];
        for unit in units.iter() {
            self.odd_codes |= !unit.ch.is_ascii();
            let bytes = unit.ch.encode_utf8(&mut bytes).as_bytes();
            if self.codes.len() + bytes.len() <= from + LONGEST_CODE {
                self.codes.extend_from_slice(bytes);
            }
        }
    }

    /// The customers that are there, in the order of hits.
    fn in_order(&self) -> Vec<u32> {
        let mut keyed: Vec<(u128, u32)> = Vec::with_capacity(self.len());
        for (slot, id) in (0u32..).zip(&self.ids) {
            if self.slot_of.get(id) != Some(&slot) {
                continue;
            }
            // The length and the first letters, as far as they tell: most names are sorted without looking further.
            let letters = self
                .name(slot)
                .iter()
                .map(|code| u128::from(self.alphabet.weight(*code) >> 16));
            let key = letters
                .chain(std::iter::repeat(0))
                .take(7)
                .fold(u128::from(self.name_len(slot)), |key, weight| key << 16 | weight);
            keyed.push((key, slot));
        }
        keyed.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| self.compare(a.1, b.1)));
        keyed.into_iter().map(|(_, slot)| slot).collect()
    }
}

/// What the scan needs to see.
impl Index {
    pub(crate) fn alphabet(&self) -> &Alphabet {
        &self.alphabet
    }

    /// The customers in order, and those behind them.
    pub(crate) fn parts(&self) -> (Range<u32>, Range<u32>) {
        let (body, all) = (offset(self.body), offset(self.ids.len()));
        (0..body, body..all)
    }

    pub(crate) fn id(&self, slot: u32) -> CustomerId {
        CustomerId(self.ids.get(slot as usize).copied().unwrap_or_default())
    }

    pub(crate) fn signs(&self) -> &[u64] {
        &self.signs
    }

    pub(crate) fn name_len(&self, slot: u32) -> u16 {
        self.lens.get(slot as usize).copied().unwrap_or_default()
    }

    pub(crate) fn brand(&self, slot: u32) -> usize {
        self.brands.get(slot as usize).copied().map_or(0, usize::from)
    }

    /// All letters of a customer, with a mark before each alias.
    pub(crate) fn letters(&self, slot: u32) -> &[u16] {
        self.text.get(self.text_span(slot)).unwrap_or_default()
    }

    pub(crate) fn codes(&self) -> &[u8] {
        &self.codes
    }

    /// Where each customer's codes begin.
    pub(crate) fn codes_at(&self) -> &[u32] {
        &self.codes_at
    }

    pub(crate) fn has_odd_codes(&self) -> bool {
        self.odd_codes
    }

    /// Which of two names of one length comes first: in pinyin order, then by id.
    pub(crate) fn compare(&self, one: u32, other: u32) -> Ordering {
        let weights = |slot| self.name(slot).iter().map(|code| self.alphabet.weight(*code));
        weights(one)
            .cmp(weights(other))
            .then_with(|| self.id(one).cmp(&self.id(other)))
    }

    fn name(&self, slot: u32) -> &[u16] {
        self.letters(slot)
            .get(..usize::from(self.name_len(slot)))
            .unwrap_or_default()
    }

    fn text_span(&self, slot: u32) -> Range<usize> {
        span(&self.texts, slot, self.text.len())
    }

    fn codes_span(&self, slot: u32) -> Range<usize> {
        span(&self.codes_at, slot, self.codes.len())
    }
}

fn span(starts: &[u32], slot: u32, end: usize) -> Range<usize> {
    let start = |at: usize| starts.get(at).map_or(end, |start| *start as usize);
    start(slot as usize)..start(slot as usize + 1)
}

fn offset(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

fn arrange<T: Copy>(values: &mut Vec<T>, order: &[u32]) {
    *values = order
        .iter()
        .filter_map(|slot| values.get(*slot as usize).copied())
        .collect();
}

/// How people call a bank: 招行 for 招商银行, 工行 for 中国工商银行. 银行简称
fn bank(chars: &[char], brand: usize) -> Option<[char; 2]> {
    let at = chars.windows(2).position(|pair| pair == ['银', '行'])?;
    let first = if at > brand { brand } else { 0 };
    // Two characters or more stand before 银行: 某某银行, not 某银行 or 银行.
    (at >= first + 2).then(|| chars.get(first).map(|first| [*first, '行']))?
}
