//! Tags, by which experiments and insights are found.

use rusqlite::{Connection, params};

use super::Result;
use super::conditions::Conditions;

/// Replaces the tags of an owner.
pub(super) fn set(db: &Connection, owner: &str, tags: &[String]) -> Result<()> {
    db.prepare_cached("DELETE FROM tags WHERE owner = ?")?
        .execute([owner])?;
    let mut insert = db.prepare_cached("INSERT INTO tags VALUES (?, ?) ON CONFLICT DO NOTHING")?;
    for tag in tags {
        insert.execute(params![owner, folded(tag)])?;
    }
    Ok(())
}

/// Only owners, told by this column, that have all of these tags.
pub(super) fn require(conditions: &mut Conditions, owner: &str, tags: &[String]) {
    for tag in tags {
        conditions.add(
            &format!("EXISTS (SELECT 1 FROM tags WHERE tags.owner = {owner} AND tag = ?)"),
            folded(tag),
        );
    }
}

/// As it is compared.
fn folded(tag: &str) -> String {
    tag.trim().to_lowercase()
}
