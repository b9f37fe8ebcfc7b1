//! What somebody asks for, free of any API's wording, and which facts the answer depends on.

use crate::credential::{ClientId, IssuerKey, PasswordHash, Scopes, TokenHash, TokenRef};
use crate::group::GroupRef;
use crate::ids::{GroupId, InvitationId, TokenId, Uid, UserId};
use crate::member::Role;
use crate::names::{DisplayName, Email, Slug, Subject, Username};
use crate::outcome::{
    Accepted, ClientAdded, ClientRemoved, Declined, GroupCreated, Invited, IssuerKeyAdopted, Left, MemberRemoved,
    Outcome, RoleAssigned, RoleTaken, TokenIssued, TokenRevoked, UserAdded, UserDisabled, UserSeen,
};
use crate::time::Lifetime;
use crate::user::UserRef;

/// Something that can be submitted: it knows what it needs and what it yields.
pub trait Ask: Into<Command> {
    /// What a success tells.
    type Outcome;

    /// This command's share of `outcome`, or `None` if `outcome` belongs to another command.
    fn outcome(outcome: Outcome) -> Option<Self::Outcome>;
}

macro_rules! commands {
    ($($(#[$docs:meta])* $name:ident => $outcome:ident,)*) => {
        /// Every change that can be asked for.
        #[derive(Debug, Clone)]
        pub enum Command {
            $($(#[$docs])* $name($name),)*
        }

        impl Command {
            /// Which facts [`crate::decide()`] must be given.
            #[must_use]
            pub fn needs(&self) -> Needs {
                match self {
                    $(Self::$name(ask) => ask.needs(),)*
                }
            }

            /// The command's name, for logs.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => stringify!($name),)*
                }
            }
        }

        $(
            impl From<$name> for Command {
                fn from(ask: $name) -> Self {
                    Self::$name(ask)
                }
            }

            impl Ask for $name {
                type Outcome = $outcome;

                fn outcome(outcome: Outcome) -> Option<$outcome> {
                    if let Outcome::$outcome(outcome) = outcome { Some(outcome) } else { None }
                }
            }
        )*
    };
}

commands! {
    /// Open an account.
    AddUser => UserAdded,
    /// Find, or make at first sight, the account behind a subject of the identity provider.
    SeeSubject => UserSeen,
    /// Switch an account off.
    DisableUser => UserDisabled,
    /// Make a group.
    CreateGroup => GroupCreated,
    /// Bring people into a group, at once or on their acceptance.
    Invite => Invited,
    /// Say yes to an invitation.
    Accept => Accepted,
    /// Say no to an invitation.
    Decline => Declined,
    /// Take a member, or a pending invitation, away.
    RemoveMember => MemberRemoved,
    /// Give a member a role.
    AssignRole => RoleAssigned,
    /// Take a role from a member.
    TakeRole => RoleTaken,
    /// Go.
    Leave => Left,
    /// Give out an opaque access token.
    IssueToken => TokenIssued,
    /// End an access token.
    RevokeToken => TokenRevoked,
    /// Register a client application.
    AddClient => ClientAdded,
    /// Remove a client application and its tokens.
    RemoveClient => ClientRemoved,
    /// Sign tokens with this key from now on, unless there is a key already.
    AdoptIssuerKey => IssuerKeyAdopted,
}

/// The keys of the facts that one command depends on.
///
/// Beyond what is named, these are facts too: the group and the address of each invitation, the addresses of each user,
/// the owner of each address, and between each group and user their membership and the pending invitations of the user
/// and of their verified addresses.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Groups, by any name.
    pub groups: Vec<GroupRef>,
    /// Users, by any name; an address is a fact even if nobody has it.
    pub users: Vec<UserRef>,
    /// Invitations.
    pub invitations: Vec<InvitationId>,
    /// Stored tokens.
    pub tokens: Vec<TokenRef>,
    /// Client applications.
    pub clients: Vec<ClientId>,
    /// The key of the built-in token issuer.
    pub issuer_key: bool,
    /// Whether a new user may need a number.
    pub next_user_id: bool,
    /// Whether a new group may need a number.
    pub next_group_id: bool,
}

impl Needs {
    /// How many keys there are to look up.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.groups.len() + self.users.len() + self.invitations.len() + self.tokens.len() + self.clients.len()
    }

    /// Whether there is nothing to look up.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// See [`Command::AddUser`]. Asked by the operator.
#[derive(Debug, Clone)]
pub struct AddUser {
    /// A number of the operator's choice; the next free one if absent.
    pub id: Option<UserId>,
    /// Id for Rocket.Chat clients.
    pub uid: Uid,
    /// Subject at the identity provider.
    pub subject: Subject,
    /// Name for signing in.
    pub username: Option<Username>,
    /// Name for people.
    pub name: Option<DisplayName>,
    /// An address, taken as verified: the operator vouches for it.
    pub email: Option<Email>,
    /// Whether to make an administrator of the whole installation.
    pub is_admin: bool,
    /// For signing in with a password.
    pub password: Option<PasswordHash>,
}

impl AddUser {
    fn needs(&self) -> Needs {
        let mut users = vec![UserRef::Uid(self.uid.clone()), UserRef::Subject(self.subject.clone())];
        users.extend(self.id.map(UserRef::Id));
        users.extend(self.username.clone().map(UserRef::Username));
        users.extend(self.email.clone().map(UserRef::Email));
        Needs { users, next_user_id: true, ..Needs::default() }
    }
}

/// See [`Command::SeeSubject`].
#[derive(Debug, Clone)]
pub struct SeeSubject {
    /// Subject at the identity provider.
    pub subject: Subject,
    /// Id for Rocket.Chat clients, should the account be new.
    pub uid: Uid,
}

impl SeeSubject {
    fn needs(&self) -> Needs {
        let users = vec![UserRef::Subject(self.subject.clone()), UserRef::Uid(self.uid.clone())];
        Needs { users, next_user_id: true, ..Needs::default() }
    }
}

/// See [`Command::DisableUser`]. Asked by the operator.
#[derive(Debug, Clone)]
pub struct DisableUser {
    /// Whom.
    pub user: UserRef,
}

impl DisableUser {
    fn needs(&self) -> Needs {
        Needs { users: vec![self.user.clone()], ..Needs::default() }
    }
}

/// See [`Command::CreateGroup`].
#[derive(Debug, Clone)]
pub struct CreateGroup {
    /// Who makes the group and becomes its owner.
    pub owner: UserRef,
    /// A number of the operator's choice; the next free one if absent.
    pub id: Option<GroupId>,
    /// Id for Rocket.Chat clients.
    pub uid: Uid,
    /// Unique name in addresses.
    pub slug: Slug,
    /// Name for people.
    pub name: DisplayName,
    /// What it is about; may be empty.
    pub description: String,
    /// Whether everybody may see and join it.
    pub is_public: bool,
}

impl CreateGroup {
    fn needs(&self) -> Needs {
        let mut groups = vec![GroupRef::Uid(self.uid.clone()), GroupRef::Slug(self.slug.clone())];
        groups.extend(self.id.map(GroupRef::Id));
        Needs { groups, users: vec![self.owner.clone()], next_group_id: true, ..Needs::default() }
    }
}

/// See [`Command::Invite`].
#[derive(Debug, Clone)]
pub struct Invite {
    /// Who invites.
    pub by: UserId,
    /// Where to.
    pub group: GroupRef,
    /// Whom. The outcome has one row for each, in this order.
    pub targets: Vec<Target>,
    /// How the invite takes effect.
    pub admission: Admission,
}

/// One person to invite.
#[derive(Debug, Clone)]
pub struct Target {
    /// Whom.
    pub who: UserRef,
    /// The id of the invitation, should a new one be made.
    pub invitation: InvitationId,
}

/// How an invite takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// The person is a member at once, archived groups included. The way of Rocket.Chat.
    Direct,
    /// The person is a member once they accept; refused in archived groups. The way of Quran Foundation.
    OnAcceptance {
        /// How long the person has for an answer.
        lifetime: Lifetime,
    },
}

