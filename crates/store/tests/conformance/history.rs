//! Histories: what happened, who was in when, and that nobody changes it afterwards unnoticed.

use futures_util::future::join_all;
use guestlist_core::Origin;
use guestlist_core::command::{
    AddClient, AssignRole, Invite, IssueToken, RemoveClient, RemoveMember, RevokeInvitation,
};
use guestlist_core::credential::Scopes;
use guestlist_core::group::{Group, GroupRef};
use guestlist_core::history::{Event, EventHash, EventKind, Finding, Stream, Thing};
use guestlist_core::ids::{BatchId, UserId};
use guestlist_core::member::{Membership, Role, RoleSet};
use guestlist_core::origin::{RequestId, Via};
use guestlist_core::time::Timestamp;
use guestlist_core::user::{User, UserRef};
use guestlist_store::Store;
use guestlist_store::page::PageRequest;
use uuid::Uuid;

use crate::database::{DAY, Database, FOR_A_DAY, client_id, email, join, leave, whole};

on_every_engine! {
    events_tell_who_through_what_and_what_was_before_and_after,
    two_hundred_commands_at_once_through_two_nodes_leave_no_gap,
    who_was_a_member_is_told_for_every_instant,
    a_history_that_somebody_wrote_in_is_found_out,
    things_that_somebody_changed_untold_are_found_out,
    a_group_or_a_token_that_somebody_took_away_is_missed,
    tokens_that_went_with_their_client_are_not_missed,
}

async fn events_tell_who_through_what_and_what_was_before_and_after(db: Database) {
    let amina = db.user("amina").await;
    let circle = db.group("circle", &amina).await;
    db.clock.advance_millis(1000);
    let batch = BatchId::from_uuid(Uuid::from_u128(77));
    let ask = db.invite(&circle, &amina, &[UserRef::Email(email("Guest@example.org"))], FOR_A_DAY);
    let id = ask.targets[0].invitation;
    let origin =
        Origin { via: Via::RocketChat, client: Some(client_id("app:\"x\"'y")), request: RequestId::parse("request-1") };
    db.store.submit_from(&origin, Invite { batch: Some(batch), ..ask }).await.unwrap();
    let invited_at = db.now().as_millis();
    db.clock.advance_millis(500);
    let revoke = RevokeInvitation { by: amina.id, invitation: id };
    db.store.submit_from(&Origin::of(Via::CommandLine), revoke).await.unwrap();
    let revoked_at = db.now().as_millis();

    let db = db.reopen();
    let history = db.history(&circle).await;
    let told: Vec<_> = history.iter().map(|event| (event.seq, event.kind, event.actor, &event.origin.via)).collect();
    let (made, joined, invited, revoked) =
        (EventKind::GroupCreated, EventKind::MemberJoined, EventKind::InvitationMade, EventKind::InvitationRevoked);
    assert_eq!(
        told,
        [
            (1, made, None, &Via::Guestlist),
            (2, joined, None, &Via::Guestlist),
            (3, invited, Some(amina.id), &Via::RocketChat),
            (4, revoked, Some(amina.id), &Via::CommandLine),
        ]
    );
    let record = |state: &str, closed_at: Option<i64>, closed_by: Option<i64>| {
        let record = serde_json::json!({
            "user": null,
            "email": "Guest@example.org",
            "inviter": 1,
            "roles": [],
            "state": state,
            "created_at": invited_at,
            "sent_at": invited_at,
            "expires_at": invited_at + DAY.as_millis(),
            "closed_at": closed_at,
            "closed_by": closed_by,
        });
        Some(record.to_string())
    };
    let pending = record("pending", None, None);
    let expected = Event {
        stream: Stream::Group(circle.id),
        seq: 3,
        at: Timestamp::from_millis(invited_at),
        kind: invited,
        actor: Some(amina.id),
        origin,
        batch: Some(batch),
        thing: Thing::Invitation(id),
        before: None,
        after: pending.clone(),
        hash: history[2].hash,
    };
    assert_eq!(history[2], expected);
    let closed = record("revoked", Some(revoked_at), Some(1));
    assert_eq!((&history[3].before, &history[3].after, history[3].batch), (&pending, &closed, None));
    let mut previous = EventHash::default();
    for event in &history {
        assert_eq!(event.hash, event.expected_hash(&previous));
        previous = event.hash;
    }
    // Also what belongs to no group is told, and every history can be read in pages.
    let page = db.store.read().events(Stream::Installation, PageRequest { after: None, limit: 1 }).await.unwrap();
    assert_eq!((page.items[0].kind, page.items[0].thing.clone()), (EventKind::UserAdded, Thing::User(amina.id)));
    let page = PageRequest { after: Some(2), limit: 1 };
    let page = db.store.read().events(Stream::Group(circle.id), page).await.unwrap();
    assert_eq!((page.items, page.next), (vec![expected], Some(3)));
    assert_eq!(db.findings().await, []);
}

