//! Reading: what can be asked of the storage, and the shapes in which it answers. Reads do not pass the writer.

use std::collections::HashMap;

use async_trait::async_trait;
use guestlist_core::Timestamp;
use guestlist_core::credential::{AccessToken, Client, ClientId, IssuerKey, PasswordHash, TokenHash};
use guestlist_core::group::{Group, GroupRef};
use guestlist_core::history::{Event, Finding, Stream};
use guestlist_core::ids::{BatchId, GroupId, InvitationId, LinkId, TokenId, UserId};
use guestlist_core::invitation::{Invitation, InvitationRef, InvitationState, InvitationToken, InvitationTokenHash};
use guestlist_core::link::{Link, LinkRef};
use guestlist_core::mail::Mail;
use guestlist_core::member::Membership;
use guestlist_core::names::Subject;
use guestlist_core::opt_out::OptOut;
use guestlist_core::request::JoinRequest;
use guestlist_core::user::{User, UserEmail, UserRef};

use crate::directory::DirectoryQueries;
use crate::error::StoreError;
use crate::feed::{Cursor, Told};
use crate::page::{Page, PageRequest};
use crate::rooms::RoomQueries;

/// The reading side of a database.
#[async_trait]
pub trait Queries: DirectoryQueries + RoomQueries {
    /// A stored token and its user.
    async fn token(&self, hash: TokenHash) -> Result<Option<(AccessToken, User)>, StoreError>;

    /// A stored token in any state, by its public name.
    async fn token_by_id(&self, id: TokenId) -> Result<Option<AccessToken>, StoreError>;

    /// What is known about the subject and the client of a signed token.
    async fn bearer(&self, subject: Subject, client: ClientId) -> Result<Bearer, StoreError>;

    /// A user by any name. Other than for the rules, an unverified address finds its user too.
    async fn user(&self, who: UserRef) -> Result<Option<User>, StoreError>;

    /// Those of these users that there are, in order of their numbers.
    async fn users_by_id(&self, ids: Vec<UserId>) -> Result<Vec<User>, StoreError>;

    /// A user's password hash.
    async fn password(&self, user: UserId) -> Result<Option<PasswordHash>, StoreError>;

    /// A user's addresses, in alphabetical order.
    async fn emails(&self, user: UserId) -> Result<Vec<UserEmail>, StoreError>;

    /// Users in order of their numbers.
    async fn users(&self, page: PageRequest<UserId>) -> Result<Page<User, UserId>, StoreError>;

    /// A group, with the membership of `viewer` in it, if somebody is looking.
    async fn group(&self, which: GroupRef, viewer: Option<UserId>) -> Result<Option<GroupView>, StoreError>;

    /// All groups of which `user` is a member, by name, then number. Complete, however many there are.
    async fn groups_of(&self, user: UserId) -> Result<Vec<GroupView>, StoreError>;

    /// The groups of which `user` is a member, in order of their numbers.
    async fn groups_joined(
        &self,
        user: UserId,
        page: PageRequest<GroupId>,
    ) -> Result<Page<GroupView, GroupId>, StoreError>;

    /// Groups in order of their numbers.
    async fn groups(&self, page: PageRequest<GroupId>) -> Result<Page<Group, GroupId>, StoreError>;

    /// The usernames of a group's members in alphabetical order, at most `limit`. A member without one is named by uid.
    async fn usernames(&self, group: GroupId, limit: u16) -> Result<Vec<String>, StoreError>;

    /// A group's members in order of their users' numbers.
    async fn members(&self, group: GroupId, page: PageRequest<UserId>) -> Result<Page<Member, UserId>, StoreError>;

    /// A numbered stretch of a group's active members that match `search`.
    async fn roster(&self, group: GroupId, search: RosterSearch) -> Result<Roster, StoreError>;

    /// The open invitations of a group, oldest first, whoever refuses them.
    async fn open_invitations(
        &self,
        group: GroupId,
        now: Timestamp,
        page: PageRequest<InvitationId>,
    ) -> Result<Page<InvitationView, InvitationId>, StoreError>;

