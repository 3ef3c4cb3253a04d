//! What each term weighs for each tool: BM25F, reckoned here so that a search only adds up.
//! (Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009, section 3.6.)

use std::collections::BTreeMap;

/// A field of a tool: how much a term in it counts, and how much the field's length takes from that.
struct Field {
    weight: f64,
    length: f64,
}

/// In the order of a document's fields: name; summary; the rest that is said; domain, operation and path;
/// arguments; what the method does.
const FIELDS: [Field; 6] = [
    Field {
        weight: 3.0,
        length: 0.5,
    },
    Field {
        weight: 3.0,
        length: 0.5,
    },
    Field {
        weight: 0.3,
        length: 0.6,
    },
    Field {
        weight: 1.0,
        length: 0.5,
    },
    Field {
        weight: 0.3,
        length: 0.5,
    },
    Field {
        weight: 0.8,
        length: 0.0,
    },
];
/// How soon more of the same term adds nothing.
const SATURATION: f64 = 1.2;
/// The weight of a term that one tool alone has, as often as it can.
const MOST: f64 = 250.0;

/// The terms of all documents, sorted, each with the documents that have it and its weight there.
///
/// A document is the terms of each field.
pub(super) fn terms(documents: &[Vec<Vec<String>>]) -> Vec<(String, Vec<(usize, u8)>)> {
    let average = averages(documents);
    let mut found: BTreeMap<&str, BTreeMap<usize, f64>> = BTreeMap::new();
    for (index, document) in documents.iter().enumerate() {
        for ((field, terms), average) in FIELDS.iter().zip(document).zip(&average) {
            let length = 1.0 - field.length + field.length * terms.len() as f64 / average;
            for term in terms {
                let counts = found.entry(term).or_default();
                *counts.entry(index).or_default() += field.weight / length;
            }
        }
    }
    let count = documents.len() as f64;
    let rarest = rarity(count, 1.0);
    let weighed = found.into_iter().map(|(term, counts)| {
        let share = rarity(count, counts.len() as f64) / rarest;
        let weights = counts.into_iter().filter_map(|(index, often)| {
            let weight = (MOST * share * often / (often + SATURATION)).round() as u8;
            (weight > 0).then_some((index, weight))
        });
        (term.to_owned(), weights.collect::<Vec<_>>())
    });
    weighed.filter(|(_, weights)| !weights.is_empty()).collect()
}

/// How much it says that a tool has a term which so many of `count` have.
fn rarity(count: f64, have: f64) -> f64 {
    (1.0 + (count - have + 0.5) / (have + 0.5)).ln()
}

/// The average length of each field, 1 at least.
fn averages(documents: &[Vec<Vec<String>>]) -> [f64; FIELDS.len()] {
    std::array::from_fn(|field| {
        let total: usize = documents.iter().map(|document| document[field].len()).sum();
        (total as f64 / documents.len().max(1) as f64).max(1.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(name: &str, summary: &str) -> Vec<Vec<String>> {
        let fields = [name, summary, "", "", "", ""];
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        fields.into_iter().map(words).collect()
    }

    #[test]
    fn rare_terms_in_short_fields_weigh_most() {
        let found = terms(&[
            document("list pet", "list pet"),
            document("list shop", "list shop"),
            document("list shop", "list shop with pet and more of it"),
        ]);
        let names: Vec<&str> = found.iter().map(|(term, _)| term.as_str()).collect();
        assert_eq!(
            names,
            ["and", "it", "list", "more", "of", "pet", "shop", "with"]
        );
        let weights = |name: &str| {
            let (_, weights) = found.iter().find(|(term, _)| term == name).unwrap();
            weights.clone()
        };
        let pet = weights("pet");
        assert_eq!(
            pet.iter().map(|(index, _)| *index).collect::<Vec<_>>(),
            [0, 2]
        );
        assert!(pet[0].1 > pet[1].1, "{pet:?}");
        assert!(pet[0].1 > weights("list")[0].1);
    }
}
