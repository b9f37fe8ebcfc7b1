//! One person and one group, seen through all of Quran Foundation's and guestlist's own API, over several restarts.

use guestlist_testing::{Person, TestApp};
use serde_json::{Value, json};

/// What is kept while the process comes and goes.
struct Story {
    app: TestApp,
    amina: Person,
    bilal: Person,
}

impl Story {
    fn restart(self) -> Self {
        Self { app: self.app.restart(), ..self }
    }

    async fn native(&self, person: &Person, path: &str) -> Value {
        let reply = self.app.request("GET", path).bearer(person).send().await;
        assert_eq!(reply.status, 200, "{path}");
        reply.json()
    }

    /// The ids of a list of invitations.
    async fn waiting(&self, person: &Person, path: &str) -> Vec<String> {
        let list = self.native(person, path).await;
        let list = list["data"].as_array().expect("a list").iter();
        list.map(|invitation| invitation["id"].as_str().expect("an id").to_owned()).collect()
    }

    /// What both generations of the API show to `person`, which must be the same.
    async fn shown(&self, person: &Person, path: &str) -> (u16, Value) {
        let legacy = self.app.request("GET", path).legacy(&person.token).send().await;
        let token = self.app.jwt(person, "group.read");
        let gateway = self.app.request("GET", &format!("/auth{path}")).gateway(&token).send().await;
        if legacy.status == 200 {
            assert_eq!((legacy.status, &legacy.text), (gateway.status, &gateway.text), "{path}");
        }
        assert_eq!(legacy.status, gateway.status, "{path}");
        (legacy.status, legacy.json())
    }
}

fn circle(members: i64, is_admin: bool) -> Value {
    json!({
        "id": 1,
        "name": "circle",
        "description": "about circle",
        "public": false,
        "active": true,
        "verified": false,
        "subdomain": "",
        "roomType": "group",
        "group": "circle",
        "avatar": "/avatars/original/missing.png",
        "link": "https://guestlist.example.org/groups/circle",
        "membersCount": members,
        "postsCount": 0,
        "currentUserIsAdmin": is_admin,
    })
}

fn lists(groups: &[Value]) -> (u16, Value) {
    (200, json!({ "success": true, "data": { "pages": [], "groups": groups } }))
}

fn room(room: &Value) -> (u16, Value) {
    (200, json!({ "success": true, "data": room }))
}

#[tokio::test]
async fn one_person_is_invited_in_one_api_accepts_in_another_and_is_a_member_in_all() {
    let app = TestApp::new().await;
    let (amina, bilal) = (app.person("amina").await, app.person("bilal").await);
    app.group("circle", &amina).await;
    let story = Story { app, amina, bilal };
    let Story { amina, bilal, .. } = &story;
    let (amina, bilal) = (amina.clone(), bilal.clone());

    // Nobody is invited: bilal sees nothing of the group anywhere.
    assert_eq!(story.shown(&bilal, "/v1/groups/").await, lists(&[]));
    assert_eq!(story.shown(&bilal, "/v1/groups/1").await.0, 403);
    assert_eq!(story.waiting(&bilal, "/guestlist/v1/invitations").await, [""; 0]);

    // Invited in the legacy API, and once more, after a restart, in the gateway's.
    let request = story.app.request("PUT", "/v1/groups/1/inviteUser").legacy(&amina.token);
    let invited = json!({ "success": true, "data": { "message": "User has been invited successfully." } });
    request.body(json!({ "userId": bilal.id() }).to_string()).send().await.assert(200, invited.clone());
    let invitation = story.waiting(&bilal, "/guestlist/v1/invitations").await;
    assert_eq!(invitation.len(), 1);

    let story = story.restart();
    let token = story.app.jwt(&amina, "group.update");
    let request = story.app.request("PUT", "/auth/v1/groups/1/inviteUser").gateway(&token);
    request.body(r#"{"email":"bilal@example.org"}"#).send().await.assert(200, invited);

    // Still one invitation, and no membership.
    let story = story.restart();
    assert_eq!(story.waiting(&bilal, "/guestlist/v1/invitations").await, invitation);
    assert_eq!(story.waiting(&amina, "/guestlist/v1/groups/1/invitations").await, invitation);
    assert_eq!(story.shown(&bilal, "/v1/groups/").await, lists(&[]));
    assert_eq!(story.shown(&amina, "/v1/groups/1").await, room(&circle(1, true)));

    // Accepted in guestlist's own API, a day later.
    story.app.clock.advance_millis(86_400_000);
    let path = format!("/guestlist/v1/invitations/{}/accept", invitation[0]);
    let accepted = |is_new: bool| {
        let standing = if is_new { "joined" } else { "already_member" };
        json!({ "state": "accepted", "group_id": 1, "is_new_member": is_new, "standing": standing })
    };
    story.app.request("POST", &path).bearer(&bilal).send().await.assert(200, accepted(true));

    // A member in every API, before and after a restart.
    let mut story = story;
    for _ in 0..2 {
        assert_eq!(story.shown(&bilal, "/v1/groups/").await, lists(&[circle(2, false)]));
        assert_eq!(story.shown(&bilal, "/v1/groups/1").await, room(&circle(2, false)));
        assert_eq!(story.shown(&amina, "/v1/groups/").await, lists(&[circle(2, true)]));
        assert_eq!(story.waiting(&bilal, "/guestlist/v1/invitations").await, [""; 0]);
        assert_eq!(story.waiting(&amina, "/guestlist/v1/groups/1/invitations").await, [""; 0]);

        let members = story.native(&bilal, "/guestlist/v1/groups/circle/members").await;
        let members = members["data"].as_array().unwrap().iter();
        let members: Vec<_> = members.map(|m| (m["user"]["username"].clone(), m["joined_at"].clone())).collect();
        assert_eq!(
            members,
            [(json!("amina"), json!("2026-01-01T00:00:00.000Z")), (json!("bilal"), json!("2026-01-02T00:00:00.000Z")),]
        );
        story = story.restart();
    }

    // Done is done: inviting again is refused, accepting again changes nothing.
    let request = story.app.request("PUT", "/v1/groups/1/inviteUser").legacy(&amina.token);
    let reply = request.body(json!({ "userId": bilal.id() }).to_string()).send().await;
    let already = json!({ "code": "ValidationError", "message": "User is already a member of this group" });
    reply.assert(422, json!({ "success": false, "error": already }));
    story.app.request("POST", &path).bearer(&bilal).send().await.assert(200, accepted(false));
    assert_eq!(story.shown(&amina, "/v1/groups/1").await, room(&circle(2, true)));
}
