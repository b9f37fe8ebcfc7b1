//! What is loaded for a command to be decided on: by whatever it names, and no more than it needs.

use guestlist_core::change::DayCount;
use guestlist_core::group::{Group, GroupRef, Tally};
use guestlist_core::ids::{InvitationId, UserId};
use guestlist_core::invitation::{
    Invitation, InvitationRef, InvitationState, InvitationToken, InvitationTokenHash, Invitee,
};
use guestlist_core::link::{Link, LinkHash, LinkRef};
use guestlist_core::member::{Membership, Role, RoleSet};
use guestlist_core::names::Email;
use guestlist_core::opt_out::{InvitationsFrom, OptOut, Person, PersonHash};
use guestlist_core::request::{JoinRequest, RequestState};
use guestlist_core::user::UserRef;
use guestlist_core::{Change, Needs};
use uuid::Uuid;

use super::samples::{bytes, group, group_id, link_id, plain_group, secret, user, user_id};
use super::{Bench, at, now};
use crate::engine::Engine as _;

#[test]
fn links_requests_refusals_and_counts_are_read_back_by_the_rules() {
    let mut bench = Bench::new();
    let link = |n, uses_max, end: Option<i64>| Link {
        id: link_id(n),
        group: group_id(1),
        hash: LinkHash(bytes(n)),
        creator: user_id(1),
        roles: RoleSet::of(&[Role::Leader]),
        uses_max,
        uses: 3,
        needs_approval: end.is_none(),
        created_at: at(1),
        expires_at: end.map(at),
        revoked_at: end.map(at),
        revoked_by: end.map(|_| user_id(2)),
    };
    let links = [link(1, None, None), link(2, Some(3), Some(5))];
    let requests: Vec<_> = RequestState::ALL
        .into_iter()
        .zip(1..)
        .map(|(state, n): (_, i64)| {
            let is_open = matches!(state, RequestState::Pending | RequestState::Waiting);
            JoinRequest {
                group: group_id(1),
                user: UserId::new(n).unwrap(),
                roles: RoleSet::of(&[Role::Owner]),
                state,
                place: (state != RequestState::Pending).then_some(n),
                created_at: at(n),
                closed_at: (!is_open).then_some(at(9)),
                closed_by: (!is_open).then_some(user_id(1)),
            }
        })
        .collect();
    let froms = [InvitationsFrom::Everyone, InvitationsFrom::Group(group_id(1)), InvitationsFrom::Inviter(user_id(1))];
    let person = PersonHash::of(&bench.engine.person_key, &Person::User(user_id(1)));
    let refused = froms.map(|from| OptOut { person, from, created_at: at(3) });
    let today = DayCount { inviter: user_id(1), day: 4, made: 5 };
    bench.write((1..=5).map(|n| Change::User(user(n))).chain([Change::Group(plain_group(1))]));
    bench.write(links.iter().cloned().map(Change::Link));
    bench.write(requests.iter().cloned().map(Change::JoinRequest));
    bench.write(refused.map(Change::OptOut));
    bench.write([Change::DayCount(DayCount { day: 3, ..today }), Change::DayCount(today)]);
    // Taken back and refused again in one batch: it is there already, with another time.
    let again = refused.map(|refused| OptOut { created_at: at(4), ..refused });
    bench.write(again.map(Change::OptOut));

    let needs = || Needs {
        groups: vec![GroupRef::Id(group_id(1))],
        users: (1..=5).map(|n| UserRef::Id(user_id(n))).collect(),
        links: vec![LinkRef::Id(link_id(1)), LinkRef::Hash(LinkHash(bytes(2)))],
        days_of: vec![user_id(1)],
        opt_outs: true,
        ..Needs::default()
    };
    let facts = bench.load(needs());
    for link in &links {
        assert_eq!(facts.link(&LinkRef::Id(link.id)), Some(link));
        assert_eq!(facts.link(&LinkRef::Hash(link.hash)), Some(link));
    }
    for request in &requests {
        assert_eq!(facts.request(group_id(1), request.user), Some(request));
    }
    assert_eq!(facts.opt_outs(&person).copied().collect::<Vec<_>>(), again);
    assert_eq!((facts.made_on(user_id(1), 4), facts.made_on(user_id(1), 3)), (5, 0));

    // What may change does.
    let reopened = JoinRequest {
        state: RequestState::Pending,
        place: None,
        closed_at: None,
        closed_by: None,
        ..requests[4].clone()
    };
    bench.write([
        Change::Link(Link { uses: 4, revoked_at: Some(at(6)), revoked_by: Some(user_id(1)), ..links[0].clone() }),
        Change::JoinRequest(reopened.clone()),
        Change::OptOutEnded(person, froms[1]),
    ]);
    let facts = bench.load(needs());
    let found = facts.link(&LinkRef::Id(link_id(1))).unwrap();
    assert_eq!((found.uses, found.revoked_at, found.revoked_by), (4, Some(at(6)), Some(user_id(1))));
    assert_eq!(facts.request(group_id(1), user_id(5)), Some(&reopened));
    assert_eq!(facts.opt_outs(&person).map(|refused| refused.from).collect::<Vec<_>>(), [froms[0], froms[2]]);
}

