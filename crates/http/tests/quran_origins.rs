//! Pages of other origins that ask Quran Foundation's APIs from a browser.

#![expect(clippy::unwrap_used, reason = "a test whose own steps fail shall stop there")]

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request};
use guestlist_testing::{ORIGIN, TestApp};
use tower::ServiceExt as _;

const PATHS: [&str; 4] =
    ["/v1/groups", "/auth/v1/groups", "/quran-reflect/v1/rooms/groups", "/auth/v1/rooms/1/accept-invite"];

async fn ask(app: &TestApp, method: Method, path: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap) {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = app.router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    (response.status().as_u16(), response.headers().clone())
}

fn cors(headers: &HeaderMap) -> Vec<(String, String)> {
    let ours = headers.iter().filter(|(name, _)| name.as_str().starts_with("access-control-"));
    ours.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect()
}

#[tokio::test]
async fn a_page_of_a_listed_origin_may_ask_and_read_the_answer() {
    let app = TestApp::new().await;
    for path in PATHS {
        let before = [("origin", ORIGIN), ("access-control-request-method", "PUT")];
        let (status, headers) = ask(&app, Method::OPTIONS, path, &before).await;
        assert_eq!(status, 204, "{path}");
        assert_eq!(headers["access-control-allow-origin"], ORIGIN);
        let allowed = headers["access-control-allow-headers"].to_str().unwrap();
        for header in ["x-auth-token", "x-client-id", "o_t_h", "content-type"] {
            assert!(allowed.split(", ").any(|allowed| allowed == header), "{header}");
        }
        let methods = headers["access-control-allow-methods"].to_str().unwrap();
        assert_eq!(methods, "GET, POST, PUT, PATCH, DELETE");
        // The answer itself, an error here, can be read by the page.
        let (status, headers) = ask(&app, Method::GET, path, &[("origin", ORIGIN)]).await;
        assert!(matches!(status, 400 | 403 | 404), "{path} {status}");
        assert_eq!(headers["access-control-allow-origin"], ORIGIN);
        assert_eq!(headers["vary"], "origin");
        assert!(!headers.contains_key("access-control-allow-credentials"));
    }
}

#[tokio::test]
async fn other_origins_and_other_apis_are_told_nothing() {
    let app = TestApp::new().await;
    for origin in ["https://evil.example", "null", "https://app.example.org.evil.example", "http://app.example.org"] {
        for path in PATHS {
            let before = [("origin", origin), ("access-control-request-method", "PUT")];
            let (status, headers) = ask(&app, Method::OPTIONS, path, &before).await;
            assert_eq!((status, cors(&headers)), (404, vec![]), "{origin} {path}");
            let (_, headers) = ask(&app, Method::GET, path, &[("origin", origin)]).await;
            assert_eq!(cors(&headers), []);
        }
    }
    for path in ["/api/v1/me", "/guestlist/v1/me", "/healthz"] {
        let (_, headers) = ask(&app, Method::GET, path, &[("origin", ORIGIN)]).await;
        assert_eq!(cors(&headers), [], "{path}");
    }
}
