//! From steps to commands, by what there is to ask about.

use guestlist_core::command::{
    Accept, AcceptOwnership, AllowInvitations, ApproveRequest, ArchiveGroup, AssignRole, ChangeInvitation, Command,
    CreateLink, Decline, DeleteGroup, Enrol, ExpireInvitations, GiveInvitationToken, GroupPatch, HideGroup, Invite,
    IssueToken, Join, KeepMail, Leave, MailResult, OfferOwnership, OfferSignIn, RefuseInvitations, RejectRequest,
    RemindInvitees, RemoveMember, ReportMail, ResendInvitation, RestoreGroup, ReviveAddress, RevokeInvitation,
    RevokeLink, RevokeToken, SeeInvitation, SettleMail, TakeMail, TakeRole, Target, UnarchiveGroup, UndoBatch,
    UpdateGroup, UseLink, WithdrawOwnership, WithdrawRequest,
};
use guestlist_core::credential::{Grant, PasswordHash, Scopes, TokenHash, TokenRef};
use guestlist_core::group::{Group, GroupRef};
use guestlist_core::history;
use guestlist_core::ids::{BatchId, GroupId, InvitationId, LinkId, TokenId, UserId};
use guestlist_core::invitation::{Invitation, InvitationRef, InvitationTokenHash};
use guestlist_core::link::LinkHash;
use guestlist_core::mail::{Mail, MailId, MailState, Reply};
use guestlist_core::member::Role;
use guestlist_core::names::DisplayName;
use guestlist_core::opt_out::{InvitationsFrom, Person};
use guestlist_core::time::Timestamp;
use guestlist_core::user::UserRef;
use proptest::sample::Index;
use uuid::Uuid;

use crate::names::{address, subject, user_id, user_uid};
use crate::steps::{Answer, From, InGroup, Invitees, Manage, Post, Step};
use crate::town::Town;

