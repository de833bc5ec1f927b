use proptest::prelude::*;
use url::Url;

use super::*;

fn normal(url: &str) -> String {
    Target::parse(url)
        .unwrap_or_else(|error| panic!("{url}: {error}"))
        .0
}

#[test]
fn equal_urls_have_one_normal_form() {
    for (url, expected) in [
        ("https://api.example.com", "https://api.example.com/"),
        ("HTTPS://API.Example.COM/A", "https://api.example.com/A"),
        ("https://h:443/a", "https://h/a"),
        ("https://h:/a", "https://h/a"),
        ("https://h:0443/a", "https://h/a"),
        ("http://h:80", "http://h/"),
        ("http://h:443/", "http://h:443/"),
        ("https://h/%61%2f%7E", "https://h/a%2F~"),
        ("https://h/a/./b/../c", "https://h/a/c"),
        ("https://h/a/%2E%2e/c", "https://h/c"),
        ("https://h/../../a", "https://h/a"),
        ("https://h/a/..", "https://h/"),
        ("https://h/a/.", "https://h/a/"),
        ("https://h/a//b/", "https://h/a//b/"),
        ("https://h/a//../b", "https://h/a/b"),
        ("https://h/a?b=/../c#d", "https://h/a"),
        ("https://h?b", "https://h/"),
        ("https://h#b", "https://h/"),
        ("https://[::0:1]:8443/a", "https://[::1]:8443/a"),
        ("https://h%41%2f/", "https://ha%2F/"),
        ("https://h/a%2541", "https://h/a%2541"),
    ] {
        assert_eq!(normal(url), expected, "{url}");
    }
}

#[test]
fn the_case_of_the_path_and_a_slash_at_its_end_count() {
    assert_ne!(normal("https://h/a"), normal("https://h/A"));
    assert_ne!(normal("https://h/a"), normal("https://h/a/"));
}

#[test]
fn what_only_browsers_accept_is_refused() {
    for url in [
        "",
        "/a",
        "h",
        "//h/a",
        "https:/h",
        "https:h",
        "https:///a",
        "https://",
        "ftp://h/",
        "https://h\\a",
        "https:\\\\h\\a",
        "https://h/a\\b",
        "https://h/a?\\",
        "https://h/a\tb",
        "https://h/a\n",
        " https://h/a",
        "https://h/a ",
        "https://h/a b",
        "https://h/a?b c",
        "https://h/ä",
        "https://hä/",
        "https://h/%zz",
        "https://h/%4",
        "https://h/%",
        "https://u@h/",
        "https://u:p@h/",
        "https://h:99999/",
        "https://h:+1/",
        "https://h:a/",
        "https://[::1",
        "https://[::g]/",
        "https://::1/",
        "https://h/a|b",
        "https://h/\"",
        "https://h/<a>",
        "https://h/[a]",
        "https://h/{a}",
        "https://h/a^b",
        "https://h/`",
    ] {
        assert!(
            Target::parse(url).is_err(),
            "{url:?}: {:?}",
            Target::parse(url)
        );
    }
}

#[test]
fn an_ipv4_address_has_four_decimal_parts() {
    for short in [
        "127.1",
        "0x7f.0.0.1",
        "127.0.0.0x1",
        "2130706433",
        "127.0.0.01",
        "127.0.0.1.",
        "256.0.0.1",
    ] {
        let url = format!("http://{short}/");
        assert_eq!(Target::parse(&url), Err(InvalidTarget::Host), "{short}");
    }
    assert_eq!(normal("http://127.0.0.1"), "http://127.0.0.1/");
    assert_eq!(normal("http://1.example"), "http://1.example/");
}

#[test]
fn a_path_is_joined_by_exactly_one_slash() {
    for (base, path, expected) in [
        ("https://h", "/a", "https://h/a"),
        ("https://h/", "/a", "https://h/a"),
        ("https://h/v1", "/a", "https://h/v1/a"),
        ("https://h/v1/", "/a", "https://h/v1/a"),
        ("https://h/v1", "/", "https://h/v1/"),
        ("https://h/v1", "//a", "https://h/v1//a"),
        ("https://h/v1", "/../a", "https://h/a"),
        ("https://h/v1", "/a?b", "https://h/v1/a"),
    ] {
        let target = Target::parse(base).unwrap().below(path).unwrap();
        assert_eq!(target.as_str(), expected);
    }
    assert!(Target::parse("https://h").unwrap().below("/a\\b").is_err());
}

