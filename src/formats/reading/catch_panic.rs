//! Catches the panics of libraries, so that one damaged input is rejected and nothing else happens.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}

/// Returns the result of `read`, or `None` if it panics. The panic message is not printed.
///
/// A stack overflow and a failed allocation cannot be caught. [`growth`](super::growth) prevents
/// those.
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
