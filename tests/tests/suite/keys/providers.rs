//! The recipes of docs/providers.md: each token that they show is verified with the configuration
//! above it.

use std::fs;

use serde_json::Deserializer;

use super::*;

const PROVIDERS: &str = include_str!("../../../../docs/providers.md");

#[requires_auth]
#[get("/granted")]
fn granted(token: &AccessToken) -> String {
    json!({
        "scopes": token.scopes().collect::<Vec<_>>(),
        "permissions": token.permissions().collect::<Vec<_>>(),
        "roles": token.roles().collect::<Vec<_>>(),
    })
    .to_string()
}

struct Recipe {
    config: String,
    header: Value,
    payload: Value,
}

fn block(section: &str, language: &str) -> String {
    let (_, rest) = section
        .split_once(&format!("```{language}\n"))
        .expect("there is a block");
    rest.split_once("```").expect("it has an end").0.to_owned()
}

fn recipe(provider: &str) -> Recipe {
    let (_, section) = PROVIDERS
        .split_once(&format!("\n## {provider}\n"))
        .expect("there is a recipe");
    let section = section.split("\n## ").next().unwrap_or_default();
    let text = block(section, "json");
    let mut token = Deserializer::from_str(&text).into_iter::<Value>();
    let mut next = || {
        token
            .next()
            .expect("header and payload")
            .expect("they are JSON")
    };
    Recipe {
        config: block(section, "toml"),
        header: next(),
        payload: next(),
    }
}

impl Recipe {
    /// An application configured so, but for the place of the keys, which would be on the network.
    async fn launch(&self) -> App {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.json");
        fs::write(&path, keys(&["a"])).unwrap();
        let config = self.config.replace("discovery = true\n", "");
        let config = format!("{config}\njwks_file = '{}'", path.display());
        let rocket = rocket::custom(quiet().merge(Toml::string(&config).nested()));
        App::launch(rocket.attach(Auth::fairing()).mount("/", routes![granted])).await
    }

    fn token(&self, changed: &Value) -> String {
        let (mut header, mut payload) = (self.header.clone(), self.payload.clone());
        header["kid"] = "a".into();
        for (name, value) in [("iat", now()), ("nbf", now()), ("exp", now() + 600)] {
            payload[name] = value.into();
        }
        for (name, value) in changed.as_object().unwrap() {
            payload[name] = value.clone();
        }
        token_of(RS256, header, &payload)
    }
}

#[tokio::test]
async fn each_providers_token_is_verified_and_what_it_grants_is_found() {
    for (provider, scopes, permissions, roles) in [
        (
            "Auth0",
            json!(["openid", "profile", "read:messages"]),
            json!(["read:messages"]),
            json!([]),
        ),
        (
            "Okta",
            json!(["openid", "read:messages"]),
            json!([]),
            json!([]),
        ),
        (
            "Microsoft Entra ID",
            json!(["read:messages", "write:messages"]),
            json!([]),
            json!(["Task.Read"]),
        ),
        (
            "Keycloak",
            json!(["read:messages", "email", "profile"]),
            json!([]),
            json!(["editor", "offline_access"]),
        ),
        (
            "Amazon Cognito",
            json!(["my-api/read", "read:messages"]),
            json!([]),
            json!(["editor"]),
        ),
        ("Google", json!([]), json!([]), json!([])),
    ] {
        let recipe = recipe(provider);
        let app = recipe.launch().await;
        let reply = app.get_with("/granted", &recipe.token(&json!({}))).await;
        assert_eq!(reply.status, 200, "{provider}: {reply:?}");
        let expected = json!({"scopes": scopes, "permissions": permissions, "roles": roles});
        assert_eq!(reply.json(), expected, "{provider}");
        for changed in [
            json!({"iss": "https://other.invalid/"}),
            json!({"aud": "another-api"}),
        ] {
            let reply = app.get_with("/granted", &recipe.token(&changed)).await;
            reply.expect(&INVALID_CLAIMS);
        }
        let expired = recipe.token(&json!({"exp": now()}));
        app.get_with("/granted", &expired)
            .await
            .expect(&TOKEN_EXPIRED);
    }
}
