//! Looking at invitations, making them, and what those who run a group do with them.

use guestlist_core::chat::Profile;
use guestlist_core::command::AddUser;
use guestlist_core::global_role::GlobalRoles;
use guestlist_core::ids::Uid;
use guestlist_core::names::{Email, Subject};
use guestlist_testing::Person;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Circle, MEMBERS, MINE, OF_GROUP, group_not_found, lacks, not_allowed, user};

fn member(group: i64, person: &Person, roles: &[&str], joined_at: &str) -> Value {
    json!({
        "group_id": group,
        "user_id": person.id(),
        "user": user(person),
        "roles": roles,
        "joined_at": joined_at,
    })
}

#[tokio::test]
async fn a_person_sees_the_invitations_that_wait_for_them() {
    let circle = Circle::new().await;
    assert_snapshot!(circle.get(&circle.bilal, MINE).await.text, @r#"{"data":[],"next_cursor":null}"#);
    circle.invite_bilal().await;
    let reply = circle.get(&circle.bilal, MINE).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"));
    assert_snapshot!(reply.text, @r#"{"data":[{"id":"019b76da-a800-7160-869f-01d170de387e","group_id":1,"group":{"id":1,"uid":"YKs3n4RrRNuBEbert","slug":"circle","name":"circle"},"inviter_id":1,"inviter":{"id":1,"uid":"Yh4XqCftcrwbTjavx","subject":"0bc942ee-9086-4171-b9b5-01d1d854bb71","username":"amina","name":"amina the person"},"user_id":2,"user":{"id":2,"uid":"ZnNQspXi7NYnA8Yxv","subject":"a8574c6f-ae6d-4b6f-bb4a-79a517cec22a","username":"bilal","name":"bilal the person"},"email":null,"roles":[],"language":null,"note":null,"state":"pending","created_at":"2026-01-01T00:00:00.000Z","sent_at":"2026-01-01T00:00:00.000Z","seen_at":null,"expires_at":"2026-01-08T00:00:00.000Z","closed_at":null}],"next_cursor":null}"#);
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
                "group_id": 1,
                "group": group,
                "inviter_id": 1,
                "inviter": user(&circle.amina),
                "user_id": 2,
                "user": user(&circle.bilal),
                "email": null,
                "roles": [],
                "language": null,
                "note": null,
                "state": "pending",
                "created_at": "2026-01-01T00:00:00.000Z",
                "sent_at": "2026-01-01T00:00:00.000Z",
                "seen_at": null,
                "expires_at": "2026-01-08T00:00:00.000Z",
                "closed_at": null,
            },
            {
                "id": second,
                "group_id": 1,
                "group": group,
                "inviter_id": 1,
                "inviter": user(&circle.amina),
                "user_id": null,
                "email": "Nobody@example.com",
                "roles": [],
                "language": null,
                "note": null,
                "state": "pending",
                "created_at": "2026-01-01T00:00:01.500Z",
                "sent_at": "2026-01-01T00:00:01.500Z",
                "seen_at": null,
                "expires_at": "2026-01-08T00:00:01.500Z",
                "closed_at": null,
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
    let stranger = lacks(None, &["owner", "moderator"]);
    circle.get(&circle.bilal, "/guestlist/v1/groups/2/invitations").await.assert(403, stranger);
}

#[tokio::test]
async fn a_group_shows_its_members_to_each_other() {
    let circle = Circle::new().await;
    circle.app.clock.advance_millis(60_000);
    let layla = circle.app.person("layla").await;
    circle.app.add_moderator(&circle.group, &circle.amina, &layla).await;
    let wanted = json!({
        "data": [
            member(1, &circle.amina, &["owner"], "2026-01-01T00:00:00.000Z"),
            member(1, &circle.musa, &[], "2026-01-01T00:00:00.000Z"),
            member(1, &layla, &["moderator"], "2026-01-01T00:01:00.000Z"),
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
    assert_snapshot!(text, @r#"{"data":[{"group_id":1,"user_id":1,"user":{"id":1,"uid":"Yh4XqCftcrwbTjavx","subject":"0bc942ee-9086-4171-b9b5-01d1d854bb71","username":"amina","name":"amina the person"},"roles":["owner"],"joined_at":"2026-01-01T00:00:00.000Z"},{"group_id":1,"user_id":3,"user":{"id":3,"uid":"kdZpGJ989pJQbuN7p","subject":"f7b677c1-7d40-430c-b571-4a86a71cf983","username":"musa","name":"musa the person"},"roles":[],"joined_at":"2026-01-01T00:00:00.000Z"},{"group_id":1,"user_id":4,"user":{"id":4,"uid":"SskFzwp7MgT5wj8Sp","subject":"07291e88-403c-4bb5-a381-1059bf1f823c","username":"layla","name":"layla the person"},"roles":["moderator"],"joined_at":"2026-01-01T00:01:00.000Z"}],"next_cursor":null}"#);
}

#[tokio::test]
async fn everybody_sees_the_members_of_a_public_group() {
    let circle = Circle::new().await;
    circle.app.public_group("open", &circle.amina).await;
    let owner = member(2, &circle.amina, &["owner"], "2026-01-01T00:00:00.000Z");
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

#[tokio::test]
async fn somebody_known_by_their_subject_alone_has_neither_username_nor_name() {
    let circle = Circle::new().await;
    let dawud = AddUser {
        language: None,
        by: None,
        id: None,
        uid: Uid::parse("dawud").unwrap(),
        subject: Subject::parse("subject-of-dawud").unwrap(),
        username: None,
        name: None,
        email: Some(Email::parse("dawud@example.com").unwrap()),
        is_admin: false,
        roles: GlobalRoles::default(),
        password: None,
        is_email_verified: true,
        is_founder: false,
        profile: Profile::default(),
    };
    circle.app.store().submit(dawud).await.unwrap();
    circle.invite(json!({ "user_id": 4 })).await;
    let pending = circle.list(&circle.amina, OF_GROUP).await;
    let wanted = json!({ "id": 4, "uid": "dawud", "subject": "subject-of-dawud", "username": null, "name": null });
    assert_eq!((&pending[0]["user"], &pending[0]["email"]), (&wanted, &Value::Null));
}

#[tokio::test]
async fn the_list_of_a_group_does_not_tell_which_addresses_have_an_account() {
    let circle = Circle::new().await;
    circle.invite(json!({ "email": "bilal@example.org" })).await;
    circle.app.clock.advance_millis(1);
    circle.invite(json!({ "email": "nobody@example.org" })).await;
    let pending = circle.list(&circle.amina, OF_GROUP).await;
    let shown: Vec<_> = pending.iter().map(|invitation| (&invitation["user_id"], &invitation["email"])).collect();
    let (bilal, nobody) = (json!("bilal@example.org"), json!("nobody@example.org"));
    assert_eq!(shown, [(&Value::Null, &bilal), (&Value::Null, &nobody)]);
    assert_eq!(circle.list(&circle.bilal, MINE).await.len(), 1, "and yet bilal finds it");
}
