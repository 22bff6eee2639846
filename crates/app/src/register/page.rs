//! One page of a list. 一页

/// Some entries of a list, and where the next page begins. 一页
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice<T, K> {
    /// The entries.
    pub items: Vec<T>,
    /// After which entry the next page goes on; `None` on the last.
    pub next: Option<K>,
}

impl<T, K> Slice<T, K> {
    /// A page of what was asked for with one entry more than `limit`, which only tells that there is more.
    pub(crate) fn cut(mut items: Vec<T>, limit: u32, key: impl Fn(&T) -> K) -> Slice<T, K> {
        let limit = limit as usize;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(key) } else { None };
        Slice { items, next }
    }

    /// The page with only the entries that pass; where it goes on stays.
    pub(crate) fn only(mut self, passes: impl Fn(&T) -> bool) -> Slice<T, K> {
        self.items.retain(passes);
        self
    }
}