async fn two_hundred_commands_at_once_through_two_nodes_leave_no_gap(db: Database) {
    let amina = db.user("amina").await;
    let circle = db.public_group("circle", &amina, 1000).await;
    let people = db.people(100).await;
    let other = db.another();
    let nodes: [&Store; 2] = [&db.store, &other];
    let commands = people.iter().enumerate().map(async |(n, user)| {
        let guest = [UserRef::Email(email(&format!("guest{n}@example.org")))];
        let invite = db.invite(&circle, &amina, &guest, FOR_A_DAY);
        let (joined, invited) =
            tokio::join!(nodes[n % 2].submit(join(user, &circle)), nodes[(n + 1) % 2].submit(invite));
        joined.unwrap();
        invited.unwrap();
    });
    join_all(commands).await;
    let history = db.history(&circle).await;
    let numbers: Vec<_> = history.iter().map(|event| event.seq).collect();
    // What made the group, and an event for each command.
    assert_eq!(numbers, (1..=3 + 200).collect::<Vec<_>>());
    assert_eq!(db.findings().await, []);
}

async fn who_was_a_member_is_told_for_every_instant(db: Database) {
    let amina = db.user("amina").await;
    let people = db.people(3).await;
    let begin = db.now();
    let circle = db.group("circle", &amina).await;
    let other = db.group("other", &amina).await;
    let tick = || db.clock.advance_millis(1000);
    tick();
    db.admit(&circle, &amina, &people.iter().collect::<Vec<_>>()).await;
    db.admit(&other, &amina, &[&people[2]]).await;
    tick();
    let (group, user) = (GroupRef::Id(circle.id), |n: usize| UserRef::Id(people[n].id));
    let assign = AssignRole { by: amina.id, group: group.clone(), user: user(0), role: Role::Moderator };
    db.store.submit(assign).await.unwrap();
    db.store
        .submit(RemoveMember { by: amina.id, group: group.clone(), user: user(1), spares_owners: false })
        .await
        .unwrap();
    tick();
    // Out and in again within one instant: what was last counts.
    db.store.submit(leave(&people[2], &circle)).await.unwrap();
    db.admit(&circle, &amina, &[&people[1], &people[2]]).await;
    db.store.submit(leave(&people[1], &circle)).await.unwrap();

    let db = db.reopen();
    let at = |millis: i64| Timestamp::from_millis(begin.as_millis() + millis);
    let member =
        |user: &User, roles: &[Role], since| Membership::new(circle.id, user.id, RoleSet::of(roles), at(since));
    let owner = member(&amina, &[Role::Owner], 0);
    let [p1, p2, p3] = [0, 1, 2].map(|n| member(&people[n], &[], 1000));
    let moderator = member(&people[0], &[Role::Moderator], 1000);
    let again = member(&people[2], &[], 3000);
    for (millis, expected) in [
        (-1, vec![]),
        (0, vec![owner.clone()]),
        (999, vec![owner.clone()]),
        (1000, vec![owner.clone(), p1.clone(), p2.clone(), p3.clone()]),
        (1500, vec![owner.clone(), p1, p2, p3.clone()]),
        (2000, vec![owner.clone(), moderator.clone(), p3.clone()]),
        (2999, vec![owner.clone(), moderator.clone(), p3]),
        (3000, vec![owner.clone(), moderator.clone(), again.clone()]),
        (1_000_000_000, vec![owner, moderator, again]),
    ] {
        let read = async |page| db.store.read().members_at(circle.id, at(millis), page).await.unwrap();
        assert_eq!(read(whole()).await.items, expected, "{millis}");
        for limit in 1..=4 {
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let page = read(PageRequest { after, limit }).await;
                found.extend(page.items);
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(found, expected, "{millis}, {limit} at a time");
        }
    }
}

