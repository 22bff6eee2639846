//! One fixed hash for ids, keys and partitions: the same on every machine and in every run. 散列

use std::hash::{BuildHasherDefault, Hasher};

const FIRST: u64 = 0xa076_1d64_78bd_642f;
const SECOND: u64 = 0xe703_7ed1_a0b4_28db;

/// Mixes 64 bits: one wide multiplication, both halves folded together.
#[inline]
pub(crate) fn mix(value: u64) -> u64 {
    let wide = u128::from(value ^ FIRST) * u128::from(SECOND);
    #[expect(clippy::cast_possible_truncation, reason = "both halves of the product are used")]
    let folded = (wide as u64) ^ ((wide >> 64) as u64);
    folded
}

/// Hashes bytes.
#[inline]
pub(crate) fn bytes(data: &[u8]) -> u64 {
    let mut state = mix(data.len() as u64);
    let (words, rest) = data.as_chunks::<8>();
    for word in words {
        state = mix(state ^ u64::from_le_bytes(*word));
    }
    if !rest.is_empty() {
        let mut word = [0; 8];
        for (to, from) in word.iter_mut().zip(rest) {
            *to = *from;
        }
        state = mix(state.rotate_left(17) ^ u64::from_le_bytes(word));
    }
    state
}

/// For maps and sets of numbers that we made ourselves.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, data: &[u8]) {
        self.0 = mix(self.0 ^ bytes(data));
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = mix(self.0 ^ value);
    }
}

/// The hasher of [`Mixer`].
pub(crate) type Mixed = BuildHasherDefault<Mixer>;
