//! Invitations: made, renewed, answered, withdrawn and expired, and found by those whom they concern.

use futures_util::future::join_all;
use guestlist_core::Refusal;
use guestlist_core::command::{Accept, AddUser, Decline, RemoveMember};
use guestlist_core::group::{Group, GroupRef, Tally};
use guestlist_core::ids::InvitationId;
use guestlist_core::invitation::{Invitation, InvitationRef, InvitationState, Invitee};
use guestlist_core::member::RoleSet;
use guestlist_core::outcome::{InviteRow, MemberRemoved, Standing};
use guestlist_core::permission::Permission;
use guestlist_core::user::{User, UserRef};
use guestlist_store::InvitationView;

use crate::database::{DAY, Database, FOR_A_DAY, account, email, refusal};

on_every_engine! {
    an_invitation_survives_a_restart_whole,
    an_address_without_an_account_is_invited_and_found_by_its_later_owner,
    inviting_again_an_hour_later_sends_it_again_and_moves_the_deadline,
    accepting_makes_a_member_and_closes_the_invitation,
    declining_and_withdrawing_close_the_invitation,
    an_invitation_is_dead_at_the_instant_it_expires,
    an_expired_invitation_is_closed_when_a_new_one_takes_its_place,
    three_hundred_at_once_invite_one_person_once,
    three_hundred_at_once_invite_one_address_once,
    one_invitation_accepted_many_times_at_once_is_one_membership,
    admitting_directly_closes_what_was_pending_for_the_person,
    a_refused_invite_writes_nothing,
}

fn accept(by: &User, invitation: InvitationId) -> Accept {
    Accept { by: Some(by.id), invitation: InvitationRef::Id(invitation), is_secret_enough: false }
}

fn decline(by: &User, invitation: InvitationId) -> Decline {
    Decline { by: Some(by.id), invitation: InvitationRef::Id(invitation) }
}

fn withdraw(group: &Group, by: &User, user: UserRef) -> RemoveMember {
    RemoveMember { by: by.id, group: GroupRef::Id(group.id), user, spares_owners: false }
}

async fn an_invitation_survives_a_restart_whole(db: Database) {
    let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
    let circle = db.group("circle", &amina).await;
    db.clock.advance_millis(777);
    let to_user = db.offer_one(&circle, &amina, UserRef::Id(bilal.id)).await;
    let to_address = db.offer_one(&circle, &amina, UserRef::Email(email("Carim@Example.org"))).await;
    let expected = |id, invitee, user: Option<&User>| InvitationView {
        invitation: Invitation {
            language: None,
            note: None,
            remind_at: None,
            seen_at: None,
            id,
            group: circle.id,
            invitee,
            inviter: amina.id,
            roles: RoleSet::NONE,
            state: InvitationState::Pending,
            created_at: db.now(),
            sent_at: db.now(),
            expires_at: Some(db.now() + DAY),
            closed_at: None,
            closed_by: None,
        },
        group: Group { tally: Tally { invitations: 2, ..circle.tally }, ..circle.clone() },
        inviter: amina.clone(),
        invitee: user.cloned(),
    };
    let for_bilal = expected(to_user, Invitee::User(bilal.id), Some(&bilal));
    let for_carim = expected(to_address, Invitee::Email(email("carim@example.org")), None);

    let db = db.reopen();
    let found = db.open_invitations(&circle).await;
    assert_eq!(found, [for_bilal.clone(), for_carim]);
    let Invitee::Email(address) = &found[1].invitation.invitee else { panic!("not an address") };
    assert_eq!(address.as_str(), "Carim@Example.org", "the spelling is kept");
    assert_eq!(db.invitations_for(&bilal).await, [for_bilal]);
    assert_eq!(db.invitations_for(&amina).await, []);
}

async fn an_address_without_an_account_is_invited_and_found_by_its_later_owner(db: Database) {
    let (amina, dina) = (db.user("amina").await, db.user("dina").await);
    let circle = db.group("circle", &amina).await;
    let id = db.offer_one(&circle, &amina, UserRef::Email(email("carim@EXAMPLE.org"))).await;
    let db = db.reopen();
    // Asked for again in another spelling, it is the same.
    let again = db.offer(&circle, &amina, &[UserRef::Email(email("CARIM@example.org"))]).await;
    assert_eq!(again, [InviteRow::Renewed(id)]);
    assert_eq!(refusal(db.store.submit(accept(&dina, id)).await), Refusal::InvitationNotFound);

    let carim = db.user("carim").await;
    let found = db.invitations_for(&carim).await;
    assert_eq!(found.iter().map(|view| view.invitation.id).collect::<Vec<_>>(), [id]);
    assert_eq!(found[0].invitee, None);
    assert_eq!(db.invitations_for(&dina).await, []);
    // By now the address is an account, and the account has this invitation already.
    assert_eq!(db.offer(&circle, &amina, &[UserRef::Id(carim.id)]).await, [InviteRow::Renewed(id)]);
    assert_eq!(db.store.submit(accept(&carim, id)).await.unwrap().standing, Standing::Joined);
    assert_eq!(db.invitations_for(&carim).await, []);
    assert_eq!(db.open_invitations(&circle).await, []);
    assert!(db.view(&circle, &carim).await.membership.is_some());
}

