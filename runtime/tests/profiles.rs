//! Profiles: a server serves a part of what it has.

mod common;

use common::{Client, RawBackend, answer, failure, server, text};
use serde_json::json;
use toolwright_runtime::{
    Attachment, Catalogue, Content, Http, Json, Mcp, Profile, Prompt, Resource, Server, Source,
};

const PROFILES: &[Profile] = &[
    Profile {
        name: "reading",
        instructions: Some("Only look."),
        tools: &["get_item", "typed_item"],
        prompts: &["look"],
        resources: &["rules"],
    },
    Profile {
        name: "writing",
        instructions: Some("Write with care."),
        tools: &["create_item", "delete_item"],
        prompts: &["write"],
        resources: &["forms"],
    },
];

static PROFILED: Server = Server {
    profiles: PROFILES,
    prompts: &[prompt("look"), prompt("write")],
    resources: &[file("rules", "shop://rules"), file("forms", "shop://forms")],
    ..server()
};

const fn prompt(name: &'static str) -> Prompt {
    Prompt {
        name,
        title: None,
        description: None,
        arguments: &[],
        icons: &[],
        text: "Do it.",
        blocks: &[],
    }
}

const fn file(name: &'static str, uri: &'static str) -> Resource {
    Resource {
        name,
        uri,
        title: None,
        description: None,
        mime_type: None,
        icons: &[],
        ttl: None,
        source: Source::File(Attachment {
            mime_type: "text/plain",
            content: Content::Text("x"),
        }),
        complete: &[],
    }
}

async fn started(server: &'static Server, profiles: &[&str]) -> (RawBackend, Client) {
    let backend = RawBackend::start(vec![answer("200 OK", "", r#"{"id":1}"#)]).await;
    let mcp = Mcp::new(server, Http::new(&backend.url).unwrap());
    let names: Vec<String> = profiles.iter().map(|name| (*name).to_owned()).collect();
    let mcp = match profiles {
        [] => mcp,
        _ => mcp.with_profiles(&names).unwrap(),
    };
    let client = Client::able(mcp, json!({})).await;
    (backend, client)
}

/// What a list has, by a member of each entry.
async fn listed(client: &mut Client, method: &str, list: &str, member: &str) -> Vec<String> {
    let answer = client.request(method, json!({})).await;
    let entries = answer["result"][list].as_array().unwrap();
    let names = entries.iter().map(|one| one[member].as_str().unwrap());
    names.map(str::to_owned).collect()
}

#[tokio::test]
async fn the_lists_are_those_of_the_profiles() {
    for (profiles, tools, prompts, uris) in [
        (
            vec![],
            vec!["get_item", "typed_item"],
            vec!["look"],
            vec!["shop://rules"],
        ),
        (
            vec!["writing"],
            vec!["create_item", "delete_item"],
            vec!["write"],
            vec!["shop://forms"],
        ),
        (
            vec!["writing", "reading"],
            vec!["get_item", "typed_item", "create_item", "delete_item"],
            vec!["look", "write"],
            vec!["shop://rules", "shop://forms"],
        ),
        (
            vec!["all"],
            vec![
                "get_item",
                "typed_item",
                "create_item",
                "delete_item",
                "panic",
            ],
            vec!["look", "write"],
            vec!["shop://rules", "shop://forms"],
        ),
    ] {
        let (_backend, mut client) = started(&PROFILED, &profiles).await;
        assert_eq!(
            listed(&mut client, "tools/list", "tools", "name").await,
            tools
        );
        assert_eq!(
            listed(&mut client, "prompts/list", "prompts", "name").await,
            prompts
        );
        let found = listed(&mut client, "resources/list", "resources", "uri").await;
        assert_eq!(found, uris, "{profiles:?}");
    }
}

#[tokio::test]
async fn instructions_are_those_of_the_server_and_then_of_the_profiles() {
    for (profiles, expected) in [
        (vec![], "Buy low.\n\nOnly look."),
        (vec!["writing"], "Buy low.\n\nWrite with care."),
        (vec!["all"], "Buy low.\n\nOnly look.\n\nWrite with care."),
    ] {
        let (_backend, mut client) = started(&PROFILED, &profiles).await;
        let info = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "0"}});
        let answer = client.request("initialize", info).await;
        assert_eq!(answer["result"]["instructions"], expected, "{profiles:?}");
    }
}

