//! Commands under terms: carried out once, whatever happens in between; and only if nothing has changed.

use std::sync::Arc;

use futures_util::future::join_all;
use guestlist_core::command::{AddUser, Ask, GroupPatch, RemoveMember, UpdateGroup};
use guestlist_core::group::{Group, GroupRef};
use guestlist_core::names::DisplayName;
use guestlist_core::user::{User, UserRef};
use guestlist_core::version::{Expected, Version, Versioned};
use guestlist_core::{Origin, Refusal};
use guestlist_store::terms::{ANSWERS_KEPT, AnswerKey, Once, Submitted, Terms};
use guestlist_store::{Rejection, Store};
use tokio::task::JoinSet;

use crate::database::{Database, account};

on_every_engine! {
    a_request_is_carried_out_once_and_answered_again_for_a_day,
    one_key_used_through_two_stores_at_once_runs_once,
    the_keys_of_different_people_have_nothing_to_do_with_each_other,
    a_refusal_is_answered_again_even_when_it_would_be_another_by_now,
    a_rehearsal_leaves_no_answer,
    an_answer_that_is_not_to_be_kept_leaves_its_changes_only,
    old_answers_are_forgotten,
    who_insists_on_what_they_saw_loses_to_who_was_faster,
}

fn key(user: &User, n: u8) -> AnswerKey {
    AnswerKey { user: user.id, hash: [n; 32] }
}

/// Under a key, where the answer is what the command yields, in words.
fn once<A: Ask>(key: AnswerKey, request: u8) -> Terms
where
    A::Outcome: std::fmt::Debug,
{
    let once = Once::new::<A>(key, [request; 32], |result| match result {
        Ok(outcome) => Some(format!("{outcome:?}").into_bytes()),
        Err(why) => Some(why.refusal.code().as_bytes().to_vec()),
    });
    Terms { once: Some(once), ..Terms::default() }
}

async fn submit<A: Ask>(store: &Store, terms: Terms, ask: A) -> Submitted<A::Outcome> {
    store.submit_under(&Origin::default(), terms, ask).await.unwrap()
}

fn answer<O>(submitted: Submitted<O>) -> (String, bool) {
    let Submitted::Answered { answer, is_replay } = submitted else { panic!("no answer") };
    (String::from_utf8(answer).unwrap(), is_replay)
}

async fn kept(db: &Database) -> u64 {
    db.checksums().await.iter().find(|table| table.table == "answers").unwrap().rows
}

async fn count(db: &Database) -> usize {
    use guestlist_store::page::PageRequest;
    db.store.read().users(PageRequest { after: None, limit: 1000 }).await.unwrap().items.len()
}

async fn a_request_is_carried_out_once_and_answered_again_for_a_day(db: Database) {
    let amina = db.user("amina").await;
    let ask = || AddUser { username: None, email: None, ..account("bilal") };
    let (first, is_replay) = answer(submit(&db.store, once::<AddUser>(key(&amina, 1), 1), ask()).await);
    assert!(first.contains("uid-bilal") && !is_replay, "{first}");

    let db = db.reopen();
    db.clock.advance_millis(ANSWERS_KEPT.as_millis() - 1);
    let again = answer(submit(&db.store, once::<AddUser>(key(&amina, 1), 1), ask()).await);
    assert_eq!(again, (first, true));
    let other = submit(&db.store, once::<AddUser>(key(&amina, 1), 2), account("carim")).await;
    assert_eq!(other, Submitted::KeyReused);
    assert_eq!(count(&db).await, 2);

    // After a day the key is as good as new.
    db.clock.advance_millis(1);
    let (new, is_replay) = answer(submit(&db.store, once::<AddUser>(key(&amina, 1), 2), account("carim")).await);
    assert!(new.contains("uid-carim") && !is_replay, "{new}");
    let (same, is_replay) = answer(submit(&db.store, once::<AddUser>(key(&amina, 1), 2), account("carim")).await);
    assert_eq!((same, is_replay), (new, true));
    assert_eq!(count(&db).await, 3);
}

async fn one_key_used_through_two_stores_at_once_runs_once(db: Database) {
    let amina = db.user("amina").await;
    let stores = [Arc::new(db.another()), Arc::new(db.another())];
    for round in 0..10 {
        let mut tasks = JoinSet::new();
        for n in 0..20 {
            let store = Arc::clone(&stores[n % 2]);
            let terms = once::<AddUser>(key(&amina, round), 1);
            // Each would succeed by itself: only the key holds them to one.
            let ask = AddUser { username: None, email: None, ..account(&format!("p{round}-{n}")) };
            tasks.spawn(async move { answer(submit(&store, terms, ask).await) });
        }
        let answers = tasks.join_all().await;
        assert_eq!(answers.iter().filter(|(_, is_replay)| !is_replay).count(), 1, "{answers:?}");
        assert!(answers.iter().all(|(answer, _)| *answer == answers[0].0), "{answers:?}");
        assert_eq!(count(&db).await, 2 + usize::from(round));
    }
    for store in stores {
        Arc::into_inner(store).unwrap().close();
    }
}

