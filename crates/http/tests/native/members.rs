//! Members and their roles.

use serde_json::{Value, json};

use crate::support::{Circle, MEMBERS, group_not_found, lacks, member_not_found, not_allowed, problem, refusal, user};

fn member(person: &guestlist_testing::Person, roles: &[&str]) -> Value {
    json!({
        "group_id": 1,
        "user_id": person.id(),
        "user": user(person),
        "roles": roles,
        "joined_at": "2026-01-01T00:00:00.000Z",
    })
}

fn last_owner() -> Value {
    let explanation = json!({
        "rule": "A living group keeps at least one owner.",
        "fact": { "kind": "last_owner_of", "group_ids": [1] },
        "remedy": { "who": "roles", "roles": ["owner"] },
    });
    refusal(409, "last_owner", "A group needs an owner. Make somebody else an owner first.", explanation)
}

#[tokio::test]
async fn one_member_is_seen_by_all_who_see_the_group() {
    let circle = Circle::new().await;
    for name in ["3", circle.musa.uid()] {
        let reply = circle.get(&circle.amina, &format!("{MEMBERS}/{name}")).await;
        reply.assert(200, member(&circle.musa, &[]));
        assert_eq!(reply.header("etag").len(), 34);
    }
    circle.get(&circle.musa, &format!("{MEMBERS}/me")).await.assert(200, member(&circle.musa, &[]));
    circle.get(&circle.musa, &format!("{MEMBERS}/1")).await.assert(200, member(&circle.amina, &["owner"]));
    for name in ["2", "99", "0", "%00", "a%20b"] {
        circle.get(&circle.amina, &format!("{MEMBERS}/{name}")).await.assert(404, member_not_found());
    }
    circle.get(&circle.bilal, &format!("{MEMBERS}/me")).await.assert(404, group_not_found());
}

#[tokio::test]
async fn a_list_tells_who_was_a_member_then() {
    let circle = Circle::new().await;
    circle.app.clock.advance_millis(60_000);
    circle.delete(&circle.amina, &format!("{MEMBERS}/3")).await.assert(200, json!({ "removed": "member" }));
    let ids = async |query: &str| {
        let list = circle.list(&circle.amina, &format!("{MEMBERS}{query}")).await;
        list.iter().map(|member| member["user_id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(ids("").await, [1]);
    assert_eq!(ids("?at=2025-12-31T23:59:59Z").await, [] as [i64; 0]);
    assert_eq!(ids("?at=2026-01-01T00:00:00Z").await, [1, 3]);
    assert_eq!(ids("?at=2026-01-01T01:00:30%2B01:00").await, [1, 3]);
    assert_eq!(ids("?at=2026-01-01T00:01:00Z&limit=1").await, [1]);
    let then = circle.list(&circle.amina, &format!("{MEMBERS}?at=2026-01-01T00:00:00Z&limit=2")).await;
    let joined_at = "2026-01-01T00:00:00.000Z";
    assert_eq!(then[1], json!({ "group_id": 1, "user_id": 3, "roles": [], "joined_at": joined_at }));
    for odd in ["yesterday", "2026-01-01", "", "2026-13-01T00:00:00Z", "99999-01-01T00:00:00Z"] {
        let mut wanted = problem(422, "invalid_parameter", "The parameter `at` cannot be read.");
        wanted["parameter"] = "at".into();
        circle.get(&circle.amina, &format!("{MEMBERS}?at={odd}")).await.assert(422, wanted);
    }
}

#[tokio::test]
async fn members_are_removed_by_who_may_and_leave_by_themselves() {
    let circle = Circle::new().await;
    let layla = circle.app.person("layla").await;
    circle.app.add_moderator(&circle.group, &circle.amina, &layla).await;
    circle.delete(&circle.musa, &format!("{MEMBERS}/4")).await.assert(403, not_allowed());
    circle.delete(&circle.bilal, &format!("{MEMBERS}/3")).await.assert(404, group_not_found());
    circle.delete(&layla, &format!("{MEMBERS}/2")).await.assert(404, member_not_found());
    circle.delete(&circle.amina, &format!("{MEMBERS}/me")).await.assert(409, last_owner());
    circle.delete(&layla, &format!("{MEMBERS}/3")).await.assert(200, json!({ "removed": "member" }));
    circle.delete(&layla, &format!("{MEMBERS}/{}", layla.uid())).await.assert(200, json!({ "removed": "member" }));
    circle.invite_bilal().await;
    circle.delete(&circle.amina, &format!("{MEMBERS}/2")).await.assert(200, json!({ "removed": "invitation" }));
    assert_eq!(circle.list(&circle.amina, MEMBERS).await.len(), 1);
}

#[tokio::test]
async fn owners_give_and_take_roles() {
    let circle = Circle::new().await;
    let leader = format!("{MEMBERS}/3/roles/leader");
    let held =
        |is_held: bool, has_changed: bool| json!({ "role": "leader", "is_held": is_held, "has_changed": has_changed });
    circle.put(&circle.musa, &leader).await.assert(403, lacks(Some(&[]), &["owner"]));
    circle.put(&circle.bilal, &leader).await.assert(404, group_not_found());
    circle.put(&circle.amina, &leader).await.assert(200, held(true, true));
    circle.put(&circle.amina, &leader).await.assert(200, held(true, false));
    circle.delete(&circle.amina, &leader).await.assert(200, held(false, true));
    circle.delete(&circle.amina, &leader).await.assert(200, held(false, false));
    circle.put(&circle.amina, &format!("{MEMBERS}/2/roles/leader")).await.assert(404, member_not_found());
    let king = problem(404, "no_such_role", "There is no such role.");
    circle.put(&circle.amina, &format!("{MEMBERS}/3/roles/king")).await.assert(404, king);
    circle.delete(&circle.amina, &format!("{MEMBERS}/me/roles/owner")).await.assert(409, last_owner());
}
