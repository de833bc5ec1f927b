//! Tests of the rules. The test suite tries them over sockets.

use rocket::http::{Header, HeaderMap};

use super::*;

const LOCAL: &str = "127.0.0.1";

/// A visitor that has `Host: localhost:8000` and these headers beside it.
fn with<T>(headers: &[(&'static str, &'static str)], test: impl FnOnce(Visitor<'_>) -> T) -> T {
    let mut map = HeaderMap::new();
    for (name, value) in [("Host", "localhost:8000")].iter().chain(headers) {
        map.add(Header::new(*name, *value));
    }
    test(Visitor {
        peer: LOCAL.parse().ok(),
        host: Some("localhost:8000"),
        is_safe_method: true,
        headers: &map,
    })
}

#[test]
fn only_a_loopback_peer_is_on_this_machine() {
    for (peer, expected) in [
        ("127.0.0.1", true),
        ("127.8.9.10", true),
        ("::1", true),
        ("::ffff:127.0.0.1", true),
        ("::ffff:10.0.0.1", false),
        ("10.0.0.1", false),
        ("192.168.1.2", false),
        ("0.0.0.0", false),
        ("::", false),
        ("fe80::1", false),
    ] {
        let admitted = with(&[], |visitor| {
            let peer = peer.parse().ok();
            Visitor { peer, ..visitor }.may_use_console()
        });
        assert_eq!(admitted, expected, "{peer}");
    }
    assert!(!with(&[], |visitor| {
        Visitor {
            peer: None,
            ..visitor
        }
        .may_open_page()
    }));
}

#[test]
fn only_a_loopback_name_is_the_host_of_this_machine() {
    for (host, expected) in [
        ("localhost", true),
        ("LOCALHOST:1", true),
        ("127.0.0.1:8000", true),
        ("127.1.2.3", true),
        ("[::1]", true),
        ("[::1]:8000", true),
        ("[::1]x", false),
        ("[::1", false),
        ("localhost.", false),
        ("localhost.example.com", false),
        ("localhost@example.com", false),
        ("localhost:80@example.com", false),
        ("example.com:127", false),
        ("127.0.0.1.nip.io", false),
        ("0.0.0.0:8000", false),
        ("192.168.1.2", false),
        ("", false),
    ] {
        let headers = HeaderMap::new();
        let visitor = Visitor {
            peer: LOCAL.parse().ok(),
            host: Some(host),
            is_safe_method: true,
            headers: &headers,
        };
        assert_eq!(visitor.is_on_this_machine(), expected, "{host}");
    }
}

#[test]
fn a_request_without_a_host_or_with_a_second_one_is_remote() {
    assert!(!with(&[], |visitor| {
        Visitor {
            host: None,
            ..visitor
        }
        .is_on_this_machine()
    }));
    assert!(!with(&[("Host", "example.com")], |visitor| visitor
        .is_on_this_machine()));
}

#[test]
fn a_header_of_a_proxy_makes_a_request_remote() {
    for name in [
        "Forwarded",
        "X-Forwarded-For",
        "x-forwarded-host",
        "X-Forwarded-Proto",
        "X-Forwarded",
        "X-Real-IP",
        "Via",
    ] {
        let admitted = with(&[(name, "127.0.0.1")], |visitor| {
            visitor.is_on_this_machine()
        });
        assert!(!admitted, "{name}");
    }
}

#[test]
fn only_the_page_itself_or_no_page_may_use_the_console() {
    for (headers, expected) in [
        (&[][..], true),
        (&[("Sec-Fetch-Site", "same-origin")], true),
        (&[("Sec-Fetch-Site", "none")], true),
        (&[("Sec-Fetch-Site", "same-site")], false),
        (&[("Sec-Fetch-Site", "cross-site")], false),
        (&[("Origin", "http://localhost:8000")], true),
        (&[("Origin", "http://localhost:9000")], false),
        (&[("Origin", "http://localhost")], false),
        (&[("Origin", "http://127.0.0.1:8000")], false),
        (&[("Origin", "https://example.com")], false),
        (&[("Origin", "null")], false),
        (&[("Origin", "")], false),
        (
            &[
                ("Sec-Fetch-Site", "same-origin"),
                ("Origin", "https://example.com"),
            ],
            false,
        ),
        (
            &[
                ("Sec-Fetch-Site", "same-origin"),
                ("Sec-Fetch-Site", "cross-site"),
            ],
            false,
        ),
    ] {
        let admitted = with(headers, |visitor| visitor.may_use_console());
        assert_eq!(admitted, expected, "{headers:?}");
    }
}

#[test]
fn a_request_that_changes_something_comes_from_the_page() {
    let change = |headers| {
        with(headers, |visitor| {
            let is_safe_method = false;
            Visitor {
                is_safe_method,
                ..visitor
            }
            .may_use_console()
        })
    };
    assert!(change(&[("Sec-Fetch-Site", "same-origin")]));
    assert!(!change(&[("Sec-Fetch-Site", "none")]));
}

#[test]
fn a_link_of_another_site_may_lead_to_the_page_but_a_frame_may_not() {
    let navigation = |destination| {
        let headers = [
            ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Mode", "navigate"),
            ("Sec-Fetch-Dest", destination),
        ];
        with(&headers, |visitor| {
            (visitor.may_open_page(), visitor.may_use_console())
        })
    };
    assert_eq!(navigation("document"), (true, false));
    assert_eq!(navigation("iframe"), (false, false));
    assert_eq!(navigation("embed"), (false, false));
}
