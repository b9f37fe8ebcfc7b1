//! A name for every request, in the log and in the answer.

use axum::extract::{Request, State};
use axum::http::{Extensions, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use guestlist_core::ids::uuid_v7;
use guestlist_core::origin::{Origin, RequestId, Via};
use tracing::Instrument as _;

use crate::App;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Longest name that is taken over from the client, in bytes.
const MAX_BYTES: usize = 64;

/// Takes the client's `x-request-id`, if it is short and plain, or makes one; logs everything that the request does
/// under it, leaves it to the histories of what is changed, and sends it back.
pub(crate) async fn assign(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let given = request.headers().get(HEADER).filter(|id| is_plain(id.as_bytes())).cloned();
    let id = given.unwrap_or_else(|| {
        let made = uuid_v7(app.now(), &*app.entropy).to_string();
        HeaderValue::try_from(made).unwrap_or(HeaderValue::from_static("unnamed"))
    });
    let span = tracing::info_span!(
        "request",
        id = id.to_str().unwrap_or_default(),
        method = request.method().as_str(),
        path = shown(request.uri().path()),
    );
    if let Some(id) = id.to_str().ok().and_then(RequestId::parse) {
        request.extensions_mut().insert(id);
    }
    let mut response = next.run(request).instrument(span).await;
    response.headers_mut().insert(HEADER, id);
    response
}

/// A path as it is logged: what stands behind the page of invitations is a secret.
fn shown(path: &str) -> &str {
    const SECRETS: [&str; 2] = ["/invitations/", "/join/"];
    let page = SECRETS.into_iter().find(|secret| path.starts_with(secret));
    // Likewise the private token of a room.
    let room = || path.find("/accept/").and_then(|at| path.get(..at + "/accept/".len()));
    page.or_else(room).unwrap_or(path)
}

/// Where a request to the API `via` comes from, as far as is known before its caller is.
pub(crate) fn origin(via: Via, extensions: &Extensions) -> Origin {
    Origin { request: extensions.get().cloned(), ..Origin::of(via) }
}

fn is_plain(id: &[u8]) -> bool {
    (1..=MAX_BYTES).contains(&id.len()) && id.iter().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(b))
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn no_secret_of_a_path_is_logged() {
        for (path, logged) in [
            ("/invitations/secret", "/invitations/"),
            ("/invitations/secret/accept", "/invitations/"),
            ("/join/secret", "/join/"),
            ("/quran-reflect/v1/rooms/group/halaqa/accept/secret", "/quran-reflect/v1/rooms/group/halaqa/accept/"),
            ("/auth/v1/rooms/page/halaqa/accept/secret/", "/auth/v1/rooms/page/halaqa/accept/"),
            ("/guestlist/v1/invitations/019b76da/accept", "/guestlist/v1/invitations/019b76da/accept"),
        ] {
            assert_eq!(shown(path), logged);
        }
    }
}
