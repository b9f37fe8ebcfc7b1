//! `/docs`: the documents, and a page to read and try them. It needs nothing from any other server.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request};
use axum::http::{HeaderName, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use utoipa_swagger_ui::{Config, Url};

use super::Dialect;
use crate::App;

/// The documents as the page offers them, and where they are, seen from the page.
const DOCUMENTS: [(Dialect, &str, &str); 5] = [
    (Dialect::Native, "guestlist", "docs/native.json"),
    (Dialect::Rocketchat, "Rocket.Chat", "docs/rocketchat.json"),
    (Dialect::Quran, "Quran Foundation, gateway", "docs/quran.json"),
    (Dialect::QuranRooms, "Quran Foundation, rooms", "docs/quran-rooms.json"),
    (Dialect::QuranLegacy, "Quran Foundation, legacy", "docs/quran-legacy.json"),
];

/// The page loads nothing but what stands beside it, and no other page may show it. Pictures may be part of a style sheet,
/// and a picture of Swagger UI has colours of its own.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; \
     style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; img-src 'self' data:; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 3] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
];

pub(crate) fn routes() -> Router<App> {
    let config = Arc::new(Config::new(DOCUMENTS.map(|(_, name, address)| Url::new(name, address))));
    Router::new()
        .route("/docs", get(async || Html(include_str!("page.html"))))
        .route("/docs/{file}", get(async move |Path(file): Path<String>| show(&file, config)))
        .layer(from_fn(async |request: Request, next: Next| (HEADERS, next.run(request).await)))
}

/// One of the documents, or a part of the page.
fn show(file: &str, config: Arc<Config<'static>>) -> Response {
    let document = DOCUMENTS.iter().find(|(_, _, address)| address.strip_prefix("docs/") == Some(file));
    if let Some((dialect, ..)) = document {
        return ([(header::CONTENT_TYPE, "application/json")], dialect.document()).into_response();
    }
    match utoipa_swagger_ui::serve(file, config) {
        Ok(Some(part)) => {
            // Compressed when the program was built. Every browser takes it so.
            let encoding = part.gzpipped.then_some([(header::CONTENT_ENCODING, "gzip")]);
            ([(header::CONTENT_TYPE, part.content_type)], encoding, part.bytes.into_owned()).into_response()
        }
        Ok(None) => (StatusCode::NOT_FOUND, "Not found\n").into_response(),
        Err(error) => {
            tracing::error!(%error, file, "a part of the page could not be made");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
