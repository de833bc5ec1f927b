//! Tests that pages of any origin can call the seed app and read its refusals.

use reqwest::Method;

use crate::support::*;

const ORIGIN: &str = "https://page.test";

#[track_caller]
fn expect_readable(reply: &Reply) {
    assert_eq!(
        reply.header("Access-Control-Allow-Origin"),
        Some("*"),
        "{reply:?}"
    );
    let exposed = reply
        .header("Access-Control-Expose-Headers")
        .unwrap_or_default();
    let exposed = exposed.to_ascii_lowercase();
    for header in ["www-authenticate", "retry-after", "dpop-nonce"] {
        assert!(exposed.contains(header), "{reply:?}");
    }
}

#[tokio::test]
async fn pages_of_any_origin_can_read_every_reply() {
    let seed = seed().await;
    let token = seed.token().mint();
    let replies = [
        (200, "/ping", ""),
        (200, "/api/private", &*token),
        (401, "/api/private", "not-a-token"),
        (403, "/api/private-scoped", &token),
        (404, "/nothing", ""),
        (404, "/nothing", &token),
    ];
    let extension = "chrome-extension://abcdefghijklmnop";
    for origin in [
        ORIGIN,
        "http://localhost:3000",
        "https://[::1]:443",
        extension,
        "null",
    ] {
        for (status, path, token) in replies {
            let call = seed.app.get(path).bearer(token).header("Origin", origin);
            let reply = call.send().await;
            assert_eq!(reply.status, status, "{path}");
            expect_readable(&reply);
        }
    }
}

#[tokio::test]
async fn pages_can_read_a_503() {
    let issuer = FaultServer::up(Answer::status("500 Internal Server Error"));
    let seed = seed_with([("jwks_uri", issuer.uri().into())]).await;
    let token = seed.token().mint();
    let call = seed
        .app
        .get("/api/private")
        .bearer(&token)
        .header("Origin", ORIGIN);
    let reply = call.send().await;
    reply.expect(&KEYS_UNAVAILABLE);
    expect_readable(&reply);
}

#[tokio::test]
async fn pages_can_read_a_400() {
    let seed = seed_with([("malformed_token_status", 400_u32.into())]).await;
    let call = seed
        .app
        .get("/api/private")
        .bearer("x")
        .header("Origin", ORIGIN);
    let reply = call.send().await;
    assert_eq!(reply.status, 400);
    expect_readable(&reply);
}

#[tokio::test]
async fn a_preflight_does_not_need_a_token() {
    let seed = seed().await;
    let paths = PUBLIC.into_iter().chain(PROTECTED.map(|(path, _)| path));
    for path in paths.chain(["/nothing"]) {
        let preflight = seed.app.request(Method::OPTIONS, path);
        let preflight = preflight
            .header("Origin", ORIGIN)
            .header("Access-Control-Request-Method", "GET")
            .header(
                "Access-Control-Request-Headers",
                "authorization, content-type, dpop",
            );
        let reply = preflight.send().await;
        assert_eq!((reply.status, &*reply.body), (204, ""), "{path}");
        assert_eq!(reply.header("Access-Control-Allow-Origin"), Some("*"));
        let listed = |name: &str| {
            let value = reply.header(name).unwrap_or_default().to_ascii_lowercase();
            value
                .split(',')
                .map(|part| part.trim().to_owned())
                .collect::<Vec<_>>()
        };
        assert!(listed("Access-Control-Allow-Methods").contains(&"get".to_owned()));
        let headers = listed("Access-Control-Allow-Headers");
        assert!(headers.contains(&"authorization".to_owned()), "{headers:?}");
        assert!(headers.contains(&"content-type".to_owned()), "{headers:?}");
        assert!(headers.contains(&"dpop".to_owned()), "{headers:?}");
    }
}

