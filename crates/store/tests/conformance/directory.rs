//! Rooms and people by numbered pages, as Quran Foundation's clients ask.

use std::collections::{BTreeSet, HashMap};

use guestlist_core::command::{AddUser, ArchiveGroup, AssignRole, CreateLink, Expiry, GroupPatch, RevokeLink};
use guestlist_core::group::{Group, GroupKind, GroupRef};
use guestlist_core::member::{Role, RoleSet};
use guestlist_core::names::DisplayName;
use guestlist_core::policy::ADMINS;
use guestlist_core::user::{User, UserRef};
use guestlist_store::directory::{Among, DirectoryOrder, DirectorySearch, Stretch};

use crate::database::{Database, account, description, leave};

on_every_engine! {
    ones_own_groups_are_found_by_name_in_every_order,
    only_what_is_public_and_in_use_is_found_by_everybody,
    a_description_is_searched_in_any_script_without_case,
    the_head_of_a_group_is_who_has_owned_it_for_the_longest_time,
    members_come_by_rank_then_by_the_time_of_joining,
    people_are_found_by_what_they_are_called_only,
    whoever_is_invited_by_account_or_verified_address_is_known_until_the_end,
    only_links_that_let_in_anybody_for_ever_stand,
}

const ALL: Stretch = Stretch { offset: 0, limit: 100 };

async fn groups(
    db: &Database,
    among: Among,
    text: &str,
    order: DirectoryOrder,
    stretch: Stretch,
) -> (Vec<String>, u64) {
    let search = DirectorySearch { among, text: Some(text.to_owned()), order, stretch };
    let found = db.store.read().directory(search).await.unwrap();
    (found.groups.iter().map(|view| view.group.slug.to_string()).collect(), found.total)
}

/// amina owns "b" and "A", is a moderator in bilal's "c", and a plain member of his "d".
async fn town(db: &Database) -> (User, User, Vec<Group>) {
    let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
    let mut made = Vec::new();
    for (slug, owner) in [("b", &amina), ("A", &amina), ("c", &bilal), ("d", &bilal)] {
        db.clock.advance_millis(1000);
        made.push(db.group(slug, owner).await);
    }
    for group in &made[2..] {
        db.admit(group, &bilal, &[&amina]).await;
    }
    let (by, group, user) = (bilal.id, GroupRef::Id(made[2].id), UserRef::Id(amina.id));
    db.store.submit(AssignRole { by, group, user, role: Role::Moderator }).await.unwrap();
    (amina, bilal, made)
}

async fn ones_own_groups_are_found_by_name_in_every_order(db: Database) {
    let (amina, bilal, made) = town(&db).await;
    let own = Among::Joined { user: amina.id, roles: None };
    let run = Among::Joined { user: amina.id, roles: Some(ADMINS) };
    let name = DirectoryOrder::Name;
    assert_eq!(groups(&db, own, "", name, ALL).await, (vec!["A".into(), "b".into(), "c".into(), "d".into()], 4));
    let descending = groups(&db, own, "", DirectoryOrder::NameDescending, ALL).await.0;
    assert_eq!(descending, ["d", "c", "b", "A"]);
    db.clock.advance_millis(1000);
    db.update(&made[0], &amina, GroupPatch { is_public: Some(true), ..GroupPatch::default() }).await;
    let latest = groups(&db, own, "", DirectoryOrder::Activity, ALL).await.0;
    assert_eq!(latest.first().map(String::as_str), Some("b"));
    assert_eq!(groups(&db, run, "", name, ALL).await.0, ["A", "b", "c"]);
    assert_eq!(groups(&db, own, "a", name, ALL).await, (vec!["A".into()], 1));
    for odd in ["%", "_", "\0", "zzz"] {
        assert_eq!(groups(&db, own, odd, name, ALL).await, (vec![], 0), "{odd:?}");
    }
    assert_eq!(groups(&db, own, "", name, Stretch { offset: 1, limit: 2 }).await, (vec!["b".into(), "c".into()], 4));
    assert_eq!(groups(&db, own, "", name, Stretch { offset: u32::MAX, limit: 2 }).await, (vec![], 4));
    let search = DirectorySearch { among: own, text: None, order: name, stretch: ALL };
    let views = db.store.read().directory(search).await.unwrap().groups;
    for view in views {
        assert_eq!(view, db.view(&view.group, &amina).await);
    }
    assert_eq!(groups(&db, Among::Joined { user: bilal.id, roles: None }, "", name, ALL).await.1, 2);
}

