//! Starts what the settings ask for: issuers, the store, revocations and the rest of [`Auth`].

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rocket::http::Status;

use super::binding::{self, TokenBinding};
use super::shadow::Shadow;
use super::{Auth, Inner, SignalAudiences};
use crate::clock::Clock;
use crate::config::{
    AudienceRule, Enforcement, IntrospectionSettings, IssuerSettings, KeySettings, MalformedStatus,
    Mode, ReplySettings, RevocationSettings, SecretSettings, Settings, StoreSettings,
    TokenSettings, TokenType,
};
use crate::error::{ChallengeSettings, HeaderText};
use crate::http::Http;
use crate::introspect::{Endpoint, Introspector};
use crate::jwks::{Algorithm, KeySource, Remote, Times};
use crate::metadata;
use crate::revocation::Registry;
use crate::store::{self, Backend, ProofLimits, SharedStore};
use crate::telemetry::{IntrospectionMeter, KeyMeter, Observers, Telemetry};
use crate::verify::{
    IntrospectedIssuer, Issuer, KnownHeaders, Memory, Replies, Rules, TemporarySecret, Verifier,
};

/// The reason why a valid configuration cannot be started.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error("TLS cannot be set up, so keys cannot be fetched: {0}")]
    Tls(#[from] reqwest::Error),
    #[error("the system has no random numbers")]
    Random(#[from] aws_lc_rs::error::Unspecified),
    #[error("cannot start the thread for `on_decision`: {0}")]
    Thread(#[from] std::io::Error),
}

impl Auth {
    /// Starts what the settings ask for.
    ///
    /// # Errors
    /// Fails if TLS, random numbers or a thread cannot be set up.
    pub(crate) fn start(settings: Settings, observers: Observers) -> Result<Self, StartError> {
        let challenges = challenge_settings(&settings);
        let telemetry = Telemetry::new(observers)?;
        if settings.bound_tokens.dpop.is_some() {
            telemetry.expect_proofs();
        }
        let leeway = settings.tokens.leeway;
        let dpop = settings.bound_tokens.dpop.as_ref();
        let store = shared_store(&settings.store, dpop.map(|dpop| dpop.max_proofs));
        let binding = TokenBinding::new(settings.bound_tokens, Arc::clone(&store), leeway)?;
        let revocation = settings.revocation.as_ref();
        let replies = replies(&settings.replies, &settings.mode);
        let rules = rules(&settings.tokens, revocation);
        let cache_bytes = settings.tokens.cache_bytes;
        let auth = Self(Arc::new(Inner {
            verifier: start_verifier(settings.mode, settings.times, rules, cache_bytes)?,
            replies,
            report_only: settings.replies.enforcement == Enforcement::ReportOnly,
            undeclared_routes: settings.replies.undeclared_routes,
            binding,
            challenges,
            clock: Clock::default(),
            reports: AtomicU64::new(0),
            telemetry,
            trace_subject: settings.trace_subject,
            shadow: settings.shadow.map(Shadow::new),
            registry: revocation.map(|revocation| start_registry(revocation, store, leeway)),
            signal_audiences: settings
                .revocation
                .map_or_else(Default::default, |revocation| SignalAudiences {
                    logout: revocation.backchannel_logout,
                    events: revocation.security_events,
                }),
            #[cfg(feature = "openapi")]
            public_url: settings.public_url.map(|url| url.text),
            shutdown: OnceLock::new(),
        }));
        auth.keep_gauges();
        Ok(auth)
    }
}

fn challenge_settings(settings: &Settings) -> ChallengeSettings {
    let public_url = settings.public_url.as_ref();
    ChallengeSettings {
        realm: settings.replies.realm.clone(),
        dpop: binding::dpop_challenge(&settings.bound_tokens),
        resource_metadata: public_url
            .filter(|_| settings.resource_metadata)
            .and_then(|url| HeaderText::new(&metadata::url(url))),
    }
}

fn replies(settings: &ReplySettings, mode: &Mode) -> Replies {
    Replies {
        malformed: match settings.malformed_status {
            MalformedStatus::Unauthorized => Status::Unauthorized,
            MalformedStatus::BadRequest => Status::BadRequest,
        },
        shared_secret: match mode {
            Mode::KeySets(_) | Mode::Migration(..) => None,
            Mode::SharedSecret(secret) => Some(secret.audience.join(", ").into()),
        },
    }
}

fn rules(settings: &TokenSettings, revocation: Option<&RevocationSettings>) -> Rules {
    Rules {
        leeway: settings.leeway.as_secs_f64(),
        claim_names: settings.claim_names.clone(),
        at_jwt: settings.token_type == Some(TokenType::AtJwt),
        max_lifetime: revocation.map(|revocation| revocation.max_token_lifetime.as_secs_f64()),
    }
}

fn start_verifier(
    mode: Mode,
    times: Times,
    rules: Rules,
    cache_bytes: u64,
) -> Result<Verifier, reqwest::Error> {
    let mut issuers = Vec::new();
    let mut introspected = None;
    let (settings, secret) = match mode {
        Mode::KeySets(settings) => (settings, None),
        Mode::Migration(settings, secret) => (settings, Some(secret)),
        Mode::SharedSecret(secret) => {
            issuers.push(secret_issuer(secret));
            (Vec::new(), None)
        }
    };
    for issuer in settings {
        match start_issuer(issuer, times, secret.clone(), cache_bytes)? {
            Vouching::Keys(issuer) => issuers.push(issuer),
            // The configuration has at most one of them.
            Vouching::Introspection(issuer) => introspected = Some(issuer),
        }
    }
    Ok(Verifier {
        issuers: issuers.into(),
        introspected,
        rules,
        memory: Memory::with_capacity(cache_bytes),
        known_headers: KnownHeaders::default(),
    })
}

/// How an issuer vouches for its tokens.
enum Vouching {
    Keys(Issuer),
    Introspection(IntrospectedIssuer),
}

/// Creates the store that instances share. Without DPoP it does not keep proofs.
fn shared_store(settings: &StoreSettings, max_proofs: Option<usize>) -> Arc<SharedStore> {
    let limits = ProofLimits::new(max_proofs.unwrap_or_default());
    Arc::new(SharedStore::new(match settings {
        StoreSettings::Memory => Backend::Memory(store::Memory::new(limits)),
        #[cfg(feature = "redis")]
        StoreSettings::Redis(address) => {
            Backend::Redis(Box::new(store::Redis::new(address, limits)))
        }
    }))
}

fn start_registry(
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

fn secret_issuer(settings: SecretSettings) -> Issuer {
    Issuer {
        names: settings.issuers.into(),
        audience: settings.audience.into(),
        audience_claims: settings.audience_claims.into(),
        algorithms: [Algorithm::HS256].into(),
        keys: KeySource::fixed(settings.secrets),
        secret: None,
    }
}

fn start_issuer(
    settings: IssuerSettings,
    times: Times,
    secret: Option<TemporarySecret>,
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
        secret,
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
