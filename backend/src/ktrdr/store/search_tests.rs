use super::*;
use crate::ktrdr::store::{Store, ToValue, testing};

fn filled(texts: &[(&str, &str)]) -> Store {
    let store = testing::store();
    store
        .write_now(|db| {
            for (key, text) in texts {
                put(db, "notes", key, text)?;
            }
            put(db, "others", "other", "everything rsi momentum")
        })
        .unwrap();
    store
}

/// Keys of what is found, the most relevant first.
fn find(store: &Store, text: &str) -> Vec<String> {
    answer(store, &Question::of(text).unwrap())
}

fn answer(store: &Store, question: &Question) -> Vec<String> {
    store
        .read_now(|db| {
            let Hits { sql, values } = question.hits(db.dialect(), "notes");
            let values: Vec<_> = values.iter().map(ToValue::to_value).collect();
            let sql =
                format!("SELECT key, relevance FROM ({sql}) hits ORDER BY relevance DESC, key");
            db.query(&sql, &values, |row| {
                let relevance: f64 = row.get(1)?;
                assert!(relevance > 0.0 && relevance < question.words.len() as f64);
                row.get(0)
            })
        })
        .unwrap()
}

#[test]
fn all_words_are_wanted_and_the_last_may_be_unfinished() {
    let store = filled(&[
        ("both", "Momentum fades when the RSI is high"),
        ("one", "momentum alone"),
        ("none", "a volume spike"),
    ]);
    assert_eq!(find(&store, "momentum"), ["one", "both"]);
    assert_eq!(find(&store, "RSI momen"), ["both"]);
    assert_eq!(find(&store, "momen rsi"), Vec::<String>::new());
    assert_eq!(find(&store, "everything"), Vec::<String>::new());
}

#[test]
fn any_of_the_words_can_be_enough() {
    let store = filled(&[
        ("first", "momentum works in calm markets"),
        ("second", "a failure of momentum strategies"),
        ("third", "gaps close"),
    ]);
    let any = |text: &str| answer(&store, &Question::of(text).unwrap().any());
    assert_eq!(any("momentum fail"), ["second", "first"]);
    assert_eq!(any("nothing OR close"), ["third"]);
    assert_eq!(any("nothing"), Vec::<String>::new());
}

#[test]
fn more_often_and_shorter_is_more_relevant() {
    let filler = "and so on ".repeat(50);
    let store = filled(&[
        ("long", &format!("rsi {filler}")),
        ("short", "rsi and so on"),
        ("often", "rsi rsi and rsi"),
    ]);
    assert_eq!(find(&store, "rsi"), ["often", "short", "long"]);
}

#[test]
fn a_text_is_replaced_and_removed() {
    let store = filled(&[("note", "the first text")]);
    store
        .write_now(|db| put(db, "notes", "note", "the second text"))
        .unwrap();
    assert_eq!(find(&store, "first"), Vec::<String>::new());
    assert_eq!(find(&store, "second"), ["note"]);
    store.write_now(|db| remove(db, "notes", "note")).unwrap();
    assert_eq!(find(&store, "second"), Vec::<String>::new());
}

#[test]
fn no_text_is_syntax() {
    let texts = [
        "\" OR 1=1 --",
        "NEAR(a b)",
        "rsi*",
        "words:rsi",
        "a AND NOT b",
        "'unbalanced",
        "\"unbalanced",
        "100% _under_",
        "back\\slash",
        "crab 🦀 größe ΣΊΣΥΦΟΣ 日本語 हिंदी",
        "(((",
        "a | b & !c <-> d:*",
        "^start",
        "x'; DROP TABLE searched; --",
    ];
    for text in texts {
        let store = filled(&[("it", text), ("noise", "nothing of it")]);
        match Question::of(text) {
            Some(_) => assert_eq!(find(&store, text), ["it"], "{text}"),
            None => assert!(!text.chars().any(char::is_alphanumeric), "{text}"),
        }
    }
    assert_eq!(Question::of("% ( * \" \0 🦀"), None);
}

#[test]
fn a_large_text_is_found_by_its_beginning() {
    let large: String = (0..200_000).map(|n| format!("word{n} ")).collect();
    let store = filled(&[("large", &large)]);
    assert_eq!(find(&store, "word17"), ["large"]);
    assert_eq!(find(&store, "word199999"), Vec::<String>::new());
    let question: String = (0..100).map(|n| format!("word{n} ")).collect();
    assert_eq!(find(&store, &question), ["large"]);
}
