//! The one style sheet.

use axum::http::header;
use axum::response::IntoResponse;

const CSS: &str = include_str!("../assets/style.css");

/// Its address names its version, so that it can be kept for ever.
pub(crate) const PATH: &str = "/assets/style-1.css";

pub(crate) async fn show() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, CSS)
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    /// Whoever changes the style sheet changes its number, too: browsers keep the old one for ever.
    #[test]
    fn the_style_sheet_is_the_one_of_its_number() {
        let digest = hex::encode(&Sha256::digest(CSS)[..8]);
        assert_eq!((PATH, digest.as_str()), ("/assets/style-1.css", "b22cc7930c96263c"));
    }
}
