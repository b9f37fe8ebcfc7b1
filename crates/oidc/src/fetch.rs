//! Asking over HTTP: a deadline, a largest answer, no redirects.

use std::time::Duration;

use guestlist_identity::issuer::IssuerFault;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use serde_json::Value;

/// The largest answer that is read, in bytes.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// Who asks.
pub(crate) struct Fetch {
    client: Client,
    deadline: Duration,
}

impl Fetch {
    /// `deadline` is for a whole exchange.
    pub(crate) fn new(deadline: Duration) -> Result<Self, reqwest::Error> {
        let client = Client::builder().redirect(Policy::none()).timeout(deadline);
        Ok(Self { client: client.user_agent("guestlist").build()?, deadline })
    }

    pub(crate) const fn deadline(&self) -> Duration {
        self.deadline
    }

    pub(crate) const fn client(&self) -> &Client {
        &self.client
    }

    /// Sends a request for JSON. Everything but a success that is JSON is a fault of whoever answers.
    pub(crate) async fn json(&self, request: RequestBuilder) -> Result<Value, IssuerFault> {
        let mut response = request.send().await.map_err(|error| fault(&error))?;
        let (status, url) = (response.status(), response.url().clone());
        if !status.is_success() {
            tracing::warn!(%url, %status, "the identity provider does not answer as it should");
            return Err(IssuerFault::Unusable);
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| fault(&error))? {
            body.extend_from_slice(&chunk);
            if body.len() > ANSWER_BYTES_MAX {
                tracing::warn!(%url, "the identity provider answers more than can be");
                return Err(IssuerFault::Unusable);
            }
        }
        serde_json::from_slice(&body).map_err(|_| {
            tracing::warn!(%url, "the identity provider answers what is no JSON");
            IssuerFault::Unusable
        })
    }
}

fn fault(error: &reqwest::Error) -> IssuerFault {
    // The whole chain: what is wrong with a certificate is said at its end.
    let causes = std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source());
    let causes: Vec<_> = causes.map(ToString::to_string).collect();
    tracing::warn!(error = causes.join(": "), "the identity provider could not be asked");
    if error.is_timeout() { IssuerFault::TimedOut } else { IssuerFault::Unusable }
}