/// A circle of `amina` and `bilal`, with an invitation and a link; its history has five events.
async fn circle(db: &Database) -> Group {
    let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
    let circle = db.group("circle", &amina).await;
    db.admit(&circle, &amina, &[&bilal]).await;
    db.offer_one(&circle, &amina, UserRef::Email(email("guest@example.org"))).await;
    db.store.submit(db.link(&circle, &amina, Some(5))).await.unwrap();
    assert_eq!(db.history(&circle).await.len(), 5);
    circle
}

/// Copies what the tests change, and puts it back.
const SAVE: &str = "
    CREATE TABLE saved_events AS SELECT * FROM events;
    CREATE TABLE saved_heads AS SELECT * FROM heads;
    CREATE TABLE saved_memberships AS SELECT * FROM memberships;
    CREATE TABLE saved_links AS SELECT * FROM links;";
const MEND: &str = "
    DELETE FROM events; INSERT INTO events SELECT * FROM saved_events;
    DELETE FROM heads; INSERT INTO heads SELECT * FROM saved_heads;
    DELETE FROM memberships; INSERT INTO memberships SELECT * FROM saved_memberships;
    DELETE FROM links; INSERT INTO links SELECT * FROM saved_links;
    UPDATE \"groups\" SET name = 'The circle', members_count = 2, updated_at = created_at;
    UPDATE invitations SET state = 0, closed_at = NULL;
    UPDATE users SET is_admin = false;";

/// Each way of writing behind the store's back is reported, as just this, and nothing is once it is mended.
async fn check_tampering(db: &Database, cases: Vec<(&str, Vec<(Stream, Finding)>)>) {
    assert_eq!(db.findings().await, []);
    db.tamper(SAVE).await;
    for (sql, expected) in cases {
        db.tamper(sql).await;
        assert_eq!(db.findings().await, expected, "{sql}");
        db.tamper(MEND).await;
        assert_eq!(db.findings().await, [], "mended after {sql}");
    }
}

fn bilal() -> Thing {
    Thing::Member(UserId::new(2).unwrap())
}

const fn miscounted(counter: &'static str, stored: i64, there: i64) -> Finding {
    Finding::Miscounted { counter, stored, counted: there }
}

async fn a_history_that_somebody_wrote_in_is_found_out(db: Database) {
    let circle = circle(&db).await;
    let here = |findings: Vec<Finding>| findings.into_iter().map(|found| (Stream::Group(circle.id), found)).collect();
    let broken = |seq| Finding::BrokenChain { seq };
    check_tampering(&db, vec![
        ("UPDATE events SET actor_id = 2 WHERE group_id = 1 AND seq = 3", here(vec![broken(3)])),
        ("UPDATE events SET at = at - 1 WHERE group_id = 1 AND seq = 4", here(vec![broken(4)])),
        ("UPDATE events SET via = 'native' WHERE group_id = 1 AND seq = 1", here(vec![broken(1)])),
        ("UPDATE events SET client = 'app' WHERE group_id = 1 AND seq = 5", here(vec![broken(5)])),
        ("UPDATE events SET request = 'request-1' WHERE group_id = 1 AND seq = 5", here(vec![broken(5)])),
        ("UPDATE events SET kind = 'member.changed' WHERE group_id = 1 AND seq = 3", here(vec![broken(3)])),
        (
            "UPDATE events SET record_after = replace(record_after, '[]', '[\"leader\"]') WHERE group_id = 1 AND seq = 3",
            here(vec![broken(3), Finding::Different(bilal())]),
        ),
        (
            "UPDATE events SET record_before = record_after WHERE group_id = 1 AND seq = 3",
            here(vec![broken(3), Finding::Discontinuous { seq: 3 }]),
        ),
        (
            "UPDATE events SET hash = (SELECT hash FROM events AS e WHERE e.group_id = 1 AND e.seq = 2)
             WHERE group_id = 1 AND seq = 3",
            here(vec![broken(3), broken(4)]),
        ),
        (
            "DELETE FROM events WHERE group_id = 1 AND seq = 3",
            here(vec![
                Finding::Gap { due: 3, found: 4 },
                broken(4),
                Finding::Untold(bilal()),
                miscounted("notices", 1, 0),
            ]),
        ),
        ("DELETE FROM events WHERE group_id = 1 AND seq = 5", {
            let link = Thing::Link(db.links(&circle).await[0].id);
            here(vec![Finding::Untold(link), Finding::WrongHead])
        }),
        // Covered up by moving the end: what was done is still there.
        (
            "DELETE FROM events WHERE group_id = 1 AND seq = 5;
             UPDATE heads SET seq = 4, hash = (SELECT hash FROM events WHERE group_id = 1 AND seq = 4) WHERE group_id = 1",
            here(vec![Finding::Untold(Thing::Link(db.links(&circle).await[0].id))]),
        ),
        (
            "INSERT INTO events SELECT group_id, 6, at, kind, actor_id, via, client, request, batch_id, thing, member_id,
                                       record_after, record_after, hash, position FROM events WHERE group_id = 1 AND seq = 4",
            here(vec![broken(6), Finding::WrongHead]),
        ),
        ("DELETE FROM heads WHERE group_id = 1", here(vec![Finding::WrongHead])),
    ])
    .await;
}

