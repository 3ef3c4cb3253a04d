//! The typed clients and the facade.

use std::collections::HashMap;

use super::docs;
use super::models::{MemberPlan, documented};
use super::names::{RustName, Scope, precedence};
use super::rust_type::{ModelNames, Presence, RustType, rust_type};
use super::security::SecurityPlan;
use super::servers::ServersPlan;
use crate::model::{Api, Client, Method, Operation, TypeRef};
use crate::normalise::{Encoding, Location, Media, PartEncoding, Style, encoding};

/// A typed client: a struct in a module of its own.
#[derive(Debug)]
pub struct ClientPlan {
    /// Its module, and the facade's method that gives it.
    pub module: RustName,
    /// Its struct.
    pub name: RustName,
    /// What documentation calls it.
    pub domain: String,
    /// Its methods.
    pub methods: Vec<MethodPlan>,
}

/// A method of a client.
#[derive(Debug)]
pub struct MethodPlan {
    /// Its name.
    pub name: RustName,
    /// Its documentation, the endpoint at the end of the first line.
    pub docs: Vec<String>,
    /// The operation, as an index into the API's.
    pub operation: usize,
    /// The HTTP method, upper case.
    pub http_method: String,
    /// The path template.
    pub template: String,
    /// What it takes for the path, one argument each.
    pub path: Vec<PathArgument>,
    /// What it takes besides path and body.
    pub query: Option<QueryPlan>,
    /// What it takes as body.
    pub body: Option<BodyPlan>,
    /// What it answers.
    pub answer: RustType,
    /// What it asks for, where that is no JSON.
    pub accept: Option<String>,
    /// What proves who asks, if not what is usual: a constant of `security`.
    pub security: Option<RustName>,
    /// The server it has for itself: a static of `servers`.
    pub server: Option<RustName>,
}

/// An argument of a method that goes into the path.
#[derive(Debug)]
pub struct PathArgument {
    /// Its name, made from the name on the wire.
    pub name: RustName,
    /// Its type.
    pub ty: RustType,
    /// How it is written.
    pub style: Style,
    /// The parameter's index in the operation.
    pub parameter: usize,
}

/// A struct of the parameters that are not in the path.
#[derive(Debug)]
pub struct QueryPlan {
    /// Its name.
    pub name: RustName,
    /// Its members.
    pub slots: Vec<QuerySlot>,
}

/// A parameter that is not in the path.
#[derive(Debug)]
pub struct QuerySlot {
    /// The member of the struct.
    pub member: MemberPlan,
    /// Where it travels.
    pub location: Location,
    /// How it is written.
    pub style: Style,
    /// The parameter's index in the operation.
    pub parameter: usize,
}

/// The body of a method.
#[derive(Debug)]
pub struct BodyPlan {
    /// Its type.
    pub ty: RustType,
    /// Whether it must be given.
    pub required: bool,
    /// How it is written.
    pub encoding: Encoding,
    /// Its media type.
    pub media_type: String,
    /// For multipart bodies, the members that are files.
    pub files: Vec<String>,
    /// What the document says of members of a form or multipart body.
    pub parts: Vec<PartEncoding>,
}

/// A method that the facade offers itself.
#[derive(Debug)]
pub struct Delegate {
    /// The client.
    pub client: usize,
    /// Its method.
    pub method: usize,
}

/// Plans every client.
pub(super) fn clients(
    api: &Api,
    models: &ModelNames,
    security: &SecurityPlan,
    servers: &ServersPlan,
) -> Vec<ClientPlan> {
    let mut modules = Scope::modules();
    let mut order: Vec<&str> = api
        .clients
        .iter()
        .map(|client| client.name.as_str())
        .collect();
    order.sort_by_cached_key(|name| precedence(name));
    let modules: HashMap<&str, RustName> = order
        .into_iter()
        .map(|name| (name, modules.module_name(name, "client")))
        .collect();
    api.clients
        .iter()
        .map(|client| {
            let module = modules[client.name.as_str()].clone();
            let mut types = Scope::types();
            let name = types.type_name(&client.name, "Client");
            let mut names = method_names(api, client);
            let methods = client
                .methods
                .iter()
                .enumerate()
                .filter_map(|(position, method)| {
                    let name = names.remove(&position)?;
                    let index = method.operation;
                    Some(MethodPlan {
                        security: security.constant_of(index),
                        server: servers.constant_of(index),
                        ..plan_method(api, index, name, &mut types, models)
                    })
                });
            let methods = methods.collect();
            ClientPlan {
                module,
                name,
                domain: docs::code(&client.name),
                methods,
            }
        })
        .collect()
}

/// A name for each method, by its index: those that tools call come first, as the tools spec lists them,
/// so that what is added to it later takes no name away.
fn method_names(api: &Api, client: &Client) -> HashMap<usize, RustName> {
    let place = |operation: usize| {
        let called = api
            .tools
            .iter()
            .position(|tool| tool.operation == operation);
        called.unwrap_or(usize::MAX)
    };
    let mut order: Vec<(usize, &Method)> = client.methods.iter().enumerate().collect();
    order.sort_by_cached_key(|(_, method)| (place(method.operation), precedence(&method.name)));
    let mut scope = Scope::empty();
    order
        .into_iter()
        .map(|(index, method)| {
            let operation = &api.operations[method.operation];
            let longer = format!("{} {}", operation.method, operation.path);
            (index, scope.value_name_or(&method.name, &longer))
        })
        .collect()
}

