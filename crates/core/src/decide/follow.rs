//! What follows from changes by themselves: free seats are filled from the waiting list, and counters add up.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::change::Change;
use crate::facts::Facts;
use crate::group::{Group, GroupRef, Tally};
use crate::ids::{GroupId, InvitationId, UserId};
use crate::invitation::{InvitationRef, InvitationState};
use crate::member::{Membership, Role};
use crate::notices::Announced;
use crate::request::{JoinRequest, RequestState};
use crate::time::Timestamp;

/// Lets in those who wait, first come first served, where `changes` have made room. Nobody gets into a group that is
/// archived or deleted.
pub(super) fn fill_seats(changes: &mut Vec<Change>, facts: &Facts, now: Timestamp) {
    let touched = changes.iter().filter_map(|change| match change {
        Change::MembershipEnded(group, _) => Some(*group),
        Change::Group(new) => {
            let known = facts.group(&GroupRef::Id(new.id));
            known.filter(|known| has_made_room(known, new)).map(|known| known.id)
        }
        _ => None,
    });
    let touched: BTreeSet<_> = touched.collect();
    for id in touched {
        let after = Aftermath::of(changes, facts, id);
        let Some(group) = after.group.filter(|group| is_open(group)) else { continue };
        let free = group.seats(facts.settings()) - after.known.members - after.members;
        // Whoever goes makes room for one, however many seats the operator has added meanwhile: no more of those who wait
        // need be known.
        let free = if after.has_made_room { free } else { free.min(-after.members) };
        let next = facts.waiting(id).filter(|request| {
            after.requests.get(&request.user).is_none_or(|changed| changed.state == RequestState::Waiting)
        });
        let admitted = next.take(usize::try_from(free).unwrap_or(0)).flat_map(|request| {
            let JoinRequest { group, user, roles, .. } = *request;
            let membership = Membership::new(group, user, roles, now);
            [Change::JoinRequest(request.closed(RequestState::Admitted, None, now)), Change::Membership(membership)]
        });
        let admitted: Vec<_> = admitted.collect();
        changes.extend(admitted);
    }
}

/// Whether a change of the group itself may have made room: by other limits, or by the end of a time in which nobody
/// got in.
fn has_made_room(known: &Group, new: &Group) -> bool {
    known.members_max != new.members_max || (!is_open(known) && is_open(new))
}

const fn is_open(group: &Group) -> bool {
    group.is_active() && group.deleted_at.is_none()
}

/// Brings the counters of all groups that `changes` touch up to date.
pub(super) fn add_up(changes: &mut Vec<Change>, facts: &Facts, now: Timestamp) {
    let touched: BTreeSet<_> = changes.iter().filter_map(group_of).collect();
    for id in touched {
        let after = Aftermath::of(changes, facts, id);
        let known = after.known;
        let tally = Tally {
            members: known.members + after.members,
            owners: known.owners + after.owners,
            invitations: known.invitations + after.invitations,
            waiting: known.waiting + after.waiting,
            last_place: known.last_place.max(after.last_place),
            // Who is there from the start is not announced.
            notices: known.notices + if after.is_new { 0 } else { after.member_changes + after.notices },
            updated_at: if after.is_news { now } else { known.updated_at },
        };
        if tally != known {
            changes.push(Change::Tally(id, tally));
        }
    }
}

const fn group_of(change: &Change) -> Option<GroupId> {
    match change {
        Change::Group(group) => Some(group.id),
        Change::Membership(member) => Some(member.group),
        Change::MembershipEnded(group, _) => Some(*group),
        Change::Invitation(invitation) => Some(invitation.group),
        Change::JoinRequest(request) => Some(request.group),
        _ => None,
    }
}

/// What the changes of one decision come to in one group, compared with the facts.
struct Aftermath<'a> {
    /// As it is after the changes, but for its tally.
    group: Option<&'a Group>,
    is_new: bool,
    known: Tally,
    members: i64,
    owners: i64,
    invitations: i64,
    waiting: i64,
    last_place: i64,
    member_changes: i64,
    /// Settings that changed, as far as a room is told of it.
    notices: i64,
    /// Whether the group itself changed, or who is in it.
    is_news: bool,
    has_made_room: bool,
    requests: HashMap<UserId, &'a JoinRequest>,
}

impl<'a> Aftermath<'a> {
    fn of(changes: &'a [Change], facts: &'a Facts, id: GroupId) -> Self {
        let group = facts.group(&GroupRef::Id(id));
        let mut after = Self {
            group,
            is_new: group.is_none(),
            known: Tally::new(Timestamp::from_millis(0)),
            members: 0,
            owners: 0,
            invitations: 0,
            waiting: 0,
            last_place: 0,
            member_changes: 0,
            notices: 0,
            is_news: false,
            has_made_room: false,
            requests: HashMap::new(),
        };
        // Of several changes to one thing, the last counts.
        let mut members: BTreeMap<UserId, Option<&Membership>> = BTreeMap::new();
        let mut invitations: BTreeMap<InvitationId, InvitationState> = BTreeMap::new();
        for change in changes.iter().filter(|change| group_of(change) == Some(id)) {
            match change {
                Change::Group(group) => {
                    after.is_news = true;
                    after.has_made_room |= after.group.is_some_and(|known| has_made_room(known, group));
                    after.group = Some(group);
                }
                Change::Membership(member) => {
                    members.insert(member.user, Some(member));
                }
                Change::MembershipEnded(_, user) => {
                    members.insert(*user, None);
                }
                Change::Invitation(invitation) => {
                    invitations.insert(invitation.id, invitation.state);
                }
                Change::JoinRequest(request) => {
                    after.last_place = after.last_place.max(request.place.unwrap_or(0));
                    after.requests.insert(request.user, request);
                }
                _ => {}
            }
        }
        if let Some(group) = group.or(after.group) {
            after.known = group.tally;
        }
        let is_owner = |member: Option<&Membership>| member.is_some_and(|member| member.roles.has(Role::Owner));
        for (user, new) in members {
            let known = facts.membership(id, user);
            // Who only puts the group out of their sight changes nothing for others.
            let standing = |member: Option<&Membership>| member.map(|member| (member.roles, member.joined_at));
            after.member_changes += i64::from(standing(new) != standing(known));
            after.members += i64::from(new.is_some()) - i64::from(known.is_some());
            after.owners += i64::from(is_owner(new)) - i64::from(is_owner(known));
        }
        after.is_news |= after.member_changes > 0;
        after.notices = group
            .zip(after.group)
            .filter(|(known, new)| known != new)
            .map_or(0, |(known, new)| Announced::of(known).notices_to(&Announced::of(new)));
        for (invitation, new) in invitations {
            let known = facts.invitation(&InvitationRef::Id(invitation)).map(|known| known.state);
            let is_pending = |state| i64::from(state == Some(InvitationState::Pending));
            after.invitations += is_pending(Some(new)) - is_pending(known);
        }
        for (user, new) in &after.requests {
            let known = facts.request(id, *user).map(|known| known.state);
            let is_waiting = |state| i64::from(state == Some(RequestState::Waiting));
            after.waiting += is_waiting(Some(new.state)) - is_waiting(known);
        }
        after
    }
}
