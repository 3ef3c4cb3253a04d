//! Which operations become tools at once.

use std::collections::HashSet;

use super::Entry;
use crate::diagnostics::nearest;
use crate::model::glob;

/// Up to so many operations, all are taken where nothing is asked for; of more, so many.
const MANY: usize = 40;

/// What was asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    /// Globs of what is taken; none takes everything that `exclude` leaves.
    pub(crate) include: Vec<String>,
    /// Globs of what is not.
    pub(crate) exclude: Vec<String>,
    /// Whether everything is taken.
    pub(crate) all: bool,
}

/// What is taken.
#[derive(Debug, PartialEq)]
pub(crate) struct Chosen {
    /// For each entry, whether it is.
    pub(crate) enabled: Vec<bool>,
    /// Why, for the person who asked for nothing.
    pub(crate) why: Option<&'static str>,
}

/// Decides which of `entries` are enabled.
///
/// # Errors
/// What is wrong with a glob that fits nothing.
pub(crate) fn select(selection: &Selection, entries: &[Entry]) -> Result<Chosen, String> {
    let fitting = |globs: &[String], option: &str| -> Result<Vec<bool>, String> {
        let mut fits = vec![false; entries.len()];
        for glob in globs {
            let mut any = false;
            for (fit, entry) in fits.iter_mut().zip(entries) {
                if fits_entry(glob, entry) {
                    *fit = true;
                    any = true;
                }
            }
            if !any && !entries.is_empty() {
                return Err(nothing(glob, option, entries));
            }
        }
        Ok(fits)
    };
    let included = fitting(&selection.include, "--include")?;
    let excluded = fitting(&selection.exclude, "--exclude")?;
    let asked = selection.all || !selection.include.is_empty() || !selection.exclude.is_empty();
    let (mut enabled, why) = if asked {
        let all = selection.all || selection.include.is_empty();
        let taken = included.iter().map(|included| all || *included);
        (taken.collect(), None)
    } else {
        for_a_beginning(entries)
    };
    for (index, entry) in entries.iter().enumerate() {
        enabled[index] &= !excluded[index] && entry.problem.is_none();
    }
    Ok(Chosen { enabled, why })
}

/// What somebody wants who has not said it: all of a small document, of a large one what is asked
/// for first, and changes nothing.
fn for_a_beginning(entries: &[Entry]) -> (Vec<bool>, Option<&'static str>) {
    let able = |entry: &Entry| entry.problem.is_none() && !entry.deprecated;
    if entries.len() <= MANY {
        let enabled: Vec<bool> = entries.iter().map(able).collect();
        let why = enabled
            .contains(&false)
            .then_some("all that are not deprecated, as there are few");
        return (enabled, why);
    }
    let reads = |entry: &Entry| entry.method == "GET" && able(entry);
    let reading = entries.iter().filter(|entry| reads(entry)).count();
    let (fits, why): (&dyn Fn(&Entry) -> bool, _) = if reading >= MANY / 4 {
        (
            &reads,
            "the GETs with the shortest paths, as there are many",
        )
    } else {
        (&able, "those with the shortest paths, as there are many")
    };
    let mut order: Vec<usize> = (0..entries.len())
        .filter(|index| fits(&entries[*index]))
        .collect();
    order.sort_by_key(|index| entries[*index].path.trim_matches('/').matches('/').count());
    let taken: HashSet<usize> = order.into_iter().take(MANY).collect();
    let enabled = (0..entries.len())
        .map(|index| taken.contains(&index))
        .collect();
    (enabled, Some(why))
}

/// Whether a glob fits the path, a tag, the operationId or the name of an entry, or its method and path.
fn fits_entry(pattern: &str, entry: &Entry) -> bool {
    if pattern.starts_with('/') {
        return glob(pattern, &entry.path);
    }
    if let Some((method, path)) = pattern.split_once(' ')
        && path.starts_with('/')
    {
        return method.eq_ignore_ascii_case(&entry.method) && glob(path, &entry.path);
    }
    let id = entry.id.as_deref();
    let texts = entry.tags.iter().map(String::as_str).chain(id);
    texts
        .chain([entry.name.as_str()])
        .any(|text| fits_text(&pattern.to_lowercase(), &text.to_lowercase()))
}

