//! English enough for names: words out of identifiers, plurals, verbs.

/// The words of an identifier or path segment: lower-case ASCII letters and digits.
///
/// `None` if it has a letter that has no such spelling.
pub(super) fn words(text: &str) -> Option<Vec<String>> {
    let plain = plain(text)?;
    let chars: Vec<char> = plain.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (index, c) in chars.iter().copied().enumerate() {
        let next = chars.get(index + 1).copied();
        let begins = c.is_ascii_uppercase()
            && index.checked_sub(1).is_some_and(|before| {
                let before = chars[before];
                before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || next.is_some_and(|next| next.is_ascii_lowercase())
                        && !plural_of_capitals(&chars, index)
            });
        if (begins || !c.is_ascii_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_ascii_alphanumeric() {
            word.push(c.to_ascii_lowercase());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    Some(words)
}

/// Whether the capital at `index` and the `s` behind it end a word like `IDs`.
fn plural_of_capitals(chars: &[char], index: usize) -> bool {
    chars.get(index + 1) == Some(&'s')
        && !chars
            .get(index + 2)
            .is_some_and(|after| after.is_ascii_lowercase())
}

/// Spellings whose capitals are no beginnings of words.
const SPELLINGS: &[(&str, &str)] = &[
    ("OAuth", "Oauth"),
    ("GitHub", "Github"),
    ("GitLab", "Gitlab"),
    ("GraphQL", "Graphql"),
    ("OpenAPI", "Openapi"),
    ("OpenID", "Openid"),
    ("IPv4", "Ipv4"),
    ("IPv6", "Ipv6"),
    ("macOS", "macos"),
    ("iOS", "ios"),
];

/// `text` in ASCII: accents are dropped, other signs become spaces; `None` for letters of other scripts.
fn plain(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            // It is no break: `user's`.
            '\'' => {}
            c if c.is_ascii() => out.push(c),
            c if c.is_alphabetic() => out.push_str(latin(c)?),
            _ => out.push(' '),
        }
    }
    for (spelling, plain) in SPELLINGS {
        if out.contains(spelling) {
            out = out.replace(spelling, plain);
        }
    }
    Some(out)
}

/// Letters of the Latin script with what stands for them.
fn latin(c: char) -> Option<&'static str> {
    const TABLE: &[(&str, &str)] = &[
        ("àáâãåāăą", "a"),
        ("ÀÁÂÃÅĀĂĄ", "A"),
        ("äæ", "ae"),
        ("ÄÆ", "Ae"),
        ("çćĉċč", "c"),
        ("ÇĆĈĊČ", "C"),
        ("ďđð", "d"),
        ("ĎĐÐ", "D"),
        ("èéêëēĕėęě", "e"),
        ("ÈÉÊËĒĔĖĘĚ", "E"),
        ("ĝğġģ", "g"),
        ("ĜĞĠĢ", "G"),
        ("ĥħ", "h"),
        ("ìíîïĩīĭįı", "i"),
        ("ÌÍÎÏĨĪĬĮİ", "I"),
        ("ĵ", "j"),
        ("ķ", "k"),
        ("ĺļľŀł", "l"),
        ("ĹĻĽĿŁ", "L"),
        ("ñńņň", "n"),
        ("ÑŃŅŇ", "N"),
        ("òóôõøōŏő", "o"),
        ("ÒÓÔÕØŌŎŐ", "O"),
        ("öœ", "oe"),
        ("ÖŒ", "Oe"),
        ("ŕŗř", "r"),
        ("ŔŖŘ", "R"),
        ("śŝşšș", "s"),
        ("ŚŜŞŠȘ", "S"),
        ("ß", "ss"),
        ("ţťŧț", "t"),
        ("ŢŤŦȚ", "T"),
        ("ùúûũūŭůűų", "u"),
        ("ÙÚÛŨŪŬŮŰŲ", "U"),
        ("ü", "ue"),
        ("Ü", "Ue"),
        ("ŵ", "w"),
        ("ýÿŷ", "y"),
        ("ÝŸŶ", "Y"),
        ("þ", "th"),
        ("źżž", "z"),
        ("ŹŻŽ", "Z"),
    ];
    TABLE
        .iter()
        .find(|(letters, _)| letters.contains(c))
        .map(|(_, plain)| *plain)
}

