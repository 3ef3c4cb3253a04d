//! The types of the document, in an arena.

use std::collections::{HashMap, HashSet};

use crate::diagnostics::At;

/// A type, as an index into [`Types`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub usize);

/// A use of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeRef {
    /// The type.
    pub id: TypeId,
    /// Whether `null` is allowed too.
    pub nullable: bool,
}

/// A type of the document.
#[derive(Clone, Debug)]
pub struct Type {
    /// What it is made of.
    pub kind: Kind,
    /// Words of the document about it.
    pub description: Option<String>,
    /// Whether it is a schema that the document gives a name.
    pub is_component: bool,
    /// Where it stands.
    pub at: At,
}

/// What a type is made of.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Text of any format.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// Anything: what no other kind can hold.
    Json,
    /// An object of any members.
    Object,
    /// A list.
    List(TypeRef),
    /// An object whose members are all of one type.
    Map(TypeRef),
    /// An object of known members.
    Struct {
        /// The name of the component, or one made from where it is used.
        name: String,
        /// The members, in document order.
        fields: Vec<Field>,
        /// Further members, where the document allows them by a schema or by `true`.
        additional: Option<TypeRef>,
    },
    /// Text out of a list.
    Enum {
        /// The name of the component, or one made from where it is used.
        name: String,
        /// The values.
        values: Vec<String>,
    },
}

/// A member of an object.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name on the wire.
    pub name: String,
    /// Its type.
    pub ty: TypeRef,
    /// Whether it must be there.
    pub required: bool,
    /// Words of the document about it.
    pub description: Option<String>,
    /// Whether the type holds itself through this member, so that it must be boxed.
    pub recursive: bool,
}

/// The arena.
#[derive(Debug, Default)]
pub struct Types {
    all: Vec<Type>,
    by_place: HashMap<At, TypeId>,
}

impl Types {
    /// The type `id`.
    pub fn get(&self, id: TypeId) -> &Type {
        &self.all[id.0]
    }

    /// All types, in the order they were met.
    pub fn iter(&self) -> impl Iterator<Item = (TypeId, &Type)> {
        self.all
            .iter()
            .enumerate()
            .map(|(index, ty)| (TypeId(index), ty))
    }

    /// The type already made of the schema at `at`.
    pub(super) fn known(&self, at: &At) -> Option<TypeId> {
        self.by_place.get(at).copied()
    }

    /// A place in the arena for the schema at `at`, to be filled: recursion finds it there.
    pub(super) fn reserve(&mut self, at: &At, ty: Type) -> TypeId {
        let id = TypeId(self.all.len());
        self.all.push(ty);
        self.by_place.insert(at.clone(), id);
        id
    }

    /// The types that values of `roots` are made of, these included.
    pub fn reached(&self, roots: impl IntoIterator<Item = TypeId>) -> HashSet<TypeId> {
        let mut reached = HashSet::new();
        let mut todo: Vec<TypeId> = roots.into_iter().collect();
        while let Some(id) = todo.pop() {
            if !reached.insert(id) {
                continue;
            }
            match &self.get(id).kind {
                Kind::List(inner) | Kind::Map(inner) => todo.push(inner.id),
                Kind::Struct {
                    fields, additional, ..
                } => {
                    todo.extend(fields.iter().map(|field| field.ty.id));
                    todo.extend(additional.map(|ty| ty.id));
                }
                Kind::String
                | Kind::Integer
                | Kind::Number
                | Kind::Boolean
                | Kind::Json
                | Kind::Object
                | Kind::Enum { .. } => {}
            }
        }
        reached
    }

    /// Fills a reserved place.
    pub(super) fn fill(&mut self, id: TypeId, kind: Kind) {
        self.all[id.0].kind = kind;
    }

    /// Marks the members through which a struct holds itself without a list or map between.
    pub(super) fn mark_recursion(&mut self) {
        for index in 0..self.all.len() {
            let Kind::Struct { fields, .. } = &self.all[index].kind else {
                continue;
            };
            let recursive: Vec<bool> = fields
                .iter()
                .map(|field| self.holds(field.ty.id, TypeId(index)))
                .collect();
            if let Kind::Struct { fields, .. } = &mut self.all[index].kind {
                for (field, recursive) in fields.iter_mut().zip(recursive) {
                    field.recursive = recursive;
                }
            }
        }
    }

    /// Whether a value of `outer` holds one of `inner` by value.
    fn holds(&self, outer: TypeId, inner: TypeId) -> bool {
        let mut seen = vec![false; self.all.len()];
        let mut todo = vec![outer];
        while let Some(id) = todo.pop() {
            if id == inner {
                return true;
            }
            if std::mem::replace(&mut seen[id.0], true) {
                continue;
            }
            if let Kind::Struct { fields, .. } = &self.all[id.0].kind {
                todo.extend(fields.iter().map(|field| field.ty.id));
            }
        }
        false
    }
}
