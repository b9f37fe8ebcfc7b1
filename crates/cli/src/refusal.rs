//! Refusals in the words of the command line: what is wrong, by which rule and fact, who can change it, and what to do.

use std::fmt::Write as _;

use guestlist_core::Refusal;
use guestlist_core::explain::{Explanation, Fact, Remedy};
use guestlist_core::member::{Role, RoleSet};
use guestlist_store::Rejection;
use serde_json::{Value, json};

use crate::output;

/// The error that a rejected command ends with.
pub(crate) fn explain(rejection: Rejection) -> anyhow::Error {
    match rejection {
        Rejection::Refused(_, why) => anyhow::anyhow!(paragraph(&why)),
        Rejection::Failed(error) => error.into(),
    }
}

/// What is wrong, and under it why, who can change it, and what to do.
pub(crate) fn paragraph(why: &Explanation) -> String {
    let (wrong, advice) = halves(why.refusal);
    let mut text = wrong.to_owned();
    let fact = why.fact.as_ref().map(fact);
    for (heading, words) in [
        ("rule", Some(why.refusal.rule())),
        ("fact", fact.as_deref()),
        ("who can change it", Some(&*remedy(why.remedy))),
        ("what to do", Some(advice)),
    ] {
        if let Some(words) = words {
            // Writing to a text does not fail.
            let _ = write!(text, "\n  {heading}: {words}");
        }
    }
    text
}

/// The same on one line: what is wrong, the fact, and what to do.
pub(crate) fn line(why: &Explanation) -> String {
    let (wrong, advice) = halves(why.refusal);
    match &why.fact {
        Some(known) => format!("{wrong} ({}); {advice}", fact(known)),
        None => format!("{wrong}; {advice}"),
    }
}

/// The same for programs.
pub(crate) fn object(why: &Explanation) -> Value {
    let roles = |roles: RoleSet| roles.iter().map(Role::as_str).collect::<Vec<_>>();
    let fact = why.fact.as_ref().map(|fact| match fact {
        Fact::Standing { roles: None, needed } => json!({ "member": false, "needed": roles(*needed) }),
        Fact::Standing { roles: Some(held), needed } => {
            json!({ "member": true, "roles": roles(*held), "needed": roles(*needed) })
        }
        Fact::Since(at) => json!({ "since": output::time(*at) }),
        Fact::Until(at) => json!({ "until": output::time(*at) }),
        Fact::Count { count, max } => json!({ "count": count, "max": max }),
        Fact::Longest(span) => json!({ "longest_secs": span.as_secs() }),
        Fact::LastOwnerOf(groups) => {
            json!({ "last_owner_of": groups.iter().map(|group| group.get()).collect::<Vec<_>>() })
        }
    });
    json!({
        "code": why.refusal.code(),
        "rule": why.refusal.rule(),
        "fact": fact,
        "remedy": remedy(why.remedy),
        "advice": halves(why.refusal).1,
    })
}

/// What the rule looked at, in words.
fn fact(fact: &Fact) -> String {
    match fact {
        Fact::Standing { roles: None, needed } => {
            format!("whoever asks is no member of the group; it takes the role of {}", any(*needed))
        }
        Fact::Standing { roles: Some(RoleSet::NONE), needed } => {
            format!("whoever asks is a member without a role; it takes the role of {}", any(*needed))
        }
        Fact::Standing { roles: Some(held), needed } => {
            format!("whoever asks is {}; it takes the role of {}", any(*held), any(*needed))
        }
        Fact::Since(at) => format!("since {}", output::time(*at)),
        Fact::Until(at) => format!("until {}", output::time(*at)),
        Fact::Count { count, max } => format!("{count}, of at most {max}"),
        Fact::Longest(span) => format!("at most {} days", span.as_secs() / 86_400),
        Fact::LastOwnerOf(groups) => {
            let ids: Vec<String> = groups.iter().map(ToString::to_string).collect();
            format!("the last owner of groups: {}", ids.join(", "))
        }
    }
}

