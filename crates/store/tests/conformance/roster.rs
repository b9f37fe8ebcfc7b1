//! The list of members that is counted through, filtered and turned round.

use guestlist_core::command::{AddUser, DisableUser};
use guestlist_core::group::Group;
use guestlist_core::names::DisplayName;
use guestlist_core::user::{User, UserRef};
use guestlist_store::RosterSearch;

use crate::database::{Database, account, username};

on_every_engine! {
    offset_and_limit_cut_a_stretch_out_of_the_whole,
    a_filter_matches_username_or_name_without_case,
    a_filter_is_text_and_not_a_pattern,
    disabled_and_absent_people_are_not_on_it,
}

const ALL: RosterSearch = RosterSearch { filter: None, is_descending: false, offset: 0, limit: 10_000 };

/// Usernames of the members found, and how many match in all.
async fn search(db: &Database, group: &Group, search: RosterSearch) -> (Vec<String>, u64) {
    let roster = db.store.read().roster(group.id, search).await.unwrap();
    let name = |user: User| user.username.map_or_else(|| format!("#{}", user.id), |name| name.to_string());
    (roster.members.into_iter().map(name).collect(), roster.total)
}

async fn add(db: &Database, name: &str, shown: &str) -> User {
    let ask = AddUser { name: DisplayName::parse(shown).ok(), ..account(name) };
    db.store.submit(ask).await.unwrap().0
}

async fn circle(db: &Database) -> Group {
    let amina = add(db, "amina", "Amina 100%").await;
    let group = db.group("circle", &amina).await;
    let bilal = add(db, "Bilal", "Bilal the Tall").await;
    let carim = add(db, "carim", "عمر").await;
    let dina = add(db, "dina_x", "").await;
    db.admit(&group, &amina, &[&dina, &carim, &bilal]).await;
    add(db, "outsider", "Bilal too").await;
    group
}

async fn offset_and_limit_cut_a_stretch_out_of_the_whole(db: Database) {
    let group = circle(&db).await;
    let mut whole = ["amina", "Bilal", "carim", "dina_x"];
    for is_descending in [false, true] {
        for offset in 0..6_u32 {
            for limit in [0, 1, 2, 4, 5, u32::MAX] {
                let from = (offset as usize).min(4);
                let to = from.saturating_add(limit as usize).min(4);
                let found = search(&db, &group, RosterSearch { is_descending, offset, limit, ..ALL }).await;
                assert_eq!(found, (whole[from..to].iter().map(ToString::to_string).collect(), 4), "{offset} {limit}");
            }
        }
        whole.reverse();
    }
}

async fn a_filter_matches_username_or_name_without_case(db: Database) {
    let group = circle(&db).await;
    for (filter, expected) in [
        ("BILAL", &["Bilal"][..]),
        ("the t", &["Bilal"]),
        ("IN", &["amina", "dina_x"]),
        ("م", &["carim"]),
        ("a", &["amina", "Bilal", "carim", "dina_x"]),
        ("nobody", &[]),
    ] {
        let filter = Some(filter.to_owned());
        let (found, total) = search(&db, &group, RosterSearch { filter: filter.clone(), ..ALL }).await;
        assert_eq!(found, expected, "{filter:?}");
        assert_eq!(total, expected.len() as u64);
        let one = RosterSearch { filter: filter.clone(), is_descending: true, limit: 1, offset: 0 };
        let (found, total) = search(&db, &group, one).await;
        assert_eq!(found.first().map(String::as_str), expected.last().copied(), "{filter:?}");
        assert_eq!(total, expected.len() as u64, "the total is of all that match");
    }
}

async fn a_filter_is_text_and_not_a_pattern(db: Database) {
    let group = circle(&db).await;
    for (filter, expected) in [
        ("%", &["amina"][..]),
        ("_", &["dina_x"]),
        ("*", &[]),
        ("\\", &[]),
        ("'", &[]),
        ("\0", &[]),
        ("", &["amina", "Bilal", "carim", "dina_x"]),
    ] {
        let found = search(&db, &group, RosterSearch { filter: Some(filter.to_owned()), ..ALL }).await.0;
        assert_eq!(found, expected, "{filter:?}");
    }
}

async fn disabled_and_absent_people_are_not_on_it(db: Database) {
    let group = circle(&db).await;
    let bilal = UserRef::Username(username("bilal"));
    db.store.submit(DisableUser { by: None, user: bilal }).await.unwrap();
    let nameless = AddUser { username: None, name: None, ..account("nameless") };
    let nameless = db.store.submit(nameless).await.unwrap().0;
    let amina = db.store.read().user(UserRef::Username(username("amina"))).await.unwrap().unwrap();
    db.admit(&group, &amina, &[&nameless]).await;
    let (found, total) = search(&db, &group, ALL).await;
    assert_eq!((found.len(), total), (4, 4));
    assert!(found.contains(&format!("#{}", nameless.id)), "who has no username is listed all the same: {found:?}");
    // And found by the id that is shown in its place.
    let filter = Some("a".to_owned());
    let found = search(&db, &group, RosterSearch { filter, ..ALL }).await.0;
    assert_eq!(found, ["amina", "carim", "dina_x", &format!("#{}", nameless.id)]);
}
