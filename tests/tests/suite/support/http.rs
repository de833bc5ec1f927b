//! Builds the HTTP clients of the suite.

use reqwest::Client;
use reqwest::redirect::Policy;

/// Returns a client for servers without TLS.
pub(crate) fn http_client() -> Client {
    http_client_with(Policy::default())
}

/// Returns a client for servers without TLS, which follows redirects like this. It loads no certificate
/// authorities, because that takes longer than most tests.
pub(crate) fn http_client_with(redirects: Policy) -> Client {
    let client = Client::builder().no_proxy().tls_certs_only([]);
    let client = client.redirect(redirects).build();
    client.expect("the options are valid")
}
