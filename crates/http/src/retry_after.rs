//! When to try again. An answer names the instant; here it becomes the seconds until then.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use guestlist_core::Timestamp;

use crate::App;

/// Among the extensions of an answer: before this instant, the same request gets the same answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RetryAt(pub(crate) Timestamp);

/// Adds `Retry-After`, in whole seconds, to answers that have a [`RetryAt`].
pub(crate) async fn tell(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Some(RetryAt(at)) = response.extensions().get().copied() {
        let left_millis = at.as_millis().saturating_sub(app.now().as_millis());
        let secs = left_millis.saturating_add(999).div_euclid(1000).max(1);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(secs));
    }
    response
}
