//! Tags, by which experiments and insights are found.

use super::Conditions;
use super::{Connection, Result, params};

/// Replaces the tags of an owner.
pub(super) fn set(db: &Connection, owner: &str, tags: &[String]) -> Result<()> {
    db.execute("DELETE FROM tags WHERE owner = ?1", &params![owner])?;
    for tag in tags {
        db.execute(
            "INSERT INTO tags (owner, tag) VALUES (?1, ?2) ON CONFLICT (owner, tag) DO NOTHING",
            &params![owner, folded(tag)],
        )?;
    }
    Ok(())
}

/// Only owners, told by this column, that have all of these tags.
pub(super) fn require(conditions: &mut Conditions<'_>, owner: &str, tags: &[String]) {
    for tag in tags {
        conditions.add(
            &format!("EXISTS (SELECT 1 FROM tags WHERE tags.owner = {owner} AND tags.tag = ?)"),
            folded(tag),
        );
    }
}

/// As it is compared.
fn folded(tag: &str) -> String {
    tag.trim().to_lowercase()
}