#[test]
fn only_urls_in_normal_form_are_plainly_those_of_a_path() {
    for (base, url, path, expected) in [
        ("https://h", "https://h/a", "/a", true),
        ("https://h/v1", "https://h/v1/a/b", "/a/b", true),
        ("https://h/v1/", "https://h/v1/", "/", true),
        ("https://h/", "https://h", "/", false),
        ("https://h", "https://h/a?b", "/a?b", false),
        ("https://h", "https://h/a#b", "/a#b", false),
        ("https://h", "https://h/%61", "/%61", false),
        ("https://h/v1", "https://h/v1/../a", "/../a", false),
        ("https://h", "https://h/a/.", "/a/.", false),
        ("https://h", "https://h/a\\b", "/a\\b", false),
        ("https://h", "https://H/a", "/a", false),
        ("https://h", "https://h.example/a", "/a", false),
        ("https://h", "https://h:1/a", "/a", false),
        ("https://h", "https://ha", "/a", false),
    ] {
        let base = Target::parse(base).unwrap();
        assert_eq!(base.is_plainly(url, path), expected, "{url} {path}");
    }
}

#[test]
fn loopback_hosts_are_those_of_this_machine() {
    for url in [
        "http://localhost:8000",
        "http://127.9.9.9/",
        "http://[::1]/",
    ] {
        assert!(Target::parse(url).unwrap().is_loopback(), "{url}");
    }
    for url in [
        "http://localhost.example/",
        "http://10.0.0.1/",
        "http://[::2]",
    ] {
        assert!(!Target::parse(url).unwrap().is_loopback(), "{url}");
    }
}

#[test]
fn the_path_starts_with_a_slash() {
    assert_eq!(Target::parse("https://h:1/a/b").unwrap().path(), "/a/b");
    assert_eq!(Target::parse("https://h").unwrap().path(), "/");
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in ".*") {
        let _ = Target::parse(&text);
        let _ = Target::parse(&format!("https://{text}"));
    }

    #[test]
    fn normalisation_is_idempotent(
        url in "(https?|HTTP)://[a-zA-Z0-9.%-]{1,12}(:[0-9]{0,5})?(/[a-zA-Z0-9.~%@:;=,2E-]{0,6}){0,5}(\\?[a-z=]{0,4})?"
    ) {
        if let Ok(target) = Target::parse(&url) {
            prop_assert_eq!(normal(target.as_str()), target.0);
        }
    }

    #[test]
    fn a_url_that_is_plainly_that_of_a_path_also_is_after_normalisation(
        base in "https://h(:[0-9]{1,3})?(/(\\.|\\.\\.|[a-z]{0,2}|%41)){0,3}",
        path in "(/(\\.|\\.\\.|%2[eE]|%41|[a-z~@:;=,-]{0,2})){0,4}[?#\\\\ä]?",
        other in "(/(\\.|\\.\\.|[a-z]{0,2})){0,3}",
    ) {
        let base = Target::parse(&base).unwrap();
        let start = base.as_str().trim_end_matches('/');
        for url in [format!("{start}{path}"), format!("{start}/{path}"), format!("{start}{other}")] {
            if base.is_plainly(&url, &path) {
                let target = Target::parse(&url);
                prop_assert!(target.is_ok(), "{}", url);
                prop_assert_eq!(target, base.below(&path));
            }
        }
    }

    /// Normalises the text of `url` once more, because that crate does not decode unreserved
    /// characters. It also keeps a segment such as `A:` before `..`, like a drive of Windows in the URL
    /// of a file (`http://a/A:/..`), which RFC 3986 §5.2.4 does not.
    #[test]
    fn a_target_agrees_with_the_url_crate_where_both_accept_the_text(
        url in "(https?|HTTP)://[a-zA-Z][a-zA-Z0-9-]{0,8}(\\.[a-zA-Z]{2,4})?(:[0-9]{0,5})?(/(\\.|\\.\\.|%2[eE]|%41|%2F|[a-zA-Z0-9~@:;=,-]{0,6})){0,6}(\\?[a-z=]{0,4})?(#[a-z]?)?"
    ) {
        let is_drive = |segment: &str| matches!(segment.as_bytes(), [letter, b':'] if letter.is_ascii_alphabetic());
        prop_assume!(!url.split('/').any(is_drive));
        if let (Ok(target), Ok(whatwg)) = (Target::parse(&url), Url::parse(&url)) {
            prop_assert_eq!(normal(whatwg.as_str()), target.0);
        }
    }
}
