//! Measures what is checked beside a token: its DPoP proof, and whether it was revoked.
//!
//! `cargo bench -p tests --bench guards`

// clippy.toml allows these in tests.
#![allow(clippy::indexing_slicing, clippy::panic)]

mod fixtures;
mod table;

use std::hint::black_box;

use auth_runtime::issuer::LocalIssuer;
use auth_runtime::testing::DpopKey;
use auth_runtime::{Auth, BindingMode, requires_auth, routes};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use rocket::http::{Header, Status};
use rocket::local::blocking::Client;
use rocket::{Build, Rocket, get};

use self::fixtures::{AUDIENCE, auth0_claims, done, header, ignited};
use self::table::{ROUNDS, contender, measure, show};

const CALLS: usize = 100;
const URL: &str = "https://api.example.com";

#[requires_auth]
#[get("/me")]
fn me() {}

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    let issuer = runtime
        .block_on(LocalIssuer::start(AUDIENCE))
        .expect("a loopback port is free");
    let auth = || Auth::builder().issuer(issuer.url()).audience(AUDIENCE);
    let key = DpopKey::generate();
    let bearer = issuer.token().mint();
    let bound = issuer.token().bound_to(&key).mint();
    let sign = || key.proof("GET", &format!("{URL}/me"), &bound).sign();
    let proof = sign();
    let (message, signature) = proof.rsplit_once('.').expect("a proof has dots");
    let signature = BASE64.decode(signature).expect("a signature is base64url");
    let jwk = key.jwk();
    let coordinate = |name: &str| BASE64.decode(jwk[name].as_str().unwrap_or_default());
    let (x, y) = (coordinate("x"), coordinate("y"));
    let point = [vec![4], x.unwrap_or_default(), y.unwrap_or_default()].concat();
    let raw = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point).expect("the key is valid");

    let client = Client::untracked(rocket(
        auth()
            .public_url(URL)
            .dpop(BindingMode::Allow)
            // All proofs are of one key, which may use a tenth.
            .dpop_max_proofs(1_000_000),
    ))
    .expect("the configuration works");
    let get = |authorization: String, proof: Option<String>| {
        let mut request = client.get("/me");
        request.add_header(Header::new("Authorization", authorization));
        if let Some(proof) = proof {
            request.add_header(Header::new("DPoP", proof));
        }
        let status = request.dispatch().status();
        assert_eq!(status, Status::Ok);
    };

    let token = issuer.sign_raw(
        &header("RS256", &issuer.kid()),
        auth0_claims(issuer.url()).to_string().as_bytes(),
    );
    let revoking = |count| {
        let auth = auth().revocation(true);
        runtime.block_on(revoked(auth, issuer.url(), count))
    };
    let (none, many) = (revoking(0), revoking(100_000));
    let without = runtime.block_on(ignited(auth()));
    let caller = done(many.verify(&token)).expect("the token is valid");
    let verify = |auth: &Auth| {
        black_box(done(auth.verify(&token)).is_ok());
    };

    // Each proof is used once, soon after it was signed. The table runs each row once more to count its
    // allocations.
    let mut proofs: Vec<_> = (0..=ROUNDS * CALLS).map(|_| sign()).collect();
    let mut contenders = vec![
        contender("ES256: only the signature of a proof", 0, CALLS, || {
            black_box(raw.verify_sig(message.as_bytes(), &signature).is_ok());
        }),
        contender("a request with a remembered token", 0, CALLS, || {
            get(format!("Bearer {bearer}"), None);
        }),
        contender("the same with a bound token and a proof", 0, CALLS, || {
            get(format!("DPoP {bound}"), proofs.pop());
        }),
        contender(
            "a remembered token, without revocation",
            3,
            20 * CALLS,
            || {
                verify(&without);
            },
        ),
        contender("the same, nothing is revoked", 3, 20 * CALLS, || {
            verify(&none);
        }),
        contender("the same among 100,000 revocations", 3, 20 * CALLS, || {
            verify(&many);
        }),
        contender("`is_revoked`, nothing is revoked", 3, 100 * CALLS, || {
            black_box(none.is_revoked(&caller));
        }),
        contender("`is_revoked` among 100,000", 3, 100 * CALLS, || {
            black_box(many.is_revoked(&caller));
        }),
    ];
    measure(&mut contenders);
    let medians = show(&mut contenders);
    let [signature, bearer, bound, without, none, many, ..] = medians[..] else {
        panic!("each row has a median");
    };
    let proof = bound - bearer;
    let target = 1.1 * signature + 3000.0;
    println!("\na proof: {proof:.0} ns; the target is at most {target:.0} ns");
    println!(
        "to look for a revocation: {:.0} ns if nothing is revoked, the target is at most 10 ns; \
         {:.0} ns among 100,000, the target is at most 60 ns",
        none - without,
        many - without
    );
}

fn rocket(auth: auth_runtime::AuthBuilder) -> Rocket<Build> {
    let figment = rocket::Config::figment().merge(("log_level", "off"));
    rocket::custom(figment)
        .attach(auth.fairing())
        .mount("/", routes![me])
}

/// Returns the handle once this many users are revoked.
async fn revoked(auth: auth_runtime::AuthBuilder, issuer: &str, count: usize) -> Auth {
    let auth = ignited(auth).await;
    let revocations = auth.revocations().expect("revocation is on");
    for index in 0..count {
        let user = format!("auth0|{index}");
        let revoked = revocations.revoke_user(issuer, &user).await;
        revoked.expect("the store is in memory");
    }
    auth
}
