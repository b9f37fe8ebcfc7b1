//! What the document of this API says beside its operations.

/// The head of the document.
#[derive(utoipa::OpenApi)]
#[openapi(info(title = "Quran Foundation, gateway"))]
pub(super) struct Api;
