//! Parsers of others may panic on files made to make them; here that is an answer, not an end. 防护

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs `parse`; `None` if it panicked. What it would have printed about that is kept from the reader.
///
/// Only for parsers that we did not write. Nothing that `parse` changed is used after a panic.
pub(crate) fn quietly<T>(parse: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let others = take_hook();
        set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                others(panic);
            }
        }));
    });
    let before = QUIET.replace(true);
    let out = catch_unwind(AssertUnwindSafe(parse)).ok();
    QUIET.set(before);
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]
    use super::*;

    #[test]
    fn a_panic_is_an_answer() {
        assert_eq!(quietly(|| 1), Some(1));
        assert_eq!(quietly(|| -> u8 { panic!("a parser gives up") }), None);
        assert!(!QUIET.get());
    }
}
