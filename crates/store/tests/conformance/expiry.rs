//! Invitations end by themselves: at their instant, recorded when somebody looks.

use guestlist_core::command::{Accept, Admission, Expiry, ResendInvitation};
use guestlist_core::history::EventKind;
use guestlist_core::ids::InvitationId;
use guestlist_core::invitation::{Invitation, InvitationRef, InvitationState};
use guestlist_core::outcome::InviteRow;
use guestlist_core::settings::Quotas;
use guestlist_core::user::UserRef;
use guestlist_core::{Refusal, Settings};
use guestlist_store::Swept;

use crate::database::{DAY, Database, FOR_A_DAY, email, refusal};

on_every_engine! {
    a_sweep_records_expiry_at_its_instant_and_the_next_one_finds_nothing,
    what_was_swept_counts_towards_no_quota,
    a_thousand_and_more_that_are_due_are_all_swept_once_by_two_nodes,
    an_invitation_that_never_ends_is_never_due,
}

fn guest(n: usize) -> UserRef {
    UserRef::Email(email(&format!("guest{n}@example.org")))
}

async fn stored(db: &Database, id: InvitationId) -> Invitation {
    db.store.read().invitation(InvitationRef::Id(id)).await.unwrap().unwrap().invitation
}

async fn a_sweep_records_expiry_at_its_instant_and_the_next_one_finds_nothing(db: Database) {
    let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
    let circle = db.group("circle", &amina).await;
    let first = db.offer_one(&circle, &amina, UserRef::Id(bilal.id)).await;
    let end = db.now() + DAY;
    db.clock.advance_millis(3_600_000);
    let second = db.offer_one(&circle, &amina, guest(1)).await;
    let made = stored(&db, first).await;
    db.clock.advance_millis(DAY.as_millis() - 3_600_001);
    assert_eq!(db.store.sweep(db.now()).await.unwrap(), Swept::default());
    db.clock.advance_millis(1);
    assert_eq!(db.now(), end);
    let one = Swept { reminded: 0, invitations: 1, groups: 0 };
    assert_eq!(db.store.sweep(db.now()).await.unwrap(), one);

    let db = db.reopen();
    let expired = Invitation { state: InvitationState::Expired, closed_at: Some(end), ..made };
    assert_eq!(stored(&db, first).await, expired);
    assert_eq!(db.open_invitations(&circle).await.len(), 1);
    // Swept late, the second is recorded as of its own instant, by nobody.
    db.clock.advance_millis(10 * DAY.as_millis());
    assert_eq!(db.store.sweep(db.now()).await.unwrap(), one);
    let late = stored(&db, second).await;
    assert_eq!((late.state, late.closed_at, late.closed_by), (InvitationState::Expired, late.expires_at, None));
    let last = db.history(&circle).await.pop().unwrap();
    assert_eq!((last.kind, last.actor, last.at), (EventKind::InvitationExpired, None, db.now()));
    let before = db.checksums().await;
    assert_eq!(db.store.sweep(db.now()).await.unwrap(), Swept::default());
    assert_eq!(db.checksums().await, before);
    assert_eq!(db.findings().await, []);
}

async fn what_was_swept_counts_towards_no_quota(db: Database) {
    let quotas = Some(Quotas { pending_per_group: 2, made_per_day: 100 });
    let db = db.under(Settings { quotas, ..Settings::default() });
    let amina = db.user("amina").await;
    let circle = db.group("circle", &amina).await;
    let too_many = InviteRow::Refused(Refusal::TooManyInvitations);
    db.offer(&circle, &amina, &[guest(1), guest(2)]).await;
    assert_eq!(db.offer(&circle, &amina, &[guest(3)]).await, [too_many]);
    db.clock.advance_millis(DAY.as_millis());
    // What is dead is not open, but nobody has looked yet.
    assert_eq!(db.open_invitations(&circle).await, []);
    assert_eq!(db.offer(&circle, &amina, &[guest(3)]).await, [too_many]);
    db.store.sweep(db.now()).await.unwrap();
    assert_eq!(db.view(&circle, &amina).await.group.tally.invitations, 0);
    db.offer_one(&circle, &amina, guest(3)).await;
    assert_eq!(db.findings().await, []);
}

async fn a_thousand_and_more_that_are_due_are_all_swept_once_by_two_nodes(db: Database) {
    let amina = db.user("amina").await;
    let circle = db.group("circle", &amina).await;
    for first in [0, 600] {
        let whom: Vec<_> = (first..first + 600).map(guest).collect();
        db.offer(&circle, &amina, &whom).await;
    }
    db.clock.advance_millis(DAY.as_millis());
    let other = db.another();
    let (one, two) = tokio::join!(db.store.sweep(db.now()), other.sweep(db.now()));
    assert_eq!(one.unwrap().invitations + two.unwrap().invitations, 1200);
    assert_eq!(db.history(&circle).await.len(), 2 + 1200 + 1200);
    assert_eq!(db.view(&circle, &amina).await.group.tally.invitations, 0);
    assert_eq!(db.store.sweep(db.now()).await.unwrap(), Swept::default());
    assert_eq!(db.findings().await, []);
}

async fn an_invitation_that_never_ends_is_never_due(db: Database) {
    let amina = db.user("amina").await;
    let circle = db.group("circle", &amina).await;
    let for_ever = Admission::OnAcceptance(Expiry::Never);
    let longest = Settings::default().longest_lifetime.unwrap();
    let ask = db.invite(&circle, &amina, &[guest(1)], for_ever);
    assert_eq!(refusal(db.store.submit(ask).await), Refusal::LifetimeTooLong(longest));

    let db = db.under(Settings { longest_lifetime: None, ..Settings::default() });
    let ask = db.invite(&circle, &amina, &[guest(1)], for_ever);
    let id = ask.targets[0].invitation;
    db.store.submit(ask).await.unwrap();
    db.clock.advance_millis(10_000 * DAY.as_millis());
    assert_eq!(db.store.sweep(db.now()).await.unwrap(), Swept::default());
    assert_eq!(db.open_invitations(&circle).await[0].invitation.expires_at, None);
    // Neither sending it again nor inviting again brings its end nearer.
    let ask = ResendInvitation { by: amina.id, invitation: id, expiry: Expiry::After(DAY) };
    let resent = db.store.submit(ask).await.unwrap().0;
    assert_eq!((resent.sent_at, resent.expires_at), (db.now(), None));
    let ask = db.invite(&circle, &amina, &[guest(1)], FOR_A_DAY);
    assert_eq!(db.store.submit(ask).await.unwrap().rows, [InviteRow::Renewed(id)]);
    assert_eq!(stored(&db, id).await, resent);
    let guest = db.user("guest1").await;
    db.store
        .submit(Accept { by: Some(guest.id), invitation: InvitationRef::Id(id), is_secret_enough: false })
        .await
        .unwrap();
}
