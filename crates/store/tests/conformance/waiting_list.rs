//! A full group keeps a waiting list, and fills up from it in order by itself.

use futures_util::future::join_all;
use guestlist_core::Refusal;
use guestlist_core::command::{GroupPatch, Leave, RejectRequest, RemoveMember, WithdrawRequest};
use guestlist_core::group::{Group, GroupRef};
use guestlist_core::history::{EventKind, Thing};
use guestlist_core::outcome::{InviteRow, Standing};
use guestlist_core::user::{User, UserRef};
use guestlist_store::Store;

use crate::database::{Database, join, leave, whole};

on_every_engine! {
    a_full_group_fills_up_from_its_waiting_list_in_order,
    several_who_leave_in_one_batch_make_room_for_as_many,
    more_seats_let_in_those_who_wait,
    who_gives_up_or_is_turned_down_is_passed_over,
    nobody_overtakes_those_who_wait,
    a_waiting_list_that_two_nodes_fill_and_empty_stays_in_order,
}

/// A public group with three seats, of which `amina`, `p1` and `p2` have one each; the other people wait.
async fn full(db: &Database, people: usize) -> (User, Vec<User>, Group) {
    let amina = db.user("amina").await;
    let circle = db.public_group("circle", &amina, 3).await;
    let people = db.people(people).await;
    for (n, user) in people.iter().enumerate() {
        let expected = if n < 2 { Standing::Joined } else { Standing::Waiting };
        assert_eq!(db.store.submit(join(user, &circle)).await.unwrap().standing, expected);
    }
    (amina, people, circle)
}

/// Checks who is in besides the first user, and who waits, both by their places among `people`.
async fn check(db: &Database, people: &[User], group: &Group, inside: &[usize], waiting: &[usize]) {
    let ids = |places: &[usize]| places.iter().map(|n| people[n - 1].id).collect::<Vec<_>>();
    assert_eq!(db.members(group).await[1..], ids(inside));
    assert_eq!(db.waiting(group).await, ids(waiting));
    let tally = db.view(group, &people[0]).await.group.tally;
    assert_eq!(usize::try_from(tally.waiting).unwrap(), waiting.len());
    assert_eq!(db.findings().await, []);
}

async fn a_full_group_fills_up_from_its_waiting_list_in_order(db: Database) {
    let (amina, people, circle) = full(&db, 6).await;
    check(&db, &people, &circle, &[1, 2], &[3, 4, 5, 6]).await;
    let db = db.reopen();
    db.clock.advance_millis(5000);
    db.store.submit(leave(&people[0], &circle)).await.unwrap();
    check(&db, &people, &circle, &[2, 3], &[4, 5, 6]).await;
    // The seat is theirs since it came free.
    assert_eq!(db.view(&circle, &people[2]).await.membership.unwrap().joined_at, db.now());
    let remove = RemoveMember {
        spares_owners: false,
        by: amina.id,
        group: GroupRef::Id(circle.id),
        user: UserRef::Id(people[1].id),
    };
    db.store.submit(remove).await.unwrap();
    check(&db, &people, &circle, &[3, 4], &[5, 6]).await;
    // Who left and comes again stands at the end.
    assert_eq!(db.store.submit(join(&people[0], &circle)).await.unwrap().standing, Standing::Waiting);
    check(&db, &people, &circle, &[3, 4], &[5, 6, 1]).await;
}

async fn several_who_leave_in_one_batch_make_room_for_as_many(db: Database) {
    let (_, people, circle) = full(&db, 6).await;
    // The first is carried out alone, the others together.
    let (start, first, second, third) = tokio::join!(biased;
        db.user("start"),
        db.store.submit(leave(&people[1], &circle)),
        db.store.submit(leave(&people[0], &circle)),
        // Who was let in a moment ago.
        db.store.submit(leave(&people[2], &circle)),
    );
    drop((start, first.unwrap(), second.unwrap(), third.unwrap()));
    let db = db.reopen();
    check(&db, &people, &circle, &[4, 5], &[6]).await;
    let history = db.history(&circle).await;
    let admitted = history.iter().filter(|event| event.kind == EventKind::RequestAdmitted);
    let expected: Vec<_> = people[2..5].iter().map(|user| Thing::Request(user.id)).collect();
    assert_eq!(admitted.map(|event| event.thing.clone()).collect::<Vec<_>>(), expected);
}

