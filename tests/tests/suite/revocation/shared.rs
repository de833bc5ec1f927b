//! Tests revocations that several applications share through a real Redis.

use super::cluster::{Cluster, is_revoked, revoke};
use super::post_revocation;
use crate::support::*;

#[tokio::test]
async fn a_revocation_reaches_every_application_that_shares_the_store() {
    let Some(server) = RedisServer::start_if_installed().await else {
        return;
    };
    let cluster = Cluster::new(server.url()).await;
    let apps = [
        cluster.launch_ready().await,
        cluster.launch_ready().await,
        cluster.launch_ready().await,
    ];
    let (revoked, other) = (cluster.token("revoked"), cluster.token("other"));
    for app in &apps {
        app.answer(&revoked).await.expect_success();
    }
    assert_eq!(revoke(&apps[0], "revoked").await.status, 204);
    apps[0].answer(&revoked).await.expect(&TOKEN_REVOKED);
    for app in &apps {
        eventually("it is revoked", || is_revoked(app, &revoked)).await;
        app.answer(&other).await.expect_success();
    }
    let late = cluster.launch_ready().await;
    late.answer(&revoked).await.expect(&TOKEN_REVOKED);
}

#[tokio::test]
async fn an_application_without_a_copy_answers_503_until_it_has_one() {
    let mut server = RedisServer::down(&[]);
    let cluster = Cluster::new(server.url()).await;
    let app = cluster.launch().await;
    let token = cluster.token("a");
    app.answer(&token).await.expect(&STORE_UNAVAILABLE);
    app.answer("malformed").await.expect(&INVALID_TOKEN);
    revoke(&app, "a").await.expect(&STORE_UNAVAILABLE);
    app.app.get("/ping").send().await.expect_success();
    if !server.start().await {
        return;
    }
    eventually("the copy is loaded", || async {
        app.answer(&token).await.status == 200
    })
    .await;
}

#[tokio::test]
async fn a_stale_copy_is_used_for_a_while_and_then_requests_get_503() {
    let Some(mut server) = RedisServer::start_with(&["--appendonly", "yes"]).await else {
        return;
    };
    let mut cluster = Cluster::new(server.url()).await;
    cluster.max_stale = 2;
    let app = cluster.launch_ready().await;
    let (revoked, other) = (cluster.token("revoked"), cluster.token("other"));
    assert_eq!(revoke(&app, "revoked").await.status, 204);
    server.kill().await;
    app.answer(&other).await.expect_success();
    app.answer(&revoked).await.expect(&TOKEN_REVOKED);
    let admin = cluster.issuer.token().scope("revoke:tokens").mint();
    let refused = post_revocation(&app, &admin, "application/json", r#"{"jti":"x"}"#).await;
    refused.expect(&STORE_UNAVAILABLE);
    eventually("the copy is too old", || async {
        let reply = app.answer(&other).await;
        if reply.status == 503 {
            reply.expect(&STORE_UNAVAILABLE);
        }
        reply.status == 503
    })
    .await;
    app.answer(&revoked).await.expect(&TOKEN_REVOKED);
    server.start().await;
    eventually("the copy is current", || async {
        app.answer(&other).await.status == 200
    })
    .await;
    app.answer(&revoked).await.expect(&TOKEN_REVOKED);
}

#[tokio::test]
async fn revocations_that_the_store_has_lost_are_written_back() {
    let Some(mut server) = RedisServer::start_if_installed().await else {
        return;
    };
    let cluster = Cluster::new(server.url()).await;
    let app = cluster.launch_ready().await;
    let revoked = cluster.token("revoked");
    assert_eq!(revoke(&app, "revoked").await.status, 204);
    // Without an append-only file, a restart loses everything, and so does a flush.
    server.kill().await;
    server.start().await;
    let fresh = cluster.launch_ready().await;
    eventually("it is written back", || is_revoked(&fresh, &revoked)).await;
    server.command("FLUSHALL").await;
    let fresh = cluster.launch_ready().await;
    eventually("it is written back", || is_revoked(&fresh, &revoked)).await;
}

#[tokio::test]
async fn no_acknowledged_revocation_is_lost_when_redis_is_killed_between_writes() {
    let options = ["--appendonly", "yes", "--appendfsync", "always"];
    let Some(mut server) = RedisServer::start_with(&options).await else {
        return;
    };
    let cluster = Cluster::new(server.url()).await;
    let (writer, reader) = (cluster.launch_ready().await, cluster.launch_ready().await);
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        for index in 0..10 {
            let jti = format!("{round}-{index}");
            if index == 5 {
                server.kill().await;
            }
            match revoke(&writer, &jti).await.status {
                204 => acknowledged.push(jti),
                status => assert_eq!(status, 503),
            }
        }
        server.start().await;
    }
    assert!(acknowledged.len() >= 5, "{acknowledged:?}");
    let fresh = cluster.launch_ready().await;
    for app in [&writer, &reader, &fresh] {
        for jti in &acknowledged {
            let token = cluster.token(jti);
            eventually("it is revoked", || async {
                app.answer(&token).await.status == 401
            })
            .await;
        }
    }
}

