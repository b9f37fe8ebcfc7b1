//! How many requests one user may make.

use guestlist_core::Settings;
use guestlist_testing::TestApp;
use serde_json::json;

use crate::support::{Circle, MINE, problem};

#[tokio::test]
async fn every_answer_tells_what_is_left() {
    let circle = Circle::new().await;
    let reply = circle.get(&circle.bilal, MINE).await;
    assert_eq!(reply.header("ratelimit-policy"), "\"requests\";q=600;w=60");
    assert_eq!(reply.header("ratelimit"), "\"requests\";r=599;t=1");
    let refused = circle.get(&circle.bilal, "/guestlist/v1/groups/1").await;
    assert_eq!((refused.status, refused.header("ratelimit")), (404, "\"requests\";r=598;t=1"));
    // Nobody knows whose requests these are.
    let nobody = circle.app.request("GET", MINE).send().await;
    assert_eq!((nobody.status, nobody.header("ratelimit"), nobody.header("ratelimit-policy")), (401, "", ""));
}

#[tokio::test]
async fn who_makes_too_many_requests_waits_and_nobody_else_does() {
    let circle = Circle::new().await;
    for left in (0..600).rev() {
        let reply = circle.get(&circle.bilal, MINE).await;
        assert_eq!(reply.status, 200);
        if left == 300 {
            assert_eq!(reply.header("ratelimit"), "\"requests\";r=300;t=30");
        } else if left == 0 {
            assert_eq!(reply.header("ratelimit"), "\"requests\";r=0;t=60");
        }
    }
    let refused = circle.get(&circle.bilal, MINE).await;
    refused.assert(429, problem(429, "too_many_requests", "You have made too many requests. Wait a moment."));
    assert_eq!((refused.header("retry-after"), refused.header("ratelimit")), ("1", "\"requests\";r=0;t=60"));
    assert_eq!(circle.get(&circle.musa, MINE).await.status, 200);
    // One comes back every tenth of a second, and all within a minute.
    circle.app.clock.advance_millis(100);
    assert_eq!(circle.get(&circle.bilal, MINE).await.status, 200);
    assert_eq!(circle.get(&circle.bilal, MINE).await.status, 429);
    circle.app.clock.advance_millis(60_000);
    assert_eq!(circle.get(&circle.bilal, MINE).await.header("ratelimit"), "\"requests\";r=599;t=1");
}

#[tokio::test]
async fn a_clock_that_is_set_back_locks_nobody_out() {
    let circle = Circle::new().await;
    for _ in 0..600 {
        assert_eq!(circle.get(&circle.bilal, MINE).await.status, 200);
    }
    circle.app.clock.advance_millis(-3_600_000);
    assert_eq!(circle.get(&circle.bilal, MINE).await.status, 429);
    circle.app.clock.advance_millis(30_000);
    assert_eq!(circle.get(&circle.bilal, MINE).await.header("ratelimit"), "\"requests\";r=299;t=31");
}

#[tokio::test]
async fn each_part_of_a_batch_is_a_request() {
    let circle = Circle::new().await;
    let invitees: Vec<_> = (0..10_000).map(|n| json!({ "email": format!("g{n}@a.example") })).collect();
    let body = json!({ "invitees": invitees });
    let path = "/guestlist/v1/groups/1/batches?dry_run=true";
    let reply = circle.post(&circle.amina, path, body.clone()).await;
    assert_eq!((reply.status, reply.header("ratelimit")), (200, "\"requests\";r=580;t=2"));
    for _ in 0..570 {
        circle.get(&circle.amina, MINE).await;
    }
    // Who may not make them all makes none, and has those left that they had.
    let refused = circle.post(&circle.amina, path, body).await;
    refused.assert(429, problem(429, "too_many_requests", "You have made too many requests. Wait a moment."));
    assert_eq!((refused.header("retry-after"), refused.header("ratelimit")), ("1", "\"requests\";r=9;t=60"));
}

#[tokio::test]
async fn the_limit_is_switched_off_along_with_the_others() {
    let app = TestApp::with(Settings { quotas: None, ..Settings::default() }).await;
    let person = app.person("bilal").await;
    for _ in 0..700 {
        let reply = app.request("GET", MINE).bearer(&person).send().await;
        assert_eq!((reply.status, reply.header("ratelimit")), (200, ""));
    }
    assert_eq!(json!(app.request("GET", MINE).bearer(&person).send().await.json()["data"]), json!([]));
}
