//! What those who ask are shown: nothing that is deleted, closed, refused or somebody else's.

use guestlist_core::Change;
use guestlist_core::group::{Group, GroupRef};
use guestlist_core::invitation::{Invitation, InvitationRef, InvitationToken, InvitationTokenHash, Invitee};
use guestlist_core::member::{Membership, RoleSet};
use guestlist_core::names::Email;
use guestlist_core::opt_out::{InvitationsFrom, OptOut, Person, PersonHash};
use guestlist_core::user::UserEmail;

use super::samples::{bytes, group, group_id, invitation, invitation_id, plain_group, secret, user, user_id};
use super::{Bench, at, first, now};
use crate::query::{Queries as _, Refuser};

#[test]
fn a_deleted_group_is_not_there_for_those_who_ask() {
    let mut bench = Bench::new();
    let (readers, _) = bench.readers();
    let theirs = invitation(1, Invitee::User(user_id(2)));
    let token =
        InvitationToken { holder: None, hash: InvitationTokenHash(bytes(1)), invitation: theirs.id, created_at: at(1) };
    let member = Membership::new(group_id(1), user_id(1), RoleSet::NONE, at(1));
    bench.write([Change::User(user(1)), Change::User(user(2)), Change::Group(plain_group(1))]);
    bench.write([Change::Membership(member), Change::Invitation(theirs), Change::InvitationToken(token)]);
    let found = || {
        [
            usize::from(now(readers.group(GroupRef::Id(group_id(1)), None)).is_some()),
            usize::from(now(readers.group(GroupRef::UidOrSlug("slug1".to_owned()), None)).is_some()),
            usize::from(now(readers.invitation(InvitationRef::Id(invitation_id(1)))).is_some()),
            usize::from(now(readers.invitation(secret(1))).is_some()),
            now(readers.groups_of(user_id(1))).len(),
            now(readers.groups_joined(user_id(1), first(9))).items.len(),
            now(readers.groups(first(9))).items.len(),
            now(readers.open_invitations(group_id(1), at(1), first(9))).items.len(),
            now(readers.invitations_for(user_id(2), at(1), first(9))).items.len(),
        ]
    };
    let deleted = |before| now(readers.deleted_groups(at(before)));
    assert_eq!((found(), deleted(100)), ([1; 9], vec![]));
    bench.write([Change::Group(Group { deleted_at: Some(at(5)), ..plain_group(1) })]);
    assert_eq!(found(), [0; 9]);
    assert_eq!((deleted(4), deleted(5)), (vec![], vec![group_id(1)]));
}

#[test]
fn an_invitation_without_an_end_is_open_for_ever_and_never_due() {
    let mut bench = Bench::new();
    let (readers, _) = bench.readers();
    let lasting = Invitation { expires_at: None, ..invitation(1, Invitee::User(user_id(2))) };
    let (late, early) = (invitation(2, Invitee::User(user_id(3))), invitation(3, Invitee::User(user_id(4))));
    let early = Invitation { expires_at: Some(at(99)), ..early };
    bench.write((1..=4).map(|n| Change::User(user(n))).chain([Change::Group(plain_group(1))]));
    bench.write([&lasting, &late, &early].map(|invitation| Change::Invitation(invitation.clone())));
    let open = |millis| {
        let page = now(readers.open_invitations(group_id(1), at(millis), first(9)));
        page.items.into_iter().map(|view| view.invitation).collect::<Vec<_>>()
    };
    assert_eq!(open(98), [lasting.clone(), late.clone(), early.clone()]);
    assert_eq!(open(99), [lasting.clone(), late.clone()]);
    assert_eq!(open(i64::MAX), [lasting]);
    let due = |millis, limit| now(readers.due_invitations(at(millis), limit));
    assert_eq!((due(98, 9), due(99, 9), due(i64::MAX, 9)), (vec![], vec![early.id], vec![early.id, late.id]));
    assert_eq!(due(i64::MAX, 1), [early.id]);
}

