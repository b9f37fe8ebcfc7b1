//! Every reason to say no.

use crate::invitation::InvitationState;
use crate::policy::Permission;

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
    /// Another client has that id.
    ClientTaken,
    /// The client may not have tokens of these scopes.
    ScopeNotGranted,
}
