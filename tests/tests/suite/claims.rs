//! Tests the rules for registered claims.

use serde_json::{Value, json};

use crate::support::*;

/// Returns the reply of the seed app to a token with this claim.
async fn with(seed: &Seed, claim: &str, value: Value) -> Reply {
    let token = seed.token().claim(claim, value.clone()).mint();
    let reply = seed.answer(&token).await;
    println!("{claim} = {value}: {}", reply.body);
    reply
}

/// Returns values that are not numbers.
fn non_numbers() -> [Value; 6] {
    let later = (now() + 600).to_string();
    [
        json!(later),
        json!(""),
        json!(null),
        json!(true),
        json!([now() + 600]),
        json!({}),
    ]
}

#[tokio::test]
async fn an_expired_token_is_refused_with_token_expired() {
    let seed = seed().await;
    // A token is already expired in the second of its `exp`.
    for exp in [
        json!(now()),
        json!(now() - 1),
        json!(0),
        json!(0.5),
        json!(-1),
        json!(-1e300),
    ] {
        with(&seed, "exp", exp).await.expect(&TOKEN_EXPIRED);
    }
}

#[tokio::test]
async fn exp_is_a_number_with_or_without_a_fraction() {
    let seed = seed().await;
    #[expect(clippy::cast_precision_loss, reason = "times are far below 2^53")]
    let later = now() as f64 + 600.5;
    for exp in [
        json!(now() + 600),
        json!(later),
        json!(1e300),
        json!(u64::MAX),
    ] {
        with(&seed, "exp", exp).await.expect_success();
    }
    for exp in non_numbers() {
        with(&seed, "exp", exp).await.expect(&INVALID_CLAIMS);
    }
    let missing = seed.token().without_claim("exp").mint();
    seed.answer(&missing).await.expect(&INVALID_CLAIMS);
}

#[tokio::test]
async fn nbf_may_be_missing_but_not_in_the_future() {
    let seed = seed().await;
    for nbf in [json!(now()), json!(0), json!(-1.5)] {
        with(&seed, "nbf", nbf).await.expect_success();
    }
    for nbf in [json!(now() + 600), json!(1e300)]
        .into_iter()
        .chain(non_numbers())
    {
        with(&seed, "nbf", nbf).await.expect(&INVALID_CLAIMS);
    }
}

#[tokio::test]
async fn iat_must_be_a_number_but_is_not_compared_with_the_clock() {
    let seed = seed().await;
    for iat in [json!(0), json!(1.5), json!(now() + 600), json!(1e300)] {
        with(&seed, "iat", iat).await.expect_success();
    }
    seed.answer(&seed.token().without_claim("iat").mint())
        .await
        .expect_success();
    for iat in non_numbers() {
        with(&seed, "iat", iat).await.expect(&INVALID_CLAIMS);
    }
}

#[tokio::test]
async fn the_leeway_applies_to_exp_and_nbf() {
    let seed = seed_with([("leeway", 60_u32.into())]).await;
    with(&seed, "exp", json!(now() - 30)).await.expect_success();
    with(&seed, "exp", json!(now() - 61))
        .await
        .expect(&TOKEN_EXPIRED);
    with(&seed, "nbf", json!(now() + 30)).await.expect_success();
    with(&seed, "nbf", json!(now() + 600))
        .await
        .expect(&INVALID_CLAIMS);
}

#[tokio::test]
async fn iss_is_compared_exactly() {
    let seed = seed().await;
    let url = seed.issuer.url();
    let without_slash = url.trim_end_matches('/');
    let others = [
        json!("https://another-issuer.test/"),
        json!(without_slash),
        json!(format!("{url}/")),
        json!(format!(" {url}")),
        json!(url.to_ascii_uppercase()),
        json!(url.replace("127.0.0.1", "localhost")),
        json!(""),
        json!(null),
        json!(1),
        json!([url]),
        json!({ "iss": url }),
    ];
    for iss in others {
        with(&seed, "iss", iss).await.expect(&INVALID_CLAIMS);
    }
    let missing = seed.token().without_claim("iss").mint();
    seed.answer(&missing).await.expect(&INVALID_CLAIMS);
}

#[tokio::test]
async fn aud_is_a_string_or_a_list_and_is_compared_exactly() {
    let seed = seed().await;
    let ours = seed.issuer.audience();
    for aud in [
        json!(ours),
        json!([ours]),
        json!(["https://x.test", ours, ""]),
    ] {
        with(&seed, "aud", aud).await.expect_success();
    }
    let others = [
        json!("https://another-api.test"),
        json!(["https://another-api.test"]),
        json!(format!("{ours}/")),
        json!([format!("{ours}/")]),
        json!(ours.to_ascii_uppercase()),
        json!(format!("https://x.test {ours}")),
        json!(format!("https://x.test,{ours}")),
        json!(""),
        json!([]),
        json!([""]),
        json!([ours, 1]),
        json!([1, ours]),
        json!([ours, null]),
        json!([ours, [ours]]),
        json!([[ours]]),
        json!({ "aud": ours }),
        json!(null),
        json!(1),
    ];
    for aud in others {
        with(&seed, "aud", aud).await.expect(&INVALID_CLAIMS);
    }
    let missing = seed.token().without_claim("aud").mint();
    seed.answer(&missing).await.expect(&INVALID_CLAIMS);
}

#[tokio::test]
async fn one_of_several_audiences_suffices() {
    let accepted = vec!["https://api.test", "https://old-api.test"];
    let seed = seed_with([("audience", accepted.into())]).await;
    for aud in [
        json!("https://api.test"),
        json!("https://old-api.test"),
        json!(["https://old-api.test"]),
    ] {
        with(&seed, "aud", aud).await.expect_success();
    }
    with(&seed, "aud", json!("https://third-api.test"))
        .await
        .expect(&INVALID_CLAIMS);
}

#[tokio::test]
async fn sub_is_a_string_and_may_be_missing() {
    let seed = seed().await;
    seed.answer(&seed.token().without_claim("sub").mint())
        .await
        .expect_success();
    for sub in [json!(1), json!(null), json!(["a"])] {
        with(&seed, "sub", sub).await.expect(&INVALID_CLAIMS);
    }
}

#[tokio::test]
async fn a_token_must_be_signed_by_the_issuer_that_it_names() {
    let first = auth_runtime::issuer::LocalIssuer::start("https://api.test")
        .await
        .unwrap();
    let second = auth_runtime::issuer::LocalIssuer::start("https://api.test")
        .await
        .unwrap();
    let both = vec![first.url().to_owned(), second.url().to_owned()];
    let seed = seed_with([("issuer", both.into())]).await;
    seed.answer(&first.token().mint()).await.expect_success();
    seed.answer(&second.token().mint()).await.expect_success();
    let crossed = first.token().claim("iss", second.url());
    seed.answer(&crossed.mint()).await.expect(&UNKNOWN_KEY);
    // The key set of the third issuer is not even fetched.
    seed.answer(&seed.token().mint())
        .await
        .expect(&INVALID_CLAIMS);
    for iss in [json!(null), json!([first.url()]), json!("")] {
        let token = first.token().claim("iss", iss).mint();
        seed.answer(&token).await.expect(&INVALID_CLAIMS);
    }
}

#[tokio::test]
async fn a_token_with_events_is_never_an_access_token() {
    let seed = seed().await;
    for events in [json!({}), json!({ "https://x.test": {} }), json!(null)] {
        with(&seed, "events", events).await.expect(&INVALID_CLAIMS);
    }
}
