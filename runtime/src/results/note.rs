//! Tells an agent what was cut and how to get it.

use super::Delivery;
use super::fit::{Left, What};
use crate::PageBy;

/// Parts that are named one by one.
const NAMED: usize = 4;

/// `Cut to fit 64 KiB: /data has the first 5 of 9 items. To get the rest, use
/// offset: 5.`
pub(super) fn cut_note(left: &[Left], delivery: &Delivery<'_>) -> String {
    let mut parts: Vec<String> = left.iter().take(NAMED).map(part).collect();
    match left.len().saturating_sub(NAMED) {
        0 => {}
        1 => parts.push("1 more part is shorter".to_owned()),
        more => parts.push(format!("{more} more parts are shorter")),
    }
    let (size, parts) = (size(delivery.max), parts.join("; "));
    format!("Cut to fit {size}: {parts}. {}", rest(left, delivery))
}

/// The same for text that is no JSON, of which `kept` bytes are left.
pub(super) fn cut_text_note(kept: usize, of: usize, delivery: &Delivery<'_>) -> String {
    let (size, rest) = (size(delivery.max), rest(&[], delivery));
    format!("Cut to fit {size}: this is the first {kept} of {of} bytes. {rest}")
}

fn part(left: &Left) -> String {
    let pointers: Vec<&str> = left.pointers.iter().map(String::as_str).collect();
    let (names, has) = match pointers.as_slice() {
        [""] => ("the result".to_owned(), "has"),
        [only] => ((*only).to_owned(), "has"),
        several => (list(several, "and"), "have"),
    };
    let which = if left.last { "last" } else { "first" };
    let what = match left.what {
        What::Items => "items",
        What::Members => "members",
        What::Characters => "characters",
    };
    format!(
        "{names} {has} the {which} {} of {} {what}",
        left.kept, left.of
    )
}

/// How to get the rest.
fn rest(left: &[Left], delivery: &Delivery<'_>) -> String {
    let offset = delivery.page.and_then(|(page, skipped)| {
        let PageBy::Offset { argument } = page.by else {
            return None;
        };
        let items = match delivery.shape.wrap {
            Some(name) if page.items.is_empty() => format!("/{name}"),
            _ => page.items.to_owned(),
        };
        let mut left = left
            .iter()
            .filter(|left| left.what == What::Items && !left.last);
        let cut = left.find(|left| left.pointers.contains(&items))?;
        Some(format!("`{argument}`: {}", skipped + cut.kept as u64))
    });
    let names: Vec<String> = delivery
        .shape
        .rest
        .iter()
        .map(|name| format!("`{name}`"))
        .collect();
    match (offset, names.as_slice()) {
        (Some(offset), _) => format!("To get the rest, use {offset}."),
        (None, []) => "Narrow the request to get the rest.".to_owned(),
        (None, names) => format!("To get the rest, use {}.", list(names, "or")),
    }
}

/// `a, b or c`.
fn list(names: &[impl AsRef<str>], word: &str) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.as_slice() {
        [first @ .., last] if !first.is_empty() => format!("{} {word} {last}", first.join(", ")),
        names => names.concat(),
    }
}

/// A size as people write it: `64 KiB`.
fn size(bytes: usize) -> String {
    match bytes {
        bytes if bytes.is_multiple_of(1 << 20) => format!("{} MiB", bytes >> 20),
        bytes if bytes.is_multiple_of(1 << 10) => format!("{} KiB", bytes >> 10),
        bytes => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::Keep;
    use crate::{Page, PageSize, Shape};

    fn note(left: &[Left], rest: &'static [&'static str], page: Option<(&Page, u64)>) -> String {
        let shape = Shape {
            rest,
            ..Shape::WHOLE
        };
        let delivery = Delivery {
            operation: None,
            tool: "t",
            shape: &shape,
            keep: Keep::default(),
            max: 64 << 10,
            page,
            output: None,
            link: None,
        };
        cut_note(left, &delivery)
    }

    fn items(pointers: &[&str]) -> Left {
        Left {
            pointers: pointers.iter().map(|text| (*text).to_owned()).collect(),
            what: What::Items,
            kept: 5,
            of: 9,
            last: false,
        }
    }

    #[test]
    fn what_and_how() {
        let rows = [items(&["/rows"])];
        for (left, rest, expected) in [
            (
                &rows[..],
                &[][..],
                "Cut to fit 64 KiB: /rows has the first 5 of 9 items. Narrow the request to get the rest.",
            ),
            (
                &[items(&[""])],
                &["page"],
                "Cut to fit 64 KiB: the result has the first 5 of 9 items. To get the rest, use `page`.",
            ),
            (
                &[items(&["/a", "/b", "/c"])],
                &["from", "to", "limit"],
                "Cut to fit 64 KiB: /a, /b and /c have the first 5 of 9 items. To get the rest, use `from`, `to` or `limit`.",
            ),
        ] {
            assert_eq!(note(left, rest, None), expected);
        }
        let many: Vec<Left> = (0..6).map(|_| items(&["/x"])).collect();
        assert!(note(&many, &[], None).contains("; 2 more parts are shorter. "));
    }

    #[test]
    fn an_offset_is_reckoned() {
        let page = Page {
            by: PageBy::Offset { argument: "offset" },
            size: Some(PageSize {
                argument: "limit",
                most: None,
            }),
            items: "/rows",
            total: None,
        };
        let text = note(
            &[items(&["/rows"])],
            &["offset", "limit"],
            Some((&page, 20)),
        );
        assert!(
            text.ends_with("To get the rest, use `offset`: 25."),
            "{text}"
        );
        let text = note(
            &[items(&["/other"])],
            &["offset", "limit"],
            Some((&page, 20)),
        );
        assert!(text.ends_with("use `offset` or `limit`."), "{text}");
    }
}
