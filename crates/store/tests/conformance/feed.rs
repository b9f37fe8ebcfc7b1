//! What happens is told once, in one order, to everybody who listens, whichever node wrote it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use guestlist_core::command::DeleteGroup;
use guestlist_core::group::GroupRef;
use guestlist_core::history::{Event, Stream};
use guestlist_core::user::UserRef;
use guestlist_store::feed::{Cursor, Gone, Listener, Told};
use guestlist_store::transfer::{self, Place as Side};
use guestlist_store::{Store, StoreError};
use tokio::task::JoinSet;

use crate::database::{Database, Place, account, email, new_group, whole};

on_every_engine! {
    all_events_have_one_order_in_which_pages_show_each_once,
    what_is_committed_together_has_one_place_and_what_comes_later_a_later_one,
    the_last_cursor_is_that_of_the_last_event,
    one_history_is_read_behind_a_cursor_of_its_own,
    a_user_has_no_memberships_in_deleted_groups,
    who_listens_hears_what_was_and_then_what_is_new,
    who_listens_without_a_cursor_hears_only_what_is_new,
    who_listens_to_one_history_hears_no_other,
    what_another_node_commits_is_heard,
    under_load_from_two_nodes_everything_is_heard_once_and_in_order,
    a_cursor_of_nothing_is_refused,
    who_is_too_slow_is_sent_away_and_misses_nothing_by_coming_back,
    there_are_a_thousand_listeners_and_no_more,
    a_closed_store_is_heard_no_more,
    places_go_on_where_they_stood_after_a_move,
}

/// Longer than anything here takes, so that a test that would hang fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// All that is told, by pages of so many, once that is all there is: on PostgreSQL it takes until every transaction of
/// the server is over that was under way, those of other tests too.
async fn pages(store: &Store, limit: u16) -> Vec<Told> {
    let whole = histories(store).await.len();
    let deadline = Instant::now() + PATIENCE;
    loop {
        let told = pages_now(store, limit).await;
        if told.len() >= whole {
            return told;
        }
        assert!(Instant::now() < deadline, "{} of {whole} events are told", told.len());
    }
}

async fn pages_now(store: &Store, limit: u16) -> Vec<Told> {
    let (mut all, mut after) = (Vec::new(), Cursor::START);
    loop {
        let page = store.read().events_behind(None, after, limit).await.unwrap();
        let Some(last) = page.last() else { return all };
        after = last.cursor;
        all.extend(page);
    }
}

/// All histories, one after the other.
async fn histories(store: &Store) -> Vec<Event> {
    let mut events = Vec::new();
    for stream in store.read().streams(whole()).await.unwrap().items {
        events.extend(store.read().events(stream, whole()).await.unwrap().items);
    }
    events
}

/// Begins once all that was before can be told, so that it is not taken for new.
async fn listen(store: &Store, to: Option<Stream>, after: Option<Cursor>) -> Listener {
    if after.is_none() {
        pages(store, 1000).await;
    }
    store.listen(to, after).await.unwrap().unwrap()
}

async fn next(listener: &mut Listener) -> Arc<Told> {
    tokio::time::timeout(PATIENCE, listener.next()).await.expect("it is told").unwrap()
}

async fn hear(listener: &mut Listener, count: usize) -> Vec<Event> {
    let mut heard = Vec::new();
    while heard.len() < count {
        heard.push(next(listener).await.event.clone());
    }
    heard
}

/// Everything stored is told, in an order that keeps that of each history.
async fn assert_whole(store: &Store, told: &[Told]) {
    assert!(told.is_sorted_by(|one, other| one.cursor < other.cursor));
    let mut events: Vec<_> = told.iter().map(|told| told.event.clone()).collect();
    events.sort_by_key(|event| event.stream);
    assert_eq!(events, histories(store).await);
}

