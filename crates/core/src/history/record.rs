//! Things as events tell them: a name, and a record in JSON that holds everything but secrets and what can be counted.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Stream;
use crate::change::Change;
use crate::chat::{ChatSettings, Profile};
use crate::credential::{AccessToken, Client, ClientId};
use crate::global_role::{GlobalRole, GlobalRoles};
use crate::group::{Group, GroupKind};
use crate::ids::{GroupId, InvitationId, LinkId, TokenId, UserId};
use crate::invitation::{Invitation, InvitationState, Invitee};
use crate::language::Language;
use crate::link::Link;
use crate::mail::{Mail, MailId};
use crate::member::{Membership, Role, RoleSet};
use crate::names::{Country, Email, Note};
use crate::opt_out::{InvitationsFrom, OptOut, PersonHash};
use crate::request::{JoinRequest, RequestState};
use crate::time::Timestamp;
use crate::user::{User, UserEmail};

/// Names one thing within its history.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Thing {
    /// The group itself or, in the history of the installation, a group that is gone.
    Group(GroupId),
    /// The membership of this user.
    Member(UserId),
    /// An invitation or, in the history of the installation, one that got a secret.
    Invitation(InvitationId),
    /// A mail about an invitation.
    Mail(MailId),
    /// An invite link.
    Link(LinkId),
    /// The request to join of this user.
    Request(UserId),
    /// An account.
    User(UserId),
    /// An address, in its comparable form.
    Address(String),
    /// The password of this user.
    Password(UserId),
    /// What somebody refuses for good: who, in hexadecimal digits, and from whom.
    OptOut(String),
    /// An access token.
    Token(TokenId),
    /// A client application.
    Client(ClientId),
    /// The key of the built-in token issuer.
    IssuerKey,
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group(id) => write!(f, "group/{id}"),
            Self::Member(id) => write!(f, "member/{id}"),
            Self::Invitation(id) => write!(f, "invitation/{id}"),
            Self::Mail(id) => write!(f, "mail/{id}"),
            Self::Link(id) => write!(f, "link/{id}"),
            Self::Request(id) => write!(f, "request/{id}"),
            Self::User(id) => write!(f, "user/{id}"),
            Self::Address(key) => write!(f, "address/{key}"),
            Self::Password(id) => write!(f, "password/{id}"),
            Self::OptOut(key) => write!(f, "opt-out/{key}"),
            Self::Token(id) => write!(f, "token/{id}"),
            Self::Client(id) => write!(f, "client/{id}"),
            Self::IssuerKey => f.write_str("issuer-key/1"),
        }
    }
}

/// The text names no thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownThing;

impl FromStr for Thing {
    type Err = UnknownThing;

    fn from_str(text: &str) -> Result<Self, UnknownThing> {
        let (kind, key) = text.split_once('/').ok_or(UnknownThing)?;
        let user = || UserId::parse(key);
        let thing = match kind {
            "group" => GroupId::parse(key).map(Self::Group),
            "member" => user().map(Self::Member),
            "invitation" => InvitationId::parse(key).map(Self::Invitation),
            "mail" => MailId::parse(key).map(Self::Mail),
            "link" => LinkId::parse(key).map(Self::Link),
            "request" => user().map(Self::Request),
            "user" => user().map(Self::User),
            "address" => Some(Self::Address(key.to_owned())),
            "password" => user().map(Self::Password),
            "opt-out" => Some(Self::OptOut(key.to_owned())),
            "token" => TokenId::parse(key).map(Self::Token),
            "client" => ClientId::parse(key).ok().map(Self::Client),
            "issuer-key" => Some(Self::IssuerKey),
            _ => None,
        };
        thing.ok_or(UnknownThing)
    }
}

/// What an event tells of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Whose history tells it.
    pub stream: Stream,
    /// Which thing.
    pub thing: Thing,
    /// All of it that is told, as JSON; absent if it is gone, or nothing of it is told.
    pub text: Option<String>,
}

