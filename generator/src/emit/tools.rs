//! `src/tools/`: a handler per tool, by domain, and the way from a tool's name to its handler.

use proc_macro2::{Literal, TokenStream, TokenTree};
use quote::{format_ident, quote};

use super::behaviour::{self, has_duration};
use super::format::rust_file;
use super::types::Naming;
use crate::plan::{
    MethodPlan, Plan, PlannedTool, Presence, Read, ReadBody, RustType, Setup, ToolPlan,
};
use crate::read::tools_spec::{Format, TailSpec};

/// `src/tools/mod.rs`.
pub(super) fn dispatch_file(plan: &Plan) -> String {
    let used = plan
        .clients
        .iter()
        .enumerate()
        .filter(|(index, _)| plan.handlers().any(|tool| tool.handler.call.0 == *index));
    // What is not listed is named from outside.
    let modules = used.map(|(index, client)| {
        let named = plan
            .unlisted
            .iter()
            .any(|tool| tool.handler.call.0 == index);
        let (visibility, module) = (named.then(|| quote!(pub(crate))), client.module.ident());
        quote!(#visibility mod #module;)
    });
    let arms = plan.tools.iter().map(|tool| {
        let module = plan.clients[tool.handler.call.0].module.ident();
        let constant = tool.handler.constant.ident();
        let names = [tool.name.as_str()]
            .into_iter()
            .chain(tool.aliases.iter().map(String::as_str));
        quote!(#(#names)|* => &#module::#constant)
    });
    let lookup = if plan.tools.is_empty() {
        quote! {
            /// The tool of this name: there is none.
            pub(crate) fn tool(_: &str) -> Option<&'static Tool> { None }
        }
    } else {
        quote! {
            /// The tool of this name, old names included.
            pub(crate) fn tool(name: &str) -> Option<&'static Tool> {
                Some(match name { #(#arms,)* _ => return None })
            }
        }
    };
    let items = vec![
        quote! { #(#modules)* },
        quote! { use toolwright_runtime::Tool; },
        lookup,
    ];
    rust_file(
        &["The tools: from checked arguments to a request.".to_owned()],
        items,
    )
}

/// The file of the tools over one client.
pub(super) fn tools_file(plan: &Plan, client: usize) -> String {
    let tools: Vec<&PlannedTool> = plan
        .handlers()
        .filter(|tool| tool.handler.call.0 == client)
        .collect();
    let mut items = vec![uses(plan, client, &tools)];
    for tool in &tools {
        let method = &plan.clients[client].methods[tool.handler.call.1];
        items.push(constant(tool, is_listed(plan, tool)));
        items.push(function(plan, tool, method));
    }
    rust_file(
        &[format!(
            "Tools of the domain {}.",
            plan.clients[client].domain
        )],
        items,
    )
}

fn is_listed(plan: &Plan, tool: &PlannedTool) -> bool {
    plan.tools.iter().any(|one| std::ptr::eq(one, tool))
}

fn uses(plan: &Plan, client: usize, tools: &[&PlannedTool]) -> TokenStream {
    let entry = &plan.clients[client];
    let module = entry.module.ident();
    let mut names = vec![entry.name.ident().clone()];
    for tool in tools {
        if let Some(query) = &entry.methods[tool.handler.call.1].query
            && !names.contains(query.name.ident())
        {
            names.push(query.name.ident().clone());
        }
    }
    names.sort();
    let typed = |tool: &&&PlannedTool| matches!(tool.handler.body, ReadBody::Fields { .. });
    let models = tools.iter().any(|tool| typed(&tool)).then(|| {
        quote!(
            use crate::models;
        )
    });
    let mut runtime = vec![
        "ArgumentError",
        "Arguments",
        "Http",
        "Request",
        "Shape",
        "Tool",
    ];
    for tool in tools {
        let (handler, response) = (&tool.handler, &tool.handler.response);
        runtime.extend(behaviour::names(tool));
        runtime.extend(handler.failure.as_ref().map(|_| "Failure"));
        runtime.extend(reads_nullable(tool).then_some("Nullable"));
        runtime.extend(
            response
                .tail
                .as_ref()
                .or(response.head.as_ref())
                .map(|_| "Cut"),
        );
    }
    if tools.iter().any(|tool| !is_listed(plan, tool)) {
        runtime.push("Unlisted");
    }
    runtime.sort_unstable();
    runtime.dedup();
    let runtime = runtime.into_iter().map(|name| format_ident!("{name}"));
    let duration = tools.iter().any(|tool| has_duration(tool)).then(|| {
        quote!(
            use core::time::Duration;
        )
    });
    quote! {
        #duration
        use toolwright_runtime::{#(#runtime),*};
        use crate::clients::#module::{#(#names),*};
        #models
    }
}

fn reads_nullable(tool: &PlannedTool) -> bool {
    let omitted = |read: &Read| matches!(read, Read::Omitted(Presence::OptionalNullable));
    matches!(&tool.handler.body, ReadBody::Fields { members, .. } if members.iter().any(|(_, read)| omitted(read)))
}

fn constant(tool: &PlannedTool, listed: bool) -> TokenStream {
    let (constant, function, name) = (
        tool.handler.constant.ident(),
        tool.handler.function.ident(),
        &tool.name,
    );
    let shape = shape(&tool.handler);
    let behaviour = behaviour::behaviour(tool);
    let doc = format!(" `{name}`: `{} {}`", tool.method, tool.path);
    let json = &tool.json;
    let tool =
        quote!(Tool { name: #name, request: #function, response: #shape, behaviour: #behaviour });
    if listed {
        return quote! {
            #[doc = #doc]
            pub(super) static #constant: Tool = #tool;
        };
    }
    let schema = json["inputSchema"].to_string();
    quote! {
        #[doc = #doc]
        pub(crate) static #constant: Unlisted = Unlisted { tool: #tool, schema: #schema };
    }
}

fn shape(handler: &ToolPlan) -> TokenStream {
    let (response, delivery) = (&handler.response, &handler.delivery);
    let mut members = Vec::new();
    if let Some(failure) = &handler.failure {
        let (at, equals) = (&failure.at, failure.equals.to_string());
        members.push(quote!(failure: Some(Failure { at: #at, equals: #equals })));
    }
    if !response.select.is_empty() {
        let select = &response.select;
        members.push(quote!(select: &[#(#select),*]));
    }
    if !response.omit.is_empty() {
        let omit = &response.omit;
        members.push(quote!(omit: &[#(#omit),*]));
    }
    if response.drop_nulls {
        members.push(quote!(drop_nulls: true));
    }
    if let Some(tail) = response.tail.as_ref().map(cut) {
        members.push(quote!(tail: Some(#tail)));
    }
    if let Some(head) = response.head.as_ref().map(cut) {
        members.push(quote!(head: Some(#head)));
    }
    if let Some(name) = delivery.wrap {
        members.push(quote!(wrap: Some(#name)));
    }
    if response.format == Format::Table {
        members.push(quote!(table: true));
    }
    if let Some(max) = delivery.max.map(Literal::u64_unsuffixed) {
        members.push(quote!(max: #max));
    }
    if !delivery.rest.is_empty() {
        let rest = &delivery.rest;
        members.push(quote!(rest: &[#(#rest),*]));
    }
    if members.is_empty() {
        quote!(Shape::WHOLE)
    } else {
        quote!(Shape { #(#members,)* ..Shape::WHOLE })
    }
}

/// Arrays that are cut by an argument.
fn cut(cut: &TailSpec) -> TokenStream {
    let (by, arrays) = (&cut.by, &cut.arrays);
    let mark = cut.mark.iter().map(|(pointer, value)| {
        let value = value.to_string();
        quote!((#pointer, #value))
    });
    quote!(Cut { by: #by, arrays: &[#(#arrays),*], mark: &[#(#mark),*] })
}

fn function(plan: &Plan, tool: &PlannedTool, method: &MethodPlan) -> TokenStream {
    let handler = &tool.handler;
    let (function, client, name) = (
        handler.function.ident(),
        plan.clients[handler.call.0].name.ident(),
        method.name.ident(),
    );
    let setup = handler.setup.iter().map(|step| match step {
        Setup::Default(name, json) => quote!(arguments.default(#name, #json);),
        Setup::Set(name, json) => quote!(arguments.set(#name, #json);),
        Setup::Place(name, into, pointer) => quote!(arguments.place(#name, #into, #pointer);),
        Setup::Rename(name, pointer, shown, wire) => {
            quote!(arguments.rename(#name, #pointer, #shown, #wire);)
        }
    });
    let mut statements: Vec<TokenStream> = setup.collect();
    let mut values = Vec::new();
    for (argument, read) in method.path.iter().zip(&handler.path) {
        let name = argument.name.ident();
        let ty = local(&argument.ty);
        let value = self::read(read);
        statements.push(quote!(let #name: #ty = #value;));
        values.push(passed(name, &argument.ty));
    }
    if let Some(query) = &method.query {
        let name = query.name.ident();
        let members = query.slots.iter().zip(&handler.query).map(|(slot, read)| {
            let (name, value) = (slot.member.name.ident(), self::read(read));
            quote!(#name: #value)
        });
        statements.push(quote!(let query = #name { #(#members),* };));
        values.push(quote!(&query));
    }
    if let Some((statement, value)) = body(tool, method) {
        statements.push(statement);
        values.push(value);
    }
    // All that an operation takes may be hidden.
    let arguments = if statements.iter().cloned().any(reads_arguments) {
        quote!(arguments)
    } else {
        quote!(_)
    };
    quote! {
        fn #function(http: &Http, #arguments: &mut Arguments) -> Result<Request, ArgumentError> {
            #(#statements)*
            Ok(#client(http).#name(#(#values),*).into_request())
        }
    }
}

fn reads_arguments(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(name) => name == "arguments",
        TokenTree::Group(group) => reads_arguments(group.stream()),
        _ => false,
    })
}

/// The type of a value that is read by itself.
fn local(ty: &RustType) -> TokenStream {
    match ty {
        RustType::Json => quote!(toolwright_runtime::Json),
        RustType::Object => quote!(toolwright_runtime::JsonObject),
        // The method that takes it says the rest.
        RustType::Map(_) => quote!(_),
        RustType::List(items) => {
            let items = local(items);
            quote!(Vec<#items>)
        }
        other => super::types::ty(other, Naming::Crate),
    }
}

/// How a value that was read is passed on.
fn passed(name: &proc_macro2::Ident, ty: &RustType) -> TokenStream {
    if ty.is_copy() {
        quote!(#name)
    } else {
        quote!(&#name)
    }
}

fn body(tool: &PlannedTool, method: &MethodPlan) -> Option<(TokenStream, TokenStream)> {
    let plan = method.body.as_ref()?;
    match &tool.handler.body {
        ReadBody::None => None,
        ReadBody::Whole(read) => {
            let ty = local(&plan.ty);
            let value = self::read(read);
            Some(if plan.required {
                (
                    quote!(let body: #ty = #value;),
                    passed(&format_ident!("body"), &plan.ty),
                )
            } else {
                let passed = if plan.ty.is_copy() {
                    quote!(body)
                } else if matches!(plan.ty, RustType::String | RustType::List(_)) {
                    quote!(body.as_deref())
                } else {
                    quote!(body.as_ref())
                };
                (quote!(let body: Option<#ty> = #value;), passed)
            })
        }
        ReadBody::Fields {
            name,
            members,
            wanted_by,
        } => {
            let name = name.ident();
            let members = members.iter().map(|(member, read)| {
                let (member, value) = (member.ident(), self::read(read));
                quote!(#member: #value)
            });
            let literal = quote!(models::#name { #(#members),* });
            Some(match wanted_by {
                None => (quote!(let body = #literal;), quote!(&body)),
                Some(names) => (
                    quote!(let body = if arguments.has_any(&[#(#names),*]) { Some(#literal) } else { None };),
                    quote!(body.as_ref()),
                ),
            })
        }
    }
}

fn read(read: &Read) -> TokenStream {
    match read {
        Read::Argument(name, Presence::Required | Presence::RequiredNullable) => {
            quote!(arguments.required(#name)?)
        }
        Read::Argument(name, Presence::Optional) => quote!(arguments.optional(#name)?),
        Read::Argument(name, Presence::OptionalNullable) => quote!(arguments.nullable(#name)?),
        Read::First(name, Presence::Required) => quote!(arguments.required_first(#name)?),
        Read::First(name, Presence::Optional | Presence::RequiredNullable) => {
            quote!(arguments.first(#name)?)
        }
        Read::First(name, Presence::OptionalNullable) => quote!(arguments.first(#name)?.into()),
        Read::Omitted(Presence::Optional | Presence::RequiredNullable) => quote!(None),
        Read::Omitted(Presence::OptionalNullable) => quote!(Nullable::Absent),
        // The model refuses a tool that sends nothing for what is required.
        Read::Omitted(Presence::Required) => quote!(arguments.required("")?),
    }
}
