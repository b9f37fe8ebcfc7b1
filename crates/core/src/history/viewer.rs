//! Who may see which events, and how much of them.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::record::{InvitationRecord, OwnedRecord};
use super::{Event, EventKind, Stream, Thing};
use crate::ids::{GroupId, InvitationId, UserId};
use crate::invitation::{Invitation, InvitationState, Invitee};
use crate::member::Membership;
use crate::names::EmailKey;
use crate::opt_out::InvitationsFrom;
use crate::origin::Origin;
use crate::permission::{Permission, Permissions};
use crate::policy::may;
use crate::user::User;

/// Somebody who looks at what happened, with everything that it depends on what they see. What counts is who they are
/// now, not who they were when it happened.
#[derive(Debug, Clone)]
pub struct Viewer {
    permissions: Permissions,
    user: User,
    addresses: HashSet<EmailKey>,
    memberships: HashMap<GroupId, Membership>,
    refused: HashSet<InvitationsFrom>,
}

/// An event as somebody may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen<'e> {
    /// What happened. Only what the other fields leave open is to be shown of it.
    pub event: &'e Event,
    /// Who asked for it; absent also if that is not to be seen.
    pub actor: Option<UserId>,
    /// Through what it was asked; absent if that is not to be seen.
    pub origin: Option<&'e Origin>,
    /// The thing's record before, without what is not to be seen.
    pub before: Option<Cow<'e, str>>,
    /// The thing's record after, without what is not to be seen.
    pub after: Option<Cow<'e, str>>,
}

impl<'e> Seen<'e> {
    /// All of it.
    fn whole(event: &'e Event) -> Self {
        let text = |text: &'e Option<String>| text.as_deref().map(Cow::Borrowed);
        let (before, after) = (text(&event.before), text(&event.after));
        Self { event, actor: event.actor, origin: Some(&event.origin), before, after }
    }
}

impl Viewer {
    /// Somebody with these verified addresses and memberships, who refuses invitations from these.
    pub fn new(
        permissions: Permissions,
        user: User,
        addresses: impl IntoIterator<Item = EmailKey>,
        memberships: impl IntoIterator<Item = Membership>,
        refused: impl IntoIterator<Item = InvitationsFrom>,
    ) -> Self {
        Self {
            permissions,
            user,
            addresses: addresses.into_iter().collect(),
            memberships: memberships.into_iter().map(|member| (member.group, member)).collect(),
            refused: refused.into_iter().collect(),
        }
    }

    /// Whether after the event the viewer may be somebody else: with another membership, address or token, switched off,
    /// and so on.
    #[must_use]
    pub fn is_touched_by(&self, event: &Event) -> bool {
        match &event.thing {
            Thing::Member(user) | Thing::User(user) => *user == self.user.id,
            Thing::Address(_) | Thing::Token(_) => self.owns_any(event),
            Thing::OptOut(_) => event.actor == Some(self.user.id),
            // Whoever makes a group is in it with the next event. A deleted one is nobody's, until it is restored.
            Thing::Group(id) => match event.kind {
                EventKind::GroupCreated => self.owns_any(event),
                EventKind::GroupDeleted => self.memberships.contains_key(id),
                EventKind::GroupRestored => true,
                _ => false,
            },
            // Its tokens go with it.
            Thing::Client(_) => true,
            Thing::Invitation(_)
            | Thing::Mail(_)
            | Thing::Link(_)
            | Thing::Request(_)
            | Thing::Password(_)
            | Thing::IssuerKey => false,
        }
    }

