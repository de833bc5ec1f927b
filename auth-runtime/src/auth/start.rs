//! Creates the issuers, the store and the revocations from the settings.

use std::sync::Arc;
use std::time::Duration;

use crate::config::{
    AudienceRule, IntrospectionSettings, IssuerSettings, KeySettings, RevocationSettings,
    SecretSettings, StoreSettings,
};
use crate::http::Http;
use crate::introspect::{Endpoint, Introspector};
use crate::jwks::{Algorithm, KeySource, Remote, Times};
use crate::revocation::Registry;
use crate::store::{self, Backend, ProofLimits, SharedStore};
use crate::telemetry::{IntrospectionMeter, KeyMeter};
use crate::verify::{IntrospectedIssuer, Issuer};

/// How an issuer vouches for its tokens.
pub(super) enum Vouching {
    Keys(Issuer),
    Introspection(IntrospectedIssuer),
}

/// Creates the store that instances share. Without DPoP it does not keep proofs.
pub(super) fn shared_store(
    settings: &StoreSettings,
    max_proofs: Option<usize>,
) -> Arc<SharedStore> {
    let limits = ProofLimits::new(max_proofs.unwrap_or_default());
    Arc::new(SharedStore::new(match settings {
        StoreSettings::Memory => Backend::Memory(store::Memory::new(limits)),
        #[cfg(feature = "redis")]
        StoreSettings::Redis(address) => {
            Backend::Redis(Box::new(store::Redis::new(address, limits)))
        }
    }))
}

pub(super) fn start_registry(
    settings: &RevocationSettings,
    store: Arc<SharedStore>,
    leeway: Duration,
) -> Registry {
    if !store.is_shared() {
        log::warn!(
            "revocations are kept in memory: other processes do not see them, and a restart forgets \
             them (see `store`)"
        );
    }
    Registry::start(
        store,
        settings.max_token_lifetime,
        leeway,
        settings.max_stale,
    )
}

pub(super) fn secret_issuer(settings: SecretSettings) -> Issuer {
    Issuer {
        names: settings.issuers.into(),
        audience: settings.audience.into(),
        audience_claims: settings.audience_claims.into(),
        algorithms: [Algorithm::HS256].into(),
        keys: KeySource::fixed(settings.secrets),
        secret: None,
    }
}

pub(super) fn start_issuer(
    settings: IssuerSettings,
    times: Times,
    cache_bytes: u64,
) -> Result<Vouching, reqwest::Error> {
    let algorithms: Box<[_]> = settings.algorithms.into();
    let names: Box<[_]> = settings.names.into();
    let audience = settings.audience.into();
    let audience_claims = settings.audience_claims.into();
    let keys = match settings.keys {
        KeySettings::Fixed { keys, .. } => KeySource::fixed(keys),
        KeySettings::Remote {
            origin,
            authorities,
            snapshot,
        } => KeySource::start(Remote {
            http: Http::new(authorities, origin.url())?,
            accepted: algorithms.clone(),
            origin,
            times,
            snapshot,
            meter: fetch_meter(&names),
        }),
        KeySettings::Introspection(settings) => {
            return Ok(Vouching::Introspection(IntrospectedIssuer {
                requires_audience: settings.audience == AudienceRule::Required,
                introspector: start_introspector(*settings, &names, times.timeout, cache_bytes)?,
                names,
                audience,
                audience_claims,
            }));
        }
    };
    Ok(Vouching::Keys(Issuer {
        names,
        audience,
        audience_claims,
        algorithms,
        keys,
        secret: None,
    }))
}

fn start_introspector(
    settings: IntrospectionSettings,
    names: &[String],
    timeout: Duration,
    cache_bytes: u64,
) -> Result<Introspector, reqwest::Error> {
    Ok(Introspector::new(Endpoint {
        http: Http::new(settings.authorities, &settings.endpoint)?,
        url: settings.endpoint,
        credentials: settings.credentials,
        issuer: names.first().cloned().unwrap_or_default(),
        timeout,
        cache_ttl: settings.cache_ttl,
        cache_bytes,
        meter: IntrospectionMeter::new(names),
    }))
}

fn fetch_meter(names: &[String]) -> Arc<KeyMeter> {
    let meter = KeyMeter::new(names);
    meter.register_fetches();
    Arc::new(meter)
}
