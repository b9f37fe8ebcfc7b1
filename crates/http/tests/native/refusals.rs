//! Refusing invitations for good.

use serde_json::{Value, json};

use crate::support::{Circle, MINE, group_not_found, user_not_found};

const REFUSALS: &str = "/guestlist/v1/refusals";

#[tokio::test]
async fn whoever_refuses_sees_it_and_can_undo_it_and_nobody_else_notices() {
    let circle = Circle::new().await;
    circle.get(&circle.bilal, REFUSALS).await.assert(200, json!({ "data": [], "next_cursor": null }));
    let created_at = "2026-01-01T00:00:00.000Z";
    let entry = |from: &str, group: Value, inviter: Value| json!({ "from": from, "group_id": group, "inviter_id": inviter, "created_at": created_at });
    let all = [
        ("everyone", entry("everyone", Value::Null, Value::Null)),
        ("groups/1", entry("group", json!(1), Value::Null)),
        ("inviters/1", entry("inviter", Value::Null, json!(1))),
    ];
    for (path, shown) in all {
        let path = format!("{REFUSALS}/{path}");
        for _ in 0..2 {
            let reply = circle.put(&circle.bilal, &path).await;
            assert_eq!((reply.status, &*reply.text), (204, ""));
        }
        circle.get(&circle.bilal, REFUSALS).await.assert(200, json!({ "data": [shown], "next_cursor": null }));
        circle.invite_bilal().await;
        assert_eq!(circle.list(&circle.bilal, MINE).await, [] as [Value; 0]);
        circle.get(&circle.amina, REFUSALS).await.assert(200, json!({ "data": [], "next_cursor": null }));
        for _ in 0..2 {
            assert_eq!(circle.delete(&circle.bilal, &path).await.status, 204);
        }
        assert_eq!(circle.list(&circle.bilal, MINE).await.len(), 1);
        circle.delete(&circle.amina, "/guestlist/v1/groups/1/members/2").await;
    }
}

#[tokio::test]
async fn what_is_no_number_names_nothing_to_refuse() {
    let circle = Circle::new().await;
    for (method, name) in [("PUT", "circle"), ("DELETE", "0"), ("PUT", "%FF"), ("DELETE", "9223372036854775808")] {
        circle.send(&circle.bilal, method, &format!("{REFUSALS}/groups/{name}")).await.assert(404, group_not_found());
        circle.send(&circle.bilal, method, &format!("{REFUSALS}/inviters/{name}")).await.assert(404, user_not_found());
    }
}
