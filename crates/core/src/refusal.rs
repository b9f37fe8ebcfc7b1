//! Every reason to say no.

use crate::invitation::InvitationState;
use crate::link::LinkState;
use crate::permission::Permission;
use crate::time::{Lifetime, Timestamp};

/// An expected "no", named for the state of the world that causes it. It has no sentence and no status: each API
/// has its own words for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such group, or none that the caller may know of.
    GroupNotFound,
    /// There is no such user.
    UserNotFound,
    /// The person named is not in the group.
    MemberNotFound,
    /// There is no such invitation, or it is not for the caller.
    InvitationNotFound,
    /// There is no such invite link.
    LinkNotFound,
    /// The person named has not asked to join, or their request is settled.
    RequestNotFound,
    /// Nobody offered the group to the caller, or the offer is over.
    OfferNotFound,
    /// There is no such batch of invitations in the group.
    BatchNotFound,
    /// There is no such token.
    TokenNotFound,
    /// There is no such client.
    ClientNotFound,
    /// The caller has no account, or it is switched off.
    CallerDisabled,
    /// The caller lacks a right in this group.
    NotAllowed(Permission),
    /// The group is archived.
    GroupArchived,
    /// Nobody of those named exists.
    NobodyToInvite,
    /// More people are named than one command takes.
    TooManyTargets,
    /// The invitation is over, and not in the way that was asked for.
    InvitationClosed(InvitationState),
    /// The invitation was mailed to an address that is not one of the caller's verified ones, and the group insists.
    AddressMismatch,
    /// The invitation was last sent less than an hour ago; it can be sent again from this instant on.
    SentRecently(Timestamp),
    /// The time asked for is longer than the operator allows, in milliseconds.
    LifetimeTooLong(Lifetime),
    /// The end asked for is not in the future.
    EndInThePast,
    /// The link lets nobody in any more.
    LinkClosed(LinkState),
    /// A link lets in one person at least.
    UsesOutOfRange,
    /// The group takes in nobody who was not invited. Where nobody may know of private groups, it does not exist.
    ByInvitationOnly,
    /// The person is an owner of the group.
    AlreadyOwner,
    /// The group has as many members as it may have.
    GroupFull,
    /// The group is full, and so is its waiting list.
    WaitingListFull,
    /// The number of seats must be at least that of the members, and within what the operator allows.
    SeatsOutOfRange,
    /// The group has as many pending invitations as it may have.
    TooManyInvitations,
    /// The inviter has made as many invitations today as one may; more from this instant on.
    DailyQuotaSpent(Timestamp),
    /// Somebody in the batch has answered, or something else has changed since.
    BatchAnswered,
    /// The person refuses so many groups and inviters that only everyone is left to refuse.
    TooManyOptOuts,
    /// The group is deleted for longer than it can be restored.
    NotRestorable,
    /// The group is not deleted for long enough to be forgotten.
    NotPurgeable,
    /// A living group keeps at least one owner.
    LastOwner,
    /// The chosen number is beyond 2^52, or the automatic ones are used up.
    IdOutOfRange,
    /// Another user or group has that number.
    IdTaken,
    /// Another user or group has that Rocket.Chat id.
    UidTaken,
    /// Another user has that subject.
    SubjectTaken,
    /// Another user has that name.
    UsernameTaken,
    /// Another user has that address.
    EmailTaken,
    /// Another group has that slug.
    SlugTaken,
    /// The user has a token of this name already.
    TokenNameTaken,
    /// Another client has that id.
    ClientTaken,
    /// The client, or whoever asks, may not have tokens of these scopes.
    ScopeNotGranted,
    /// Only administrators of the installation may do this.
    AdministratorsOnly,
}

impl Refusal {
    /// One of each kind, in order of their declaration, to list them. What some hold is only an example.
    pub const EACH: [Self; 45] = [
        Self::GroupNotFound,
        Self::UserNotFound,
        Self::MemberNotFound,
        Self::InvitationNotFound,
        Self::LinkNotFound,
        Self::RequestNotFound,
        Self::OfferNotFound,
        Self::BatchNotFound,
        Self::TokenNotFound,
        Self::ClientNotFound,
        Self::CallerDisabled,
        Self::NotAllowed(Permission::Invite),
        Self::GroupArchived,
        Self::NobodyToInvite,
        Self::TooManyTargets,
        Self::InvitationClosed(InvitationState::Revoked),
        Self::AddressMismatch,
        Self::SentRecently(Timestamp::from_millis(0)),
        Self::LifetimeTooLong(Lifetime::from_days(1)),
        Self::EndInThePast,
        Self::LinkClosed(LinkState::Revoked),
        Self::UsesOutOfRange,
        Self::ByInvitationOnly,
        Self::AlreadyOwner,
        Self::GroupFull,
        Self::WaitingListFull,
        Self::SeatsOutOfRange,
        Self::TooManyInvitations,
        Self::DailyQuotaSpent(Timestamp::from_millis(0)),
        Self::BatchAnswered,
        Self::TooManyOptOuts,
        Self::NotRestorable,
        Self::NotPurgeable,
        Self::LastOwner,
        Self::IdOutOfRange,
        Self::IdTaken,
        Self::UidTaken,
        Self::SubjectTaken,
        Self::UsernameTaken,
        Self::EmailTaken,
        Self::SlugTaken,
        Self::TokenNameTaken,
        Self::ClientTaken,
        Self::ScopeNotGranted,
        Self::AdministratorsOnly,
    ];

