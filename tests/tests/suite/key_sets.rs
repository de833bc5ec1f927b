//! Tests sets with keys of every kind.

use serde_json::{Value, json};

use crate::support::*;

/// The seed app, and a server that publishes key sets for its issuer.
struct Published {
    seed: Seed,
    server: FaultServer,
}

impl Published {
    async fn start() -> Self {
        let server = FaultServer::up(Answer::Held);
        let seed = seed_with([
            ("jwks_uri", server.uri().into()),
            ("jwks_cooldown", 0_u32.into()),
            ("algorithms", vec!["RS256", "ES256"].into()),
        ])
        .await;
        // Each later set is fetched because of an unknown key.
        server.keys(Answer::keys(r#"{"keys":[]}"#.to_owned()));
        seed.answer(&seed.token().mint()).await.expect(&UNKNOWN_KEY);
        Self { seed, server }
    }

    /// Returns the issuer's key with these members changed.
    fn key(&self, members: &Value) -> Value {
        let set: Value = serde_json::from_str(&self.seed.issuer.jwks()).unwrap();
        let mut key = set["keys"][0].clone();
        for (name, value) in members.as_object().unwrap() {
            key[name] = value.clone();
        }
        key
    }

    /// Publishes this set, and returns the reply to the token.
    async fn answer(&self, keys: Value, token: &str) -> Reply {
        println!("{keys}");
        let document = json!({ "keys": keys }).to_string();
        self.answer_document(document, token).await
    }

    /// Publishes this document, and returns the reply to the token.
    async fn answer_document(&self, document: String, token: &str) -> Reply {
        self.server
            .keys(Answer::keys(json!({ "keys": [] }).to_string()));
        let other = self.seed.token().header("kid", "none-of-them").mint();
        self.seed.answer(&other).await.expect(&UNKNOWN_KEY);
        self.server.keys(Answer::keys(document));
        self.seed.answer(token).await
    }
}

#[tokio::test]
async fn an_unusable_key_is_skipped() {
    let published = Published::start().await;
    let token = published.seed.token().mint();
    let whole = published.key(&json!({}));
    published
        .answer(json!([whole]), &token)
        .await
        .expect_success();
    let unusable = [
        json!({ "use": "enc" }),
        json!({ "key_ops": ["sign"] }),
        json!({ "key_ops": [] }),
        json!({ "alg": "RS512" }),
        json!({ "alg": "RSA-OAEP" }),
        json!({ "alg": "ES256" }),
        json!({ "alg": "HS256" }),
        json!({ "alg": "none" }),
        json!({ "kty": "oct", "k": "AAAA" }),
        json!({ "kty": "unknown" }),
        json!({ "kty": "EC" }),
        json!({ "kty": null }),
        json!({ "n": null }),
        json!({ "n": "" }),
        json!({ "n": "AAAA" }),
        json!({ "n": "*" }),
        json!({ "n": encode([0xff; 128]) }),
        json!({ "e": "" }),
        json!({ "e": "AQ" }),
        json!({ "e": "BA" }),
        json!({ "kid": null }),
        json!({ "kid": 1 }),
    ];
    for members in unusable {
        let keys = json!([published.key(&members)]);
        published.answer(keys, &token).await.expect(&UNKNOWN_KEY);
    }
}

#[tokio::test]
async fn use_operations_and_algorithm_of_a_key_are_optional() {
    let published = Published::start().await;
    let token = published.seed.token().mint();
    let mut bare = published.key(&json!({ "unknown": { "member": [1] } }));
    let members = bare.as_object_mut().unwrap();
    members.retain(|name, _| !["use", "alg"].contains(&name.as_str()));
    published
        .answer(json!([bare]), &token)
        .await
        .expect_success();
    let keys = json!([published.key(&json!({ "key_ops": ["verify", "unknown"] }))]);
    published.answer(keys, &token).await.expect_success();
}

#[tokio::test]
async fn irrelevant_members_of_a_key_may_have_any_value() {
    let published = Published::start().await;
    let token = published.seed.token().mint();
    let modulus = published.key(&json!({}))["n"].as_str().unwrap().to_owned();
    let padding = "=".repeat(modulus.len().next_multiple_of(4) - modulus.len());
    for members in [
        json!({ "x5c": "text", "x5t": 1, "x5t#S256": null, "x5u": [], "ext": "yes" }),
        json!({ "key_ops": "verify" }),
        json!({ "n": format!("{modulus}{padding}") }),
        json!({ "crv": 1, "x": {}, "y": [], "k": "AAAA", "d": 5 }),
    ] {
        let keys = json!([published.key(&members)]);
        published.answer(keys, &token).await.expect_success();
    }
}

#[tokio::test]
async fn odd_keys_of_a_set_do_not_affect_the_others() {
    let published = Published::start().await;
    let token = published.seed.token().mint();
    let keys = json!([
        null, 1, "text", [], {}, { "kty": "RSA" }, { "kty": "oct", "k": "AAAA" },
        { "kty": "EC", "crv": "P-256", "x": encode([1; 32]), "y": encode([1; 32]) },
        { "kty": "EC", "crv": "P-1", "x": "AA", "y": "AA" }, { "kty": "OKP", "crv": "X25519", "x": "" },
        published.key(&json!({})),
        published.key(&json!({ "kid": "other", "use": "enc" })),
    ]);
    published.answer(keys, &token).await.expect_success();
}

#[tokio::test]
async fn text_that_cannot_be_read_affects_only_its_own_key() {
    let published = Published::start().await;
    let token = published.seed.token().mint();
    let good = published.key(&json!({})).to_string();
    let deep = format!("{}{}", "[".repeat(300), "]".repeat(300));
    for odd in ["1e400", &deep, r#""\ud800""#, r#"["verify",1e400]"#] {
        let irrelevant = good.replacen(
            '{',
            &format!(r#"{{"y":{odd},"crv":{odd},"\ud800":{odd},"#),
            1,
        );
        let others = ["n", "alg", "kid", "kty", "key_ops"].map(|name| {
            let members = format!(r#"{{"{name}":{odd},"#);
            good.replacen('{', &members, 1)
        });
        for document in [
            format!(r#"{{"keys":[{irrelevant}]}}"#),
            format!(r#"{{"keys":[{odd},{},{good}]}}"#, others.join(",")),
        ] {
            let reply = published.answer_document(document, &token).await;
            assert_eq!(reply.status, 200, "{odd}: {reply:?}");
        }
    }
}

#[tokio::test]
async fn each_fitting_key_with_the_tokens_kid_is_tried() {
    let published = Published::start().await;
    let other = auth_runtime::issuer::LocalIssuer::start("").await.unwrap();
    let set: Value = serde_json::from_str(&other.jwks()).unwrap();
    let mut other = set["keys"][0].clone();
    other["kid"] = published.seed.issuer.kid().into();
    let token = published.seed.token().mint();
    for keys in [
        json!([other, published.key(&json!({}))]),
        json!([published.key(&json!({})), other]),
    ] {
        published.answer(keys, &token).await.expect_success();
    }
    published
        .answer(json!([other]), &token)
        .await
        .expect(&INVALID_TOKEN);
}

#[tokio::test]
async fn a_token_without_kid_is_verified_with_the_only_key_that_fits() {
    let published = Published::start().await;
    let without = published.seed.token().without_header("kid").mint();
    let named = published.key(&json!({}));
    let mut nameless = named.clone();
    nameless.as_object_mut().unwrap().remove("kid");
    let token = published.seed.token().mint();
    for key in [&named, &nameless] {
        published
            .answer(json!([key]), &without)
            .await
            .expect_success();
        published
            .answer(json!([key, { "kty": "EC" }]), &without)
            .await
            .expect_success();
    }
    // A key without `kid` is used only for tokens without one.
    published
        .answer(json!([nameless]), &token)
        .await
        .expect(&UNKNOWN_KEY);
    let two = json!([named, published.key(&json!({ "kid": "second" }))]);
    published.answer(two, &without).await.expect(&UNKNOWN_KEY);
}