impl Record {
    /// What `change` is to be told as; `None` for what is no news: counters, and events themselves.
    #[must_use]
    pub fn of(change: &Change) -> Option<Self> {
        let installation = |thing, text| Some(Self { stream: Stream::Installation, thing, text });
        let in_group = |group, thing, text| Some(Self { stream: Stream::Group(group), thing, text });
        match change {
            Change::User(user) => installation(Thing::User(user.id), Some(told(&UserRecord::of(user)))),
            Change::UserEmail(email) => {
                let thing = Thing::Address(email.email.key().to_string());
                installation(thing, Some(told(&AddressRecord::of(email))))
            }
            Change::UserEmailEnded(address) => installation(Thing::Address(address.to_string()), None),
            Change::Password(user, _) => installation(Thing::Password(*user), None),
            Change::Group(group) => in_group(group.id, Thing::Group(group.id), Some(told(&GroupRecord::of(group)))),
            Change::Membership(member) => {
                in_group(member.group, Thing::Member(member.user), Some(told(&MemberRecord::of(member))))
            }
            Change::MembershipEnded(group, user) => in_group(*group, Thing::Member(*user), None),
            Change::Invitation(invitation) => {
                let text = Some(told(&InvitationRecord::of(invitation)));
                in_group(invitation.group, Thing::Invitation(invitation.id), text)
            }
            Change::Link(link) => in_group(link.group, Thing::Link(link.id), Some(told(&LinkRecord::of(link)))),
            Change::JoinRequest(request) => {
                in_group(request.group, Thing::Request(request.user), Some(told(&RequestRecord::of(request))))
            }
            Change::OptOut(opt_out) => {
                installation(opt_out_thing(&opt_out.person, opt_out.from), Some(told(&OptOutRecord::of(opt_out))))
            }
            Change::OptOutEnded(person, from) => installation(opt_out_thing(person, *from), None),
            Change::GroupPurged(group) => installation(Thing::Group(*group), None),
            Change::Token(token) => installation(Thing::Token(token.id), Some(told(&TokenRecord::of(token)))),
            Change::Client(client) => {
                installation(Thing::Client(client.id.clone()), Some(told(&ClientRecord::of(client))))
            }
            Change::ClientRemoved(id) => installation(Thing::Client(id.clone()), None),
            Change::IssuerKey(_) => installation(Thing::IssuerKey, None),
            // Not in the history of the group: there it would show who is written to, and so who refuses invitations.
            Change::InvitationToken(token) => installation(Thing::Invitation(token.invitation), None),
            Change::Mail(mail) => in_group(mail.group, Thing::Mail(mail.id), Some(told(&MailRecord::of(mail)?))),
            Change::Tally(..)
            | Change::DayCount(_)
            | Change::DeadAddress(_)
            | Change::AddressRevived(_)
            | Change::Event(_) => None,
        }
    }
}

fn told(record: &impl Serialize) -> String {
    // Numbers, texts and flags under fixed names: there is nothing in a record that JSON could not hold.
    serde_json::to_string(record).unwrap_or_default()
}

fn opt_out_thing(person: &PersonHash, from: InvitationsFrom) -> Thing {
    let person = hex::encode(person.0);
    Thing::OptOut(match from {
        InvitationsFrom::Everyone => format!("{person}/everyone"),
        InvitationsFrom::Group(id) => format!("{person}/group/{id}"),
        InvitationsFrom::Inviter(id) => format!("{person}/inviter/{id}"),
    })
}

fn role_names(roles: RoleSet) -> Vec<&'static str> {
    roles.iter().map(Role::as_str).collect()
}

/// Nothing for an ordinary user: events of before there were such roles are as they were.
fn global_role_names(roles: GlobalRoles) -> Option<Vec<&'static str>> {
    (roles != GlobalRoles::default()).then(|| roles.iter().map(GlobalRole::as_str).collect())
}

fn named_roles(names: &[Cow<'_, str>]) -> Option<RoleSet> {
    let roles: Option<Vec<_>> = names.iter().map(|name| Role::parse(name)).collect();
    roles.map(|roles| RoleSet::of(&roles))
}

fn millis(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::as_millis)
}

#[derive(Serialize)]
struct UserRecord<'a> {
    uid: &'a str,
    subject: &'a str,
    username: Option<&'a str>,
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'static str>,
    is_admin: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    roles: Option<Vec<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<&'a Profile>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_out_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_at: Option<i64>,
    disabled_at: Option<i64>,
    created_at: i64,
    updated_at: i64,
}