#[tokio::test]
async fn pages_can_read_the_error_of_every_kind_of_request() {
    let seed = seed().await;
    let too_long = "x".repeat(20_000);
    let cases: [(u16, Method, &str, &str); 5] = [
        (404, Method::POST, "/api/private", ""),
        (404, Method::DELETE, "/ping", ""),
        (404, Method::GET, "/api//nothing", ""),
        (401, Method::GET, "/api/private", &too_long),
        (401, Method::HEAD, "/api/private", ""),
    ];
    for (status, method, path, token) in cases {
        let call = seed.app.request(method.clone(), path).bearer(token);
        let reply = call.header("Origin", ORIGIN).send().await;
        assert_eq!(reply.status, status, "{method} {path}: {reply:?}");
        expect_readable(&reply);
    }
}

#[tokio::test]
async fn a_request_without_an_origin_gets_no_cors_headers() {
    let seed = seed().await;
    let reply = seed.app.get("/ping").send().await;
    reply.expect_success();
    assert_eq!(reply.header("Access-Control-Allow-Origin"), None);
}

#[tokio::test]
async fn a_malformed_origin_is_answered_like_a_missing_one() {
    let seed = seed().await;
    let token = seed.token().mint();
    let malformed: [&[u8]; 16] = [
        b"Origin: nonsense",
        b"Origin: ",
        b"Origin: //",
        b"Origin: http://",
        b"Origin: http://[::1",
        b"Origin: https://a b",
        b"Origin: https://\xff\xfe",
        b"Origin: https://page.test/",
        b"Origin: https://page.test/path",
        b"Origin: https://page.test?query",
        b"Origin: https://page.test#fragment",
        b"Origin: https://user@page.test",
        b"Origin: https:\\\\page.test",
        b"Origin: https://p\xc3\xa4ge.test",
        b"Origin: javascript:alert(1)",
        b"Origin: NULL",
    ];
    let authorization = format!("Authorization: Bearer {token}");
    for (path, credentials) in [
        ("/ping", None),
        ("/api/private", None),
        ("/api/private", Some(authorization.as_bytes())),
        ("/api/private-scoped", Some(authorization.as_bytes())),
        ("/nothing", None),
    ] {
        let credentials: Vec<_> = credentials.into_iter().collect();
        let expected = seed.app.get_raw(path, &credentials).await;
        for origin in malformed {
            let headers = [&credentials[..], &[origin]].concat();
            let reply = seed.app.get_raw(path, &headers).await;
            assert_eq!(reply.status, expected.status, "{path}: {reply:?}");
            assert_eq!(reply.body, expected.body, "{path}");
            assert_eq!(reply.header("Access-Control-Allow-Origin"), None, "{path}");
            let challenge = |reply: &Reply| reply.header("WWW-Authenticate").map(str::to_owned);
            assert_eq!(challenge(&reply), challenge(&expected), "{path}");
        }
    }
}

#[tokio::test]
async fn pages_can_read_the_replies_to_options_requests_of_every_kind() {
    let seed = seed().await;
    let cases = [
        (404, None, None),
        (403, Some("GET"), Some("x-unknown")),
        (400, Some("PROPFIND"), None),
    ];
    for (status, method, headers) in cases {
        let mut call = seed.app.request(Method::OPTIONS, "/api/private");
        call = call.header("Origin", ORIGIN);
        if let Some(method) = method {
            call = call.header("Access-Control-Request-Method", method);
        }
        if let Some(headers) = headers {
            call = call.header("Access-Control-Request-Headers", headers);
        }
        let reply = call.send().await;
        assert_eq!(reply.status, status, "{method:?} {headers:?}: {reply:?}");
        assert_eq!(reply.header("Access-Control-Allow-Origin"), Some("*"));
        assert_eq!(reply.header("Access-Control-Allow-Headers"), None);
    }
}

#[tokio::test]
async fn the_route_of_the_cors_fairing_is_only_for_the_fairing() {
    let seed = seed().await;
    for path in [
        "/cors/401",
        "/cors/503",
        "/cors/101",
        "/cors/x",
        "/%63ors/401",
        "/cors",
    ] {
        for origin in [None, Some(ORIGIN)] {
            let mut call = seed.app.get(path);
            if let Some(origin) = origin {
                call = call.header("Origin", origin);
            }
            let reply = call.send().await;
            assert_eq!(reply.status, 404, "{path}: {reply:?}");
        }
    }
}