/// Whether a text fits a pattern, in which `*` stands for anything.
fn fits_text(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// What is said of a glob that fits nothing.
fn nothing(pattern: &str, option: &str, entries: &[Entry]) -> String {
    let mut message = format!("{option} {pattern}: no path, tag, operationId or name fits");
    let plain = pattern.replace('*', "");
    let near = if pattern.starts_with('/') {
        nearest(&plain, entries.iter().map(|entry| entry.path.as_str()))
    } else {
        let tags = entries.iter().flat_map(|entry| entry.tags.iter());
        let ids = entries.iter().filter_map(|entry| entry.id.as_ref());
        let names = entries.iter().map(|entry| &entry.name);
        nearest(&plain, tags.chain(ids).chain(names).map(String::as_str))
    };
    if let Some(near) = near {
        message.push_str(&format!("; did you mean `{near}`?"));
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, method: &str, path: &str) -> Entry {
        Entry {
            name: name.to_owned(),
            method: method.to_owned(),
            path: path.to_owned(),
            tags: vec!["Pets".to_owned()],
            ..Entry::default()
        }
    }

    fn enabled(selection: &Selection, entries: &[Entry]) -> Vec<bool> {
        select(selection, entries).expect("a selection").enabled
    }

    #[test]
    fn globs_choose() {
        let entries = [
            entry("list_pets", "GET", "/pets"),
            entry("get_pet", "GET", "/pets/{id}"),
            entry("create_user", "POST", "/users"),
        ];
        let of = |include: &[&str], exclude: &[&str]| {
            let owned = |globs: &[&str]| globs.iter().map(|glob| (*glob).to_owned()).collect();
            let selection = Selection {
                include: owned(include),
                exclude: owned(exclude),
                all: false,
            };
            select(&selection, &entries).map(|chosen| chosen.enabled)
        };
        assert_eq!(of(&["/pets/**"], &[]), Ok(vec![true, true, false]));
        assert_eq!(of(&["pets"], &[]), Ok(vec![true, true, true]));
        assert_eq!(of(&["GET /**"], &["/pets"]), Ok(vec![false, true, false]));
        assert_eq!(of(&[], &["*_pet*"]), Ok(vec![false, false, true]));
        assert_eq!(of(&["*et_p*"], &[]), Ok(vec![false, true, false]));
        assert_eq!(
            of(&["list_pet"], &[]),
            Err("--include list_pet: no path, tag, operationId or name fits; did you mean `list_pets`?".to_owned())
        );
    }

    #[test]
    fn all_of_a_small_document_and_reading_in_a_large_one() {
        let mut small = vec![entry("a", "POST", "/a"), entry("b", "GET", "/b")];
        small[1].deprecated = true;
        let nothing = Selection::default();
        assert_eq!(enabled(&nothing, &small), [true, false]);
        let all = Selection {
            all: true,
            ..Selection::default()
        };
        assert_eq!(enabled(&all, &small), [true, true]);
        small[0].problem = Some("why".to_owned());
        assert_eq!(enabled(&all, &small), [false, true]);
        let mut large: Vec<Entry> = (0..100)
            .map(|n| entry(&format!("n{n}"), "GET", "/a/b/c"))
            .collect();
        large[99].path = "/a".to_owned();
        large[0].method = "POST".to_owned();
        let chosen = enabled(&nothing, &large);
        assert_eq!(chosen.iter().filter(|enabled| **enabled).count(), MANY);
        assert!(chosen[99] && !chosen[0]);
        large
            .iter_mut()
            .for_each(|entry| entry.method = "POST".to_owned());
        assert!(enabled(&nothing, &large)[0]);
    }
}
