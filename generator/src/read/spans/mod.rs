//! Where each value of a file is written: JSON pointer → bytes of its key and of its value.
//!
//! Values are never read from here; see [`super::parse`].

mod json;
mod yaml;

use std::collections::HashMap;
use std::ops::Range;

use crate::diagnostics::escape_segment;

pub(super) use json::json;
pub(super) use yaml::yaml;

type NodeId = usize;

/// The places of one file.
#[derive(Debug, Default)]
pub(super) struct Spans {
    nodes: Vec<Node>,
}

#[derive(Debug)]
struct Node {
    key: Option<Range<usize>>,
    value: Range<usize>,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Scalar,
    List(Vec<NodeId>),
    Map(Vec<(Box<str>, NodeId)>),
    /// An alias: what is inside stands where its anchor is.
    Alias(NodeId),
}

/// The bytes of an entry.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Place {
    /// Of its key; items of lists and the root have none.
    pub(super) key: Option<Range<usize>>,
    /// Of its value.
    pub(super) value: Range<usize>,
}

/// A key written twice in one mapping.
#[derive(Debug, PartialEq)]
pub(super) struct Duplicate {
    /// Of the entry, the last of the two.
    pub(super) pointer: String,
    /// The key.
    pub(super) key: String,
    /// The bytes of the first key.
    pub(super) first: Range<usize>,
}

impl Spans {
    /// The place of what `pointer` names, or of its nearest existing parent.
    pub(super) fn place(&self, pointer: &str) -> Place {
        let mut found = 0;
        for segment in pointer.split('/').skip(1) {
            let name = segment.replace("~1", "/").replace("~0", "~");
            match self.child(found, &name) {
                Some(child) => found = child,
                None => break,
            }
        }
        match self.nodes.get(found) {
            Some(node) => Place {
                key: node.key.clone(),
                value: node.value.clone(),
            },
            None => Place {
                key: None,
                value: 0..0,
            },
        }
    }

    /// What an alias stands for. An alias of an alias cannot be written.
    fn target(&self, node: NodeId) -> NodeId {
        match self.nodes.get(node).map(|node| &node.content) {
            Some(Content::Alias(target)) => *target,
            _ => node,
        }
    }

    fn child(&self, parent: NodeId, name: &str) -> Option<NodeId> {
        self.entry(parent, name, 0)
    }

    /// The entry `name` of a list or mapping; `merges` merge keys led here, which may not go on for ever.
    fn entry(&self, parent: NodeId, name: &str, merges: usize) -> Option<NodeId> {
        const MOST: usize = 64;
        match &self.nodes.get(self.target(parent))?.content {
            Content::List(items) => items.get(name.parse::<usize>().ok()?).copied(),
            Content::Map(entries) => {
                let own = |name: &str| {
                    entries
                        .iter()
                        .rev()
                        .find(|(key, _)| &**key == name)
                        .map(|(_, node)| *node)
                };
                own(name).or_else(|| {
                    (merges < MOST)
                        .then(|| self.merged(own("<<")?, name, merges + 1))
                        .flatten()
                })
            }
            Content::Scalar | Content::Alias(_) => None,
        }
    }

    /// The entry `name` that a merge key brings in.
    fn merged(&self, merge: NodeId, name: &str, merges: usize) -> Option<NodeId> {
        match &self.nodes.get(self.target(merge))?.content {
            Content::List(items) => items
                .iter()
                .find_map(|item| self.entry(*item, name, merges)),
            _ => self.entry(merge, name, merges),
        }
    }

