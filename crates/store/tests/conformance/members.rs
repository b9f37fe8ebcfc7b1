//! Memberships: who is in, with which roles, and the counts that a group keeps of them.

use futures_util::future::join_all;
use guestlist_core::Refusal;
use guestlist_core::command::{AddUser, Admission, AssignRole, DisableUser, Leave, RemoveMember, TakeRole};
use guestlist_core::group::{Group, GroupRef};
use guestlist_core::member::{Membership, Role, RoleSet};
use guestlist_core::outcome::{InviteRow, MemberRemoved};
use guestlist_core::user::{User, UserRef};
use guestlist_store::Member;
use guestlist_store::page::PageRequest;

use crate::database::{Database, account, refusal, username};

on_every_engine! {
    members_and_their_roles_survive_a_restart,
    a_role_comes_and_goes,
    who_is_removed_or_leaves_is_gone,
    who_leaves_and_is_admitted_again_at_once_is_a_member_since_now,
    usernames_come_in_alphabetical_order_and_no_more_than_asked_for,
    a_bulk_of_targets_by_every_name_gets_a_row_each,
}

async fn members(db: &Database, group: &Group) -> Vec<Member> {
    db.store.read().members(group.id, PageRequest { after: None, limit: 1000 }).await.unwrap().items
}

async fn counts(db: &Database, group: &Group, viewer: &User) -> (i64, i64, i64) {
    let group = db.view(group, viewer).await.group;
    (group.tally.members, group.tally.owners, group.tally.notices)
}

fn assign(group: &Group, by: &User, user: &User, role: Role) -> AssignRole {
    AssignRole { by: by.id, group: GroupRef::Id(group.id), user: UserRef::Id(user.id), role }
}

fn remove(group: &Group, by: &User, user: &User) -> RemoveMember {
    RemoveMember { by: by.id, group: GroupRef::Id(group.id), user: UserRef::Id(user.id), spares_owners: false }
}

async fn members_and_their_roles_survive_a_restart(db: Database) {
    let (amina, bilal, carim) = (db.user("amina").await, db.user("bilal").await, db.user("carim").await);
    let circle = db.group("circle", &amina).await;
    let founded_at = db.now();
    db.clock.advance_millis(1000);
    assert_eq!(db.admit(&circle, &amina, &[&carim, &bilal]).await, [InviteRow::Added, InviteRow::Added]);
    let joined_at = db.now();
    db.clock.advance_millis(1000);
    db.store.submit(assign(&circle, &amina, &bilal, Role::Moderator)).await.unwrap();
    db.store.submit(assign(&circle, &amina, &bilal, Role::Leader)).await.unwrap();

    let db = db.reopen();
    let member = |user: &User, roles: &[Role], joined_at| Member {
        user: user.clone(),
        membership: Membership::new(circle.id, user.id, RoleSet::of(roles), joined_at),
    };
    let expected = [
        member(&amina, &[Role::Owner], founded_at),
        member(&bilal, &[Role::Moderator, Role::Leader], joined_at),
        member(&carim, &[], joined_at),
    ];
    assert_eq!(members(&db, &circle).await, expected);
    assert_eq!(counts(&db, &circle, &amina).await, (3, 1, 4));
    assert_eq!(db.view(&circle, &amina).await.group.tally.updated_at, db.now());
}

async fn a_role_comes_and_goes(db: Database) {
    let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
    let circle = db.group("circle", &amina).await;
    db.admit(&circle, &amina, &[&bilal]).await;
    let take = |user: &User, role| TakeRole {
        by: amina.id,
        group: GroupRef::Uid(circle.uid.clone()),
        user: UserRef::Uid(user.uid.clone()),
        role,
    };
    for role in Role::ALL {
        assert!(db.store.submit(assign(&circle, &amina, &bilal, role)).await.unwrap().has_changed);
        assert!(!db.store.submit(assign(&circle, &amina, &bilal, role)).await.unwrap().has_changed);
    }
    assert_eq!(members(&db, &circle).await[1].membership.roles, RoleSet::of(&Role::ALL));
    assert_eq!(counts(&db, &circle, &amina).await, (2, 2, 4));
    let db = db.reopen();
    for role in Role::ALL {
        assert!(db.store.submit(take(&bilal, role)).await.unwrap().has_changed);
        assert!(!db.store.submit(take(&bilal, role)).await.unwrap().has_changed);
    }
    assert_eq!(members(&db, &circle).await[1].membership.roles, RoleSet::NONE);
    assert_eq!(refusal(db.store.submit(take(&amina, Role::Owner)).await), Refusal::LastOwner);
    assert_eq!(counts(&db, &circle, &amina).await, (2, 1, 7));
}