async fn all_events_have_one_order_in_which_pages_show_each_once(db: Database) {
    assert_eq!(pages(&db.store, 10).await, []);
    let amina = db.user("amina").await;
    for name in ["one", "two", "three"] {
        let group = db.group(name, &amina).await;
        db.offer_one(&group, &amina, UserRef::Email(email("new@example.org"))).await;
    }
    let told = pages(&db.store, 10).await;
    assert_whole(&db.store, &told).await;
    for limit in [1, 2, 3] {
        assert_eq!(pages(&db.store, limit).await, told);
    }
}

async fn what_is_committed_together_has_one_place_and_what_comes_later_a_later_one(db: Database) {
    let amina = db.user("amina").await;
    let circle = db.group("circle", &amina).await;
    let many: Vec<_> = (0..50).map(|n| UserRef::Email(email(&format!("p{n}@example.org")))).collect();
    for whom in many.chunks(10) {
        db.offer(&circle, &amina, whom).await;
    }
    let invitations = pages(&db.store, 1000).await.split_off(4);
    let positions: Vec<_> = invitations.chunk_by(|one, other| one.cursor.position == other.cursor.position).collect();
    assert_eq!(positions.iter().map(|chunk| chunk.len()).collect::<Vec<_>>(), [10; 5]);
}

async fn the_last_cursor_is_that_of_the_last_event(db: Database) {
    assert_eq!(db.store.read().last_cursor(None).await.unwrap(), Cursor::START);
    let amina = db.user("amina").await;
    let circle = db.group("circle", &amina).await;
    db.user("bilal").await;
    let told = pages(&db.store, 10).await;
    assert_eq!(db.store.read().last_cursor(None).await.unwrap(), told.last().unwrap().cursor);
    let stream = Stream::Group(circle.id);
    let of_circle = told.iter().rfind(|told| told.cursor.stream == stream).unwrap();
    assert_eq!(db.store.read().last_cursor(Some(stream)).await.unwrap(), of_circle.cursor);
    // As the event says it.
    assert_eq!((of_circle.cursor.stream, of_circle.cursor.seq), (of_circle.event.stream, of_circle.event.seq));
}

async fn one_history_is_read_behind_a_cursor_of_its_own(db: Database) {
    let amina = db.user("amina").await;
    let circle = db.group("circle", &amina).await;
    let stream = Stream::Group(circle.id);
    for n in 0..5 {
        db.offer_one(&circle, &amina, UserRef::Email(email(&format!("p{n}@example.org")))).await;
        db.user(&format!("user{n}")).await;
    }
    let told: Vec<_> = pages(&db.store, 100).await.into_iter().filter(|told| told.event.stream == stream).collect();
    let after = told[3].cursor;
    let behind = db.store.read().events_behind(Some(stream), after, 2).await.unwrap();
    assert_eq!(behind, told[4..6]);
    let behind = db.store.read().events_behind(Some(stream), Cursor::START, 100).await.unwrap();
    assert_eq!(behind, told);
}

async fn a_user_has_no_memberships_in_deleted_groups(db: Database) {
    let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
    let (circle, team) = (db.group("circle", &amina).await, db.group("team", &amina).await);
    db.admit(&team, &amina, &[&bilal]).await;
    db.store.submit(DeleteGroup { by: amina.id, group: GroupRef::Id(team.id), frees_slug: false }).await.unwrap();
    let of = async |user| {
        let memberships = db.store.read().memberships_of(user).await.unwrap();
        memberships.into_iter().map(|membership| (membership.group, membership.user)).collect::<Vec<_>>()
    };
    assert_eq!(of(amina.id).await, [(circle.id, amina.id)]);
    assert_eq!(of(bilal.id).await, []);
}

async fn who_listens_hears_what_was_and_then_what_is_new(db: Database) {
    // More than are read at once.
    let people = db.people(150).await;
    let mut listener = listen(&db.store, None, Some(Cursor::START)).await;
    let mut heard = hear(&mut listener, 300).await;
    for name in ["one", "two"] {
        db.group(name, &people[0]).await;
        heard.extend(hear(&mut listener, 2).await);
    }
    heard.sort_by_key(|event| event.stream);
    assert_eq!(heard, histories(&db.store).await);
}

