//! Owners: a group is handed over by two decisions, and never left without one.

use futures_util::future::join;
use guestlist_core::Refusal;
use guestlist_core::command::{
    AcceptOwnership, AssignRole, DeleteGroup, DisableUser, OfferOwnership, RemoveMember, TakeRole, WithdrawOwnership,
};
use guestlist_core::explain::{Explanation, Fact, Remedy};
use guestlist_core::group::{Group, GroupRef, OwnershipOffer};
use guestlist_core::history::EventKind;
use guestlist_core::member::{Role, RoleSet};
use guestlist_core::permission::Permission;
use guestlist_core::settings::OFFER_LIFETIME;
use guestlist_core::user::{User, UserRef};
use guestlist_store::Rejection;

use crate::database::{Database, leave, new_group, refusal};

on_every_engine! {
    a_group_is_handed_over_to_a_member_who_accepts,
    an_offer_ends_by_itself_or_is_taken_back,
    the_last_owner_can_neither_go_nor_be_sent_away,
    who_is_switched_off_owns_nothing_any_more,
    nobody_becomes_an_owner_on_one_node_while_another_switches_them_off,
}

fn offer(by: &User, group: &Group, to: &User) -> OfferOwnership {
    OfferOwnership { by: by.id, group: GroupRef::Id(group.id), to: UserRef::Id(to.id) }
}

fn accept(by: &User, group: &Group) -> AcceptOwnership {
    AcceptOwnership { by: by.id, group: GroupRef::Id(group.id) }
}

async fn roles(db: &Database, group: &Group, user: &User) -> RoleSet {
    db.view(group, user).await.membership.unwrap().roles
}

async fn a_group_is_handed_over_to_a_member_who_accepts(db: Database) {
    let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
    let circle = db.group("circle", &amina).await;
    assert_eq!(refusal(db.store.submit(offer(&amina, &circle, &bilal)).await), Refusal::MemberNotFound);
    db.admit(&circle, &amina, &[&bilal]).await;
    db.clock.advance_millis(1000);
    let made = db.store.submit(offer(&amina, &circle, &bilal)).await.unwrap().0;
    let expires_at = db.now() + OFFER_LIFETIME;
    assert_eq!(made, OwnershipOffer { from: amina.id, to: bilal.id, offered_at: db.now(), expires_at });

    let db = db.reopen();
    assert_eq!(db.view(&circle, &bilal).await.group.offer, Some(made));
    assert_eq!(roles(&db, &circle, &bilal).await, RoleSet::NONE, "an offer alone changes nothing");
    assert_eq!(refusal(db.store.submit(accept(&amina, &circle)).await), Refusal::OfferNotFound);
    assert_eq!(db.store.submit(accept(&bilal, &circle)).await.unwrap().from, amina.id);
    let db = db.reopen();
    assert_eq!(roles(&db, &circle, &amina).await, RoleSet::NONE);
    assert_eq!(roles(&db, &circle, &bilal).await, RoleSet::of(&[Role::Owner]));
    let group = db.view(&circle, &bilal).await.group;
    assert_eq!((group.offer, group.tally.owners, group.creator), (None, 1, amina.id));
    assert_eq!(refusal(db.store.submit(accept(&bilal, &circle)).await), Refusal::OfferNotFound);
    // From now on the other has the say.
    let back = offer(&amina, &circle, &bilal);
    assert_eq!(refusal(db.store.submit(back).await), Refusal::NotAllowed(Permission::SetOwner));
    db.store.submit(leave(&amina, &circle)).await.unwrap();
    let kinds: Vec<_> = db.history(&circle).await.into_iter().map(|event| event.kind).collect();
    assert_eq!(
        kinds[3..],
        [
            EventKind::OwnershipOffered,
            EventKind::MemberChanged,
            EventKind::MemberChanged,
            EventKind::OwnershipSettled,
            EventKind::MemberLeft,
        ]
    );
    assert_eq!(db.findings().await, []);
}

