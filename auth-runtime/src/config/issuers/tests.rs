use super::super::test_config::{BOTH, expect, expect_beside, key_sets, read};
use super::*;

#[test]
fn issuer_and_audience_are_required() {
    let problems = read("").unwrap_err();
    assert_eq!(problems.len(), 2);
    assert!(
        problems[0].starts_with("`auth.issuer`: it is missing: set it"),
        "{problems:?}"
    );
    assert!(problems[0].contains("AUTH0_DOMAIN"));
    assert!(problems[1].starts_with("`auth.audience`: it is missing: set it"));
    assert!(problems[1].contains("API_IDENTIFIER"));
}

#[test]
fn algorithms_are_asymmetric_and_known() {
    let all = "['RS256','RS384','RS512','PS256','PS384','PS512','ES256','ES384','EdDSA']";
    assert!(read(&format!("{BOTH}algorithms = {all}")).is_ok());
    assert!(read(&format!("{BOTH}algorithms = 'ES256'")).is_ok());
    // RFC 9864 has another name for it.
    let settings = read(&format!("{BOTH}algorithms = 'Ed25519'")).unwrap();
    assert_eq!(key_sets(&settings)[0].algorithms, [Algorithm::EdDSA]);
    for (name, why) in [
        ("none", "would accept tokens without a signature"),
        ("NONE", "would accept tokens without a signature"),
        (
            "HS256",
            "works only with a shared secret (`secret`), which a key set cannot hold",
        ),
        (
            "HS512",
            "works only with a shared secret (`secret`), which a key set cannot hold",
        ),
        ("rs256", "is unknown"),
        ("ES512", "is unknown"),
    ] {
        expect_beside(
            &format!("algorithms = ['RS256', '{name}']"),
            &format!(
                "`auth.algorithms` (from Rocket.toml): `{name}` {why}: choose from RS256, RS384, \
                 RS512, PS256, PS384, PS512, ES256, ES384 and EdDSA"
            ),
        );
    }
    for value in ["[]", "''", "256", "[256]", "{ a = 1 }"] {
        expect_beside(
            &format!("algorithms = {value}"),
            "`auth.algorithms` (from Rocket.toml): it must be a string in quotes or a list of such \
             strings, none empty",
        );
    }
}

#[test]
fn a_table_of_an_issuer_inherits_what_it_does_not_set() {
    let settings = read(
        "audience = 'shared'\nalgorithms = ['ES256']\n\
         [[default.auth.issuers]]\nissuer = 'https://a.invalid/'\n\
         [[default.auth.issuers]]\nissuer = ['b', 'c']\naudience = ['own', 'other']\n\
         algorithms = 'RS256'\njwks_uri = 'https://b.invalid/'",
    );
    let settings = settings.unwrap();
    let [a, b] = key_sets(&settings) else {
        panic!("{settings:?}");
    };
    assert_eq!(
        (&a.audience[..], &a.algorithms[..]),
        (&["shared".to_owned()][..], &[Algorithm::ES256][..])
    );
    assert_eq!(b.names, ["b", "c"]);
    assert_eq!(b.audience, ["own", "other"]);
    assert_eq!(b.algorithms, [Algorithm::RS256]);
}

#[test]
fn mistakes_in_tables_of_issuers_are_reported_with_their_place() {
    let table = "[[default.auth.issuers]]\nissuer = 'https://a.invalid/'\n";
    let two = format!("audience = 'api'\n{table}{table}");
    expect(
        &two,
        "`auth.issuers` (from Rocket.toml): it names `https://a.invalid/` twice: keep one of them",
    );
    expect(
        &format!("audience = 'api'\n{table}isuer = 1"),
        "`auth.issuers[0].isuer` (from Rocket.toml): there is no such key: did you mean `issuer`?",
    );
    expect(
        &format!("audience = 'api'\n{table}leeway = 1"),
        "`auth.issuers[0].leeway` (from Rocket.toml): it applies to all issuers: move it to the table \
         `auth`",
    );
    expect(
        &format!("audience = 'api'\njwks_uri = 'https://a.invalid/'\n{table}"),
        "`auth.jwks_uri` (from Rocket.toml): it cannot be set beside `issuers`: move it into one of those \
         tables",
    );
    let problems = read(table).unwrap_err();
    assert!(
        problems[0].starts_with("`auth.issuers[0].audience`: it is missing"),
        "{problems:?}"
    );
    for issuers in ["[]", "5", "'https://a.invalid/'"] {
        expect(
            &format!("audience = 'api'\nissuers = {issuers}"),
            "`auth.issuers` (from Rocket.toml): it must be a list of tables: write \
             `[[default.auth.issuers]]`",
        );
    }
    expect(
        "audience = 'api'\nissuers = [5]",
        "`auth.issuers[0]` (from Rocket.toml): it must be a table",
    );
    let beside = "`auth.issuer` (from Rocket.toml): it cannot be set beside `issuers`: move it into one of those tables";
    expect(&format!("issuer = 'b'\naudience = 'api'\n{table}"), beside);
}

#[test]
fn the_audience_is_in_aud_unless_other_claims_are_allowed() {
    let claims = |keys: &str| {
        let settings = read(keys).unwrap();
        let issuers = key_sets(&settings).iter();
        issuers
            .map(|issuer| issuer.audience_claims.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(claims(BOTH), [[AudienceClaim::Audience]]);
    let keys = format!("{BOTH}audience_claims = 'client_id'");
    assert_eq!(claims(&keys), [[AudienceClaim::ClientId]]);
    let keys = "audience = 'api'\naudience_claims = ['aud', 'azp']\n\
         [[default.auth.issuers]]\nissuer = 'https://a.invalid/'\n\
         [[default.auth.issuers]]\nissuer = 'https://b.invalid/'\naudience_claims = ['client_id']";
    assert_eq!(
        claims(keys),
        [
            vec![AudienceClaim::Audience, AudienceClaim::AuthorizedParty],
            vec![AudienceClaim::ClientId]
        ]
    );
    for value in ["'sub'", "[]", "''", "['aud', 'aud']", "true", "['Aud']"] {
        let problems = read(&format!("{BOTH}audience_claims = {value}")).unwrap_err();
        assert!(
            problems[0].starts_with("`auth.audience_claims` (from Rocket.toml): it must be"),
            "{value}: {problems:?}"
        );
    }
}
