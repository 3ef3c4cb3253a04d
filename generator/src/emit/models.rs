//! `src/models.rs`: the structs and enums of the document.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::format::rust_file;
use super::types::{Naming, Used, docs, member, ty};
use crate::plan::names::RustName;
use crate::plan::{MemberPlan, ModelPlan, ModelShape, Plan, Presence, RustType};

/// The file.
pub(super) fn file(plan: &Plan) -> String {
    let mut items = vec![uses(plan)];
    for model in &plan.models {
        match &model.shape {
            ModelShape::Struct(members, additional) => {
                items.push(structure(model, members, additional.as_ref()));
                if model.is_sent {
                    items.push(from_argument(model, members, additional.as_ref()));
                    items.push(to_json(model, members, additional.as_ref()));
                }
            }
            ModelShape::Enum(variants) => {
                items.extend(enumeration(model, variants));
                if model.is_sent {
                    items.extend(conversions(model));
                }
            }
        }
    }
    rust_file(&["The types of the API.".to_owned()], items)
}

fn uses(plan: &Plan) -> TokenStream {
    let mut used = Used::default();
    let mut fields = false;
    for model in &plan.models {
        let ModelShape::Struct(members, additional) = &model.shape else {
            continue;
        };
        fields |= model.is_sent;
        for member in members {
            used.note(&member.ty);
            used.nullable |= member.presence == Presence::OptionalNullable;
        }
        if let Some(additional) = additional {
            used.note(additional);
            used.object |= *additional == RustType::Json;
            used.map |= *additional != RustType::Json;
        }
    }
    if plan.models.is_empty() {
        return TokenStream::new();
    }
    let map = used.map.then(|| {
        quote!(
            use std::collections::BTreeMap;
        )
    });
    let sent = plan.models.iter().any(|model| model.is_sent);
    let mut names = Vec::new();
    if sent {
        names.push(format_ident!("ArgumentError"));
    }
    if fields {
        names.extend([format_ident!("Arguments"), format_ident!("Fields")]);
    }
    if sent {
        names.push(format_ident!("FromArgument"));
    }
    if sent || used.json {
        names.push(format_ident!("Json"));
    }
    if used.object {
        names.push(format_ident!("JsonObject"));
    }
    if used.nullable {
        names.push(format_ident!("Nullable"));
    }
    if sent {
        names.push(format_ident!("ToJson"));
    }
    let runtime = (!names.is_empty()).then(|| {
        quote!(
            use toolwright_runtime::{#(#names),*};
        )
    });
    quote! { #map #runtime }
}

fn structure(
    model: &ModelPlan,
    members: &[MemberPlan],
    additional: Option<&RustType>,
) -> TokenStream {
    let name = model.name.ident();
    let docs = docs(&model.docs);
    let members = members.iter().map(|member| field(member, Naming::Bare));
    let additional = additional.map(|values| {
        let map = additional_type(values);
        quote! {
            /// Further members.
            #[cfg_attr(feature = "serde", serde(flatten))]
            pub additional: #map,
        }
    });
    // Types of answers alone are used by typed answers alone: without these, they cost nothing to build.
    let derives = if model.is_sent {
        quote! {
            #[derive(Clone, Debug, PartialEq)]
            #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        }
    } else {
        quote! {
            #[cfg_attr(feature = "serde", derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize))]
        }
    };
    quote! {
        #docs
        #derives
        pub struct #name { #(#members,)* #additional }
    }
}

fn additional_type(values: &RustType) -> TokenStream {
    if *values == RustType::Json {
        return quote!(JsonObject);
    }
    let values = ty(values, Naming::Bare);
    quote!(BTreeMap<String, #values>)
}

/// A public member of a struct, with what serde must know about it.
pub(super) fn field(plan: &MemberPlan, naming: Naming) -> TokenStream {
    let docs = docs(&plan.docs);
    let name = plan.name.ident();
    let ty = member(&plan.ty, plan.presence, naming);
    let serde_name = &plan.serde_name;
    let mut serde = Vec::new();
    if plan.name.plain() != *serde_name {
        serde.push(quote!(rename = #serde_name));
    }
    match plan.presence {
        Presence::Required | Presence::RequiredNullable => {}
        Presence::Optional => serde.push(quote!(skip_serializing_if = "Option::is_none")),
        Presence::OptionalNullable => {
            serde.push(quote!(default, skip_serializing_if = "Nullable::is_absent"))
        }
    }
    let serde =
        (!serde.is_empty()).then(|| quote!(#[cfg_attr(feature = "serde", serde(#(#serde),*))]));
    quote! { #docs #serde pub #name: #ty }
}

fn from_argument(
    model: &ModelPlan,
    members: &[MemberPlan],
    additional: Option<&RustType>,
) -> TokenStream {
    let name = model.name.ident();
    let read = members.iter().map(|member| {
        let (ident, api) = (member.name.ident(), member.name.api());
        match member.presence {
            Presence::Required | Presence::RequiredNullable => {
                quote!(#ident: object.required(#api)?)
            }
            Presence::Optional => quote!(#ident: object.optional(#api)?),
            Presence::OptionalNullable => quote!(#ident: object.nullable(#api)?),
        }
    });
    let additional = additional.map(|values| match values {
        RustType::Json => quote!(additional: object.rest_json(),),
        _ => quote!(additional: object.rest()?,),
    });
    quote! {
        impl FromArgument for #name {
            fn from_argument(value: Json) -> Result<Self, ArgumentError> {
                let mut object = Arguments::from_json(value)?;
                Ok(Self { #(#read,)* #additional })
            }
        }
    }
}

fn to_json(
    model: &ModelPlan,
    members: &[MemberPlan],
    additional: Option<&RustType>,
) -> TokenStream {
    let name = model.name.ident();
    let write = members.iter().map(|member| {
        let (ident, api) = (member.name.ident(), member.name.api());
        match member.presence {
            Presence::Required | Presence::RequiredNullable => {
                quote!(.required(#api, &self.#ident))
            }
            Presence::Optional => quote!(.optional(#api, &self.#ident)),
            Presence::OptionalNullable => quote!(.nullable(#api, &self.#ident)),
        }
    });
    let additional = additional.map(|values| match values {
        RustType::Json => quote!(.rest_json(&self.additional)),
        _ => quote!(.rest(&self.additional)),
    });
    quote! {
        impl ToJson for #name {
            fn to_json(&self) -> Json {
                Fields::new()#(#write)*#additional.finish()
            }
        }
    }
}

fn enumeration(model: &ModelPlan, variants: &[RustName]) -> [TokenStream; 2] {
    let name = model.name.ident();
    let docs = docs(&model.docs);
    let variant = variants.iter().map(|variant| {
        let (ident, api) = (variant.ident(), variant.api());
        let doc = format!(" `{}`.", api.replace('`', "'"));
        quote! { #[doc = #doc] #[cfg_attr(feature = "serde", serde(rename = #api))] #ident }
    });
    let idents: Vec<_> = variants.iter().map(RustName::ident).collect();
    let texts: Vec<_> = variants.iter().map(RustName::api).collect();
    let (derives, only) = if model.is_sent {
        let derives = quote! {
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
            #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        };
        (derives, None)
    } else {
        let derives = quote! {
            #[cfg_attr(feature = "serde", derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize))]
        };
        (derives, Some(quote!(#[cfg(feature = "serde")])))
    };
    [
        quote! {
            #docs
            #derives
            pub enum #name { #(#variant),* }
        },
        quote! {
            #only
            impl #name {
                /// Every value, in the document's order.
                pub const ALL: &'static [Self] = &[#(Self::#idents),*];

                /// The value on the wire.
                pub fn as_str(self) -> &'static str {
                    match self { #(Self::#idents => #texts),* }
                }
            }
        },
    ]
}

/// How the values of an enum come from arguments and go into requests.
fn conversions(model: &ModelPlan) -> [TokenStream; 2] {
    let name = model.name.ident();
    [
        quote! {
            impl FromArgument for #name {
                fn from_argument(value: Json) -> Result<Self, ArgumentError> {
                    toolwright_runtime::one_of(value, Self::ALL, Self::as_str)
                }
            }
        },
        quote! {
            impl ToJson for #name {
                fn to_json(&self) -> Json {
                    Json::from(self.as_str())
                }
            }
        },
    ]
}
