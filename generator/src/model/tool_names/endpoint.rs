//! Names made from method and path: `GET /users/{id}/pets` → `list_user_pets`.

use super::path::{Noun, Template, template};
use super::words::{is_adverb, is_looking, is_plural, is_verb, may_be_verb, plural, singular};

/// What the name of an operation is made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Endpoint<'a> {
    /// The method, upper case.
    pub(crate) method: &'a str,
    /// The path template.
    pub(crate) path: &'a str,
    /// Whether the answer is a list.
    pub(crate) list: bool,
    /// Whether the path has PUT and PATCH, or one of them.
    pub(super) changes: Changes,
}

/// Which methods that change a thing its path has.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Changes {
    pub(super) put: bool,
    pub(super) patch: bool,
}

/// How many nouns of the path a name has, if they are enough.
const NOUNS: usize = 2;

/// Names for an operation, each as its words, the best first; later ones say more.
pub(super) fn names(endpoint: &Endpoint<'_>) -> Vec<Vec<String>> {
    let template = template(endpoint.path);
    let by = match &template.last_parameter {
        Some(name) if template.by.is_empty() && !name.is_empty() => {
            [vec!["by".to_owned()], name.clone()].concat()
        }
        _ => Vec::new(),
    };
    let most = template.nouns.len().max(NOUNS);
    let mut names: Vec<Vec<String>> = Vec::new();
    let mut add = |name: Vec<String>| {
        if !names.contains(&name) {
            names.push(name);
        }
    };
    // Where there is another of one thing, this may be of all.
    let of_all =
        template.last_parameter.is_none() && matches!(endpoint.method, "PUT" | "PATCH" | "DELETE");
    for count in NOUNS..=most {
        let name = named(endpoint, &template, count);
        add(name.clone());
        if count == NOUNS && !by.is_empty() {
            add([name.clone(), by.clone()].concat());
        } else if let (true, Some((last, rest))) = (of_all && count == NOUNS, name.split_last())
            && !is_plural(last)
        {
            add([rest, &[plural(last)]].concat());
        }
    }
    let longest = [named(endpoint, &template, most), by].concat();
    add(longest.clone());
    add([longest, vec![endpoint.method.to_ascii_lowercase()]].concat());
    names
}

/// The name with `count` nouns.
fn named(endpoint: &Endpoint<'_>, template: &Template, count: usize) -> Vec<String> {
    let nouns = &template.nouns;
    let mut name = match action(endpoint, template) {
        Some(action) => done(&action, &nouns[..nouns.len() - 1], count),
        None => {
            let (verb, one) = verb(endpoint, template);
            let things = match nouns.is_empty() {
                true => vec![unnamed(template)],
                false => chain(nouns, count, one),
            };
            let adverb = things.first().is_some_and(|word| word == verb);
            let verb = (!adverb).then(|| verb.to_owned());
            verb.into_iter().chain(things).collect()
        }
    };
    name.extend(template.by.iter().cloned());
    name
}

/// What to call the thing of a path without words.
fn unnamed(template: &Template) -> String {
    match &template.last_parameter {
        None => "root".to_owned(),
        Some(name) => match name.as_slice() {
            [] => "item".to_owned(),
            [only] if only == "id" || only == "uuid" => "item".to_owned(),
            [rest @ .., last] if last == "id" && !rest.is_empty() => rest.join("_"),
            name => name.join("_"),
        },
    }
}

/// The verb for an operation on a thing or a collection, and whether one thing is meant.
fn verb(endpoint: &Endpoint<'_>, template: &Template) -> (&'static str, bool) {
    let picked = template.last_parameter.is_some();
    let several = template
        .nouns
        .last()
        .and_then(|noun| noun.words.last())
        .is_some_and(|word| is_plural(word));
    let mine = template.nouns.last().is_some_and(|noun| noun.picked);
    match endpoint.method {
        "GET" if picked || mine => ("get", true),
        "GET" if several || endpoint.list => ("list", false),
        "GET" => ("get", false),
        "HEAD" => ("check", picked),
        "POST" if picked && (endpoint.changes.put || endpoint.changes.patch) => ("post", true),
        "POST" if picked => ("update", true),
        "POST" => ("create", true),
        "PUT" if endpoint.changes.patch => ("replace", picked),
        "PUT" | "PATCH" => ("update", picked),
        "DELETE" => ("delete", picked),
        "OPTIONS" => ("options", picked),
        "TRACE" => ("trace", picked),
        "QUERY" => ("query", picked),
        _ => ("call", picked),
    }
}