    /// The invitations of a group that are stored in one state, oldest first. One whose time ran out may still be stored as
    /// pending.
    async fn invitations(
        &self,
        group: GroupId,
        state: InvitationState,
        page: PageRequest<InvitationId>,
    ) -> Result<Page<InvitationView, InvitationId>, StoreError>;

    /// The invitations that a batch made or renewed in a group, in the order in which it did. The key is the number of the
    /// event that tells it. One that several commands of the batch renewed may be on several pages.
    async fn invitations_in_batch(
        &self,
        group: GroupId,
        batch: BatchId,
        page: PageRequest<i64>,
    ) -> Result<Page<InvitationView, i64>, StoreError>;

    /// Whether anything happened in a group in this batch.
    async fn has_batch(&self, group: GroupId, batch: BatchId) -> Result<bool, StoreError>;

    /// The open invitations for a user, made to the account or to one of its verified addresses, oldest first; not those
    /// that the user refuses for good.
    async fn invitations_for(
        &self,
        user: UserId,
        now: Timestamp,
        page: PageRequest<InvitationId>,
    ) -> Result<Page<InvitationView, InvitationId>, StoreError>;

    /// An invitation in any state, by its name or by a secret that stands for it; not of a deleted group.
    async fn invitation(&self, which: InvitationRef) -> Result<Option<InvitationView>, StoreError>;

    /// A secret that stands for an invitation; not of a deleted group.
    async fn invitation_token(&self, hash: InvitationTokenHash) -> Result<Option<InvitationToken>, StoreError>;

    /// The mails about an invitation, oldest first: the last 100 of them.
    async fn mails_about(&self, group: GroupId, invitation: InvitationId) -> Result<Vec<Mail>, StoreError>;

    /// When the first mail of those that wait to be sent is due, or may be taken over.
    async fn next_mail_at(&self) -> Result<Option<Timestamp>, StoreError>;

    /// What mail waits to be sent. Counts it all.
    async fn mail_queue(&self) -> Result<MailQueue, StoreError>;

    /// The key that shows that a mail which comes back was one of this installation.
    async fn mail_key(&self) -> Result<[u8; 32], StoreError>;

    /// Pending invitations of which it is time at `now` to remind somebody, in order of that time; at most `limit`.
    async fn invitations_to_remind(&self, now: Timestamp, limit: usize) -> Result<Vec<InvitationId>, StoreError>;

    /// Pending invitations whose time has run out at `now`, those that did so first at the beginning; at most `limit`.
    async fn due_invitations(&self, now: Timestamp, limit: usize) -> Result<Vec<InvitationId>, StoreError>;

    /// Groups that were deleted at `before` or earlier; at most 100.
    async fn deleted_groups(&self, before: Timestamp) -> Result<Vec<GroupId>, StoreError>;

    /// The latest request of a user to join a group.
    async fn request(&self, group: GroupId, user: UserId) -> Result<Option<JoinRequest>, StoreError>;

    /// Those who ask to join a group, in order of their numbers.
    async fn requests(&self, group: GroupId, page: PageRequest<UserId>) -> Result<Page<Requester, UserId>, StoreError>;

    /// Those who wait for a seat in a group, next first. The key is their place.
    async fn waiting(&self, group: GroupId, page: PageRequest<i64>) -> Result<Page<Requester, i64>, StoreError>;

    /// The invite links of a group in any state, oldest first.
    async fn links(&self, group: GroupId, page: PageRequest<LinkId>) -> Result<Page<Link, LinkId>, StoreError>;

    /// An invite link in any state; not of a deleted group.
    async fn link(&self, which: LinkRef) -> Result<Option<Link>, StoreError>;

    /// What somebody refuses for good, in no particular order. Complete; nobody refuses more than a thousand, besides those
    /// that they refused by address before they had an account.
    async fn opt_outs(&self, of: Refuser) -> Result<Vec<OptOut>, StoreError>;

    /// What happened in a history, oldest first. The key is the number of the event.
    async fn events(&self, stream: Stream, page: PageRequest<i64>) -> Result<Page<Event, i64>, StoreError>;

    /// What happened behind a cursor in one history, or in all, in their order; at most `limit`. What is still being
    /// written, and all that may come after it, is not there yet. Behind a cursor of the same history, if in one.
    async fn events_behind(&self, of: Option<Stream>, after: Cursor, limit: u16) -> Result<Vec<Told>, StoreError>;

