//! guestlist's own API from the outside: `/guestlist/v1` with `Authorization: Bearer`.

use guestlist_core::command::{AddUser, DisableUser, RemoveMember, RevokeToken};
use guestlist_core::credential::TokenRef;
use guestlist_core::group::GroupRef;
use guestlist_core::ids::Uid;
use guestlist_core::names::{Email, Subject};
use guestlist_core::time::Lifetime;
use guestlist_core::user::UserRef;
use guestlist_identity::token::PlainToken;
use guestlist_testing::{Group, Person, Reply, TestApp};
use insta::assert_snapshot;
use serde_json::{Value, json};

const WEEK_MILLIS: i64 = 7 * 86_400_000;
const MINE: &str = "/guestlist/v1/invitations";
const OF_GROUP: &str = "/guestlist/v1/groups/1/invitations";
const MEMBERS: &str = "/guestlist/v1/groups/1/members";

/// Every operation there is, on the group of [`Circle`] and an invitation that is not.
const OPERATIONS: [(&str, &str); 5] = [
    ("GET", MINE),
    ("POST", "/guestlist/v1/invitations/019b76da-a800-7000-8000-000000000000/accept"),
    ("POST", "/guestlist/v1/invitations/019b76da-a800-7000-8000-000000000000/decline"),
    ("GET", OF_GROUP),
    ("GET", MEMBERS),
];

/// The private group 1, "circle", of amina (user 1). musa (3) is a plain member, bilal (2) is none.
struct Circle {
    app: TestApp,
    amina: Person,
    bilal: Person,
    musa: Person,
    group: Group,
}

impl Circle {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let (amina, bilal, musa) = (app.person("amina").await, app.person("bilal").await, app.person("musa").await);
        let group = app.group("circle", &amina).await;
        app.add_member(&group, &amina, &musa).await;
        Self { app, amina, bilal, musa, group }
    }

    /// Has amina invite somebody new and returns the invitation's id. There is no endpoint of this API for it yet.
    async fn invite(&self, who: Value) -> String {
        let before = self.list(&self.amina, OF_GROUP).await;
        let request = self.app.request("PUT", "/v1/groups/1/inviteUser").legacy(&self.amina.token);
        assert_eq!(request.body(who.to_string()).send().await.status, 200);
        let after = self.list(&self.amina, OF_GROUP).await;
        let new = after.iter().find(|invitation| !before.contains(invitation)).expect("a new invitation");
        new["id"].as_str().expect("an id").to_owned()
    }

    async fn invite_bilal(&self) -> String {
        self.invite(json!({ "userId": self.bilal.id() })).await
    }

    async fn get(&self, person: &Person, path: &str) -> Reply {
        self.app.request("GET", path).bearer(person).send().await
    }

    async fn list(&self, person: &Person, path: &str) -> Vec<Value> {
        let mut page = self.get(person, path).await.json();
        std::mem::take(page["data"].as_array_mut().expect("a list"))
    }

    async fn answer(&self, person: &Person, invitation: &str, verb: &str) -> Reply {
        self.app.request("POST", &format!("{MINE}/{invitation}/{verb}")).bearer(person).send().await
    }

    async fn accept(&self, person: &Person, invitation: &str) -> Reply {
        self.answer(person, invitation, "accept").await
    }

    async fn decline(&self, person: &Person, invitation: &str) -> Reply {
        self.answer(person, invitation, "decline").await
    }

    async fn is_member(&self, person: &Person) -> bool {
        self.list(&self.amina, MEMBERS).await.iter().any(|member| member["user"]["id"] == person.id())
    }
}

fn problem(status: u16, code: &str, detail: &str) -> Value {
    let title = match status {
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        422 => "Unprocessable Entity",
        other => panic!("no title is known for {other}"),
    };
    json!({ "type": "about:blank", "title": title, "status": status, "code": code, "detail": detail })
}

fn accepted(is_new_member: bool) -> Value {
    let standing = if is_new_member { "joined" } else { "already_member" };
    json!({ "state": "accepted", "group_id": 1, "is_new_member": is_new_member, "standing": standing })
}

fn declined() -> Value {
    json!({ "state": "declined", "group_id": 1 })
}

fn invitation_not_found() -> Value {
    problem(404, "invitation_not_found", "There is no such invitation for you.")
}