impl Invite {
    /// Targets that one command takes at the most.
    pub const TARGETS_MAX: usize = 1000;

    fn needs(&self) -> Needs {
        // Refused whatever the facts are, so none are loaded.
        if self.targets.len() > Self::TARGETS_MAX {
            return Needs::default();
        }
        let targets = self.targets.iter().map(|target| target.who.clone());
        Needs {
            groups: vec![self.group.clone()],
            users: std::iter::once(UserRef::Id(self.by)).chain(targets).collect(),
            ..Needs::default()
        }
    }
}

/// See [`Command::Accept`].
#[derive(Debug, Clone)]
pub struct Accept {
    /// Who accepts.
    pub by: UserId,
    /// Which invitation.
    pub invitation: InvitationId,
}

impl Accept {
    fn needs(&self) -> Needs {
        Needs { users: vec![UserRef::Id(self.by)], invitations: vec![self.invitation], ..Needs::default() }
    }
}

/// See [`Command::Decline`].
#[derive(Debug, Clone)]
pub struct Decline {
    /// Who declines.
    pub by: UserId,
    /// Which invitation.
    pub invitation: InvitationId,
}

impl Decline {
    fn needs(&self) -> Needs {
        Needs { users: vec![UserRef::Id(self.by)], invitations: vec![self.invitation], ..Needs::default() }
    }
}