/// Plurals that no rule makes, or that a rule would get wrong.
const IRREGULAR: &[(&str, &str)] = &[
    ("addresses", "address"),
    ("aliases", "alias"),
    ("analyses", "analysis"),
    ("axes", "axis"),
    ("biases", "bias"),
    ("bonuses", "bonus"),
    ("buses", "bus"),
    ("caches", "cache"),
    ("calves", "calf"),
    ("campuses", "campus"),
    ("canvases", "canvas"),
    ("children", "child"),
    ("cookies", "cookie"),
    ("criteria", "criterion"),
    ("gases", "gas"),
    ("indices", "index"),
    ("leaves", "leaf"),
    ("matrices", "matrix"),
    ("men", "man"),
    ("movies", "movie"),
    ("octopuses", "octopus"),
    ("people", "person"),
    ("quizzes", "quiz"),
    ("shelves", "shelf"),
    ("statuses", "status"),
    ("ties", "tie"),
    ("vertices", "vertex"),
    ("viruses", "virus"),
    ("women", "woman"),
];

/// Words in `s` that name one thing or cannot be counted.
const NOT_PLURAL: &[&str] = &[
    "access",
    "alias",
    "atlas",
    "bias",
    "canvas",
    "acknowledgements",
    "aws",
    "always",
    "analytics",
    "as",
    "business",
    "chaos",
    "contents",
    "cors",
    "css",
    "details",
    "diagnostics",
    "dns",
    "gas",
    "gps",
    "has",
    "https",
    "ios",
    "is",
    "its",
    "kubernetes",
    "lens",
    "macos",
    "news",
    "nps",
    "os",
    "pos",
    "preferences",
    "progress",
    "rss",
    "saas",
    "series",
    "settings",
    "sms",
    "species",
    "statistics",
    "stats",
    "this",
    "tls",
    "was",
    "windows",
    "xss",
];

/// Whether a text is a hash, a UUID's part or another random one.
pub(super) fn is_random(piece: &str) -> bool {
    let digits = piece.chars().filter(char::is_ascii_digit).count();
    let hex = piece.len() >= 8 && piece.chars().all(|c| c.is_ascii_hexdigit()) && digits > 1;
    // Digits between letters of both cases: no person writes that.
    let inner = piece.trim_end_matches(|c: char| c.is_ascii_digit());
    let changes = inner
        .as_bytes()
        .windows(2)
        .filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit())
        .count();
    let mixed = piece.len() >= 9
        && inner.chars().any(|c| c.is_ascii_digit())
        && piece.chars().any(|c| c.is_ascii_uppercase())
        && piece.chars().any(|c| c.is_ascii_lowercase())
        && (changes >= 3 || piece.starts_with(|c: char| c.is_ascii_digit()));
    hex || mixed
}

/// The word for several of one thing, where a rule makes it.
pub(super) fn plural(word: &str) -> String {
    let consonant = |c: char| c.is_ascii_alphabetic() && !"aeiou".contains(c);
    match word.strip_suffix('y') {
        Some(stem) if stem.ends_with(consonant) => format!("{stem}ies"),
        _ if ["s", "x", "ch", "sh"].iter().any(|end| word.ends_with(end)) => format!("{word}es"),
        _ => format!("{word}s"),
    }
}

/// Whether a word means several things.
pub(super) fn is_plural(word: &str) -> bool {
    if IRREGULAR.iter().any(|(plural, _)| *plural == word) {
        return true;
    }
    let one = ["ss", "us", "is"].iter().any(|end| word.ends_with(end));
    word.len() > 2 && word.ends_with('s') && !one && !NOT_PLURAL.contains(&word)
}

/// The word for one of several things: `pets` → `pet`.
pub(super) fn singular(word: &str) -> String {
    if let Some((_, one)) = IRREGULAR.iter().find(|(plural, _)| *plural == word) {
        return (*one).to_owned();
    }
    if !is_plural(word) {
        return word.to_owned();
    }
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    let with_es = ["sses", "shes", "ches", "xes"];
    let cut = if with_es.iter().any(|end| word.ends_with(end)) {
        2
    } else {
        1
    };
    word[..word.len() - cut].to_owned()
}

