//! `/docs` and `/redoc` work without a network.

use super::*;

/// What a page loads: the values of `src`, `href` and `spec-url`.
fn loaded(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    for name in [" src=\"", " href=\"", " spec-url=\""] {
        let parts = page.split(name).skip(1);
        found.extend(parts.map(|part| part.split('"').next().unwrap().to_owned()));
    }
    found
}

#[tokio::test]
async fn everything_that_the_pages_load_is_served_here() {
    let bench = bench().await;
    let get = |path: String| bench.send(Request::get(path).body(Body::empty()).unwrap());
    for page in ["/docs", "/redoc"] {
        let answer = get(page.to_owned()).await;
        assert_eq!(
            answer.header(header::CONTENT_TYPE),
            "text/html; charset=utf-8"
        );
        let policy = answer.header(header::CONTENT_SECURITY_POLICY);
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert!(
            !policy.contains("http") && !policy.contains('*'),
            "{policy}"
        );
        let html = String::from_utf8(answer.bytes.to_vec()).unwrap();
        let mut scripts = 0;
        for path in loaded(&html).into_iter().filter(|path| path != "data:,") {
            assert!(
                path.starts_with('/') && !path.starts_with("//"),
                "{page} loads {path}"
            );
            let asset = get(path.clone()).await;
            assert_eq!(asset.status, 200, "{page} loads {path}");
            assert!(!asset.bytes.is_empty(), "{path}");
            let is_packed = asset.bytes.starts_with(&[0x1f, 0x8b]);
            assert_eq!(
                asset.header(header::CONTENT_ENCODING) == "gzip",
                is_packed,
                "{path}"
            );
            scripts += usize::from(
                asset
                    .header(header::CONTENT_TYPE)
                    .starts_with("text/javascript"),
            );
        }
        assert!(scripts > 0, "{page}");
    }
    let script = get("/docs/assets/docs.js".to_owned()).await;
    let script = String::from_utf8(script.bytes.to_vec()).unwrap();
    assert!(
        script.contains("\"/openapi.json\"") && !script.contains("http"),
        "{script}"
    );
    for wrong in ["", "none.js", "..%2fREADME.md", "docs.html"] {
        assert_eq!(
            get(format!("/docs/assets/{wrong}")).await.status,
            404,
            "{wrong}"
        );
    }
}