#[tokio::test]
async fn what_is_in_another_profile_is_not_there() {
    let (backend, mut client) = started(&PROFILED, &[]).await;
    for (name, reason) in [
        (
            "create_item",
            "create_item is in the profile writing, and this server serves reading. \
             Whoever starts it can add --profile writing, or writing to SHOP_PROFILE.",
        ),
        (
            "panic",
            "panic is in no profile, and this server serves reading.",
        ),
        ("get_itm", "Did you mean get_item?"),
        ("unicorn", "There are get_item, typed_item."),
    ] {
        let call = json!({"name": name, "arguments": {"name": "x"}});
        let refused = client.request("tools/call", call).await;
        let message = refused["error"]["message"].as_str().unwrap();
        assert_eq!(refused["error"]["code"], -32602, "{refused}");
        assert!(message.contains(reason), "{message}");
    }
    let prompt = client
        .request("prompts/get", json!({"name": "write"}))
        .await;
    assert!(
        prompt["error"]["message"]
            .as_str()
            .unwrap()
            .starts_with("Unknown prompt")
    );
    let uri = json!({"uri": "shop://forms"});
    let resource = client.request("resources/read", uri).await;
    assert!(resource.get("error").is_some(), "{resource}");
    assert_eq!(backend.requests().len(), 0);
    // An alias is the tool that it stands for.
    assert_ne!(
        client.call("fetch_item", json!({"id": "1"})).await["isError"],
        true
    );
}

#[tokio::test]
async fn profiles_that_there_are_not() {
    let mcp = || Mcp::new(&PROFILED, Http::new("http://127.0.0.1:9").unwrap());
    for (name, reason) in [
        (
            "writting",
            "there is no profile writting; did you mean writing?",
        ),
        (
            "unicorn",
            "there is no profile unicorn; there are reading, writing, all",
        ),
    ] {
        assert_eq!(mcp().with_profiles(&[name.to_owned()]).unwrap_err(), reason);
    }
}

static SEARCHED: Server = Server {
    profiles: PROFILES,
    tools_json: r#"[
      {"name":"search_tools","inputSchema":{"type":"object","properties":{"query":{"type":"string"}},"required":["query"]}},
      {"name":"describe_tool","inputSchema":{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}},
      {"name":"call_tool","inputSchema":{"type":"object","properties":{"name":{"type":"string"},"arguments":{"type":"object"}},"required":["name"]}}
    ]"#,
    catalogue: Some(Catalogue {
        tools: concat!(
            r#"[{"name":"get_item","inputSchema":{"type":"object"}},"#,
            r#"{"name":"create_item","inputSchema":{"type":"object"}}]"#
        ),
        index: "index\n108\t2\nItems\nget_item\t1\t52\t\tGets\ncreate_item\t53\t107\t\tMakes\nitem 0:50 1:60\n",
    }),
    ..server()
};

#[tokio::test]
async fn a_search_finds_what_is_served() {
    let (_backend, mut client) = started(&SEARCHED, &[]).await;
    let names = listed(&mut client, "tools/list", "tools", "name").await;
    assert_eq!(names, ["search_tools", "describe_tool", "call_tool"]);
    let found = client.call("search_tools", json!({"query": "item"})).await;
    assert_eq!(text(&found), "get_item(): Gets");
    for tool in ["describe_tool", "call_tool"] {
        let refused = client.call(tool, json!({"name": "create_item"})).await;
        let refused: Json = failure(&refused);
        let error = refused["error"].as_str().unwrap();
        assert!(error.contains("is in the profile writing"), "{error}");
    }
}
