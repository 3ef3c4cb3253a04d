//! The document, and the pages that show it: Swagger UI and ReDoc, with everything they need.

use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use super::App;
use crate::http::detail;

const DOCS: &str = include_str!("../../../assets/docs.html");
const REDOC: &str = include_str!("../../../assets/redoc.html");

/// A page may load what is here, and nothing from anywhere else.
const POLICY: (HeaderName, &str) = (
    header::CONTENT_SECURITY_POLICY,
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; \
     frame-ancestors 'none'",
);

/// What pages load: its name, its media type, its bytes, and whether they are packed with gzip.
type Asset = (&'static str, &'static str, &'static [u8], bool);

const SCRIPT: &str = "text/javascript; charset=utf-8";

const ASSETS: [Asset; 4] = [
    (
        "swagger-ui-bundle.js",
        SCRIPT,
        include_bytes!("../../../assets/swagger-ui-bundle.js.gz"),
        true,
    ),
    (
        "swagger-ui.css",
        "text/css; charset=utf-8",
        include_bytes!("../../../assets/swagger-ui.css.gz"),
        true,
    ),
    (
        "docs.js",
        SCRIPT,
        include_bytes!("../../../assets/docs.js"),
        false,
    ),
    (
        "redoc.standalone.js",
        SCRIPT,
        include_bytes!("../../../assets/redoc.standalone.js.gz"),
        true,
    ),
];

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/openapi.json", get(document))
        .route("/docs", get(([POLICY], Html(DOCS))))
        .route("/redoc", get(([POLICY], Html(REDOC))))
        .route("/docs/assets/{name}", get(asset))
}

/// The document, as it is true of this hub: where it is, and whether it lets everybody in.
async fn document(State(app): State<App>) -> Json<Value> {
    let mut document = app.inner.contract.document().clone();
    document["servers"] = json!([{ "url": "/", "description": "This hub" }]);
    if !app.inner.access.is_open() {
        demand(&mut document);
    }
    Json(document)
}

/// Takes away that operations could be had without credentials.
fn demand(document: &mut Value) {
    let items = document["paths"].as_object_mut().into_iter().flatten();
    let operations = items.filter_map(|(_, item)| item.as_object_mut()).flatten();
    for (_, operation) in operations {
        if let Some(sets) = operation["security"].as_array_mut() {
            sets.retain(|set| *set != json!({}));
        }
    }
}

async fn asset(Path(name): Path<String>) -> Response {
    let Some((_, media_type, bytes, packed)) = ASSETS.iter().find(|asset| asset.0 == name) else {
        return detail(StatusCode::NOT_FOUND, "Not Found");
    };
    let headers = [
        (header::CONTENT_TYPE, *media_type),
        (header::CACHE_CONTROL, "max-age=3600"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let mut response = (headers, *bytes).into_response();
    if *packed {
        // Every browser unpacks it.
        let encoding = HeaderValue::from_static("gzip");
        response
            .headers_mut()
            .insert(header::CONTENT_ENCODING, encoding);
    }
    response
}
