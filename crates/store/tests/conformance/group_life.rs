//! The end of a group, and its return: archived, deleted, restored, and forgotten.

use guestlist_core::Refusal;
use guestlist_core::chat::ChatSettings;
use guestlist_core::command::{
    Accept, ArchiveGroup, ChatPatch, CreateGroup, DeleteGroup, GroupPatch, PurgeGroup, RefuseInvitations, RestoreGroup,
    UnarchiveGroup, UpdateGroup,
};
use guestlist_core::group::{Group, GroupRef};
use guestlist_core::history::{EventKind, Stream, Thing};
use guestlist_core::invitation::InvitationRef;
use guestlist_core::link::Link;
use guestlist_core::names::{Country, DisplayName};
use guestlist_core::opt_out::InvitationsFrom;
use guestlist_core::outcome::Standing;
use guestlist_core::settings::GRACE;
use guestlist_core::user::{User, UserRef};
use guestlist_store::Swept;

use crate::database::{Database, description, email, join, leave, new_group, refusal, slug, use_link, whole};

on_every_engine! {
    every_setting_of_a_group_is_changed_and_survives_a_restart,
    a_deleted_group_exists_for_nobody_until_it_is_restored_whole,
    a_sweep_forgets_a_deleted_group_with_everything_in_it,
    nobody_comes_into_an_archived_group_and_who_waits_goes_on_waiting,
}

fn delete(by: &User, group: &Group) -> DeleteGroup {
    DeleteGroup { by: by.id, group: GroupRef::Id(group.id), frees_slug: false }
}

fn restore(by: &User, group: &Group) -> RestoreGroup {
    RestoreGroup { by: by.id, group: GroupRef::Id(group.id) }
}

