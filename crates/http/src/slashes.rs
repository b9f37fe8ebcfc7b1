//! Forgiving slashes: clients glue addresses together, and some end up with one too many.

use std::borrow::Cow;
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::Request;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use tower::Service;

/// The routes, reached as well by paths that repeat a slash or end with one.
#[derive(Debug, Clone)]
pub struct Forgiving(pub Router);

impl Service<Request> for Forgiving {
    type Response = <Router as Service<Request>>::Response;
    type Error = <Router as Service<Request>>::Error;
    type Future = <Router as Service<Request>>::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Service::<Request>::poll_ready(&mut self.0, context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        if let Some(uri) = forgiven(request.uri()) {
            *request.uri_mut() = uri;
        }
        self.0.call(request)
    }
}

/// The address without its superfluous slashes; `None` if it has none.
fn forgiven(uri: &Uri) -> Option<Uri> {
    let Cow::Owned(path) = single(uri.path()) else { return None };
    let path_and_query = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path,
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path_and_query).ok()?);
    Uri::from_parts(parts).ok()
}

fn single(path: &str) -> Cow<'_, str> {
    if path == "/" || !(path.contains("//") || path.ends_with('/')) {
        return Cow::Borrowed(path);
    }
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    let path = segments.fold(String::with_capacity(path.len()), |path, segment| path + "/" + segment);
    Cow::Owned(if path.is_empty() { "/".to_owned() } else { path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn superfluous_slashes_go_and_nothing_else_changes() {
        let forgive = |uri: &str| uri.parse().ok().and_then(|uri| forgiven(&uri)).map(|uri: Uri| uri.to_string());
        assert_eq!(forgive("/v1/groups/").as_deref(), Some("/v1/groups"));
        assert_eq!(forgive("//api//v1/me//?a=//b/").as_deref(), Some("/api/v1/me?a=//b/"));
        assert_eq!(forgive("///").as_deref(), Some("/"));
        for fine in ["/", "/v1/groups", "/a?b=c//", "/%2F%2F"] {
            assert_eq!(forgive(fine), None, "{fine}");
        }
    }
}
