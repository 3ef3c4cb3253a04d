//! The generated server with tools written by hand, as docs/extending.md shows it.

use serde_json::json;
use toolwright_tests::{Agent, Backend, bin, ktrdr_mcp, root};

async fn started(backend: &Backend) -> Agent {
    let generated = ktrdr_mcp(&backend.url());
    let mut command = std::process::Command::new(bin("ktrdr-extended"));
    for (name, value) in generated.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    Agent::start(command).await
}

#[tokio::test]
async fn a_tool_is_added_and_one_replaced() {
    let backend = Backend::demo();
    let agent = started(&backend).await;
    let counts = agent.ok("count_operations", json!({})).await;
    assert_eq!(counts["completed"], 0, "{counts}");
    let loaded = agent
        .try_call(
            "trigger_data_loading",
            json!({"symbol": "AAPL", "wait_seconds": 60}),
        )
        .await
        .expect("a generated tool");
    assert!(loaded.text.contains("\"completed\""), "{}", loaded.text);
    let of_type = async |kind: &str| {
        let counts = agent.ok("count_operations", json!({"operation_type": kind}));
        counts.await["completed"].clone()
    };
    assert_eq!(of_type("data_load").await, 1);
    assert_eq!(of_type("training").await, 0);
    let refused = agent
        .refused("count_operations", json!({"operation_type": "baking"}))
        .await;
    let message = refused["error"].as_str().unwrap_or_default();
    assert!(message.contains("data_load"), "{message}");

    let health = agent.ok("check_backend_health", json!({})).await;
    assert_eq!(health, json!({"backend": "ok"}));
}

/// Whatever is not written by hand is as generated, in its order.
#[tokio::test]
async fn the_rest_is_as_generated() {
    let backend = Backend::demo();
    let generated = Agent::start(ktrdr_mcp(&backend.url())).await;
    let extended = started(&backend).await;
    let (before, after) = (generated.tools().await, extended.tools().await);
    let names = |tools: &[rmcp::model::Tool]| {
        let names = tools.iter().map(|tool| tool.name.to_string());
        names.collect::<Vec<_>>()
    };
    let mut expected = names(&before);
    expected.push("count_operations".to_owned());
    assert_eq!(names(&after), expected);
    for (one, other) in before.iter().zip(&after) {
        assert_eq!(
            one == other,
            one.name != "check_backend_health",
            "{}",
            one.name
        );
    }
    let info = extended.session().peer_info().expect("what the server is");
    let info = serde_json::to_value(info).expect("JSON");
    assert!(info.to_string().contains("ktrdr-extended"), "{info}");
}

/// The page shows the very files that are compiled.
#[test]
fn the_page_shows_the_crate() {
    let page = std::fs::read_to_string(root().join("docs/extending.md")).expect("the page");
    for file in [
        "src/main.rs",
        "src/operations.rs",
        "tools/count_operations.json",
    ] {
        let text = std::fs::read_to_string(root().join("tests/extension").join(file));
        let text = text.expect("a file of the crate");
        assert!(
            page.contains(text.trim()),
            "docs/extending.md has another {file}"
        );
    }
    let manifest = std::fs::read_to_string(root().join("tests/extension/Cargo.toml"));
    let manifest = manifest.expect("its manifest");
    let dependencies = |text: &str| {
        let table = text.split("[dependencies]").nth(1).expect("dependencies");
        let lines = table
            .lines()
            .skip(1)
            .take_while(|line| !line.is_empty() && !line.starts_with("```"));
        lines
            .filter_map(|line| line.split([' ', '.']).next().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    assert_eq!(dependencies(&page), dependencies(&manifest));
}