impl<'a> UserRecord<'a> {
    fn of(user: &'a User) -> Self {
        Self {
            uid: user.uid.as_str(),
            subject: user.subject.as_str(),
            username: user.username.as_ref().map(|name| name.as_str()),
            name: user.name.as_ref().map(|name| name.as_str()),
            language: user.language.map(Language::as_str),
            is_admin: user.is_admin,
            roles: global_role_names(user.roles),
            profile: Some(&user.profile).filter(|profile| **profile != Profile::default()),
            signed_out_at: millis(user.signed_out_at),
            deleted_at: millis(user.deleted_at),
            disabled_at: millis(user.disabled_at),
            created_at: user.created_at.as_millis(),
            updated_at: user.updated_at.as_millis(),
        }
    }
}

/// Whose an address or a token is, or who made a group, by its record.
#[derive(Deserialize)]
pub(super) struct OwnedRecord {
    #[serde(alias = "creator")]
    user: i64,
}

impl OwnedRecord {
    pub(super) fn owner_in(text: &str) -> Option<UserId> {
        let record: Self = serde_json::from_str(text).ok()?;
        UserId::new(record.user)
    }
}

#[derive(Serialize)]
struct AddressRecord<'a> {
    address: &'a str,
    user: i64,
    is_verified: bool,
}

impl<'a> AddressRecord<'a> {
    fn of(email: &'a UserEmail) -> Self {
        Self { address: email.email.as_str(), user: email.user.get(), is_verified: email.is_verified }
    }
}

#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "as in the group")]
struct GroupRecord<'a> {
    uid: &'a str,
    slug: &'a str,
    name: &'a str,
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chat: Option<&'a ChatSettings>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<&'a str>,
    is_page: bool,
    is_public: bool,
    is_verified: bool,
    takes_requests: bool,
    is_token_enough: bool,
    members_max: Option<i64>,
    archived_at: Option<i64>,
    deleted_at: Option<i64>,
    offer: Option<OfferRecord>,
    creator: i64,
    created_at: i64,
}

#[derive(Serialize)]
struct OfferRecord {
    from: i64,
    to: i64,
    offered_at: i64,
    expires_at: i64,
}

impl<'a> GroupRecord<'a> {
    fn of(group: &'a Group) -> Self {
        Self {
            uid: group.uid.as_str(),
            slug: group.slug.as_str(),
            name: group.name.as_str(),
            description: group.description.as_str(),
            language: group.language.map(Language::as_str),
            chat: Some(&group.chat).filter(|chat| **chat != ChatSettings::default()),
            country: group.country.as_ref().map(Country::as_str),
            is_page: group.kind == GroupKind::Page,
            is_public: group.is_public,
            is_verified: group.is_verified,
            takes_requests: group.takes_requests,
            is_token_enough: group.is_token_enough,
            members_max: group.members_max,
            archived_at: millis(group.archived_at),
            deleted_at: millis(group.deleted_at),
            offer: group.offer.map(|offer| OfferRecord {
                from: offer.from.get(),
                to: offer.to.get(),
                offered_at: offer.offered_at.as_millis(),
                expires_at: offer.expires_at.as_millis(),
            }),
            creator: group.creator.get(),
            created_at: group.created_at.as_millis(),
        }
    }
}

/// A membership as events tell it. Read again to say who was a member when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRecord<'a> {
    #[serde(borrow)]
    roles: Vec<Cow<'a, str>>,
    joined_at: i64,
}

impl MemberRecord<'_> {
    /// Whether the record tells of an owner.
    pub(super) fn owns(text: &str) -> bool {
        let record: Result<MemberRecord<'_>, _> = serde_json::from_str(text);
        record.is_ok_and(|record| named_roles(&record.roles).is_some_and(|roles| roles.has(Role::Owner)))
    }
}

impl<'a> MemberRecord<'a> {
    fn of(member: &Membership) -> Self {
        let roles = role_names(member.roles).into_iter().map(Cow::Borrowed).collect();
        Self { roles, joined_at: member.joined_at.as_millis() }
    }

