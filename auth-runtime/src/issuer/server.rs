//! The issuer's HTTP endpoints: key set, discovery document and token endpoint.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue,
};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::State;
use super::issued;
use super::signals::{self, SignalRequest};
use super::token::TokenBuilder;

const MAX_BODY_BYTES: usize = 64 * 1024;
const MAX_LIFETIME: u64 = 30 * 24 * 60 * 60;

/// A request to the token endpoint (RFC 6749 §4.4.2).
#[derive(Deserialize)]
struct TokenRequest {
    grant_type: Option<String>,
    client_id: Option<String>,
    audience: Option<String>,
    scope: Option<String>,
    expires_in: Option<Seconds>,
    /// `opaque` for a token that is not a JWT.
    token_format: Option<String>,
    /// The session that the token belongs to: its `sid`.
    session: Option<String>,
}

/// What RFC 7662 §2.1 and RFC 7009 §2.1 have in common.
#[derive(Deserialize)]
struct AboutToken {
    token: String,
    client_assertion: Option<String>,
}

/// A number of seconds. JSON has it as a number, and a form as a string.
#[derive(Deserialize)]
#[serde(untagged)]
enum Seconds {
    Number(u64),
    Text(String),
}

/// The errors of RFC 6749 §5.2 that this endpoint can return.
enum TokenError {
    InvalidRequest(&'static str),
    UnsupportedGrantType,
}

pub(super) async fn serve(listener: TcpListener, state: Arc<State>) {
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                // The process may be out of file descriptors for a moment.
                log::warn!("the local issuer cannot accept a connection: {error}");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let state = Arc::clone(&state);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(&state, request));
            // A client may close the connection at any time.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn answer(
    state: &State,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(match (request.method(), request.uri().path()) {
        (&Method::GET, "/.well-known/jwks.json") => reply(StatusCode::OK, state.keys.jwks()),
        (&Method::GET, "/.well-known/openid-configuration") => {
            reply(StatusCode::OK, discovery(state).to_string())
        }
        // A page of another origin sends a preflight before it sends JSON.
        (&Method::OPTIONS, "/oauth/token") => preflight(),
        (&Method::POST, "/oauth/token") => match token(state, request).await {
            Ok(body) => reply(StatusCode::OK, body.to_string()),
            Err(error) => reply(StatusCode::BAD_REQUEST, error.body().to_string()),
        },
        (&Method::POST, "/introspect" | "/revoke") => about_token(state, request).await,
        (&Method::POST, "/logout" | "/push-event") => send_signal(state, request).await,
        (
            _,
            "/.well-known/jwks.json"
            | "/.well-known/openid-configuration"
            | "/oauth/token"
            | "/introspect"
            | "/revoke"
            | "/logout"
            | "/push-event",
        ) => reply(
            StatusCode::METHOD_NOT_ALLOWED,
            json!({ "error": "method_not_allowed" }).to_string(),
        ),
        _ => reply(
            StatusCode::NOT_FOUND,
            json!({ "error": "not_found" }).to_string(),
        ),
    })
}

/// Answers as RFC 7662 and RFC 7009 say. Any client is believed, but it has to say who it is.
async fn about_token(state: &State, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let is_introspection = request.uri().path() == "/introspect";
    let has_header = request.headers().contains_key(AUTHORIZATION);
    let asked: AboutToken = match form(request).await {
        Ok(asked) => asked,
        Err(error) => return reply(StatusCode::BAD_REQUEST, error.body().to_string()),
    };
    if !has_header && asked.client_assertion.is_none() {
        let error = json!({ "error": "invalid_client" });
        return reply(StatusCode::UNAUTHORIZED, error.to_string());
    }
    if is_introspection {
        let answer = issued::introspect(state, &asked.token);
        return reply(StatusCode::OK, answer.to_string());
    }
    state.issued.revoke(&asked.token);
    reply(StatusCode::OK, "{}".to_owned())
}