async fn who_is_removed_or_leaves_is_gone(db: Database) {
    let (amina, bilal, carim) = (db.user("amina").await, db.user("bilal").await, db.user("carim").await);
    let circle = db.group("circle", &amina).await;
    let other = db.group("other", &amina).await;
    db.admit(&circle, &amina, &[&bilal, &carim]).await;
    db.admit(&other, &amina, &[&bilal, &carim]).await;
    assert_eq!(db.store.submit(remove(&circle, &amina, &bilal)).await.unwrap(), MemberRemoved::Member);
    let leave = |user: &User| Leave { by: user.id, group: GroupRef::Id(circle.id) };
    db.store.submit(leave(&carim)).await.unwrap();

    let db = db.reopen();
    assert_eq!(members(&db, &circle).await.len(), 1);
    assert_eq!(members(&db, &other).await.len(), 3, "only the one group is left");
    assert_eq!(refusal(db.store.submit(remove(&circle, &amina, &bilal)).await), Refusal::MemberNotFound);
    assert_eq!(refusal(db.store.submit(leave(&carim)).await), Refusal::MemberNotFound);
    assert_eq!(refusal(db.store.submit(leave(&amina)).await), Refusal::LastOwner);
    assert_eq!(counts(&db, &circle, &amina).await, (1, 1, 4));
}

async fn who_leaves_and_is_admitted_again_at_once_is_a_member_since_now(db: Database) {
    let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
    let circle = db.group("circle", &amina).await;
    db.admit(&circle, &amina, &[&bilal]).await;
    db.clock.advance_millis(60_000);
    // Queued together and, but for the first, carried out together.
    let leave = || async { db.store.submit(Leave { by: bilal.id, group: GroupRef::Id(circle.id) }).await.is_ok() };
    let join = || async { db.admit(&circle, &amina, &[&bilal]).await == [InviteRow::Added] };
    let all = tokio::join!(biased; leave(), join(), leave(), join(), leave(), join());
    assert_eq!(all, (true, true, true, true, true, true));
    let db = db.reopen();
    let membership = members(&db, &circle).await[1].membership.clone();
    assert_eq!((membership.user, membership.joined_at), (bilal.id, db.now()));
    assert_eq!(counts(&db, &circle, &amina).await, (2, 1, 7));
}

async fn usernames_come_in_alphabetical_order_and_no_more_than_asked_for(db: Database) {
    let owner = db.user("Zara").await;
    let circle = db.group("circle", &owner).await;
    let nameless = db.store.submit(AddUser { username: None, ..account("nameless") }).await.unwrap().0;
    let (bilal, amina, carim) = (db.user("bilal").await, db.user("Amina").await, db.user("carim").await);
    db.admit(&circle, &owner, &[&nameless, &bilal, &amina, &carim]).await;
    db.store.submit(DisableUser { by: None, user: UserRef::Id(carim.id) }).await.unwrap();
    let usernames = async |limit| db.store.read().usernames(circle.id, limit).await.unwrap();
    assert_eq!(usernames(10).await, ["Amina", "bilal", "carim", nameless.uid.as_str(), "Zara"]);
    assert_eq!(usernames(4).await, ["Amina", "bilal", "carim", nameless.uid.as_str()]);
    assert_eq!(usernames(2).await, ["Amina", "bilal"]);
    // Switched off is not gone.
    assert_eq!(members(&db, &circle).await.len(), 5);
}

async fn a_bulk_of_targets_by_every_name_gets_a_row_each(db: Database) {
    let owner = db.user("owner").await;
    let circle = db.group("circle", &owner).await;
    let names: Vec<String> = (0..400).map(|n| format!("person{n}")).collect();
    join_all(names.iter().map(|name| db.user(name))).await;
    let whom: Vec<UserRef> = names
        .iter()
        .enumerate()
        .map(|(n, name)| {
            let ask = account(name);
            match n % 4 {
                0 => UserRef::Uid(ask.uid),
                1 => UserRef::Subject(ask.subject),
                2 => UserRef::Username(username(&name.to_uppercase())),
                _ => UserRef::Email(ask.email.unwrap()),
            }
        })
        .chain([UserRef::Username(username("nobody")), UserRef::Id(owner.id)])
        .collect();
    let rows = db.store.submit(db.invite(&circle, &owner, &whom, Admission::Direct)).await.unwrap().rows;
    assert_eq!(rows[..400], [InviteRow::Added; 400]);
    assert_eq!(rows[400..], [InviteRow::Refused(Refusal::UserNotFound), InviteRow::AlreadyMember]);
    assert_eq!(members(&db, &circle).await.len(), 401);
    assert_eq!(counts(&db, &circle, &owner).await, (401, 1, 400));
}
