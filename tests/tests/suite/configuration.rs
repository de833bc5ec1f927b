//! Tests the sources of the configuration, with the seed app as a process in its own environment and
//! directory.

use auth_runtime::issuer::LocalIssuer;

use crate::support::*;

const AUDIENCE: &str = "https://api.test";

type Variables<'a> = &'a [(&'a str, &'a str)];

/// A key set over HTTP for issuers that do not exist, and the tokens that they issue.
struct Tenant {
    signer: LocalIssuer,
    server: FaultServer,
}

impl Tenant {
    async fn start() -> Self {
        let signer = LocalIssuer::start(AUDIENCE).await.unwrap();
        let server = FaultServer::up(Answer::keys(signer.jwks()));
        Self { signer, server }
    }

    /// Returns the key `jwks_uri` in TOML.
    fn jwks_uri(&self) -> String {
        format!(r#"jwks_uri="{}""#, self.server.uri())
    }

    /// Returns the variable `ROCKET_AUTH` with the key `jwks_uri`.
    fn keys(&self) -> String {
        format!("{{{}}}", self.jwks_uri())
    }

    fn token(&self, issuer: &str, audience: &str) -> String {
        let token = self.signer.token().claim("iss", issuer);
        token.audience(audience).mint()
    }

    /// Checks that the app accepts this issuer and audience, and no others.
    async fn expect(&self, app: &SeedProcess, issuer: &str, audience: &str) {
        assert_eq!(status(app, &self.token(issuer, audience)).await, 200);
        for wrong in [
            self.token("https://x.invalid/", audience),
            self.token(issuer, "x"),
            self.token(issuer.trim_end_matches('/'), audience),
        ] {
            assert_eq!(status(app, &wrong).await, 401, "{}", app.output_so_far());
        }
    }
}

async fn status(app: &SeedProcess, token: &str) -> u16 {
    let client = http_client();
    let request = client
        .get(format!("{}/api/private", app.url().await))
        .bearer_auth(token);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn the_tutorials_variables_set_an_issuer_with_a_trailing_slash() {
    let tenant = Tenant::start().await;
    for name in ["API_IDENTIFIER", "API_ID"] {
        let variables = [
            ("AUTH0_DOMAIN", "tenant.invalid"),
            (name, AUDIENCE),
            ("ROCKET_AUTH", &*tenant.keys()),
        ];
        let app = SeedProcess::start(&variables, &[]);
        tenant
            .expect(&app, "https://tenant.invalid/", AUDIENCE)
            .await;
        let output = app.stop().await;
        assert!(
            !output.contains("TOKEN="),
            "a local issuer was started:\n{output}"
        );
    }
}

#[tokio::test]
async fn the_tutorials_variables_may_be_in_an_env_file_whose_path_is_logged() {
    let tenant = Tenant::start().await;
    let file = format!("# the tenant\nAUTH0_DOMAIN=tenant.invalid\nAPI_IDENTIFIER='{AUDIENCE}'\n");
    for profile in ["debug", "release"] {
        let directory = SeedDirectory::new(&[(".env", &file)]);
        let path = directory.path(".env").canonicalize().unwrap();
        let variables = [
            ("ROCKET_AUTH", &*tenant.keys()),
            ("ROCKET_PROFILE", profile),
        ];
        let app = directory.start("", &variables);
        // In the release profile, the log does not have Rocket's address.
        let logged = format!(
            "`auth.issuer` comes from AUTH0_DOMAIN in {}",
            path.display()
        );
        app.output_with(&logged).await;
        tenant
            .expect(&app, "https://tenant.invalid/", AUDIENCE)
            .await;
    }
}

#[tokio::test]
async fn every_other_source_overrides_an_env_file() {
    let tenant = Tenant::start().await;
    let file = ("AUTH0_DOMAIN=dotenv.invalid\nAPI_IDENTIFIER=dotenv\n", "");
    let toml = "[default.auth]\naudience = \"file\"\n";
    let files = [(".env", file.0), ("Rocket.toml", toml)];
    let cases: [(Variables<'_>, &str, &str); 2] = [
        (&[], "https://dotenv.invalid/", "file"),
        (
            &[("AUTH0_DOMAIN", "variable.invalid")],
            "https://variable.invalid/",
            "file",
        ),
    ];
    for (variables, issuer, audience) in cases {
        let keys = tenant.keys();
        let variables = [variables, &[("ROCKET_AUTH", &*keys)]].concat();
        let app = SeedProcess::start(&variables, &files);
        tenant.expect(&app, issuer, audience).await;
    }
}

#[tokio::test]
async fn an_env_file_is_not_read_if_issuer_and_audience_are_set_elsewhere() {
    let tenant = Tenant::start().await;
    let keys = format!(
        "[default.auth]\nissuer = \"https://file.invalid/\"\naudience = \"file\"\n{}\n",
        tenant.jwks_uri()
    );
    let directory = SeedDirectory::new(&[
        ("Rocket.toml", &keys),
        (".env", "AUTH0_DOMAIN=\"not closed\nAPI_ID='nor this"),
    ]);
    // Its mode does not matter either.
    directory.set_mode(".env", 0o666);
    let app = directory.start("", &[]);
    tenant.expect(&app, "https://file.invalid/", "file").await;
    assert!(!app.stop().await.contains(".env"));
}

#[tokio::test]
async fn a_line_of_an_env_file_that_is_not_needed_does_not_stop_the_launch() {
    let tenant = Tenant::start().await;
    let file = "NOTE=don't\n=\nA B\nAUTH0_DOMAIN=tenant.invalid\nAPI_ID=\"not closed\nX='hush\n";
    let audience = format!(r#"{{audience="{AUDIENCE}",{}}}"#, tenant.jwks_uri());
    let app = SeedProcess::start(&[("ROCKET_AUTH", &audience)], &[(".env", file)]);
    tenant
        .expect(&app, "https://tenant.invalid/", AUDIENCE)
        .await;
    assert!(!app.stop().await.contains("hush"));
}

#[tokio::test]
async fn an_env_file_is_read_beside_the_rocket_toml_in_use() {
    let tenant = Tenant::start().await;
    let files = [
        (
            "config/Rocket.toml",
            "[default.auth]\naudience = \"https://api.test\"\n",
        ),
        ("config/.env", "AUTH0_DOMAIN=beside.invalid"),
        (".env", "AUTH0_DOMAIN=here.invalid"),
    ];
    let keys = tenant.keys();
    let variables = [
        ("ROCKET_AUTH", &*keys),
        ("ROCKET_CONFIG", "config/Rocket.toml"),
    ];
    let app = SeedProcess::start(&variables, &files);
    tenant
        .expect(&app, "https://beside.invalid/", AUDIENCE)
        .await;
    // Rocket looks for Rocket.toml from the working directory upwards.
    let app = SeedDirectory::new(&files).start("config/below", &[("ROCKET_AUTH", &keys)]);
    tenant
        .expect(&app, "https://beside.invalid/", AUDIENCE)
        .await;
}

#[cfg(unix)]
#[tokio::test]
async fn an_env_file_that_only_its_owner_can_write_is_read() {
    let tenant = Tenant::start().await;
    let file = format!("AUTH0_DOMAIN=tenant.invalid\nAPI_ID={AUDIENCE}\n");
    let keys = tenant.keys();
    for mode in [0o400, 0o600, 0o640, 0o644] {
        let directory = SeedDirectory::new(&[(".env", &file)]);
        directory.set_mode(".env", mode);
        let app = directory.start("", &[("ROCKET_AUTH", &keys)]);
        tenant
            .expect(&app, "https://tenant.invalid/", AUDIENCE)
            .await;
    }
}

#[tokio::test]
async fn rocket_auth_overrides_the_tutorials_variables_and_they_override_rocket_toml() {
    let tenant = Tenant::start().await;
    let file = "[default.auth]\nissuer = \"https://file.invalid/\"\naudience = \"file\"\n";
    let file = [("Rocket.toml", file)];
    let keys = tenant.jwks_uri();
    let cases = [
        (None, None, "", "https://file.invalid/", "file"),
        (
            None,
            Some("variable"),
            "",
            "https://file.invalid/",
            "variable",
        ),
        (
            Some("variable.invalid"),
            None,
            r#"audience="auth","#,
            "https://variable.invalid/",
            "auth",
        ),
        (
            Some("variable.invalid"),
            Some("variable"),
            r#"issuer="https://auth.invalid/","#,
            "https://auth.invalid/",
            "variable",
        ),
    ];
    for (domain, identifier, auth, issuer, audience) in cases {
        let auth = format!("{{{auth}{keys}}}");
        let variables = [
            Some(("ROCKET_AUTH", &*auth)),
            domain.map(|domain| ("AUTH0_DOMAIN", domain)),
            identifier.map(|identifier| ("API_IDENTIFIER", identifier)),
        ];
        let variables: Vec<_> = variables.into_iter().flatten().collect();
        let app = SeedProcess::start(&variables, &file);
        tenant.expect(&app, issuer, audience).await;
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
    tenant
        .expect(&app, "https://release.invalid/", AUDIENCE)
        .await;
    let default = tenant.token("https://default.invalid/", AUDIENCE);
    assert_eq!(status(&app, &default).await, 401);
}

#[tokio::test]
async fn an_issuer_that_is_unreachable_does_not_stop_the_launch() {
    let down = FaultServer::down();
    let domain = down.uri().replace("http://", "").replace("/keys", "");
    let variables = [("AUTH0_DOMAIN", &*domain), ("API_IDENTIFIER", AUDIENCE)];
    let app = SeedProcess::start(&variables, &[]);
    let signer = LocalIssuer::start(AUDIENCE).await.unwrap();
    let issuer = format!("https://{domain}/");
    let token = signer.token().claim("iss", issuer.clone()).mint();
    assert_eq!(status(&app, &token).await, 503);
    let output = app.stop().await;
    assert!(
        output.contains(&format!("{issuer}.well-known/jwks.json")),
        "{output}"
    );
}

#[tokio::test]
async fn without_configuration_a_local_issuer_starts_in_the_debug_profile_and_the_log_shows_an_example()
 {
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
    for call in [
        "/openapi.json -H \"Authorization: Bearer $TOKEN\"\n",
        "/admin/revocations -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' -d",
    ] {
        assert!(output.contains(&format!("curl -i {url}{call}")), "{output}");
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
    let client = http_client();
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
async fn two_seed_apps_can_run_at_the_same_time() {
    // Only one of them gets the port that the local issuer prefers.
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
async fn whole_numbers_are_read_from_rocket_toml_and_from_the_environment() {
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
