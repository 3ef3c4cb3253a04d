//! What an agent reads of an answer: JSON or a table, as much as there is
//! room for.

use super::Delivery;
use super::fit::{Left, fit};
use super::note::{cut_note, cut_text_note};
use super::toon;

/// A shaped answer as it is delivered.
pub(super) struct Written {
    pub(super) json: String,
    /// The same as TOON, where that is what an agent gets.
    pub(super) table: Option<String>,
    /// What was cut and how to get it, if anything was.
    pub(super) note: Option<String>,
}

impl Written {
    /// Compact JSON, cut where it is too large.
    pub(super) fn new(json: String, delivery: &Delivery<'_>) -> Self {
        let whole = Self::of(json, delivery, &[]);
        let max = delivery.max;
        if max == 0 || whole.size() <= max {
            return whole;
        }
        // What is cut is JSON; a table of it has about its share of that size.
        let mut budget = whole.json.len() * max / whole.size();
        loop {
            let (json, left) = fit(&whole.json, budget, delivery.shape);
            let cut = Self::of(json, delivery, &left);
            if cut.size() <= max || budget == 0 {
                return cut;
            }
            budget = (budget * max / cut.size()).min(budget - budget.div_ceil(50));
        }
    }

    fn of(json: String, delivery: &Delivery<'_>, left: &[Left]) -> Self {
        let table = delivery.shape.table.then(|| toon::table(&json)).flatten();
        // What is mostly no table is shorter as it is.
        let table = table.filter(|table| table.len() < json.len());
        let note = (!left.is_empty()).then(|| cut_note(left, delivery));
        Self { json, table, note }
    }

    fn size(&self) -> usize {
        self.table.as_ref().unwrap_or(&self.json).len()
    }
}

/// JSON that is not shaped, cut where it is too large, and a note on that.
pub(super) fn limited(json: String, delivery: &Delivery<'_>) -> (String, Option<String>) {
    if delivery.max == 0 || json.len() <= delivery.max {
        return (json, None);
    }
    let (json, left) = fit(&json, delivery.max, delivery.shape);
    let note = (!left.is_empty()).then(|| cut_note(&left, delivery));
    (json, note)
}

/// Text that is no JSON, cut where it is too large, and a note on that.
pub(super) fn limited_text(mut text: String, delivery: &Delivery<'_>) -> (String, Option<String>) {
    if delivery.max == 0 || text.len() <= delivery.max {
        return (text, None);
    }
    let whole = text.len();
    text.truncate(text.floor_char_boundary(delivery.max));
    let note = cut_text_note(text.len(), whole, delivery);
    (text, Some(note))
}
