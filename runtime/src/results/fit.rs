//! Cuts a JSON answer that is too large for an agent, so that it stays JSON.
//!
//! The largest parts give way first. Arrays lose items at their end, those
//! declared as `tail` at their beginning; arrays of one length side by side
//! are columns, and stay as long as each other. Strings and members of objects
//! go only where that is not enough.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::json::{Node, steps};
use super::prune::{Pointer, fits, parsed};
use super::shape::mark;
use crate::{Cut, Shape};

/// What is not made smaller, in bytes.
const LEAST: usize = 64;

/// What was left of a part of the answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Left {
    /// JSON pointers to it; to more than one where they are columns.
    pub(super) pointers: Vec<String>,
    pub(super) what: What,
    pub(super) kept: usize,
    pub(super) of: usize,
    /// Whether it is the last ones that were kept.
    pub(super) last: bool,
}

/// What a part is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum What {
    Items,
    Members,
    Characters,
}

/// Compact JSON text in at most `max` bytes, and what was cut for it.
pub(super) fn fit(text: &str, max: usize, shape: &Shape) -> (String, Vec<Left>) {
    let marks: Vec<&Cut> = shape.tail.iter().chain(&shape.head).collect();
    let marked: usize = marks
        .iter()
        .flat_map(|cut| cut.mark)
        .map(|(pointer, value)| pointer.len() + value.len() + 4)
        .sum();
    let mut budget = max.saturating_sub(marked);
    // Once, but for what cannot be made as small as its share.
    for _ in 0..4 {
        let Some(mut root) = Node::parse(text) else {
            return (text.to_owned(), Vec::new());
        };
        let mut cutter = Cutter {
            tails: shape.tail.map_or_else(Vec::new, |tail| parsed(tail.arrays)),
            path: Vec::new(),
            left: Vec::new(),
        };
        cutter.shrink(&mut root, budget);
        for cut in &marks {
            if cutter.has_cut(cut) {
                mark(&mut root, cut);
            }
        }
        let mut out = String::with_capacity(max);
        root.write(&mut out);
        if out.len() <= max || budget == 0 {
            return (out, cutter.left);
        }
        budget = budget.saturating_sub(out.len() - max);
    }
    let left = Left {
        pointers: vec![String::new()],
        what: What::Characters,
        kept: 0,
        of: text.len(),
        last: false,
    };
    ("null".to_owned(), vec![left])
}

struct Cutter {
    /// Arrays whose last items are kept.
    tails: Vec<Pointer>,
    /// Where the node is that is cut.
    path: Vec<String>,
    left: Vec<Left>,
}

impl Cutter {
    /// Makes a node as small as `budget`, or as small as it can be.
    fn shrink(&mut self, node: &mut Node<'_>, budget: usize) {
        if node.size() <= budget {
            return;
        }
        match node {
            Node::Scalar(raw) => self.crop(raw, budget),
            Node::Array(items) => {
                let pointer = self.path.clone();
                self.rows(&mut [(pointer, items)], budget);
            }
            Node::Object(members) => self.members(members, budget),
        }
    }