    /// A stable name for clients and logs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::GroupNotFound => "group-not-found",
            Self::UserNotFound => "user-not-found",
            Self::MemberNotFound => "member-not-found",
            Self::InvitationNotFound => "invitation-not-found",
            Self::LinkNotFound => "link-not-found",
            Self::RequestNotFound => "request-not-found",
            Self::OfferNotFound => "offer-not-found",
            Self::BatchNotFound => "batch-not-found",
            Self::TokenNotFound => "token-not-found",
            Self::ClientNotFound => "client-not-found",
            Self::CallerDisabled => "caller-disabled",
            Self::NotAllowed(..) => "not-allowed",
            Self::GroupArchived => "group-archived",
            Self::NobodyToInvite => "nobody-to-invite",
            Self::TooManyTargets => "too-many-targets",
            Self::InvitationClosed(..) => "invitation-closed",
            Self::AddressMismatch => "address-mismatch",
            Self::SentRecently(..) => "sent-recently",
            Self::LifetimeTooLong(..) => "lifetime-too-long",
            Self::EndInThePast => "end-in-the-past",
            Self::LinkClosed(..) => "link-closed",
            Self::UsesOutOfRange => "uses-out-of-range",
            Self::ByInvitationOnly => "by-invitation-only",
            Self::AlreadyOwner => "already-owner",
            Self::GroupFull => "group-full",
            Self::WaitingListFull => "waiting-list-full",
            Self::SeatsOutOfRange => "seats-out-of-range",
            Self::TooManyInvitations => "too-many-invitations",
            Self::DailyQuotaSpent(..) => "daily-quota-spent",
            Self::BatchAnswered => "batch-answered",
            Self::TooManyOptOuts => "too-many-opt-outs",
            Self::NotRestorable => "not-restorable",
            Self::NotPurgeable => "not-purgeable",
            Self::LastOwner => "last-owner",
            Self::IdOutOfRange => "id-out-of-range",
            Self::IdTaken => "id-taken",
            Self::UidTaken => "uid-taken",
            Self::SubjectTaken => "subject-taken",
            Self::UsernameTaken => "username-taken",
            Self::EmailTaken => "email-taken",
            Self::SlugTaken => "slug-taken",
            Self::TokenNameTaken => "token-name-taken",
            Self::ClientTaken => "client-taken",
            Self::ScopeNotGranted => "scope-not-granted",
            Self::AdministratorsOnly => "administrators-only",
        }
    }

    /// The rule that decided, as a sentence.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Self::GroupNotFound => "Only groups that exist, and that the asker may know of, can be named.",
            Self::UserNotFound => "Only people with an account can be named, except by an address.",
            Self::MemberNotFound => "This can only be done to somebody who is in the group.",
            Self::InvitationNotFound => {
                "An invitation exists only for the person invited and for those who run the group."
            }
            Self::LinkNotFound => "A link exists only for who holds its address and for those who run the group.",
            Self::RequestNotFound => "Only an open request to join can be settled.",
            Self::OfferNotFound => "A group can be taken over only while one of its owners offers it.",
            Self::BatchNotFound => "Only invitations that were made together in this group can be undone together.",
            Self::TokenNotFound => "Only tokens that were given out can be ended.",
            Self::ClientNotFound => "Only registered client applications can be named.",
            Self::CallerDisabled => "Nothing can be done with an account that is switched off.",
            Self::NotAllowed(..) => "This takes a role in the group that the asker does not have.",
            Self::GroupArchived => "Nobody comes into a group that is archived.",
            Self::NobodyToInvite => "At least one of the people named must exist.",
            Self::TooManyTargets => "One command names at most 1000 people.",
            Self::InvitationClosed(..) => "An invitation is answered, changed or sent again only while it is pending.",
            Self::AddressMismatch => {
                "In this group an invitation is accepted only with the address that it was sent to."
            }
            Self::SentRecently(..) => "An invitation is sent at most once an hour.",
            Self::LifetimeTooLong(..) => "Invitations and links live no longer than the operator allows.",
            Self::EndInThePast => "Invitations and links end in the future.",
            Self::LinkClosed(..) => "A link lets people in until it is revoked, expired or used up.",
            Self::UsesOutOfRange => "A link lets in at least one person.",
            Self::ByInvitationOnly => "Who was not invited may join only where the group is public or takes requests.",
            Self::AlreadyOwner => "A group is handed over to a member who is not one of its owners.",
            Self::GroupFull => "A group takes in no more members than it has seats.",
            Self::WaitingListFull => "At most 1000 people wait for a seat.",
            Self::SeatsOutOfRange => {
                "A group has at least as many seats as members, and no more than the operator allows."
            }
            Self::TooManyInvitations => "A group has no more pending invitations than the operator allows.",
            Self::DailyQuotaSpent(..) => "One person makes no more invitations in a day than the operator allows.",
            Self::BatchAnswered => "Invitations are undone together only while nobody among them has answered.",
            Self::TooManyOptOuts => "One person refuses at most 1000 groups and inviters, or everyone.",
            Self::NotRestorable => "A deleted group is restored within 30 days.",
            Self::NotPurgeable => "A group is forgotten 30 days after it was deleted.",
            Self::LastOwner => "A living group keeps at least one owner.",
            Self::IdOutOfRange => "A chosen number is at most 2^52.",
            Self::IdTaken => "Numbers are unique.",
            Self::UidTaken => "Rocket.Chat ids are unique.",
            Self::SubjectTaken => "Subjects are unique.",
            Self::UsernameTaken => "Usernames are unique, compared without case.",
            Self::EmailTaken => "An address belongs to one person.",
            Self::SlugTaken => "Slugs are unique.",
            Self::TokenNameTaken => "The tokens of one person have different names.",
            Self::ClientTaken => "Ids of client applications are unique.",
            Self::ScopeNotGranted => "A token may do no more than its client application and than whoever asks for it.",
            Self::AdministratorsOnly => "Accounts and clients are looked after by administrators of the installation.",
        }
    }
}
