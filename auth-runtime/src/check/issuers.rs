//! Reports which keys the issuers serve now, and compares their clocks with ours.

use std::time::{Duration, SystemTime};

use x509_parser::prelude::{FromDer, X509Certificate};

use super::report::{Finding, Section};
use crate::auth::Auth;
use crate::jwks::{Inspection, ServerTime};
use crate::token::quoted;
use crate::verify::{IntrospectedIssuer, Issuer};

/// The largest difference of clocks, in seconds, that rounding and the duration of a request can explain.
const TOLERATED: f64 = 2.0;
/// The difference of clocks, in seconds, above which fresh tokens may be refused, or old ones accepted for
/// long.
const TOO_MUCH: f64 = 30.0;
/// The remaining life of a certificate below which the report warns.
const ENDS_SOON: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Returns one section for each issuer.
pub(super) async fn sections(auth: &Auth) -> Vec<Section> {
    let verifier = auth.verifier();
    let mut sections = Vec::new();
    for issuer in &verifier.issuers {
        sections.push(with_keys(auth, issuer).await);
    }
    sections.extend(verifier.introspected.iter().map(introspected));
    sections
}

async fn with_keys(auth: &Auth, issuer: &Issuer) -> Section {
    let title = match &*issuer.names {
        [] => "Keys".to_owned(),
        names => format!("Issuer {}", names.join(", ")),
    };
    let findings = match issuer.keys.inspect().await {
        Some(inspection) => fetched(auth, issuer, &inspection),
        None => fixed(issuer),
    };
    Section::new(title, findings)
}

fn fixed(issuer: &Issuer) -> Vec<Finding> {
    let current = issuer.keys.current();
    let count = current.set().map_or(0, |keys| keys.kids().count());
    vec![Finding::ok(
        "keys",
        format!("{count} from the configuration"),
    )]
}

fn fetched(auth: &Auth, issuer: &Issuer, inspection: &Inspection) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some((url, took)) = &inspection.metadata {
        let found = format!("{url} ({} ms)", took.as_millis());
        findings.push(match inspection.address {
            Some(_) => Finding::ok("metadata", found),
            None => Finding::note("metadata", found),
        });
    }
    match &inspection.keys {
        Ok(keys) => {
            if let Some(address) = &inspection.address {
                let found = format!("{address} ({} ms)", inspection.took.as_millis());
                findings.push(Finding::ok("key set", found));
            }
            findings.extend(tls(auth, inspection));
            let names = keys.used.iter().map(Option::as_deref);
            let names: Vec<_> = names
                .map(|kid| kid.map_or_else(|| "(no kid)".into(), quoted))
                .collect();
            findings.push(if names.is_empty() {
                let algorithms: Vec<_> =
                    issuer.algorithms.iter().map(ToString::to_string).collect();
                Finding::problem("keys that are used", "none, so every token is refused")
                    .expected(format!("a key for {}", algorithms.join(", ")))
                    .fix("set `algorithms` to what the issuer signs with, if you trust that")
            } else {
                Finding::ok("keys that are used", names.join(", "))
            });
            findings.extend(keys.skipped.iter().map(|key| {
                Finding::note(
                    format!("key {:?} is not used", key.kid),
                    key.reason.to_string(),
                )
            }));
            findings.push(clock(auth, inspection.server));
        }
        Err(error) => findings.push(
            Finding::problem("keys", format!("they cannot be fetched: {error}"))
                .fix(fix_for_fetch(inspection)),
        ),
    }
    findings
}

fn fix_for_fetch(inspection: &Inspection) -> String {
    match (&inspection.address, &inspection.metadata) {
        (Some(address), _) => format!(
            "open {address} from this machine; if the keys are elsewhere, set `jwks_uri`, or \
             `discovery = true` to read their place from the issuer's metadata"
        ),
        (None, Some((url, _))) => format!(
            "open {url} from this machine; its `issuer` must equal the configured one to the letter, and \
             `jwks_uri` can name the keys without metadata"
        ),
        (None, None) => "check that this machine reaches the issuer".to_owned(),
    }
}

fn tls(auth: &Auth, inspection: &Inspection) -> Option<Finding> {
    let tls = inspection.tls.as_ref()?;
    let version = tls.version().map(|version| format!("{version:?}"));
    let version = version.unwrap_or_else(|| "a version that is not known".to_owned());
    let der = tls.peer_certificate()?;
    let Ok((_, certificate)) = X509Certificate::from_der(der) else {
        return Some(Finding::note("TLS", version));
    };
    let validity = certificate.validity();
    let found = format!(
        "{version}; certificate of {} by {}, until {}",
        certificate.subject(),
        certificate.issuer(),
        validity.not_after
    );
    let ends = u64::try_from(validity.not_after.timestamp()).unwrap_or_default();
    let ends = SystemTime::UNIX_EPOCH + Duration::from_secs(ends);
    Some(match ends.duration_since(auth.clock().now()) {
        Ok(left) if left < ENDS_SOON => Finding::warning("TLS", found)
            .fix("the issuer has to renew its certificate: no keys are fetched after that"),
        _ => Finding::ok("TLS", found),
    })
}

/// Compares our clock with the `Date` of the issuer.
fn clock(auth: &Auth, server: Option<ServerTime>) -> Finding {
    let Some(server) = server else {
        return Finding::note("clock", "the issuer's answer has no `Date` to compare with");
    };
    let now = auth.clock().now();
    let ours = now.checked_sub(server.received.elapsed()).unwrap_or(now);
    let ahead = match ours.duration_since(server.time) {
        Ok(ahead) => ahead.as_secs_f64(),
        Err(behind) => -behind.duration().as_secs_f64(),
    };
    // `Date` is cut to whole seconds, so it is half a second behind on average.
    let found = format!(
        "{:.0} s {} the issuer's `Date`",
        ahead.abs(),
        if ahead < 0.0 { "behind" } else { "ahead of" }
    );
    let fix = "synchronise the clock of this machine (NTP); `leeway` allows for a small skew";
    match ahead.abs() {
        skew if skew <= TOLERATED.max(auth.leeway()) => Finding::ok("clock", found),
        skew if skew <= TOO_MUCH => Finding::warning("clock", found).fix(fix),
        _ => Finding::problem("clock", found).fix(fix),
    }
}

fn introspected(issuer: &IntrospectedIssuer) -> Section {
    let (url, client) = issuer.introspector.address();
    let findings = vec![Finding::note(
        "introspection",
        format!("{url} as the client {client:?}; it is asked only about a token"),
    )];
    Section::new(format!("Issuer {}", issuer.names.join(", ")), findings)
}
