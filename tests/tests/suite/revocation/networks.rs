//! What becomes of revocations while the network between an application and the store fails.

use std::time::Duration;

use super::cluster::{Cluster, is_revoked, revoke};
use crate::support::*;

/// An application at the store, another one behind a proxy, and both ends of the latter.
struct Scene {
    direct: Seed,
    app: Seed,
    behind: Cluster,
    proxy: Proxy,
    _redis: RedisServer,
}

impl Scene {
    async fn new(max_stale: u64) -> Option<Self> {
        let redis = RedisServer::start_if_installed().await?;
        let cluster = Cluster::new(redis.url()).await;
        let direct = cluster.launch_ready().await;
        let proxy = Proxy::start(redis.port()).await;
        let behind = Cluster {
            store: proxy.url(),
            max_stale,
            ..cluster
        };
        Some(Self {
            direct,
            app: behind.launch_ready().await,
            behind,
            proxy,
            _redis: redis,
        })
    }

    /// Revokes without the network, and returns the token.
    async fn revoke_elsewhere(&self, jti: &str) -> String {
        assert_eq!(revoke(&self.direct, jti).await.status, 204);
        self.behind.token(jti)
    }

    /// Waits until the application refuses this token and accepts others.
    async fn recovers(&self, revoked: &str) {
        eventually("it is revoked", || async {
            self.app.answer(revoked).await.status == 401
        })
        .await;
        self.app.answer(revoked).await.expect(&TOKEN_REVOKED);
        eventually("others pass", || async {
            self.app.answer(&self.behind.token("other")).await.status == 200
        })
        .await;
    }

    /// Waits until the application refuses to guess.
    async fn goes_stale(&self) {
        let other = self.behind.token("other");
        eventually("the copy is too old", || async {
            self.app.answer(&other).await.status == 503
        })
        .await;
        self.app.answer(&other).await.expect(&STORE_UNAVAILABLE);
    }
}

#[tokio::test]
async fn a_network_that_drops_everything_is_noticed_and_nothing_is_missed() {
    let Some(scene) = Scene::new(3).await else {
        return;
    };
    scene.proxy.set(Network::DropsEverything);
    let revoked = scene.revoke_elsewhere("revoked").await;
    revoke(&scene.app, "x").await.expect(&STORE_UNAVAILABLE);
    scene.goes_stale().await;
    scene.proxy.set(Network::Works);
    scene.recovers(&revoked).await;
}

#[tokio::test]
async fn a_half_open_connection_is_noticed_and_nothing_is_missed() {
    let Some(scene) = Scene::new(3).await else {
        return;
    };
    scene.proxy.set(Network::DropsReplies);
    let revoked = scene.revoke_elsewhere("revoked").await;
    // It has reached the store, which nobody knows here. It comes into force.
    revoke(&scene.app, "unacknowledged")
        .await
        .expect(&STORE_UNAVAILABLE);
    scene.goes_stale().await;
    scene.proxy.set(Network::Works);
    scene.recovers(&revoked).await;
    let token = scene.behind.token("unacknowledged");
    for seed in [&scene.app, &scene.direct] {
        eventually("it is revoked", || is_revoked(seed, &token)).await;
    }
}

#[tokio::test]
async fn connections_that_break_cost_no_revocation_and_no_request() {
    let Some(scene) = Scene::new(60).await else {
        return;
    };
    for round in 0..5 {
        scene.proxy.cut_off();
        let revoked = scene.revoke_elsewhere(&format!("cut-{round}")).await;
        scene.recovers(&revoked).await;
        let here = format!("here-{round}");
        scene.proxy.cut_off();
        assert_eq!(revoke(&scene.app, &here).await.status, 204);
        let token = scene.behind.token(&here);
        eventually("it is revoked", || is_revoked(&scene.direct, &token)).await;
    }
    scene.proxy.set(Network::IsDown);
    let revoked = scene.revoke_elsewhere("down").await;
    let other = scene.behind.token("other");
    scene.app.answer(&other).await.expect_success();
    revoke(&scene.app, "x").await.expect(&STORE_UNAVAILABLE);
    scene.proxy.set(Network::Works);
    scene.recovers(&revoked).await;
}

#[tokio::test]
async fn a_slow_store_delays_revocations_and_no_request() {
    let Some(scene) = Scene::new(60).await else {
        return;
    };
    let slow = Network::IsSlow(Duration::from_millis(200));
    scene.proxy.set(slow);
    let revoked = scene.revoke_elsewhere("revoked").await;
    scene.recovers(&revoked).await;
    assert_eq!(revoke(&scene.app, "here").await.status, 204);
    let token = scene.behind.token("here");
    scene.app.answer(&token).await.expect(&TOKEN_REVOKED);
    // An answer that takes longer than a second is not waited for.
    let slow = Network::IsSlow(Duration::from_millis(1500));
    scene.proxy.set(slow);
    revoke(&scene.app, "late").await.expect(&STORE_UNAVAILABLE);
    scene.proxy.set(Network::Works);
    let token = scene.behind.token("late");
    eventually("it is revoked", || is_revoked(&scene.app, &token)).await;
}

