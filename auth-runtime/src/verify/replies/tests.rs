use super::*;

fn kind(shared_secret: Option<&str>, claim: InvalidClaim) -> AuthErrorKind {
    let replies = Replies {
        malformed: Status::Unauthorized,
        shared_secret: shared_secret.map(Arc::from),
    };
    replies.error_for(&Failure::InvalidClaim(claim)).kind()
}

#[test]
fn only_a_wrong_audience_has_a_code_of_its_own_and_only_with_a_shared_secret() {
    let of_audience: [fn() -> InvalidClaim; 3] = [
        || InvalidClaim::Audience("x".into()),
        || InvalidClaim::Missing(Claim::Audience),
        || InvalidClaim::WrongType(Claim::Audience),
    ];
    for claim in of_audience {
        assert_eq!(kind(Some("api"), claim()), AuthErrorKind::InvalidAudience);
        assert_eq!(kind(None, claim()), AuthErrorKind::InvalidClaims);
    }
    let others: [fn() -> InvalidClaim; 6] = [
        || InvalidClaim::Issuer("x".into()),
        || InvalidClaim::Missing(Claim::Subject),
        || InvalidClaim::WrongType(Claim::Issuer),
        || InvalidClaim::NotYetValid(1.0),
        || InvalidClaim::LivesTooLong(1.0),
        || InvalidClaim::SecurityEvent,
    ];
    for claim in others {
        assert_eq!(kind(Some("api"), claim()), AuthErrorKind::InvalidClaims);
        assert_eq!(kind(None, claim()), AuthErrorKind::InvalidClaims);
    }
}