#[test]
fn what_somebody_refuses_for_good_is_not_among_their_invitations_by_whichever_name_they_refused_it() {
    let mut bench = Bench::new();
    let (readers, _) = bench.readers();
    let address =
        |text: &str, is_verified| UserEmail { user: user_id(2), email: Email::parse(text).unwrap(), is_verified };
    let (own, claimed) = (address("Own@x.org", true), address("claimed@x.org", false));
    let people = [Person::User(user_id(2)), Person::Address(own.email.key().clone())];
    let key = bench.engine.person_key;
    bench.write([Change::User(user(1)), Change::User(user(2)), Change::User(user(3)), Change::Group(plain_group(1))]);
    bench.write([Change::UserEmail(own.clone()), Change::UserEmail(claimed.clone())]);
    bench.write([Change::Group(plain_group(2))]);
    bench.write([
        Change::Invitation(invitation(1, Invitee::User(user_id(2)))),
        Change::Invitation(Invitation {
            group: group_id(2),
            inviter: user_id(3),
            ..invitation(2, Invitee::Email(own.email))
        }),
    ]);
    let token = |n| InvitationToken {
        holder: None,
        hash: InvitationTokenHash(bytes(n)),
        invitation: invitation_id(n),
        created_at: at(1),
    };
    bench.write([Change::InvitationToken(token(1)), Change::InvitationToken(token(2))]);
    let shown = || {
        let page = now(readers.invitations_for(user_id(2), at(1), first(9)));
        page.items.into_iter().map(|view| view.invitation.id.as_uuid().as_u128()).collect::<Vec<_>>()
    };
    assert_eq!(shown(), [1, 2]);
    for person in people.map(|person| PersonHash::of(&key, &person)) {
        for (from, left) in [
            (InvitationsFrom::Everyone, vec![]),
            (InvitationsFrom::Group(group_id(1)), vec![2]),
            (InvitationsFrom::Group(group_id(3)), vec![1, 2]),
            (InvitationsFrom::Inviter(user_id(3)), vec![1]),
            (InvitationsFrom::Inviter(user_id(2)), vec![1, 2]),
        ] {
            let refused = OptOut { person, from, created_at: at(1) };
            bench.write([Change::OptOut(refused)]);
            assert_eq!(shown(), left, "{from:?}");
            assert_eq!(now(readers.opt_outs(Refuser::User(user_id(2)))), [refused]);
            // Whoever holds the secret sees what is refused by the name that was invited.
            let held = |n| now(readers.opt_outs(Refuser::Holder(InvitationTokenHash(bytes(n)))));
            let is_account = person == PersonHash::of(&key, &Person::User(user_id(2)));
            assert_eq!((held(1).len(), held(2).len(), held(3).len()), if is_account { (1, 0, 0) } else { (0, 1, 0) });
            bench.write([Change::OptOutEnded(person, from)]);
        }
    }
    // Somebody else's address that the user only claims to have.
    let person = PersonHash::of(&key, &Person::Address(claimed.email.key().clone()));
    bench.write([Change::OptOut(OptOut { person, from: InvitationsFrom::Everyone, created_at: at(1) })]);
    assert_eq!((shown(), now(readers.opt_outs(Refuser::User(user_id(2))))), (vec![1, 2], vec![]));
    // The group shows its invitations whoever refuses them.
    assert_eq!(now(readers.open_invitations(group_id(1), at(1), first(9))).items.len(), 1);
}

#[test]
fn an_invitation_to_an_unverified_address_is_not_shown_to_who_claims_it() {
    let mut bench = Bench::new();
    let email = Email::parse("b@x.org").unwrap();
    let invitation = invitation(1, Invitee::Email(email.clone()));
    bench.write([
        Change::User(user(1)),
        Change::User(user(2)),
        Change::Group(group(1)),
        Change::UserEmail(UserEmail { user: user_id(2), email: email.clone(), is_verified: false }),
        Change::Invitation(invitation),
    ]);
    let (readers, _) = bench.readers();
    let waiting = || now(readers.invitations_for(user_id(2), at(1), first(9))).items.len();
    assert_eq!(waiting(), 0);
    bench.write([Change::UserEmail(UserEmail { user: user_id(2), email, is_verified: true })]);
    assert_eq!(waiting(), 1);
}
