//! Refusals in the words of the command line: what is wrong, and what to do.

use guestlist_core::Refusal;
use guestlist_core::explain::{Explanation, Fact};
use guestlist_store::Rejection;

/// The error that a rejected command ends with.
pub(crate) fn explain(rejection: Rejection) -> anyhow::Error {
    match rejection {
        Rejection::Refused(refusal, why) => anyhow::anyhow!("{}{}", sentence(refusal), groups(&why)),
        Rejection::Failed(error) => error.into(),
    }
}

/// The groups that stand in the way, where several may.
fn groups(why: &Explanation) -> String {
    let Some(Fact::LastOwnerOf(groups)) = &why.fact else { return String::new() };
    let ids: Vec<String> = groups.iter().map(ToString::to_string).collect();
    format!(" (groups: {})", ids.join(", "))
}

/// What is wrong and what to do, on one line.
pub(crate) const fn sentence(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::GroupNotFound => "there is no such group; `guestlist group list` shows which there are",
        Refusal::UserNotFound => "there is no such user; `guestlist user list` shows who there is",
        Refusal::MemberNotFound => "this user is not in the group; `guestlist group members` shows who is",
        Refusal::InvitationNotFound => "there is no such invitation; the group's owners see which there are",
        Refusal::LinkNotFound => "there is no such invite link; ask for a new one",
        Refusal::RequestNotFound => "this user has not asked to join, or was answered; invite them instead",
        Refusal::OfferNotFound => {
            "nobody offers this group to this user, or the offer is over; have an owner offer it again"
        }
        Refusal::BatchNotFound => "there is no such batch of invitations in the group; check its id",
        Refusal::TokenNotFound => "there is no such token; `guestlist token list --user USER` shows which there are",
        Refusal::ClientNotFound => "there is no such client; `guestlist client list` shows which there are",
        Refusal::CallerDisabled => "this account is switched off; choose another user, or ask whoever switched it off",
        Refusal::NotAllowed(_) => "this user may not do that in the group; act as one of its owners",
        Refusal::GroupArchived => "the group is archived; choose another",
        Refusal::NobodyToInvite => "nobody of those named exists; `guestlist user list` shows who does",
        Refusal::TooManyTargets => "at most 1000 people can be named at once; name fewer, more often",
        Refusal::InvitationClosed(_) => "the invitation is over; invite again",
        Refusal::AddressMismatch => {
            "the invitation was sent to an address that this user has not verified; invite the user by number or username"
        }
        Refusal::SentRecently(_) => "the invitation was sent less than an hour ago; wait, and send it again then",
        Refusal::LifetimeTooLong(_) => {
            "that is longer than may be; choose a shorter time, or raise --invitation-days-max"
        }
        Refusal::EndInThePast => "that is over as soon as it begins; choose a longer time",
        Refusal::LinkClosed(_) => "the link is revoked, expired or used up; make a new one",
        Refusal::UsesOutOfRange => "a link lets in at least one person; choose a number from 1 up",
        Refusal::ByInvitationOnly => "the group takes in nobody who was not invited; have an owner invite this user",
        Refusal::AlreadyOwner => "this user is an owner already; name another member",
        Refusal::GroupFull => "the group is full; remove somebody, or give it more seats",
        Refusal::WaitingListFull => "the group is full, and so is its waiting list; give it more seats",
        Refusal::SeatsOutOfRange => {
            "a group has at least one seat, and no more than --members-max allows; choose a number between"
        }
        Refusal::TooManyInvitations => {
            "the group has too many pending invitations; revoke some, or switch --rate-limits off"
        }
        Refusal::DailyQuotaSpent(_) => {
            "this user has made too many invitations today; wait for tomorrow (UTC), or switch --rate-limits off"
        }
        Refusal::BatchAnswered => {
            "somebody in the batch has answered, or was changed since; revoke the others one by one"
        }
        Refusal::TooManyOptOuts => "this user refuses 1000 groups and inviters; take one back, or refuse everyone",
        Refusal::NotRestorable => "the group is not deleted, or was so more than 30 days ago; make a new one",
        Refusal::NotPurgeable => "a group is forgotten 30 days after it was deleted; wait until then",
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
        Refusal::AdministratorsOnly => "only administrators of the installation may do this; act as one of them",
    }
}
