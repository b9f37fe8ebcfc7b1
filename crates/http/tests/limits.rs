//! What the limits of a group and of the operator look like from the outside, in each API.

use guestlist_core::Settings;
use guestlist_core::command::{Admission, Expiry, GroupPatch, Invite, RemoveMember, Target, UpdateGroup};
use guestlist_core::group::GroupRef;
use guestlist_core::ids::InvitationId;
use guestlist_core::member::RoleSet;
use guestlist_core::ports::Clock as _;
use guestlist_core::settings::Quotas;
use guestlist_core::user::UserRef;
use guestlist_testing::{Group, Person, Reply, TestApp};
use serde_json::{Value, json};

/// The private group 1, "circle", of amina (user 1). bilal (2) and cemal (3) are nobody there yet.
struct Circle {
    app: TestApp,
    amina: Person,
    bilal: Person,
    cemal: Person,
    group: Group,
}

impl Circle {
    async fn new(settings: Settings) -> Self {
        let app = TestApp::with(settings).await;
        let (amina, bilal, cemal) = (app.person("amina").await, app.person("bilal").await, app.person("cemal").await);
        let group = app.group("circle", &amina).await;
        Self { app, amina, bilal, cemal, group }
    }

    /// The group has so many seats from now on.
    async fn seats(&self, seats: i64) {
        let patch = GroupPatch { members_max: Some(Some(seats)), ..GroupPatch::default() };
        let update = UpdateGroup { by: self.amina.user.id, group: GroupRef::Id(self.group.group.id), patch };
        self.app.store().submit(update).await.expect("amina owns it");
    }

    async fn legacy(&self, body: &str) -> Reply {
        self.app.request("PUT", "/v1/groups/1/inviteUser").legacy(&self.amina.token).body(body.to_owned()).send().await
    }

    async fn gateway(&self, body: &str) -> Reply {
        let token = self.app.jwt(&self.amina, "group");
        self.app.request("PUT", "/auth/v1/groups/1/inviteUser").gateway(&token).body(body.to_owned()).send().await
    }

    async fn rocketchat(&self, users: Value) -> Reply {
        let body = json!({ "roomId": self.group.uid(), "usernames": users }).to_string();
        self.app.request("POST", "/api/v1/groups.invite").rocketchat(&self.amina).body(body).send().await
    }

    async fn invitations(&self, person: &Person) -> Vec<Value> {
        let list = self.app.request("GET", "/guestlist/v1/invitations").bearer(person).send().await.json();
        list["data"].as_array().expect("a list").clone()
    }

    async fn accept(&self, person: &Person, invitation: &Value) -> Reply {
        let path = format!("/guestlist/v1/invitations/{}/accept", invitation["id"].as_str().expect("an id"));
        self.app.request("POST", &path).bearer(person).send().await
    }

    async fn members(&self) -> Vec<Value> {
        let path = "/guestlist/v1/groups/1/members";
        let list = self.app.request("GET", path).bearer(&self.amina).send().await.json();
        list["data"].as_array().expect("a list").iter().map(|member| member["user"]["username"].clone()).collect()
    }
}

fn invited() -> Value {
    json!({ "success": true, "data": { "message": "User has been invited successfully." } })
}

fn invalid(message: &str) -> Value {
    json!({ "success": false, "error": { "code": "ValidationError", "message": message } })
}

fn unprocessable() -> Value {
    let message = "The request was well-formed but was unable to be followed due to semantic errors";
    json!({ "message": message, "type": "unprocessable_entity", "success": false })
}

fn quotas(pending_per_group: i64, made_per_day: i64) -> Settings {
    Settings { quotas: Some(Quotas { pending_per_group, made_per_day }), ..Settings::default() }
}

