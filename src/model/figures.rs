//! Numbers as people read them.

/// A number with its thousands apart: `12,345`.
#[must_use]
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A word with its number: `1 article`, `20,000 articles`, `2 entities`.
#[must_use]
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// A word with its number, where an "s" makes it more: `1 edit`, `2 edits`.
#[must_use]
pub fn count(n: usize, one: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{} {one}{s}", number(n as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(
            [0, 12, 999, 1234, 1_234_567].map(number).join(" "),
            "0 12 999 1,234 1,234,567"
        );
        assert_eq!(counted(1, "article", "articles"), "1 article");
        assert_eq!(count(1, "edit") + &count(0, "edit"), "1 edit0 edits");
        assert_eq!(counted(2000, "article", "articles"), "2,000 articles");
    }
}
