//! Collects what a request presents with its token: the method and path as they were sent, the proof
//! and the certificate. Keeps the nonce for the reply.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use rocket::Request;
use rocket::http::Method;

use crate::binding::{CertificateThumbprint, Nonce};
use crate::config::CertificateSource;

/// The method and the path that the client sent.
///
/// Rocket turns HEAD into GET when it looks for a route, and fairings may rewrite the path. Rocket
/// applies a form's `_method` before any fairing runs.
pub(super) struct Sent {
    pub(super) method: Method,
    pub(super) path: String,
}

/// Keeps the method and path of a request that may have a proof, before other fairings and the router
/// change them.
pub(crate) fn keep_sent_request(request: &Request<'_>) {
    if request.headers().contains("DPoP") {
        Sent::keep(request);
    }
}

impl Sent {
    /// Keeps the method and path as they are now, unless that was done before.
    pub(super) fn keep<'r>(request: &'r Request<'_>) -> &'r Self {
        request.local_cache(|| Self {
            method: request.method(),
            path: request.uri().path().to_string(),
        })
    }
}

/// The nonce that the reply carries. The lock is only held to copy it.
#[derive(Default)]
struct NextNonce(Mutex<Option<Nonce>>);

/// Keeps the nonce for the reply.
pub(super) fn keep_nonce(request: &Request<'_>, nonce: Nonce) {
    let NextNonce(next) = request.local_cache(NextNonce::default);
    *next.lock().unwrap_or_else(PoisonError::into_inner) = Some(nonce);
}

/// Returns the nonce for the reply, if there is one.
pub(crate) fn next_nonce(request: &Request<'_>) -> Option<Nonce> {
    let NextNonce(next) = request.local_cache(NextNonce::default);
    next.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Returns the client's certificate, if its source can be trusted.
pub(super) async fn certificate(
    request: &Request<'_>,
    source: Option<&CertificateSource>,
) -> Option<CertificateThumbprint> {
    match source? {
        CertificateSource::Header { name, proxies } => {
            if !proxies.contain(peer(request)?) {
                return None;
            }
            CertificateThumbprint::from_headers(request.headers().get(name.as_str()))
        }
        CertificateSource::Rocket => rocket_certificate(request).await,
    }
}

/// Returns the address of the peer, which no header can change.
fn peer(request: &Request<'_>) -> Option<IpAddr> {
    request.remote().map(|address| address.ip())
}

#[cfg(feature = "mtls")]
async fn rocket_certificate(request: &Request<'_>) -> Option<CertificateThumbprint> {
    let certificate = request.guard::<rocket::mtls::Certificate<'_>>().await;
    let certificate = certificate.succeeded()?;
    Some(CertificateThumbprint::from_der(certificate.as_bytes()))
}

#[cfg(not(feature = "mtls"))]
#[expect(clippy::unused_async, reason = "it awaits with the feature `mtls`")]
async fn rocket_certificate(_: &Request<'_>) -> Option<CertificateThumbprint> {
    None
}
