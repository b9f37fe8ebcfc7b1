//! Every list that is read by key: whatever the limit, the pages put together are the list, each but the last is full,
//! and only the last has no next.

use std::fmt::Debug;

use futures_util::future::join_all;
use guestlist_core::command::{DeleteGroup, GroupPatch, Invite, RevokeInvitation};
use guestlist_core::group::GroupRef;
use guestlist_core::history::Stream;
use guestlist_core::ids::BatchId;
use guestlist_core::invitation::InvitationState;
use guestlist_core::user::UserRef;
use guestlist_store::page::{Page, PageRequest};
use guestlist_store::{Member, StoreError};
use uuid::Uuid;

use crate::database::{Database, FOR_A_DAY, email, join, leave};

on_every_engine! {
    users_come_in_pages,
    groups_come_in_pages,
    members_come_in_pages,
    groups_of_a_user_come_in_pages,
    open_invitations_come_in_pages,
    invitations_of_one_state_come_in_pages,
    invitations_of_a_batch_come_in_pages,
    invitations_for_a_user_come_in_pages,
    tokens_come_in_pages,
    requests_come_in_pages,
    those_who_wait_come_in_pages,
    links_come_in_pages,
    events_and_histories_come_in_pages,
}

/// Reads the list with every limit from 1 to beyond its end.
async fn check<T, Key>(
    expected: &[Key],
    key: impl Fn(&T) -> Key,
    read: impl AsyncFn(PageRequest<Key>) -> Result<Page<T, Key>, StoreError>,
) where
    T: Debug + PartialEq,
    Key: Copy + Debug + PartialEq,
{
    let whole = read(PageRequest { after: None, limit: u16::MAX }).await.unwrap();
    assert_eq!(whole.items.iter().map(&key).collect::<Vec<_>>(), expected);
    assert_eq!(whole.next, None);
    for limit in 1..=u16::try_from(expected.len()).unwrap() + 1 {
        let mut items = Vec::new();
        let mut after = None;
        for chunk in expected.chunks(limit.into()) {
            let page = read(PageRequest { after, limit }).await.unwrap();
            assert_eq!(page.items.iter().map(&key).collect::<Vec<_>>(), chunk, "limit {limit}");
            items.extend(page.items);
            after = page.next;
            let last = items.last().map(&key);
            assert_eq!(after, last.filter(|_| items.len() < expected.len()), "limit {limit}");
        }
        assert_eq!(after, None, "limit {limit}");
        assert_eq!(items, whole.items, "limit {limit}");
    }
    // Behind the last there is nothing, and a key need not exist to be gone on behind.
    let after = expected.last().copied();
    let end = read(PageRequest { after, limit: 3 }).await.unwrap();
    assert!(after.is_none() || end.items.is_empty() && end.next.is_none());
}

async fn users_come_in_pages(db: Database) {
    let read = async |page| db.store.read().users(page).await;
    check(&[], |user| user.id, read).await;
    let mut ids = Vec::new();
    for n in 0..6 {
        ids.push(db.user(&format!("user{n}")).await.id);
    }
    check(&ids, |user| user.id, read).await;
}

async fn groups_come_in_pages(db: Database) {
    let read = async |page| db.store.read().groups(page).await;
    check(&[], |group| group.id, read).await;
    let amina = db.user("amina").await;
    let mut ids = Vec::new();
    for n in 0..6 {
        ids.push(db.group(&format!("group{n}"), &amina).await.id);
    }
    check(&ids, |group| group.id, read).await;
}

async fn members_come_in_pages(db: Database) {
    let amina = db.user("amina").await;
    let (circle, other) = (db.group("circle", &amina).await, db.group("other", &amina).await);
    let people = join_all(["p1", "p2", "p3", "p4", "p5"].map(|name| db.user(name))).await;
    db.admit(&circle, &amina, &people.iter().rev().collect::<Vec<_>>()).await;
    let ids: Vec<_> = [amina.id].into_iter().chain(people.iter().map(|user| user.id)).collect();
    check(&ids, |member: &Member| member.user.id, async |page| db.store.read().members(circle.id, page).await).await;
    check(&ids[..1], |member: &Member| member.user.id, async |page| db.store.read().members(other.id, page).await)
        .await;
}

async fn groups_of_a_user_come_in_pages(db: Database) {
    let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
    let read = async |page| db.store.read().groups_joined(bilal.id, page).await;
    check(&[], |view| view.group.id, read).await;
    let groups = join_all(["f", "e", "d", "c", "b", "a"].map(|slug| db.group(slug, &amina))).await;
    for group in [&groups[5], &groups[0], &groups[2], &groups[3]] {
        db.admit(group, &amina, &[&bilal]).await;
    }
    db.store.submit(DeleteGroup { by: amina.id, group: GroupRef::Id(groups[2].id), frees_slug: false }).await.unwrap();
    check(&[groups[0].id, groups[3].id, groups[5].id], |view| view.group.id, read).await;
    // Each is seen as the one group is.
    for view in read(PageRequest { after: None, limit: 9 }).await.unwrap().items {
        assert_eq!(view, db.view(&view.group, &bilal).await);
        assert!(view.membership.is_some());
    }
}

