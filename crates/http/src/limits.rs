//! Limits that hold for every request, whatever it asks: how large its body may be, how long it may take, and that a
//! bug in it stays its own.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use futures_util::FutureExt as _;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

/// Largest request body, in bytes.
pub(crate) const BODY_BYTES_MAX: usize = 64 * 1024;

/// How long a client may take to send a body. Shorter than the limit of the request, so that its slowness is not told as
/// ours.
const BODY_MAX: Duration = Duration::from_secs(15);

/// How long a request may take, from its head to its answer.
const REQUEST_MAX: Duration = Duration::from_secs(30);

/// Why a request got no answer of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It took too long.
    TimedOut,
    /// Its handler panicked.
    Panicked,
}

/// Runs the rest of a request under the limits. Each dialect has its own words for a fault.
pub(crate) async fn guarded(request: Request, next: Next) -> Result<Response, Fault> {
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind();
    match tokio::time::timeout(REQUEST_MAX, answer).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(_)) => {
            tracing::error!("a handler panicked");
            Err(Fault::Panicked)
        }
        Err(_) => {
            tracing::warn!(limit_secs = REQUEST_MAX.as_secs(), "a request took too long");
            Err(Fault::TimedOut)
        }
    }
}

/// Why a body could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyFault {
    /// It is larger than may be.
    TooLarge,
    /// The client stopped in the middle, was too slow, or its framing is wrong.
    Broken,
}

/// Reads a whole body, up to the usual limit.
pub(crate) async fn read(body: Body) -> Result<Bytes, BodyFault> {
    read_up_to(BODY_BYTES_MAX, body).await
}

/// Reads a whole body of at most `bytes_max`.
pub(crate) async fn read_up_to(bytes_max: usize, body: Body) -> Result<Bytes, BodyFault> {
    match tokio::time::timeout(BODY_MAX, Limited::new(body, bytes_max).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(BodyFault::TooLarge),
        Ok(Err(_)) | Err(_) => Err(BodyFault::Broken),
    }
}
