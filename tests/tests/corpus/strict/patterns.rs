//! Regular expressions as JavaScript reads them with the flag `u`.

use std::cell::RefCell;
use std::collections::HashMap;

thread_local! {
    static KNOWN: RefCell<HashMap<String, bool>> = RefCell::new(HashMap::new());
}

/// Whether `pattern` is a regular expression of ECMA-262.
pub(super) fn is_valid(pattern: &str) -> bool {
    KNOWN.with_borrow_mut(|known| {
        if let Some(valid) = known.get(pattern) {
            return *valid;
        }
        let valid = regress::Regex::with_flags(pattern, "u").is_ok();
        known.insert(pattern.to_owned(), valid);
        valid
    })
}