async fn every_setting_of_a_group_is_changed_and_survives_a_restart(db: Database) {
    let amina = db.user("amina").await;
    let circle = db.group("circle", &amina).await;
    db.clock.advance_millis(1000);
    let patch = GroupPatch {
        language: None,
        country: Some(Country::parse("Türkiye").ok()),
        slug: Some(slug("choir")),
        name: Some(DisplayName::parse("The choir").unwrap()),
        description: Some(description("All about singing,\nand more")),
        is_public: Some(true),
        takes_requests: Some(true),
        is_token_enough: Some(true),
        members_max: Some(Some(12)),
        chat: ChatPatch {
            topic: Some(description("scales")),
            announcement: Some(description("")),
            is_read_only: Some(true),
            custom_fields: Some(Some(serde_json::from_str(r#"{"a":[1,null]}"#).unwrap())),
        },
    };
    let changed = db.update(&circle, &amina, patch.clone()).await;
    let db = db.reopen();
    let found = db.view(&circle, &amina).await.group;
    let expected = Group {
        slug: patch.slug.unwrap(),
        country: patch.country.unwrap(),
        name: patch.name.unwrap(),
        description: patch.description.unwrap(),
        is_public: true,
        takes_requests: true,
        is_token_enough: true,
        members_max: Some(12),
        chat: ChatSettings {
            topic: patch.chat.topic,
            announcement: patch.chat.announcement,
            is_read_only: true,
            is_broadcast: false,
            custom_fields: patch.chat.custom_fields.unwrap(),
        },
        tally: found.tally,
        ..circle.clone()
    };
    assert_eq!(found, expected);
    assert_eq!((found.tally.updated_at, Group { tally: found.tally, ..changed }), (db.now(), expected));
    // The old name is free, and the next one to take it is another group.
    let next = db.store.submit(CreateGroup { slug: slug("circle"), ..new_group("next", &amina) }).await.unwrap().0;
    let patch = GroupPatch { slug: Some(slug("choir")), ..GroupPatch::default() };
    let ask = UpdateGroup { by: amina.id, group: GroupRef::Id(next.id), patch };
    assert_eq!(refusal(db.store.submit(ask).await), Refusal::SlugTaken);
    assert_eq!(db.findings().await, []);
}

/// A public group with two members, an invitation that can be held by a secret, a link, and somebody who waits.
async fn busy_group(db: &Database) -> (Vec<User>, Group, InvitationRef, Link) {
    let people = db.people(3).await;
    let circle = db.public_group("circle", &people[0], 3).await;
    let id = db.offer_one(&circle, &people[0], UserRef::Email(email("guest@example.org"))).await;
    let secret = InvitationRef::Token(db.mail(id).await);
    let link = db.store.submit(db.link(&circle, &people[0], None)).await.unwrap().0;
    db.store.submit(join(&people[1], &circle)).await.unwrap();
    let two = GroupPatch { members_max: Some(Some(2)), ..GroupPatch::default() };
    db.update(&circle, &people[0], two).await;
    assert_eq!(db.store.submit(use_link(&people[2], &link)).await.unwrap().standing, Standing::Waiting);
    (people, db.view(&circle, &db.user("looker").await).await.group, secret, link)
}

async fn a_deleted_group_exists_for_nobody_until_it_is_restored_whole(db: Database) {
    let (people, circle, secret, link) = busy_group(&db).await;
    let guest = db.user("guest").await;
    let owner = &people[0];
    let shown = db.invitations_for(&guest).await;
    assert_eq!(shown.len(), 1);
    db.clock.advance_millis(1000);
    let deleted = db.store.submit(delete(owner, &circle)).await.unwrap().0;
    assert_eq!(deleted.deleted_at, Some(db.now()));

    let db = db.reopen();
    let read = db.store.read();
    let names = [
        GroupRef::Id(circle.id),
        GroupRef::Uid(circle.uid.clone()),
        GroupRef::Slug(circle.slug.clone()),
        GroupRef::UidOrSlug(circle.slug.to_string()),
    ];
    for which in names {
        assert_eq!(read.group(which.clone(), Some(owner.id)).await.unwrap(), None, "{which:?}");
    }
    assert_eq!(read.groups(whole()).await.unwrap().items, []);
    assert_eq!(read.groups_of(owner.id).await.unwrap(), []);
    assert_eq!(db.invitations_for(&guest).await, []);
    assert_eq!(db.open_invitations(&circle).await, []);
    for which in [InvitationRef::Id(shown[0].invitation.id), secret] {
        assert_eq!(read.invitation(which).await.unwrap(), None);
        let accept = Accept { by: Some(guest.id), invitation: which, is_secret_enough: false };
        assert_eq!(refusal(db.store.submit(accept).await), Refusal::InvitationNotFound);
    }
    assert_eq!(refusal(db.store.submit(use_link(&guest, &link)).await), Refusal::LinkNotFound);
    assert_eq!(refusal(db.store.submit(join(&guest, &circle)).await), Refusal::GroupNotFound);
    assert_eq!(refusal(db.store.submit(delete(owner, &circle)).await), Refusal::GroupNotFound);
    // Its name is its own meanwhile.
    assert_eq!(refusal(db.store.submit(new_group("circle", owner)).await), Refusal::UidTaken);
    let same = CreateGroup { slug: circle.slug.clone(), ..new_group("other", owner) };
    assert_eq!(refusal(db.store.submit(same).await), Refusal::SlugTaken);

    // At the last moment.
    db.clock.advance_millis(GRACE.as_millis() - 1);
    db.store.submit(restore(owner, &circle)).await.unwrap();
    let db = db.reopen();
    let found = db.view(&circle, owner).await.group;
    assert_eq!(Group { tally: circle.tally, ..found }, circle);
    assert_eq!(db.members(&circle).await, [people[0].id, people[1].id]);
    assert_eq!(db.waiting(&circle).await, [people[2].id]);
    assert_eq!(db.links(&circle).await, [Link { uses: 1, ..link }]);
    assert_eq!(db.findings().await, []);
}

async fn a_sweep_forgets_a_deleted_group_with_everything_in_it(db: Database) {
    let (people, circle, secret, link) = busy_group(&db).await;
    let owner = &people[0];
    let kept = db.group("kept", owner).await;
    let refuse = RefuseInvitations { by: None, invitation: Some(secret), from: InvitationsFrom::Group(circle.id) };
    db.store.submit(refuse).await.unwrap();
    db.store.submit(delete(owner, &circle)).await.unwrap();
    db.clock.advance_millis(GRACE.as_millis() - 1);
    let purge = PurgeGroup { group: circle.id };
    assert_eq!(refusal(db.store.submit(purge).await), Refusal::NotPurgeable);
    assert_eq!(db.store.sweep(db.now()).await.unwrap(), Swept::default());
    db.clock.advance_millis(1);
    assert_eq!(refusal(db.store.submit(restore(owner, &circle)).await), Refusal::NotRestorable);
    assert_eq!(db.store.sweep(db.now()).await.unwrap(), Swept { reminded: 0, invitations: 0, groups: 1 });
    assert_eq!(db.store.sweep(db.now()).await.unwrap(), Swept::default());

    // Nothing of it is left in any table, and nothing else is gone.
    let db = db.reopen();
    let report = db.checksums().await;
    let left = |table| report.iter().find(|copied| copied.table == table).unwrap().rows;
    for table in ["invitations", "invitation_tokens", "links", "join_requests"] {
        assert_eq!(left(table), 0, "{table}");
    }
    assert_eq!((left("groups"), left("memberships"), left("heads")), (1, 1, 2));
    assert_eq!(db.history(&circle).await, []);
    assert_eq!(db.store.read().streams(whole()).await.unwrap().items, [Stream::Installation, Stream::Group(kept.id)]);
    let last = db.store.read().events(Stream::Installation, whole()).await.unwrap().items.pop().unwrap();
    assert_eq!((last.kind, last.thing, last.actor), (EventKind::GroupPurged, Thing::Group(circle.id), None));
    assert_eq!(refusal(db.store.submit(restore(owner, &circle)).await), Refusal::GroupNotFound);
    assert_eq!(refusal(db.store.submit(use_link(owner, &link)).await), Refusal::LinkNotFound);
    // Its names are free, its number is not given again.
    let next = db.group("circle", owner).await;
    assert!(next.id > kept.id);
    assert_eq!(db.findings().await, []);
}

async fn nobody_comes_into_an_archived_group_and_who_waits_goes_on_waiting(db: Database) {
    let (people, circle, _, link) = busy_group(&db).await;
    let dina = db.user("dina").await;
    let (by, group) = (people[0].id, GroupRef::Id(circle.id));
    db.clock.advance_millis(1000);
    let archived = db.store.submit(ArchiveGroup { by, group: group.clone() }).await.unwrap().0;
    assert_eq!(archived.archived_at, Some(db.now()));
    let db = db.reopen();
    assert_eq!(refusal(db.store.submit(use_link(&dina, &link)).await), Refusal::GroupArchived);
    assert_eq!(refusal(db.store.submit(join(&dina, &circle)).await), Refusal::GroupArchived);
    // Everybody may go.
    db.store.submit(leave(&people[1], &circle)).await.unwrap();
    assert_eq!((db.members(&circle).await, db.waiting(&circle).await), (vec![people[0].id], vec![people[2].id]));
    db.store.submit(UnarchiveGroup { by, group }).await.unwrap();
    let db = db.reopen();
    assert_eq!(db.view(&circle, &dina).await.group.archived_at, None);
    assert_eq!((db.members(&circle).await, db.waiting(&circle).await), (vec![people[0].id, people[2].id], vec![]));
    assert_eq!(db.findings().await, []);
}
