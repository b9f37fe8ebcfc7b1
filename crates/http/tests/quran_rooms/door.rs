//! Coming in and leaving.

use guestlist_core::command::{ArchiveGroup, GroupPatch, UpdateGroup};
use guestlist_core::group::GroupRef;
use serde_json::{Value, json};

use crate::support::{Circle, refuse};

fn joined(joined: bool) -> Value {
    json!({ "joined": joined })
}

fn left(left: bool) -> Value {
    json!({ "left": left })
}

#[tokio::test]
async fn anybody_joins_a_public_group_and_leaves_it_as_often_as_they_like() {
    let there = Circle::new().await;
    there.app.public_group("open", &there.amina).await;
    for _ in 0..2 {
        there.ask(&there.bilal, "POST", "rooms/2/join", "").await.assert(200, joined(true));
    }
    for was_in in [true, false, false] {
        there.ask(&there.bilal, "POST", "rooms/2/leave", "").await.assert(200, left(was_in));
    }
}

#[tokio::test]
async fn a_private_group_is_joined_by_those_who_are_invited() {
    let there = Circle::new().await;
    refuse(&there.ask(&there.bilal, "POST", "rooms/1/join", "").await, 403);
    there.invite_person(&there.bilal).await;
    there.ask(&there.bilal, "POST", "rooms/1/join", "").await.assert(200, joined(true));
    assert_eq!(there.members().await, ["amina", "musa", "zayd", "bilal"]);
}

#[tokio::test]
async fn where_requests_are_taken_joining_is_asking() {
    let there = Circle::new().await;
    let patch = GroupPatch { takes_requests: Some(true), ..GroupPatch::default() };
    let group = GroupRef::Id(there.group.group.id);
    there.app.store().submit(UpdateGroup { by: there.amina.user.id, group, patch }).await.unwrap();
    there.ask(&there.bilal, "POST", "rooms/1/join", "").await.assert(200, joined(false));
    assert_eq!(there.members().await.len(), 3);
}

#[tokio::test]
async fn the_last_owner_stays_and_admins_leave_their_rights_behind() {
    let there = Circle::new().await;
    refuse(&there.ask(&there.amina, "POST", "rooms/1/leave", "").await, 403);
    there.ask(&there.musa, "POST", "rooms/1/leave", "").await.assert(200, left(true));
    there.invite_person(&there.musa).await;
    there.ask(&there.musa, "POST", "rooms/1/join", "").await.assert(200, joined(true));
    assert_eq!(there.get(&there.musa, "rooms/1").await.json()["isAdmin"], false);
}

#[tokio::test]
async fn nobody_joins_what_is_not_there_or_not_in_use_or_full() {
    let there = Circle::new().await;
    for id in ["99", "abc", "0"] {
        refuse(&there.ask(&there.bilal, "POST", &format!("rooms/{id}/join"), "").await, 404);
        refuse(&there.ask(&there.bilal, "POST", &format!("rooms/{id}/leave"), "").await, 404);
    }
    let open = there.app.public_group("open", &there.amina).await;
    let archive = ArchiveGroup { by: there.amina.user.id, group: GroupRef::Id(open.group.id) };
    there.app.store().submit(archive).await.unwrap();
    refuse(&there.ask(&there.bilal, "POST", "rooms/2/join", "").await, 403);
}
