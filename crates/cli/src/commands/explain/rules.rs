//! The rule behind the code of a refusal.

use anyhow::anyhow;
use guestlist_core::Refusal;
use guestlist_core::explain;
use serde::Serialize;

use crate::output::{self, Listing, Show};
use crate::refusal::{halves, remedy};

/// Tells the rule of a code, or of all codes.
pub(crate) fn rules(code: Option<&str>, json: bool) -> anyhow::Result<()> {
    let Some(code) = code else {
        let mut listing = Listing::new::<Short>(json);
        for refusal in Refusal::EACH {
            listing.add(&Short(Entry::of(refusal)))?;
        }
        return listing.finish();
    };
    let refusal = Refusal::EACH.into_iter().find(|refusal| refusal.code() == code);
    let refusal =
        refusal.ok_or_else(|| anyhow!("there is no code {code:?}; `guestlist explain` shows which there are"))?;
    output::one(&Entry::of(refusal), json)
}

/// A refusal as it is printed.
#[derive(Debug, Serialize)]
struct Entry {
    code: &'static str,
    rule: &'static str,
    depends_on: &'static str,
    remedy: String,
    means: &'static str,
    advice: &'static str,
}

impl Entry {
    fn of(refusal: Refusal) -> Self {
        let (means, advice) = halves(refusal);
        Self {
            code: refusal.code(),
            rule: refusal.rule(),
            depends_on: depends_on(refusal),
            remedy: remedy(explain::remedy(refusal)),
            means,
            advice,
        }
    }
}

impl Show for Entry {
    const HEADINGS: &'static [&'static str] =
        &["code", "means", "rule", "depends on", "who can change it", "what to do"];

    fn cells(&self) -> Vec<String> {
        let words = [self.code, self.means, self.rule, self.depends_on, &self.remedy, self.advice];
        words.map(str::to_owned).into()
    }
}

/// The same in a list.
#[derive(Debug, Serialize)]
#[serde(transparent)]
struct Short(Entry);

impl Show for Short {
    const HEADINGS: &'static [&'static str] = &["code", "rule"];

    fn cells(&self) -> Vec<String> {
        vec![self.0.code.to_owned(), self.0.rule.to_owned()]
    }
}

/// What a rule looks at.
const fn depends_on(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::GroupNotFound => "whether the group exists, is not deleted, and may be known to whoever asks",
        Refusal::UserNotFound => "whether there is such an account",
        Refusal::MemberNotFound => "whether the person is a member, invited, or asking to join",
        Refusal::InvitationNotFound => "whether there is such an invitation, and for whom it is",
        Refusal::LinkNotFound => "whether there is such a link, and whether its group exists",
        Refusal::RequestNotFound => "whether the person has a request to join that nobody has answered",
        Refusal::OfferNotFound => "whether the group is offered, to whom, and until when",
        Refusal::BatchNotFound => "the history of the group",
        Refusal::TokenNotFound => "whether there is such a token",
        Refusal::ClientNotFound => "whether there is such a client",
        Refusal::CallerDisabled => "whether whoever asks has an account that is switched on",
        Refusal::NotAllowed(_) => {
            "the roles of whoever asks in the group, and whether they are an administrator of the installation"
        }
        Refusal::GroupArchived => "whether the group is archived",
        Refusal::NobodyToInvite => "whether anybody who is named has an account",
        Refusal::TooManyTargets => "how many people are named",
        Refusal::InvitationClosed(_) => "what became of the invitation, and the time",
        Refusal::AddressMismatch => {
            "the verified addresses of whoever accepts, and whether the group takes the mailed secret for enough"
        }
        Refusal::SentRecently(_) => "when the invitation was last sent",
        Refusal::LifetimeTooLong(_) => "the operator's setting invitation_days_max",
        Refusal::EndInThePast => "how long it is asked to live",
        Refusal::LinkClosed(_) => "whether the link was revoked, its end, and how often it was used",
        Refusal::UsesOutOfRange => "how many uses are asked for",
        Refusal::ByInvitationOnly => "whether the group is public, and whether it takes requests",
        Refusal::AlreadyOwner => "the roles of the member",
        Refusal::GroupFull => "the number of members, the group's seats, and the operator's setting members_max",
        Refusal::WaitingListFull => "how many wait for a seat",
        Refusal::SeatsOutOfRange => "the number of members, and the operator's setting members_max",
        Refusal::TooManyInvitations => "the number of pending invitations of the group",
        Refusal::DailyQuotaSpent(_) => "how many invitations the inviter has made today, in UTC",
        Refusal::BatchAnswered => "what became of everybody in the batch",
        Refusal::TooManyOptOuts => "how many groups and inviters the person refuses",
        Refusal::NotRestorable | Refusal::NotPurgeable => "when the group was deleted",
        Refusal::LastOwner => "how many owners the group has",
        Refusal::IdOutOfRange => "the number that is asked for, and the highest in use",
        Refusal::IdTaken => "the numbers in use",
        Refusal::UidTaken => "the uids in use",
        Refusal::SubjectTaken => "the subjects in use",
        Refusal::UsernameTaken => "the usernames in use",
        Refusal::EmailTaken => "the addresses in use",
        Refusal::TokenNameTaken => "the names of the user's tokens",
        Refusal::SlugTaken => "the slugs in use",
        Refusal::ClientTaken => "the ids of clients in use",
        Refusal::ScopeNotGranted => "the scopes of the client, and those of whoever asks",
        Refusal::AdministratorsOnly => "whether whoever asks is an administrator of the installation",
    }
}
