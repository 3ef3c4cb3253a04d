//! `src/clients/`: a file per client, and the facade.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::format::rust_file;
use super::models::field;
use super::types::{Naming, Used, docs, style, ty};
use crate::normalise::{Encoding, Location, PartEncoding};
use crate::plan::{
    BodyPlan, ClientPlan, MethodPlan, PathArgument, Plan, Presence, QueryPlan, QuerySlot, RustType,
};

/// The file of one client.
pub(super) fn client_file(plan: &Plan, client: &ClientPlan) -> String {
    let name = client.name.ident();
    let domain = &client.domain;
    let doc = format!(" Requests of the domain {domain}.");
    let mut items = vec![uses(client)];
    for query in client
        .methods
        .iter()
        .filter_map(|method| Some((method, method.query.as_ref()?)))
    {
        items.push(query_struct(client, query.0, query.1));
    }
    items.push(quote! {
        #[doc = #doc]
        #[derive(Clone, Copy, Debug)]
        pub struct #name<'a>(pub(crate) &'a Http);
    });
    let methods = client.methods.iter().map(method);
    items.push(quote! { impl<'a> #name<'a> { #(#methods)* } });
    rust_file(
        &[format!(
            "Requests of the domain {domain} of {}.",
            plan.title
        )],
        items,
    )
}

fn uses(client: &ClientPlan) -> TokenStream {
    let mut used = Used::default();
    let (mut styled, mut parts, mut methods) = (false, false, false);
    for method in &client.methods {
        used.note(&method.answer);
        method
            .path
            .iter()
            .for_each(|argument| used.note(&argument.ty));
        styled |= !method.path.is_empty();
        for slot in method.query.iter().flat_map(|query| &query.slots) {
            used.note(&slot.member.ty);
            styled = true;
        }
        if let Some(body) = &method.body {
            used.note(&body.ty);
            parts |= names_parts(body);
            styled |= body
                .parts
                .iter()
                .any(|part| part.style.is_some() && !body.files.contains(&part.name));
        }
        methods |= !is_extension(&method.http_method);
    }
    let map = used.map.then(|| {
        quote!(
            use std::collections::BTreeMap;
        )
    });
    let models = used.models.then(|| {
        quote!(
            use crate::models;
        )
    });
    let mut names = vec![format_ident!("Call"), format_ident!("Http")];
    if used.json {
        names.push(format_ident!("Json"));
    }
    if used.object {
        names.push(format_ident!("JsonObject"));
    }
    if methods {
        names.push(format_ident!("Method"));
    }
    if parts {
        names.push(format_ident!("Part"));
    }
    names.push(format_ident!("Request"));
    if styled {
        names.push(format_ident!("Style"));
    }
    let security = client
        .methods
        .iter()
        .any(|method| method.security.is_some());
    let security = security.then(|| {
        quote!(
            use crate::security;
        )
    });
    let servers = client.methods.iter().any(|method| method.server.is_some());
    let servers = servers.then(|| {
        quote!(
            use crate::servers;
        )
    });
    quote! { #map use toolwright_runtime::{#(#names),*}; #models #security #servers }
}

const METHODS: [&str; 9] = [
    "GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "QUERY",
];

/// Whether a method is none that the runtime knows by name.
fn is_extension(method: &str) -> bool {
    !METHODS.contains(&method)
}

fn query_struct(client: &ClientPlan, method: &MethodPlan, query: &QueryPlan) -> TokenStream {
    let name = query.name.ident();
    let doc = format!(
        " Parameters of [`{}::{}`].",
        client.name.ident(),
        method.name.plain()
    );
    let members = query
        .slots
        .iter()
        .map(|slot| field(&slot.member, Naming::Module));
    let optional = query
        .slots
        .iter()
        .all(|slot| slot.member.presence == Presence::Optional);
    let default = optional.then(|| quote!(, Default));
    quote! {
        #[doc = #doc]
        #[derive(Clone, Debug, PartialEq #default)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        pub struct #name { #(#members),* }
    }
}

fn method(method: &MethodPlan) -> TokenStream {
    let docs = docs(&method.docs);
    let name = method.name.ident();
    let answer = ty(&method.answer, Naming::Module);
    let parameters = parameters(method, Naming::Module);
    let template = &method.template;
    let request = match method.http_method.as_str() {
        known if !is_extension(known) => {
            let verb = format_ident!("{known}");
            quote!(Request::new(Method::#verb, #template))
        }
        other => quote!(Request::by_method(#other, #template)),
    };
    let path = method.path.iter().map(path_statement);
    let slots = method
        .query
        .iter()
        .flat_map(|query| &query.slots)
        .map(slot_statement);
    let body = method.body.as_ref().map(body_statement);
    let wire = wire_statements(method);
    let has_parts = !method.path.is_empty()
        || method.query.is_some()
        || method.body.is_some()
        || !wire.is_empty();
    let statements = if has_parts {
        quote! {
            let mut request = #request;
            #(#path)* #(#slots)* #body #(#wire)*
            self.0.call(request)
        }
    } else {
        quote!(self.0.call(#request))
    };
    quote! { #docs pub fn #name(&self, #(#parameters),*) -> Call<'a, #answer> { #statements } }
}

/// What of an operation is not as it is for others.
fn wire_statements(method: &MethodPlan) -> Vec<TokenStream> {
    let accept = method
        .accept
        .as_ref()
        .map(|accept| quote!(request.accept(#accept);));
    let security = method.security.as_ref().map(|set| {
        let set = set.ident();
        quote!(request.security(security::#set);)
    });
    let server = method.server.as_ref().map(|server| {
        let server = server.ident();
        quote!(request.server(&servers::#server);)
    });
    [accept, security, server].into_iter().flatten().collect()
}

/// The parameters of a method, `self` aside.
fn parameters(method: &MethodPlan, naming: Naming) -> Vec<TokenStream> {
    let mut parameters: Vec<TokenStream> = method
        .path
        .iter()
        .map(|argument| {
            let name = argument.name.ident();
            let ty = borrowed(&argument.ty, naming);
            quote!(#name: #ty)
        })
        .collect();
    if let Some(query) = &method.query {
        let name = query.name.ident();
        parameters.push(quote!(query: &#name));
    }
    if let Some(body) = &method.body {
        let ty = borrowed(&body.ty, naming);
        parameters.push(if body.required {
            quote!(body: #ty)
        } else {
            quote!(body: Option<#ty>)
        });
    }
    parameters
}

fn borrowed(plain: &RustType, naming: Naming) -> TokenStream {
    match plain {
        RustType::String => quote!(&str),
        RustType::List(items) => {
            let items = ty(items, naming);
            quote!(&[#items])
        }
        other if other.is_copy() => ty(other, naming),
        other => {
            let other = ty(other, naming);
            quote!(&#other)
        }
    }
}

fn path_statement(argument: &PathArgument) -> TokenStream {
    let (name, api, style) = (
        argument.name.ident(),
        argument.name.api(),
        style(argument.style),
    );
    quote!(request.path(#api, #name, #style);)
}

fn slot_statement(slot: &QuerySlot) -> TokenStream {
    let (name, api, style) = (
        slot.member.name.ident(),
        slot.member.name.api(),
        style(slot.style),
    );
    let value = if slot.member.ty.is_copy() {
        quote!(query.#name)
    } else {
        quote!(&query.#name)
    };
    match slot.location {
        Location::Path | Location::Query => quote!(request.query(#api, #value, #style);),
        Location::QueryString => quote!(request.querystring(#value, #style);),
        Location::Header => quote!(request.header(#api, #value, #style);),
        Location::Cookie => quote!(request.cookie(#api, #value, #style);),
    }
}

fn body_statement(body: &BodyPlan) -> TokenStream {
    let media_type = &body.media_type;
    let files = &body.files;
    match body.encoding {
        Encoding::Json
            if matches!(
                media_type.as_str(),
                "application/json" | "*/*" | "application/*"
            ) =>
        {
            quote!(request.json(body);)
        }
        Encoding::Json => quote!(request.json_as(#media_type, body);),
        Encoding::JsonLines => quote!(request.json_lines(#media_type, body);),
        Encoding::Form if body.parts.is_empty() => quote!(request.form(body);),
        Encoding::Form => {
            let parts = body.parts.iter().map(|part| self::part(part, false));
            quote!(request.form_of(body, &[#(#parts),*]);)
        }
        Encoding::Multipart if is_plain_multipart(body) => {
            quote!(request.multipart(body, &[#(#files),*]);)
        }
        Encoding::Multipart => {
            let is_said = |name: &&String| body.parts.iter().any(|part| part.name == **name);
            let files = files.iter().filter(|name| !is_said(name));
            let files = files.map(|name| quote!(Part::file(#name)));
            let said = body.parts.iter();
            let said = said.map(|part| self::part(part, body.files.contains(&part.name)));
            let parts = files.chain(said);
            quote!(request.multipart_of(#media_type, body, &[#(#parts),*]);)
        }
        Encoding::Text => quote!(request.text(#media_type, body);),
        Encoding::Bytes => quote!(request.bytes(#media_type, body);),
    }
}

/// Whether a multipart body is one that needs no more than the names of its files.
fn is_plain_multipart(body: &BodyPlan) -> bool {
    body.parts.is_empty() && body.media_type.eq_ignore_ascii_case("multipart/form-data")
}

/// Whether the statement of a body names parts.
fn names_parts(body: &BodyPlan) -> bool {
    match body.encoding {
        Encoding::Form => !body.parts.is_empty(),
        Encoding::Multipart => {
            !(is_plain_multipart(body) || body.parts.is_empty() && body.files.is_empty())
        }
        _ => false,
    }
}

fn part(part: &PartEncoding, is_file: bool) -> TokenStream {
    let name = &part.name;
    match (&part.style, &part.media_type, is_file) {
        (_, Some(media_type), true) => quote!(Part::file_of(#name, #media_type)),
        (_, None, true) => quote!(Part::file(#name)),
        (Some(known), _, false) => {
            let style = style(*known);
            quote!(Part::styled(#name, #style))
        }
        (None, media_type, false) => {
            let media_type = media_type.as_deref().unwrap_or("text/plain");
            quote!(Part::of(#name, #media_type))
        }
    }
}

/// The facade: one client with all domains.
pub(super) fn facade_file(plan: &Plan) -> String {
    let modules = plan.clients.iter().map(|client| client.module.ident());
    let mut used = Used::default();
    let delegates: Vec<TokenStream> = plan
        .facade
        .iter()
        .map(|delegate| {
            let client = &plan.clients[delegate.client];
            let method = &client.methods[delegate.method];
            note(&mut used, method);
            delegated(client, method)
        })
        .collect();
    let health = plan.health.map(|(client, method)| {
        let client = &plan.clients[client];
        let method = &client.methods[method];
        used.note(&method.answer);
        let (module, name, answer) = (
            client.module.ident(),
            method.name.ident(),
            ty(&method.answer, Naming::Crate),
        );
        let doc = format!(
            " Asks the backend whether it is well. `{} {}`",
            method.http_method, method.template
        );
        quote! {
            #[doc = #doc]
            pub fn health_check(&self) -> Call<'_, #answer> { self.#module().#name() }
        }
    });
    let accessors = plan.clients.iter().map(|client| {
        let (module, name) = (client.module.ident(), client.name.ident());
        let doc = format!(" Requests of the domain {}.", client.domain);
        quote! { #[doc = #doc] pub fn #module(&self) -> #module::#name<'_> { #module::#name(&self.http) } }
    });
    // With no domain to reach, what is below is all there is.
    let accessor = plan.clients.is_empty().then(|| {
        quote! {
            /// The connections to the backend.
            pub fn http(&self) -> &Http { &self.http }
        }
    });
    let names = facade_names(&used, health.is_some() || !delegates.is_empty());
    let map = used.map.then(|| {
        quote!(
            use std::collections::BTreeMap;
        )
    });
    let builder = if plan.security.schemes.is_empty() {
        quote!(Http::builder())
    } else {
        quote!(Http::builder().security(crate::security::SECURITY.default))
    };
    let doc = format!(
        " A client of {}: every domain over one pool of connections.",
        plan.title
    );
    let items = vec![
        quote! { #(pub mod #modules;)* },
        quote! { #map use toolwright_runtime::{#(#names),*}; },
        quote! { #[doc = #doc] #[derive(Clone, Debug)] pub struct Client { http: Http } },
        quote! {
            impl Client {
                /// A client of the backend at `base_url`, with default limits.
                ///
                /// # Errors
                /// If `base_url` is not an `http` or `https` URL.
                pub fn new(base_url: &str) -> Result<Self, Error> { Self::builder().build(base_url).map(Self::from_http) }

                /// Settings of a client: limits, and what proves who asks.
                pub fn builder() -> HttpBuilder { #builder }

                /// A client over a connection pool that was set up with [`builder`](Self::builder).
                pub fn from_http(http: Http) -> Self { Self { http } }

                #accessor
                #(#accessors)*
                #health
                #(#delegates)*
            }
        },
    ];
    rust_file(
        &[format!("Typed clients of {}, by domain.", plan.title)],
        items,
    )
}

fn note(used: &mut Used, method: &MethodPlan) {
    used.note(&method.answer);
    method
        .path
        .iter()
        .for_each(|argument| used.note(&argument.ty));
    if let Some(body) = &method.body {
        used.note(&body.ty);
    }
}

fn facade_names(used: &Used, calls: bool) -> Vec<proc_macro2::Ident> {
    let wanted = [
        ("Call", calls),
        ("Error", true),
        ("Http", true),
        ("HttpBuilder", true),
        ("Json", used.json),
        ("JsonObject", used.object),
    ];
    wanted
        .iter()
        .filter(|(_, wanted)| *wanted)
        .map(|(name, _)| format_ident!("{name}"))
        .collect()
}

fn delegated(client: &ClientPlan, method: &MethodPlan) -> TokenStream {
    let (module, name, answer) = (
        client.module.ident(),
        method.name.ident(),
        ty(&method.answer, Naming::Crate),
    );
    let target = format!(
        "{}::{}::{}",
        client.module.plain(),
        client.name.ident(),
        method.name.plain()
    );
    let doc = format!(" The same as [`{target}`].");
    let parameters: Vec<TokenStream> = {
        let mut parameters = self::parameters(method, Naming::Crate);
        if let (Some(query), Some(slot)) = (&method.query, parameters.get_mut(method.path.len())) {
            let query = query.name.ident();
            *slot = quote!(query: &#module::#query);
        }
        parameters
    };
    let mut values: Vec<TokenStream> = method
        .path
        .iter()
        .map(|argument| {
            let name = argument.name.ident();
            quote!(#name)
        })
        .collect();
    values.extend(method.query.as_ref().map(|_| quote!(query)));
    values.extend(method.body.as_ref().map(|_| quote!(body)));
    quote! {
        #[doc = #doc]
        pub fn #name(&self, #(#parameters),*) -> Call<'_, #answer> { self.#module().#name(#(#values),*) }
    }
}
