//! `GET /api/info` (7.1): which server this is.

use serde_json::json;

use crate::support::world;

#[tokio::test]
async fn anybody_learns_the_minor_version_whatever_they_present() {
    let world = world().await;
    let wanted = json!({
        "version": "8.8",
        "minimumClientVersions": { "desktop": "3.9.6", "mobile": "4.39.0" },
        "success": true,
    });
    for path in ["/api/info", "/api/v1/info", "/api/info?"] {
        world.app.request("GET", path).send().await.assert(200, wanted.clone());
        world.get(&world.amina, path).await.assert(200, wanted.clone());
        let wrong = world.app.request("GET", path).header("X-Auth-Token", "nonsense").header("X-User-Id", "nobody");
        wrong.send().await.assert(200, wanted.clone());
    }
    // An administrator's token with somebody else's id is nobody's.
    let root = world.app.admin("root").await;
    let wrong = world.app.request("GET", "/api/info").header("X-Auth-Token", &root.token);
    wrong.header("X-User-Id", world.amina.uid()).send().await.assert(200, wanted);
}

#[tokio::test]
async fn administrators_learn_the_full_version() {
    let world = world().await;
    let root = world.app.admin("root").await;
    let wanted = json!({
        "version": "8.8.1",
        "info": { "version": "8.8.1", "build": {}, "commit": {}, "marketplaceApiVersion": "1.0.0" },
        "minimumClientVersions": { "desktop": "3.9.6", "mobile": "4.39.0" },
        "success": true,
    });
    for path in ["/api/info", "/api/v1/info"] {
        world.get(&root, path).await.assert(200, wanted.clone());
    }
}
