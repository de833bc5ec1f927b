//! Tests which forms of the `Authorization` header are accepted.

use crate::support::*;

const PATH: &str = "/api/private";

/// Returns one header line with this value.
fn line(value: &str) -> Vec<u8> {
    format!("Authorization:{value}").into_bytes()
}

#[tokio::test]
async fn the_scheme_is_bearer_in_any_case_and_spaces_or_tabs_follow() {
    let seed = seed().await;
    let token = seed.token().mint();
    let starts = [
        " Bearer ",
        " bearer ",
        " BEARER ",
        " bEaReR ",
        "Bearer ",
        " Bearer   ",
        " Bearer\t",
    ];
    for start in starts.into_iter().chain([" Bearer \t \t", "\t Bearer "]) {
        for end in ["", " ", "\t "] {
            let header = line(&format!("{start}{token}{end}"));
            seed.app.get_raw(PATH, &[&header]).await.expect_success();
        }
    }
}

#[tokio::test]
async fn the_name_of_the_header_is_case_insensitive() {
    let seed = seed().await;
    for name in ["authorization", "AUTHORIZATION"] {
        let header = format!("{name}: Bearer {}", seed.token().mint());
        seed.app
            .get_raw(PATH, &[header.as_bytes()])
            .await
            .expect_success();
    }
}

#[tokio::test]
async fn an_empty_header_counts_as_missing() {
    let seed = seed().await;
    for value in ["", " ", "  \t "] {
        seed.app
            .get_raw(PATH, &[&line(value)])
            .await
            .expect(&AUTHORIZATION_MISSING);
    }
}

#[tokio::test]
async fn another_scheme_is_refused() {
    let seed = seed().await;
    let token = seed.token().mint();
    let values = [
        " Basic dTpw".to_owned(),
        format!(" Token {token}"),
        format!(" DPoP {token}"),
        format!(" Bearer{token}"),
        format!(" Bearer:{token}"),
        format!(" Bearer={token}"),
        format!(" Bearer,{token}"),
        format!(" \"Bearer\" {token}"),
        format!(" {token}"),
        " Basic Bearer x".to_owned(),
        " Bearer, Basic".to_owned(),
    ];
    for value in values {
        seed.app
            .get_raw(PATH, &[&line(&value)])
            .await
            .expect(&SCHEME_NOT_BEARER);
    }
}

#[tokio::test]
async fn bearer_without_a_token_is_refused() {
    let seed = seed().await;
    for value in [" Bearer", " bearer", " Bearer ", " Bearer \t"] {
        seed.app
            .get_raw(PATH, &[&line(value)])
            .await
            .expect(&TOKEN_MISSING);
    }
}

#[tokio::test]
async fn more_than_two_parts_are_refused() {
    let seed = seed().await;
    let token = seed.token().mint();
    let values = [
        format!(" Bearer {token} x"),
        format!(" Bearer {token}\tx"),
        format!(" Bearer Bearer {token}"),
        format!(" Bearer x {token}"),
        format!(" Bearer {token}, Bearer {token}"),
        format!(" Bearer {token} , x=y"),
    ];
    for value in values {
        seed.app
            .get_raw(PATH, &[&line(&value)])
            .await
            .expect(&AUTHORIZATION_MALFORMED);
    }
}

#[tokio::test]
async fn two_headers_are_refused_even_if_both_are_valid() {
    let seed = seed().await;
    let good = line(&format!(" Bearer {}", seed.token().mint()));
    for other in [
        &good,
        &line(" Bearer x"),
        &line(" Basic dTpw"),
        &line(" Bearer"),
        &line(""),
    ] {
        for headers in [[&*good, &**other], [&**other, &*good]] {
            let reply = seed.app.get_raw(PATH, &headers).await;
            reply.expect(&AUTHORIZATION_MALFORMED);
        }
    }
    let basic = line(" Basic dTpw");
    seed.app
        .get_raw(PATH, &[&basic, &basic])
        .await
        .expect(&AUTHORIZATION_MALFORMED);
}

#[tokio::test]
async fn a_token_that_is_not_ascii_cannot_be_parsed() {
    let seed = seed().await;
    let mut parts = Parts::parse(&seed.token().mint());
    parts.signature.push('é');
    for token in [
        "é",
        "a.b.ç",
        "\u{1f980}.\u{1f980}.\u{1f980}",
        "a\u{a0}b",
        &parts.token(),
    ] {
        let header = line(&format!(" Bearer {token}"));
        seed.app
            .get_raw(PATH, &[&header])
            .await
            .expect(&INVALID_TOKEN);
    }
}

#[tokio::test]
async fn unicode_spaces_are_not_separators() {
    let seed = seed().await;
    let token = seed.token().mint();
    for space in ["\u{a0}", "\u{2003}", "\u{3000}"] {
        let header = line(&format!(" Bearer{space}{token}"));
        seed.app
            .get_raw(PATH, &[&header])
            .await
            .expect(&SCHEME_NOT_BEARER);
    }
}

#[tokio::test]
async fn bytes_that_are_not_utf8_never_pass() {
    let seed = seed().await;
    let mut header = line(&format!(" Bearer {}", seed.token().mint()));
    header.push(0xff);
    let reply = seed.app.get_raw(PATH, &[&header]).await;
    assert_eq!(reply.status, 401, "{reply:?}");
}

#[tokio::test]
async fn a_token_of_16_kib_is_read_and_a_longer_one_is_not() {
    let seed = seed().await;
    let token = |filling: usize| seed.token().claim("filling", "x".repeat(filling)).mint();
    let most = 16 * 1024;
    // Three characters of a claim become four of a token.
    let mut filling = (most - token(0).len()) / 4 * 3;
    while token(filling + 1).len() <= most {
        filling += 1;
    }
    seed.answer(&token(filling)).await.expect_success();
    let longer = token(filling + 3);
    assert!(longer.len() > most);
    seed.answer(&longer).await.expect(&INVALID_TOKEN);
}

#[tokio::test]
async fn a_header_of_64_kib_is_refused_like_any_other_token() {
    let seed = seed().await;
    let huge = "a".repeat(64 * 1024);
    seed.answer(&huge).await.expect(&INVALID_TOKEN);
    seed.answer(&format!("{huge}.{huge}.{huge}"))
        .await
        .expect(&INVALID_TOKEN);
    let dots = ".".repeat(64 * 1024);
    seed.answer(&dots).await.expect(&INVALID_TOKEN);
    seed.answer(&seed.token().mint()).await.expect_success();
}
