use rocket::figment::Figment;
use rocket::figment::providers::{Format, Toml};

use super::super::super::test_config;
use super::*;

const USERS: &str = "
[[users]]
sub = 'ann'
name = 'Ann'
scope = 'a b'
permissions = ['p']
roles = 'r'
claims = { org = 'acme', level = 3, nested = { list = [true] } }
[[users]]
sub = 'ben'
[[clients]]
client_id = 'web'
client_secret = 'hush'
redirect_uris = ['https://app.test/callback']
";

/// Returns the table `auth` of a configuration that has this table `local`.
fn table(local: &str) -> Table {
    let local = local.replace("[[", "[[debug.auth.local.");
    let text = format!("[debug.auth.local]\n{local}");
    let figment =
        Figment::from(rocket::Config::debug_default()).merge(Toml::string(&text).nested());
    Table::from_figment(&figment.select("debug")).unwrap_or_else(|problem| panic!("{problem}"))
}

fn problems(local: &str) -> Vec<String> {
    let problems = read(&table(local), true).map(|_| ()).unwrap_err();
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn users_and_clients_are_read_with_everything_that_they_have() {
    let (settings, _) = read(&table(USERS), true).unwrap_or_else(|_| panic!("it is valid"));
    let ann = LocalUser::new("ann")
        .with_name("Ann")
        .with_scope("a b")
        .with_permissions(["p"])
        .with_roles(["r"])
        .with_claim("org", "acme")
        .with_claim("level", 3)
        .with_claim("nested", serde_json::json!({ "list": [true] }));
    assert_eq!(settings.users, Some(vec![ann, LocalUser::new("ben")]));
    let web = LocalClient::new("web")
        .with_secret("hush")
        .with_redirect_uris(["https://app.test/callback"]);
    assert_eq!(settings.clients, Some(vec![web]));
}

#[test]
fn without_a_table_nothing_is_set() {
    let (settings, _) = read(&table(""), true).unwrap_or_else(|_| panic!("it is valid"));
    assert!(settings.users.is_none() && settings.clients.is_none());
}

#[test]
fn each_mistake_is_reported_with_its_place_and_the_fix() {
    for (local, expected) in [
        (
            "user = 1",
            "`auth.local.user` (from TOML source string): there is no such key: did you mean `users`?",
        ),
        (
            "users = 'ann'",
            "`auth.local.users` (from TOML source string): it must be a list of tables, such as \
             `[[debug.auth.local.users]]`",
        ),
        (
            "users = ['ann']",
            "`auth.local.users[0]` (from TOML source string): it must be a table",
        ),
        (
            "[[users]]\nname = 'Ann'",
            "`auth.local.users[0].sub`: it is missing: set it to the user's \
             `sub`",
        ),
        (
            "[[users]]\nsub = 'ann'\nrole = 'admin'",
            "`auth.local.users[0].role` (from TOML source string): there is no such key: did you mean \
             `roles`?",
        ),
        (
            "[[users]]\nsub = 5",
            "`auth.local.users[0].sub` (from TOML source string): it must be a string in quotes, and \
             not empty",
        ),
        (
            "[[users]]\nsub = 'ann'\nscope = 'a \"b\"'",
            "`auth.local.users[0].scope` (from TOML source string): `\"b\"` is not a scope (RFC 6749 \
             §3.3): write scopes without quotes and backslashes, separated by spaces",
        ),
        (
            "[[users]]\nsub = 'ann'\nclaims = { cnf = {} }",
            "`auth.local.users[0].claims` (from TOML source string): the issuer decides the claim \
             `cnf` by itself: remove it",
        ),
        (
            "[[users]]\nsub = 'ann'\n[[users]]\nsub = 'ann'",
            "`auth.local.users` (from TOML source string): `ann` occurs twice: keep one of the two",
        ),
        (
            "[[clients]]\nclient_id = 'a'\nredirect_uris = '/callback'",
            "`auth.local.clients[0].redirect_uris` (from TOML source string): `/callback`, a redirect \
             URI of the client `a`, is not an absolute URI without a fragment",
        ),
        (
            "[[clients]]\nredirect_uri = 'x'",
            "`auth.local.clients[0].redirect_uri` (from TOML source string): there is no such key: \
             did you mean `redirect_uris`?",
        ),
    ] {
        assert_eq!(problems(local).first().unwrap(), expected, "{local}");
    }
}

#[test]
fn a_table_that_starts_no_issuer_is_a_problem() {
    let problems = read(&table(USERS), false).map(|_| ()).unwrap_err();
    assert_eq!(
        problems[0].to_string(),
        "`auth.local` (from TOML source string): no local issuer starts: call \
         `.or_local_issuer(…)` of `Auth::builder()`, or remove this table"
    );
}

#[test]
fn the_local_issuer_is_for_the_profile_debug() {
    let keys = format!("{}local = {{}}", test_config::BOTH);
    assert!(test_config::read_in_profile("debug", &keys).is_ok());
    for profile in ["release", "default", "staging"] {
        let problems = test_config::read_in_profile(profile, &keys).unwrap_err();
        assert_eq!(
            problems,
            [
                "`auth.local` (from Rocket.toml): the local issuer gives a token to anyone, so that it \
              runs only in the profile `debug`: move this table to `[debug.auth.local]`"
            ]
        );
    }
}

#[test]
fn only_what_says_whose_tokens_are_accepted_keeps_the_local_issuer_from_running() {
    let with = |keys: &str| {
        let text = format!("[debug.auth]\n{keys}");
        let figment =
            Figment::from(rocket::Config::debug_default()).merge(Toml::string(&text).nested());
        let table = Table::from_figment(&figment.select("debug"));
        is_wanted(&table.unwrap_or_else(|problem| panic!("{problem}")))
    };
    for keys in [
        "",
        "dpop = 'allow'\npublic_url = 'http://127.0.0.1'",
        "local = {}",
    ] {
        assert!(with(keys), "{keys}");
    }
    for keys in [
        "issuer = 'x'",
        "issuers = []",
        "audience = 'x'",
        "secret = 'x'",
        "jwks_file = 'x'",
        "introspection_endpoint = 'x'",
    ] {
        assert!(!with(keys), "{keys}");
    }
}

/// Compares the rows of the tables in docs/local-issuer.md with those of the tables of keys, word by
/// word.
#[test]
fn the_documentation_lists_every_key_of_users_and_clients() {
    let text = include_str!("../../../../docs/local-issuer.md");
    for (columns, rows) in [
        ("| key of a user | meaning | default |", user::KEYS),
        ("| key of a client | meaning | default |", client::KEYS),
    ] {
        let (_, table) = text.split_once(columns).unwrap();
        let documented = table.lines().skip(2);
        let documented = documented.take_while(|line| line.starts_with("| `"));
        let expected: Vec<_> = rows.iter().map(|row| row.documentation()).collect();
        assert_eq!(documented.collect::<Vec<_>>(), expected);
    }
}
