//! Types and documentation as tokens.

use proc_macro2::TokenStream;
use quote::quote;

use crate::normalise::Style;
use crate::plan::{Presence, RustType};

/// How a file names the types of `models`.
#[derive(Clone, Copy)]
pub(super) enum Naming {
    /// In `models` itself: by their names.
    Bare,
    /// After `use crate::models`.
    Module,
    /// Where another module is called `models`, or nothing is imported.
    Crate,
}

/// A type.
pub(super) fn ty(ty: &RustType, naming: Naming) -> TokenStream {
    let inner = |inner: &RustType| self::ty(inner, naming);
    match ty {
        RustType::String => quote!(String),
        RustType::Integer => quote!(i64),
        RustType::Number => quote!(f64),
        RustType::Boolean => quote!(bool),
        RustType::Json => quote!(Json),
        RustType::Object => quote!(JsonObject),
        RustType::List(items) => {
            let items = inner(items);
            quote!(Vec<#items>)
        }
        RustType::Map(values) => {
            let values = inner(values);
            quote!(BTreeMap<String, #values>)
        }
        RustType::Struct(name) | RustType::Enum(name) => {
            let name = name.ident();
            match naming {
                Naming::Bare => quote!(#name),
                Naming::Module => quote!(models::#name),
                Naming::Crate => quote!(crate::models::#name),
            }
        }
        RustType::Boxed(boxed) => {
            let boxed = inner(boxed);
            quote!(Box<#boxed>)
        }
        RustType::Option(some) => {
            let some = inner(some);
            quote!(Option<#some>)
        }
    }
}

/// The type of a member that is there as `presence` says.
pub(super) fn member(plain: &RustType, presence: Presence, naming: Naming) -> TokenStream {
    let plain = ty(plain, naming);
    match presence {
        Presence::Required => plain,
        Presence::RequiredNullable | Presence::Optional => quote!(Option<#plain>),
        Presence::OptionalNullable => quote!(Nullable<#plain>),
    }
}

/// Documentation comments.
pub(super) fn docs(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| {
        if line.is_empty() {
            String::new()
        } else {
            format!(" {line}")
        }
    });
    quote!(#(#[doc = #lines])*)
}

/// A style of the runtime.
pub(super) fn style(style: Style) -> TokenStream {
    match style {
        Style::Simple => quote!(Style::SIMPLE),
        Style::SimpleExploded => quote!(Style::SIMPLE_EXPLODED),
        Style::Label => quote!(Style::LABEL),
        Style::LabelExploded => quote!(Style::LABEL_EXPLODED),
        Style::Matrix => quote!(Style::MATRIX),
        Style::MatrixExploded => quote!(Style::MATRIX_EXPLODED),
        Style::Form => quote!(Style::FORM),
        Style::FormReserved => quote!(Style::FORM_RESERVED),
        Style::FormJoined => quote!(Style::FORM_JOINED),
        Style::Space => quote!(Style::SPACE),
        Style::Pipe => quote!(Style::PIPE),
        Style::Tab => quote!(Style::TAB),
        Style::FormJoinedReserved => quote!(Style::FORM_JOINED.reserved()),
        Style::Text => quote!(Style::TEXT),
        Style::Cookie => quote!(Style::COOKIE),
        Style::DeepObject => quote!(Style::DEEP_OBJECT),
        Style::Json => quote!(Style::JSON),
    }
}

/// Which names of the runtime and the standard library a file's types need.
#[derive(Default)]
pub(super) struct Used {
    pub(super) json: bool,
    pub(super) object: bool,
    pub(super) map: bool,
    pub(super) nullable: bool,
    pub(super) models: bool,
}

impl Used {
    /// Notes what `ty` needs.
    pub(super) fn note(&mut self, ty: &RustType) {
        match ty {
            RustType::Json => self.json = true,
            RustType::Object => self.object = true,
            RustType::Map(inner) => {
                self.map = true;
                self.note(inner);
            }
            RustType::List(inner) | RustType::Boxed(inner) | RustType::Option(inner) => {
                self.note(inner)
            }
            RustType::Struct(_) | RustType::Enum(_) => self.models = true,
            RustType::String | RustType::Integer | RustType::Number | RustType::Boolean => {}
        }
    }
}
