//! Handing a group over.

use serde_json::{Value, json};

use crate::support::{Circle, by_asker, group_not_found, lacks, member_not_found, refusal};

const GROUP: &str = "/guestlist/v1/groups/1";
const OFFER: &str = "/guestlist/v1/groups/1/ownership_offer";

fn no_offer() -> Value {
    let rule = "A group can be taken over only while one of its owners offers it.";
    refusal(404, "offer_not_found", "There is no such offer of the group.", by_asker(rule))
}

#[tokio::test]
async fn a_group_is_handed_over_to_a_member_who_accepts() {
    let circle = Circle::new().await;
    let to = |id: i64| json!({ "to_id": id });
    circle.with_body(&circle.musa, "PUT", OFFER, to(1)).await.assert(403, lacks(Some(&[]), &["owner"]));
    circle.with_body(&circle.bilal, "PUT", OFFER, to(1)).await.assert(404, group_not_found());
    circle.with_body(&circle.amina, "PUT", OFFER, to(2)).await.assert(404, member_not_found());
    circle.send(&circle.musa, "POST", &format!("{OFFER}/accept")).await.assert(404, no_offer());

    let offer = json!({
        "from_id": 1,
        "to_id": 3,
        "offered_at": "2026-01-01T00:00:00.000Z",
        "expires_at": "2026-01-08T00:00:00.000Z",
    });
    circle.with_body(&circle.amina, "PUT", OFFER, to(3)).await.assert(200, offer.clone());
    assert_eq!(circle.get(&circle.musa, GROUP).await.json()["ownership_offer"], offer);
    let taken = circle.send(&circle.musa, "POST", &format!("{OFFER}/accept")).await;
    taken.assert(200, json!({ "previous_owner_id": 1 }));
    let roles = async |person| circle.get(person, GROUP).await.json()["membership"]["roles"].clone();
    assert_eq!((roles(&circle.musa).await, roles(&circle.amina).await), (json!(["owner"]), json!([])));
}

#[tokio::test]
async fn an_offer_is_taken_back_or_turned_down() {
    let circle = Circle::new().await;
    for who in [&circle.amina, &circle.musa] {
        circle.with_body(&circle.amina, "PUT", OFFER, json!({ "to_id": 3 })).await;
        let ended = circle.delete(who, OFFER).await;
        assert_eq!((ended.status, &*ended.text), (204, ""));
        circle.delete(who, OFFER).await.assert(404, no_offer());
    }
    assert_eq!(circle.get(&circle.amina, GROUP).await.json()["ownership_offer"], Value::Null);
}

#[tokio::test]
async fn outsiders_of_a_public_group_do_not_see_to_whom_it_is_offered() {
    let circle = Circle::new().await;
    circle.patch(&circle.amina, GROUP, json!({ "is_public": true })).await;
    circle.with_body(&circle.amina, "PUT", OFFER, json!({ "to_id": 3 })).await;
    assert_eq!(circle.get(&circle.bilal, GROUP).await.json()["ownership_offer"], Value::Null);
}