    /// The membership that `text` tells of; `None` if it is no record of one.
    #[must_use]
    pub fn read(group: GroupId, user: UserId, text: &'a str) -> Option<Membership> {
        let record: Self = serde_json::from_str(text).ok()?;
        let joined_at = Timestamp::from_millis(record.joined_at);
        Some(Membership::new(group, user, named_roles(&record.roles)?, joined_at))
    }
}

/// An invitation as events tell it. Read again when a batch is undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationRecord<'a> {
    /// Whom, by account.
    user: Option<i64>,
    /// Whom, by address.
    #[serde(borrow)]
    email: Option<Cow<'a, str>>,
    inviter: i64,
    #[serde(borrow)]
    roles: Vec<Cow<'a, str>>,
    // What came later is not told where there is none: events of before are as they were.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    language: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    note: Option<Cow<'a, str>>,
    #[serde(borrow)]
    state: Cow<'a, str>,
    created_at: i64,
    sent_at: i64,
    expires_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    remind_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seen_at: Option<i64>,
    closed_at: Option<i64>,
    closed_by: Option<i64>,
}

impl<'a> InvitationRecord<'a> {
    fn of(invitation: &'a Invitation) -> Self {
        let (user, email) = match &invitation.invitee {
            Invitee::User(id) => (Some(id.get()), None),
            Invitee::Email(email) => (None, Some(Cow::Borrowed(email.as_str()))),
        };
        Self {
            user,
            email,
            inviter: invitation.inviter.get(),
            roles: role_names(invitation.roles).into_iter().map(Cow::Borrowed).collect(),
            language: invitation.language.map(|language| Cow::Borrowed(language.as_str())),
            note: invitation.note.as_ref().map(|note| Cow::Borrowed(note.as_str())),
            state: Cow::Borrowed(invitation.state.as_str()),
            created_at: invitation.created_at.as_millis(),
            sent_at: invitation.sent_at.as_millis(),
            expires_at: millis(invitation.expires_at),
            remind_at: millis(invitation.remind_at),
            seen_at: millis(invitation.seen_at),
            closed_at: millis(invitation.closed_at),
            closed_by: invitation.closed_by.map(UserId::get),
        }
    }

    /// The record of `invitation`, but not who closed it.
    pub(super) fn without_closer(invitation: &Invitation) -> String {
        told(&InvitationRecord { closed_by: None, ..InvitationRecord::of(invitation) })
    }

    /// The invitation that `text` tells of; `None` if it is no record of one.
    #[must_use]
    pub fn read(id: InvitationId, group: GroupId, text: &'a str) -> Option<Invitation> {
        let record: Self = serde_json::from_str(text).ok()?;
        let invitee = match (record.user, record.email) {
            (Some(user), None) => Invitee::User(UserId::new(user)?),
            (None, Some(email)) => Invitee::Email(Email::parse(&email).ok()?),
            _ => return None,
        };
        let closed_by = match record.closed_by {
            Some(id) => Some(UserId::new(id)?),
            None => None,
        };
        Some(Invitation {
            id,
            group,
            invitee,
            inviter: UserId::new(record.inviter)?,
            roles: named_roles(&record.roles)?,
            language: record.language.and_then(|tag| Language::parse(&tag)),
            note: record.note.and_then(|note| Note::parse(&note).ok()),
            state: InvitationState::parse(&record.state)?,
            created_at: Timestamp::from_millis(record.created_at),
            sent_at: Timestamp::from_millis(record.sent_at),
            expires_at: record.expires_at.map(Timestamp::from_millis),
            remind_at: record.remind_at.map(Timestamp::from_millis),
            seen_at: record.seen_at.map(Timestamp::from_millis),
            closed_at: record.closed_at.map(Timestamp::from_millis),
            closed_by,
        })
    }
}

/// What was last said of a mail with an invitation. Whether one was really sent is not in it: nobody learns who refuses.
#[derive(Serialize)]
struct MailRecord<'a> {
    invitation: String,
    kind: &'static str,
    what: &'static str,
    at: i64,
    reply: Option<&'a str>,
}

