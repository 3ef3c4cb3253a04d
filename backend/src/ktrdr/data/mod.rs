//! Market data: where bars come from, which of them a load fetches, and when markets trade.

pub mod calendar;
pub mod csv;
pub mod load;
pub mod plan;
pub mod quality;
mod record;
mod report;
pub mod synthetic;

/// Whether a text is a trading symbol: capitals, digits, dot, dash or underscore, sixteen at most.
/// No symbol names a file outside its folder.
pub fn is_symbol(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    matches!(text.as_bytes(), [first, rest @ ..]
        if plain(*first) && rest.len() < 16 && rest.iter().all(|byte| plain(*byte) || b"._-".contains(byte)))
}

#[cfg(test)]
mod tests {
    use super::is_symbol;

    #[test]
    fn symbols_are_plain_words() {
        for good in ["AAPL", "BRK.B", "BTC-USD", "9988", "A", "ABCDEFGHIJKLMNOP"] {
            assert!(is_symbol(good), "{good}");
        }
        for bad in [
            "",
            "aapl",
            "..",
            ".A",
            "-A",
            "A/B",
            "A\\B",
            "A B",
            "ABCDEFGHIJKLMNOPQ",
            "A\0",
            "Ä",
        ] {
            assert!(!is_symbol(bad), "{bad}");
        }
    }
}