async fn only_what_is_public_and_in_use_is_found_by_everybody(db: Database) {
    let (amina, bilal, made) = town(&db).await;
    for (group, owner) in [(&made[0], &amina), (&made[2], &bilal), (&made[3], &bilal)] {
        db.update(group, owner, GroupPatch { is_public: Some(true), ..GroupPatch::default() }).await;
    }
    db.store.submit(ArchiveGroup { by: bilal.id, group: GroupRef::Id(made[3].id) }).await.unwrap();
    let public = |viewer: Option<&User>, kind| Among::Public { viewer: viewer.map(|user| user.id), kind };
    for (viewer, kind, wanted) in [
        (None, None, vec!["b", "c"]),
        (Some(&amina), Some(GroupKind::Group), vec!["b", "c"]),
        (None, Some(GroupKind::Page), vec![]),
    ] {
        assert_eq!(groups(&db, public(viewer, kind), "", DirectoryOrder::Name, ALL).await.0, wanted);
    }
    let search = |viewer: Option<&User>| DirectorySearch {
        among: public(viewer, None),
        text: None,
        order: DirectoryOrder::Name,
        stretch: ALL,
    };
    let memberships = async |viewer| {
        let found = db.store.read().directory(search(viewer)).await.unwrap().groups;
        found.iter().map(|view| view.membership.as_ref().map(|membership| membership.user)).collect::<Vec<_>>()
    };
    assert_eq!(memberships(Some(&bilal)).await, [None, Some(bilal.id)]);
    assert_eq!(memberships(None).await, [None, None]);
}

async fn a_description_is_searched_in_any_script_without_case(db: Database) {
    let amina = db.user("amina").await;
    let group = db.group("circle", &amina).await;
    let patch = GroupPatch {
        is_public: Some(true),
        description: Some(description("ŞURA of ΣΟΦΟΣ, 50% سورة")),
        ..GroupPatch::default()
    };
    db.update(&group, &amina, patch).await;
    let public = Among::Public { viewer: None, kind: None };
    for text in ["şura", "ŞURA", "50%", "سورة", "CIRC"] {
        assert_eq!(groups(&db, public, text, DirectoryOrder::Name, ALL).await.1, 1, "{text}");
    }
    let own = Among::Joined { user: amina.id, roles: None };
    assert_eq!(groups(&db, own, "şura", DirectoryOrder::Name, ALL).await.1, 0);
}

async fn the_head_of_a_group_is_who_has_owned_it_for_the_longest_time(db: Database) {
    let (amina, bilal, made) = town(&db).await;
    db.clock.advance_millis(1000);
    let (by, group, user) = (bilal.id, GroupRef::Id(made[2].id), UserRef::Id(amina.id));
    db.store.submit(AssignRole { by, group, user, role: Role::Owner }).await.unwrap();
    let heads =
        async |groups: &[&Group]| db.store.read().heads(groups.iter().map(|group| group.id).collect()).await.unwrap();
    let wanted = HashMap::from([(made[1].id, amina.subject.clone()), (made[2].id, bilal.subject.clone())]);
    assert_eq!(heads(&[&made[1], &made[2]]).await, wanted);
    db.store.submit(leave(&bilal, &made[2])).await.unwrap();
    assert_eq!(heads(&[&made[2]]).await, HashMap::from([(made[2].id, amina.subject)]));
    assert_eq!(heads(&[]).await, HashMap::new());
}

