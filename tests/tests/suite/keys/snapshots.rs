//! Tests the copy of the last good set, which is used after a restart while the issuer is down.

use std::fs;

use tempfile::TempDir;

use super::*;

async fn launch_with_copy(server: &FaultServer, folder: &TempDir) -> App {
    let path = folder.path().join("keys.json");
    launch_at(
        server,
        &format!(
            "jwks_cooldown = 0\njwks_cache_ttl = 0.2\njwks_snapshot = '{}'",
            path.display()
        ),
    )
    .await
}

/// Returns a folder with a copy of a set that has the key `a`, and the server of that set.
async fn copied() -> (TempDir, FaultServer) {
    let folder = tempfile::tempdir().unwrap();
    let server = FaultServer::up(Answer::keys(keys(&["a"])));
    let app = launch_with_copy(&server, &folder).await;
    app.ask(&token("a")).await.expect_success();
    eventually("the copy", async || {
        folder.path().join("keys.json").exists()
    })
    .await;
    (folder, server)
}

#[tokio::test]
async fn after_a_restart_the_copy_is_used_while_the_issuer_is_down() {
    let (folder, server) = copied().await;
    server.keys(Answer::Held);
    let app = launch_with_copy(&server, &folder).await;
    app.ask(&token("a")).await.expect_success();
    server.keys(Answer::status("503 Service Unavailable"));
    let app = launch_with_copy(&server, &folder).await;
    app.ask(&token("a")).await.expect_success();
    app.ask(&token("b")).await.expect(&KEYS_UNAVAILABLE);
}

#[tokio::test]
async fn a_fetched_set_replaces_the_copy() {
    let (folder, server) = copied().await;
    server.keys(Answer::keys(keys(&["b"])));
    let app = launch_with_copy(&server, &folder).await;
    app.ask(&token("b")).await.expect_success();
    app.ask(&token("a")).await.expect(&UNKNOWN_KEY);
    let copy = folder.path().join("keys.json");
    let holds = |kid: &str| {
        fs::read_to_string(&copy)
            .unwrap()
            .contains(&format!(r#"\"kid\":\"{kid}\""#))
    };
    eventually("the new copy", async || holds("b")).await;
    assert!(!holds("a"));
}

#[tokio::test]
async fn an_unchanged_set_prolongs_its_copy() {
    let (folder, server) = copied().await;
    server.keys(Answer::with("ETag: \"one\"\r\n", keys(&["a"])));
    let _app = launch_with_copy(&server, &folder).await;
    eventually("the tag", async || {
        server
            .requests()
            .iter()
            .any(|request| request.header("If-None-Match").is_some())
    })
    .await;
    server.keys(Answer::status("304 Not Modified"));
    let copy = folder.path().join("keys.json");
    let text = fs::read_to_string(&copy).unwrap();
    fs::remove_file(&copy).unwrap();
    eventually("the copy again", async || copy.exists()).await;
    assert_eq!(text.len(), fs::read_to_string(&copy).unwrap().len());
}

#[tokio::test]
async fn a_damaged_old_or_foreign_copy_is_not_used() {
    let (folder, server) = copied().await;
    let copy = folder.path().join("keys.json");
    let whole = fs::read_to_string(&copy).unwrap();
    server.keys(Answer::status("503 Service Unavailable"));
    let mut old: Value = serde_json::from_str(&whole).unwrap();
    old["serves_until"] = 1.into();
    let mut no_set: Value = serde_json::from_str(&whole).unwrap();
    no_set["document"] = "{}".into();
    let port = server.url("").rsplit(':').next().unwrap().to_owned();
    let other = whole.replace(&port, "1");
    for text in [
        "",
        &whole[..whole.len() / 2],
        &old.to_string(),
        &no_set.to_string(),
        &other,
    ] {
        fs::write(&copy, text).unwrap();
        let app = launch_with_copy(&server, &folder).await;
        app.ask(&token("a")).await.expect(&KEYS_UNAVAILABLE);
    }
    // A copy that claims a very long life is used, but fetching continues.
    let mut ages: Value = serde_json::from_str(&whole).unwrap();
    ages["serves_until"] = u64::MAX.into();
    fs::write(&copy, ages.to_string()).unwrap();
    let app = launch_with_copy(&server, &folder).await;
    app.ask(&token("a")).await.expect_success();
    server.keys(Answer::keys(keys(&["b"])));
    eventually("the new set", || async {
        app.ask(&token("b")).await.status == 200
    })
    .await;
}
