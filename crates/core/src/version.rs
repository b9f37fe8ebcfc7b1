//! Versions of things that people change, so that whoever changes one can insist that it is still as they saw it.

use std::fmt;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::facts::Facts;
use crate::group::{Group, GroupRef};
use crate::ids::InvitationId;
use crate::invitation::{Invitation, InvitationRef};
use crate::language::Language;
use crate::link::{Link, LinkRef};
use crate::member::Membership;
use crate::names::Country;
use crate::time::Timestamp;
use crate::user::{User, UserRef};

/// A fingerprint of what can be changed about one thing: two that are equal are of the same state. What is counted about
/// it, and what becomes of it because time passes, is not in it; nor is who answered an invitation, which not everybody
/// may know who may see its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version([u8; 16]);

impl Version {
    /// Of a group: its name and its settings.
    #[must_use]
    pub fn of_group(group: &Group) -> Self {
        let settings =
            (group.is_public, group.is_verified, group.takes_requests, group.is_token_enough, group.members_max);
        let offer = group.offer.map(|offer| (offer.to.get(), offer.offered_at.as_millis()));
        let state = (millis(group.archived_at), millis(group.deleted_at), offer);
        let (slug, name, description) = (group.slug.as_str(), group.name.as_str(), group.description.as_str());
        let language = group.language.map(Language::as_str);
        let country = group.country.as_ref().map(Country::as_str);
        Self::of(&("group", group.id.get(), slug, name, description, (language, country), settings, state))
    }

    /// Of a membership: its roles.
    #[must_use]
    pub fn of_member(member: &Membership) -> Self {
        let joined_at = member.joined_at.as_millis();
        Self::of(&("member", member.group.get(), member.user.get(), member.roles.bits(), joined_at))
    }

    /// Of an invitation: its state, its roles, its end, and when and by whom it was last sent.
    #[must_use]
    pub fn of_invitation(invitation: &Invitation) -> Self {
        let (sent_at, expires_at) = (invitation.sent_at.as_millis(), millis(invitation.expires_at));
        let (roles, state) = (invitation.roles.bits(), invitation.state.as_str());
        let id = invitation.id.to_string();
        Self::of(&("invitation", id, invitation.inviter.get(), roles, state, sent_at, expires_at))
    }

    /// Of an invite link: whether it was taken back.
    #[must_use]
    pub fn of_link(link: &Link) -> Self {
        Self::of(&("link", link.id.to_string(), millis(link.revoked_at)))
    }

    /// Of an account.
    #[must_use]
    pub fn of_user(user: &User) -> Self {
        Self::of(&("user", user.id.get(), user.updated_at.as_millis(), millis(user.disabled_at)))
    }

    fn of(state: &impl Serialize) -> Self {
        // Numbers, texts and flags: there is nothing in it that JSON could not hold.
        let digest = Sha256::digest(serde_json::to_vec(state).unwrap_or_default());
        let mut version = [0; 16];
        version.copy_from_slice(&digest[..16]);
        Self(version)
    }

    /// Reads 32 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut version = [0; 16];
        hex::decode_to_slice(text, &mut version).ok()?;
        Some(Self(version))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

fn millis(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::as_millis)
}

/// One thing that has versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Versioned {
    /// A group.
    Group(GroupRef),
    /// A membership.
    Member(GroupRef, UserRef),
    /// An invitation.
    Invitation(InvitationId),
    /// An invite link.
    Link(LinkRef),
    /// An account.
    User(UserRef),
}

impl Versioned {
    /// Its present version, if it is there and the command at hand needs it.
    #[must_use]
    pub fn version(&self, facts: &Facts) -> Option<Version> {
        match self {
            Self::Group(group) => facts.group(group).map(Version::of_group),
            Self::Member(group, user) => {
                let (group, user) = (facts.group(group)?, facts.user(user)?);
                facts.membership(group.id, user.id).map(Version::of_member)
            }
            Self::Invitation(id) => facts.invitation(&InvitationRef::Id(*id)).map(Version::of_invitation),
            Self::Link(link) => facts.link(link).map(Version::of_link),
            Self::User(user) => facts.user(user).map(Version::of_user),
        }
    }
}

/// What whoever asks has seen, and insists on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Of which thing.
    pub thing: Versioned,
    /// The versions of which it must have one; whichever it has will do if absent.
    pub versions: Option<Vec<Version>>,
}

impl Expected {
    /// Whether the thing is as expected.
    #[must_use]
    pub fn is_met(&self, facts: &Facts) -> bool {
        let found = self.thing.version(facts);
        found.is_some_and(|found| self.versions.as_ref().is_none_or(|versions| versions.contains(&found)))
    }
}
