//! What one installation, one group and one person may have too much of.

use futures_util::future::join_all;
use guestlist_core::command::{Decline, GroupPatch, RemoveMember, RevokeInvitation, UpdateGroup};
use guestlist_core::explain::Fact;
use guestlist_core::group::GroupRef;
use guestlist_core::invitation::InvitationRef;
use guestlist_core::outcome::{InviteRow, Standing};
use guestlist_core::settings::Quotas;
use guestlist_core::time::Timestamp;
use guestlist_core::user::UserRef;
use guestlist_core::{Refusal, Settings};

use crate::database::{DAY, Database, FOR_A_DAY, email, join, leave, refusal};

on_every_engine! {
    a_group_has_so_many_pending_invitations_and_each_that_ends_makes_room,
    one_inviter_makes_so_many_invitations_a_day_in_all_groups,
    one_inviter_has_one_quota_in_two_groups_through_two_nodes,
    no_group_has_more_seats_than_the_operator_allows,
    without_quotas_nothing_is_counted,
}

fn guest(n: usize) -> UserRef {
    UserRef::Email(email(&format!("guest{n}@example.org")))
}

fn guests(numbers: std::ops::Range<usize>) -> Vec<UserRef> {
    numbers.map(guest).collect()
}

fn limits(pending_per_group: i64, made_per_day: i64) -> Settings {
    Settings { quotas: Some(Quotas { pending_per_group, made_per_day }), ..Settings::default() }
}

fn made(rows: &[InviteRow]) -> usize {
    rows.iter().filter(|row| matches!(row, InviteRow::Invited(_))).count()
}

async fn a_group_has_so_many_pending_invitations_and_each_that_ends_makes_room(db: Database) {
    let db = db.under(limits(3, 100));
    let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
    let circle = db.group("circle", &amina).await;
    let too_many = InviteRow::Refused(Refusal::TooManyInvitations);
    let whom = [guests(0..4), vec![UserRef::Id(bilal.id)]].concat();
    let told = db.store.submit(db.invite(&circle, &amina, &whom, FOR_A_DAY)).await.unwrap();
    assert_eq!((made(&told.rows), &told.rows[3..]), (3, &[too_many, too_many][..]));
    assert_eq!(told.why[0].fact, Some(Fact::Count { count: 3, max: 3 }));
    assert_eq!(db.offer(&circle, &amina, &[guest(5)]).await, [too_many]);
    // Renewing takes no room, and other groups have their own.
    assert!(matches!(db.offer(&circle, &amina, &[guest(0)]).await[..], [InviteRow::Renewed(_)]));
    let choir = db.group("choir", &amina).await;
    assert_eq!(made(&db.offer(&choir, &amina, &guests(0..4)).await), 3);

    // Taken back, declined, withdrawn: whatever way they end.
    let db = db.reopen();
    let open: Vec<_> = db.open_invitations(&circle).await.into_iter().map(|view| view.invitation.id).collect();
    db.store.submit(RevokeInvitation { by: amina.id, invitation: open[0] }).await.unwrap();
    let secret = InvitationRef::Token(db.mail(open[1]).await);
    db.store.submit(Decline { by: None, invitation: secret }).await.unwrap();
    let withdraw = RemoveMember { by: amina.id, group: GroupRef::Id(circle.id), user: guest(2), spares_owners: false };
    db.store.submit(withdraw).await.unwrap();
    assert_eq!(made(&db.offer(&circle, &amina, &guests(6..10)).await), 3);
    assert_eq!(db.findings().await, []);
}

