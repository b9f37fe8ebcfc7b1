//! Finding people.

use guestlist_core::command::DisableUser;
use guestlist_core::user::UserRef;
use serde_json::{Value, json};

use crate::support::{Circle, fault, pictures, subject};

async fn found(there: &Circle, query: &str) -> Vec<String> {
    let reply = there.get(&there.amina, &format!("users/search{query}")).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let name = |person: &Value| person["username"].as_str().unwrap().to_owned();
    reply.json()["data"].as_array().unwrap().iter().map(name).collect()
}

#[tokio::test]
async fn people_are_found_by_username_and_name_and_never_by_address() {
    let there = Circle::new().await;
    assert_eq!(found(&there, "").await, ["amina", "bilal", "musa", "zayd"]);
    assert_eq!(found(&there, "?query=MUSA").await, ["musa"]);
    assert_eq!(found(&there, "?query=the%20person").await.len(), 4);
    assert_eq!(found(&there, "?query=example.org").await, [] as [&str; 0]);
    assert_eq!(found(&there, "?query=%25").await, [] as [&str; 0]);
    let reply = there.get_as_application("users/search?query=bilal&all=true&postingAs=false&postingAsUserId=x").await;
    let person = json!({
        "id": subject(&there.bilal), "avatarUrls": pictures(), "isFollowed": false, "username": "bilal",
        "firstName": "bilal", "lastName": "the person", "bio": "", "verified": false, "followersCount": 0,
        "followed": false,
    });
    reply.assert(200, json!({ "total": 1, "currentPage": 1, "limit": 10, "pages": 1, "data": [person] }));
}

#[tokio::test]
async fn who_is_switched_off_is_not_found() {
    let there = Circle::new().await;
    let off = DisableUser { by: None, user: UserRef::Id(there.bilal.user.id) };
    there.app.store().submit(off).await.unwrap();
    assert_eq!(found(&there, "?query=bilal").await, [] as [&str; 0]);
}

#[tokio::test]
async fn a_room_that_is_named_and_seen_tells_who_is_in_it() {
    let there = Circle::new().await;
    let members = async |who, room: &str| {
        let reply = there.get(who, &format!("users/search?roomId={room}")).await;
        let list = reply.json()["data"].as_array().unwrap().clone();
        list.iter().map(|person| person.get("isMember").map(|is| is.as_bool().unwrap())).collect::<Vec<_>>()
    };
    assert_eq!(members(&there.zayd, "1").await, [Some(true), Some(false), Some(true), Some(true)]);
    assert_eq!(members(&there.bilal, "1").await, [None; 4]);
    assert_eq!(members(&there.zayd, "99").await, [None; 4]);
    for odd in ["x", "0", "-1", "1.5", ""] {
        fault(
            &there.get(&there.zayd, &format!("users/search?roomId={odd}")).await,
            422,
            json!({ "roomId": "INVALID" }),
        );
    }
    let odd = there.get(&there.zayd, "users/search?all=maybe&postingAs=1").await;
    fault(&odd, 422, json!({ "all": "INVALID", "postingAs": "INVALID" }));
}