async fn who_listens_without_a_cursor_hears_only_what_is_new(db: Database) {
    db.user("amina").await;
    let last = pages(&db.store, 10).await.pop().unwrap();
    let mut listener = listen(&db.store, None, None).await;
    // Behind the last event, without naming the group that it was in.
    assert_eq!(listener.cursor().position, last.cursor.position);
    assert!(listener.cursor() > last.cursor);
    let again = listen(&db.store, None, Some(listener.cursor())).await;
    assert_eq!(again.cursor(), listener.cursor());
    let bilal = db.user("bilal").await;
    let told = next(&mut listener).await;
    assert_eq!(told.event.thing.to_string(), format!("user/{}", bilal.id));
    assert_eq!(listener.cursor(), told.cursor);
}

async fn who_listens_to_one_history_hears_no_other(db: Database) {
    let amina = db.user("amina").await;
    let (one, two) = (db.group("one", &amina).await, db.group("two", &amina).await);
    let mut listener = listen(&db.store, Some(Stream::Group(two.id)), None).await;
    for group in [&one, &two, &one, &two] {
        db.user(&format!("user{}", db.fresh())).await;
        let who = UserRef::Email(email(&format!("p{}@example.org", db.fresh())));
        db.offer_one(group, &amina, who).await;
    }
    let heard = hear(&mut listener, 2).await;
    assert_eq!(heard, db.history(&two).await[2..]);
}

async fn what_another_node_commits_is_heard(db: Database) {
    let other = db.another();
    let mut listener = listen(&db.store, None, None).await;
    // Heard before anything is written, so that it is new and not caught up with.
    let amina = db.user("amina").await;
    hear(&mut listener, 2).await;
    other.submit(new_group("circle", &amina)).await.unwrap();
    let heard = hear(&mut listener, 2).await;
    assert_eq!(heard.iter().map(|event| event.kind.as_str()).collect::<Vec<_>>(), ["group.created", "member.joined"]);
    other.close();
}

async fn under_load_from_two_nodes_everything_is_heard_once_and_in_order(db: Database) {
    let amina = db.user("amina").await;
    let groups = [db.group("one", &amina).await, db.group("two", &amina).await, db.group("three", &amina).await];
    let stores = [Arc::new(db.another()), Arc::new(db.another())];
    let mut writers = JoinSet::new();
    for n in 0..12 {
        let store = Arc::clone(&stores[n % 2]);
        let asks: Vec<_> = (0..60)
            .map(|k| {
                let whom = [UserRef::Email(email(&format!("p{n}-{k}@example.org")))];
                db.invite(&groups[(n + k) % 3], &amina, &whom, crate::database::FOR_A_DAY)
            })
            .collect();
        writers.spawn(async move {
            for (k, ask) in asks.into_iter().enumerate() {
                store.submit(ask).await.unwrap();
                store.submit(account(&format!("user{n}-{k}"))).await.unwrap();
            }
        });
    }
    // Some listen from the beginning, some come later, some come again and again.
    let listeners = (0..6).map(|n| {
        let store = &stores[n % 2];
        async move {
            let mut listener = listen(store, None, Some(Cursor::START)).await;
            let mut told: Vec<Told> = Vec::new();
            // An account and an address, three groups with an owner, and three events in each turn of a writer.
            while told.len() < 2 + 6 + 12 * 60 * 3 {
                told.push(Told::clone(&*next(&mut listener).await));
                if n >= 4 && told.len().is_multiple_of(50) {
                    listener = listen(store, None, Some(listener.cursor())).await;
                }
            }
            told
        }
    });
    let heard = futures_util::future::join_all(listeners).await;
    writers.join_all().await;
    let whole = pages(&db.store, 1000).await;
    assert_whole(&db.store, &whole).await;
    for told in heard {
        assert_eq!(told, whole);
    }
    for store in stores {
        store.close();
    }
}