/// The last `count` nouns, those before the last in the singular where a parameter picks one.
fn chain(nouns: &[Noun], count: usize, one: bool) -> Vec<String> {
    let Some((last, before)) = nouns.split_last() else {
        return Vec::new();
    };
    let last = if one { last.one() } else { last.words.clone() };
    let mut words = Vec::new();
    for noun in before.iter().skip((before.len() + 1).saturating_sub(count)) {
        let noun = if noun.picked {
            noun.one()
        } else {
            noun.words.clone()
        };
        // `/boards/{id}/board-items` needs no board before its items.
        if !says(&last, &noun) && !says(&words, &noun) {
            words.extend(noun);
        }
    }
    words.extend(last);
    // `GET /me/pets`
    if words.len() > 1 && words[0] == "me" {
        words[0] = "my".to_owned();
    }
    words
}

/// Whether `words` begin with what `noun` says.
fn says(words: &[String], noun: &[String]) -> bool {
    let same = |(a, b): (&String, &String)| singular(a) == singular(b);
    words.len() >= noun.len() && words.iter().zip(noun).all(same)
}

/// Something to do, as the last segment of a path says it.
struct Action {
    adverb: Option<String>,
    verb: String,
    rest: Vec<String>,
}

/// The action that the path ends in.
fn action(endpoint: &Endpoint<'_>, template: &Template) -> Option<Action> {
    // A thing as often as something to do, at the beginning of `import-jobs`.
    const THINGS: &str = " access archive audit change copy deploy download end export import install invite load merge \
        move order package patch process query refund release report request return run sample save scan schedule \
        search select set share sign start store sync tag test train transfer upload use view ";
    if template.last_parameter.is_some() || endpoint.method == "DELETE" {
        return None;
    }
    let (last, before) = template.nouns.split_last()?;
    if last.picked {
        return None;
    }
    let mut words = last.words.clone();
    let adverb = (words.len() > 1 && is_adverb(&words[0])).then(|| words.remove(0));
    let verb = words.remove(0);
    let looking = endpoint.method == "GET" || endpoint.method == "HEAD";
    let done = match words.last() {
        None if looking => is_looking(&verb),
        None if before.last().is_some_and(|noun| noun.picked) => may_be_verb(&verb),
        None => is_verb(&verb),
        Some(object) => {
            let thing = THINGS.split_ascii_whitespace().any(|thing| thing == verb);
            is_verb(&verb) && (!looking || is_looking(&verb)) && !(thing && is_plural(object))
        }
    };
    done.then_some(Action {
        adverb,
        verb,
        rest: words,
    })
}