#[test]
fn of_those_who_wait_as_many_are_facts_as_commands_need() {
    let mut bench = Bench::new();
    bench.write((1..=20).map(|n| Change::User(user(n))));
    let waiting = |group: usize, n: usize, state| {
        Change::JoinRequest(JoinRequest {
            group: group_id(group),
            user: user_id(n),
            roles: RoleSet::NONE,
            state,
            // The later they were added, the earlier is their place; and no place follows upon another.
            place: Some(3 * (100 - i64::try_from(n).unwrap())),
            created_at: at(1),
            closed_at: (state != RequestState::Waiting).then_some(at(2)),
            closed_by: None,
        })
    };
    for group in [1, 2, 3] {
        let tally = Tally { waiting: 9, ..Tally::new(at(1)) };
        bench.write([Change::Group(Group { tally, ..plain_group(group) })]);
        bench.write((1..=9).map(|n| waiting(group, n, RequestState::Waiting)));
        bench.write((10..=20).map(|n| waiting(group, n, RequestState::Admitted)));
    }
    let of = |group, waiting| Needs { groups: vec![GroupRef::Id(group_id(group))], waiting, ..Needs::default() };
    let needs = [of(1, 1), of(2, 3), of(1, 1), of(3, 1000)];
    let facts = now(bench.engine.load(&needs, &bench.around.settings));
    let places = |group| facts.waiting(group_id(group)).map(|found| found.user.get()).collect::<Vec<_>>();
    assert_eq!(places(1), [9, 8]);
    assert_eq!(places(2), [9, 8, 7]);
    assert_eq!(places(3), [9, 8, 7, 6, 5, 4, 3, 2, 1]);
}

#[test]
fn every_state_of_an_invitation_and_every_set_of_roles_is_read_back_by_the_rules() {
    let mut bench = Bench::new();
    let states = InvitationState::ALL;
    let invitations: Vec<_> = (0..40_u8)
        .map(|n| {
            let state = states[usize::from(n % 5)];
            let address = Email::parse(&format!("Guest{n}@x.org")).unwrap();
            Invitation {
                language: None,
                note: None,
                remind_at: None,
                seen_at: None,
                id: InvitationId::from_uuid(Uuid::from_u128(u128::MAX - u128::from(n))),
                group: group_id(1),
                invitee: if n % 2 == 0 { Invitee::Email(address) } else { Invitee::User(user_id(usize::from(n))) },
                inviter: user_id(1),
                roles: RoleSet::from_bits(n / 5).unwrap(),
                state,
                created_at: at(i64::from(n)),
                sent_at: at(100 + i64::from(n)),
                expires_at: (n % 3 > 0).then_some(at(1000 + i64::from(n))),
                closed_at: (state != InvitationState::Pending).then_some(at(500)),
                closed_by: (state == InvitationState::Accepted).then_some(user_id(1)),
            }
        })
        .collect();
    let memberships: Vec<_> = (0..8_u8)
        .map(|bits| Membership {
            group: group_id(1),
            user: user_id(usize::from(bits) + 1),
            roles: RoleSet::from_bits(bits).unwrap(),
            joined_at: at(i64::from(bits)),
            is_hidden: bits % 2 == 1,
        })
        .collect();
    bench.write((1..=40).map(|n| Change::User(user(n))).chain([Change::Group(group(1))]));
    bench.write(invitations.iter().cloned().map(Change::Invitation));
    bench.write(memberships.iter().cloned().map(Change::Membership));
    let token = |n: usize| InvitationToken {
        holder: None,
        hash: InvitationTokenHash(bytes(n)),
        invitation: invitations[n].id,
        created_at: at(9),
    };
    bench.write((20..40).map(|n| Change::InvitationToken(token(n))));

    let by_id = invitations.iter().take(20).map(|invitation| InvitationRef::Id(invitation.id));
    let facts = bench.load(Needs {
        invitations: by_id.chain((20..40).map(secret)).collect(),
        users: (1..=8).map(|n| UserRef::Id(user_id(n))).collect(),
        ..Needs::default()
    });
    for (n, invitation) in invitations.iter().enumerate() {
        assert_eq!(facts.invitation(&InvitationRef::Id(invitation.id)), Some(invitation));
        assert_eq!(facts.invitation(&secret(n)), Some(invitation).filter(|_| n >= 20));
    }
    for membership in &memberships {
        assert_eq!(facts.membership(group_id(1), membership.user), Some(membership));
    }
}