/// Sends a logout token or a security event token to the API that the request names.
async fn send_signal(state: &State, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let is_logout = request.uri().path() == "/logout";
    let asked: SignalRequest = match form(request).await {
        Ok(asked) => asked,
        Err(error) => return reply(StatusCode::BAD_REQUEST, error.body().to_string()),
    };
    let sent = if is_logout {
        signals::send_logout(state, asked).await
    } else {
        signals::push_event(state, asked).await
    };
    match sent {
        Ok(answer) => reply(StatusCode::OK, answer.to_string()),
        Err(why) => {
            let error = json!({ "error": "invalid_request", "error_description": why });
            reply(StatusCode::BAD_REQUEST, error.to_string())
        }
    }
}

/// Reads the body as a form.
async fn form<T: serde::de::DeserializeOwned>(request: Request<Incoming>) -> Result<T, TokenError> {
    let body = Limited::new(request.into_body(), MAX_BODY_BYTES)
        .collect()
        .await;
    let body = body.map_err(|_| TokenError::InvalidRequest("the body cannot be read"))?;
    serde_urlencoded::from_bytes(&body.to_bytes())
        .map_err(|_| TokenError::InvalidRequest("the body is not a form with what is needed"))
}

fn reply(status: StatusCode, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    let headers = [
        (CONTENT_TYPE, "application/json"),
        // RFC 6749 §5.1 requires this for tokens. New keys must be visible at once after a rotation.
        (CACHE_CONTROL, "no-store"),
    ];
    with_headers(response, headers)
}

fn preflight() -> Response<Full<Bytes>> {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = [
        (ACCESS_CONTROL_ALLOW_METHODS, "POST"),
        (ACCESS_CONTROL_ALLOW_HEADERS, "Content-Type"),
    ];
    with_headers(response, headers)
}