async fn an_offer_ends_by_itself_or_is_taken_back(db: Database) {
    let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
    let circle = db.group("circle", &amina).await;
    db.admit(&circle, &amina, &[&bilal]).await;
    let withdraw = |by: &User| WithdrawOwnership { by: by.id, group: GroupRef::Id(circle.id) };
    for by in [&amina, &bilal] {
        db.store.submit(offer(&amina, &circle, &bilal)).await.unwrap();
        db.store.submit(withdraw(by)).await.unwrap();
        assert_eq!(db.view(&circle, &bilal).await.group.offer, None);
        assert_eq!(refusal(db.store.submit(accept(&bilal, &circle)).await), Refusal::OfferNotFound);
    }
    db.store.submit(offer(&amina, &circle, &bilal)).await.unwrap();
    let db = db.reopen();
    db.clock.advance_millis(OFFER_LIFETIME.as_millis());
    assert_eq!(refusal(db.store.submit(accept(&bilal, &circle)).await), Refusal::OfferNotFound);
    // A new one takes its place.
    db.store.submit(offer(&amina, &circle, &bilal)).await.unwrap();
    db.clock.advance_millis(OFFER_LIFETIME.as_millis() - 1);
    db.store.submit(accept(&bilal, &circle)).await.unwrap();
    assert_eq!(roles(&db, &circle, &bilal).await, RoleSet::of(&[Role::Owner]));
}

async fn the_last_owner_can_neither_go_nor_be_sent_away(db: Database) {
    let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
    let circle = db.group("circle", &amina).await;
    db.admit(&circle, &amina, &[&bilal]).await;
    let (group, user) = (GroupRef::Id(circle.id), UserRef::Id(amina.id));
    let before = db.checksums().await;
    assert_eq!(refusal(db.store.submit(leave(&amina, &circle)).await), Refusal::LastOwner);
    let take = TakeRole { by: amina.id, group: group.clone(), user: user.clone(), role: Role::Owner };
    assert_eq!(refusal(db.store.submit(take).await), Refusal::LastOwner);
    let remove = RemoveMember { by: amina.id, group: group.clone(), user: user.clone(), spares_owners: false };
    assert_eq!(refusal(db.store.submit(remove).await), Refusal::LastOwner);
    // Nor be switched off: the operator learns of which groups.
    let another = db.store.rehearse(DisableUser { by: None, user: user.clone() }).await;
    let Err(Rejection::Refused(Refusal::LastOwner, why)) = another else { panic!("{another:?}") };
    let fact = Some(Fact::LastOwnerOf(vec![circle.id]));
    let remedy = Remedy::Roles(RoleSet::of(&[Role::Owner]));
    assert_eq!(*why, Explanation { refusal: Refusal::LastOwner, fact, remedy });
    assert_eq!(db.checksums().await, before);

    // With a second owner, one of two who go at the same time stays.
    let assign = AssignRole { by: amina.id, group, user: UserRef::Id(bilal.id), role: Role::Owner };
    db.store.submit(assign).await.unwrap();
    let other = db.another();
    let (one, two) = tokio::join!(db.store.submit(leave(&amina, &circle)), other.submit(leave(&bilal, &circle)));
    assert!(one.is_ok() != two.is_ok(), "{one:?}, {two:?}");
    assert_eq!(db.view(&circle, &amina).await.group.tally.owners, 1);
    assert_eq!(db.findings().await, []);
}

async fn who_is_switched_off_owns_nothing_any_more(db: Database) {
    let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
    let (shared, deleted) = (db.group("shared", &amina).await, db.group("deleted", &amina).await);
    db.admit(&shared, &amina, &[&bilal]).await;
    let group = GroupRef::Id(shared.id);
    let assign = AssignRole { by: amina.id, group, user: UserRef::Id(bilal.id), role: Role::Owner };
    db.store.submit(assign).await.unwrap();
    // A deleted group does not hold its last owner.
    db.store.submit(DeleteGroup { by: amina.id, group: GroupRef::Id(deleted.id), frees_slug: false }).await.unwrap();
    db.store.submit(DisableUser { by: None, user: UserRef::Id(amina.id) }).await.unwrap();
    let db = db.reopen();
    assert_eq!(roles(&db, &shared, &amina).await, RoleSet::NONE);
    assert_eq!(db.view(&shared, &bilal).await.group.tally.owners, 1);
    assert_eq!(
        refusal(db.store.submit(DisableUser { by: None, user: UserRef::Id(bilal.id) }).await),
        Refusal::LastOwner
    );
    assert_eq!(db.findings().await, []);
}

async fn nobody_becomes_an_owner_on_one_node_while_another_switches_them_off(db: Database) {
    let other = db.another();
    let people = db.people(40).await;
    for (n, user) in people.iter().enumerate() {
        let found = db.store.submit(new_group(&format!("g{n}"), user));
        let (found, switched_off) =
            join(found, other.submit(DisableUser { by: None, user: UserRef::Id(user.id) })).await;
        match (found, switched_off) {
            (Ok(_), off) => assert_eq!(refusal(off), Refusal::LastOwner),
            (found, Ok(_)) => assert_eq!(refusal(found), Refusal::CallerDisabled),
            (found, off) => panic!("{found:?}, {off:?}"),
        }
    }
    assert_eq!(db.findings().await, []);
}
