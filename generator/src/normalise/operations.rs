//! Path items and their operations (OpenAPI 3.1, sections 4.8.8 to 4.8.10).

use serde_json::Value;
use url::Url;

use super::bodies::{bodies, success};
use super::node::Node;
use super::parameters::parameter;
use super::schemas::Schemas;
use super::security::requirement;
use super::servers::server;
use super::template::reconcile;
use super::{Details, Operation, document_url, swagger2};
use crate::diagnostics::{At, Diagnostic, Severity, codes};

const METHODS: [&str; 9] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace", "query",
];

/// What the operations of a document are read with.
struct Reader<'a, 's> {
    schemas: &'a Schemas<'s>,
    document: &'a Node<'s>,
    /// Whether the document is of Swagger 2.0.
    is_old: bool,
    /// Where the document is, if that is a URL.
    url: Option<Url>,
}

/// Every operation of the document, in its order, and what was wrong with those that cannot be had.
pub(super) fn all<'s>(
    schemas: &Schemas<'s>,
    document: &Node<'s>,
    faults: &mut Vec<Diagnostic>,
) -> Vec<Operation> {
    let reader = Reader {
        schemas,
        document,
        is_old: document.raw("swagger").is_some(),
        url: document_url(schemas.sources()),
    };
    let mut operations = Vec::new();
    let paths = match document.get("paths") {
        Ok(Some(paths)) if !paths.value().is_object() => {
            let message = "`paths` is an object; the document has no operations like this";
            faults.push(Diagnostic::warning(
                codes::BAD_OPERATION,
                paths.place().clone(),
                message,
            ));
            return operations;
        }
        Ok(Some(paths)) => paths,
        Ok(None) => return operations,
        Err(fault) => {
            faults.push(left_out(*fault));
            return operations;
        }
    };
    for path in paths.keys() {
        if path.starts_with("x-") {
            continue;
        }
        match paths.get(path) {
            Ok(Some(item)) => reader.item(path, &item, &mut operations, faults),
            Ok(None) => {}
            Err(fault) => faults.push(left_out(*fault)),
        }
    }
    operations
}

/// What is wrong with a node that no tool can name is a warning.
fn left_out(fault: Diagnostic) -> Diagnostic {
    Diagnostic {
        severity: Severity::Warning,
        message: format!("{}; its operations are left out", fault.message),
        ..fault
    }
}

impl<'s> Reader<'_, 's> {
    fn item(
        &self,
        path: &str,
        item: &Node<'s>,
        operations: &mut Vec<Operation>,
        faults: &mut Vec<Diagnostic>,
    ) {
        let mut add = |method: &str, node: Result<Option<Node<'s>>, Box<Diagnostic>>| match node {
            Ok(Some(node)) if node.value().is_object() => {
                operations.push(self.operation(path, method, item, &node));
            }
            Ok(Some(node)) => faults.push(Diagnostic::warning(
                codes::BAD_OPERATION,
                node.place().clone(),
                "an operation is an object; this one is left out",
            )),
            Ok(None) => {}
            Err(fault) => faults.push(left_out(*fault)),
        };
        for key in item.keys() {
            let method = key.to_lowercase();
            if METHODS.contains(&method.as_str()) {
                add(&method, item.get(key));
            }
        }
        // OpenAPI 3.2, section 4.9.1.
        if let Ok(Some(more)) = item.get("additionalOperations") {
            let is_token = |method: &&str| {
                !method.is_empty()
                    && method
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric() || c == '-')
            };
            for method in more.keys().into_iter().filter(is_token) {
                add(method, more.get(method));
            }
        }
    }

    fn operation(&self, path: &str, method: &str, item: &Node<'s>, node: &Node<'s>) -> Operation {
        let mut tags: Vec<String> = Vec::new();
        let listed = node.raw("tags").and_then(Value::as_array);
        for tag in listed.into_iter().flatten().filter_map(Value::as_str) {
            if !tags.iter().any(|known| known == tag) {
                tags.push(tag.to_owned());
            }
        }
        let slash = if path.starts_with('/') { "" } else { "/" };
        let path = format!("{slash}{path}");
        Operation {
            id: node.text("operationId"),
            method: method.to_uppercase(),
            tags,
            summary: node.text("summary"),
            description: node.text("description"),
            deprecated: node.flag("deprecated"),
            details: self.details(&path, item, node),
            at: node.place().clone(),
            path,
        }
    }

    fn details(&self, path: &str, item: &Node<'s>, node: &Node<'s>) -> Details {
        let mut details = Details::default();
        let places = self.parameters(item, node, &mut details);
        let old = |at: &At| {
            let place = Node::at(self.schemas, at).ok()?.text("in")?;
            matches!(place.as_str(), "body" | "formData").then_some(())
        };
        if !self.is_old
            && let Some(at) = places.iter().find(|at| old(at).is_some())
        {
            let message =
                "`in: body` and `in: formData` are of Swagger 2.0; it is sent as the request body";
            let fault = Diagnostic::warning(codes::BAD_OPERATION, at.child("in"), message);
            details.faults.push(fault);
        }
        let converted = if self.is_old || places.iter().any(|at| old(at).is_some()) {
            let made = swagger2::operation(
                self.schemas,
                self.document,
                node,
                &places,
                &mut details.losses,
            );
            let at = self.schemas.sources().files.make(made, node.place());
            Node::at(self.schemas, &at).ok()
        } else {
            None
        };
        let (node_of_parts, places) = match &converted {
            Some(made) => (
                made,
                made.get("parameters")
                    .ok()
                    .flatten()
                    .map(|list| list.items())
                    .unwrap_or_default(),
            ),
            None => (node, places),
        };
        for at in places {
            match parameter(self.schemas, &at, &mut details.faults) {
                Ok(Some(parameter)) => {
                    let same = details.parameters.iter_mut().find(|known| {
                        known.name == parameter.name && known.location == parameter.location
                    });
                    match same {
                        Some(known) => *known = parameter,
                        None => details.parameters.push(parameter),
                    }
                }
                Ok(None) => {}
                Err(loss) => details.losses.push(*loss),
            }
        }
        let body = node_of_parts.get("requestBody");
        if let Ok(Some(body)) = &body
            && !body.value().is_object()
        {
            let message = "a request body is an object; this one is left out";
            let at = body.place().clone();
            details
                .losses
                .push(Diagnostic::error(codes::BAD_OPERATION, at, message));
        }
        match body.and_then(|body| body.map_or(Ok(Vec::new()), |body| bodies(self.schemas, &body)))
        {
            Ok(bodies) => details.bodies = bodies,
            Err(loss) => details.losses.push(*loss),
        }
        details.success = success(node_of_parts, &mut details.faults);
        details.security = requirement(node);
        details.server =
            server(node, self.url.as_ref()).or_else(|| server(item, self.url.as_ref()));
        details.template = reconcile(
            self.schemas,
            path,
            node.place(),
            &mut details.parameters,
            &mut details.faults,
        );
        details
    }

    /// The places of the parameters, those of the path item first.
    fn parameters(&self, item: &Node<'s>, node: &Node<'s>, details: &mut Details) -> Vec<At> {
        let mut places = Vec::new();
        for holder in [item, node] {
            match holder.get("parameters") {
                Ok(Some(list)) => places.extend(list.items()),
                Ok(None) => {}
                Err(loss) => details.losses.push(*loss),
            }
        }
        places
    }
}
