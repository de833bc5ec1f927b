//! Configurations of bound tokens that cannot work, and routes that need one.

use auth_runtime::testing::DpopKey;
use auth_runtime::{Auth, AuthBuilder, BindingMode};
use rocket::{Build, Rocket};

use crate::support::{Refused, launch_error, quiet};

fn rocket(configure: impl FnOnce(AuthBuilder) -> AuthBuilder) -> Rocket<Build> {
    let auth = Auth::builder()
        .issuer("http://127.0.0.1:1/")
        .audience("https://api.test");
    rocket::custom(quiet()).attach(configure(auth).fairing())
}

#[rocket::async_test]
async fn a_combination_that_cannot_work_stops_the_launch() {
    let refused: [fn(AuthBuilder) -> AuthBuilder; 6] = [
        |auth| auth.dpop(BindingMode::Allow),
        |auth| auth.resource_metadata(true),
        |auth| auth.public_url("http://api.example.com"),
        |auth| auth.mtls(BindingMode::Allow),
        |auth| {
            auth.mtls(BindingMode::Allow)
                .client_certificate_header("Client-Cert")
        },
        |auth| auth.store("redis://host:port"),
    ];
    for (index, configure) in refused.into_iter().enumerate() {
        let error = launch_error(rocket(configure)).await;
        assert_eq!(error, Some(Refused::ByFairing), "{index}");
    }
    let fine = rocket(|auth| {
        auth.public_url("https://api.example.com")
            .dpop(BindingMode::Require)
            .mtls(BindingMode::Require)
            .client_certificate_header("Client-Cert")
            .trusted_proxies(["10.0.0.0/8", "::1"])
    });
    assert_eq!(launch_error(fine).await, None);
}

#[test]
fn debug_shows_the_thumbprint_of_a_key_and_no_more() {
    let key = DpopKey::generate();
    let expected = format!("DpopKey(\"{}\")", key.thumbprint());
    assert_eq!(format!("{key:?}"), expected);
}
