//! Refusals in the words of the command line: what is wrong, and what to do.

use guestlist_core::Refusal;
use guestlist_store::Rejection;

/// The error that a rejected command ends with.
pub(crate) fn explain(rejection: Rejection) -> anyhow::Error {
    match rejection {
        Rejection::Refused(refusal) => anyhow::anyhow!(sentence(refusal)),
        Rejection::Failed(error) => error.into(),
    }
}

const fn sentence(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::GroupNotFound => "there is no such group; `guestlist group list` shows which there are",
        Refusal::UserNotFound => "there is no such user; `guestlist user list` shows who there is",
        Refusal::MemberNotFound => "this user is not in the group; `guestlist group members` shows who is",
        Refusal::InvitationNotFound => "there is no such invitation; the group's owners see which there are",
        Refusal::TokenNotFound => "there is no such token; `guestlist token list --user USER` shows which there are",
        Refusal::ClientNotFound => "there is no such client; `guestlist client list` shows which there are",
        Refusal::CallerDisabled => "this account is switched off; choose another user, or ask whoever switched it off",
        Refusal::NotAllowed(_) => "this user may not do that in the group; act as one of its owners",
        Refusal::GroupArchived => "the group is archived; choose another",
        Refusal::NobodyToInvite => "nobody of those named exists; `guestlist user list` shows who does",
        Refusal::TooManyTargets => "at most 1000 people can be named at once; name fewer, more often",
        Refusal::InvitationClosed(_) => "the invitation is over; invite again",
        Refusal::LastOwner => "a group needs an owner; make somebody else an owner first",
        Refusal::IdOutOfRange => "numbers go from 1 to 4503599627370496; choose one of these, or none",
        Refusal::IdTaken => "this number is taken; choose another, or none",
        Refusal::UidTaken => "this uid is taken; choose another, or none",
        Refusal::SubjectTaken => "another user has this subject; `guestlist user list` shows who",
        Refusal::UsernameTaken => "another user has this username; choose another",
        Refusal::EmailTaken => "another user has this e-mail address; `guestlist user list` shows who",
        Refusal::SlugTaken => "another group has this slug; choose another with --slug",
        Refusal::ClientTaken => "there is a client with this id already; choose another id, or remove that one first",
        Refusal::ScopeNotGranted => "the client may not have these scopes; `guestlist client list` shows which it may",
    }
}
