//! Groups: every part of one is stored, found by every name, and no two share one.

use guestlist_core::Refusal;
use guestlist_core::chat::ChatSettings;
use guestlist_core::command::{CreateGroup, DisableUser, Leave};
use guestlist_core::group::{Group, GroupKind, GroupRef, Tally};
use guestlist_core::ids::{GroupId, MAX_CHOSEN, Uid};
use guestlist_core::member::{Membership, Role, RoleSet};
use guestlist_core::names::DisplayName;
use guestlist_core::user::{User, UserRef};
use guestlist_store::GroupView;
use guestlist_store::page::PageRequest;

use crate::database::{Database, description, new_group, refusal, slug, username};

on_every_engine! {
    a_group_is_found_by_every_name_and_survives_a_restart,
    a_uid_goes_before_a_slug_of_the_same_spelling,
    a_viewer_sees_their_own_membership,
    no_two_groups_share_a_name,
    group_numbers_are_given_in_sequence_and_follow_chosen_ones,
    the_groups_of_a_user_come_by_name_then_number,
}

async fn by(db: &Database, which: GroupRef, viewer: &User) -> Option<GroupView> {
    db.store.read().group(which, Some(viewer.id)).await.unwrap()
}

fn loosely(text: &str) -> GroupRef {
    GroupRef::UidOrSlug(text.to_owned())
}

async fn a_group_is_found_by_every_name_and_survives_a_restart(db: Database) {
    let amina = db.user("amina").await;
    db.clock.advance_millis(1234);
    let ask = CreateGroup {
        is_public: true,
        chat: ChatSettings::default(),
        members: vec![],
        is_without_owner: false,
        owner: UserRef::Username(username("Amina")),
        ..new_group("circle", &amina)
    };
    let made = db.store.submit(ask).await.unwrap().0;
    let expected = Group {
        chat: ChatSettings::default(),
        language: None,
        id: GroupId::new(1).unwrap(),
        uid: Uid::parse("uid-circle").unwrap(),
        slug: slug("circle"),
        name: DisplayName::parse("The circle").unwrap(),
        description: description("All about circle"),
        kind: GroupKind::Group,
        is_public: true,
        is_verified: false,
        country: None,
        takes_requests: false,
        is_token_enough: false,
        members_max: None,
        archived_at: None,
        deleted_at: None,
        offer: None,
        creator: amina.id,
        created_at: db.now(),
        tally: Tally { members: 1, owners: 1, ..Tally::new(db.now()) },
    };
    assert_eq!(made, expected);
    let membership = Membership::new(made.id, amina.id, RoleSet::of(&[Role::Owner]), db.now());
    let view = GroupView { group: made.clone(), creator: amina.clone(), membership: Some(membership) };

    let db = db.reopen();
    for which in [
        GroupRef::Id(made.id),
        GroupRef::Uid(made.uid.clone()),
        GroupRef::Slug(made.slug.clone()),
        loosely("uid-circle"),
        loosely("circle"),
    ] {
        assert_eq!(by(&db, which.clone(), &amina).await.as_ref(), Some(&view), "{which:?}");
    }
    // Slugs compare with case, and no text finds a group that it does not name.
    for which in [
        GroupRef::Slug(slug("Circle")),
        GroupRef::Id(GroupId::new(2).unwrap()),
        loosely(""),
        loosely("%"),
        loosely("circle\0"),
        loosely("' OR 1=1 --"),
    ] {
        assert_eq!(by(&db, which.clone(), &amina).await, None, "{which:?}");
        assert_eq!(refusal(db.store.submit(Leave { by: amina.id, group: which }).await), Refusal::GroupNotFound,);
    }
    let page = db.store.read().groups(PageRequest { after: None, limit: 9 }).await.unwrap();
    assert_eq!((page.items, page.next), (vec![made], None));
    assert_eq!(db.store.read().groups_of(amina.id).await.unwrap(), [view]);
}

