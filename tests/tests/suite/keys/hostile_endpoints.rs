//! Tests endpoints that answer with something other than a key set, with too much, or too slowly.

use std::time::Duration;

use super::*;

/// Returns the reply to a token if this is the endpoint's only answer.
async fn reply_with(answer: Answer) -> Reply {
    let server = FaultServer::up(answer);
    let app = launch_at(&server, "jwks_timeout = 1").await;
    app.ask(&token("a")).await
}

fn padded(length: usize) -> String {
    let set = keys(&["a"]);
    let spaces = " ".repeat(length - set.len());
    format!("{set}{spaces}")
}

const MIB: usize = 1024 * 1024;

#[tokio::test]
async fn a_set_has_at_most_one_mebibyte() {
    reply_with(Answer::keys(padded(MIB))).await.expect_success();
    reply_with(Answer::keys(padded(MIB + 1)))
        .await
        .expect(&KEYS_UNAVAILABLE);
}

#[tokio::test]
async fn a_body_without_an_end_is_cut_off() {
    reply_with(Answer::Endless).await.expect(&KEYS_UNAVAILABLE);
}

#[tokio::test]
async fn a_wrong_content_length_is_a_failed_fetch() {
    let set = keys(&["a"]);
    for length in [set.len() - 1, set.len() + 1, 5_000_000_000] {
        let raw = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{set}");
        reply_with(Answer::Raw(raw.into_bytes()))
            .await
            .expect(&KEYS_UNAVAILABLE);
    }
}

/// Because the request does not ask for compression, bodies are not decompressed.
#[tokio::test]
async fn a_compressed_body_is_not_decompressed() {
    let gzip = "Content-Encoding: gzip\r\n".to_owned();
    let answer = Answer::Whole("200 OK", gzip, gzipped(keys(&["a"]).as_bytes()));
    reply_with(answer).await.expect(&KEYS_UNAVAILABLE);
}

/// Compresses data as in RFC 1952, with one stored block (RFC 1951 §3.2.4).
fn gzipped(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    let mut crc = u32::MAX;
    for byte in data {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & 0u32.wrapping_sub(crc & 1));
        }
    }
    let mut gzip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    gzip.extend(length.to_le_bytes());
    gzip.extend((!length).to_le_bytes());
    gzip.extend(data);
    gzip.extend((!crc).to_le_bytes());
    gzip.extend(u32::from(length).to_le_bytes());
    gzip
}

#[tokio::test]
async fn a_body_that_is_not_a_key_set_is_a_failed_fetch() {
    let set = keys(&["a"]);
    let bodies = [
        "<!doctype html><title>Sign in</title>",
        "",
        "[]",
        "null",
        r#"{"keys":{}}"#,
        r#"{"keys":"a"}"#,
        &set[..set.len() / 2],
        &format!("{set}{set}"),
    ];
    for body in bodies {
        let reply = reply_with(Answer::keys(body)).await;
        assert_eq!(reply.status, 503, "{body}");
        reply.expect(&KEYS_UNAVAILABLE);
    }
}

#[tokio::test]
async fn a_byte_order_mark_is_ignored() {
    reply_with(Answer::keys(format!("\u{feff}{}", keys(&["a"]))))
        .await
        .expect_success();
}

#[tokio::test]
async fn a_set_has_at_most_a_hundred_keys() {
    let set = |count: usize| {
        let others = (1..count).map(|number| format!("other-{number}"));
        let kids: Vec<String> = others.chain(["a".to_owned()]).collect();
        keys(&kids.iter().map(String::as_str).collect::<Vec<_>>())
    };
    reply_with(Answer::keys(set(100))).await.expect_success();
    reply_with(Answer::keys(set(101)))
        .await
        .expect(&KEYS_UNAVAILABLE);
}

#[tokio::test]
async fn a_connection_that_breaks_is_a_failed_fetch() {
    reply_with(Answer::Reset).await.expect(&KEYS_UNAVAILABLE);
    reply_with(Answer::Raw(Vec::new()))
        .await
        .expect(&KEYS_UNAVAILABLE);
    reply_with(Answer::Raw(b"SSH-2.0-OpenSSH\r\n".to_vec()))
        .await
        .expect(&KEYS_UNAVAILABLE);
}

#[tokio::test]
async fn slow_bytes_do_not_prolong_a_fetch() {
    reply_with(Answer::Slow(keys(&["a"]), Duration::from_millis(100)))
        .await
        .expect(&KEYS_UNAVAILABLE);
    reply_with(Answer::Slow(keys(&["a"]), Duration::ZERO))
        .await
        .expect_success();
}

#[tokio::test]
async fn redirects_are_not_followed_even_to_the_same_host() {
    let server = FaultServer::up(Answer::keys(keys(&["a"])));
    for status in [
        "301 Moved Permanently",
        "302 Found",
        "303 See Other",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let location = format!("Location: {}\r\n", server.url("/keys"));
        reply_with(Answer::Whole(status, location, Vec::new()))
            .await
            .expect(&KEYS_UNAVAILABLE);
    }
    assert_eq!(server.hits(), 0);
}

#[tokio::test]
async fn a_success_status_other_than_200_is_a_failed_fetch() {
    for status in [
        "201 Created",
        "203 Non-Authoritative Information",
        "206 Partial Content",
    ] {
        let answer = Answer::Whole(status, String::new(), keys(&["a"]).into_bytes());
        reply_with(answer).await.expect(&KEYS_UNAVAILABLE);
    }
}