fn over(state: &str) -> Value {
    problem(409, &format!("invitation_{state}"), &format!("The invitation is over: it is {state}."))
}

fn group_not_found() -> Value {
    problem(404, "group_not_found", "There is no such group.")
}

fn not_allowed() -> Value {
    problem(403, "not_allowed", "You may not do this in this group.")
}

fn user(person: &Person) -> Value {
    json!({
        "id": person.id(),
        "uid": person.uid(),
        "subject": person.user.subject.as_str(),
        "username": person.user.username.as_ref().map(ToString::to_string),
        "name": person.user.name.as_ref().map(ToString::to_string),
    })
}

// Looking at invitations and members.

#[tokio::test]
async fn a_person_sees_the_invitations_that_wait_for_them() {
    let circle = Circle::new().await;
    assert_snapshot!(circle.get(&circle.bilal, MINE).await.text, @r#"{"data":[],"next_cursor":null}"#);
    circle.invite_bilal().await;
    let reply = circle.get(&circle.bilal, MINE).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"));
    assert_snapshot!(reply.text, @r#"{"data":[{"id":"019b76da-a800-7160-869f-01d170de387e","group":{"id":1,"uid":"YKs3n4RrRNuBEbert","slug":"circle","name":"circle"},"inviter":{"id":1,"uid":"Yh4XqCftcrwbTjavx","subject":"0bc942ee-9086-4171-b9b5-01d1d854bb71","username":"amina","name":"amina the person"},"user":{"id":2,"uid":"ZnNQspXi7NYnA8Yxv","subject":"a8574c6f-ae6d-4b6f-bb4a-79a517cec22a","username":"bilal","name":"bilal the person"},"email":null,"roles":[],"state":"pending","created_at":"2026-01-01T00:00:00.000Z","expires_at":"2026-01-08T00:00:00.000Z"}],"next_cursor":null}"#);
    for person in [&circle.amina, &circle.musa] {
        circle.get(person, MINE).await.assert(200, json!({ "data": [], "next_cursor": null }));
    }
}

#[tokio::test]
async fn a_group_shows_its_invitations_to_those_who_invite_there() {
    let circle = Circle::new().await;
    let layla = circle.app.person("layla").await;
    circle.app.add_moderator(&circle.group, &circle.amina, &layla).await;
    let first = circle.invite_bilal().await;
    circle.app.clock.advance_millis(1500);
    let second = circle.invite(json!({ "email": "Nobody@example.com" })).await;
    let group = json!({ "id": 1, "uid": circle.group.uid(), "slug": "circle", "name": "circle" });
    let wanted = json!({
        "data": [
            {
                "id": first,
                "group": group,
                "inviter": user(&circle.amina),
                "user": user(&circle.bilal),
                "email": null,
                "roles": [],
                "state": "pending",
                "created_at": "2026-01-01T00:00:00.000Z",
                "expires_at": "2026-01-08T00:00:00.000Z",
            },
            {
                "id": second,
                "group": group,
                "inviter": user(&circle.amina),
                "user": null,
                "email": "Nobody@example.com",
                "roles": [],
                "state": "pending",
                "created_at": "2026-01-01T00:00:01.500Z",
                "expires_at": "2026-01-08T00:00:01.500Z",
            },
        ],
        "next_cursor": null,
    });
    for name in ["1", circle.group.uid(), "circle"] {
        for person in [&circle.amina, &layla] {
            let reply = circle.get(person, &format!("/guestlist/v1/groups/{name}/invitations")).await;
            reply.assert(200, wanted.clone());
        }
    }
}

#[tokio::test]
async fn a_groups_invitations_are_hidden_from_everybody_else() {
    let circle = Circle::new().await;
    circle.invite_bilal().await;
    circle.app.public_group("open", &circle.amina).await;
    circle.get(&circle.musa, OF_GROUP).await.assert(403, not_allowed());
    // Not even those who are invited know a private group.
    circle.get(&circle.bilal, OF_GROUP).await.assert(404, group_not_found());
    circle.get(&circle.bilal, "/guestlist/v1/groups/2/invitations").await.assert(403, not_allowed());
}

#[tokio::test]
async fn a_group_shows_its_members_to_each_other() {
    let circle = Circle::new().await;
    circle.app.clock.advance_millis(60_000);
    let layla = circle.app.person("layla").await;
    circle.app.add_moderator(&circle.group, &circle.amina, &layla).await;
    let wanted = json!({
        "data": [
            { "user": user(&circle.amina), "roles": ["owner"], "joined_at": "2026-01-01T00:00:00.000Z" },
            { "user": user(&circle.musa), "roles": [], "joined_at": "2026-01-01T00:00:00.000Z" },
            { "user": user(&layla), "roles": ["moderator"], "joined_at": "2026-01-01T00:01:00.000Z" },
        ],
        "next_cursor": null,
    });
    for person in [&circle.amina, &circle.musa, &layla] {
        circle.get(person, MEMBERS).await.assert(200, wanted.clone());
    }
    circle.get(&circle.musa, "/guestlist/v1/groups/circle/members/").await.assert(200, wanted);
    circle.get(&circle.bilal, MEMBERS).await.assert(404, group_not_found());
    let text = circle.get(&circle.musa, MEMBERS).await.text;
    assert!(!text.contains('@') && !text.contains("password"), "{text}");
    assert_snapshot!(text, @r#"{"data":[{"user":{"id":1,"uid":"Yh4XqCftcrwbTjavx","subject":"0bc942ee-9086-4171-b9b5-01d1d854bb71","username":"amina","name":"amina the person"},"roles":["owner"],"joined_at":"2026-01-01T00:00:00.000Z"},{"user":{"id":3,"uid":"kdZpGJ989pJQbuN7p","subject":"f7b677c1-7d40-430c-b571-4a86a71cf983","username":"musa","name":"musa the person"},"roles":[],"joined_at":"2026-01-01T00:00:00.000Z"},{"user":{"id":4,"uid":"SskFzwp7MgT5wj8Sp","subject":"07291e88-403c-4bb5-a381-1059bf1f823c","username":"layla","name":"layla the person"},"roles":["moderator"],"joined_at":"2026-01-01T00:01:00.000Z"}],"next_cursor":null}"#);
}

#[tokio::test]
async fn everybody_sees_the_members_of_a_public_group() {
    let circle = Circle::new().await;
    circle.app.public_group("open", &circle.amina).await;
    let owner = json!({ "user": user(&circle.amina), "roles": ["owner"], "joined_at": "2026-01-01T00:00:00.000Z" });
    let reply = circle.get(&circle.bilal, "/guestlist/v1/groups/open/members").await;
    reply.assert(200, json!({ "data": [owner], "next_cursor": null }));
}

#[tokio::test]
async fn a_name_of_no_group_is_not_found() {
    let circle = Circle::new().await;
    for name in ["2", "0", "-1", "007", "9223372036854775808", "Circle", "circle%20", "%FF", "%00", "x%2Fy"] {
        for list in ["invitations", "members"] {
            let reply = circle.get(&circle.amina, &format!("/guestlist/v1/groups/{name}/{list}")).await;
            assert_eq!((name, reply.status, reply.json()), (name, 404, group_not_found()));
        }
    }
}

// Answering.

#[tokio::test]
async fn whoever_accepts_is_a_member_and_may_say_so_twice() {
    let circle = Circle::new().await;
    let invitation = circle.invite_bilal().await;
    let reply = circle.accept(&circle.bilal, &invitation).await;
    assert_snapshot!(reply.text, @r#"{"state":"accepted","group_id":1,"is_new_member":true,"standing":"joined"}"#);
    assert!(circle.is_member(&circle.bilal).await);
    assert_eq!(circle.list(&circle.bilal, MINE).await.len(), 0);
    assert_eq!(circle.list(&circle.amina, OF_GROUP).await.len(), 0);

    circle.accept(&circle.bilal, &invitation).await.assert(200, accepted(false));
    circle.decline(&circle.bilal, &invitation).await.assert(409, over("accepted"));
    assert!(circle.is_member(&circle.bilal).await);
}

#[tokio::test]
async fn whoever_declines_stays_out_and_may_say_so_twice() {
    let circle = Circle::new().await;
    let invitation = circle.invite_bilal().await;
    let reply = circle.decline(&circle.bilal, &invitation).await;
    assert_snapshot!(reply.text, @r#"{"state":"declined","group_id":1}"#);
    assert_eq!(circle.list(&circle.bilal, MINE).await.len(), 0);
    assert_eq!(circle.list(&circle.amina, OF_GROUP).await.len(), 0);

    circle.decline(&circle.bilal, &invitation).await.assert(200, declined());
    circle.accept(&circle.bilal, &invitation).await.assert(409, over("declined"));
    assert!(!circle.is_member(&circle.bilal).await);
}

#[tokio::test]
async fn a_new_invitation_after_a_no_can_be_accepted_and_the_old_one_cannot() {
    let circle = Circle::new().await;
    let old = circle.invite_bilal().await;
    circle.decline(&circle.bilal, &old).await.assert(200, declined());
    let new = circle.invite_bilal().await;
    circle.accept(&circle.bilal, &old).await.assert(409, over("declined"));
    circle.accept(&circle.bilal, &new).await.assert(200, accepted(true));
}

#[tokio::test]
async fn an_accepted_invitation_does_not_bring_back_who_was_removed() {
    let circle = Circle::new().await;
    let invitation = circle.invite_bilal().await;
    circle.accept(&circle.bilal, &invitation).await.assert(200, accepted(true));
    let (group, user) = (GroupRef::Id(circle.group.group.id), UserRef::Id(circle.bilal.user.id));
    circle.app.store().submit(RemoveMember { by: circle.amina.user.id, group, user }).await.unwrap();
    circle.accept(&circle.bilal, &invitation).await.assert(409, over("accepted"));
    assert!(!circle.is_member(&circle.bilal).await);
}

#[tokio::test]
async fn a_withdrawn_invitation_is_over() {
    let circle = Circle::new().await;
    let invitation = circle.invite_bilal().await;
    let (group, user) = (GroupRef::Id(circle.group.group.id), UserRef::Id(circle.bilal.user.id));
    circle.app.store().submit(RemoveMember { by: circle.amina.user.id, group, user }).await.unwrap();
    circle.accept(&circle.bilal, &invitation).await.assert(409, over("revoked"));
    circle.decline(&circle.bilal, &invitation).await.assert(409, over("revoked"));
}

#[tokio::test]
async fn an_invitation_does_not_exist_for_anybody_else() {
    let circle = Circle::new().await;
    let stranger = circle.app.person("stranger").await;
    let root = circle.app.admin("root").await;
    for who in [json!({ "userId": circle.bilal.id() }), json!({ "email": "nobody@example.com" })] {
        let invitation = circle.invite(who).await;
        for person in [&stranger, &root, &circle.amina, &circle.musa] {
            circle.accept(person, &invitation).await.assert(404, invitation_not_found());
            circle.decline(person, &invitation).await.assert(404, invitation_not_found());
        }
    }
    assert_eq!(circle.list(&circle.amina, OF_GROUP).await.len(), 2);
    assert!(!circle.is_member(&stranger).await);
}

#[tokio::test]
async fn a_name_of_no_invitation_is_not_found() {
    let circle = Circle::new().await;
    let pending = circle.invite_bilal().await;
    let shorter = &pending[..pending.len() - 1];
    for name in ["abc", "1", "00000000-0000-0000-0000-000000000000", "%FF", "%00", shorter, "x%2Fy"] {
        circle.accept(&circle.bilal, name).await.assert(404, invitation_not_found());
        circle.decline(&circle.bilal, name).await.assert(404, invitation_not_found());
    }
}

#[tokio::test]
async fn an_invited_address_is_answered_by_whoever_has_verified_it() {
    for verb in ["accept", "decline"] {
        let circle = Circle::new().await;
        let invitation = circle.invite(json!({ "email": "Dawud@Example.org" })).await;
        circle.answer(&circle.bilal, &invitation, verb).await.assert(404, invitation_not_found());

        // The operator vouches for the address, and it is compared without case.
        let dawud = circle.app.person("dawud").await;
        let mine = circle.list(&dawud, MINE).await;
        assert_eq!(mine.len(), 1);
        assert_eq!((&mine[0]["id"], &mine[0]["email"]), (&json!(invitation), &json!("Dawud@Example.org")));

        let reply = circle.answer(&dawud, &invitation, verb).await;
        reply.assert(200, if verb == "accept" { accepted(true) } else { declined() });
        assert_eq!(circle.is_member(&dawud).await, verb == "accept");
    }
}

#[tokio::test]
async fn accepting_settles_what_else_was_offered_to_the_same_person() {
    let circle = Circle::new().await;
    let to_address = circle.invite(json!({ "email": "dawud@example.org" })).await;
    let other = circle.invite(json!({ "email": "dawud@example.com" })).await;
    let dawud = circle.app.person("dawud").await;
    circle.accept(&dawud, &to_address).await.assert(200, accepted(true));
    // The other address is nobody's, as far as anybody knows.
    circle.accept(&dawud, &other).await.assert(404, invitation_not_found());
    assert_eq!(circle.list(&circle.amina, OF_GROUP).await.len(), 1);
}

#[tokio::test]
async fn an_invitation_can_be_answered_until_the_instant_it_expires() {
    for (offset, is_alive) in [(-1, true), (0, false), (1, false)] {
        for (verb, yes) in [("accept", accepted(true)), ("decline", declined())] {
            let circle = Circle::new().await;
            let invitation = circle.invite_bilal().await;
            circle.app.clock.advance_millis(WEEK_MILLIS + offset);
            assert_eq!(circle.list(&circle.bilal, MINE).await.len(), usize::from(is_alive), "{offset}");
            let reply = circle.answer(&circle.bilal, &invitation, verb).await;
            let wanted = if is_alive { (200, yes) } else { (409, over("expired")) };
            assert_eq!((offset, reply.status, reply.json()), (offset, wanted.0, wanted.1));

            // A new invitation is another one; the old one stays dead.
            if !is_alive {
                let new = circle.invite_bilal().await;
                assert_ne!(new, invitation);
                circle.answer(&circle.bilal, &invitation, verb).await.assert(409, over("expired"));
                circle.accept(&circle.bilal, &new).await.assert(200, accepted(true));
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_who_accept_at_once_one_is_new() {
    let circle = Circle::new().await;
    let invitation = circle.invite_bilal().await;
    let path = format!("{MINE}/{invitation}/accept");
    let calls = (0..100).map(|_| circle.app.request("POST", &path).bearer(&circle.bilal).send());
    let mut new = 0;
    for call in calls.map(tokio::spawn).collect::<Vec<_>>() {
        let reply = call.await.unwrap();
        let is_new = reply.json()["is_new_member"] == true;
        reply.assert(200, accepted(is_new));
        new += usize::from(is_new);
    }
    assert_eq!(new, 1);
    assert_eq!(circle.list(&circle.amina, MEMBERS).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_yes_and_a_no_at_once_one_wins() {
    for _ in 0..20 {
        let circle = Circle::new().await;
        let invitation = circle.invite_bilal().await;
        let answer =
            |verb| circle.app.request("POST", &format!("{MINE}/{invitation}/{verb}")).bearer(&circle.bilal).send();
        let (yes, no) = tokio::join!(tokio::spawn(answer("accept")), tokio::spawn(answer("decline")));
        let (yes, no) = (yes.unwrap(), no.unwrap());
        if yes.status == 200 {
            yes.assert(200, accepted(true));
            no.assert(409, over("accepted"));
        } else {
            yes.assert(409, over("declined"));
            no.assert(200, declined());
        }
        assert_eq!(circle.is_member(&circle.bilal).await, yes.status == 200);
    }
}

// Pages.

#[tokio::test]
async fn lists_are_read_page_by_page_without_loss_or_repetition() {
    let circle = Circle::new().await;
    for n in 0..7 {
        circle.invite(json!({ "email": format!("guest{n}@example.com") })).await;
        circle.app.clock.advance_millis(1);
    }
    let all = circle.list(&circle.amina, OF_GROUP).await;
    let emails: Vec<_> = all.iter().map(|invitation| invitation["email"].as_str().unwrap()).collect();
    assert_eq!(emails, (0..7).map(|n| format!("guest{n}@example.com")).collect::<Vec<_>>());
    for limit in [1, 2, 3, 6, 7, 8, 200] {
        let mut found = Vec::new();
        let mut path = format!("{OF_GROUP}?limit={limit}");
        for page_number in 1.. {
            let page = circle.get(&circle.amina, &path).await.json();
            let items = page["data"].as_array().unwrap();
            assert!((1..=limit).contains(&items.len()), "page {page_number} of {limit}: {}", items.len());
            found.extend(items.iter().cloned());
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("{OF_GROUP}?cursor={cursor}&limit={limit}");
        }
        assert_eq!(found, all, "limit {limit}");
    }

    // The one who was invited to several groups, and a group of several members.
    let page = circle.get(&circle.amina, &format!("{MEMBERS}?limit=1")).await.json();
    assert_eq!((&page["data"][0]["user"]["id"], &page["next_cursor"]), (&json!(1), &json!("1")));
    let page = circle.get(&circle.amina, &format!("{MEMBERS}?limit=1&cursor=1")).await.json();
    assert_eq!((&page["data"][0]["user"]["id"], &page["next_cursor"]), (&json!(3), &Value::Null));
    let behind = circle.get(&circle.amina, &format!("{MEMBERS}?cursor=3")).await;
    behind.assert(200, json!({ "data": [], "next_cursor": null }));
}

#[tokio::test]
async fn a_page_has_fifty_items_unless_asked_otherwise() {
    let circle = Circle::new().await;
    let calls = (0..51).map(|n| {
        let body = json!({ "email": format!("guest{n}@example.com") }).to_string();
        circle.app.request("PUT", "/v1/groups/1/inviteUser").legacy(&circle.amina.token).body(body).send()
    });
    for call in calls.map(tokio::spawn).collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap().status, 200);
    }
    let page = circle.get(&circle.amina, OF_GROUP).await.json();
    assert_eq!(page["data"].as_array().unwrap().len(), 50);
    let rest = format!("{OF_GROUP}?cursor={}", page["next_cursor"].as_str().unwrap());
    let rest = circle.get(&circle.amina, &rest).await.json();
    assert_eq!((rest["data"].as_array().unwrap().len(), &rest["next_cursor"]), (1, &Value::Null));
}

#[tokio::test]
async fn a_persons_own_invitations_are_read_page_by_page_too() {
    let circle = Circle::new().await;
    let dawud = "dawud@example.org";
    // By address first, then by account: one list in order of making.
    circle.invite(json!({ "email": dawud })).await;
    let person = circle.app.person("dawud").await;
    for n in 2..5 {
        circle.app.clock.advance_millis(1);
        circle.app.group(&format!("group{n}"), &circle.amina).await;
        let request = circle.app.request("PUT", &format!("/v1/groups/{n}/inviteUser")).legacy(&circle.amina.token);
        request.body(json!({ "userId": person.id() }).to_string()).send().await;
    }
    let mut groups = Vec::new();
    let mut path = format!("{MINE}?limit=3");
    loop {
        let page = circle.get(&person, &path).await.json();
        groups.extend(page["data"].as_array().unwrap().iter().map(|item| item["group"]["id"].as_i64().unwrap()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("{MINE}?limit=3&cursor={cursor}");
    }
    assert_eq!(groups, [1, 2, 3, 4]);
}

#[tokio::test]
async fn a_page_that_cannot_be_read_is_named() {
    let circle = Circle::new().await;
    let invalid = |name: &str| problem(422, "invalid_parameter", &format!("The parameter `{name}` cannot be read."));
    for list in [MINE, OF_GROUP, MEMBERS] {
        for limit in ["0", "201", "-1", "abc", "", "1.0", "1e1", "%20", "99999999999999999999", "%FF", "10;"] {
            let reply = circle.get(&circle.amina, &format!("{list}?limit={limit}")).await;
            assert_eq!((limit, reply.status, reply.json()), (limit, 422, invalid("limit")));
        }
        for cursor in ["abc", "", "-1", "%FF", "%00", "1%20"] {
            let reply = circle.get(&circle.amina, &format!("{list}?cursor={cursor}")).await;
            assert_eq!((cursor, reply.status, reply.json()), (cursor, 422, invalid("cursor")));
        }
        for fine in ["limit=1", "limit=200", "limit=10&unknown=x", "", "&&", "Limit=0"] {
            let reply = circle.get(&circle.amina, &format!("{list}?{fine}")).await;
            assert_eq!((fine, reply.status), (fine, 200));
        }
    }
}

// Who is calling, and where.

#[tokio::test]
async fn a_caller_without_a_good_token_is_unauthorized() {
    let circle = Circle::new().await;
    let app = &circle.app;
    let user = UserRef::Id(circle.amina.user.id);
    let revoked = app.token(&user, "*", None).await;
    let hash = PlainToken::presented(&revoked).unwrap().hash();
    app.store().submit(RevokeToken { by: None, token: TokenRef::Hash(hash) }).await.unwrap();
    let expired = app.token(&user, "*", Some(Lifetime::from_secs(1))).await;
    app.clock.advance_millis(1_000);

    let missing = ("token_missing", "Send an access token as `Authorization: Bearer TOKEN`.");
    let invalid = ("token_invalid", "The access token is not valid here.");
    for (authorization, (code, detail)) in [
        (None, missing),
        (Some(String::new()), missing),
        (Some("  ".to_owned()), missing),
        (Some("Bearer".to_owned()), invalid),
        (Some("Bearer ".to_owned()), invalid),
        (Some("Bearer nonsense".to_owned()), invalid),
        (Some("Bearer a.b.c".to_owned()), invalid),
        (Some("Basic YW1pbmE6c2VjcmV0".to_owned()), invalid),
        (Some(circle.amina.token.clone()), invalid),
        (Some(format!("Bearer{}", circle.amina.token)), invalid),
        (Some(format!("Bearer {} x", circle.amina.token)), invalid),
        (Some(format!("Token {}", circle.amina.token)), invalid),
        (Some(format!("Bearer {revoked}")), invalid),
        (Some(format!("Bearer {expired}")), ("token_expired", "The access token has expired. Get a new one.")),
    ] {
        for (method, path) in OPERATIONS {
            // The credentials of the other APIs are none here.
            let request = app.request(method, path).legacy(&circle.amina.token).rocketchat(&circle.amina);
            let request = match &authorization {
                Some(value) => request.header("authorization", value),
                None => request,
            };
            let reply = request.send().await;
            let found = (&authorization, path, reply.status, reply.json());
            assert_eq!(found, (&authorization, path, 401, problem(401, code, detail)));
            assert_eq!(reply.header("content-type"), "application/problem+json");
            assert!(reply.header("www-authenticate").starts_with("Bearer"));
        }
    }
}

#[tokio::test]
async fn a_caller_whose_account_is_switched_off_is_told_so() {
    let circle = Circle::new().await;
    let gone = circle.app.person("gone").await;
    circle.app.store().submit(DisableUser { by: None, user: UserRef::Id(gone.user.id) }).await.unwrap();
    for (method, path) in OPERATIONS {
        let reply = circle.app.request(method, path).bearer(&gone).send().await;
        reply.assert(403, problem(403, "caller_disabled", "Your account is switched off."));
    }
}

#[tokio::test]
async fn a_token_may_be_opaque_or_signed_and_the_scheme_has_no_case() {
    let circle = Circle::new().await;
    for token in [circle.amina.token.clone(), circle.app.jwt(&circle.amina, "guestlist")] {
        for value in [format!("Bearer {token}"), format!("bearer {token}"), format!(" BEARER   {token} ")] {
            let reply = circle.app.request("GET", MEMBERS).header("authorization", &value).send().await;
            assert_eq!((&value, reply.status), (&value, 200));
        }
    }
}

#[tokio::test]
async fn two_different_authorizations_are_none() {
    let circle = Circle::new().await;
    let request = circle.app.request("GET", MEMBERS).bearer(&circle.amina).bearer(&circle.musa);
    assert_eq!(request.send().await.status, 401);
    let request = circle.app.request("GET", MEMBERS).bearer(&circle.amina).bearer(&circle.amina);
    assert_eq!(request.send().await.status, 200);
}

#[tokio::test]
async fn a_token_must_be_good_for_this_api() {
    let circle = Circle::new().await;
    let user = UserRef::Id(circle.amina.user.id);
    let wanted = problem(403, "insufficient_scope", "The access token is not good for this operation.");
    for (scopes, may) in
        [("*", true), ("room guestlist", true), ("room group", false), ("guestlists", false), ("", false)]
    {
        let token = circle.app.token(&user, scopes, None).await;
        for (method, path) in OPERATIONS {
            let request = circle.app.request(method, path).header("authorization", &format!("Bearer {token}"));
            let reply = request.send().await;
            if may {
                assert_ne!((scopes, path, reply.status), (scopes, path, 403));
            } else {
                assert_eq!((scopes, path, reply.status, reply.json()), (scopes, path, 403, wanted.clone()));
            }
        }
    }
}

#[tokio::test]
async fn an_unknown_path_is_a_problem_and_so_is_a_wrong_method() {
    let circle = Circle::new().await;
    let unknown = circle.app.request("GET", "/guestlist/v1/nothing").send().await;
    assert_snapshot!(unknown.text, @r#"{"type":"about:blank","title":"Not Found","status":404,"code":"no_such_endpoint","detail":"There is no such endpoint."}"#);
    assert_eq!((unknown.status, unknown.header("content-type")), (404, "application/problem+json"));
    for path in ["/guestlist/v1", "/guestlist/v1/", "/guestlist/v1/groups", "/guestlist/v1/groups/1/members/2"] {
        let reply = circle.get(&circle.amina, path).await;
        reply.assert(404, problem(404, "no_such_endpoint", "There is no such endpoint."));
    }

    let wrong = circle.app.request("DELETE", MINE).send().await;
    assert_snapshot!(wrong.text, @r#"{"type":"about:blank","title":"Method Not Allowed","status":405,"code":"method_not_allowed","detail":"The endpoint does not take this method."}"#);
    for (method, path, allow) in [
        ("DELETE", MINE, "GET,HEAD"),
        ("POST", OF_GROUP, "GET,HEAD"),
        ("OPTIONS", MEMBERS, "GET,HEAD"),
        ("GET", OPERATIONS[1].1, "POST"),
        ("PUT", OPERATIONS[2].1, "POST"),
        ("BREW", MINE, "GET,HEAD"),
    ] {
        let reply = circle.app.request(method, path).bearer(&circle.amina).send().await;
        reply.assert(405, problem(405, "method_not_allowed", "The endpoint does not take this method."));
        assert_eq!(reply.header("content-type"), "application/problem+json");
        // RFC 9110, 15.5.6: it must say which methods there are.
        assert_eq!((method, path, reply.header("allow")), (method, path, allow));
    }
}

#[tokio::test]
async fn head_is_answered_as_get_without_the_body() {
    let circle = Circle::new().await;
    for path in [MINE, MEMBERS, OF_GROUP] {
        let head = circle.app.request("HEAD", path).bearer(&circle.amina).send().await;
        assert_eq!((head.status, &*head.text), (200, ""));
    }
}

#[tokio::test]
async fn somebody_known_by_their_subject_alone_has_neither_username_nor_name() {
    let circle = Circle::new().await;
    let dawud = AddUser {
        by: None,
        id: None,
        uid: Uid::parse("dawud").unwrap(),
        subject: Subject::parse("subject-of-dawud").unwrap(),
        username: None,
        name: None,
        email: Some(Email::parse("dawud@example.com").unwrap()),
        is_admin: false,
        password: None,
    };
    circle.app.store().submit(dawud).await.unwrap();
    circle.invite(json!({ "userId": 4 })).await;
    let pending = circle.list(&circle.amina, OF_GROUP).await;
    let wanted = json!({ "id": 4, "uid": "dawud", "subject": "subject-of-dawud", "username": null, "name": null });
    assert_eq!((&pending[0]["user"], &pending[0]["email"]), (&wanted, &Value::Null));
}

#[tokio::test]
async fn the_list_of_a_group_does_not_tell_which_addresses_have_an_account() {
    let circle = Circle::new().await;
    circle.invite(json!({ "email": "bilal@example.org" })).await;
    circle.invite(json!({ "email": "nobody@example.org" })).await;
    let pending = circle.list(&circle.amina, OF_GROUP).await;
    let shown: Vec<_> = pending.iter().map(|invitation| (&invitation["user"], &invitation["email"])).collect();
    let (bilal, nobody) = (json!("bilal@example.org"), json!("nobody@example.org"));
    assert_eq!(shown, [(&Value::Null, &bilal), (&Value::Null, &nobody)]);
    assert_eq!(circle.list(&circle.bilal, MINE).await.len(), 1, "and yet bilal finds it");
}
