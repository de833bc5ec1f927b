//! Tests tokens of well-known providers, over HTTP, with the recipes of docs/providers.md.
//!
//! Each file in `tests/providers` describes one provider: a recipe, a token, what the token grants,
//! the key set, the metadata, and how its servers answer. The shapes follow the provider's
//! documentation, and the keys are ours.

mod profile;
mod site;

use std::collections::BTreeSet;

use auth_runtime::{AccessToken, Auth, requires_auth, routes};
use jsonwebtoken::Algorithm;
use rocket::figment::providers::{Format, Toml};
use rocket::get;
use serde_json::{Value, json};

use self::profile::Profile;
use self::site::Site;
use crate::keys::test_keys::TestKey;
use crate::support::*;

/// The chapter that shows the recipes.
const CHAPTER: &str = include_str!("../../../../docs/providers.md");

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

/// A provider, and an API that trusts it.
struct Setting {
    profile: Profile,
    site: App,
    api: App,
}

impl Setting {
    async fn launch(profile: Profile) -> Self {
        let site = Site::launch(&profile).await;
        let config: String = profile
            .at(&site, &profile.recipe)
            .lines()
            // The site speaks plain HTTP.
            .filter(|line| !line.starts_with("ca_certificate"))
            .flat_map(|line| [line, "\n"])
            .collect();
        let rocket = rocket::custom(quiet().merge(Toml::string(&config).nested()));
        let rocket = rocket.attach(Auth::fairing()).mount("/", routes![granted]);
        let api = App::launch(rocket).await;
        Self { profile, site, api }
    }

    /// Sends the provider's token with these changes of its claims. `null` removes a claim.
    async fn send(&self, changes: &Value) -> Reply {
        let token = self.profile.token(&self.site, changes);
        self.api.get_with("/granted", &token).await
    }
}

/// Returns the documented reply with this name in the corpus.
fn refusal(name: &str) -> Refusal {
    match name {
        "invalid_claims" => INVALID_CLAIMS,
        "unknown_key" => UNKNOWN_KEY,
        other => panic!("no reply has the name {other:?}"),
    }
}

#[tokio::test]
async fn the_token_of_each_provider_gets_its_documented_verdict() {
    for profile in Profile::all() {
        let setting = Setting::launch(profile).await;
        let Profile {
            provider, reply, ..
        } = &setting.profile;
        let answer = setting.send(&json!({})).await;
        if let Some(reply) = reply {
            answer.expect(&refusal(reply));
            continue;
        }
        assert_eq!(answer.status, 200, "{provider}: {answer:?}");
        let expected = json!({
            "scopes": setting.profile.scopes,
            "permissions": setting.profile.permissions,
            "roles": setting.profile.roles,
        });
        assert_eq!(answer.json(), expected, "{provider}");
    }
}

#[tokio::test]
async fn tokens_that_are_not_for_the_api_are_refused() {
    for profile in Profile::all() {
        if profile.reply.is_some() {
            continue;
        }
        let setting = Setting::launch(profile).await;
        for changes in [
            json!({ "iss": "https://other.invalid/" }),
            json!({ "aud": "another-api" }),
            json!({ "aud": [] }),
        ] {
            setting.send(&changes).await.expect(&INVALID_CLAIMS);
        }
        let expired = json!({ "exp": now() });
        setting.send(&expired).await.expect(&TOKEN_EXPIRED);
        for case in &setting.profile.refused {
            let changes: Value = serde_json::from_str(&case.changes).expect("changes are JSON");
            let answer = setting.send(&changes).await;
            let expected = refusal(&case.reply);
            let provider = &setting.profile.provider;
            assert_eq!(answer.status, expected.status, "{provider}, {}", case.case);
            answer.expect(&expected);
        }
        // Some providers also issue opaque tokens.
        let opaque = setting.api.get_with("/granted", "ya29.a0AfB_opaque").await;
        opaque.expect(&INVALID_TOKEN);
    }
}

#[test]
fn the_chapter_shows_each_recipe_and_token_of_the_corpus() {
    for profile in Profile::all() {
        let section = section(&profile.provider);
        for (language, text) in [("toml", &profile.recipe), ("json", &profile.token)] {
            let block = format!("```{language}\n{}\n```\n", text.trim());
            assert!(
                section.contains(&block),
                "docs/providers.md does not show this for {}:\n{block}",
                profile.provider
            );
        }
    }
}

#[test]
fn the_chapter_has_no_recipe_that_the_corpus_does_not_test() {
    let tested: BTreeSet<_> = Profile::all().map(|profile| profile.provider).collect();
    let shown = CHAPTER.split("\n## ").skip(1);
    let shown: BTreeSet<_> = shown
        .filter_map(|section| section.lines().next())
        // This combines two tested recipes.
        .filter(|heading| *heading != "Several at once")
        .map(str::to_owned)
        .collect();
    assert_eq!(shown, tested);
}

#[tokio::test]
async fn the_recipe_with_several_issuers_launches() {
    let (_, recipe) = section("Several at once")
        .split_once("```toml\n")
        .expect("the section has a recipe");
    let (recipe, _) = recipe.split_once("```").expect("the recipe has an end");
    let recipe = ["https://TENANT.eu.auth0.com", "https://KEYCLOAK"]
        .iter()
        .fold(recipe.to_owned(), |recipe, host| {
            recipe.replace(host, "http://127.0.0.1:1")
        });
    let figment = quiet().merge(Toml::string(&recipe).nested());
    let rocket = rocket::custom(figment).attach(Auth::fairing());
    assert_eq!(launch_error(rocket).await, None, "{recipe}");
}

/// Returns the section of the chapter about this provider.
fn section(provider: &str) -> &'static str {
    let (_, section) = CHAPTER
        .split_once(&format!("\n## {provider}\n"))
        .unwrap_or_else(|| panic!("docs/providers.md has no section {provider:?}"));
    section.split("\n## ").next().unwrap_or_default()
}
