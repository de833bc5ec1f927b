//! Applications that share one store.

use rocket::figment::Figment;

use super::post_revocation;
use crate::support::*;

/// Applications with one issuer and one store.
pub(super) struct Cluster {
    pub(super) issuer: auth_runtime::issuer::LocalIssuer,
    pub(super) store: String,
    pub(super) max_stale: u64,
}

impl Cluster {
    pub(super) async fn new(store: String) -> Self {
        let issuer = auth_runtime::issuer::LocalIssuer::start("https://api.test").await;
        Self {
            issuer: issuer.unwrap(),
            store,
            max_stale: 60,
        }
    }

    fn figment(&self) -> Figment {
        quiet()
            .merge(("auth.issuer", self.issuer.url()))
            .merge(("auth.audience", self.issuer.audience()))
            .merge(("auth.revocation", true))
            .merge(("auth.revocation_max_stale", self.max_stale))
            .merge(("auth.backchannel_logout", "api-client"))
            .merge(("auth.store", self.store.as_str()))
    }

    pub(super) async fn launch(&self) -> Seed {
        let app = App::launch(seed_app::rocket().configure(self.figment())).await;
        Seed {
            app,
            issuer: self.issuer.clone(),
        }
    }

    /// An application that has its copy.
    pub(super) async fn launch_ready(&self) -> Seed {
        let seed = self.launch().await;
        let token = self.issuer.token().mint();
        eventually("the copy is loaded", || async {
            seed.answer(&token).await.status == 200
        })
        .await;
        seed
    }

    pub(super) fn token(&self, jti: &str) -> String {
        self.issuer.token().claim("jti", jti).mint()
    }
}

/// Revokes as someone who may.
pub(super) async fn revoke(seed: &Seed, jti: &str) -> Reply {
    let token = seed
        .token()
        .scope("revoke:tokens")
        .claim("jti", "admin")
        .mint();
    let body = format!(r#"{{"jti":"{jti}"}}"#);
    post_revocation(seed, &token, "application/json", &body).await
}

/// Returns whether the token is refused, for that reason.
pub(super) async fn is_revoked(seed: &Seed, token: &str) -> bool {
    let reply = seed.answer(token).await;
    if reply.status == 200 {
        return false;
    }
    reply.expect(&TOKEN_REVOKED);
    true
}