async fn open_invitations_come_in_pages(db: Database) {
    let amina = db.user("amina").await;
    let (circle, other) = (db.group("circle", &amina).await, db.group("other", &amina).await);
    let read = async |page| db.store.read().open_invitations(circle.id, db.now(), page).await;
    check(&[], |view| view.invitation.id, read).await;
    let mut ids = Vec::new();
    for n in 0..6 {
        let address = UserRef::Email(email(&format!("guest{n}@example.org")));
        db.offer_one(&other, &amina, address.clone()).await;
        let id = db.offer_one(&circle, &amina, address).await;
        ids.push(id);
        if n == 2 {
            // One in the middle expires before the others: a page is not shorter for it.
            ids.pop();
            db.clock.advance_millis(1);
            let renewed: Vec<_> = (0..2).map(|n| UserRef::Email(email(&format!("guest{n}@example.org")))).collect();
            db.offer(&circle, &amina, &renewed).await;
        }
    }
    db.clock.advance_millis(crate::database::DAY.as_millis() - 1);
    check(&ids, |view| view.invitation.id, read).await;
}

async fn invitations_of_one_state_come_in_pages(db: Database) {
    let amina = db.user("amina").await;
    let circle = db.group("circle", &amina).await;
    let mut pending = Vec::new();
    let mut revoked = Vec::new();
    for n in 0..8 {
        let id = db.offer_one(&circle, &amina, UserRef::Email(email(&format!("guest{n}@example.org")))).await;
        if n % 2 == 0 {
            pending.push(id);
        } else {
            db.store.submit(RevokeInvitation { by: amina.id, invitation: id }).await.unwrap();
            revoked.push(id);
        }
    }
    for (state, ids) in [
        (InvitationState::Pending, pending.as_slice()),
        (InvitationState::Revoked, revoked.as_slice()),
        (InvitationState::Declined, &[]),
    ] {
        let read = async |page| db.store.read().invitations(circle.id, state, page).await;
        check(ids, |view| view.invitation.id, read).await;
        let read = read(PageRequest { after: None, limit: 9 }).await.unwrap();
        assert!(read.items.iter().all(|view| view.invitation.state == state));
    }
}

