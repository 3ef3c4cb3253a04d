//! Which new name stands for which old one.

use serde_json::{Map, Value};

use super::sets;
use super::surface::Tool;

/// Names that are alike enough to be one thing renamed, where everything else is the same.
const ALIKE: f64 = 0.45;
/// How alike two tools must be, in name and arguments, to be one renamed.
const SAME_TOOL: f64 = 0.6;

/// How alike two names are, from 0 to 1: by letters, or by words whatever their order.
fn alike(one: &str, another: &str) -> f64 {
    let letters =
        strsim::normalized_damerau_levenshtein(&words(one).concat(), &words(another).concat());
    letters.max(shared_words(one, another))
}

/// The share of words that two names have in common.
fn shared_words(one: &str, another: &str) -> f64 {
    let (one, another) = (words(one), words(another));
    let shared = one.iter().filter(|word| another.contains(word)).count();
    let all = one.len() + another.len() - shared;
    shared as f64 / all.max(1) as f64
}

fn words(name: &str) -> Vec<String> {
    let mut spaced = String::new();
    for c in name.chars() {
        if c.is_uppercase() {
            spaced.push(' ');
        }
        spaced.push(if c.is_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            ' '
        });
    }
    spaced.split_whitespace().map(str::to_owned).collect()
}

/// Pairs by score, the best first, each side once; a score of 0 pairs nothing.
fn best(old: &[usize], new: &[usize], score: impl Fn(usize, usize) -> f64) -> Vec<(usize, usize)> {
    let mut scores: Vec<(f64, usize, usize)> = Vec::new();
    for one in old {
        for another in new {
            let score = score(*one, *another);
            if score > 0.0 {
                scores.push((score, *one, *another));
            }
        }
    }
    scores.sort_by(|one, another| {
        another
            .0
            .total_cmp(&one.0)
            .then((one.1, one.2).cmp(&(another.1, another.2)))
    });
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (_, one, another) in scores {
        if pairs.iter().all(|pair| pair.0 != one && pair.1 != another) {
            pairs.push((one, another));
        }
    }
    pairs
}

/// The tools of both sides that are one, as indices: of one name, or renamed.
pub(super) fn tools(old: &[Tool], new: &[Tool]) -> Vec<(usize, usize)> {
    let named = |name: &str| new.iter().position(|tool| tool.name == name);
    let mut pairs: Vec<(usize, usize)> = old
        .iter()
        .enumerate()
        .filter_map(|(index, tool)| Some((index, named(&tool.name)?)))
        .collect();
    let steps: [fn(&Tool, &Tool) -> f64; 3] = [by_alias, by_operation, by_likeness];
    for score in steps {
        let left = |count: usize, known: &dyn Fn(usize) -> bool| -> Vec<usize> {
            (0..count).filter(|index| !known(*index)).collect()
        };
        let rest_old = left(old.len(), &|index| pairs.iter().any(|pair| pair.0 == index));
        let rest_new = left(new.len(), &|index| pairs.iter().any(|pair| pair.1 == index));
        pairs.extend(best(&rest_old, &rest_new, |one, another| {
            score(&old[one], &new[another])
        }));
    }
    pairs.sort_by_key(|pair| pair.1);
    pairs
}

fn by_alias(old: &Tool, new: &Tool) -> f64 {
    f64::from(new.aliases.contains(&old.name))
}

/// One operation: of the same operationId, or method and path. Several tools of it are told apart by name.
fn by_operation(old: &Tool, new: &Tool) -> f64 {
    let (Some(one), Some(another)) = (&old.inside, &new.inside) else {
        return 0.0;
    };
    let (one, another) = (&one.operation, &another.operation);
    let same_id = one.id.is_some() && one.id == another.id;
    let same = same_id || (one.method == another.method && one.path == another.path);
    f64::from(same) * (1.0 + alike(&old.name, &new.name))
}

fn by_likeness(old: &Tool, new: &Tool) -> f64 {
    let (before, after) = (old.arguments(), new.arguments());
    let shared = before.iter().filter(|name| after.contains(name)).count();
    let all = before.len() + after.len() - shared;
    let arguments = if all == 0 {
        0.5
    } else {
        shared as f64 / all as f64
    };
    let path = match (&old.inside, &new.inside) {
        (Some(one), Some(another)) if one.operation.method != another.operation.method => {
            return 0.0;
        }
        (Some(one), Some(another)) => alike(&one.operation.path, &another.operation.path),
        _ => arguments,
    };
    let text = old.text("description");
    let described = f64::from(!text.is_empty() && text == new.text("description"));
    let rest = described.max(same_components(old, new));
    let score = 0.3 * alike(&old.name, &new.name) + 0.2 * arguments + 0.2 * path + 0.3 * rest;
    if score >= SAME_TOOL { score } else { 0.0 }
}