    /// Every key written twice in one mapping.
    pub(super) fn duplicates(&self) -> Vec<Duplicate> {
        let mut found = Vec::new();
        let mut open = vec![(0, String::new())];
        while let Some((node, pointer)) = open.pop() {
            let child = |name: &str| format!("{pointer}/{}", escape_segment(name));
            match self.nodes.get(node).map(|node| &node.content) {
                Some(Content::List(items)) => {
                    open.extend(
                        items
                            .iter()
                            .enumerate()
                            .map(|(index, item)| (*item, child(&index.to_string()))),
                    );
                }
                Some(Content::Map(entries)) => {
                    let mut seen: HashMap<&str, NodeId> = HashMap::new();
                    for (key, entry) in entries {
                        if let Some(first) = seen.insert(key, *entry)
                            && let Some(first) =
                                self.nodes.get(first).and_then(|node| node.key.clone())
                        {
                            found.push(Duplicate {
                                pointer: child(key),
                                key: key.to_string(),
                                first,
                            });
                        }
                        open.push((*entry, child(key)));
                    }
                }
                Some(Content::Scalar | Content::Alias(_)) | None => {}
            }
        }
        found.sort_by_key(|duplicate| duplicate.first.start);
        found
    }
}

/// Builds [`Spans`] from the parts of a text, in order.
#[derive(Default)]
struct Builder {
    nodes: Vec<Node>,
    open: Vec<Open>,
}

/// A list or mapping that has not ended.
struct Open {
    node: NodeId,
    /// In a mapping: the key whose value comes next.
    key: Option<(Box<str>, Range<usize>)>,
}

impl Builder {
    /// Whether the next part is a key.
    fn wants_key(&self) -> bool {
        self.open.last().is_some_and(|open| {
            open.key.is_none()
                && matches!(
                    self.nodes.get(open.node).map(|n| &n.content),
                    Some(Content::Map(_))
                )
        })
    }

    fn key(&mut self, name: &str, range: Range<usize>) {
        if let Some(open) = self.open.last_mut() {
            open.key = Some((name.into(), range));
        }
    }

    /// Adds a value to what is open.
    fn value(&mut self, value: Range<usize>, content: Content) -> NodeId {
        let id = self.nodes.len();
        let mut key = None;
        if let Some(open) = self.open.last_mut() {
            match self.nodes.get_mut(open.node).map(|node| &mut node.content) {
                Some(Content::List(items)) => items.push(id),
                Some(Content::Map(entries)) => {
                    if let Some((name, range)) = open.key.take() {
                        entries.push((name, id));
                        key = Some(range);
                    }
                }
                _ => {}
            }
        }
        // An empty value (`key:`) is seen where its key is.
        let value = if value.is_empty() {
            key.clone().unwrap_or(value)
        } else {
            value
        };
        self.nodes.push(Node {
            key,
            value,
            content,
        });
        id
    }

    fn begin(&mut self, start: usize, content: Content) -> NodeId {
        let node = self.value(start..start + 1, content);
        self.open.push(Open { node, key: None });
        node
    }

    /// Ends the innermost list or mapping, at `end` or where its last child does.
    fn end(&mut self, end: Option<usize>) {
        let Some(Open { node, .. }) = self.open.pop() else {
            return;
        };
        let (first, last) = match self.nodes.get(node).map(|node| &node.content) {
            Some(Content::List(items)) => (items.first().copied(), items.last().copied()),
            Some(Content::Map(entries)) => {
                (entries.first().map(|e| e.1), entries.last().map(|e| e.1))
            }
            _ => (None, None),
        };
        let range = |id: Option<NodeId>| {
            let node = self.nodes.get(id?)?;
            Some((
                node.key.as_ref().unwrap_or(&node.value).start,
                node.value.end,
            ))
        };
        let (start, last) = (range(first).map(|r| r.0), range(last).map(|r| r.1));
        if let Some(node) = self.nodes.get_mut(node) {
            match end {
                Some(end) => node.value.end = end,
                // A block has no brackets: it is what its entries are.
                None => {
                    node.value = start.unwrap_or(node.value.start)..last.unwrap_or(node.value.end)
                }
            }
        }
    }

    fn finish(mut self) -> Spans {
        while !self.open.is_empty() {
            self.end(None);
        }
        Spans { nodes: self.nodes }
    }
}

#[cfg(test)]
mod tests;
