//! One invitation through all three generations of the API.

use serde_json::json;

use crate::support::Circle;

#[tokio::test]
async fn who_is_invited_in_the_first_generation_accepts_in_the_third_and_is_seen_in_the_second() {
    let there = Circle::new().await;
    let invite = there.app.request("PUT", "/v1/groups/1/inviteUser").legacy(&there.amina.token);
    let message = json!({ "message": "User has been invited successfully." });
    let invited = invite.body(json!({ "userId": there.bilal.id() }).to_string()).send().await;
    invited.assert(200, json!({ "success": true, "data": message }));

    // Seen, and not yet in.
    let profile = there.get(&there.bilal, "rooms/group/circle").await.json();
    assert_eq!((&profile["isMember"], &profile["membersCount"]), (&json!(false), &json!(3)));
    there.ask(&there.bilal, "POST", "rooms/1/join", "").await.assert(200, json!({ "joined": true }));

    let list = there.app.request("GET", "/auth/v1/groups").gateway(&there.app.jwt(&there.bilal, "room"));
    let list = list.send().await.json();
    let room = &list["data"]["groups"][0];
    assert_eq!((&room["id"], &room["membersCount"]), (&json!(1), &json!(4)));

    // Made an admin in the third, which lets them remove somebody in the first.
    let body = json!({ "roomId": 1, "userId": there.bilal.user.subject.as_str(), "admin": true });
    there.post(&there.amina, "rooms/admins-access", body).await.assert(200, json!({ "success": true }));
    let remove = there.app.request("PUT", "/v1/groups/1/removeUser").legacy(&there.bilal.token);
    let removed = remove.body(json!({ "userId": there.zayd.id() }).to_string()).send().await;
    assert_eq!(removed.status, 200, "{}", removed.text);
    assert_eq!(there.members().await, ["amina", "musa", "bilal"]);
}
