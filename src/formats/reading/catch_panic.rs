//! Libraries that panic at what they read: one input is refused, and nothing else happens.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}

/// What `read` gives; `None` if it panics, about which nothing is printed. A stack that overflows and memory that the system does
/// not give cannot be caught: see [`super::growth`] for what keeps those from happening.
pub fn catch_panic<T>(read: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let others = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !EXPECTED.get() {
                others(info);
            }
        }));
    });
    let before = EXPECTED.replace(true);
    let read = panic::catch_unwind(AssertUnwindSafe(read));
    EXPECTED.set(before);
    read.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_no_answer() {
        assert_eq!(catch_panic(|| 1), Some(1));
        let broken: Option<u8> = catch_panic(|| panic!("on purpose"));
        assert_eq!(broken, None);
        assert!(!EXPECTED.get());
    }
}