impl Town {
    /// The commands of one batch, none of which has run yet.
    pub(crate) fn commands<'s>(&mut self, steps: impl IntoIterator<Item = &'s Step>) -> Vec<Command> {
        self.offered.clear();
        steps.into_iter().map(|step| self.command(step)).collect()
    }

    fn command(&mut self, step: &Step) -> Command {
        match step {
            Step::Any(command) => command.clone(),
            Step::InGroup { by, group, what } => self.in_group(*by, group.clone(), what),
            Step::Answer { by, which, is_by_secret, what } => {
                let ids = [self.invitations(), self.offered.clone()].concat();
                self.answer(*by, pick(*which, &ids, NOTHING), *is_by_secret, *what)
            }
            Step::Manage { by, which, what } => {
                let ids = self.invitations();
                self.manage(*by, pick(*which, &ids, NOTHING), *what)
            }
            Step::Undo { by, which } => self.undo(*by, *which),
            Step::UseLink { by, which } => {
                let hashes: Vec<_> = self.stored.links.values().map(|link| link.hash).collect();
                UseLink { by: *by, link: pick(*which, &hashes, LinkHash([0; 32])) }.into()
            }
            Step::RevokeLink { by, which } => {
                let links: Vec<_> = self.stored.links.values().map(|link| (link.id, link.group)).collect();
                let (link, group) = pick(*which, &links, (LinkId::from_uuid(Uuid::nil()), GroupId::new(1).unwrap()));
                RevokeLink { by: by.unwrap_or_else(|| self.owner(&GroupRef::Id(group))), link }.into()
            }
            Step::Post { which, what } => self.post(*which, what),
            Step::IssueToken { by, user, client, scopes } => {
                let id = TokenId::from_uuid(self.fresh());
                let hash = TokenHash(self.fresh_secret());
                let (user, client, scopes) = (user.clone(), client.clone(), scopes.clone());
                let within = by.map(|_| Grant { scopes: Scopes::all(), expires_at: None });
                IssueToken {
                    by: *by,
                    within,
                    id,
                    hash,
                    user,
                    client,
                    scopes,
                    lifetime: None,
                    personal: None,
                    replaces: false,
                }
                .into()
            }
            Step::RevokeToken { by, which, is_by_hash } => {
                let tokens: Vec<_> = self.stored.tokens.values().map(|token| (token.id, token.hash)).collect();
                let (id, hash) = pick(*which, &tokens, (TokenId::from_uuid(Uuid::nil()), TokenHash([0; 32])));
                RevokeToken { by: *by, token: if *is_by_hash { TokenRef::Hash(hash) } else { TokenRef::Id(id) } }.into()
            }
        }
    }

    fn post(&mut self, which: Index, what: &Post) -> Command {
        let secrets: Vec<_> = self.stored.secrets.keys().copied().collect();
        let secret = pick(which, &secrets, InvitationTokenHash([0; 32]));
        let mails: Vec<_> = self.stored.mails.values().flat_map(|mail| vec![mail; weight(mail)]).collect();
        let mail = mails.get(which.index(mails.len().max(1))).copied();
        let id = mail.map_or(MailId::from_uuid(Uuid::nil()), |mail| mail.id);
        let reply = Reply::of("550 5.1.1 no such user");
        match what {
            Post::Take { number, is_late } => {
                let due_by = if *is_late { self.now } else { Timestamp::from_millis(self.now.as_millis() - 1) };
                let secrets = (0..*number).map(|_| InvitationTokenHash(self.fresh_secret())).collect();
                TakeMail { due_by, secrets }.into()
            }
            Post::Keep => KeepMail { mails: self.stored.mails.keys().copied().collect() }.into(),
            Post::Settle(n) => {
                let result = match n {
                    0 | 1 => MailResult::HandedOver,
                    2 => MailResult::Withheld,
                    3 | 4 => MailResult::Deferred(reply),
                    5 => MailResult::Failed(reply),
                    6 => MailResult::Untried,
                    n => MailResult::DeadAddress(address(i64::from(*n)), reply),
                };
                SettleMail { mail: id, result }.into()
            }
            Post::Report(report) => ReportMail { by: None, mail: id, report: *report, reply: Some(reply) }.into(),
            Post::Revive(by, address) => ReviveAddress { by: *by, address: address.clone() }.into(),
            Post::Remind => RemindInvitees { invitations: self.stored.invitations.keys().copied().collect() }.into(),
            Post::See => SeeInvitation { invitation: secret }.into(),
            Post::Accept => {
                Accept { by: None, invitation: InvitationRef::Token(secret), is_secret_enough: false }.into()
            }
            Post::Enrol(n) => Enrol {
                invitation: secret,
                uid: user_uid(*n),
                subject: subject(*n),
                name: DisplayName::parse("Somebody").unwrap(),
                password: PasswordHash("hash".to_owned()),
                language: None,
            }
            .into(),
            Post::OfferSignIn(address) => OfferSignIn { invitation: secret, address: address.clone() }.into(),
        }
    }

    /// All that were made, those that are open more often than others.
    fn invitations(&self) -> Vec<InvitationId> {
        let made = self.stored.invitations.values();
        made.flat_map(|made| vec![made.id; if made.is_open(self.now) { 4 } else { 1 }]).collect()
    }

    fn in_group(&mut self, by: Option<UserId>, group: GroupRef, what: &InGroup) -> Command {
        let group =
            if matches!(what, InGroup::TakeOver | InGroup::WithdrawOffer) { self.on_offer(group) } else { group };
        let found = self.facts.group(&group).cloned();
        let owner = by.unwrap_or_else(|| self.owner(&group));
        let asker = || found.as_ref().and_then(|group| self.asker(group.id));
        let requester = |who: &Option<UserRef>| who.clone().or(asker().map(UserRef::Id)).unwrap_or(UserRef::Id(owner));
        match what.clone() {
            InGroup::Update(patch) => UpdateGroup { by: owner, group, patch }.into(),
            InGroup::Archive => ArchiveGroup { by: owner, group }.into(),
            InGroup::Unarchive => UnarchiveGroup { by: owner, group }.into(),
            InGroup::Delete => DeleteGroup { by: owner, group, frees_slug: false }.into(),
            InGroup::Hide(is_hidden) => HideGroup { by: owner, group, is_hidden }.into(),
            InGroup::Restore => RestoreGroup { by: owner, group }.into(),
            InGroup::CloseDoor => {
                let members_max = Some(found.map(|group| group.tally.members));
                UpdateGroup { by: owner, group, patch: GroupPatch { members_max, ..GroupPatch::default() } }.into()
            }
            InGroup::Offer(to) => {
                let to = to.unwrap_or_else(|| UserRef::Id(self.member(found.as_ref())));
                OfferOwnership { by: owner, group, to }.into()
            }
            InGroup::TakeOver => {
                let heir = found.as_ref().and_then(|group| group.offer).map(|offer| offer.to);
                AcceptOwnership { by: by.or(heir).unwrap_or(owner), group }.into()
            }
            InGroup::WithdrawOffer => WithdrawOwnership { by: owner, group }.into(),
            InGroup::Invite(invitees) => self.invite(owner, group, &invitees),
            InGroup::CreateLink { roles, uses_max, expiry, needs_approval } => {
                let id = LinkId::from_uuid(self.fresh());
                let hash = LinkHash(self.fresh_secret());
                CreateLink { by: owner, group, id, hash, roles, uses_max, expiry, needs_approval }.into()
            }
            InGroup::Join => Join { by: by.unwrap_or_else(|| self.outsider(found.as_ref())), group }.into(),
            InGroup::Approve(who) => ApproveRequest { by: owner, user: requester(&who), group }.into(),
            InGroup::Reject(who) => RejectRequest { by: owner, user: requester(&who), group }.into(),
            InGroup::WithdrawRequest => WithdrawRequest { by: by.or(asker()).unwrap_or(owner), group }.into(),
            InGroup::Remove(user) => RemoveMember { by: owner, group, user, spares_owners: false }.into(),
            InGroup::Assign(user, role) => AssignRole { by: owner, group, user, role }.into(),
            InGroup::Take(user, role) => TakeRole { by: owner, group, user, role }.into(),
            InGroup::Leave => Leave { by: by.unwrap_or_else(|| self.member(found.as_ref())), group }.into(),
        }
    }

    pub(crate) fn invite(&mut self, by: UserId, group: GroupRef, invitees: &Invitees) -> Command {
        let targets = invitees.whom.iter().map(|who| {
            let invitation = InvitationId::from_uuid(self.fresh());
            self.offered.push(invitation);
            Target { who: who.clone(), invitation }
        });
        let targets = targets.collect();
        let batch = invitees.is_batch.then(|| BatchId::from_uuid(self.fresh()));
        let (roles, admission) = (invitees.roles, invitees.admission);
        Invite { by, group, targets, roles, admission, batch, language: None, note: invitees.note.clone() }.into()
    }

    fn answer(&self, by: Option<UserId>, id: InvitationId, is_by_secret: bool, what: Answer) -> Command {
        let secret = self.stored.secrets.values().rfind(|secret| secret.invitation == id);
        let secret = secret.filter(|_| is_by_secret).map(|secret| InvitationRef::Token(secret.hash));
        let which = secret.unwrap_or(InvitationRef::Id(id));
        let invitation = self.stored.invitations.get(&id);
        let user = by.or_else(|| self.invitee(invitation?));
        let from = |from| match (from, invitation) {
            (From::Group, Some(invitation)) => InvitationsFrom::Group(invitation.group),
            (From::Inviter, Some(invitation)) => InvitationsFrom::Inviter(invitation.inviter),
            _ => InvitationsFrom::Everyone,
        };
        match what {
            Answer::Accept => {
                Accept { by: Some(user.unwrap_or(user_id(4))), invitation: which, is_secret_enough: false }.into()
            }
            Answer::Decline => Decline { by: user, invitation: which }.into(),
            Answer::Refuse(whose) => RefuseInvitations { by: user, invitation: Some(which), from: from(whose) }.into(),
            Answer::Allow(whose) => AllowInvitations { by: user, invitation: Some(which), from: from(whose) }.into(),
        }
    }

    fn manage(&mut self, by: Option<UserId>, invitation: InvitationId, what: Manage) -> Command {
        let group = self.stored.invitations.get(&invitation).map(|invitation| GroupRef::Id(invitation.group));
        let by = by.or_else(|| group.map(|group| self.owner(&group))).unwrap_or(user_id(1));
        match what {
            Manage::Resend(expiry) => ResendInvitation { by, invitation, expiry }.into(),
            Manage::Change(roles, expiry) => ChangeInvitation { by, invitation, roles, expiry }.into(),
            Manage::Revoke => RevokeInvitation { by, invitation }.into(),
            Manage::GiveSecret => {
                GiveInvitationToken { invitation, hash: InvitationTokenHash(self.fresh_secret()) }.into()
            }
            Manage::Expire => {
                let invitations = self.stored.invitations.keys().filter(|id| **id <= invitation).copied().collect();
                ExpireInvitations { invitations }.into()
            }
        }
    }

    fn undo(&self, by: Option<UserId>, which: Index) -> Command {
        let told =
            self.stored.events.values().flatten().filter_map(|event| Some((event.batch?, event.stream, event.actor)));
        let mut batches: Vec<_> = told.collect();
        batches.sort_by_key(|(batch, ..)| *batch);
        batches.dedup_by_key(|(batch, ..)| *batch);
        // The latest are the ones that may well be undone.
        batches.reverse();
        batches.truncate(5);
        let (batch, group, actor) = match batches.get(which.index(batches.len().max(1))) {
            Some((batch, history::Stream::Group(group), actor)) => (*batch, *group, *actor),
            _ => (BatchId::from_uuid(Uuid::nil()), GroupId::new(1).unwrap(), None),
        };
        UndoBatch { by: by.or(actor).unwrap_or(user_id(1)), group: GroupRef::Id(group), batch }.into()
    }

    fn invitee(&self, invitation: &Invitation) -> Option<UserId> {
        match self.stored.person(&invitation.invitee) {
            Person::User(user) => Some(user),
            Person::Address(_) => None,
        }
    }

    /// An owner of the group who can act, if there is one.
    fn owner(&self, group: &GroupRef) -> UserId {
        let group = self.facts.group(group).map(|group| group.id);
        let owners = group.into_iter().flat_map(|group| self.stored.members_of(group));
        let mut owners = owners.filter(|member| member.roles.has(Role::Owner)).map(|member| member.user);
        owners.find(|user| self.stored.users[user].is_active()).unwrap_or(user_id(1))
    }

    fn asker(&self, group: GroupId) -> Option<UserId> {
        let mut asking = self.stored.requests.values().filter(|request| request.group == group && request.is_open());
        asking.next().map(|request| request.user)
    }

    /// The group, or one that is offered to somebody.
    fn on_offer(&self, group: GroupRef) -> GroupRef {
        let offered = self.stored.groups.values().find(|group| group.offer.is_some());
        offered.map_or(group, |group| GroupRef::Id(group.id))
    }

    /// Somebody who is neither in the group nor on the way.
    fn outsider(&self, group: Option<&Group>) -> UserId {
        let has_to_do_with = |user: &UserId| {
            group.is_some_and(|group| {
                let pair = (group.id, *user);
                self.stored.members.contains_key(&pair)
                    || self.stored.requests.get(&pair).is_some_and(|request| request.is_open())
            })
        };
        let active = self.stored.users.values().filter(|user| user.is_active()).map(|user| user.id);
        active.into_iter().find(|user| !has_to_do_with(user)).unwrap_or(user_id(1))
    }

    /// The newest number among the members: not always the owner.
    fn member(&self, group: Option<&Group>) -> UserId {
        let members = group.into_iter().flat_map(|group| self.stored.members_of(group.id));
        members.last().map_or(user_id(1), |member| member.user)
    }

    pub(crate) fn fresh(&mut self) -> Uuid {
        self.last_id += 1;
        Uuid::from_u128(self.last_id)
    }

    pub(crate) fn fresh_secret(&mut self) -> [u8; 32] {
        let mut secret = [1; 32];
        secret[..16].copy_from_slice(self.fresh().as_bytes());
        secret
    }
}

/// Those that are being sent are picked more often than others.
const fn weight(mail: &Mail) -> usize {
    match mail.state {
        MailState::Sending => 8,
        MailState::HandedOver => 3,
        _ => 1,
    }
}

/// The id of no invitation.
const NOTHING: InvitationId = InvitationId::from_uuid(Uuid::nil());

fn pick<T: Copy>(which: Index, of: &[T], none: T) -> T {
    if of.is_empty() { none } else { *which.get(of) }
}
