//! The structs and enums of `models`.

use std::collections::{HashMap, HashSet};

use super::docs;
use super::names::{RustName, Scope, precedence};
use super::rust_type::{ModelNames, Presence, RustType, rust_type};
use crate::model::{Api, Field, Kind, TypeRef, Types};

/// A struct or enum.
#[derive(Debug)]
pub struct ModelPlan {
    /// Its name.
    pub name: RustName,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Whether requests are made of it; what is only answered is for typed answers alone.
    pub is_sent: bool,
    /// What it is made of.
    pub shape: ModelShape,
}

/// What a model is made of.
#[derive(Debug)]
pub enum ModelShape {
    /// A struct, with the type of its further members where it has such.
    Struct(Vec<MemberPlan>, Option<RustType>),
    /// An enum of texts.
    Enum(Vec<RustName>),
}

/// A member of a struct.
#[derive(Clone, Debug)]
pub struct MemberPlan {
    /// Its name, made from the name on the wire.
    pub name: RustName,
    /// What serde calls it: the name on the wire, unless another member has that.
    pub serde_name: String,
    /// Its documentation.
    pub docs: Vec<String>,
    /// Its type, presence aside.
    pub ty: RustType,
    /// How it may be there.
    pub presence: Presence,
}

/// Names and plans every struct and enum.
pub(super) fn models(api: &Api) -> (ModelNames, Vec<ModelPlan>) {
    let types = &api.types;
    let names = name_all(types, &api.components);
    let taken = api.operations.iter().flat_map(|operation| {
        let parameters = operation.parameters.iter().map(|(_, ty)| ty.id);
        parameters.chain(operation.body.iter().map(|(_, ty)| ty.id))
    });
    let sent = types.reached(taken);
    let mut models: Vec<ModelPlan> = types
        .iter()
        .filter_map(|(id, ty)| {
            let name = names.get(&id)?.clone();
            let shape = match &ty.kind {
                Kind::Struct {
                    fields, additional, ..
                } => {
                    let mut scope = Scope::empty();
                    let members = fields
                        .iter()
                        .map(|field| member(field, types, &names, &mut scope))
                        .collect();
                    ModelShape::Struct(members, additional.map(|ty| rust_type(types, &names, ty)))
                }
                Kind::Enum { values, .. } => {
                    let mut scope = Scope::empty();
                    ModelShape::Enum(
                        values
                            .iter()
                            .map(|value| scope.type_name(value, "Value"))
                            .collect(),
                    )
                }
                _ => return None,
            };
            let docs = ty
                .description
                .as_deref()
                .map(docs::lines)
                .filter(|lines| !lines.is_empty());
            let docs = docs.unwrap_or_else(|| vec![format!("{}.", docs::code(name.api()))]);
            Some(ModelPlan {
                name,
                docs,
                is_sent: sent.contains(&id),
                shape,
            })
        })
        .collect();
    models.sort_by(|a, b| a.name.ident().cmp(b.name.ident()));
    (names, models)
}

/// A name for each struct and enum. Components come first, used or not, so that none of their names
/// depends on which operations are generated; what has a name of our making only comes after.
fn name_all(types: &Types, components: &[String]) -> ModelNames {
    let mut scope = Scope::types();
    let mut wanted: Vec<&String> = components.iter().collect();
    wanted.sort_by_cached_key(|api| precedence(api));
    let reserved: HashMap<&str, RustName> = wanted
        .into_iter()
        .map(|api| (api.as_str(), scope.type_name(api, "Model")))
        .collect();
    let mut names = ModelNames::new();
    let mut others = Vec::new();
    let mut used = HashSet::new();
    for (id, ty) in types.iter() {
        let (Kind::Struct { name, .. } | Kind::Enum { name, .. }) = &ty.kind else {
            continue;
        };
        match reserved.get(name.as_str()) {
            Some(reserved) if ty.is_component && used.insert(name.as_str()) => {
                names.insert(id, reserved.clone());
            }
            _ => others.push((precedence(name), &ty.at, id, name)),
        }
    }
    others.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    for (_, _, id, name) in others {
        names.insert(id, scope.type_name(name, "Model"));
    }
    names
}

fn member(field: &Field, types: &Types, names: &ModelNames, scope: &mut Scope) -> MemberPlan {
    let plain = rust_type(
        types,
        names,
        TypeRef {
            nullable: false,
            ..field.ty
        },
    );
    let nullable = field.ty.nullable && plain != RustType::Json;
    MemberPlan {
        name: scope.value_name(&field.name, "member"),
        serde_name: field.name.clone(),
        docs: documented(field.description.as_deref(), &field.name),
        ty: if field.recursive {
            RustType::Boxed(Box::new(plain))
        } else {
            plain
        },
        presence: Presence::of(field.required, nullable),
    }
}

/// The documentation of a member or parameter.
pub(super) fn documented(description: Option<&str>, name: &str) -> Vec<String> {
    let lines = description.map(docs::lines).unwrap_or_default();
    if lines.is_empty() {
        vec![format!("{}.", docs::code(name))]
    } else {
        lines
    }
}