async fn inviting_again_an_hour_later_sends_it_again_and_moves_the_deadline(db: Database) {
    let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
    let circle = db.group("circle", &amina).await;
    let id = db.offer_one(&circle, &amina, UserRef::Id(bilal.id)).await;
    let first = db.open_invitations(&circle).await.remove(0);
    db.clock.advance_millis(3_600_000);
    assert_eq!(db.offer(&circle, &amina, &[UserRef::Id(bilal.id)]).await, [InviteRow::Renewed(id)]);
    let db = db.reopen();
    let renewed = Invitation { sent_at: db.now(), expires_at: Some(db.now() + DAY), ..first.invitation.clone() };
    assert_eq!(db.open_invitations(&circle).await, [InvitationView { invitation: renewed, ..first }]);
}

async fn accepting_makes_a_member_and_closes_the_invitation(db: Database) {
    let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
    let circle = db.group("circle", &amina).await;
    let id = db.offer_one(&circle, &amina, UserRef::Id(bilal.id)).await;
    db.clock.advance_millis(1000);
    let accepted = db.store.submit(accept(&bilal, id)).await.unwrap();
    assert_eq!((accepted.group, accepted.standing), (circle.id, Standing::Joined));
    let db = db.reopen();
    let view = db.view(&circle, &bilal).await;
    assert_eq!(view.membership.unwrap().joined_at, db.now());
    assert_eq!((view.group.tally.members, view.group.tally.updated_at), (2, db.now()));
    assert_eq!(db.open_invitations(&circle).await, []);
    assert_eq!(db.store.submit(accept(&bilal, id)).await.unwrap().standing, Standing::AlreadyMember);
    let closed = Refusal::InvitationClosed(InvitationState::Accepted);
    assert_eq!(refusal(db.store.submit(decline(&bilal, id)).await), closed);
}

async fn declining_and_withdrawing_close_the_invitation(db: Database) {
    let (amina, bilal, carim) = (db.user("amina").await, db.user("bilal").await, db.user("carim").await);
    let circle = db.group("circle", &amina).await;
    let declined = db.offer_one(&circle, &amina, UserRef::Id(bilal.id)).await;
    let revoked = db.offer_one(&circle, &amina, UserRef::Id(carim.id)).await;
    db.offer_one(&circle, &amina, UserRef::Email(email("dina@example.org"))).await;
    assert_eq!(db.store.submit(decline(&bilal, declined)).await.unwrap().group, circle.id);
    let to_dina = UserRef::Email(email("DINA@example.org"));
    for user in [UserRef::Id(carim.id), to_dina.clone()] {
        let removed = db.store.submit(withdraw(&circle, &amina, user)).await.unwrap();
        assert_eq!(removed, MemberRemoved::Invitation);
    }

    let db = db.reopen();
    assert_eq!(db.open_invitations(&circle).await, []);
    db.store.submit(decline(&bilal, declined)).await.unwrap();
    let closed = |state| Refusal::InvitationClosed(state);
    assert_eq!(refusal(db.store.submit(accept(&bilal, declined)).await), closed(InvitationState::Declined));
    assert_eq!(refusal(db.store.submit(accept(&carim, revoked)).await), closed(InvitationState::Revoked));
    assert_eq!(refusal(db.store.submit(withdraw(&circle, &amina, to_dina)).await), Refusal::MemberNotFound);
    // A closed one does not stand in the way of another.
    assert_ne!(db.offer_one(&circle, &amina, UserRef::Id(bilal.id)).await, declined);
}

async fn an_invitation_is_dead_at_the_instant_it_expires(db: Database) {
    let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
    let circle = db.group("circle", &amina).await;
    let id = db.offer_one(&circle, &amina, UserRef::Id(bilal.id)).await;
    db.clock.advance_millis(DAY.as_millis() - 1);
    assert_eq!((db.open_invitations(&circle).await.len(), db.invitations_for(&bilal).await.len()), (1, 1));
    db.clock.advance_millis(1);
    assert_eq!((db.open_invitations(&circle).await.len(), db.invitations_for(&bilal).await.len()), (0, 0));
    let expired = Refusal::InvitationClosed(InvitationState::Expired);
    assert_eq!(refusal(db.store.submit(accept(&bilal, id)).await), expired);
}