/// What can only be something to do, as the last segment of a path.
const VERBS: &str = " abort accept acknowledge activate add allocate analyze analyse apply approve archive assign \
    associate attach authenticate authorize autocomplete backfill ban bind bulk calculate cancel change clear clone \
    close commit compare complete compute configure confirm connect convert copy create deactivate debit decline \
    decode decrypt delete deny deploy deprecate deregister destroy detach diff disable disassociate disconnect dismiss \
    dispatch download drain duplicate edit eject embed enable encode encrypt end enqueue enroll estimate evaluate \
    execute exists expand expire explain export fetch finalize find finish flush force forget format freeze \
    generate get grant halt hide identify ignore impersonate import increment ingest init initialize insert \
    inspect install invalidate invite invoke join kick kill launch leave link list load lock login logout lookup \
    mark merge migrate modify mount move mute notify open parse patch pause perform ping play poll populate prepare \
    preview process promote protect provision publish purge push query queue reflect read rebuild recalculate receive recover \
    redeem refresh refund regenerate register reindex reject release reload remove rename render renew reopen \
    reorder repair replace replay replicate reply report reprocess request resend reserve reset resize resolve restart \
    restore resubmit resume retire retrieve retry return reverse revert review revoke rollback rotate run save scan \
    schedule search seek select send set share show shutdown sign signin signout signup skip snooze start stop store \
    submit subscribe suggest suspend swap switch sync synchronize tag terminate test toggle train transfer transform \
    translate trigger truncate unarchive unassign unban unblock undelete undo undeploy unfollow unfreeze uninstall \
    unlink unlock unmark unmount unmute unpause unpin unprotect unpublish unregister unshare unstar unsubscribe unsuspend \
    unwatch update upgrade upload upsert use validate verify view void vote wake withdraw write ";

/// What is as often a thing as something to do: something to do only behind the thing it is done to.
const EITHER: &str = " block comment feed follow fork issue label like log lookup message order pin ping purchase \
    rate snapshot star stream subscribe watch ";

/// Verbs that only look.
const LOOKING: &str = " autocomplete calculate check compare compute count decode describe diff download estimate \
    evaluate exists explain export fetch find get inspect list login logout lookup parse ping preview query read \
    render resolve retrieve search show suggest validate verify view ";

fn among(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|known| known == word)
}

/// Whether a word at the end of a path is surely something to do.
pub(crate) fn is_verb(word: &str) -> bool {
    among(VERBS, word) || matches!(word, "check" | "count")
}

/// Whether a word can be something to do.
pub(super) fn may_be_verb(word: &str) -> bool {
    is_verb(word) || among(EITHER, word)
}

/// Whether a word is something to do that changes nothing.
pub(super) fn is_looking(word: &str) -> bool {
    among(LOOKING, word)
}

/// Whether a word says how something is done: `bulk` in `bulk-delete`.
pub(super) fn is_adverb(word: &str) -> bool {
    matches!(
        word,
        "bulk" | "batch" | "mass" | "multi" | "force" | "async" | "auto" | "re"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_identifiers() {
        for (text, expect) in [
            ("listPets", "list pets"),
            ("pets/list-all", "pets list all"),
            ("DeleteJWTTemplate", "delete jwt template"),
            ("getOAuth2Tokens", "get oauth2 tokens"),
            ("findByIDs", "find by ids"),
            ("VPCsList", "vpcs list"),
            (
                "com.atproto.repo.listRecords",
                "com atproto repo list records",
            ),
            ("user's name", "users name"),
            ("Größe", "groesse"),
            ("créerÉlève", "creer eleve"),
            ("v2Users", "v2 users"),
            ("🙂", ""),
        ] {
            assert_eq!(
                words(text).map(|words| words.join(" ")).as_deref(),
                Some(expect),
                "{text}"
            );
        }
        assert_eq!(words("получить"), None);
        assert_eq!(words("列表"), None);
    }

    #[test]
    fn one_of_several() {
        for (several, one) in [
            ("pets", "pet"),
            ("categories", "category"),
            ("addresses", "address"),
            ("branches", "branch"),
            ("boxes", "box"),
            ("databases", "database"),
            ("statuses", "status"),
            ("people", "person"),
            ("movies", "movie"),
            ("archives", "archive"),
            ("warehouses", "warehouse"),
            ("sizes", "size"),
            ("ids", "id"),
        ] {
            assert!(is_plural(several), "{several}");
            assert_eq!(singular(several), one);
        }
        for one in [
            "status", "address", "news", "analysis", "pet", "settings", "dns", "s",
        ] {
            assert!(!is_plural(one), "{one}");
            assert_eq!(singular(one), one);
        }
    }
}