/// See [`Command::RemoveMember`].
#[derive(Debug, Clone)]
pub struct RemoveMember {
    /// Who removes.
    pub by: UserId,
    /// From where.
    pub group: GroupRef,
    /// Whom.
    pub user: UserRef,
}

impl RemoveMember {
    fn needs(&self) -> Needs {
        concerning(&self.group, self.by, &self.user)
    }
}

/// See [`Command::AssignRole`].
#[derive(Debug, Clone)]
pub struct AssignRole {
    /// Who gives.
    pub by: UserId,
    /// In which group.
    pub group: GroupRef,
    /// To whom.
    pub user: UserRef,
    /// What.
    pub role: Role,
}

impl AssignRole {
    fn needs(&self) -> Needs {
        concerning(&self.group, self.by, &self.user)
    }
}

/// See [`Command::TakeRole`].
#[derive(Debug, Clone)]
pub struct TakeRole {
    /// Who takes.
    pub by: UserId,
    /// In which group.
    pub group: GroupRef,
    /// From whom.
    pub user: UserRef,
    /// What.
    pub role: Role,
}

impl TakeRole {
    fn needs(&self) -> Needs {
        concerning(&self.group, self.by, &self.user)
    }
}

/// See [`Command::Leave`].
#[derive(Debug, Clone)]
pub struct Leave {
    /// Who goes.
    pub by: UserId,
    /// From where.
    pub group: GroupRef,
}

impl Leave {
    fn needs(&self) -> Needs {
        Needs { groups: vec![self.group.clone()], users: vec![UserRef::Id(self.by)], ..Needs::default() }
    }
}

/// See [`Command::IssueToken`].
#[derive(Debug, Clone)]
pub struct IssueToken {
    /// The token's name in lists.
    pub id: TokenId,
    /// What it will be looked up by.
    pub hash: TokenHash,
    /// Whom it stands for.
    pub user: UserRef,
    /// The client that it is for, if any.
    pub client: Option<ClientId>,
    /// What it may be used for; if absent, all that the client may do, and everything without a client.
    pub scopes: Option<Scopes>,
    /// How long it lives; for ever, until revoked, if absent.
    pub lifetime: Option<Lifetime>,
}

impl IssueToken {
    fn needs(&self) -> Needs {
        Needs { users: vec![self.user.clone()], clients: self.client.iter().cloned().collect(), ..Needs::default() }
    }
}

/// See [`Command::RevokeToken`]. Asked by the operator, or by whoever holds the token.
#[derive(Debug, Clone)]
pub struct RevokeToken {
    /// Which.
    pub token: TokenRef,
}

impl RevokeToken {
    fn needs(&self) -> Needs {
        Needs { tokens: vec![self.token], ..Needs::default() }
    }
}

/// See [`Command::AddClient`]. Asked by the operator.
#[derive(Debug, Clone)]
pub struct AddClient {
    /// Its OAuth 2 client id.
    pub id: ClientId,
    /// Its name for people; may be empty.
    pub name: String,
    /// The most that its tokens may be used for.
    pub scopes: Scopes,
}

impl AddClient {
    fn needs(&self) -> Needs {
        Needs { clients: vec![self.id.clone()], ..Needs::default() }
    }
}

/// See [`Command::RemoveClient`]. Asked by the operator.
#[derive(Debug, Clone)]
pub struct RemoveClient {
    /// Which.
    pub id: ClientId,
}

impl RemoveClient {
    fn needs(&self) -> Needs {
        Needs { clients: vec![self.id.clone()], ..Needs::default() }
    }
}

/// See [`Command::AdoptIssuerKey`]. Asked by guestlist itself; several nodes may ask at once.
#[derive(Debug, Clone)]
pub struct AdoptIssuerKey {
    /// The key to use if there is none yet.
    pub key: IssuerKey,
}

impl AdoptIssuerKey {
    #[expect(clippy::unused_self, reason = "every command is asked for its needs in the same way")]
    fn needs(&self) -> Needs {
        Needs { issuer_key: true, ..Needs::default() }
    }
}

fn concerning(group: &GroupRef, by: UserId, user: &UserRef) -> Needs {
    Needs { groups: vec![group.clone()], users: vec![UserRef::Id(by), user.clone()], ..Needs::default() }
}
