use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn revocation(kind: Kind, value: &str, issued_until: i64, expires: i64) -> Revocation {
    Revocation {
        name: Name {
            issuer: "i".into(),
            kind,
            value: value.into(),
        },
        issued_until,
        expires,
    }
}

fn token() -> Identifiers<'static> {
    Identifiers {
        issuer: "i",
        jti: Some("j"),
        sid: Some("s"),
        client_id: Some("c"),
        azp: Some("z"),
        sub: Some("u"),
        iat: Some(100.0),
    }
}

#[test]
fn a_token_is_revoked_by_each_of_its_identifiers() {
    for (kind, value) in [
        (Kind::Token, "j"),
        (Kind::Session, "s"),
        (Kind::Client, "c"),
        (Kind::Client, "z"),
        (Kind::User, "u"),
    ] {
        let set = RevocationSet::default();
        assert!(!set.hits(&token(), 0));
        set.merge([revocation(kind, value, 100, 1000)], 0);
        assert!(set.hits(&token(), 0), "{kind:?} {value}");
        let other_issuer = Identifiers {
            issuer: "other",
            ..token()
        };
        assert!(!set.hits(&other_issuer, 0), "{kind:?} {value}");
    }
}

#[test]
fn a_value_of_one_kind_does_not_revoke_another_kind() {
    for kind in Kind::ALL {
        let set = RevocationSet::default();
        for value in ["j", "s", "c", "z", "u"] {
            let own = token().values().any(|own| own == (kind, value));
            if !own {
                set.merge([revocation(kind, value, 100, 1000)], 0);
            }
        }
        assert!(!set.hits(&token(), 0), "{kind:?}");
    }
}

#[test]
fn an_entry_has_no_effect_from_the_second_in_which_it_expires() {
    let set = RevocationSet::default();
    set.merge([revocation(Kind::User, "u", 100, 500)], 0);
    assert!(set.hits(&token(), 499) && !set.hits(&token(), 500));
    set.sweep(499);
    assert_eq!(set.len(), 1);
    set.sweep(500);
    assert_eq!(set.len(), 0);
    set.merge([revocation(Kind::User, "u", 100, 500)], 500);
    assert_eq!(set.len(), 0);
}

#[test]
fn only_a_change_wakes_subscribers() {
    let set = RevocationSet::default();
    let mut changes = set.subscribe();
    set.merge([revocation(Kind::User, "u", 100, 500)], 0);
    assert!(changes.has_changed().unwrap());
    changes.mark_unchanged();
    set.merge([revocation(Kind::User, "u", 90, 400)], 0);
    assert!(!changes.has_changed().unwrap());
    set.merge([revocation(Kind::User, "u", 101, 400)], 0);
    assert!(changes.has_changed().unwrap());
}

/// A model that states the rules as simply as possible.
#[derive(Default)]
struct Model(BTreeMap<Name, (i64, i64)>);

impl Model {
    fn merge(&mut self, revocation: &Revocation, now: i64) {
        if revocation.expires > now {
            let entry = self.0.entry(revocation.name.clone());
            let entry = entry.or_insert((i64::MIN, i64::MIN));
            if entry.1 <= now {
                *entry = (i64::MIN, i64::MIN);
            }
            entry.0 = entry.0.max(revocation.issued_until);
            entry.1 = entry.1.max(revocation.expires);
        }
    }

    fn hits(&self, name: &Name, iat: i64, now: i64) -> bool {
        self.0.get(name).is_some_and(|(until, expires)| {
            now < *expires && (name.kind == Kind::Token || iat <= *until)
        })
    }
}

fn arbitrary() -> impl Strategy<Value = Revocation> {
    let kinds = prop::sample::select(Kind::ALL.to_vec());
    (0..3_u8, kinds, 0..900_u16, 0..50_i64, 0..200_i64).prop_map(
        |(issuer, kind, value, issued_until, expires)| Revocation {
            name: Name {
                issuer: issuer.to_string().into(),
                kind,
                value: value.to_string().into(),
            },
            issued_until,
            expires,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_set_hits_what_its_rules_say_however_it_was_filled(
        batches in prop::collection::vec(
            (prop::collection::vec(arbitrary(), 0..700), 0..40_i64, any::<bool>()),
            1..6,
        ),
    ) {
        let (set, mut model, mut now) = (RevocationSet::default(), Model::default(), 0);
        for (batch, step, sweeps) in batches {
            now += step;
            for revocation in &batch {
                model.merge(revocation, now);
            }
            set.merge(batch, now);
            if sweeps {
                set.sweep(now);
            }
        }
        for (issuer, value) in (0..3).flat_map(|i| (0..900).map(move |v| (i, v))).step_by(7) {
            let (issuer, value) = (issuer.to_string(), value.to_string());
            for kind in Kind::ALL {
                let name = Name { issuer: issuer.as_str().into(), kind, value: value.as_str().into() };
                let value = Some(value.as_str());
                for iat in [10, 30, 49, 50] {
                    let mut token = Identifiers { issuer: &issuer, iat: Some(f64::from(iat)), ..Identifiers::default() };
                    match kind {
                        Kind::Token => token.jti = value,
                        Kind::Session => token.sid = value,
                        Kind::Client => token.azp = value,
                        Kind::User => token.sub = value,
                    }
                    prop_assert_eq!(set.hits(&token, now), model.hits(&name, iat.into(), now));
                }
            }
        }
    }

    #[test]
    fn a_copy_that_receives_what_it_lacks_lacks_nothing(
        ours in prop::collection::vec(arbitrary(), 0..600),
        theirs in prop::collection::vec(arbitrary(), 0..600),
    ) {
        let set = RevocationSet::default();
        set.merge(ours, 100);
        let missing = set.missing_from(theirs.clone(), 100);
        let all = theirs.into_iter().chain(missing).collect();
        prop_assert!(set.missing_from(all, 100).is_empty());
    }
}