async fn an_expired_invitation_is_closed_when_a_new_one_takes_its_place(db: Database) {
    let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
    let circle = db.group("circle", &amina).await;
    let whom = [UserRef::Id(bilal.id), UserRef::Email(email("carim@example.org"))];
    let old = db.offer(&circle, &amina, &whom).await;
    db.clock.advance_millis(DAY.as_millis());
    let db = db.reopen();
    let new = db.offer(&circle, &amina, &whom).await;
    for (old, new) in old.iter().zip(&new) {
        assert!(matches!((old, new), (InviteRow::Invited(old), InviteRow::Invited(new)) if old != new));
    }

    let db = db.reopen();
    let pending = db.open_invitations(&circle).await;
    assert_eq!(pending.iter().map(|view| InviteRow::Invited(view.invitation.id)).collect::<Vec<_>>(), new);
    let InviteRow::Invited(dead) = old[0] else { panic!("{old:?}") };
    let expired = Refusal::InvitationClosed(InvitationState::Expired);
    assert_eq!(refusal(db.store.submit(accept(&bilal, dead)).await), expired);
    db.store.submit(accept(&bilal, pending[0].invitation.id)).await.unwrap();
    // The old ones are closed for good: a withdrawal finds just the one that is pending.
    let carim = UserRef::Email(email("carim@example.org"));
    db.store.submit(withdraw(&circle, &amina, carim.clone())).await.unwrap();
    assert_eq!(refusal(db.store.submit(withdraw(&circle, &amina, carim)).await), Refusal::MemberNotFound);
}

async fn invite_300_times(db: &Database, who: UserRef) {
    let amina = db.user("amina").await;
    let circle = db.group("circle", &amina).await;
    let all = join_all((0..300).map(|_| db.offer(&circle, &amina, std::slice::from_ref(&who)))).await;
    let InviteRow::Invited(id) = all[0][0] else { panic!("{:?}", all[0]) };
    assert!(all[1..].iter().all(|rows| *rows == [InviteRow::Renewed(id)]));
    assert_eq!(db.open_invitations(&circle).await.len(), 1);
}

async fn three_hundred_at_once_invite_one_person_once(db: Database) {
    let bilal = db.user("bilal").await;
    invite_300_times(&db, UserRef::Id(bilal.id)).await;
    let db = db.reopen();
    assert_eq!(db.invitations_for(&bilal).await.len(), 1);
}

async fn three_hundred_at_once_invite_one_address_once(db: Database) {
    invite_300_times(&db, UserRef::Email(email("carim@example.org"))).await;
    let carim = db.user("carim").await;
    assert_eq!(db.invitations_for(&carim).await.len(), 1);
}

async fn one_invitation_accepted_many_times_at_once_is_one_membership(db: Database) {
    let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
    let circle = db.group("circle", &amina).await;
    let id = db.offer_one(&circle, &amina, UserRef::Id(bilal.id)).await;
    let all = join_all((0..50).map(|_| db.store.submit(accept(&bilal, id)))).await;
    let standings: Vec<_> = all.into_iter().map(|accepted| accepted.unwrap().standing).collect();
    assert_eq!(standings[0], Standing::Joined);
    assert_eq!(standings[1..], [Standing::AlreadyMember; 49]);
    assert_eq!(db.view(&circle, &bilal).await.group.tally.members, 2);
}

async fn admitting_directly_closes_what_was_pending_for_the_person(db: Database) {
    let amina = db.user("amina").await;
    let circle = db.group("circle", &amina).await;
    let to_address = db.offer_one(&circle, &amina, UserRef::Email(email("bilal@example.org"))).await;
    let bilal = db.user("bilal").await;
    let db = db.reopen();
    assert_eq!(db.admit(&circle, &amina, &[&bilal]).await, [InviteRow::Added]);
    assert_eq!(db.open_invitations(&circle).await, []);
    assert_eq!(db.invitations_for(&bilal).await, []);
    assert_eq!(db.store.submit(accept(&bilal, to_address)).await.unwrap().standing, Standing::AlreadyMember);
}

async fn a_refused_invite_writes_nothing(db: Database) {
    let (amina, bilal) = (db.user("amina").await, db.user("bilal").await);
    let nobody = AddUser { email: None, ..account("carim") };
    let carim = db.store.submit(nobody).await.unwrap().0;
    let circle = db.group("circle", &amina).await;
    let ask = db.invite(&circle, &bilal, &[UserRef::Id(carim.id)], FOR_A_DAY);
    assert_eq!(refusal(db.store.submit(ask).await), Refusal::NotAllowed(Permission::Invite));
    assert_eq!(db.open_invitations(&circle).await, []);
    assert_eq!(db.view(&circle, &amina).await.group, circle);
}