    /// The cursor of the last event that [`Self::events_behind`] would return at the moment; the start if there is none.
    async fn last_cursor(&self, of: Option<Stream>) -> Result<Cursor, StoreError>;

    /// All memberships of a user in groups that are not deleted, by group. Complete, however many there are.
    async fn memberships_of(&self, user: UserId) -> Result<Vec<Membership>, StoreError>;

    /// Who was a member of a group at an instant, in order of their numbers, as the events tell it.
    async fn members_at(
        &self,
        group: GroupId,
        at: Timestamp,
        page: PageRequest<UserId>,
    ) -> Result<Page<Membership, UserId>, StoreError>;

    /// All histories that there are, in order of their numbers.
    async fn streams(&self, page: PageRequest<Stream>) -> Result<Page<Stream, Stream>, StoreError>;

    /// Holds a history against what is stored, at one moment. Reads all of both.
    async fn audit(&self, stream: Stream) -> Result<Vec<Finding>, StoreError>;

    /// A client application.
    async fn client(&self, id: ClientId) -> Result<Option<Client>, StoreError>;

    /// All client applications, by id. Operators register them one by one, so there are few.
    async fn clients(&self) -> Result<Vec<Client>, StoreError>;

    /// A user's tokens that are neither expired nor revoked, oldest first.
    async fn tokens_of(
        &self,
        user: UserId,
        now: Timestamp,
        page: PageRequest<TokenId>,
    ) -> Result<Page<AccessToken, TokenId>, StoreError>;

    /// The key of the built-in token issuer, once there is one.
    async fn issuer_key(&self) -> Result<Option<IssuerKey>, StoreError>;

    /// What the database itself finds wrong with its tables and indexes, one sentence each. Reads all of them.
    async fn integrity(&self) -> Result<Vec<String>, StoreError>;

    /// Whether the database answers.
    async fn ping(&self) -> Result<(), StoreError>;
}

/// What mail waits to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailQueue {
    /// How many there are.
    pub mails: u64,
    /// When the first of them is due, or may be taken over.
    pub first_due_at: Option<Timestamp>,
}

/// Somebody who wants to join a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requester {
    /// What they want.
    pub request: JoinRequest,
    /// Who.
    pub user: User,
}

/// Who refuses invitations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refuser {
    /// Someone with an account, by that or by one of their verified addresses.
    User(UserId),
    /// Whoever the invitation is for that this secret stands for.
    Holder(InvitationTokenHash),
}

/// What is known about the bearer of a signed token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// The user with that subject, if met before.
    pub user: Option<User>,
    /// The client, if it is registered.
    pub client: Option<Client>,
}

/// A group as one user sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupView {
    /// The group.
    pub group: Group,
    /// Who made it.
    pub creator: User,
    /// The viewer's own membership.
    pub membership: Option<Membership>,
}

/// A member of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub user: User,
    /// In what position.
    pub membership: Membership,
}

/// An invitation with what a reader wants to know beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationView {
    /// The invitation.
    pub invitation: Invitation,
    /// Where to.
    pub group: Group,
    /// Who invited.
    pub inviter: User,
    /// Who is invited, if they have an account.
    pub invitee: Option<User>,
}

/// Which of a group's members to list. For Rocket.Chat's clients, who count their way through a list; everybody else
/// pages by key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterSearch {
    /// Only members whose username or name contains this, without regard to case.
    pub filter: Option<String>,
    /// From Z to A.
    pub is_descending: bool,
    /// How many to leave out at the start.
    pub offset: u32,
    /// How many to return at the most.
    pub limit: u32,
}

/// A stretch of a group's members by username, then number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    /// The members.
    pub members: Vec<User>,
    /// How many match in all.
    pub total: u64,
}

/// The invitations that a page of events tells of, each once, in the order of the events.
pub(crate) fn in_order(told: &Page<(i64, InvitationId), i64>, views: Vec<InvitationView>) -> Page<InvitationView, i64> {
    let mut views: HashMap<_, _> = views.into_iter().map(|view| (view.invitation.id, view)).collect();
    Page { items: told.items.iter().filter_map(|(_, id)| views.remove(id)).collect(), next: told.next }
}
