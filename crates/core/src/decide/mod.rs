//! The rules: one file per command, each a pure function of the command, the facts and the time.

mod accept;
mod add_client;
mod add_user;
mod adopt_issuer_key;
mod create_group;
mod decline;
mod disable_user;
mod invite;
mod issue_token;
mod leave;
mod remove_client;
mod remove_member;
mod revoke_token;
mod roles;
mod see_subject;

use crate::change::Change;
use crate::command::Command;
use crate::facts::Facts;
use crate::ids::{GroupId, UserId};
use crate::invitation::{InvitationState, Invitee};
use crate::outcome::Outcome;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::user::{User, UserRef};

/// A yes: what the caller learns, and what is to be written before they do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision<O = Outcome> {
    /// What the caller learns.
    pub outcome: O,
    /// What to write, in this order. Empty if everything is already as asked.
    pub changes: Vec<Change>,
}

impl<O> Decision<O> {
    fn unchanged(outcome: O) -> Self {
        Self { outcome, changes: Vec::new() }
    }

    fn map<P>(self, wrap: fn(O) -> P) -> Decision<P> {
        Decision { outcome: wrap(self.outcome), changes: self.changes }
    }
}

/// Decides what becomes of `command` at the instant `now`, given the facts that [`Command::needs`] names. Writes
/// nothing and knows nothing else.
pub fn decide(command: &Command, facts: &Facts, now: Timestamp) -> Result<Decision, Refusal> {
    Ok(match command {
        Command::AddUser(ask) => add_user::decide(ask, facts, now)?.map(Outcome::UserAdded),
        Command::SeeSubject(ask) => see_subject::decide(ask, facts, now)?.map(Outcome::UserSeen),
        Command::DisableUser(ask) => disable_user::decide(ask, facts, now)?.map(Outcome::UserDisabled),
        Command::CreateGroup(ask) => create_group::decide(ask, facts, now)?.map(Outcome::GroupCreated),
        Command::Invite(ask) => invite::decide(ask, facts, now)?.map(Outcome::Invited),
        Command::Accept(ask) => accept::decide(ask, facts, now)?.map(Outcome::Accepted),
        Command::Decline(ask) => decline::decide(ask, facts, now)?.map(Outcome::Declined),
        Command::RemoveMember(ask) => remove_member::decide(ask, facts, now)?.map(Outcome::MemberRemoved),
        Command::AssignRole(ask) => roles::assign(ask, facts, now)?.map(Outcome::RoleAssigned),
        Command::TakeRole(ask) => roles::take(ask, facts, now)?.map(Outcome::RoleTaken),
        Command::Leave(ask) => leave::decide(ask, facts, now)?.map(Outcome::Left),
        Command::IssueToken(ask) => issue_token::decide(ask, facts, now)?.map(Outcome::TokenIssued),
        Command::RevokeToken(ask) => revoke_token::decide(ask, facts, now)?.map(Outcome::TokenRevoked),
        Command::AddClient(ask) => add_client::decide(ask, facts, now)?.map(Outcome::ClientAdded),
        Command::RemoveClient(ask) => remove_client::decide(ask, facts)?.map(Outcome::ClientRemoved),
        Command::AdoptIssuerKey(ask) => adopt_issuer_key::decide(ask, facts).map(Outcome::IssuerKeyAdopted),
    })
}

/// Closes whatever invitations of this user to this group are pending, to the account and to their addresses: nobody
/// who has just come in, or was just sent away, holds a key to the door.
fn settle_invitations(
    facts: &Facts,
    group: GroupId,
    user: UserId,
    state: InvitationState,
    now: Timestamp,
) -> Vec<Change> {
    let person = Invitee::User(user);
    let pending = facts.pending_invitations(group, &person);
    pending.map(|invitation| Change::Invitation(invitation.closed(state, now))).collect()
}

/// The caller's account, which must be usable.
fn caller(facts: &Facts, by: UserId) -> Result<&User, Refusal> {
    facts.user(&UserRef::Id(by)).filter(|user| user.is_active()).ok_or(Refusal::CallerDisabled)
}
