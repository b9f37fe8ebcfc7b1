//! Invite links: never one use too many, however many come at once and through whichever node.

use futures_util::future::join_all;
use guestlist_core::Refusal;
use guestlist_core::command::{ApproveRequest, CreateLink, Expiry, GroupPatch, RevokeLink};
use guestlist_core::group::GroupRef;
use guestlist_core::history::{EventKind, Thing};
use guestlist_core::link::{Link, LinkHash, LinkRef, LinkState};
use guestlist_core::member::{Role, RoleSet};
use guestlist_core::outcome::Standing;
use guestlist_core::time::Lifetime;
use guestlist_core::user::{User, UserRef};
use guestlist_store::Store;

use crate::database::{DAY, Database, refusal, use_link, whole};

on_every_engine! {
    fifty_people_racing_for_ten_uses_are_ten_members,
    fifty_people_racing_through_two_nodes_are_ten_members,
    a_link_survives_a_restart_whole_and_brings_its_roles,
    a_link_is_dead_once_revoked_and_at_the_instant_it_expires,
    a_use_that_needs_approval_is_a_use_and_becomes_a_membership,
}

/// Sends everybody to the link at once, each through the next of `nodes`.
async fn race(db: &Database, nodes: &[&Store]) {
    let amina = db.user("amina").await;
    let circle = db.group("circle", &amina).await;
    let link = db.store.submit(db.link(&circle, &amina, Some(10))).await.unwrap().0;
    let people = db.people(50).await;
    let uses = people.iter().zip(nodes.iter().cycle()).map(|(user, node)| node.submit(use_link(user, &link)));
    let (mut lucky, mut late) = (Vec::new(), 0);
    for (user, answer) in people.iter().zip(join_all(uses).await) {
        match answer {
            Ok(came) => {
                assert_eq!((came.group, came.standing), (circle.id, Standing::Joined));
                lucky.push(user.id);
            }
            refused => {
                assert_eq!(refusal(refused), Refusal::LinkClosed(LinkState::UsedUp));
                late += 1;
            }
        }
    }
    assert_eq!((lucky.len(), late), (10, 40));
    lucky.insert(0, amina.id);
    assert_eq!(db.members(&circle).await, lucky);
    assert_eq!(db.links(&circle).await, [Link { uses: 10, ..link.clone() }]);
    // Each use is told, and tells the count before and after it.
    let history = db.history(&circle).await;
    let uses = history.iter().filter(|event| event.kind == EventKind::LinkUsed);
    let counts = uses.map(|event| {
        assert_eq!(event.thing, Thing::Link(link.id));
        let count = |text: &Option<String>| {
            serde_json::from_str::<serde_json::Value>(text.as_deref().unwrap()).unwrap()["uses"].as_i64().unwrap()
        };
        (count(&event.before), count(&event.after))
    });
    assert_eq!(counts.collect::<Vec<_>>(), (0..10).map(|n| (n, n + 1)).collect::<Vec<_>>());
    assert_eq!(db.findings().await, []);
}

async fn fifty_people_racing_for_ten_uses_are_ten_members(db: Database) {
    race(&db, &[&db.store]).await;
}

async fn fifty_people_racing_through_two_nodes_are_ten_members(db: Database) {
    let other = db.another();
    race(&db, &[&db.store, &other]).await;
}

async fn a_link_survives_a_restart_whole_and_brings_its_roles(db: Database) {
    let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
    let circle = db.group("circle", &amina).await;
    db.clock.advance_millis(99);
    let roles = RoleSet::of(&[Role::Moderator, Role::Leader]);
    let expiry = Expiry::After(Lifetime::from_secs(30));
    let ask = CreateLink { roles, expiry, needs_approval: false, ..db.link(&circle, &amina, None) };
    let expected = Link {
        id: ask.id,
        group: circle.id,
        hash: ask.hash,
        creator: amina.id,
        roles,
        uses_max: None,
        uses: 0,
        needs_approval: false,
        created_at: db.now(),
        expires_at: Some(db.now() + Lifetime::from_secs(30)),
        revoked_at: None,
        revoked_by: None,
    };
    assert_eq!(db.store.submit(ask).await.unwrap().0, expected);
    let second = db.store.submit(db.link(&circle, &amina, Some(1))).await.unwrap().0;
    let db = db.reopen();
    assert_eq!(db.links(&circle).await, [expected.clone(), second]);
    let found = async |which| db.store.read().link(which).await.unwrap();
    for which in [LinkRef::Id(expected.id), LinkRef::Hash(expected.hash)] {
        assert_eq!(found(which).await.as_ref(), Some(&expected));
    }
    assert_eq!(found(LinkRef::Hash(LinkHash([0; 32]))).await, None);
    for standing in [Standing::Joined, Standing::AlreadyMember] {
        assert_eq!(db.store.submit(use_link(&bilal, &expected)).await.unwrap().standing, standing);
    }
    assert_eq!(db.view(&circle, &bilal).await.membership.unwrap().roles, roles);
    assert_eq!(db.links(&circle).await[0].uses, 1, "who is in uses nothing up");
}

