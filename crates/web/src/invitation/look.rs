//! What there is to show behind a secret.

use guestlist_core::group::GroupRef;
use guestlist_core::invitation::{InvitationRef, InvitationState, InvitationToken, InvitationTokenHash, Invitee};
use guestlist_core::names::Email;
use guestlist_core::opt_out::{InvitationsFrom, OptOut};
use guestlist_core::request::RequestState;
use guestlist_core::user::{User, UserRef};
use guestlist_identity::token::PlainToken;
use guestlist_store::query::Queries;
use guestlist_store::{InvitationView, Refuser, StoreError};

use crate::Desk;

/// An invitation as whoever holds a secret of it sees it.
pub(crate) struct Looked {
    pub(crate) hash: InvitationTokenHash,
    pub(crate) view: InvitationView,
    /// Whose account the secret stands for.
    pub(crate) person: Option<User>,
    pub(crate) standing: Standing,
    /// What the person refuses for good that concerns this invitation: everybody's, its group's, its inviter's.
    pub(crate) refused: Vec<OptOut>,
}

/// How whoever looks stands to the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// They can answer.
    Open,
    /// They can answer, but not say yes now: the group is in the archive.
    Closed,
    /// They cannot say yes with this account.
    Mismatch,
    /// The secret stood for their account, but not any more.
    Stale,
    Member,
    Waiting,
    Declined,
    Revoked,
    Expired,
    /// It was accepted, and whoever did is not in the group now.
    Used,
}

/// The hash of what stands in the address of a page; `None` if it can be no secret of ours.
pub(crate) fn hash(secret: &str) -> Option<InvitationTokenHash> {
    let secret = PlainToken::presented(secret).ok()?;
    secret.reveal().starts_with(PlainToken::INVITATION_PREFIX).then(|| secret.invitation_hash())
}

/// Looks an invitation up; `None` if there is none.
pub(crate) async fn look(desk: &Desk, secret: &str) -> Result<Option<Looked>, StoreError> {
    let Some(hash) = hash(secret) else { return Ok(None) };
    let read = desk.store.read();
    let Some(view) = read.invitation(InvitationRef::Token(hash)).await? else { return Ok(None) };
    let Some(token) = read.invitation_token(hash).await? else { return Ok(None) };
    let person = person(read, &token, &view).await?;
    let standing = standing(desk, &token, &view, person.as_ref()).await?;
    let mut refused = read.opt_outs(Refuser::Holder(hash)).await?;
    if let Some(person) = &person {
        refused.extend(read.opt_outs(Refuser::User(person.id)).await?);
    }
    let of_here =
        [InvitationsFrom::Everyone, InvitationsFrom::Group(view.group.id), InvitationsFrom::Inviter(view.inviter.id)];
    refused.retain(|opt_out| of_here.contains(&opt_out.from));
    Ok(Some(Looked { hash, view, person, standing, refused }))
}

async fn person(
    read: &dyn Queries,
    token: &InvitationToken,
    view: &InvitationView,
) -> Result<Option<User>, StoreError> {
    if let Some(holder) = token.holder {
        return read.user(UserRef::Id(holder)).await;
    }
    match &view.invitation.invitee {
        Invitee::User(_) => Ok(view.invitee.clone()),
        Invitee::Email(address) => owner(read, address).await,
    }
}

/// Who has verified an address.
async fn owner(read: &dyn Queries, address: &Email) -> Result<Option<User>, StoreError> {
    let Some(user) = read.user(UserRef::Email(address.clone())).await? else { return Ok(None) };
    let emails = read.emails(user.id).await?;
    Ok(emails.iter().any(|email| email.email == *address && email.is_verified).then_some(user))
}

async fn standing(
    desk: &Desk,
    token: &InvitationToken,
    view: &InvitationView,
    person: Option<&User>,
) -> Result<Standing, StoreError> {
    let read = desk.store.read();
    let now = desk.clock.now();
    if let Some(person) = person {
        let found = read.group(GroupRef::Id(view.group.id), Some(person.id)).await?;
        if found.is_some_and(|found| found.membership.is_some()) {
            return Ok(Standing::Member);
        }
        let request = read.request(view.group.id, person.id).await?;
        if request.is_some_and(|request| request.state == RequestState::Waiting) {
            return Ok(Standing::Waiting);
        }
    }
    Ok(match view.invitation.state_at(now) {
        InvitationState::Pending if token.holder.is_some() && token.holder_at(now).is_none() => Standing::Stale,
        InvitationState::Pending if !view.group.is_active() => Standing::Closed,
        InvitationState::Pending if token.holder.is_some() && !is_enough(read, view, person).await? => {
            Standing::Mismatch
        }
        InvitationState::Pending => Standing::Open,
        InvitationState::Accepted => Standing::Used,
        InvitationState::Declined => Standing::Declined,
        InvitationState::Revoked => Standing::Revoked,
        InvitationState::Expired => Standing::Expired,
    })
}

/// Whether an account may be another than the one that was invited. The rule itself is the rules': this only has the page
/// say beforehand what they would.
async fn is_enough(read: &dyn Queries, view: &InvitationView, person: Option<&User>) -> Result<bool, StoreError> {
    let Some(person) = person else { return Ok(false) };
    Ok(match &view.invitation.invitee {
        Invitee::User(user) => *user == person.id,
        Invitee::Email(address) => {
            view.group.is_token_enough || owner(read, address).await?.is_some_and(|owner| owner.id == person.id)
        }
    })
}