#[tokio::test]
async fn a_full_store_refuses_revocations_and_tokens_still_pass() {
    let Some(server) = RedisServer::start_if_installed().await else {
        return;
    };
    let cluster = Cluster::new(server.url()).await;
    let app = cluster.launch_ready().await;
    server.command("CONFIG SET maxmemory 1").await;
    revoke(&app, "a").await.expect(&STORE_UNAVAILABLE);
    app.answer(&cluster.token("a")).await.expect_success();
    server.command("CONFIG SET maxmemory 0").await;
    assert_eq!(revoke(&app, "a").await.status, 204);
}

#[tokio::test]
async fn wrong_credentials_for_the_store_do_not_stop_the_launch() {
    let Some(server) = RedisServer::start_with(&["--requirepass", "right"]).await else {
        return;
    };
    let wrong = server.url().replace("redis://", "redis://:wrong@");
    let cluster = Cluster::new(wrong).await;
    let app = cluster.launch().await;
    let token = cluster.token("a");
    app.answer(&token).await.expect(&STORE_UNAVAILABLE);
    let right = server.url().replace("redis://", "redis://:right@");
    let cluster = Cluster {
        store: right,
        ..cluster
    };
    cluster.launch_ready().await;
}

#[tokio::test]
async fn a_logout_token_that_got_503_is_accepted_when_it_is_sent_again() {
    let Some(mut server) = RedisServer::start_with(&["--appendonly", "yes"]).await else {
        return;
    };
    let cluster = Cluster::new(server.url()).await;
    let apps = [cluster.launch_ready().await, cluster.launch_ready().await];
    // The token is issued before the cut-off, which is when the logout token was issued.
    let token = cluster.issuer.token().claim("sid", "session").mint();
    let logout = cluster.issuer.logout_token("api-client");
    let logout = logout.claim("sid", "session").mint();
    let send = async |app: &Seed| {
        let request = app
            .app
            .request(reqwest::Method::POST, "/backchannel-logout");
        let request = request.header("Content-Type", "application/x-www-form-urlencoded");
        request.body(format!("logout_token={logout}")).send().await
    };
    server.kill().await;
    send(&apps[0]).await.expect(&STORE_UNAVAILABLE);
    server.start().await;
    eventually("it is taken", || async {
        send(&apps[0]).await.status == 200
    })
    .await;
    for app in &apps {
        // An instance whose connection broke may have to connect again before.
        let mut reply = send(app).await;
        while reply.status == 503 {
            reply = send(app).await;
        }
        assert_eq!(reply.status, 400, "it is used once in all of them");
        eventually("it is revoked", || is_revoked(app, &token)).await;
    }
}