    /// Keeps as many items as there is room for in all of some arrays of one
    /// length; at least one each, made smaller if it has to be.
    fn rows(&mut self, columns: &mut [(Pointer, &mut Vec<Node<'_>>)], budget: usize) {
        let of = columns[0].1.len();
        let tailed = |pointer: &Pointer| self.tails.iter().any(|tail| leads_to(tail, pointer));
        let last = columns.iter().any(|(pointer, _)| tailed(pointer));
        let place = |row: usize| if last { of - 1 - row } else { row };
        // Brackets; each item comes with a comma, but for the last of each.
        let room = (budget + columns.len()).saturating_sub(2 * columns.len());
        let mut used = 0;
        let mut kept = 0;
        while kept < of {
            let row = columns
                .iter()
                .map(|(_, items)| items[place(kept)].size() + 1);
            used += row.sum::<usize>();
            if used > room {
                break;
            }
            kept += 1;
        }
        let keep = kept.max(1).min(of);
        for (_, items) in columns.iter_mut() {
            if last {
                items.drain(..of - keep);
            } else {
                items.truncate(keep);
            }
        }
        if keep < of {
            let pointers = columns.iter().map(|(pointer, _)| written(pointer));
            self.left.push(Left {
                pointers: pointers.collect(),
                what: What::Items,
                kept: keep,
                of,
                last,
            });
        }
        if kept == 0 {
            let share = room / columns.len();
            for (pointer, items) in columns {
                let before = std::mem::replace(&mut self.path, pointer.clone());
                self.path.push("0".to_owned());
                for item in items.iter_mut() {
                    self.shrink(item, share.saturating_sub(1));
                }
                self.path = before;
            }
        }
    }

    fn members(&mut self, members: &mut Vec<(Cow<'_, str>, Node<'_>)>, budget: usize) {
        self.drop_members(members, budget);
        let keys: usize = members.iter().map(|(key, _)| key.len() + 2).sum();
        let mut room = budget.saturating_sub(keys + 1);
        let units = units(members);
        let sizes: Vec<usize> = units
            .iter()
            .map(|unit| unit.iter().map(|index| members[*index].1.size()).sum())
            .collect();
        let has_parts = |unit: &[usize]| !matches!(members[unit[0]].1, Node::Scalar(_));
        let small = |with_strings: bool| -> Vec<bool> {
            let units = units.iter().zip(&sizes);
            units
                .map(|(unit, size)| *size <= LEAST || !(with_strings || has_parts(unit)))
                .collect()
        };
        let least = |fixed: &[bool]| -> usize {
            let sizes = sizes.iter().zip(fixed);
            sizes
                .map(|(size, fixed)| if *fixed { *size } else { LEAST })
                .sum()
        };
        let mut fixed = small(false);
        if least(&fixed) > room {
            fixed = small(true);
        }
        // The smallest first: what they leave is for the others.
        let mut order: Vec<usize> = (0..units.len()).filter(|unit| !fixed[*unit]).collect();
        order.sort_by_key(|unit| sizes[*unit]);
        let taken: usize = (0..units.len())
            .filter(|unit| fixed[*unit])
            .map(|unit| sizes[unit])
            .sum();
        room = room.saturating_sub(taken);
        for (done, unit) in order.iter().enumerate() {
            let share = room / (order.len() - done);
            if sizes[*unit] > share {
                self.shrink_members(members, &units[*unit], share);
            }
            room = room.saturating_sub(sizes[*unit].min(share));
        }
    }

    /// Makes one member, or some that are columns, as small as `budget`.
    fn shrink_members(
        &mut self,
        members: &mut [(Cow<'_, str>, Node<'_>)],
        unit: &[usize],
        budget: usize,
    ) {
        let pointer = |path: &[String], key: &str| {
            let name: String = serde_json::from_str(key).unwrap_or_else(|_| key.to_owned());
            [path, std::slice::from_ref(&name)].concat()
        };
        if let [only] = unit {
            let (key, value) = &mut members[*only];
            let pointer = pointer(&self.path, key);
            let before = std::mem::replace(&mut self.path, pointer);
            self.shrink(value, budget);
            self.path = before;
            return;
        }
        let columns = members
            .iter_mut()
            .enumerate()
            .filter(|(index, _)| unit.contains(index));
        let mut columns: Vec<_> = columns
            .filter_map(|(_, (key, value))| match value {
                Node::Array(items) => Some((pointer(&self.path, key), items)),
                _ => None,
            })
            .collect();
        self.rows(&mut columns, budget);
    }

    /// Leaves out the last members where even the smallest of each are too much.
    fn drop_members(&mut self, members: &mut Vec<(Cow<'_, str>, Node<'_>)>, budget: usize) {
        let of = members.len();
        let mut used = 1;
        let fitting = members.iter().take_while(|(key, value)| {
            used += key.len() + 2 + value.size().min(LEAST);
            used <= budget
        });
        let kept = fitting.count();
        if kept < of {
            members.truncate(kept);
            self.note(What::Members, kept, of);
        }
    }

    /// Cuts a string as written, which keeps its quotes and whole characters.
    fn crop(&mut self, raw: &mut Cow<'_, str>, budget: usize) {
        let Some(inner) = raw
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
        else {
            return;
        };
        let room = budget.saturating_sub("\"…\"".len());
        let (mut end, mut kept, mut of, mut at) = (0, 0, 0, 0);
        while at < inner.len() {
            at += character(&inner[at..]);
            of += 1;
            if at <= room {
                (end, kept) = (at, of);
            }
        }
        if kept < of {
            *raw = Cow::Owned(format!("\"{}…\"", &inner[..end]));
            self.note(What::Characters, kept, of);
        }
    }

    fn note(&mut self, what: What, kept: usize, of: usize) {
        self.left.push(Left {
            pointers: vec![written(&self.path)],
            what,
            kept,
            of,
            last: false,
        });
    }

    /// Whether one of the declared arrays lost items.
    fn has_cut(&self, cut: &Cut) -> bool {
        let pointers = self.left.iter().flat_map(|left| &left.pointers);
        let mut places = pointers.map(|pointer| steps(pointer).collect::<Pointer>());
        let arrays = parsed(cut.arrays);
        places.any(|place| arrays.iter().any(|array| leads_to(array, &place)))
    }
}

/// Members that shrink together: arrays of one length, of two items or more;
/// every other member by itself.
fn units(members: &[(Cow<'_, str>, Node<'_>)]) -> Vec<Vec<usize>> {
    let mut units: Vec<Vec<usize>> = Vec::new();
    let mut columns: BTreeMap<usize, usize> = BTreeMap::new();
    for (index, (_, value)) in members.iter().enumerate() {
        match value {
            Node::Array(items) if items.len() > 1 => {
                let unit = *columns.entry(items.len()).or_insert(units.len());
                if unit == units.len() {
                    units.push(Vec::new());
                }
                units[unit].push(index);
            }
            _ => units.push(vec![index]),
        }
    }
    units
}

/// Bytes of the first character of a string as written.
fn character(text: &str) -> usize {
    let bytes = text.as_bytes();
    match (bytes.first(), bytes.get(1)) {
        // Two escapes make one character beyond the first 65,536.
        (Some(b'\\'), Some(b'u'))
            if matches!(
                bytes.get(2..4),
                Some([b'd' | b'D', b'8'..=b'9' | b'a' | b'b' | b'A' | b'B'])
            ) =>
        {
            12.min(bytes.len())
        }
        (Some(b'\\'), Some(b'u')) => 6,
        (Some(b'\\'), _) => 2,
        _ => text.chars().next().map_or(1, char::len_utf8),
    }
}

/// Whether a pointer with `*` leads to a place.
fn leads_to(pointer: &[String], place: &[String]) -> bool {
    let step = |(step, at): (&String, &String)| {
        step == at || at.parse().map_or(step == "*", |index| fits(step, index))
    };
    pointer.len() == place.len() && pointer.iter().zip(place).all(step)
}

/// A JSON pointer.
fn written(path: &[String]) -> String {
    let steps = path
        .iter()
        .map(|step| step.replace('~', "~0").replace('/', "~1"));
    steps.fold(String::new(), |text, step| text + "/" + &step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Json;

    fn fitted(text: &str, max: usize, shape: &Shape) -> (String, Vec<Left>) {
        let (json, left) = fit(text, max, shape);
        assert!(json.len() <= max, "{} > {max}: {json}", json.len());
        serde_json::from_str::<Json>(&json).unwrap_or_else(|error| panic!("{error}: {json}"));
        (json, left)
    }

    fn left(pointers: &[&str], what: What, kept: usize, of: usize) -> Left {
        Left {
            pointers: pointers.iter().map(|text| (*text).to_owned()).collect(),
            what,
            kept,
            of,
            last: false,
        }
    }

    fn numbers(count: usize) -> String {
        let numbers: Vec<String> = (1000..1000 + count)
            .map(|number| number.to_string())
            .collect();
        format!("[{}]", numbers.join(","))
    }

    #[test]
    fn the_largest_array_loses_its_tail() {
        let text = format!(
            r#"{{"few":[1,2],"data":{{"many":{}}},"total":100}}"#,
            numbers(100)
        );
        let (json, cut) = fitted(&text, 200, &Shape::WHOLE);
        assert!(
            json.starts_with(r#"{"few":[1,2],"data":{"many":[1000,1001,"#),
            "{json}"
        );
        assert!(
            json.ends_with(r#"]},"total":100}"#) && json.len() > 190,
            "{json}"
        );
        let kept = cut[0].kept;
        assert_eq!(cut, [left(&["/data/many"], What::Items, kept, 100)]);
        assert_eq!(fitted(&numbers(100), 56, &Shape::WHOLE).0, numbers(11));
        assert_eq!(fitted(&numbers(100), 55, &Shape::WHOLE).0, numbers(10));
    }

    #[test]
    fn columns_stay_as_long_as_each_other() {
        let names: Vec<String> = (0..100).map(|n| format!("\"n{n:03}\"")).collect();
        let text = format!(
            r#"{{"a":{},"b":[{}],"c":[1]}}"#,
            numbers(100),
            names.join(",")
        );
        let (json, cut) = fitted(&text, 150, &Shape::WHOLE);
        let value: Json = serde_json::from_str(&json).unwrap();
        let kept = value["a"].as_array().unwrap().len();
        assert_eq!(value["b"].as_array().unwrap().len(), kept);
        assert_eq!(cut, [left(&["/a", "/b"], What::Items, kept, 100)]);
        assert!(kept >= 10, "{json}");
    }

    #[test]
    fn a_tail_keeps_the_last_and_marks() {
        let shape = Shape {
            tail: Some(Cut {
                by: "limit",
                arrays: &["/rows"],
                mark: &[("/meta/cut", "true")],
            }),
            ..Shape::WHOLE
        };
        let text = format!(r#"{{"rows":{},"meta":{{}}}}"#, numbers(100));
        let (json, cut) = fitted(&text, 100, &shape);
        assert!(
            json.ends_with(r#"1098,1099],"meta":{"cut":true}}"#),
            "{json}"
        );
        assert!(cut[0].last && cut[0].of == 100, "{cut:?}");
    }

    #[test]
    fn one_large_item_is_cut_inside() {
        let text = format!(r#"[{{"id":1,"rows":{}}},2]"#, numbers(100));
        let (json, cut) = fitted(&text, 150, &Shape::WHOLE);
        assert!(json.starts_with(r#"[{"id":1,"rows":[1000,"#), "{json}");
        assert_eq!(cut[0], left(&[""], What::Items, 1, 2));
        assert_eq!(cut[1].pointers, ["/0/rows"]);
    }

    #[test]
    fn strings_and_members_are_the_last_resort() {
        let long = "ü\\n\\ud83d\\ude00".repeat(100);
        let text = format!(r#"{{"a/b":"{long}","rows":{}}}"#, numbers(30));
        let (json, cut) = fitted(&text, 1700, &Shape::WHOLE);
        assert!(json.contains(&long), "{json}");
        assert_eq!(cut[0].pointers, ["/rows"]);
        for max in 160..300 {
            let (json, cut) = fitted(&text, max, &Shape::WHOLE);
            assert!(json.contains('…'), "{json}");
            assert!(cut.iter().any(|left| left.pointers == ["/a~1b"]), "{cut:?}");
        }
        let members: Vec<String> = (0..1000).map(|n| format!("\"{n:04}\":{n}")).collect();
        let map = format!("{{{}}}", members.join(","));
        let (json, cut) = fitted(&map, 500, &Shape::WHOLE);
        assert!(json.len() > 400, "{json}");
        assert_eq!((cut[0].what, cut[0].of), (What::Members, 1000));
    }

    #[test]
    fn whatever_it_is_it_fits() {
        let texts = [
            format!("[{}]", vec![numbers(20); 20].join(",")),
            format!(
                r#"{{"a":{{"b":{{"c":{},"d":"{}"}}}}}}"#,
                numbers(50),
                "x".repeat(500)
            ),
            format!("\"{}\"", "\\u00e9\\\"".repeat(300)),
            format!(
                r#"[{}]"#,
                vec![r#"{"k":[{"v":[1,2,3]}],"s":"text"}"#; 50].join(",")
            ),
        ];
        for text in texts {
            for max in [40, 100, 333, 600] {
                let (_, cut) = fitted(&text, max, &Shape::WHOLE);
                assert!(!cut.is_empty());
            }
        }
    }
}