/// The share of the arguments that the documents of both describe by the same component.
fn same_components(old: &Tool, new: &Tool) -> f64 {
    let components = |tool: &Tool| -> Vec<String> {
        let inside = tool.inside.as_ref();
        let origins = inside
            .into_iter()
            .flat_map(|inside| inside.arguments.values());
        let pointers = origins.filter_map(|origin| Some(origin.schema.as_ref()?.pointer.clone()));
        pointers
            .filter(|at| at.starts_with("/components/") || at.starts_with("/definitions/"))
            .collect()
    };
    let (before, after) = (components(old), components(new));
    let shared = before.iter().filter(|at| after.contains(at)).count();
    let all = old.arguments().len().max(new.arguments().len());
    shared as f64 / all.max(1) as f64
}

/// The tool that is most like one that is gone, if there is any such: by its name and the shape of its path.
pub(super) fn nearest<'t>(gone: &Tool, tools: &'t [Tool]) -> Option<&'t Tool> {
    let score = |tool: &Tool| match (&gone.inside, &tool.inside) {
        (Some(one), Some(another)) => {
            let (one, another) = (&one.operation, &another.operation);
            let same = f64::from(one.method == another.method);
            0.5 * shared_words(&gone.name, &tool.name)
                + 0.5 * same * same_shape(&one.path, &another.path)
        }
        _ => alike(&gone.name, &tool.name),
    };
    let scored = tools.iter().map(|tool| (score(tool), tool));
    let best = scored.max_by(|one, another| one.0.total_cmp(&another.0));
    best.filter(|(score, _)| *score >= SAME_TOOL)
        .map(|(_, tool)| tool)
}

/// The share of segments that two paths have alike; a variable is like any other.
fn same_shape(one: &str, another: &str) -> f64 {
    let segments = |path: &str| -> Vec<String> {
        let segments = path.split('/').filter(|segment| !segment.is_empty());
        let shape = |segment: &str| match segment.contains('{') {
            true => "{}".to_owned(),
            false => segment.to_owned(),
        };
        segments.map(shape).collect()
    };
    let (one, another) = (segments(one), segments(another));
    let same = one.iter().zip(&another).filter(|(a, b)| a == b).count();
    same as f64 / one.len().max(another.len()).max(1) as f64
}

/// The members of two objects that are one renamed, as names. `sent_alike` tells whether an old and
/// a new one are sent as the same.
pub(super) fn members(
    old: &Map<String, Value>,
    new: &Map<String, Value>,
    roots: (&Value, &Value),
    sent_alike: impl Fn(&str, &str) -> bool,
) -> Vec<(String, String)> {
    let gone: Vec<&String> = old.keys().filter(|name| !new.contains_key(*name)).collect();
    let added: Vec<&String> = new.keys().filter(|name| !old.contains_key(*name)).collect();
    let alone = gone.len() == 1 && added.len() == 1;
    let score = |one: usize, another: usize| {
        let (before, after) = (gone[one], added[another]);
        if sent_alike(before, after) {
            return 2.0;
        }
        let (one, another) = (&old[before], &new[after]);
        let text = |schema: &Value| {
            schema
                .get("description")
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        let described = text(one).is_some() && text(one) == text(another);
        let name = alike(before, after);
        let likely = described || name >= ALIKE || (alone && !is_plain(one));
        if !likely || !sets::read(one, roots.0).same(&sets::read(another, roots.1)) {
            return 0.0;
        }
        name + f64::from(described)
    };
    let (all_gone, all_added): (Vec<usize>, Vec<usize>) =
        ((0..gone.len()).collect(), (0..added.len()).collect());
    let pairs = best(&all_gone, &all_added, score);
    pairs
        .into_iter()
        .map(|(one, another)| (gone[one].clone(), added[another].clone()))
        .collect()
}

/// Whether a schema is one that many members have: a type and no more.
fn is_plain(schema: &Value) -> bool {
    schema.as_object().is_none_or(|map| {
        map.keys()
            .all(|key| ["type", "description", "title"].contains(&key.as_str()))
    })
}
