//! One room.

use guestlist_testing::Person;
use serde_json::{Value, json};

use crate::support::{Circle, circle, refuse};

const PATHS: [&str; 3] = ["rooms/1", "rooms/group/circle", "rooms/group/CIRCLE"];

fn profile(there: &Circle, fields: Value) -> Value {
    let mut room = circle(there, json!({ "mutualFollowers": [], "mutualFollowersCount": 0 }));
    room.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    room
}

#[tokio::test]
async fn members_and_invited_people_see_a_private_room() {
    let there = Circle::new().await;
    for path in PATHS {
        let seen = profile(&there, json!({ "isOwner": false, "isAdmin": false }));
        there.get(&there.zayd, path).await.assert(200, seen);
        refuse(&there.get(&there.bilal, path).await, 404);
        refuse(&there.get_as_application(path).await, 404);
    }
    there.invite_person(&there.bilal).await;
    let dina: Person = there.app.person("dina").await;
    there.invite_address("dina@example.org").await;
    for invited in [&there.bilal, &dina] {
        for path in PATHS {
            let seen = profile(&there, json!({ "isOwner": false, "isAdmin": false, "isMember": false }));
            there.get(invited, path).await.assert(200, seen);
        }
    }
}

#[tokio::test]
async fn everybody_sees_a_public_room() {
    let there = Circle::new().await;
    there.app.public_group("open", &there.amina).await;
    let shown = there.get_as_application("rooms/2").await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    let shown = shown.json();
    for absent in ["isMember", "privateToken", "mutualFollowers", "mutualFollowersCount", "country", "subdomain"] {
        assert_eq!(shown.get(absent), None, "{absent}");
    }
    assert_eq!(there.get(&there.bilal, "rooms/group/open").await.json()["isMember"], false);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let there = Circle::new().await;
    for path in ["rooms/99", "rooms/abc", "rooms/01", "rooms/group/nowhere", "rooms/page/circle", "rooms/group/%ff"] {
        refuse(&there.get(&there.amina, path).await, 404);
    }
    for (method, path) in
        [("GET", "rooms"), ("PUT", "rooms/1"), ("POST", "rooms/1"), ("GET", "nothing"), ("DELETE", "rooms/groups")]
    {
        refuse(&there.ask(&there.amina, method, path, "").await, 404);
    }
}
