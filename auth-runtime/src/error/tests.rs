use super::*;

#[test]
fn a_missing_scope_is_named_in_the_challenge() {
    assert_eq!(
        AuthError::missing_scopes(&["a", "b"])
            .challenge()
            .as_deref(),
        Some(r#"Bearer error="insufficient_scope", scope="a b""#)
    );
}

#[test]
fn text_that_is_not_a_scope_never_reaches_the_challenge() {
    for text in [
        "a\", error=\"x",
        "a\r\nSet-Cookie: a=b",
        "a\\",
        "a b",
        "é",
        "",
    ] {
        assert_eq!(
            AuthError::missing_scopes(&[text]).challenge().as_deref(),
            Some(r#"Bearer error="insufficient_scope""#),
            "{text:?}"
        );
    }
}

#[test]
fn a_required_login_is_named_in_the_challenge() {
    let challenge = |max_age, acr| AuthError::step_up(max_age, acr).challenge();
    let error = r#"Bearer error="insufficient_user_authentication""#;
    assert_eq!(challenge(None, None).as_deref(), Some(error));
    assert_eq!(
        challenge(Some(300), Some("a b")),
        Some(format!(r#"{error}, acr_values="a b", max_age="300""#))
    );
    assert_eq!(challenge(None, Some("a\"b")).as_deref(), Some(error));
}

#[test]
fn a_challenge_comes_with_every_401_and_403_and_with_no_other_status() {
    for kind in AuthErrorKind::ALL {
        let error = AuthError::from(*kind);
        assert_eq!(
            error.challenge().is_some(),
            matches!(error.status().code, 401 | 403),
            "{kind:?}"
        );
    }
}

#[test]
fn retry_after_is_rounded_up_and_never_zero() {
    let after = |ms| {
        AuthError::unavailable(AuthErrorKind::KeysUnavailable, Duration::from_millis(ms))
            .retry_after()
    };
    assert_eq!(after(0), Some(1));
    assert_eq!(after(1001), Some(2));
}
