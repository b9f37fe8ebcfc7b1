//! Several stores on one database at the same time, as a management command beside a server, and several tasks on one.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use guestlist_core::outcome::InviteRow;
use guestlist_core::user::UserRef;
use guestlist_store::page::PageRequest;
use guestlist_store::{Rejection, StoreError};
use tokio::task::JoinSet;

use crate::database::{Database, FOR_A_DAY, account, email, new_group};

on_every_engine! {
    two_stores_write_at_the_same_time_and_nothing_is_lost,
    what_one_store_wrote_the_other_reads_and_decides_on,
    two_stores_invite_one_person_once,
    a_command_whose_caller_went_away_is_carried_out_whole_or_not_at_all,
    closing_answers_what_was_queued_and_takes_no_more,
    reads_see_whole_batches,
}

async fn two_stores_write_at_the_same_time_and_nothing_is_lost(db: Database) {
    let stores = [Arc::new(db.another()), Arc::new(db.another())];
    let mut tasks = JoinSet::new();
    for n in 0..200 {
        let store = Arc::clone(&stores[n % 2]);
        tasks.spawn(async move { store.submit(account(&format!("user{n}"))).await.unwrap().0 });
    }
    let mut added = tasks.join_all().await;
    added.sort_by_key(|user| user.id);
    // Also the numbers are one sequence.
    assert_eq!(added.iter().map(|user| user.id.get()).collect::<Vec<_>>(), (1..=200).collect::<Vec<_>>());
    for store in stores {
        Arc::into_inner(store).unwrap().close();
    }
    let db = db.reopen();
    let found = db.store.read().users(PageRequest { after: None, limit: 1000 }).await.unwrap().items;
    assert_eq!(found, added);
}

async fn what_one_store_wrote_the_other_reads_and_decides_on(db: Database) {
    let other = db.another();
    let amina = db.user("amina").await;
    assert_eq!(other.read().user(UserRef::Id(amina.id)).await.unwrap(), Some(amina.clone()));
    assert!(other.submit(account("amina")).await.is_err());
    assert_eq!(other.submit(account("bilal")).await.unwrap().0.id.get(), 2);
    assert_eq!(db.user("carim").await.id.get(), 3);
    other.close();
    assert_eq!(db.user("dina").await.id.get(), 4);
}

async fn two_stores_invite_one_person_once(db: Database) {
    let amina = db.user("amina").await;
    let circle = db.group("circle", &amina).await;
    let other = db.another();
    let to_bilal = [UserRef::Email(email("bilal@example.org"))];
    let ask = || db.invite(&circle, &amina, &to_bilal, FOR_A_DAY);
    let answers = join_all((0..100).map(|n| if n % 2 == 0 { db.store.submit(ask()) } else { other.submit(ask()) }));
    let rows: Vec<_> = answers.await.into_iter().map(|answer| answer.unwrap().rows[0]).collect();
    let made: Vec<_> = rows.iter().filter(|row| matches!(row, InviteRow::Invited(_))).collect();
    assert_eq!(made.len(), 1, "{rows:?}");
    assert_eq!(db.open_invitations(&circle).await.len(), 1);
    other.close();
}

async fn a_command_whose_caller_went_away_is_carried_out_whole_or_not_at_all(db: Database) {
    let amina = db.user("amina").await;
    for n in 0..50 {
        // Asked once, and given up.
        let _ = db.store.submit(new_group(&format!("group{n}"), &amina)).now_or_never();
    }
    let last = db.group("last", &amina).await;
    let db = db.reopen();
    let groups = db.store.read().groups(PageRequest { after: None, limit: 100 }).await.unwrap().items;
    assert!(groups.contains(&last));
    for group in groups {
        assert!(db.view(&group, &amina).await.membership.is_some(), "{group:?}");
    }
}

async fn closing_answers_what_was_queued_and_takes_no_more(db: Database) {
    let names: Vec<_> = (0..700).map(|n| format!("user{n}")).collect();
    let mut asks = std::pin::pin!(join_all(names.iter().map(|name| db.store.submit(account(name)))));
    // Asked once, they are queued.
    assert!(asks.as_mut().now_or_never().is_none());
    db.store.close();
    assert!(asks.await.iter().all(Result::is_ok));
    let late = db.store.submit(account("late")).await;
    assert!(matches!(late, Err(Rejection::Failed(StoreError::Unavailable(None)))), "{late:?}");
    // Reading goes on, and closing once more does nothing.
    let users = async || db.store.read().users(PageRequest { after: None, limit: 1000 }).await.unwrap().items;
    assert_eq!(users().await.len(), 700);
    db.store.close();
    assert_eq!(users().await.len(), 700);
}

async fn reads_see_whole_batches(db: Database) {
    let owner = db.user("owner").await;
    let circle = db.group("circle", &owner).await;
    let people = join_all((0..60).map(|n| format!("p{n}")).map(|name| async {
        let name = name;
        db.user(&name).await
    }))
    .await;
    let admit = async {
        for three in people.chunks(3) {
            db.admit(&circle, &owner, &three.iter().collect::<Vec<_>>()).await;
        }
    };
    let read = async {
        for _ in 0..100 {
            let group = db.view(&circle, &owner).await.group;
            assert_eq!((group.tally.members - 1) % 3, 0, "{group:?}");
            assert_eq!(group.tally.notices, group.tally.members - 1);
        }
    };
    tokio::join!(admit, read);
    assert_eq!(db.view(&circle, &owner).await.group.tally.members, 61);
}
