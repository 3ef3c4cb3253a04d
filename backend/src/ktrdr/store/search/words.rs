//! Texts as words, and back to a piece of text with the words marked.

use std::ops::Range;

/// Longer words are cut here, in texts and in questions.
const LONGEST: usize = 64;

/// A word of a text.
#[derive(Debug, PartialEq)]
pub(super) struct Word {
    /// Where it stands.
    pub(super) place: Range<usize>,
    /// It in lower case, with nothing but ASCII letters, digits and `_`: any other letter is its number
    /// between two `_`. No database takes such a word for syntax, or takes it apart.
    pub(super) plain: String,
}

/// The words of a text: runs of letters and digits.
pub(super) fn words(text: &str) -> impl Iterator<Item = Word> {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        while rest.next_if(|(_, it)| !it.is_alphanumeric()).is_some() {}
        let (start, _) = *rest.peek()?;
        let mut end = start;
        while let Some((at, it)) = rest.next_if(|(_, it)| it.is_alphanumeric()) {
            end = at + it.len_utf8();
        }
        let plain = plain(&text[start..end]);
        Some(Word {
            place: start..end,
            plain,
        })
    })
}

fn plain(word: &str) -> String {
    let mut plain = String::with_capacity(word.len());
    for letter in word.chars().flat_map(char::to_lowercase).take(LONGEST) {
        if letter.is_ascii_alphanumeric() {
            plain.push(letter);
        } else {
            plain.push_str(&format!("_{:x}_", u32::from(letter)));
        }
    }
    plain
}

/// Words of a piece that stand before the first one looked for.
const BEFORE: usize = 6;
/// Words of a piece.
const WIDTH: usize = 30;

/// The piece of a text with the most words that are looked for, each between `**` and `**`. Without any,
/// the beginning of the text. `…` stands for what was left out.
pub(super) fn snippet(text: &str, wanted: impl Fn(&str) -> bool) -> String {
    let all: Vec<(Range<usize>, bool)> = words(text)
        .map(|word| (word.place, wanted(&word.plain)))
        .collect();
    let found: Vec<usize> = (0..all.len()).filter(|at| all[*at].1).collect();
    let richness = |at: usize| found.partition_point(|other| *other < at + WIDTH - BEFORE);
    let best = (0..found.len())
        .rev()
        .max_by_key(|index| richness(found[*index]) - index);
    let first = best.map_or(0, |index| found[index].saturating_sub(BEFORE));
    let last = (first + WIDTH).min(all.len());
    let start = if first == 0 { 0 } else { all[first].0.start };
    let end = if last == all.len() {
        text.len()
    } else {
        all[last - 1].0.end
    };
    let mut piece = String::new();
    if start > 0 {
        piece.push('…');
    }
    let mut at = start;
    for (place, _) in all[first..last].iter().filter(|(_, wanted)| *wanted) {
        piece.push_str(&text[at..place.start]);
        piece.push_str(&format!("**{}**", &text[place.clone()]));
        at = place.end;
    }
    piece.push_str(&text[at..end]);
    if end < text.len() {
        piece.push('…');
    }
    piece
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain_words(text: &str) -> Vec<String> {
        words(text).map(|word| word.plain).collect()
    }

    #[test]
    fn a_text_is_its_letters_and_digits() {
        assert_eq!(
            plain_words("RSI<30 & \"low\" vol-ume' OR 1=1 --"),
            ["rsi", "30", "low", "vol", "ume", "or", "1", "1"]
        );
        assert_eq!(plain_words("Größe 🦀"), ["gr_f6__df_e"]);
        assert_eq!(plain_words("% _ * \0 \\"), Vec::<String>::new());
        assert_eq!(plain_words(&"a".repeat(100))[0].len(), LONGEST);
    }

    #[test]
    fn a_snippet_marks_what_was_found() {
        let wanted = |word: &str| word == "rsi";
        assert_eq!(
            snippet("Buy when RSI is low.", wanted),
            "Buy when **RSI** is low."
        );
        assert_eq!(snippet("Nothing here", wanted), "Nothing here");
        assert_eq!(snippet("", wanted), "");
        let long = format!("{} RSI, rsi! {}", "früh ".repeat(100), "spät ".repeat(100));
        let piece = snippet(&long, wanted);
        assert!(
            piece.starts_with("…früh ") && piece.ends_with("spät…"),
            "{piece}"
        );
        assert!(
            piece.contains(" **RSI**, **rsi**! ") && piece.len() < 300,
            "{piece}"
        );
    }
}