async fn a_uid_goes_before_a_slug_of_the_same_spelling(db: Database) {
    let amina = db.user("amina").await;
    let by_slug = db.store.submit(CreateGroup { slug: slug("same"), ..new_group("a", &amina) }).await.unwrap().0;
    assert_eq!(by(&db, loosely("same"), &amina).await.unwrap().group, by_slug);
    let uid = Uid::parse("same").unwrap();
    let by_uid = db.store.submit(CreateGroup { uid, ..new_group("b", &amina) }).await.unwrap().0;
    assert_eq!(by(&db, loosely("same"), &amina).await.unwrap().group, by_uid);
    // The rules look groups up in the same way.
    let bilal = db.user("bilal").await;
    db.admit(&by_slug, &amina, &[&bilal]).await;
    let leave = |group: &str| Leave { by: bilal.id, group: loosely(group) };
    assert_eq!(refusal(db.store.submit(leave("same")).await), Refusal::MemberNotFound);
    db.store.submit(leave("uid-a")).await.unwrap();
}

async fn a_viewer_sees_their_own_membership(db: Database) {
    let (amina, bilal, carim) = (db.user("amina").await, db.user("bilal").await, db.user("carim").await);
    let circle = db.group("circle", &amina).await;
    db.admit(&circle, &amina, &[&bilal]).await;
    let roles = async |user: &User| db.view(&circle, user).await.membership.map(|membership| membership.roles);
    assert_eq!(roles(&amina).await, Some(RoleSet::of(&[Role::Owner])));
    assert_eq!(roles(&bilal).await, Some(RoleSet::NONE));
    assert_eq!(roles(&carim).await, None);
    assert_eq!(db.view(&circle, &carim).await.creator, amina);
    assert_eq!(db.store.read().groups_of(carim.id).await.unwrap(), []);
}

async fn no_two_groups_share_a_name(db: Database) {
    let amina = db.user("amina").await;
    let circle = db.group("circle", &amina).await;
    let db = db.reopen();
    for (ask, expected) in [
        (CreateGroup { id: Some(circle.id), ..new_group("x", &amina) }, Refusal::IdTaken),
        (CreateGroup { uid: circle.uid.clone(), ..new_group("x", &amina) }, Refusal::UidTaken),
        (CreateGroup { slug: circle.slug.clone(), ..new_group("x", &amina) }, Refusal::SlugTaken),
    ] {
        assert_eq!(refusal(db.store.submit(ask).await), expected);
    }
    let page = db.store.read().groups(PageRequest { after: None, limit: 9 }).await.unwrap();
    assert_eq!(page.items, [circle]);
    assert_eq!(db.store.read().groups_of(amina.id).await.unwrap().len(), 1);

    let bilal = db.user("bilal").await;
    db.store.submit(DisableUser { by: None, user: UserRef::Id(bilal.id) }).await.unwrap();
    assert_eq!(refusal(db.store.submit(new_group("y", &bilal)).await), Refusal::CallerDisabled);
}

async fn group_numbers_are_given_in_sequence_and_follow_chosen_ones(db: Database) {
    let amina = db.user("amina").await;
    let choose = |n: i64| CreateGroup { id: GroupId::new(n), ..new_group(&format!("chosen{n}"), &amina) };
    assert_eq!(db.group("a", &amina).await.id.get(), 1);
    db.store.submit(choose(1234)).await.unwrap();
    let db = db.reopen();
    assert_eq!(db.group("b", &amina).await.id.get(), 1235);
    db.store.submit(choose(10)).await.unwrap();
    let db = db.reopen();
    assert_eq!(db.group("c", &amina).await.id.get(), 1236);
    assert_eq!(refusal(db.store.submit(choose(MAX_CHOSEN + 1)).await), Refusal::IdOutOfRange);
    db.store.submit(choose(MAX_CHOSEN)).await.unwrap();
    assert_eq!(db.group("d", &amina).await.id.get(), MAX_CHOSEN + 1);
    // Users have numbers of their own.
    assert_eq!(db.user("bilal").await.id.get(), 2);
}

async fn the_groups_of_a_user_come_by_name_then_number(db: Database) {
    let amina = db.user("amina").await;
    let names = ["beta", "Alpha", "beta", "alpha", "Gamma"];
    for (n, name) in names.iter().enumerate() {
        let name = DisplayName::parse(name).unwrap();
        db.store.submit(CreateGroup { name, ..new_group(&format!("g{n}"), &amina) }).await.unwrap();
    }
    let groups = db.store.read().groups_of(amina.id).await.unwrap();
    let ids: Vec<_> = groups.iter().map(|view| view.group.id.get()).collect();
    assert_eq!(ids, [2, 4, 1, 3, 5]);
}
