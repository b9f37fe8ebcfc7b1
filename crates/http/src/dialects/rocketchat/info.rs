//! `GET /api/info`: which server this is. No login needed; administrators see more.

use serde_json::json;

use super::answer::Answer;
use super::caller::Caller;

/// The version whose behaviour is reproduced.
const VERSION: &str = "8.8.1";
const VERSION_FOR_ANYBODY: &str = "8.8";

/// Which server this is.
#[utoipa::path(
    get,
    path = "/info",
    operation_id = "info",
    tag = "Server",
    responses((status = 200, description = "Done."))
)]
pub(super) async fn handle(caller: Option<Caller>) -> Answer {
    let clients = json!({ "desktop": "3.9.6", "mobile": "4.39.0" });
    if caller.is_some_and(|caller| caller.is_admin) {
        let info = json!({ "version": VERSION, "build": {}, "commit": {}, "marketplaceApiVersion": "1.0.0" });
        return Answer::ok(json!({ "version": VERSION, "info": info, "minimumClientVersions": clients }));
    }
    Answer::ok(json!({ "version": VERSION_FOR_ANYBODY, "minimumClientVersions": clients }))
}

/// The same, where older clients look for it.
#[utoipa::path(
    get,
    path = "/v1/info",
    operation_id = "v1.info",
    tag = "Server",
    responses((status = 200, description = "Done."))
)]
pub(super) async fn handle_below_v1(caller: Option<Caller>) -> Answer {
    handle(caller).await
}