impl<'a> MailRecord<'a> {
    fn of(mail: &'a Mail) -> Option<Self> {
        let invitation = mail.invitation.filter(|_| mail.kind.invites())?;
        let last = mail.told()?;
        Some(Self {
            invitation: invitation.to_string(),
            kind: mail.kind.as_str(),
            what: last.what.as_str(),
            at: last.at.as_millis(),
            reply: last.reply.as_ref().map(|reply| reply.as_str()),
        })
    }
}

#[derive(Serialize)]
struct LinkRecord {
    creator: i64,
    roles: Vec<&'static str>,
    uses_max: Option<i64>,
    uses: i64,
    needs_approval: bool,
    created_at: i64,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
    revoked_by: Option<i64>,
}

impl LinkRecord {
    fn of(link: &Link) -> Self {
        Self {
            creator: link.creator.get(),
            roles: role_names(link.roles),
            uses_max: link.uses_max,
            uses: link.uses,
            needs_approval: link.needs_approval,
            created_at: link.created_at.as_millis(),
            expires_at: millis(link.expires_at),
            revoked_at: millis(link.revoked_at),
            revoked_by: link.revoked_by.map(UserId::get),
        }
    }
}

/// A request to join as events tell it. Read again when a batch is undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRecord<'a> {
    #[serde(borrow)]
    roles: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    state: Cow<'a, str>,
    place: Option<i64>,
    created_at: i64,
    closed_at: Option<i64>,
    closed_by: Option<i64>,
}

impl<'a> RequestRecord<'a> {
    fn of(request: &JoinRequest) -> Self {
        Self {
            roles: role_names(request.roles).into_iter().map(Cow::Borrowed).collect(),
            state: Cow::Borrowed(request.state.as_str()),
            place: request.place,
            created_at: request.created_at.as_millis(),
            closed_at: millis(request.closed_at),
            closed_by: request.closed_by.map(UserId::get),
        }
    }

    /// The request that `text` tells of; `None` if it is no record of one.
    #[must_use]
    pub fn read(group: GroupId, user: UserId, text: &'a str) -> Option<JoinRequest> {
        let record: Self = serde_json::from_str(text).ok()?;
        let closed_by = match record.closed_by {
            Some(id) => Some(UserId::new(id)?),
            None => None,
        };
        Some(JoinRequest {
            group,
            user,
            roles: named_roles(&record.roles)?,
            state: RequestState::parse(&record.state)?,
            place: record.place,
            created_at: Timestamp::from_millis(record.created_at),
            closed_at: record.closed_at.map(Timestamp::from_millis),
            closed_by,
        })
    }
}

#[derive(Serialize)]
struct OptOutRecord {
    created_at: i64,
}

impl OptOutRecord {
    fn of(opt_out: &OptOut) -> Self {
        Self { created_at: opt_out.created_at.as_millis() }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct TokenRecord<'a> {
    user: i64,
    #[serde(borrow)]
    client: Option<Cow<'a, str>>,
    scopes: String,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    name: Option<Cow<'a, str>>,
    created_at: i64,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl<'a> TokenRecord<'a> {
    fn of(token: &'a AccessToken) -> Self {
        Self {
            user: token.user.get(),
            client: token.client.as_ref().map(|client| Cow::Borrowed(client.as_str())),
            scopes: token.scopes.to_string(),
            name: token.personal.as_ref().map(|personal| Cow::Borrowed(personal.name.as_str())),
            created_at: token.created_at.as_millis(),
            expires_at: millis(token.expires_at),
            revoked_at: millis(token.revoked_at),
        }
    }

    /// The client that the token goes with, by its record.
    pub(super) fn client_of(text: &str) -> Option<ClientId> {
        let record: TokenRecord<'_> = serde_json::from_str(text).ok()?;
        ClientId::parse(&record.client?).ok()
    }
}

#[derive(Serialize)]
struct ClientRecord<'a> {
    name: &'a str,
    scopes: String,
    created_at: i64,
}

impl<'a> ClientRecord<'a> {
    fn of(client: &'a Client) -> Self {
        Self { name: &client.name, scopes: client.scopes.to_string(), created_at: client.created_at.as_millis() }
    }
}