    /// What the viewer may see of the event: nothing, all, or a part.
    #[must_use]
    pub fn see<'e>(&self, event: &'e Event) -> Option<Seen<'e>> {
        match event.stream {
            Stream::Group(group) => self.see_in_group(group, event),
            Stream::Installation => self.see_in_installation(event),
        }
    }

    fn see_in_group<'e>(&self, group: GroupId, event: &'e Event) -> Option<Seen<'e>> {
        let membership = self.memberships.get(&group);
        let invites = may(&self.permissions, Permission::Invite, &self.user, membership);
        let is_seen = match &event.thing {
            Thing::Group(_) => membership.is_some(),
            Thing::Member(user) => membership.is_some() || *user == self.user.id,
            // The invited person has the mail, or they do not.
            Thing::Link(_) | Thing::Mail(_) => invites,
            Thing::Request(user) => invites || *user == self.user.id,
            Thing::Invitation(id) => return self.see_invitation(*id, group, invites, event),
            Thing::User(_)
            | Thing::Address(_)
            | Thing::Password(_)
            | Thing::OptOut(_)
            | Thing::Token(_)
            | Thing::Client(_)
            | Thing::IssuerKey => false,
        };
        is_seen.then(|| Seen::whole(event))
    }

    /// Those who invite are not to learn which address has an account. So if an invitation to an address is turned down,
    /// they do not see by whom; nor, lest that itself tell, that it was nobody with an account.
    fn see_invitation<'e>(
        &self,
        id: InvitationId,
        group: GroupId,
        invites: bool,
        event: &'e Event,
    ) -> Option<Seen<'e>> {
        let record = |text: &Option<String>| InvitationRecord::read(id, group, text.as_deref()?);
        let (before, after) = (record(&event.before), record(&event.after));
        let latest = after.as_ref().or(before.as_ref())?;
        if self.is_for_me(latest) && !(self.refuses(latest) && event.actor != Some(self.user.id)) {
            return Some(Seen::whole(event));
        }
        if !invites {
            return None;
        }
        let whole = Seen::whole(event);
        let is_secret = |invitation: &Invitation| {
            invitation.state == InvitationState::Declined && matches!(invitation.invitee, Invitee::Email(_))
        };
        let part = |text: Option<Cow<'e, str>>, invitation: Option<Invitation>| match invitation {
            Some(invitation) if is_secret(&invitation) => {
                Some(Cow::Owned(InvitationRecord::without_closer(&invitation)))
            }
            _ => text,
        };
        let by_nobody = is_secret(latest);
        Some(Seen {
            event,
            actor: whole.actor.filter(|_| !by_nobody),
            origin: whole.origin.filter(|_| !by_nobody),
            before: part(whole.before, before),
            after: part(whole.after, after),
        })
    }

    fn is_for_me(&self, invitation: &Invitation) -> bool {
        match &invitation.invitee {
            Invitee::User(user) => *user == self.user.id,
            Invitee::Email(email) => self.addresses.contains(email.key()),
        }
    }

    fn refuses(&self, invitation: &Invitation) -> bool {
        let from = [
            InvitationsFrom::Everyone,
            InvitationsFrom::Group(invitation.group),
            InvitationsFrom::Inviter(invitation.inviter),
        ];
        from.iter().any(|from| self.refused.contains(from))
    }

    fn see_in_installation<'e>(&self, event: &'e Event) -> Option<Seen<'e>> {
        let whole = Seen::whole(event);
        let runs_all = self.user.is_admin && self.user.is_active();
        match &event.thing {
            Thing::User(user) | Thing::Password(user) => (runs_all || *user == self.user.id).then_some(whole),
            Thing::Token(_) => (runs_all || self.owns_any(event)).then_some(whole),
            Thing::Address(_) if runs_all => Some(whole),
            // Whose it was before, unverified, is not theirs to know.
            Thing::Address(_) if self.owns(event.after.as_ref()) => {
                let before = whole.before.filter(|_| self.owns(event.before.as_ref()));
                Some(Seen { before, ..whole })
            }
            Thing::Group(_) | Thing::Client(_) | Thing::IssuerKey => runs_all.then_some(whole),
            // Nobody's business but the person's own.
            Thing::OptOut(_) => (event.actor == Some(self.user.id)).then_some(whole),
            // An invitation here is one that somebody was mailed: that would show who is not, because they refuse.
            Thing::Invitation(_)
            | Thing::Mail(_)
            | Thing::Address(_)
            | Thing::Member(_)
            | Thing::Link(_)
            | Thing::Request(_) => None,
        }
    }

    fn owns_any(&self, event: &Event) -> bool {
        self.owns(event.after.as_ref()) || self.owns(event.before.as_ref())
    }

    /// Whether the record is that of an address or a token of the viewer's, or of a group of their making.
    fn owns(&self, record: Option<&String>) -> bool {
        record.and_then(|text| OwnedRecord::owner_in(text)) == Some(self.user.id)
    }
}
