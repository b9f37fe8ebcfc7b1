//! Many targets in one command: a row for each, rehearsed without a trace, and taken back together.

use futures_util::future::join_all;
use guestlist_core::Refusal;
use guestlist_core::chat::ChatSettings;
use guestlist_core::command::{
    Accept, Admission, ArchiveGroup, CreateGroup, DeleteGroup, DisableUser, ExpireInvitations, GroupPatch, Invite,
    Leave, RefuseInvitations, UndoBatch, UpdateGroup,
};
use guestlist_core::explain::{Explanation, Remedy};
use guestlist_core::group::{Group, GroupRef};
use guestlist_core::history::{Event, EventKind};
use guestlist_core::ids::BatchId;
use guestlist_core::invitation::{InvitationRef, InvitationState};
use guestlist_core::opt_out::InvitationsFrom;
use guestlist_core::outcome::{InviteRow, Standing};
use guestlist_core::user::{User, UserRef};
use uuid::Uuid;

use crate::database::{Database, FOR_A_DAY, account, email, join, new_group, refusal, username};

on_every_engine! {
    five_hundred_of_whom_twenty_are_unknown_are_rehearsed_invited_undone_and_invited_again,
    one_command_invites_a_thousand_and_no_more,
    a_batch_is_not_undone_once_somebody_has_answered,
    undoing_sends_out_again_who_was_let_in_and_lets_live_what_was_renewed,
    a_rehearsal_of_anything_writes_nothing,
}

fn undo(by: &User, group: &Group, batch: BatchId) -> UndoBatch {
    UndoBatch { by: by.id, group: GroupRef::Id(group.id), batch }
}

const fn batch_id(n: u128) -> BatchId {
    BatchId::from_uuid(Uuid::from_u128(n))
}

async fn five_hundred_of_whom_twenty_are_unknown_are_rehearsed_invited_undone_and_invited_again(db: Database) {
    let amina = db.user("amina").await;
    let circle = db.group("circle", &amina).await;
    let known = db.people(200).await;
    let whom: Vec<UserRef> = (0..500)
        .map(|n| match n {
            n if n % 25 == 7 => UserRef::Username(username(&format!("nobody{n}"))),
            n if n % 2 == 0 && n < 400 => UserRef::Id(known[n / 2].id),
            n => UserRef::Email(email(&format!("guest{n}@example.org"))),
        })
        .collect();
    let prepare = |batch| Invite { batch: Some(batch), ..db.invite(&circle, &amina, &whom, FOR_A_DAY) };
    let first = prepare(batch_id(1));

    // Rehearsed: the answer of the very thing, and nothing written.
    let before = db.checksums().await;
    let rehearsed = db.store.rehearse(first.clone()).await.unwrap();
    assert_eq!(db.checksums().await, before);

    let invited = db.store.submit(first.clone()).await.unwrap();
    assert_eq!(invited, rehearsed);
    let expected = first.targets.iter().enumerate().map(|(n, target)| match n % 25 {
        7 => InviteRow::Refused(Refusal::UserNotFound),
        _ => InviteRow::Invited(target.invitation),
    });
    let expected: Vec<_> = expected.collect();
    assert_eq!(invited.rows, expected);
    assert_eq!(expected.iter().filter(|row| matches!(row, InviteRow::Refused(_))).count(), 20);
    let unknown = Explanation { refusal: Refusal::UserNotFound, fact: None, remedy: Remedy::Asker };
    assert_eq!(invited.why, [unknown], "said once");
    assert_eq!(db.open_invitations(&circle).await.len(), 480);

    // Undone: the state is as before, and the history tells both.
    let db = db.reopen();
    db.clock.advance_millis(60_000);
    assert_eq!(db.store.submit(undo(&amina, &circle, batch_id(1))).await.unwrap().undone, 480);
    assert_eq!(db.open_invitations(&circle).await, []);
    assert_eq!(db.view(&circle, &amina).await.group, circle);
    let invitation = InvitationRef::Id(first.targets[0].invitation);
    let closed = db.store.read().invitation(invitation).await.unwrap().unwrap().invitation;
    let tells = (closed.state, closed.closed_at, closed.closed_by);
    assert_eq!(tells, (InvitationState::Revoked, Some(db.now()), Some(amina.id)));
    let late = db.store.submit(Accept { by: Some(known[0].id), invitation, is_secret_enough: false }).await;
    assert_eq!(refusal(late), Refusal::InvitationClosed(InvitationState::Revoked));
    // Once more there is nothing left to undo.
    assert_eq!(db.store.submit(undo(&amina, &circle, batch_id(1))).await.unwrap().undone, 0);

    let second = Invite { batch: Some(batch_id(2)), ..db.invite(&circle, &amina, &whom, FOR_A_DAY) };
    let again = db.store.submit(second).await.unwrap();
    assert_eq!(again.rows.iter().filter(|row| matches!(row, InviteRow::Invited(_))).count(), 480);
    assert_eq!(db.open_invitations(&circle).await.len(), 480);
    let count = |history: &[Event], kind| history.iter().filter(|e| e.kind == kind).count();
    let history = db.history(&circle).await;
    assert_eq!(count(&history, EventKind::InvitationMade), 960);
    assert_eq!(count(&history, EventKind::InvitationRevoked), 480);
    assert_eq!(db.findings().await, []);
}

