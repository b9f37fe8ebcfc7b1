//! The token by which anybody comes into a room.

use guestlist_core::command::RevokeLink;
use guestlist_store::page::PageRequest;
use guestlist_testing::Person;
use serde_json::{Value, json};

use crate::support::{Circle, fault};

async fn private_token(there: &Circle, who: &Person) -> Option<String> {
    let profile = there.get(who, "rooms/group/circle").await;
    assert_eq!(profile.status, 200, "{}", profile.text);
    profile.json().get("privateToken").map(|token| token.as_str().unwrap().to_owned())
}

fn came(is_new: bool) -> Value {
    json!({ "roomId": 1, "success": true, "isNewMember": is_new })
}

#[tokio::test]
async fn those_who_run_a_room_know_its_token_and_nobody_else() {
    let there = Circle::new().await;
    there.invite_person(&there.bilal).await;
    let token = private_token(&there, &there.amina).await.unwrap();
    assert!(token.len() >= 22, "{token}");
    assert_eq!(private_token(&there, &there.musa).await, Some(token.clone()));
    assert_eq!(private_token(&there, &there.amina).await, Some(token));
    for other in [&there.zayd, &there.bilal] {
        assert_eq!(private_token(&there, other).await, None);
    }
}

#[tokio::test]
async fn whoever_has_the_token_comes_in_and_it_is_not_used_up() {
    let there = Circle::new().await;
    let token = private_token(&there, &there.amina).await.unwrap();
    let dina = there.app.person("dina").await;
    let path = format!("rooms/group/Circle/accept/{token}");
    for (who, is_new) in [(&there.bilal, true), (&there.bilal, false), (&there.zayd, false), (&dina, true)] {
        let reply = there.get(who, &path).await;
        reply.assert(200, came(is_new));
        assert_eq!(reply.header("cache-control"), "no-store");
    }
    assert_eq!(there.members().await, ["amina", "musa", "zayd", "bilal", "dina"]);
}

#[tokio::test]
async fn another_token_and_another_room_are_refused_alike() {
    let there = Circle::new().await;
    there.app.group("other", &there.bilal).await;
    let token = private_token(&there, &there.amina).await.unwrap();
    for path in [
        "rooms/group/circle/accept/unknown".to_owned(),
        format!("rooms/group/other/accept/{token}"),
        format!("rooms/group/nowhere/accept/{token}"),
        format!("rooms/page/circle/accept/{token}"),
        format!("rooms/group/%00/accept/{token}"),
    ] {
        fault(&there.get(&there.bilal, &path).await, 400, json!({ "token": "INVALID" }));
    }
}

#[tokio::test]
async fn a_token_that_is_taken_back_is_followed_by_another() {
    let there = Circle::new().await;
    let token = private_token(&there, &there.amina).await.unwrap();
    let page = PageRequest { after: None, limit: 10 };
    let links = there.app.store().read().links(there.group.group.id, page).await.unwrap().items;
    assert_eq!(links.len(), 1);
    there.app.store().submit(RevokeLink { by: there.amina.user.id, link: links[0].id }).await.unwrap();
    let reply = there.get(&there.bilal, &format!("rooms/group/circle/accept/{token}")).await;
    fault(&reply, 400, json!({ "token": "INVALID" }));
    let next = private_token(&there, &there.amina).await.unwrap();
    assert_ne!(next, token);
    there.get(&there.bilal, &format!("rooms/group/circle/accept/{next}")).await.assert(200, came(true));
}