/// The name of an action on the last of `nouns`.
fn done(action: &Action, nouns: &[Noun], count: usize) -> Vec<String> {
    let one = nouns.last().is_some_and(|noun| noun.picked);
    let mut things = chain(nouns, count, one);
    let said = |word: &String| {
        action
            .rest
            .iter()
            .any(|rest| singular(rest) == singular(word))
    };
    // `/users/create-user` says the user twice.
    if things.last().is_some_and(said) {
        things.clear();
    }
    let all = action
        .rest
        .first()
        .is_some_and(|word| matches!(word.as_str(), "all" | "latest" | "recent" | "current"));
    let (first, last) = match all {
        true => (action.rest.clone(), things),
        false => (things, action.rest.clone()),
    };
    let mut name: Vec<String> = action.adverb.iter().cloned().collect();
    name.push(action.verb.clone());
    name.extend(first);
    name.extend(last);
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(method: &str, path: &str) -> String {
        names(&Endpoint {
            method,
            path,
            list: false,
            changes: Changes::default(),
        })[0]
            .join("_")
    }

    #[test]
    fn things() {
        for (endpoint, expect) in [
            ("GET /pets", "list_pets"),
            ("GET /api/v1/pets/{petId}", "get_pet"),
            ("POST /pets", "create_pet"),
            ("POST /pets/{petId}", "update_pet"),
            ("PUT /pets/{petId}", "update_pet"),
            ("PATCH /pets/{petId}", "update_pet"),
            ("DELETE /pets/{petId}", "delete_pet"),
            ("DELETE /pets", "delete_pets"),
            ("HEAD /pets/{petId}", "check_pet"),
            ("GET /users/{id}/pets", "list_user_pets"),
            ("GET /users/{id}/pets/{pet}", "get_user_pet"),
            ("POST /users/{id}/photos", "create_user_photo"),
            ("GET /orgs/{org}/teams/{team}/members", "list_team_members"),
            ("GET /repos/{owner}/{repo}", "get_repo"),
            ("GET /me", "get_me"),
            ("GET /me/pets", "list_my_pets"),
            ("GET /users/me", "get_current_user"),
            ("GET /users/me/pets", "list_current_user_pets"),
            ("GET /settings", "get_settings"),
            (
                "GET /orders/v0/orders/{orderId}/regulatedInfo",
                "get_order_regulated_info",
            ),
            ("GET /boards/{id}/boardItems", "list_board_items"),
            ("GET /entities/by-uid/{uid}", "get_entity_by_uid"),
            ("POST /entities/by-refs", "create_entity_by_refs"),
            ("GET /", "get_root"),
            ("GET /{uuid}", "get_item"),
            ("DELETE /{project_id}", "delete_project"),
            ("QUERY /pets", "query_pets"),
        ] {
            let (method, path) = endpoint.split_once(' ').expect("two words");
            assert_eq!(name(method, path), expect, "{endpoint}");
        }
    }

    #[test]
    fn actions() {
        for (endpoint, expect) in [
            ("POST /pets/{id}/feed", "feed_pet"),
            ("POST /pets/{id}/cancel", "cancel_pet"),
            ("POST /messages/send", "send_messages"),
            ("GET /pets/search", "search_pets"),
            ("GET /pets/findByStatus", "find_pets_by_status"),
            ("GET /user/login", "login_user"),
            ("POST /login", "login"),
            ("POST /order", "create_order"),
            ("POST /stores/{id}/order", "order_store"),
            ("POST /pet/{petId}/uploadImage", "upload_pet_image"),
            ("POST /user/createWithList", "create_user_with_list"),
            (
                "POST /notifications/{id}/mark-as-read",
                "mark_notification_as_read",
            ),
            ("POST /users/{id}/send-email", "send_user_email"),
            ("POST /users/bulk-delete", "bulk_delete_users"),
            ("POST /users/create-user", "create_user"),
            ("GET /users/{id}/lock", "get_user_lock"),
            ("PUT /users/{id}/activate", "activate_user"),
            ("POST /import-jobs", "create_import_job"),
            ("POST /projects/{name}:cancel", "cancel_project"),
            ("GET /pets/get-all", "get_all_pets"),
        ] {
            let (method, path) = endpoint.split_once(' ').expect("two words");
            assert_eq!(name(method, path), expect, "{endpoint}");
        }
    }

    #[test]
    fn what_else_the_path_has_counts() {
        let changes = Changes {
            put: true,
            patch: true,
        };
        let of = |method, list| {
            names(&Endpoint {
                method,
                path: "/inventory/{id}",
                list,
                changes,
            })[0]
                .join("_")
        };
        assert_eq!(of("PUT", false), "replace_inventory");
        assert_eq!(of("PATCH", false), "update_inventory");
        assert_eq!(of("POST", false), "post_inventory");
        let list = Endpoint {
            method: "GET",
            path: "/inventory",
            list: true,
            changes,
        };
        assert_eq!(names(&list)[0].join("_"), "list_inventory");
    }
}