async fn one_command_invites_a_thousand_and_no_more(db: Database) {
    let amina = db.user("amina").await;
    let circle = db.group("circle", &amina).await;
    let mut whom: Vec<_> = (0..1000).map(|n| UserRef::Email(email(&format!("guest{n}@example.org")))).collect();
    let ask = db.invite(&circle, &amina, &whom, FOR_A_DAY);
    let expected: Vec<_> = ask.targets.iter().map(|target| InviteRow::Invited(target.invitation)).collect();
    let mailed = ask.targets[999].invitation;
    assert_eq!(db.store.submit(ask).await.unwrap().rows, expected);
    assert_eq!(db.open_invitations(&circle).await.len(), 1000);
    assert_eq!(db.history(&circle).await.len(), 2 + 1000);
    db.mail(mailed).await;
    whom.push(UserRef::Id(amina.id));
    let ask = db.invite(&circle, &amina, &whom, FOR_A_DAY);
    assert_eq!(refusal(db.store.submit(ask).await), Refusal::TooManyTargets);
    assert_eq!(db.findings().await, []);
}

async fn a_batch_is_not_undone_once_somebody_has_answered(db: Database) {
    let (amina, bilal, carim) = (db.user("amina").await, db.user("bilal").await, db.user("carim").await);
    let circle = db.group("circle", &amina).await;
    let whom = [UserRef::Id(bilal.id), UserRef::Id(carim.id)];
    let ask = Invite { batch: Some(batch_id(1)), ..db.invite(&circle, &amina, &whom, FOR_A_DAY) };
    let invitation = InvitationRef::Id(ask.targets[1].invitation);
    db.store.submit(ask).await.unwrap();
    db.store.submit(Accept { by: Some(carim.id), invitation, is_secret_enough: false }).await.unwrap();
    let before = db.checksums().await;
    assert_eq!(refusal(db.store.submit(undo(&amina, &circle, batch_id(1))).await), Refusal::BatchAnswered);
    assert_eq!(refusal(db.store.submit(undo(&amina, &circle, batch_id(2))).await), Refusal::BatchNotFound);
    assert_eq!(db.checksums().await, before);
}

async fn undoing_sends_out_again_who_was_let_in_and_lets_live_what_was_renewed(db: Database) {
    let amina = db.user("amina").await;
    let people = db.people(3).await;
    let circle = db.group("circle", &amina).await;
    db.offer_one(&circle, &amina, UserRef::Id(people[0].id)).await;
    let before = db.open_invitations(&circle).await;
    db.clock.advance_millis(3_600_000);
    let whom: Vec<_> = people.iter().map(|user| UserRef::Id(user.id)).collect();
    let invite = |admission, n| Invite { batch: Some(batch_id(n)), ..db.invite(&circle, &amina, &whom, admission) };

    // Renewed and made.
    db.store.submit(invite(FOR_A_DAY, 1)).await.unwrap();
    assert_eq!(db.open_invitations(&circle).await.len(), 3);
    assert_eq!(db.store.submit(undo(&amina, &circle, batch_id(1))).await.unwrap().undone, 3);
    assert_eq!(db.open_invitations(&circle).await[0].invitation, before[0].invitation);
    // Let in, although invited.
    db.store.submit(invite(Admission::Direct, 2)).await.unwrap();
    assert_eq!(db.members(&circle).await.len(), 4);
    assert_eq!(db.open_invitations(&circle).await, []);
    assert!(db.store.read().has_batch(circle.id, batch_id(2)).await.unwrap());
    assert!(!db.store.read().has_batch(circle.id, batch_id(3)).await.unwrap());
    let other = db.group("choir", &amina).await;
    assert!(!db.store.read().has_batch(other.id, batch_id(2)).await.unwrap());
    let db = db.reopen();
    assert_eq!(db.store.submit(undo(&amina, &circle, batch_id(2))).await.unwrap().undone, 4);
    assert_eq!(db.members(&circle).await, [amina.id]);
    assert_eq!(db.findings().await, []);
}

async fn a_rehearsal_of_anything_writes_nothing(db: Database) {
    let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
    let circle = db.public_group("circle", &amina, 2).await;
    let invitation = db.offer_one(&circle, &amina, UserRef::Email(email("guest@example.org"))).await;
    let group = GroupRef::Id(circle.id);
    let before = db.checksums().await;
    macro_rules! rehearse {
        ($($ask:expr,)*) => { $(db.store.rehearse($ask).await.unwrap();)* };
    }
    rehearse! {
           account("carim"),
           CreateGroup { is_public: true,
    chat: ChatSettings::default(), members: vec![], is_without_owner: false, ..new_group("choir", &bilal) },
           DisableUser { by: None, user: UserRef::Id(bilal.id) },
           UpdateGroup { by: amina.id, group: group.clone(), patch: GroupPatch::default() },
           ArchiveGroup { by: amina.id, group: group.clone() },
           DeleteGroup { by: amina.id, group: group.clone(), frees_slug: false },
           db.link(&circle, &amina, None),
           db.token(&amina),
           ExpireInvitations { invitations: vec![invitation] },
           RefuseInvitations { by: Some(bilal.id), invitation: None, from: InvitationsFrom::Everyone },
       }
    // What follows in the same queue is decided as if the rehearsals had not been: there is one seat.
    for joined in join_all([(); 3].map(|()| db.store.rehearse(join(&bilal, &circle)))).await {
        assert_eq!(joined.unwrap().standing, Standing::Joined);
    }
    let last = Leave { by: amina.id, group };
    assert_eq!(refusal(db.store.rehearse(last).await), Refusal::LastOwner);
    assert_eq!(db.checksums().await, before);
    // Not even the next number is used up.
    assert_eq!(db.user("carim").await.id.get(), 3);
}
