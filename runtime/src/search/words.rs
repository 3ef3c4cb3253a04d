//! Text as the terms it is found by. The generator, which writes the index, compiles this file too:
//! what is asked must be taken apart as what is indexed was.

/// Words that say nothing about what is looked for.
const EMPTY: &[&str] = &[
    "a", "an", "and", "any", "are", "as", "at", "be", "by", "can", "do", "does", "for", "from",
    "had", "has", "have", "how", "i", "if", "in", "into", "is", "it", "its", "me", "my", "of",
    "on", "or", "our", "please", "some", "that", "the", "their", "there", "these", "this", "those",
    "to", "us", "want", "was", "we", "were", "what", "when", "where", "which", "who", "with",
    "you", "your",
];

/// Endings that a word loses, how many letters must be before each, and what takes its place; the first that fits.
const ENDINGS: &[(&str, usize, &str)] = &[
    ("ies", 2, "y"),
    ("ied", 2, "y"),
    ("sses", 1, "ss"),
    ("ches", 2, "ch"),
    ("shes", 2, "sh"),
    ("xes", 1, "x"),
    ("uses", 4, "us"),
    ("ations", 4, ""),
    ("ation", 4, ""),
    ("ating", 4, ""),
    ("ated", 4, ""),
    ("ates", 4, ""),
    ("ate", 4, ""),
    ("ators", 4, ""),
    ("ator", 4, ""),
    ("tors", 5, "t"),
    ("tor", 5, "t"),
    ("ions", 4, ""),
    ("ion", 4, ""),
    ("ments", 4, ""),
    ("ment", 4, ""),
    ("ings", 3, ""),
    ("ing", 3, ""),
    ("ed", 3, ""),
    ("ss", 0, "ss"),
    ("us", 0, "us"),
    ("is", 0, "is"),
    ("s", 2, ""),
];

/// The terms of a text, in its order.
pub(crate) fn terms(text: &str) -> Vec<String> {
    words(text)
        .into_iter()
        .filter(|word| !EMPTY.contains(&word.as_str()))
        .map(|word| stem(&word))
        .collect()
}

/// The words of a text in lower case: what is between spaces and signs, and the parts of `camelCase`.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let letters: Vec<char> = text.chars().collect();
    for (index, &letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).map(|index| letters[index]);
        let after = letters.get(index + 1);
        let lower = |letter: &char| letter.is_lowercase();
        let new_part = letter.is_uppercase()
            && (before.as_ref().is_some_and(lower) || after.is_some_and(lower));
        // Signs of a script without spaces stand for themselves.
        let alone = ('\u{3040}'..='\u{9fff}').contains(&letter);
        if !letter.is_alphanumeric() || new_part || alone {
            finish(&mut word, &mut words);
        }
        if letter.is_alphanumeric() {
            word.extend(letter.to_lowercase());
        }
        if alone {
            finish(&mut word, &mut words);
        }
    }
    finish(&mut word, &mut words);
    words
}

/// Takes a finished word; a single letter of an alphabet is none.
fn finish(word: &mut String, words: &mut Vec<String>) {
    let single = word.len() == 1 && !word.chars().all(|letter| letter.is_ascii_digit());
    let word = std::mem::take(word);
    if !word.is_empty() && !single {
        words.push(word);
    }
}

/// A word without what grammar does to it: `branches` and `branch`, `deleting` and `deletes` are one.
///
/// Rough on purpose: what it takes off too much it takes off everywhere.
pub(crate) fn stem(word: &str) -> String {
    if word.len() < 4 || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return word.to_owned();
    }
    let mut stem = word.to_owned();
    for (ending, least, instead) in ENDINGS {
        if let Some(rest) = word.strip_suffix(ending)
            && rest.len() >= *least
        {
            stem = format!("{rest}{instead}");
            break;
        }
    }
    // `stopped` and `stop`, `filling` and `fill`.
    let bytes = stem.as_bytes();
    if let [.., a, b] = bytes
        && a == b
        && stem.len() < word.len()
        && !b"lsz".contains(b)
    {
        stem.pop();
    }
    if stem.len() > 3 && stem.ends_with('e') {
        stem.pop();
    }
    // Who does it, in a word that is long enough: `reviewer` and `review`.
    if stem.len() >= 8 && stem.ends_with("er") {
        stem.truncate(stem.len() - 2);
    }
    stem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_names_and_sentences() {
        for (text, expected) in [
            ("list_branches", "list branches"),
            ("getUserByName", "get user by name"),
            ("HTTPServer v2", "http server v2"),
            ("/repos/{owner}/x-y", "repos owner"),
            ("What's open?", "what open"),
            ("2 files", "2 files"),
            ("発行する order", "発 行 す る order"),
            ("", ""),
        ] {
            assert_eq!(words(text).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn forms_of_a_word_have_one_stem() {
        for family in [
            "branch branches",
            "repository repositories",
            "issue issues",
            "close closes closed closing",
            "delete deletes deleted deleting deletion",
            "create creates creating creation",
            "release releases released",
            "status statuses",
            "address addresses",
            "protect protected protection",
            "stop stopped stopping",
            "fill filled filling",
            "deploy deployment deployments deploying",
            "user users",
            "migrate migrated migration",
            "collaborate collaborator collaborators collaboration",
            "contribute contributor contributed",
            "review reviewer reviewers reviewing",
            "transfer transferred transferring",
            "authenticate authenticated authentication",
            "comment comments commented",
            "reply replies replied",
            "cache caches",
            "install installation installations",
        ] {
            let mut stems: Vec<String> = family.split(' ').map(stem).collect();
            stems.dedup();
            assert_eq!(stems.len(), 1, "{family}: {stems:?}");
        }
        for different in ["user use", "address add", "comment command"] {
            let stems: Vec<String> = different.split(' ').map(stem).collect();
            assert_ne!(stems[0], stems[1], "{different}");
        }
    }
}