async fn a_link_is_dead_once_revoked_and_at_the_instant_it_expires(db: Database) {
    let amina = db.user("amina").await;
    let people = db.people(3).await;
    let circle = db.group("circle", &amina).await;
    let make = async || {
        let ask = CreateLink { expiry: Expiry::After(DAY), ..db.link(&circle, &amina, None) };
        db.store.submit(ask).await.unwrap().0
    };
    let (short, revoked) = (make().await, make().await);
    db.clock.advance_millis(DAY.as_millis() - 1);
    let revoke = RevokeLink { by: amina.id, link: revoked.id };
    let dead = Link { revoked_at: Some(db.now()), revoked_by: Some(amina.id), ..revoked };
    assert_eq!(db.store.submit(revoke.clone()).await.unwrap().0, dead);
    let come = async |user: &User, link: &Link| db.store.submit(use_link(user, link)).await;
    assert_eq!(come(&people[0], &short).await.unwrap().standing, Standing::Joined);
    assert_eq!(refusal(come(&people[1], &dead).await), Refusal::LinkClosed(LinkState::Revoked));
    db.clock.advance_millis(1);
    assert_eq!(refusal(come(&people[1], &short).await), Refusal::LinkClosed(LinkState::Expired));
    // Taking it back once more changes nothing.
    assert_eq!(db.store.submit(revoke).await.unwrap().0, dead);
    assert_eq!(db.links(&circle).await, [Link { uses: 1, ..short }, dead]);
}

async fn a_use_that_needs_approval_is_a_use_and_becomes_a_membership(db: Database) {
    let amina = db.user("amina").await;
    let people = db.people(3).await;
    let circle = db.group("circle", &amina).await;
    db.update(&circle, &amina, GroupPatch { members_max: Some(Some(2)), ..GroupPatch::default() }).await;
    let roles = RoleSet::of(&[Role::Leader]);
    let ask = CreateLink { needs_approval: true, roles, ..db.link(&circle, &amina, Some(2)) };
    let link = db.store.submit(ask).await.unwrap().0;
    let come = async |db: &Database, n: usize| db.store.submit(use_link(&people[n], &link)).await;
    for (n, expected) in [(0, Standing::Requested), (0, Standing::Requested), (1, Standing::Requested)] {
        assert_eq!(come(&db, n).await.unwrap().standing, expected);
    }
    assert_eq!(refusal(come(&db, 2).await), Refusal::LinkClosed(LinkState::UsedUp));

    let db = db.reopen();
    let asking = db.store.read().requests(circle.id, whole()).await.unwrap().items;
    let asking: Vec<_> = asking.into_iter().map(|found| (found.user, found.request.roles)).collect();
    assert_eq!(asking, [(people[0].clone(), roles), (people[1].clone(), roles)]);
    let approve = |user: &User| {
        let (group, user) = (GroupRef::Id(circle.id), UserRef::Id(user.id));
        db.store.submit(ApproveRequest { by: amina.id, group, user })
    };
    // One seat is left: the second one waits for it.
    assert_eq!(approve(&people[0]).await.unwrap().standing, Standing::Joined);
    assert_eq!(approve(&people[1]).await.unwrap().standing, Standing::Waiting);
    assert_eq!(db.view(&circle, &people[0]).await.membership.unwrap().roles, roles);
    assert_eq!(db.waiting(&circle).await, [people[1].id]);
    assert_eq!(db.store.read().requests(circle.id, whole()).await.unwrap().items, []);
    assert_eq!(db.findings().await, []);
}