async fn a_cursor_of_nothing_is_refused(db: Database) {
    let amina = db.user("amina").await;
    let (one, two) = (db.group("one", &amina).await, db.group("two", &amina).await);
    let last = pages(&db.store, 10).await.pop().unwrap().cursor;
    let later = Cursor { position: last.position + 1, ..last };
    assert!(db.store.listen(None, Some(later)).await.unwrap().is_none());
    let next = Cursor { seq: last.seq + 1, ..last };
    assert!(db.store.listen(Some(last.stream), Some(next)).await.unwrap().is_none());
    let of_two = db.store.read().last_cursor(Some(Stream::Group(two.id))).await.unwrap();
    assert!(db.store.listen(Some(Stream::Group(one.id)), Some(of_two)).await.unwrap().is_none());
    assert!(db.store.listen(Some(Stream::Group(two.id)), Some(of_two)).await.unwrap().is_some());
}

async fn who_is_too_slow_is_sent_away_and_misses_nothing_by_coming_back(db: Database) {
    let mut fast = listen(&db.store, None, None).await;
    let mut slow = listen(&db.store, None, None).await;
    let first = db.user("amina").await;
    assert_eq!(hear(&mut slow, 2).await, hear(&mut fast, 2).await);
    // Each is heard before the next is written, so that no two of them travel together.
    let mut missed = Vec::new();
    for n in 0..40 {
        db.group(&format!("g{n}"), &first).await;
        missed.extend(hear(&mut fast, 2).await);
    }
    assert!(matches!(slow.next().await, Err(Gone::TooSlow)));
    let mut back = listen(&db.store, None, Some(slow.cursor())).await;
    assert_eq!(hear(&mut back, missed.len()).await, missed);
}

async fn there_are_a_thousand_listeners_and_no_more(db: Database) {
    let mut listeners = Vec::new();
    for _ in 0..1000 {
        listeners.push(listen(&db.store, None, None).await);
    }
    assert!(matches!(db.store.listen(None, None).await, Err(StoreError::Overloaded)));
    listeners.pop();
    assert!(db.store.listen(None, None).await.is_ok());
}

async fn a_closed_store_is_heard_no_more(db: Database) {
    let mut live = listen(&db.store, None, None).await;
    db.user("amina").await;
    hear(&mut live, 2).await;
    let mut fresh = listen(&db.store, None, None).await;
    let waiting = live.next();
    db.store.end_listening();
    assert!(matches!(waiting.await, Err(Gone::Closed)));
    assert!(matches!(fresh.next().await, Err(Gone::Closed)));
    assert!(matches!(db.store.listen(None, None).await, Err(StoreError::Unavailable(_))));
    // Everything else goes on.
    db.user("bilal").await;
}

async fn places_go_on_where_they_stood_after_a_move(db: Database) {
    let amina = db.user("amina").await;
    db.group("circle", &amina).await;
    let before = pages(&db.store, 10).await;
    for target in [Database::new(Place::sqlite()), Database::new(Place::postgres())] {
        let (from, to): (Side, Side) = (db.place(), target.place());
        transfer::run(&from, &to, &mut |_| {}).await.unwrap();
        assert_eq!(pages(&target.store, 10).await, before);
        // A server that was there already and one that comes later agree.
        let mut listener = listen(&target.store, None, Some(before.last().unwrap().cursor)).await;
        target.store.submit(new_group("second", &amina)).await.unwrap();
        let target = target.reopen();
        target.store.submit(new_group("third", &amina)).await.unwrap();
        drop(listener);
        listener = listen(&target.store, None, Some(before.last().unwrap().cursor)).await;
        let slugs: Vec<_> = hear(&mut listener, 4).await.iter().map(|event| event.stream.number()).collect();
        assert_eq!(slugs, [2, 2, 3, 3]);
        assert_whole(&target.store, &pages(&target.store, 10).await).await;
    }
}

/// What only an engine without a lock around everything can show.
mod many_writers {
    use super::*;

