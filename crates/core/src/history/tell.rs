//! From a change to the event that tells it.

use super::{Cause, Event, EventHash, EventKind, Record, Thing};
use crate::change::Change;
use crate::facts::Facts;
use crate::group::{Group, GroupRef};
use crate::ids::UserId;
use crate::invitation::{Invitation, InvitationRef, InvitationState};
use crate::link::LinkRef;
use crate::mail::{Mail, TryKind};
use crate::request::RequestState;
use crate::time::Timestamp;
use crate::user::UserRef;

/// Lets `facts` follow `changes`, and puts behind each the event that tells it, if there is something to tell.
#[must_use]
pub fn record(changes: Vec<Change>, facts: &mut Facts, cause: &Cause<'_>, now: Timestamp) -> Vec<Change> {
    let mut recorded = Vec::with_capacity(2 * changes.len());
    for change in changes {
        let event = tell(&change, facts, cause, now).map(|event| Change::Event(Box::new(event)));
        for change in std::iter::once(change).chain(event) {
            facts.apply(&change);
            recorded.push(change);
        }
    }
    recorded
}

/// The event that tells `change`, which `facts` do not know yet; `None` if there is nothing to tell. The next event of
/// the same history can only be told after `facts` have followed this one.
fn tell(change: &Change, facts: &Facts, cause: &Cause<'_>, now: Timestamp) -> Option<Event> {
    let Record { stream, thing, text: after } = Record::of(change)?;
    let before = before(change, facts).and_then(|known| Record::of(&known)?.text);
    // A record without a text is that of a secret, or of something that is gone.
    if before == after && before.is_some() {
        return None;
    }
    let head = facts.head(stream);
    let event = Event {
        stream,
        seq: head.seq + 1,
        at: now,
        kind: kind(change, facts, cause.actor),
        actor: cause.actor,
        origin: cause.origin.clone(),
        batch: cause.batch,
        thing,
        before,
        after,
        hash: EventHash::default(),
    };
    Some(Event { hash: event.expected_hash(&head.hash), ..event })
}

/// What is known about the thing that `change` is about, as the change that would bring it about.
fn before(change: &Change, facts: &Facts) -> Option<Change> {
    match change {
        Change::User(user) => facts.user(&UserRef::Id(user.id)).cloned().map(Change::User),
        Change::UserEmail(email) => facts.owner_of(email.email.key()).cloned().map(Change::UserEmail),
        Change::UserEmailEnded(address) => facts.owner_of(address).cloned().map(Change::UserEmail),
        Change::Group(group) => facts.group(&GroupRef::Id(group.id)).cloned().map(Change::Group),
        Change::Membership(member) => facts.membership(member.group, member.user).cloned().map(Change::Membership),
        Change::MembershipEnded(group, user) => facts.membership(*group, *user).cloned().map(Change::Membership),
        Change::Invitation(new) => facts.invitation(&InvitationRef::Id(new.id)).cloned().map(Change::Invitation),
        Change::Mail(mail) => facts.mail(mail.id).cloned().map(Change::Mail),
        Change::Link(link) => facts.link(&LinkRef::Id(link.id)).cloned().map(Change::Link),
        Change::JoinRequest(request) => facts.request(request.group, request.user).cloned().map(Change::JoinRequest),
        Change::OptOut(opt_out) => {
            facts.opt_outs(&opt_out.person).find(|known| known.from == opt_out.from).copied().map(Change::OptOut)
        }
        Change::OptOutEnded(person, from) => {
            facts.opt_outs(person).find(|known| known.from == *from).copied().map(Change::OptOut)
        }
        Change::Token(token) => facts.token(&crate::credential::TokenRef::Id(token.id)).cloned().map(Change::Token),
        Change::Client(client) => facts.client(&client.id).cloned().map(Change::Client),
        Change::ClientRemoved(id) => facts.client(id).cloned().map(Change::Client),
        Change::Password(..)
        | Change::Tally(..)
        | Change::InvitationToken(_)
        | Change::DeadAddress(_)
        | Change::AddressRevived(_)
        | Change::DayCount(_)
        | Change::GroupPurged(_)
        | Change::Event(_)
        | Change::IssuerKey(_) => None,
    }
}