async fn more_seats_let_in_those_who_wait(db: Database) {
    let (amina, people, circle) = full(&db, 7).await;
    let seats = |max| GroupPatch { members_max: Some(max), ..GroupPatch::default() };
    db.update(&circle, &amina, seats(Some(5))).await;
    check(&db, &people, &circle, &[1, 2, 3, 4], &[5, 6, 7]).await;
    db.update(&circle, &amina, seats(None)).await;
    check(&db, &people, &circle, &[1, 2, 3, 4, 5, 6, 7], &[]).await;
}

async fn who_gives_up_or_is_turned_down_is_passed_over(db: Database) {
    let (amina, people, circle) = full(&db, 6).await;
    let group = GroupRef::Id(circle.id);
    db.store.submit(WithdrawRequest { by: people[2].id, group: group.clone() }).await.unwrap();
    let reject = RejectRequest { by: amina.id, group, user: UserRef::Id(people[4].id) };
    db.store.submit(reject).await.unwrap();
    check(&db, &people, &circle, &[1, 2], &[4, 6]).await;
    db.store.submit(leave(&people[0], &circle)).await.unwrap();
    check(&db, &people, &circle, &[2, 4], &[6]).await;
}

async fn nobody_overtakes_those_who_wait(db: Database) {
    let (amina, people, circle) = full(&db, 4).await;
    db.update(&circle, &amina, GroupPatch { is_public: Some(false), ..GroupPatch::default() }).await;
    let dina = db.user("dina").await;
    let full = InviteRow::Refused(Refusal::GroupFull);
    assert_eq!(db.admit(&circle, &amina, &[&dina, &people[2]]).await, [full, InviteRow::Waiting]);
    assert_eq!(
        db.offer(&circle, &amina, &[UserRef::Id(dina.id), UserRef::Id(people[3].id)]).await,
        [full, InviteRow::Waiting]
    );
    check(&db, &people, &circle, &[1, 2], &[3, 4]).await;
}

/// Through both nodes at once, people come and go. Whoever waits at the end came after everybody who was let in.
async fn a_waiting_list_that_two_nodes_fill_and_empty_stays_in_order(db: Database) {
    let other = db.another();
    let nodes: [&Store; 2] = [&db.store, &other];
    let (amina, _, circle) = full(&db, 42).await;
    let newcomers = join_all((0..20).map(|n| format!("late{n}")).map(async |name| db.user(&name).await)).await;
    let comings = newcomers.iter().enumerate().map(async |(n, user)| {
        let joined = nodes[n % 2].submit(join(user, &circle)).await;
        assert_eq!(joined.unwrap().standing, Standing::Waiting);
    });
    // Twenty seats come free: time and again the second member goes.
    let goings = async {
        for n in 0..20 {
            let by = db.members(&circle).await[1];
            nodes[n % 2].submit(Leave { by, group: GroupRef::Id(circle.id) }).await.unwrap();
        }
    };
    tokio::join!(join_all(comings), goings);

    let members = db.members(&circle).await;
    assert_eq!(members.len(), 3);
    assert_eq!(members[0], amina.id);
    let waiting = db.store.read().waiting(circle.id, whole()).await.unwrap().items;
    let places: Vec<_> = waiting.iter().map(|found| found.request.place.unwrap()).collect();
    assert!(places.is_sorted(), "{places:?}");
    let history = db.history(&circle).await;
    let things = |kind| history.iter().filter(move |event| event.kind == kind).map(|event| &event.thing);
    let came: Vec<_> = things(EventKind::RequestWaiting).collect();
    let admitted: Vec<_> = things(EventKind::RequestAdmitted).collect();
    assert_eq!(came[..admitted.len()], admitted, "first come, first served");
    assert_eq!((admitted.len(), came.len()), (20, 60));
    assert_eq!(waiting.len(), 40);
    assert_eq!(db.findings().await, []);
}
