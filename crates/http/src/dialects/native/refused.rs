//! Refusals in the words of this API.

use axum::http::StatusCode;
use guestlist_core::Refusal;
use guestlist_core::invitation::InvitationState;

/// A status, a stable code, and a sentence for people.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) status: StatusCode,
    pub(super) code: String,
    pub(super) detail: String,
}

impl Words {
    pub(super) fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), detail: detail.into() }
    }
}

pub(super) fn words(refusal: Refusal) -> Words {
    let (status, detail) = match refusal {
        // A private group does not exist for strangers.
        Refusal::ByInvitationOnly => return words(Refusal::GroupNotFound),
        Refusal::InvitationClosed(state) => return invitation_closed(state),
        Refusal::GroupNotFound => (StatusCode::NOT_FOUND, "There is no such group."),
        Refusal::UserNotFound => (StatusCode::NOT_FOUND, "There is no such user."),
        Refusal::MemberNotFound => (StatusCode::NOT_FOUND, "This person is not in the group."),
        Refusal::InvitationNotFound => (StatusCode::NOT_FOUND, "There is no such invitation for you."),
        Refusal::TokenNotFound => (StatusCode::NOT_FOUND, "There is no such token."),
        Refusal::ClientNotFound => (StatusCode::NOT_FOUND, "There is no such client."),
        Refusal::LinkNotFound => (StatusCode::NOT_FOUND, "There is no such link for you."),
        Refusal::RequestNotFound => (StatusCode::NOT_FOUND, "There is no such open request to join."),
        Refusal::OfferNotFound => (StatusCode::NOT_FOUND, "There is no such offer of the group."),
        Refusal::BatchNotFound => (StatusCode::NOT_FOUND, "There is no such batch in this group."),
        Refusal::CallerDisabled => (StatusCode::FORBIDDEN, "Your account is switched off."),
        Refusal::NotAllowed(_) => (StatusCode::FORBIDDEN, "You may not do this in this group."),
        Refusal::ScopeNotGranted => (StatusCode::FORBIDDEN, "The client may not have tokens for this."),
        Refusal::AdministratorsOnly => (StatusCode::FORBIDDEN, "Only administrators of the installation may do this."),
        Refusal::AddressMismatch => (StatusCode::FORBIDDEN, refusal.rule()),
        Refusal::GroupArchived => (StatusCode::CONFLICT, "The group is archived."),
        Refusal::LastOwner => (StatusCode::CONFLICT, "A group needs an owner. Make somebody else an owner first."),
        Refusal::IdTaken => (StatusCode::CONFLICT, "This number is taken."),
        Refusal::UidTaken => (StatusCode::CONFLICT, "This uid is taken."),
        Refusal::SubjectTaken => (StatusCode::CONFLICT, "This subject is taken."),
        Refusal::UsernameTaken => (StatusCode::CONFLICT, "This username is taken."),
        Refusal::EmailTaken => (StatusCode::CONFLICT, "Somebody has this e-mail address already."),
        Refusal::SlugTaken => (StatusCode::CONFLICT, "This slug is taken."),
        Refusal::TokenNameTaken => (StatusCode::CONFLICT, "You have a token of this name."),
        Refusal::ClientTaken => (StatusCode::CONFLICT, "This client id is taken."),
        Refusal::LinkClosed(_)
        | Refusal::AlreadyOwner
        | Refusal::GroupFull
        | Refusal::WaitingListFull
        | Refusal::TooManyInvitations
        | Refusal::BatchAnswered
        | Refusal::TooManyOptOuts
        | Refusal::NotRestorable
        | Refusal::NotPurgeable => (StatusCode::CONFLICT, refusal.rule()),
        Refusal::NobodyToInvite => (StatusCode::UNPROCESSABLE_ENTITY, "Nobody of those named exists."),
        Refusal::TooManyTargets => (StatusCode::UNPROCESSABLE_ENTITY, "At most 1000 people can be named at once."),
        Refusal::IdOutOfRange => (StatusCode::UNPROCESSABLE_ENTITY, "Numbers go from 1 to 4503599627370496."),
        Refusal::LifetimeTooLong(_) | Refusal::EndInThePast | Refusal::UsesOutOfRange | Refusal::SeatsOutOfRange => {
            (StatusCode::UNPROCESSABLE_ENTITY, refusal.rule())
        }
        Refusal::SentRecently(_) | Refusal::DailyQuotaSpent(_) => (StatusCode::TOO_MANY_REQUESTS, refusal.rule()),
    };
    // This API writes all its codes with underscores.
    Words::new(status, &refusal.code().replace('-', "_"), detail)
}

fn invitation_closed(state: InvitationState) -> Words {
    let state = state.as_str();
    let detail = format!("The invitation is over: it is {state}.");
    Words::new(StatusCode::CONFLICT, &format!("invitation_{state}"), detail)
}

/// The words for each refusal that there is.
#[cfg(test)]
pub(super) fn each() -> Vec<Words> {
    let states = InvitationState::ALL.into_iter().filter(|state| *state != InvitationState::Pending);
    let closed = states.map(Refusal::InvitationClosed);
    let all = Refusal::EACH.into_iter().filter(|refusal| !matches!(refusal, Refusal::InvitationClosed(_)));
    all.chain(closed).map(words).collect()
}

#[cfg(test)]
mod tests {
    use guestlist_core::Timestamp;

    use super::*;

    #[test]
    fn a_refusal_has_its_code_with_underscores_and_its_rule() {
        let detail = "An invitation is sent at most once an hour.";
        let too_soon = words(Refusal::SentRecently(Timestamp::from_millis(0)));
        assert_eq!(too_soon, Words::new(StatusCode::TOO_MANY_REQUESTS, "sent_recently", detail));
    }
}