async fn one_inviter_makes_so_many_invitations_a_day_in_all_groups(db: Database) {
    let db = db.under(limits(100, 3));
    let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
    let (circle, choir) = (db.group("circle", &amina).await, db.group("choir", &amina).await);
    let midnight = Timestamp::from_days(db.now().as_days() + 1);
    let spent = InviteRow::Refused(Refusal::DailyQuotaSpent(midnight));
    assert_eq!(made(&db.offer(&circle, &amina, &guests(0..2)).await), 2);
    let db = db.reopen();
    let rows = db.offer(&choir, &amina, &guests(0..3)).await;
    assert_eq!((made(&rows), &rows[1..]), (1, &[spent, spent][..]));
    // What was taken back was made all the same; what is renewed is not made.
    let id = db.open_invitations(&circle).await[0].invitation.id;
    db.store.submit(RevokeInvitation { by: amina.id, invitation: id }).await.unwrap();
    assert_eq!(db.offer(&circle, &amina, &[guest(0)]).await, [spent]);
    assert!(matches!(db.offer(&circle, &amina, &[guest(1)]).await[..], [InviteRow::Renewed(_)]));
    // Others have a day of their own.
    let club = db.group("club", &bilal).await;
    assert_eq!(made(&db.offer(&club, &bilal, &guests(0..4)).await), 3);
    // Nor is anybody kept from declining, leaving or being let in.
    db.admit(&circle, &amina, &[&bilal]).await;
    db.store.submit(leave(&bilal, &circle)).await.unwrap();

    // The day ends at midnight.
    db.clock.advance_millis(midnight.as_millis() - db.now().as_millis() - 1);
    assert_eq!(db.offer(&circle, &amina, &[guest(3)]).await, [spent]);
    db.clock.advance_millis(1);
    let rows = db.offer(&circle, &amina, &guests(3..7)).await;
    let spent = InviteRow::Refused(Refusal::DailyQuotaSpent(midnight + DAY));
    assert_eq!((made(&rows), rows[3]), (3, spent));
}

async fn one_inviter_has_one_quota_in_two_groups_through_two_nodes(db: Database) {
    let db = db.under(limits(100, 10));
    let amina = db.user("amina").await;
    let groups = [db.group("circle", &amina).await, db.group("choir", &amina).await];
    let other = db.another();
    let nodes = [&db.store, &other];
    let asks = (0..40).map(|n| {
        let ask = db.invite(&groups[n % 2], &amina, &[guest(n)], FOR_A_DAY);
        nodes[n % 2].submit(ask)
    });
    let rows: Vec<_> = join_all(asks).await.into_iter().map(|told| told.unwrap().rows[0]).collect();
    assert_eq!(made(&rows), 10, "{rows:?}");
    assert_eq!(db.findings().await, []);
}

async fn no_group_has_more_seats_than_the_operator_allows(db: Database) {
    let db = db.under(Settings { members_max: Some(3), ..Settings::default() });
    let amina = db.user("amina").await;
    let people = db.people(4).await;
    let circle = db.group("circle", &amina).await;
    let seats = |max| UpdateGroup {
        by: amina.id,
        group: GroupRef::Id(circle.id),
        patch: GroupPatch { is_public: Some(true), members_max: Some(Some(max)), ..GroupPatch::default() },
    };
    for max in [0, 4] {
        assert_eq!(refusal(db.store.submit(seats(max)).await), Refusal::SeatsOutOfRange);
    }
    db.store.submit(seats(3)).await.unwrap();
    for (user, expected) in people.iter().zip([Standing::Joined, Standing::Joined, Standing::Waiting]) {
        assert_eq!(db.store.submit(join(user, &circle)).await.unwrap().standing, expected);
    }
    // An invitation into a group without a seat would be no use to anybody.
    let full = InviteRow::Refused(Refusal::GroupFull);
    assert_eq!(db.offer(&circle, &amina, &[UserRef::Id(people[3].id), guest(1)]).await, [full, full]);
    // The operator thinks better of it: nobody is sent away, and the next to go is not replaced.
    let db = db.under(Settings { members_max: Some(2), ..Settings::default() });
    db.store.submit(leave(&people[0], &circle)).await.unwrap();
    assert_eq!(db.members(&circle).await, [amina.id, people[1].id]);
    assert_eq!(db.waiting(&circle).await, [people[2].id]);
    assert_eq!(db.findings().await, []);
}

async fn without_quotas_nothing_is_counted(db: Database) {
    let db = db.under(Settings { quotas: None, ..Settings::default() });
    let amina = db.user("amina").await;
    let circle = db.group("circle", &amina).await;
    assert_eq!(made(&db.offer(&circle, &amina, &guests(0..50)).await), 50);
    let report = db.checksums().await;
    assert_eq!(report.iter().find(|copied| copied.table == "day_counts").unwrap().rows, 0);
}
