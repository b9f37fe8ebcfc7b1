//! The rules: one file per command, or per pair of opposites, each a pure function of the command, the facts and the
//! time. What follows from any change by itself, whichever command made it, is in `follow.rs`.

mod accept;
mod add_client;
mod add_user;
mod adopt_issuer_key;
mod archive_group;
mod change_invitation;
mod create_group;
mod create_link;
mod decline;
mod delete_group;
mod delete_user;
mod disable_user;
mod door;
mod enable_user;
mod enrol;
mod expire_invitations;
mod expiry;
mod follow;
mod give_invitation_token;
mod hide_group;
mod holder;
mod invite;
mod issue_token;
mod join;
mod leave;
mod offer_sign_in;
mod ownership;
mod post;
mod purge_group;
mod refuse_invitations;
mod remind_invitees;
mod remove_client;
mod remove_member;
mod requests;
mod resend_invitation;
mod revoke_invitation;
mod revoke_link;
mod revoke_token;
mod roles;
mod see_invitation;
mod see_subject;
mod set_admin;
mod settle_mail;
mod take_mail;
mod undo_batch;
mod update_group;
mod update_user;
mod use_link;

use crate::change::Change;
use crate::command::Command;
use crate::explain::{Explanation, explain};
use crate::facts::Facts;
use crate::group::{Group, GroupRef};
use crate::ids::{GroupId, InvitationId, UserId};
use crate::invitation::{Invitation, InvitationRef, InvitationState, Invitee};
use crate::member::RoleSet;
use crate::outcome::{
    GroupArchived, GroupCreated, GroupDeleted, GroupRestored, GroupUnarchived, GroupUpdated, InviteRow, Outcome,
};
use crate::permission::Permission;
use crate::policy;
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
    let mut decision = rule(command, facts, now)?;
    if let Outcome::Invited(invited) = &mut decision.outcome {
        invited.why = why(&invited.rows, command, facts);
    }
    follow::fill_seats(&mut decision.changes, facts, now);
    post::post(&mut decision.changes, command, facts, now);
    follow::add_up(&mut decision.changes, facts, now);
    show_tally(&mut decision);
    Ok(decision)
}

/// Shows the group, where the outcome is one, as it adds up by now.
fn show_tally(decision: &mut Decision) {
    let (Outcome::GroupCreated(GroupCreated(group))
    | Outcome::GroupUpdated(GroupUpdated(group))
    | Outcome::GroupArchived(GroupArchived(group))
    | Outcome::GroupUnarchived(GroupUnarchived(group))
    | Outcome::GroupDeleted(GroupDeleted(group))
    | Outcome::GroupRestored(GroupRestored(group))) = &mut decision.outcome
    else {
        return;
    };
    for change in &decision.changes {
        if let Change::Tally(id, tally) = change
            && *id == group.id
        {
            group.tally = *tally;
        }
    }
}