async fn invitations_of_a_batch_come_in_pages(db: Database) {
    let amina = db.user("amina").await;
    let (circle, other) = (db.group("circle", &amina).await, db.group("other", &amina).await);
    let (batch, another) = (BatchId::from_uuid(Uuid::from_u128(1)), BatchId::from_uuid(Uuid::from_u128(2)));
    let read = async |page| db.store.read().invitations_in_batch(circle.id, batch, page).await;
    let found = async || read(PageRequest { after: None, limit: 99 }).await.unwrap().items;
    assert_eq!(found().await, []);
    let whom: Vec<_> = (0..6).map(|n| UserRef::Email(email(&format!("guest{n}@example.org")))).collect();
    let mut ids = Vec::new();
    for (group, batch, whom) in [
        (&circle, batch, &whom[..2]),
        (&circle, another, &whom[2..3]),
        (&other, batch, &whom),
        (&circle, batch, &whom[3..]),
    ] {
        let ask = Invite { batch: Some(batch), ..db.invite(group, &amina, whom, FOR_A_DAY) };
        ids.push(ask.targets.iter().map(|target| target.invitation).collect::<Vec<_>>());
        db.store.submit(ask).await.unwrap();
    }
    let expected: Vec<_> = [&ids[0][..], &ids[3]].concat();
    let mut pages = Vec::new();
    let mut after = None;
    loop {
        let page = read(PageRequest { after, limit: 2 }).await.unwrap();
        pages.push(page.items.iter().map(|view| view.invitation.id).collect::<Vec<_>>());
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(pages, expected.chunks(2).map(<[_]>::to_vec).collect::<Vec<_>>());

    // What was renewed is listed once for each time that it was, on pages of their own; and each is shown as it is now.
    db.store.submit(RevokeInvitation { by: amina.id, invitation: ids[0][0] }).await.unwrap();
    db.clock.advance_millis(3_600_000);
    let again = Invite { batch: Some(batch), ..db.invite(&circle, &amina, &whom[1..2], FOR_A_DAY) };
    db.store.submit(again).await.unwrap();
    let states: Vec<_> = found().await.into_iter().map(|view| (view.invitation.id, view.invitation.state)).collect();
    let (pending, revoked) = (InvitationState::Pending, InvitationState::Revoked);
    let wanted: Vec<_> = expected.iter().map(|id| (*id, if *id == ids[0][0] { revoked } else { pending })).collect();
    assert_eq!(states, wanted);
}

async fn invitations_for_a_user_come_in_pages(db: Database) {
    let amina = db.user("amina").await;
    let mut ids = Vec::new();
    let groups = join_all(["g1", "g2", "g3", "g4", "g5", "g6"].map(|slug| db.group(slug, &amina))).await;
    // Three to the address, then three to the account that has it.
    for group in &groups[..3] {
        ids.push(db.offer_one(group, &amina, UserRef::Email(email("bilal@example.org"))).await);
    }
    let (bilal, carim) = (db.user("bilal").await, db.user("carim").await);
    for group in &groups[3..] {
        db.offer_one(group, &amina, UserRef::Id(carim.id)).await;
        ids.push(db.offer_one(group, &amina, UserRef::Id(bilal.id)).await);
    }
    let read = async |page| db.store.read().invitations_for(bilal.id, db.now(), page).await;
    check(&ids, |view| view.invitation.id, read).await;
}

async fn tokens_come_in_pages(db: Database) {
    let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
    let read = async |page| db.store.read().tokens_of(amina.id, db.now(), page).await;
    check(&[], |token| token.id, read).await;
    let mut ids = Vec::new();
    for _ in 0..6 {
        db.store.submit(db.token(&bilal)).await.unwrap();
        ids.push(db.store.submit(db.token(&amina)).await.unwrap().0.id);
    }
    check(&ids, |token| token.id, read).await;
}

async fn requests_come_in_pages(db: Database) {
    let amina = db.user("amina").await;
    let (circle, other) = (db.group("circle", &amina).await, db.group("other", &amina).await);
    let read = async |page| db.store.read().requests(circle.id, page).await;
    check(&[], |found| found.user.id, read).await;
    let people = db.people(6).await;
    for group in [&circle, &other] {
        db.update(group, &amina, GroupPatch { takes_requests: Some(true), ..GroupPatch::default() }).await;
    }
    // In order of their numbers, whoever asked first.
    for user in people.iter().rev() {
        db.store.submit(join(user, &circle)).await.unwrap();
    }
    db.store.submit(join(&people[0], &other)).await.unwrap();
    db.admit(&circle, &amina, &[&people[3]]).await;
    let ids: Vec<_> = people.iter().map(|user| user.id).filter(|id| *id != people[3].id).collect();
    check(&ids, |found| found.user.id, read).await;
}

async fn those_who_wait_come_in_pages(db: Database) {
    let amina = db.user("amina").await;
    let circle = db.public_group("circle", &amina, 2).await;
    let read = async |page| db.store.read().waiting(circle.id, page).await;
    check(&[], |found| found.request.place.unwrap(), read).await;
    let people = db.people(7).await;
    // In order of their coming, whatever their numbers.
    for user in people.iter().rev() {
        db.store.submit(join(user, &circle)).await.unwrap();
    }
    db.store.submit(leave(&people[6], &circle)).await.unwrap();
    check(&[2, 3, 4, 5, 6], |found| found.request.place.unwrap(), read).await;
    let expected: Vec<_> = people[..5].iter().rev().map(|user| user.id).collect();
    assert_eq!(db.waiting(&circle).await, expected);
}

async fn links_come_in_pages(db: Database) {
    let amina = db.user("amina").await;
    let (circle, other) = (db.group("circle", &amina).await, db.group("other", &amina).await);
    let read = async |page| db.store.read().links(circle.id, page).await;
    check(&[], |link| link.id, read).await;
    let mut ids = Vec::new();
    for _ in 0..6 {
        db.store.submit(db.link(&other, &amina, None)).await.unwrap();
        ids.push(db.store.submit(db.link(&circle, &amina, None)).await.unwrap().0.id);
    }
    check(&ids, |link| link.id, read).await;
}

async fn events_and_histories_come_in_pages(db: Database) {
    let amina = db.user("amina").await;
    let mut streams = vec![Stream::Installation];
    for n in 0..5 {
        streams.push(Stream::Group(db.group(&format!("group{n}"), &amina).await.id));
    }
    check(&streams, |stream| *stream, async |page| db.store.read().streams(page).await).await;
    for name in ["bilal", "carim"] {
        db.user(name).await;
    }
    let read = async |page| db.store.read().events(Stream::Installation, page).await;
    // An account and its address each.
    check(&[1, 2, 3, 4, 5, 6], |event| event.seq, read).await;
}