#[tokio::test]
async fn nobody_is_invited_to_a_full_group() {
    let circle = Circle::new(Settings::default()).await;
    circle.seats(1).await;
    circle.legacy(r#"{"userId":2}"#).await.assert(422, invalid("Group is full"));
    circle.gateway(r#"{"email":"new@example.org"}"#).await.assert(422, unprocessable());
}

#[tokio::test]
async fn a_room_takes_in_as_many_as_there_are_seats_and_refuses_only_if_nobody_gets_one() {
    let circle = Circle::new(Settings::default()).await;
    circle.seats(2).await;
    let reply = circle.rocketchat(json!(["nobody", "bilal", "cemal"])).await;
    assert_eq!((reply.status, &reply.json()["group"]["usernames"]), (200, &json!(["amina", "bilal"])));
    let full = json!({
        "success": false,
        "error": "User Limit Exceeded [error-user-limit-exceeded]",
        "errorType": "error-user-limit-exceeded",
        "details": { "method": "addUsersToRoom" },
    });
    circle.rocketchat(json!(["cemal"])).await.assert(400, full.clone());
    circle.rocketchat(json!(["nobody", "cemal"])).await.assert(400, full);
    assert_eq!(circle.rocketchat(json!(["cemal", "bilal"])).await.status, 200);
    assert_eq!(circle.members().await, ["amina", "bilal"]);
}

#[tokio::test]
async fn whoever_accepts_where_there_is_no_seat_left_waits_for_one() {
    let circle = Circle::new(Settings::default()).await;
    circle.app.add_member(&circle.group, &circle.amina, &circle.cemal).await;
    circle.legacy(r#"{"userId":2}"#).await.assert(200, invited());
    circle.seats(2).await;
    let invitation = circle.invitations(&circle.bilal).await.remove(0);
    let waiting = json!({ "state": "accepted", "group_id": 1, "is_new_member": false, "standing": "waiting" });
    circle.accept(&circle.bilal, &invitation).await.assert(200, waiting.clone());
    circle.accept(&circle.bilal, &invitation).await.assert(200, waiting);
    // To those who invite, it is as if they had invited him.
    circle.legacy(r#"{"userId":2}"#).await.assert(200, invited());
    circle.gateway(r#"{"userId":2}"#).await.assert(200, invited());
    assert_eq!(circle.members().await, ["amina", "cemal"]);

    let (by, group) = (circle.amina.user.id, GroupRef::Id(circle.group.group.id));
    let user = UserRef::Id(circle.cemal.user.id);
    circle.app.store().submit(RemoveMember { by, group, user, spares_owners: false }).await.unwrap();
    assert_eq!(circle.members().await, ["amina", "bilal"]);
    let joined = json!({ "state": "accepted", "group_id": 1, "is_new_member": false, "standing": "already_member" });
    circle.accept(&circle.bilal, &invitation).await.assert(200, joined);
}

#[tokio::test]
async fn a_group_with_as_many_pending_invitations_as_may_be_takes_no_more() {
    let circle = Circle::new(quotas(1, 100)).await;
    circle.legacy(r#"{"userId":2}"#).await.assert(200, invited());
    let message = "Group has too many pending invitations";
    circle.legacy(r#"{"userId":3}"#).await.assert(422, invalid(message));
    circle.gateway(r#"{"userId":3}"#).await.assert(422, unprocessable());
    // Who is invited already may be so again.
    circle.gateway(r#"{"userId":2}"#).await.assert(200, invited());
}

#[tokio::test]
async fn an_inviter_who_has_made_as_many_invitations_as_a_day_allows_is_told_when_to_go_on() {
    let circle = Circle::new(quotas(100, 2)).await;
    circle.gateway(r#"{"userId":2}"#).await.assert(200, invited());
    circle.app.clock.advance_millis(86_400_000 - 90_500);
    circle.legacy(r#"{"userId":3}"#).await.assert(200, invited());
    let message = "Too many requests, please try again later";
    let reply = circle.legacy(r#"{"email":"new@example.org"}"#).await;
    assert_eq!(reply.header("retry-after"), "91", "the rest of the day, in whole seconds");
    reply.assert(429, json!({ "success": false, "error": { "code": "TooManyRequestsError", "message": message } }));
    let reply = circle.gateway(r#"{"email":"new@example.org"}"#).await;
    assert_eq!(reply.header("retry-after"), "91");
    reply.assert(429, json!({ "message": message, "type": "rate_limit_exceeded", "success": false }));
    // Who is invited already may be so again, and tomorrow is another day.
    circle.legacy(r#"{"userId":3}"#).await.assert(200, invited());
    circle.app.clock.advance_millis(90_500);
    circle.gateway(r#"{"email":"new@example.org"}"#).await.assert(200, invited());
}

#[tokio::test]
async fn what_ran_out_is_answered_alike_before_and_after_it_is_recorded() {
    let circle = Circle::new(Settings::default()).await;
    circle.legacy(r#"{"userId":2}"#).await.assert(200, invited());
    let invitation = circle.invitations(&circle.bilal).await.remove(0);
    let sweep = async || circle.app.store().sweep(circle.app.clock.now()).await.unwrap();
    assert_eq!(sweep().await.invitations, 0);
    circle.app.clock.advance_millis(7 * 86_400_000);
    let over = json!({
        "type": "about:blank", "title": "Conflict", "status": 409, "code": "invitation_expired",
        "detail": "The invitation is over: it is expired.",
        "explanation": {
            "rule": "An invitation is answered, changed or sent again only while it is pending.",
            "fact": { "kind": "since", "at": "2026-01-08T00:00:00.000Z" },
            "remedy": { "who": "roles", "roles": ["owner", "moderator"] },
        },
    });
    circle.accept(&circle.bilal, &invitation).await.assert(409, over.clone());
    assert_eq!(sweep().await.invitations, 1);
    assert_eq!(sweep().await.invitations, 0);
    circle.accept(&circle.bilal, &invitation).await.assert(409, over);
    assert_eq!(circle.invitations(&circle.bilal).await, [Value::Null; 0]);
}

#[tokio::test]
async fn an_invitation_that_waits_for_ever_has_no_end_to_show() {
    let circle = Circle::new(Settings { longest_lifetime: None, ..Settings::default() }).await;
    let id = InvitationId::parse("019b76da-a800-7000-8000-000000000000").unwrap();
    let invite = Invite {
        language: None,
        note: None,
        by: circle.amina.user.id,
        group: GroupRef::Id(circle.group.group.id),
        targets: vec![Target { who: UserRef::Id(circle.bilal.user.id), invitation: id }],
        roles: RoleSet::NONE,
        admission: Admission::OnAcceptance(Expiry::Never),
        batch: None,
    };
    circle.app.store().submit(invite).await.unwrap();
    let shown = circle.invitations(&circle.bilal).await.remove(0);
    assert_eq!((&shown["state"], &shown["expires_at"]), (&json!("pending"), &Value::Null));
}