fn rule(command: &Command, facts: &Facts, now: Timestamp) -> Result<Decision, Refusal> {
    Ok(match command {
        Command::AddUser(ask) => add_user::decide(ask, facts, now)?.map(Outcome::UserAdded),
        Command::SeeSubject(ask) => see_subject::decide(ask, facts, now)?.map(Outcome::UserSeen),
        Command::DisableUser(ask) => disable_user::decide(ask, facts, now)?.map(Outcome::UserDisabled),
        Command::EnableUser(ask) => enable_user::decide(ask, facts, now)?.map(Outcome::UserEnabled),
        Command::UpdateUser(ask) => update_user::decide(ask, facts, now)?.map(Outcome::UserUpdated),
        Command::DeleteUser(ask) => delete_user::decide(ask, facts, now)?.map(Outcome::UserDeleted),
        Command::CreateGroup(ask) => create_group::decide(ask, facts, now)?.map(Outcome::GroupCreated),
        Command::UpdateGroup(ask) => update_group::decide(ask, facts)?.map(Outcome::GroupUpdated),
        Command::ArchiveGroup(ask) => archive_group::archive(ask, facts, now)?.map(Outcome::GroupArchived),
        Command::UnarchiveGroup(ask) => archive_group::unarchive(ask, facts)?.map(Outcome::GroupUnarchived),
        Command::DeleteGroup(ask) => delete_group::delete(ask, facts, now)?.map(Outcome::GroupDeleted),
        Command::HideGroup(ask) => hide_group::decide(ask, facts)?.map(Outcome::GroupHidden),
        Command::RestoreGroup(ask) => delete_group::restore(ask, facts, now)?.map(Outcome::GroupRestored),
        Command::PurgeGroup(ask) => purge_group::decide(ask, facts, now)?.map(Outcome::GroupPurged),
        Command::OfferOwnership(ask) => ownership::offer(ask, facts, now)?.map(Outcome::OwnershipOffered),
        Command::AcceptOwnership(ask) => ownership::accept(ask, facts, now)?.map(Outcome::OwnershipAccepted),
        Command::WithdrawOwnership(ask) => ownership::withdraw(ask, facts, now)?.map(Outcome::OwnershipWithdrawn),
        Command::Invite(ask) => invite::decide(ask, facts, now)?.map(Outcome::Invited),
        Command::UndoBatch(ask) => undo_batch::decide(ask, facts, now)?.map(Outcome::BatchUndone),
        Command::ResendInvitation(ask) => resend_invitation::decide(ask, facts, now)?.map(Outcome::InvitationResent),
        Command::ChangeInvitation(ask) => change_invitation::decide(ask, facts, now)?.map(Outcome::InvitationChanged),
        Command::RevokeInvitation(ask) => revoke_invitation::decide(ask, facts, now)?.map(Outcome::InvitationRevoked),
        Command::GiveInvitationToken(ask) => {
            give_invitation_token::decide(ask, facts, now)?.map(Outcome::InvitationTokenGiven)
        }
        Command::ExpireInvitations(ask) => expire_invitations::decide(ask, facts, now).map(Outcome::InvitationsExpired),
        Command::RemindInvitees(ask) => remind_invitees::decide(ask, facts, now).map(Outcome::InviteesReminded),
        Command::SeeInvitation(ask) => see_invitation::decide(ask, facts, now)?.map(Outcome::InvitationSeen),
        Command::Enrol(ask) => enrol::decide(ask, facts, now)?.map(Outcome::Enrolled),
        Command::OfferSignIn(ask) => offer_sign_in::decide(ask, facts, now)?.map(Outcome::SignInOffered),
        Command::Accept(ask) => accept::decide(ask, facts, now)?.map(Outcome::Accepted),
        Command::Decline(ask) => decline::decide(ask, facts, now)?.map(Outcome::Declined),
        Command::RefuseInvitations(ask) => {
            refuse_invitations::refuse(ask, facts, now)?.map(Outcome::InvitationsRefused)
        }
        Command::AllowInvitations(ask) => refuse_invitations::allow(ask, facts)?.map(Outcome::InvitationsAllowed),
        Command::CreateLink(ask) => create_link::decide(ask, facts, now)?.map(Outcome::LinkCreated),
        Command::RevokeLink(ask) => revoke_link::decide(ask, facts, now)?.map(Outcome::LinkRevoked),
        Command::UseLink(ask) => use_link::decide(ask, facts, now)?.map(Outcome::LinkUsed),
        Command::Join(ask) => join::decide(ask, facts, now)?.map(Outcome::Joined),
        Command::ApproveRequest(ask) => requests::approve(ask, facts, now)?.map(Outcome::RequestApproved),
        Command::RejectRequest(ask) => requests::reject(ask, facts, now)?.map(Outcome::RequestRejected),
        Command::WithdrawRequest(ask) => requests::withdraw(ask, facts, now)?.map(Outcome::RequestWithdrawn),
        Command::RemoveMember(ask) => remove_member::decide(ask, facts, now)?.map(Outcome::MemberRemoved),
        Command::AssignRole(ask) => roles::assign(ask, facts)?.map(Outcome::RoleAssigned),
        Command::TakeRole(ask) => roles::take(ask, facts)?.map(Outcome::RoleTaken),
        Command::SetAdmin(ask) => set_admin::decide(ask, facts)?.map(Outcome::AdminSet),
        Command::Leave(ask) => leave::decide(ask, facts, now)?.map(Outcome::Left),
        Command::IssueToken(ask) => issue_token::decide(ask, facts, now)?.map(Outcome::TokenIssued),
        Command::RevokeToken(ask) => revoke_token::decide(ask, facts, now)?.map(Outcome::TokenRevoked),
        Command::AddClient(ask) => add_client::decide(ask, facts, now)?.map(Outcome::ClientAdded),
        Command::RemoveClient(ask) => remove_client::decide(ask, facts)?.map(Outcome::ClientRemoved),
        Command::TakeMail(ask) => take_mail::decide(ask, facts, now).map(Outcome::MailTaken),
        Command::KeepMail(ask) => settle_mail::keep(ask, facts, now).map(Outcome::MailKept),
        Command::SettleMail(ask) => settle_mail::settle(ask, facts, now).map(Outcome::MailSettled),
        Command::ReportMail(ask) => settle_mail::report(ask, facts, now)?.map(Outcome::MailReported),
        Command::ReviveAddress(ask) => settle_mail::revive(ask, facts)?.map(Outcome::AddressRevived),
        Command::AdoptIssuerKey(ask) => adopt_issuer_key::decide(ask, facts).map(Outcome::IssuerKeyAdopted),
    })
}