async fn things_that_somebody_changed_untold_are_found_out(db: Database) {
    let circle = circle(&db).await;
    let here = |findings: Vec<Finding>| findings.into_iter().map(|found| (Stream::Group(circle.id), found)).collect();
    let invitation = Thing::Invitation(db.open_invitations(&circle).await[0].invitation.id);
    let link = Thing::Link(db.links(&circle).await[0].id);
    let carim = db.user("carim").await.id;
    check_tampering(
        &db,
        vec![
            (
                "UPDATE memberships SET roles = 1 WHERE user_id = 2",
                here(vec![Finding::Different(bilal()), miscounted("owners", 1, 2)]),
            ),
            (
                "DELETE FROM memberships WHERE user_id = 2",
                here(vec![Finding::Missing(bilal()), miscounted("members", 2, 1)]),
            ),
            (
                "INSERT INTO memberships SELECT group_id, 3, roles, joined_at, is_hidden FROM memberships WHERE user_id = 2",
                here(vec![Finding::Untold(Thing::Member(carim)), miscounted("members", 2, 3)]),
            ),
            (
                "UPDATE invitations SET state = 3, closed_at = created_at",
                here(vec![Finding::Different(invitation), miscounted("invitations", 1, 0)]),
            ),
            ("UPDATE links SET uses_max = 6", here(vec![Finding::Different(link.clone())])),
            ("DELETE FROM links", here(vec![Finding::Missing(link)])),
            ("UPDATE \"groups\" SET name = 'Theirs'", here(vec![Finding::Different(Thing::Group(circle.id))])),
            ("UPDATE \"groups\" SET members_count = 7", here(vec![miscounted("members", 7, 2)])),
            ("UPDATE users SET is_admin = true WHERE id = 3", {
                vec![(Stream::Installation, Finding::Different(Thing::User(carim)))]
            }),
        ],
    )
    .await;
}

async fn a_group_or_a_token_that_somebody_took_away_is_missed(db: Database) {
    let amina = db.user("amina").await;
    let token = db.store.submit(db.token(&amina)).await.unwrap().0;
    let circle = db.group("circle", &amina).await;
    db.tamper("DELETE FROM tokens").await;
    // Whole, with the note of where its history stands.
    db.tamper("DELETE FROM memberships; DELETE FROM \"groups\"; DELETE FROM heads WHERE group_id <> 0").await;
    let here = Stream::Group(circle.id);
    let missed = [
        (Stream::Installation, Finding::Missing(Thing::Token(token.id))),
        (here, Finding::WrongHead),
        (here, Finding::Missing(Thing::Group(circle.id))),
        (here, Finding::Missing(Thing::Member(amina.id))),
    ];
    assert_eq!(db.findings().await, missed);
}

async fn tokens_that_went_with_their_client_are_not_missed(db: Database) {
    let amina = db.user("amina").await;
    let id = client_id("app");
    let add = AddClient { by: None, id: id.clone(), name: "App".to_owned(), scopes: Scopes::all() };
    db.store.submit(add).await.unwrap();
    db.store.submit(IssueToken { client: Some(id.clone()), ..db.token(&amina) }).await.unwrap();
    db.store.submit(RemoveClient { by: None, id }).await.unwrap();
    assert_eq!(db.findings().await, []);
}