fn plan_method(
    api: &Api,
    index: usize,
    name: RustName,
    scope: &mut Scope,
    models: &ModelNames,
) -> MethodPlan {
    let operation = &api.operations[index];
    let plain = |ty: TypeRef| {
        rust_type(
            &api.types,
            models,
            TypeRef {
                nullable: false,
                ..ty
            },
        )
    };
    let mut path = Vec::new();
    let mut slots = Vec::new();
    let mut arguments = Scope::values();
    let mut members = Scope::empty();
    for (parameter_index, (parameter, ty)) in operation.parameters.iter().enumerate() {
        if parameter.location == Location::Path {
            let name = arguments.value_name(&parameter.name, "path");
            path.push(PathArgument {
                name,
                ty: plain(*ty),
                style: parameter.style,
                parameter: parameter_index,
            });
        } else {
            let name = members.value_name(&parameter.name, location_word(parameter.location));
            let is_known = |slot: &QuerySlot| slot.member.serde_name == parameter.name;
            let member = MemberPlan {
                serde_name: if slots.iter().any(is_known) {
                    name.plain()
                } else {
                    parameter.name.clone()
                },
                name,
                docs: documented(parameter.description.as_deref(), &parameter.name),
                ty: plain(*ty),
                presence: Presence::of(parameter.required, false),
            };
            slots.push(QuerySlot {
                member,
                location: parameter.location,
                style: parameter.style,
                parameter: parameter_index,
            });
        }
    }
    let query = (!slots.is_empty()).then(|| QueryPlan {
        name: scope.type_name(&name.plain(), "Query"),
        slots,
    });
    let body = operation.body.as_ref().map(|(body, ty)| BodyPlan {
        ty: plain(*ty),
        required: body.required,
        encoding: body.encoding,
        media_type: body.media_type.clone(),
        files: body.files.clone(),
        parts: body.parts.clone(),
    });
    MethodPlan {
        docs: method_docs(operation),
        accept: accept(&operation.success),
        security: None,
        server: None,
        operation: index,
        http_method: operation.method.clone(),
        template: operation.template.clone(),
        path,
        query,
        body,
        answer: operation.answer.map_or(RustType::Json, |ty| {
            let answer = plain(ty);
            if ty.nullable && answer != RustType::Json {
                RustType::Option(Box::new(answer))
            } else {
                answer
            }
        }),
        name,
    }
}

/// The value of `Accept` for answers that are no `application/json`.
fn accept(success: &[Media]) -> Option<String> {
    let essence = |media: &Media| {
        let essence = media.media_type.split(';').next().unwrap_or_default();
        essence.trim().to_ascii_lowercase()
    };
    let sign = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&^_.+-*".contains(&byte);
    let is_one = |essence: &String| {
        essence.split_once('/').is_some_and(|(kind, name)| {
            !kind.is_empty()
                && !name.is_empty()
                && [kind, name].iter().all(|part| part.bytes().all(sign))
        })
    };
    let mut kinds: Vec<String> = Vec::new();
    for kind in success.iter().map(essence).filter(is_one) {
        if kind == "application/json" || kind == "*/*" || kind == "application/*" {
            return None;
        }
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    // Where one of several is JSON, that comes first.
    kinds.sort_by_key(|kind| encoding(kind) != Encoding::Json);
    kinds.truncate(8);
    (!kinds.is_empty()).then(|| format!("{}, */*;q=0.5", kinds.join(", ")))
}

fn location_word(location: Location) -> &'static str {
    match location {
        Location::Path => "path",
        Location::Query | Location::QueryString => "query",
        Location::Header => "header",
        Location::Cookie => "cookie",
    }
}

fn method_docs(operation: &Operation) -> Vec<String> {
    let summary = operation
        .summary
        .as_deref()
        .or(operation.description.as_deref())
        .map(docs::first_line)
        .filter(|text| !text.is_empty());
    let endpoint = docs::code(&operation.endpoint());
    let first = match summary {
        Some(text) if text.ends_with(['.', '!', '?', ':']) => format!("{text} {endpoint}"),
        Some(text) => format!("{text}. {endpoint}"),
        None => endpoint,
    };
    let mut lines = vec![first];
    if let (Some(_), Some(description)) = (&operation.summary, &operation.description) {
        lines.push(String::new());
        lines.extend(docs::lines(description));
    }
    lines
}

/// Plans the facade's own methods.
pub(super) fn facade(api: &Api, clients: &[ClientPlan]) -> Vec<Delegate> {
    api.facade
        .iter()
        .map(|(client, method)| Delegate {
            client: *client,
            method: *method,
        })
        .filter(|delegate| {
            // A method named as a client would hide that client: it stays with the client.
            let name = clients[delegate.client].methods[delegate.method]
                .name
                .plain();
            !clients.iter().any(|client| client.module.plain() == name)
        })
        .collect()
}
