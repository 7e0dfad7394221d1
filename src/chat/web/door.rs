//! Who may come in: this machine's own browser at the address that was printed, and no other page in it.
//! Beyond the secret in the address, the host's name is checked against pages that point a name of theirs
//! to this machine, and the origin against pages that send forms here.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use subtle::ConstantTimeEq;

use super::{Console, acts};

/// The longest body that is read, in bytes: a line or a form.
const BODY: usize = 64 * 1024;

const RESTRICTIONS: [(HeaderName, &str); 6] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    // The address is a secret: it goes into no other site's log, and pages stay in no cache.
    (REFERRER_POLICY, "no-referrer"),
    (CACHE_CONTROL, "no-store"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

pub(super) fn router(console: Arc<Console>) -> Router {
    let inside = |page: &str| format!("/{}/{page}", console.key);
    Router::new()
        .route(&inside(""), get(acts::page))
        .route(&inside("icon.svg"), get(acts::icon))
        .route(&inside("console.css"), get(acts::style))
        .route(&inside("console.js"), get(acts::script))
        .route(&inside("events"), get(acts::events))
        .route(&inside("say"), post(acts::say))
        .route(&inside("press"), post(acts::press))
        .route(&inside("submit"), post(acts::submit))
        .route(&inside("complete"), post(acts::complete))
        .route(&inside("forward"), post(acts::forward))
        .layer(DefaultBodyLimit::max(BODY))
        .layer(from_fn_with_state(console.clone(), guard))
        .with_state(console)
}

async fn guard(State(console): State<Arc<Console>>, request: Request, next: Next) -> Response {
    let mut response = match refusal(&console, &request) {
        Some((status, why)) => (status, why).into_response(),
        None => next.run(request).await,
    };
    let restrictions = RESTRICTIONS.map(|(name, value)| (name, HeaderValue::from_static(value)));
    response.headers_mut().extend(restrictions);
    response
}

/// Why a request is not let in.
fn refusal(console: &Console, request: &Request) -> Option<(StatusCode, &'static str)> {
    let header =
        |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let port = console.port;
    let own = [format!("127.0.0.1:{port}"), format!("localhost:{port}"), format!("[::1]:{port}")];
    let Some(host) = header(HOST).filter(|host| own.iter().any(|known| known == host)) else {
        return Some((StatusCode::FORBIDDEN, "This page is for this machine alone.\n"));
    };
    let inside = request.uri().path().strip_prefix('/').and_then(|path| path.split_once('/'));
    // Whatever differs takes as long, so that the key cannot be found letter by letter.
    if !inside.is_some_and(|(key, _)| key.as_bytes().ct_eq(console.key.as_bytes()).into()) {
        return Some((
            StatusCode::NOT_FOUND,
            "Open the address that cxbot demo printed; it ends in a key of this session.\n",
        ));
    }
    if *request.method() == Method::GET {
        return None;
    }
    if header(ORIGIN) != Some(&format!("http://{host}")) {
        return Some((StatusCode::FORBIDDEN, "This comes from another page.\n"));
    }
    let json = header(CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/json"));
    (!json).then_some((StatusCode::UNSUPPORTED_MEDIA_TYPE, "This takes JSON.\n"))
}
