//! The index of names against the slow way: every name laid beside every other, by texts instead of keys.

use std::collections::{BTreeSet, HashMap};

use pinji_domain::CustomerId;
use pinji_search::{Name, Near, name_core, near_keys, similarity};

/// What the keys stand for: the core with each character taken out, and the core.
fn cores(name: &str) -> Vec<String> {
    let core = name_core(name);
    let letters: Vec<char> = core.chars().collect();
    let mut cores = Vec::new();
    if (3..=24).contains(&letters.len()) {
        for gone in 0..letters.len() {
            let rest = letters.iter().enumerate().filter(|(at, _)| *at != gone);
            cores.push(rest.map(|(_, letter)| *letter).collect());
        }
    }
    if !core.is_empty() {
        cores.push(core);
    }
    cores.dedup();
    cores
}

/// Numbers that look like chance and are the same each time.
struct Draw(u64);

impl Draw {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }

    /// Few characters, so that names come close to each other, and now and then something that no company is called.
    fn name(&mut self) -> String {
        let places = ["", "深圳市", "上海", "（北京）"];
        let letters: Vec<char> = "华信达欣兴恒瑞通科技𠮷A".chars().collect();
        let forms = ["有限公司", "股份有限公司", "", "集团"];
        let odd = [
            "",
            "（）",
            "Siemens AG",
            "Simens AG",
            "有限公司",
            "·",
            "华华华华华华华华华华华华华华华华华华华华华华华华华",
        ];
        if self.below(12) == 0 {
            return odd[self.below(odd.len())].to_owned();
        }
        let place = places[self.below(places.len())];
        let core: String = (0..2 + self.below(5))
            .map(|_| letters[self.below(letters.len())])
            .collect();
        format!("{place}{core}{}", forms[self.below(forms.len())])
    }
}

#[test]
fn keys_are_equal_where_texts_are() {
    let mut draw = Draw(7);
    let mut text_of: HashMap<u64, String> = HashMap::new();
    let mut key_of: HashMap<String, u64> = HashMap::new();
    for _ in 0..2_000 {
        let name = draw.name();
        let (texts, keys) = (cores(&name), near_keys(&name_core(&name)));
        assert_eq!(texts.len(), keys.len(), "{name}");
        for (text, key) in texts.into_iter().zip(keys) {
            assert_eq!(*key_of.entry(text.clone()).or_insert(key), key, "{text}");
            assert_eq!(*text_of.entry(key).or_insert_with(|| text.clone()), text);
        }
    }
    assert!(key_of.len() > 2_000);
}

#[test]
fn the_index_finds_whom_the_slow_way_finds() {
    for seed in 0..12 {
        let mut draw = Draw(seed);
        let mut names: Vec<(CustomerId, String)> = (0..150).map(|at| (CustomerId(at), draw.name())).collect();
        let (built, later) = names.split_at(100);
        let mut near = Near::build(built.iter().map(|(id, name)| (*id, name.as_str())));
        for (id, name) in later {
            near.add(*id, name);
        }
        // Some are renamed: who looks at the names of today passes over those that were found by the names before.
        for _ in 0..20 {
            let at = draw.below(names.len());
            names[at].1 = draw.name();
            near.add(names[at].0, &names[at].1);
        }
        let all: Vec<(CustomerId, Vec<String>)> = names.iter().map(|(id, name)| (*id, cores(name))).collect();
        for _ in 0..20 {
            let asked = draw.name();
            let wanted: BTreeSet<String> = cores(&asked).into_iter().collect();
            let near_by_text = all
                .iter()
                .filter(|(_, cores)| cores.iter().any(|core| wanted.contains(core)));
            let slow: Vec<CustomerId> = near_by_text.map(|(id, _)| *id).collect();
            let keys: BTreeSet<u64> = near_keys(&name_core(&asked)).into_iter().collect();
            let found = near.find(keys.iter().copied());
            let exact = found.iter().filter(|id| {
                let (_, name) = &names[usize::try_from(id.0).unwrap()];
                near_keys(&name_core(name)).iter().any(|key| keys.contains(key))
            });
            assert_eq!(exact.copied().collect::<Vec<_>>(), slow, "{asked}");
        }
    }
}

#[test]
fn a_name_taken_apart_is_as_like_as_its_text() {
    let mut draw = Draw(3);
    let names: Vec<String> = (0..30).map(|_| draw.name()).collect();
    let apart: Vec<Name> = names.iter().map(|name| Name::of(name)).collect();
    for (one, name) in apart.iter().zip(&names) {
        assert_eq!(one.core(), name_core(name));
        for (other, other_name) in apart.iter().zip(&names) {
            assert_eq!(
                one.likeness(other),
                similarity(name, other_name),
                "{name} and {other_name}"
            );
        }
    }
}
