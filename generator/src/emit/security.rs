//! `src/security.rs` and `src/servers.rs`: credentials, and where the backend is.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::format::rust_file;
use super::types::docs;
use crate::normalise::SecurityKind;
use crate::plan::{OtherPlan, Plan, SchemePlan, SetPlan, VariablePlan};

/// The file of the credentials; `None` where the document has no schemes.
pub(super) fn security_file(plan: &Plan) -> Option<String> {
    let security = &plan.security;
    if security.schemes.is_empty() {
        return None;
    }
    let sets = security.sets.iter().map(|set| {
        let alternatives = set.alternatives.iter().map(|schemes| {
            let schemes = schemes.iter().map(|index| {
                let constant = security.schemes[*index].constant.ident();
                quote!(&#constant)
            });
            quote!(&[#(#schemes),*])
        });
        let SetPlan {
            constant,
            docs: lines,
            ..
        } = set;
        let (constant, docs) = (constant.ident(), docs(lines));
        quote! { #docs pub const #constant: Alternatives = &[#(#alternatives),*]; }
    });
    let default = security.default.map_or(quote!(&[]), |set| {
        let constant = security.sets[set].constant.ident();
        quote!(#constant)
    });
    let needs = security.needs.iter().map(|(tools, set)| {
        let tools = Literal::u32_unsuffixed(*tools);
        let constant = security.sets[*set].constant.ident();
        quote!(Need { tools: #tools, alternatives: #constant })
    });
    let schemes = security.schemes.iter().map(|scheme| {
        let constant = scheme.constant.ident();
        quote!(&#constant)
    });
    let need = (!security.needs.is_empty()).then(|| quote!(Need,));
    let mut items = vec![quote! {
        use toolwright_runtime::{Alternatives, #need Scheme, SchemeKind, Security};
    }];
    items.extend(security.schemes.iter().map(scheme));
    items.extend(sets);
    items.push(quote! {
        /// What the runtime knows of credentials.
        pub const SECURITY: Security = Security {
            schemes: &[#(#schemes),*],
            default: #default,
            needs: &[#(#needs),*],
        };
    });
    let title = [format!("What proves to {} who asks.", plan.title)];
    Some(rust_file(&title, items))
}

fn scheme(scheme: &SchemePlan) -> TokenStream {
    let SchemePlan {
        constant,
        docs: lines,
        kind,
        variables,
        scope,
    } = scheme;
    let (api, constant, docs) = (constant.api(), constant.ident(), docs(lines));
    let variable = |index: usize| variables.get(index).map_or("", String::as_str);
    let (first, second, third, fourth) = (variable(0), variable(1), variable(2), variable(3));
    let kind = match kind {
        SecurityKind::Header(name) => {
            quote!(SchemeKind::Header { name: #name, variable: #first })
        }
        SecurityKind::Query(name) => quote!(SchemeKind::Query { name: #name, variable: #first }),
        SecurityKind::Cookie(name) => quote!(SchemeKind::Cookie { name: #name, variable: #first }),
        SecurityKind::Token(scheme) => {
            quote!(SchemeKind::Token { scheme: #scheme, variable: #first })
        }
        SecurityKind::ClientCredentials(url) => quote!(SchemeKind::ClientCredentials {
            token_url: #url,
            scope: #scope,
            scope_variable: #fourth,
            client_id: #first,
            client_secret: #second,
            token: #third,
        }),
        // The plan has none of the last two.
        SecurityKind::Basic | SecurityKind::Connection | SecurityKind::Unusable(_) => {
            quote!(SchemeKind::Basic { username: #first, password: #second })
        }
    };
    quote! { #docs pub static #constant: Scheme = Scheme { name: #api, kind: #kind }; }
}

/// The file of the servers; `None` where the base URL says everything.
pub(super) fn servers_file(plan: &Plan) -> Option<String> {
    let servers = &plan.servers;
    if servers.is_plain() {
        return None;
    }
    let others = servers.others.iter().map(|other| {
        let constant = other.constant.ident();
        quote!(&#constant)
    });
    let other = (!servers.others.is_empty()).then(|| quote!(OtherServer,));
    let mut variables_in_all = servers.others.iter().flat_map(|other| &other.variables);
    let has_variables = !servers.variables.is_empty() || variables_in_all.next().is_some();
    let variable_use = has_variables.then(|| quote!(Variable,));
    let path = &servers.path;
    let variables = servers.variables.iter().map(variable);
    let mut items = vec![quote! { use toolwright_runtime::{#other Servers, #variable_use}; }];
    items.extend(servers.others.iter().map(other_server));
    items.push(quote! {
        /// What the runtime knows of the backend's URLs besides the base URL.
        pub const SERVERS: Servers = Servers {
            path: #path,
            variables: &[#(#variables),*],
            others: &[#(#others),*],
        };
    });
    let title = [format!("Where {} is.", plan.title)];
    Some(rust_file(&title, items))
}

fn other_server(other: &OtherPlan) -> TokenStream {
    let OtherPlan {
        constant,
        docs: lines,
        url,
        variables,
        variable: whole,
    } = other;
    let (constant, docs) = (constant.ident(), docs(lines));
    let variables = variables.iter().map(variable);
    quote! {
        #docs
        pub static #constant: OtherServer = OtherServer {
            url: #url,
            variables: &[#(#variables),*],
            variable: #whole,
        };
    }
}

fn variable(variable: &VariablePlan) -> TokenStream {
    let VariablePlan {
        name,
        variable,
        default,
    } = variable;
    let default = match default {
        Some(default) => quote!(Some(#default)),
        None => quote!(None),
    };
    quote!(Variable { name: #name, variable: #variable, default: #default })
}