fn kind(change: &Change, facts: &Facts, actor: Option<UserId>) -> EventKind {
    match change {
        Change::User(user) => match facts.user(&UserRef::Id(user.id)) {
            None => EventKind::UserAdded,
            Some(known) if known.deleted_at.is_none() && user.deleted_at.is_some() => EventKind::UserDeleted,
            Some(known) if known.is_active() && !user.is_active() => EventKind::UserDisabled,
            Some(known) if !known.is_active() && user.is_active() => EventKind::UserEnabled,
            Some(_) => EventKind::UserChanged,
        },
        Change::UserEmail(_) | Change::UserEmailEnded(_) => EventKind::AddressChanged,
        Change::Password(..) => EventKind::PasswordChanged,
        Change::Group(group) => of_group(group, facts.group(&GroupRef::Id(group.id))),
        Change::Membership(member) => match facts.membership(member.group, member.user) {
            None => EventKind::MemberJoined,
            Some(_) => EventKind::MemberChanged,
        },
        Change::MembershipEnded(_, user) if actor == Some(*user) => EventKind::MemberLeft,
        Change::MembershipEnded(..) => EventKind::MemberRemoved,
        Change::Invitation(new) => of_invitation(new, facts.invitation(&InvitationRef::Id(new.id))),
        Change::Mail(mail) => of_mail(mail),
        Change::Link(link) => match facts.link(&LinkRef::Id(link.id)) {
            None => EventKind::LinkMade,
            Some(known) if known.revoked_at != link.revoked_at => EventKind::LinkRevoked,
            Some(_) => EventKind::LinkUsed,
        },
        Change::JoinRequest(request) => match request.state {
            RequestState::Pending => EventKind::RequestMade,
            RequestState::Waiting => EventKind::RequestWaiting,
            RequestState::Admitted => EventKind::RequestAdmitted,
            RequestState::Rejected => EventKind::RequestRejected,
            RequestState::Withdrawn => EventKind::RequestWithdrawn,
        },
        Change::OptOut(_) => EventKind::OptOutMade,
        Change::OptOutEnded(..) => EventKind::OptOutEnded,
        Change::GroupPurged(_) => EventKind::GroupPurged,
        Change::Token(token) if token.revoked_at.is_some() => EventKind::TokenRevoked,
        Change::Token(_) => EventKind::TokenIssued,
        Change::Client(_) => EventKind::ClientAdded,
        Change::ClientRemoved(_) => EventKind::ClientRemoved,
        Change::IssuerKey(_) => EventKind::IssuerKeyAdopted,
        Change::InvitationToken(_) => EventKind::InvitationTokenGiven,
        // Never told, see `Record::of`.
        Change::Tally(..)
        | Change::DayCount(_)
        | Change::DeadAddress(_)
        | Change::AddressRevived(_)
        | Change::Event(_) => EventKind::GroupChanged,
    }
}

fn of_group(new: &Group, known: Option<&Group>) -> EventKind {
    let Some(known) = known else { return EventKind::GroupCreated };
    let switch = |old: Option<Timestamp>, new: Option<Timestamp>| match (old, new) {
        (None, Some(_)) => Some(true),
        (Some(_), None) => Some(false),
        _ => None,
    };
    match (switch(known.deleted_at, new.deleted_at), switch(known.archived_at, new.archived_at)) {
        (Some(true), _) => EventKind::GroupDeleted,
        (Some(false), _) => EventKind::GroupRestored,
        (None, Some(true)) => EventKind::GroupArchived,
        (None, Some(false)) => EventKind::GroupUnarchived,
        (None, None) if known.offer == new.offer => EventKind::GroupChanged,
        (None, None) if new.offer.is_some() => EventKind::OwnershipOffered,
        (None, None) => EventKind::OwnershipSettled,
    }
}

fn of_invitation(new: &Invitation, known: Option<&Invitation>) -> EventKind {
    match (known, new.state) {
        (None, InvitationState::Pending) => EventKind::InvitationMade,
        (_, InvitationState::Accepted) => EventKind::InvitationAccepted,
        (_, InvitationState::Declined) => EventKind::InvitationDeclined,
        (_, InvitationState::Revoked) => EventKind::InvitationRevoked,
        (_, InvitationState::Expired) => EventKind::InvitationExpired,
        (Some(known), InvitationState::Pending) if known.state != InvitationState::Pending => {
            EventKind::InvitationReopened
        }
        (Some(known), InvitationState::Pending) if known.sent_at < new.sent_at => EventKind::InvitationResent,
        (Some(known), InvitationState::Pending) if known.seen_at != new.seen_at => EventKind::InvitationSeen,
        (Some(known), InvitationState::Pending) if known.expires_at == new.expires_at && is_reminded(known, new) => {
            EventKind::InvitationReminded
        }
        (Some(_), InvitationState::Pending) => EventKind::InvitationChanged,
    }
}

fn is_reminded(known: &Invitation, new: &Invitation) -> bool {
    known.remind_at.is_some() && new.remind_at.is_none()
}

fn of_mail(mail: &Mail) -> EventKind {
    match mail.told().map(|last| last.what) {
        Some(TryKind::HandedOver) => EventKind::MailHandedOver,
        Some(TryKind::Failed) => EventKind::MailFailed,
        Some(TryKind::Bounced) => EventKind::MailBounced,
        Some(TryKind::Complained) => EventKind::MailComplained,
        // Mail that nothing has happened to is not told, see `Record::of`.
        Some(TryKind::Deferred | TryKind::Interrupted) | None => EventKind::MailDeferred,
    }
}

/// The member that an event is about, so that who was a member at an instant can be looked up.
impl Event {
    /// The user whose membership began, changed or ended; absent for everything else.
    #[must_use]
    pub const fn member(&self) -> Option<UserId> {
        if let Thing::Member(user) = self.thing { Some(user) } else { None }
    }
}