/// An explanation of each refusal among the rows, in order of their first appearance.
fn why(rows: &[InviteRow], command: &Command, facts: &Facts) -> Vec<Explanation> {
    let mut refusals: Vec<Refusal> = Vec::new();
    for row in rows {
        if let InviteRow::Refused(refusal) = row
            && !refusals.contains(refusal)
        {
            refusals.push(*refusal);
        }
    }
    refusals.into_iter().map(|refusal| explain(refusal, command, facts)).collect()
}

/// The caller's account, which must be usable.
fn caller(facts: &Facts, by: UserId) -> Result<&User, Refusal> {
    facts.user(&UserRef::Id(by)).filter(|user| user.is_active()).ok_or(Refusal::CallerDisabled)
}

/// Insists that whoever asks, if it is not the operator, is an administrator of the installation.
fn require_administrator(by: Option<UserId>, facts: &Facts) -> Result<(), Refusal> {
    let Some(by) = by else { return Ok(()) };
    policy::require_administrator(caller(facts, by)?)
}

/// Insists that `by` may do `what` by what they are in the whole installation, where it is about something of their own.
fn require_own(what: Permission, by: &User, facts: &Facts) -> Result<(), Refusal> {
    let may = policy::has(&facts.settings().permissions, what, by, None);
    may.then_some(()).ok_or(Refusal::NotAllowed(what))
}

/// Insists that whoever asks, if it is not the operator, may do `what` by what they are in the whole installation.
fn require_anywhere(what: Permission, by: Option<UserId>, facts: &Facts) -> Result<(), Refusal> {
    let Some(by) = by else { return Ok(()) };
    policy::require_anywhere(&facts.settings().permissions, what, caller(facts, by)?)
}

/// Insists that whoever asks, if it is not the operator, is `user` themselves or an administrator of the installation.
fn require_self_or_administrator(by: Option<UserId>, user: UserId, facts: &Facts) -> Result<(), Refusal> {
    match by {
        Some(by) if by == user => caller(facts, by).map(drop),
        by => require_administrator(by, facts),
    }
}

/// The group, unless it is deleted.
fn living<'f>(facts: &'f Facts, which: &GroupRef) -> Result<&'f Group, Refusal> {
    facts.group(which).filter(|group| group.deleted_at.is_none()).ok_or(Refusal::GroupNotFound)
}

/// Insists that `by` may do `what` in the group.
fn require(what: Permission, by: &User, group: GroupId, facts: &Facts) -> Result<(), Refusal> {
    policy::require(&facts.settings().permissions, what, by, facts.membership(group, by.id))
}

/// Insists that `by` may give and take each of `roles` in the group.
fn require_roles(roles: RoleSet, by: &User, group: GroupId, facts: &Facts) -> Result<(), Refusal> {
    roles.iter().try_for_each(|role| require(Permission::to_set(role), by, group, facts))
}

/// An invitation as those see it who run its group, if `by` may do `what` there. For everybody else it does not exist.
fn managed(
    facts: &Facts,
    by: UserId,
    id: InvitationId,
    what: Permission,
) -> Result<(&User, &Group, &Invitation), Refusal> {
    let by = caller(facts, by)?;
    let invitation = facts.invitation(&InvitationRef::Id(id)).ok_or(Refusal::InvitationNotFound)?;
    let group = living(facts, &GroupRef::Id(invitation.group)).map_err(|_| Refusal::InvitationNotFound)?;
    if !policy::runs_group(&facts.settings().permissions, by, facts.membership(group.id, by.id)) {
        return Err(Refusal::InvitationNotFound);
    }
    require(what, by, group.id, facts)?;
    Ok((by, group, invitation))
}

/// Closes whatever invitations of this user to this group are pending, to the account and to their addresses: nobody
/// who has just come in, or was just sent away, holds a key to the door.
fn settle_invitations(
    facts: &Facts,
    group: GroupId,
    user: UserId,
    state: InvitationState,
    by: Option<UserId>,
    now: Timestamp,
) -> Vec<Change> {
    let person = Invitee::User(user);
    let pending = facts.pending_invitations(group, &person);
    pending.map(|invitation| Change::Invitation(invitation.closed(state, by, now))).collect()
}