/// A name that leads to another server, whose data are those of the first one but for the newest.
#[tokio::test]
async fn after_a_failover_to_another_address_everything_that_was_revoked_stays_revoked() {
    let Some(mut first) = RedisServer::start_if_installed().await else {
        return;
    };
    let Some(second) = RedisServer::start_if_installed().await else {
        return;
    };
    let proxy = Proxy::start(first.port()).await;
    let cluster = Cluster::new(proxy.url()).await;
    let app = cluster.launch_ready().await;
    assert_eq!(revoke(&app, "replicated").await.status, 204);
    let replicate = format!("REPLICAOF 127.0.0.1 {}", first.port());
    second.command(&replicate).await;
    eventually("it has a copy", || async {
        second.ask("EXISTS auth:{revocations}:log", 2).await == ":1"
    })
    .await;
    second.command("REPLICAOF NO ONE").await;
    assert_eq!(revoke(&app, "lost").await.status, 204);
    proxy.lead_to(second.port());
    first.kill().await;
    let (replicated, lost) = (cluster.token("replicated"), cluster.token("lost"));
    app.answer(&replicated).await.expect(&TOKEN_REVOKED);
    app.answer(&lost).await.expect(&TOKEN_REVOKED);
    app.answer(&cluster.token("other")).await.expect_success();
    eventually("the new one takes revocations", || async {
        revoke(&app, "new").await.status == 204
    })
    .await;
    eventually("what was lost is written back", || async {
        let fresh = cluster.launch_ready().await;
        is_revoked(&fresh, &lost).await
    })
    .await;
    let fresh = cluster.launch_ready().await;
    for jti in ["replicated", "lost", "new"] {
        let token = cluster.token(jti);
        fresh.answer(&token).await.expect(&TOKEN_REVOKED);
    }
}

/// A planned failover: the old primary stays up, keeps its connections, and takes no writes.
#[tokio::test]
async fn a_primary_that_becomes_a_replica_is_left_for_the_new_one() {
    let Some(first) = RedisServer::start_if_installed().await else {
        return;
    };
    let Some(second) = RedisServer::start_if_installed().await else {
        return;
    };
    let proxy = Proxy::start(first.port()).await;
    let cluster = Cluster::new(proxy.url()).await;
    let app = cluster.launch_ready().await;
    assert_eq!(revoke(&app, "before").await.status, 204);
    proxy.lead_to(second.port());
    let replicate = format!("REPLICAOF 127.0.0.1 {}", second.port());
    first.command(&replicate).await;
    eventually("the new one takes revocations", || async {
        revoke(&app, "after").await.status == 204
    })
    .await;
    // The copy of the application has what the new primary never had.
    for jti in ["before", "after"] {
        app.answer(&cluster.token(jti)).await.expect(&TOKEN_REVOKED);
    }
    eventually("it is written back", || async {
        let fresh = cluster.launch_ready().await;
        is_revoked(&fresh, &cluster.token("before")).await
    })
    .await;
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_when_redis_is_killed_in_the_middle_of_writes() {
    let options = ["--appendonly", "yes", "--appendfsync", "always"];
    let Some(mut redis) = RedisServer::start_with(&options).await else {
        return;
    };
    let cluster = Cluster::new(redis.url()).await;
    let apps = [cluster.launch_ready().await, cluster.launch_ready().await];
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        let write = |task: usize| {
            let app = &apps[task % 2];
            async move {
                let mut acknowledged = Vec::new();
                for index in 0.. {
                    let jti = format!("{round}-{task}-{index}");
                    match revoke(app, &jti).await.status {
                        204 => acknowledged.push(jti),
                        status => {
                            assert_eq!(status, 503);
                            break;
                        }
                    }
                }
                acknowledged
            }
        };
        let writes = rocket::futures::future::join_all((0..6).map(write));
        let kill = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            redis.kill().await;
        };
        let (written, ()) = tokio::join!(writes, kill);
        acknowledged.extend(written.into_iter().flatten());
        redis.start().await;
        eventually("the store takes revocations", || async {
            revoke(&apps[0], "up").await.status == 204 && revoke(&apps[1], "up").await.status == 204
        })
        .await;
    }
    assert!(acknowledged.len() > 10, "{acknowledged:?}");
    let fresh = cluster.launch_ready().await;
    for jti in &acknowledged {
        let token = cluster.token(jti);
        fresh.answer(&token).await.expect(&TOKEN_REVOKED);
        for app in &apps {
            eventually("it is revoked", || is_revoked(app, &token)).await;
        }
    }
}