    #[test]
    fn what_is_still_being_written_is_waited_for_and_so_is_all_that_comes_after_it() {
        crate::database::run(Place::postgres(), async |db: Database| {
            let Side::Postgres(url) = db.place() else { panic!("it is PostgreSQL") };
            let amina = db.user("amina").await;
            let mut listener = listen(&db.store, None, None).await;
            let start = listener.cursor();

            let (node, driver) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
            let driver = tokio::spawn(driver);
            let insert = "INSERT INTO events (group_id, seq, at, kind, via, thing, hash, position)
                SELECT 77, 1, 1, 'group.created', 'native', 'group/77', sha256(''),
                       next + pg_current_xact_id()::text::bigint FROM sequences WHERE name = 'positions'";
            node.batch_execute(&format!("BEGIN; {insert}")).await.unwrap();
            let circle = db.group("circle", &amina).await;

            assert_eq!(db.store.read().events_behind(None, start, 10).await.unwrap(), []);
            assert_eq!(db.store.read().last_cursor(None).await.unwrap().position, start.position);
            let waited = tokio::time::timeout(Duration::from_millis(700), listener.next()).await;
            assert!(waited.is_err(), "it was told before the transaction before it was over");

            node.batch_execute("COMMIT").await.unwrap();
            let heard: Vec<_> = hear(&mut listener, 3).await.iter().map(|event| event.stream.number()).collect();
            assert_eq!(heard, [77, circle.id.get(), circle.id.get()]);
            drop(node);
            driver.await.unwrap().unwrap();
        });
    }

    #[test]
    fn an_event_is_never_placed_before_the_one_before_it_in_its_history() {
        crate::database::run(Place::postgres(), async |db: Database| {
            let amina = db.user("amina").await;
            let circle = db.group("circle", &amina).await;
            // As a transaction does that began later, on another node, and was faster in this group.
            db.tamper(&format!("UPDATE events SET position = position + 9 WHERE group_id = {}", circle.id)).await;
            db.offer_one(&circle, &amina, UserRef::Email(email("new@example.org"))).await;
            db.people(5).await;
            let mut listener = listen(&db.store, None, Some(Cursor::START)).await;
            // Until as many transactions have begun as it was moved on by.
            for n in 0..10 {
                db.user(&format!("late{n}")).await;
            }
            hear(&mut listener, 2 + 3 + 10 + 20).await;
            assert_whole(&db.store, &pages(&db.store, 10).await).await;
        });
    }

    #[test]
    fn a_transaction_that_is_given_up_holds_nothing_up() {
        crate::database::run(Place::postgres(), async |db: Database| {
            let Side::Postgres(url) = db.place() else { panic!("it is PostgreSQL") };
            let mut listener = listen(&db.store, None, None).await;
            let (node, driver) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
            let driver = tokio::spawn(driver);
            node.batch_execute("BEGIN; SELECT pg_current_xact_id()").await.unwrap();
            db.user("amina").await;
            node.batch_execute("ROLLBACK").await.unwrap();
            hear(&mut listener, 2).await;
            drop(node);
            driver.await.unwrap().unwrap();
        });
    }

    #[test]
    fn a_database_that_was_restored_on_a_server_that_counts_from_a_lower_number_goes_on_above_its_events() {
        crate::database::run(Place::postgres(), async |db: Database| {
            let amina = db.user("amina").await;
            // As if the numbers of transactions had been that much higher where it came from.
            db.tamper("UPDATE events SET position = position + 1000000").await;
            let db = db.reopen();
            let last = pages(&db.store, 10).await.last().unwrap().cursor;
            let mut listener = listen(&db.store, None, Some(last)).await;
            db.group("circle", &amina).await;
            hear(&mut listener, 2).await;
            let db = db.reopen();
            db.group("second", &amina).await;
            let told = pages(&db.store, 10).await;
            assert_whole(&db.store, &told).await;
            // Raised once, not at every start.
            assert!(told.last().unwrap().cursor.position < last.position + 1000);
        });
    }
}
