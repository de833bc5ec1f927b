//! Where the configuration comes from: the seed app as a process, in an environment and a directory
//! of its own.

use auth_runtime::issuer::LocalIssuer;

use crate::support::*;

const AUDIENCE: &str = "https://api.test";

type Variables<'a> = &'a [(&'a str, &'a str)];

/// A key set over http for an issuer that does not exist, and tokens that it issued.
struct Tenant {
    signer: LocalIssuer,
    server: JwksServer,
}

impl Tenant {
    async fn start() -> Self {
        let signer = LocalIssuer::start(AUDIENCE).await.unwrap();
        let server = JwksServer::up(Answer::Keys(signer.jwks()));
        Self { signer, server }
    }

    /// The key that lets its keys be fetched, in TOML.
    fn jwks_uri(&self) -> String {
        format!(r#"jwks_uri="{}""#, self.server.uri())
    }

    fn token(&self, issuer: &str, audience: &str) -> String {
        self.signer
            .token()
            .claim("iss", issuer)
            .audience(audience)
            .mint()
    }
}

async fn status(app: &SeedProcess, token: &str) -> u16 {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client
        .get(format!("{}/api/private", app.url().await))
        .bearer_auth(token);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn the_tutorials_variables_mean_an_issuer_with_a_slash_at_its_end() {
    let tenant = Tenant::start().await;
    let keys = format!("{{{}}}", tenant.jwks_uri());
    for name in ["API_IDENTIFIER", "API_ID"] {
        let variables = [
            ("AUTH0_DOMAIN", "tenant.invalid"),
            (name, AUDIENCE),
            ("ROCKET_AUTH", &*keys),
        ];
        let app = SeedProcess::start(&variables, &[]);
        assert_eq!(
            status(&app, &tenant.token("https://tenant.invalid/", AUDIENCE)).await,
            200
        );
        assert_eq!(
            status(&app, &tenant.token("https://tenant.invalid", AUDIENCE)).await,
            401
        );
        assert_eq!(
            status(&app, &tenant.token("https://tenant.invalid/", "other")).await,
            401
        );
        assert!(
            !app.stop().await.contains("TOKEN="),
            "a local issuer was started"
        );
    }
}

#[tokio::test]
async fn the_tutorials_variables_may_stand_in_a_file() {
    let tenant = Tenant::start().await;
    let keys = format!("{{{}}}", tenant.jwks_uri());
    let file =
        format!("# of the tenant\nAUTH0_DOMAIN=tenant.invalid\nAPI_IDENTIFIER='{AUDIENCE}'\n");
    let app = SeedProcess::start(&[("ROCKET_AUTH", &keys)], &[(".env", &file)]);
    assert_eq!(
        status(&app, &tenant.token("https://tenant.invalid/", AUDIENCE)).await,
        200
    );
    // The environment wins over the file.
    let variables = [("ROCKET_AUTH", &*keys), ("AUTH0_DOMAIN", "other.invalid")];
    let app = SeedProcess::start(&variables, &[(".env", &file)]);
    assert_eq!(
        status(&app, &tenant.token("https://other.invalid/", AUDIENCE)).await,
        200
    );
    assert_eq!(
        status(&app, &tenant.token("https://tenant.invalid/", AUDIENCE)).await,
        401
    );
}

#[tokio::test]
async fn rocket_auth_wins_over_the_tutorials_variables_and_they_over_rocket_toml() {
    let tenant = Tenant::start().await;
    let file = format!(
        "[default.auth]\nissuer = \"https://file.invalid/\"\naudience = \"file\"\n{}\n",
        tenant.jwks_uri()
    );
    let file = [("Rocket.toml", &*file)];
    let cases: [(Variables<'_>, &str, &str); 4] = [
        (&[], "https://file.invalid/", "file"),
        (
            &[("API_IDENTIFIER", "variable")],
            "https://file.invalid/",
            "variable",
        ),
        (
            &[
                ("AUTH0_DOMAIN", "variable.invalid"),
                ("ROCKET_AUTH", r#"{audience="auth"}"#),
            ],
            "https://variable.invalid/",
            "auth",
        ),
        (
            &[
                ("AUTH0_DOMAIN", "variable.invalid"),
                ("API_IDENTIFIER", "variable"),
                ("ROCKET_AUTH", r#"{issuer="https://auth.invalid/"}"#),
            ],
            "https://auth.invalid/",
            "variable",
        ),
    ];
    for (variables, issuer, audience) in cases {
        let app = SeedProcess::start(variables, &file);
        assert_eq!(
            status(&app, &tenant.token(issuer, audience)).await,
            200,
            "{variables:?}"
        );
        for wrong in [
            tenant.token("https://x.invalid/", audience),
            tenant.token(issuer, "x"),
        ] {
            assert_eq!(status(&app, &wrong).await, 401, "{variables:?}");
        }
    }
}

#[tokio::test]
async fn rocket_toml_is_read_by_profile() {
    let tenant = Tenant::start().await;
    let file = format!(
        "[default.auth]\nissuer = \"https://default.invalid/\"\naudience = \"{AUDIENCE}\"\n{}\n\
         [release.auth]\nissuer = \"https://release.invalid/\"\n",
        tenant.jwks_uri()
    );
    let app = SeedProcess::start(&[("ROCKET_PROFILE", "release")], &[("Rocket.toml", &file)]);
    assert_eq!(
        status(&app, &tenant.token("https://release.invalid/", AUDIENCE)).await,
        200
    );
    assert_eq!(
        status(&app, &tenant.token("https://default.invalid/", AUDIENCE)).await,
        401
    );
}

#[tokio::test]
async fn an_issuer_that_cannot_be_reached_does_not_stop_the_launch() {
    let down = JwksServer::down();
    let domain = down.uri().replace("http://", "").replace("/keys", "");
    let variables = [("AUTH0_DOMAIN", &*domain), ("API_IDENTIFIER", AUDIENCE)];
    let app = SeedProcess::start(&variables, &[]);
    let signer = LocalIssuer::start(AUDIENCE).await.unwrap();
    let token = signer
        .token()
        .claim("iss", format!("https://{domain}/"))
        .mint();
    assert_eq!(status(&app, &token).await, 503);
    assert!(
        app.stop()
            .await
            .contains(&format!("https://{domain}/.well-known/jwks.json"))
    );
}

#[tokio::test]
async fn with_nothing_configured_a_local_issuer_hands_out_tokens_and_the_log_shows_the_calls() {
    let app = SeedProcess::start(&[], &[]);
    let url = app.url().await;
    let output = app
        .output_with("/secured/private/ping -H \"Authorization: Bearer $TOKEN\"")
        .await;
    for path in PUBLIC.into_iter().chain(PROTECTED.map(|(path, _)| path)) {
        assert!(
            output.contains(&format!("curl -i {url}{path} ")),
            "{output}"
        );
    }
    // The endpoint and the form of the command that gets a token.
    let (_, command) = output.split_once("TOKEN=$(curl -s ").unwrap();
    let command = command.lines().next().unwrap();
    let endpoint = command.split(' ').next().unwrap();
    assert!(endpoint.starts_with("http://127.0.0.1:"), "{endpoint}");
    let (_, audience) = command.split_once("audience=").unwrap();
    let audience = audience.split([' ', '"']).next().unwrap();
    let form = format!(
        "grant_type=client_credentials&audience={audience}&scope=read:messages example:scope"
    );
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let post = client
        .post(endpoint)
        .header("Content-Type", "application/x-www-form-urlencoded");
    let granted = post.body(form).send().await.unwrap().text().await.unwrap();
    let granted: serde_json::Value = serde_json::from_str(&granted).unwrap();
    let token = granted["access_token"].as_str().unwrap();
    for (path, _) in PROTECTED {
        let reply = client
            .get(format!("{url}{path}"))
            .bearer_auth(token)
            .send()
            .await
            .unwrap();
        assert_eq!(reply.status(), 200, "{path}");
        let reply = client.get(format!("{url}{path}")).send().await.unwrap();
        assert_eq!(reply.status(), 401, "{path}");
    }
}

#[tokio::test]
async fn two_seed_apps_run_beside_each_other() {
    // One of them at most has the port that the local issuer prefers.
    let apps = [SeedProcess::start(&[], &[]), SeedProcess::start(&[], &[])];
    let mut endpoints = Vec::new();
    for app in &apps {
        let output = app.output_with("TOKEN=$(curl -s http://127.0.0.1:").await;
        let (_, command) = output.split_once("TOKEN=$(curl -s ").unwrap();
        endpoints.push(command.split(' ').next().unwrap().to_owned());
    }
    assert_ne!(endpoints[0], endpoints[1]);
}

#[tokio::test]
async fn whole_numbers_are_taken_from_rocket_toml_and_from_the_environment() {
    let tenant = Tenant::start().await;
    let numbers = "leeway=60,malformed_token_status=400,jwks_cooldown=1,jwks_timeout=5";
    let strings = format!(
        r#"issuer="https://t.invalid/",audience="x",{}"#,
        tenant.jwks_uri()
    );
    let variable = format!("{{{strings},{numbers}}}");
    let file = format!("[default.auth]\n{strings},{numbers}\n").replace(',', "\n");
    let apps = [
        SeedProcess::start(&[("ROCKET_AUTH", &variable)], &[]),
        SeedProcess::start(&[], &[("Rocket.toml", &file)]),
    ];
    for app in &apps {
        let token = tenant
            .signer
            .token()
            .claim("iss", "https://t.invalid/")
            .audience("x");
        let just_expired = token.claim("exp", now() - 30).mint();
        assert_eq!(status(app, &just_expired).await, 200);
        assert_eq!(status(app, "x").await, 400);
    }
}