/// Who could make the answer another, in words.
pub(crate) fn remedy(remedy: Remedy) -> String {
    match remedy {
        Remedy::Asker => "whoever asks, by asking for something else".to_owned(),
        Remedy::Roles(roles) => format!("a member of the group with the role of {}", any(roles)),
        Remedy::Person => "the person who was invited, or who asked".to_owned(),
        Remedy::Operator => "the operator".to_owned(),
        Remedy::Time => "nobody, but it passes".to_owned(),
        Remedy::Nobody => "nobody".to_owned(),
    }
}

fn any(roles: RoleSet) -> String {
    roles.iter().map(Role::as_str).collect::<Vec<_>>().join(" or ")
}

/// What is wrong, and what to do about it.
pub(crate) fn halves(refusal: Refusal) -> (&'static str, &'static str) {
    sentence(refusal).split_once("; ").unwrap_or((sentence(refusal), ""))
}

/// What is wrong and what to do, on one line.
pub(crate) const fn sentence(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::GroupNotFound => "there is no such group; `guestlist group list` shows which there are",
        Refusal::UserNotFound => "there is no such user; `guestlist user list` shows who there is",
        Refusal::MemberNotFound => "this user is not in the group; `guestlist members GROUP` shows who is",
        Refusal::InvitationNotFound => {
            "there is no such invitation; `guestlist invitation list GROUP` shows which there are"
        }
        Refusal::LinkNotFound => "there is no such invite link; `guestlist link list GROUP` shows which there are",
        Refusal::RequestNotFound => "this user has not asked to join, or was answered; invite them instead",
        Refusal::OfferNotFound => {
            "nobody offers this group to this user, or the offer is over; have an owner offer it with `guestlist group offer`"
        }
        Refusal::BatchNotFound => {
            "there is no such batch of invitations in the group; `guestlist history GROUP --json` shows which there are"
        }
        Refusal::TokenNotFound => "there is no such token; `guestlist token list --user USER` shows which there are",
        Refusal::ClientNotFound => "there is no such client; `guestlist client list` shows which there are",
        Refusal::CallerDisabled => "this account is switched off; choose another user, or ask whoever switched it off",
        Refusal::NotAllowed(_) => "this user may not do that in the group; act as one of its owners",
        Refusal::GroupArchived => {
            "the group is archived; choose another, or take it out with `guestlist group unarchive`"
        }
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
            "somebody in the batch has answered, or was changed since; revoke the others with `guestlist invitation revoke`"
        }
        Refusal::TooManyOptOuts => "this user refuses 1000 groups and inviters; take one back, or refuse everyone",
        Refusal::NotRestorable => "the group is not deleted, or was so more than 30 days ago; make a new one",
        Refusal::NotPurgeable => "a group is forgotten 30 days after it was deleted; wait until then",
        Refusal::LastOwner => {
            "a group needs an owner; make somebody else an owner first, with `guestlist member give-role`"
        }
        Refusal::IdOutOfRange => "numbers go from 1 to 4503599627370496; choose one of these, or none",
        Refusal::IdTaken => "this number is taken; choose another, or none",
        Refusal::UidTaken => "this uid is taken; choose another, or none",
        Refusal::SubjectTaken => "another user has this subject; `guestlist user list` shows who",
        Refusal::UsernameTaken => "another user has this username; choose another",
        Refusal::EmailTaken => "another user has this e-mail address; `guestlist user list` shows who",
        Refusal::TokenNameTaken => "the user has a token of this name; choose another",
        Refusal::SlugTaken => "another group has this slug; choose another with --slug",
        Refusal::ClientTaken => "there is a client with this id already; choose another id, or remove that one first",
        Refusal::ScopeNotGranted => "the client may not have these scopes; `guestlist client list` shows which it may",
        Refusal::AdministratorsOnly => "only administrators of the installation may do this; act as one of them",
    }
}
