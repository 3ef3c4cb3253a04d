//! How types of the API are spelled in Rust.

use std::collections::HashMap;

use super::names::RustName;
use crate::model::{Kind, TypeId, TypeRef, Types};

/// A Rust type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RustType {
    /// `String`.
    String,
    /// `i64`.
    Integer,
    /// `f64`.
    Number,
    /// `bool`.
    Boolean,
    /// Any JSON.
    Json,
    /// An object of any members.
    Object,
    /// `Vec<T>`.
    List(Box<RustType>),
    /// `BTreeMap<String, T>`.
    Map(Box<RustType>),
    /// A struct of `models`.
    Struct(RustName),
    /// An enum of `models`: small enough to copy.
    Enum(RustName),
    /// `Box<T>`.
    Boxed(Box<RustType>),
    /// `Option<T>`.
    Option(Box<RustType>),
}

impl RustType {
    /// Whether it is passed by value.
    pub fn is_copy(&self) -> bool {
        matches!(
            self,
            Self::Integer | Self::Number | Self::Boolean | Self::Enum(_)
        )
    }
}

/// How a member may be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It must be, and is not null.
    Required,
    /// It must be, and may be null.
    RequiredNullable,
    /// It may be, and is not null.
    Optional,
    /// It may be, and may be null.
    OptionalNullable,
}

impl Presence {
    /// From the document's `required` and the type's `null`.
    pub fn of(required: bool, nullable: bool) -> Self {
        match (required, nullable) {
            (true, false) => Self::Required,
            (true, true) => Self::RequiredNullable,
            (false, false) => Self::Optional,
            (false, true) => Self::OptionalNullable,
        }
    }
}

/// The names given to the structs and enums of the API.
pub(super) type ModelNames = HashMap<TypeId, RustName>;

/// The Rust type of `ty`, `null` aside.
pub(super) fn rust_type(types: &Types, names: &ModelNames, ty: TypeRef) -> RustType {
    let inner = |ty: TypeRef| {
        let plain = rust_type(types, names, ty);
        Box::new(if ty.nullable && plain != RustType::Json {
            RustType::Option(Box::new(plain))
        } else {
            plain
        })
    };
    match (&types.get(ty.id).kind, names.get(&ty.id)) {
        (Kind::Struct { .. }, Some(name)) => RustType::Struct(name.clone()),
        (Kind::Enum { .. }, Some(name)) => RustType::Enum(name.clone()),
        (Kind::String | Kind::Enum { .. }, _) => RustType::String,
        (Kind::Integer, _) => RustType::Integer,
        (Kind::Number, _) => RustType::Number,
        (Kind::Boolean, _) => RustType::Boolean,
        (Kind::Json, _) => RustType::Json,
        (Kind::Object | Kind::Struct { .. }, _) => RustType::Object,
        (Kind::List(items), _) => RustType::List(inner(*items)),
        (Kind::Map(values), _) => RustType::Map(inner(*values)),
    }
}