async fn members_come_by_rank_then_by_the_time_of_joining(db: Database) {
    let people = db.people(6).await;
    let group = db.group("circle", &people[5]).await;
    for at in [3, 1, 4, 0] {
        db.clock.advance_millis(1000);
        db.admit(&group, &people[5], &[&people[at]]).await;
    }
    let (by, user) = (people[5].id, UserRef::Id(people[4].id));
    db.store.submit(AssignRole { by, group: GroupRef::Id(group.id), user, role: Role::Moderator }).await.unwrap();
    let read = async |stretch| {
        let (members, total) = db.store.read().members_by_rank(group.id, ADMINS, stretch).await.unwrap();
        (members.into_iter().map(|member| member.user.id).collect::<Vec<_>>(), total)
    };
    let wanted: Vec<_> = [5, 4, 3, 1, 0].map(|at: usize| people[at].id).to_vec();
    assert_eq!(read(ALL).await, (wanted.clone(), 5));
    assert_eq!(read(Stretch { offset: 1, limit: 2 }).await, (wanted[1..3].to_vec(), 5));
    let among = db.store.read().members_among(group.id, people.iter().map(|user| user.id).collect()).await.unwrap();
    assert_eq!(among, wanted.into_iter().collect::<BTreeSet<_>>());
}

async fn people_are_found_by_what_they_are_called_only(db: Database) {
    for (username, name) in [("zayd", "Ömer Faruk"), ("Omar", "100%"), ("carim", "عمر")] {
        db.store.submit(AddUser { name: DisplayName::parse(name).ok(), ..account(username) }).await.unwrap();
    }
    let nameless = db.store.submit(AddUser { username: None, ..account("nameless") }).await.unwrap().0;
    let find = async |text: &str, stretch| {
        let found = db.store.read().people_by_name(Some(text.to_owned()), stretch).await.unwrap();
        let name = |user: &User| user.username.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
        (found.members.iter().map(name).collect::<Vec<_>>(), found.total)
    };
    assert_eq!(find("", ALL).await.1, 4);
    assert_eq!(find("ÖMER", ALL).await.0, ["zayd"]);
    assert_eq!(find("oma", ALL).await.0, ["Omar"]);
    assert_eq!(find("عم", ALL).await.0, ["carim"]);
    assert_eq!(find("%", ALL).await.0, ["Omar"]);
    for nothing in [nameless.uid.as_str(), nameless.subject.as_str(), "example", "\0"] {
        assert_eq!(find(nothing, ALL).await, (vec![], 0), "{nothing:?}");
    }
    assert_eq!(find("", Stretch { offset: 1, limit: 1 }).await.0.len(), 1);
}

async fn whoever_is_invited_by_account_or_verified_address_is_known_until_the_end(db: Database) {
    let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
    let add = AddUser {
        email: Some(crate::database::email("carim@example.org")),
        is_email_verified: true,
        ..account("carim")
    };
    let carim = db.store.submit(add).await.unwrap().0;
    let (group, other) = (db.group("circle", &amina).await, db.group("other", &amina).await);
    let address = UserRef::Email(crate::database::email("Carim@Example.org"));
    db.offer(&group, &amina, &[UserRef::Id(bilal.id), address]).await;
    let invited =
        async |group: &Group, user: &User| db.store.read().is_invited(group.id, user.id, db.now()).await.unwrap();
    assert!(invited(&group, &bilal).await && invited(&group, &carim).await);
    assert!(!invited(&other, &bilal).await && !invited(&group, &amina).await);
    db.clock.advance_millis(86_400_000 - 1);
    assert!(invited(&group, &bilal).await && invited(&group, &carim).await);
    db.clock.advance_millis(1);
    assert!(!invited(&group, &bilal).await && !invited(&group, &carim).await);
}

async fn only_links_that_let_in_anybody_for_ever_stand(db: Database) {
    let amina = db.user("amina").await;
    let group = db.group("circle", &amina).await;
    let standing = |uses_max| CreateLink { expiry: Expiry::Unlimited, ..db.link(&group, &amina, uses_max) };
    let (first, second) = (standing(None), standing(None));
    for link in [
        first.clone(),
        CreateLink { needs_approval: true, ..standing(None) },
        standing(Some(5)),
        CreateLink { roles: RoleSet::of(&[Role::Leader]), ..standing(None) },
        CreateLink { expiry: Expiry::Usual, ..standing(None) },
        second.clone(),
    ] {
        db.store.submit(link).await.unwrap();
    }
    let found = async || {
        let links = db.store.read().standing_links(group.id).await.unwrap();
        links.into_iter().map(|link| link.id).collect::<BTreeSet<_>>()
    };
    assert_eq!(found().await, BTreeSet::from([first.id, second.id]));
    db.store.submit(RevokeLink { by: amina.id, link: first.id }).await.unwrap();
    assert_eq!(found().await, BTreeSet::from([second.id]));
}