async fn the_keys_of_different_people_have_nothing_to_do_with_each_other(db: Database) {
    let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
    let ask = |name: &str| AddUser { username: None, email: None, ..account(name) };
    submit(&db.store, once::<AddUser>(key(&amina, 1), 1), ask("one")).await;
    let (other, is_replay) = answer(submit(&db.store, once::<AddUser>(key(&bilal, 1), 2), ask("two")).await);
    assert!(other.contains("uid-two") && !is_replay, "{other}");
}

async fn a_refusal_is_answered_again_even_when_it_would_be_another_by_now(db: Database) {
    let amina = db.user("amina").await;
    let bilal = db.user("bilal").await;
    let circle = db.group("circle", &amina).await;
    let remove = || RemoveMember {
        spares_owners: false,
        by: amina.id,
        group: GroupRef::Id(circle.id),
        user: UserRef::Id(bilal.id),
    };
    let terms = || once::<RemoveMember>(key(&amina, 1), 1);
    let refused = answer(submit(&db.store, terms(), remove()).await);
    assert_eq!(refused, ("member-not-found".to_owned(), false));
    db.admit(&circle, &amina, &[&bilal]).await;
    assert_eq!(answer(submit(&db.store, terms(), remove()).await), ("member-not-found".to_owned(), true));
    assert!(db.view(&circle, &bilal).await.membership.is_some());
}

async fn a_rehearsal_leaves_no_answer(db: Database) {
    let amina = db.user("amina").await;
    let before = db.checksums().await;
    let terms = Terms { is_rehearsal: true, ..once::<AddUser>(key(&amina, 1), 1) };
    assert!(matches!(submit(&db.store, terms, account("bilal")).await, Submitted::Done(_)));
    assert_eq!(db.checksums().await, before);
    let (_, is_replay) = answer(submit(&db.store, once::<AddUser>(key(&amina, 1), 2), account("bilal")).await);
    assert!(!is_replay);
}

async fn an_answer_that_is_not_to_be_kept_leaves_its_changes_only(db: Database) {
    let amina = db.user("amina").await;
    let terms = || {
        let once = Once::new::<AddUser>(key(&amina, 1), [1; 32], |_| None);
        Terms { once: Some(once), ..Terms::default() }
    };
    let submitted = submit(&db.store, terms(), account("bilal")).await;
    assert!(matches!(submitted, Submitted::Done(_)), "{submitted:?}");
    assert_eq!((count(&db).await, kept(&db).await), (2, 0));
    // The key is as good as new: the request is looked at anew, and now it is refused.
    let refused = db.store.submit_under(&Origin::default(), terms(), account("bilal")).await;
    assert!(matches!(refused, Err(Rejection::Refused(..))), "{refused:?}");
    assert_eq!((count(&db).await, kept(&db).await), (2, 0));
}

async fn old_answers_are_forgotten(db: Database) {
    let amina = db.user("amina").await;
    let ask = |n: u8| AddUser { username: None, email: None, ..account(&format!("p{n}")) };
    join_all((1..=20).map(|n| submit(&db.store, once::<AddUser>(key(&amina, n), 1), ask(n)))).await;
    assert_eq!(kept(&db).await, 20);
    db.clock.advance_millis(ANSWERS_KEPT.as_millis() - 1000);
    submit(&db.store, once::<AddUser>(key(&amina, 21), 1), ask(21)).await;
    assert_eq!(kept(&db).await, 21);
    db.clock.advance_millis(1000);
    submit(&db.store, once::<AddUser>(key(&amina, 22), 1), ask(22)).await;
    assert_eq!(kept(&db).await, 2);
    // Nobody has to ask anything for it.
    db.clock.advance_millis(ANSWERS_KEPT.as_millis());
    db.store.sweep(db.now()).await.unwrap();
    assert_eq!(kept(&db).await, 0);
}

async fn who_insists_on_what_they_saw_loses_to_who_was_faster(db: Database) {
    let amina = db.user("amina").await;
    let circle = db.group("circle", &amina).await;
    let other = Arc::new(db.another());
    let rename = |group: &Group, name: &str| {
        let thing = Versioned::Group(GroupRef::Id(group.id));
        let expected = Some(Expected { thing, versions: Some(vec![Version::of_group(group)]) });
        let patch = GroupPatch { name: DisplayName::parse(name).ok(), ..GroupPatch::default() };
        let ask = UpdateGroup { by: amina.id, group: GroupRef::Id(group.id), patch };
        (Terms { expected, ..Terms::default() }, ask)
    };
    let (here, there) = (rename(&circle, "Here"), rename(&circle, "There"));
    let (one, two) = tokio::join!(submit(&db.store, here.0, here.1), submit(&other, there.0, there.1));
    let lost = [&one, &two].iter().filter(|submitted| ***submitted == Submitted::ChangedMeanwhile).count();
    assert_eq!(lost, 1, "{one:?} {two:?}");

    let renamed = db.view(&circle, &amina).await.group;
    let (terms, ask) = rename(&renamed, "At last");
    assert!(matches!(submit(&db.store, terms, ask).await, Submitted::Done(_)));
    // Who may not change it learns nothing of its version.
    let eve = db.user("eve").await;
    let (terms, ask) = rename(&circle, "Mine");
    let refused = db.store.submit_under(&Origin::default(), terms, UpdateGroup { by: eve.id, ..ask }).await;
    assert!(matches!(refused, Err(Rejection::Refused(Refusal::NotAllowed(_), _))), "{refused:?}");
    Arc::into_inner(other).unwrap().close();
}