/// Adds these headers, and the one that lets pages of any origin read the reply. This is safe, because
/// anyone gets a token here, and no cookies are involved.
fn with_headers<const N: usize>(
    mut response: Response<Full<Bytes>>,
    headers: [(HeaderName, &'static str); N],
) -> Response<Full<Bytes>> {
    for (name, value) in headers
        .into_iter()
        .chain([(ACCESS_CONTROL_ALLOW_ORIGIN, "*")])
    {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

/// Returns the metadata of OpenID Connect Discovery §3 that apply to this issuer.
fn discovery(state: &State) -> Value {
    let url = |path: &str| format!("{}{path}", state.url);
    json!({
        "issuer": state.url,
        "jwks_uri": url(".well-known/jwks.json"),
        "token_endpoint": url("oauth/token"),
        "introspection_endpoint": url("introspect"),
        "revocation_endpoint": url("revoke"),
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": ["token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    })
}

async fn token(state: &State, request: Request<Incoming>) -> Result<Value, TokenError> {
    let is_json = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.trim_start().starts_with("application/json"));
    let body = Limited::new(request.into_body(), MAX_BODY_BYTES)
        .collect()
        .await;
    let body = body
        .map_err(|_| TokenError::InvalidRequest("the body is too large or incomplete"))?
        .to_bytes();
    let request: TokenRequest = if is_json {
        serde_json::from_slice(&body)
            .map_err(|_| TokenError::InvalidRequest("the body is not JSON"))?
    } else {
        serde_urlencoded::from_bytes(&body)
            .map_err(|_| TokenError::InvalidRequest("the body is not a form"))?
    };
    match request.grant_type.as_deref() {
        Some("client_credentials") => grant(state, request),
        Some(_) => Err(TokenError::UnsupportedGrantType),
        None => Err(TokenError::InvalidRequest("`grant_type` is missing")),
    }
}

/// Grants every request, because this issuer is for development.
fn grant(state: &State, request: TokenRequest) -> Result<Value, TokenError> {
    let lifetime = match request.expires_in {
        None => 3600,
        Some(Seconds::Number(seconds)) => seconds,
        Some(Seconds::Text(text)) => text
            .parse()
            .map_err(|_| TokenError::InvalidRequest("`expires_in` is not a number of seconds"))?,
    };
    if lifetime > MAX_LIFETIME {
        return Err(TokenError::InvalidRequest(
            "`expires_in` is more than 30 days",
        ));
    }
    let client = request
        .client_id
        .unwrap_or_else(|| "local-client".to_owned());
    let mut token = TokenBuilder::new(state)
        .subject(format!("{client}@clients"))
        .claim("client_id", client.as_str())
        .claim("azp", client)
        .claim("gty", "client-credentials")
        .lifetime(Duration::from_secs(lifetime));
    if let Some(audience) = request.audience {
        token = token.audience(audience);
    }
    if let Some(scope) = &request.scope {
        token = token.scope(scope.as_str());
    }
    if let Some(session) = request.session {
        token = token.claim("sid", session);
    }
    let is_opaque = match request.token_format.as_deref() {
        None | Some("jwt") => false,
        Some("opaque") => true,
        Some(_) => {
            let why = "`token_format` is neither `jwt` nor `opaque`";
            return Err(TokenError::InvalidRequest(why));
        }
    };
    let mut body = json!({
        "access_token": if is_opaque { token.mint_opaque() } else { token.mint() },
        "token_type": "Bearer",
        "expires_in": lifetime,
    });
    if let (Some(body), Some(scope)) = (body.as_object_mut(), request.scope) {
        body.insert("scope".to_owned(), scope.into());
    }
    Ok(body)
}

impl TokenError {
    fn body(&self) -> Value {
        match self {
            Self::InvalidRequest(description) => {
                json!({ "error": "invalid_request", "error_description": description })
            }
            Self::UnsupportedGrantType => json!({
                "error": "unsupported_grant_type",
                "error_description": "this issuer supports only `client_credentials`",
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    use crate::issuer::LocalIssuer;

    /// Sends a request and returns the whole reply in lower case.
    async fn exchange(issuer: &LocalIssuer, request: &str) -> String {
        let url = issuer.url();
        let host = url.trim_start_matches("http://").trim_end_matches('/');
        let mut stream = TcpStream::connect(host).await.expect("the issuer listens");
        let (head, body) = request.split_once("\n\n").unwrap_or((request, ""));
        let length = body.len();
        let head = head.replace('\n', "\r\n");
        let request = format!(
            "{head}\r\nhost: {host}\r\norigin: https://page.test\r\n\
             connection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        let sent = stream.write_all(request.as_bytes()).await;
        sent.expect("the issuer reads");
        let mut reply = String::new();
        let read = stream.read_to_string(&mut reply).await;
        read.expect("the reply is text");
        reply.to_ascii_lowercase()
    }

    async fn issuer() -> LocalIssuer {
        let issuer = LocalIssuer::start("https://api.test").await;
        issuer.expect("the local issuer starts")
    }

    #[rocket::async_test]
    async fn a_page_of_any_origin_can_read_tokens_and_errors() {
        let issuer = issuer().await;
        let post = "POST /oauth/token HTTP/1.1\ncontent-type: application/json\n\n";
        for (body, status) in [
            (r#"{"grant_type": "client_credentials"}"#, "200 ok"),
            (r#"{"grant_type": "password"}"#, "400 bad request"),
        ] {
            let reply = exchange(&issuer, &format!("{post}{body}")).await;
            assert!(reply.starts_with(&format!("http/1.1 {status}")), "{reply}");
            assert!(
                reply.contains("\r\naccess-control-allow-origin: *\r\n"),
                "{reply}"
            );
        }
    }

    #[rocket::async_test]
    async fn a_preflight_allows_json() {
        let preflight = "OPTIONS /oauth/token HTTP/1.1\naccess-control-request-method: POST\n\
                         access-control-request-headers: content-type";
        let reply = exchange(&issuer().await, preflight).await;
        assert!(reply.starts_with("http/1.1 204"), "{reply}");
        for header in [
            "access-control-allow-origin: *",
            "access-control-allow-methods: post",
            "access-control-allow-headers: content-type",
        ] {
            assert!(reply.contains(&format!("\r\n{header}\r\n")), "{reply}");
        }
    }
}
