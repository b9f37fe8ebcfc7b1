//! Parts of a path.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;

/// The one variable part of a route's path, decoded. A part that is no text once decoded is empty: it names nothing,
/// and each dialect has its own answer to that.
pub(crate) struct Segment(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let segment = Path::<String>::from_request_parts(parts, state).await;
        Ok(Self(segment.map(|Path(text)| text).unwrap_or_default()))
    }
}

/// All variable parts of a route's path, likewise. If one is no text, all are empty.
pub(crate) struct Segments<const N: usize>(pub(crate) [String; N]);

impl<S: Send + Sync, const N: usize> FromRequestParts<S> for Segments<N> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let segments = Path::<Vec<String>>::from_request_parts(parts, state).await;
        let segments = segments.ok().and_then(|Path(all)| all.try_into().ok());
        Ok(Self(segments.unwrap_or_else(|| std::array::from_fn(|_| String::new()))))
    }
}
