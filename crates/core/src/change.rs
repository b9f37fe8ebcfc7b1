//! What is to be written. A change carries the whole state after it, so that of several changes to one thing only
//! the last needs writing, and applying one twice is applying it once. (Removing a client is more than a state: it takes
//! the tokens along, and so it is carried out even if the client comes back. Likewise purging a group.)

use crate::credential::{AccessToken, Client, ClientId, IssuerKey, PasswordHash};
use crate::group::{Group, Tally};
use crate::history::Event;
use crate::ids::{GroupId, UserId};
use crate::invitation::{Invitation, InvitationToken};
use crate::link::Link;
use crate::mail::{DeadAddress, Mail};
use crate::member::Membership;
use crate::names::EmailKey;
use crate::opt_out::{InvitationsFrom, OptOut, PersonHash};
use crate::request::JoinRequest;
use crate::user::{User, UserEmail};

/// One thing to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The user is now so; new if the id is.
    User(User),
    /// The user has this address.
    UserEmail(UserEmail),
    /// Nobody has this address any more.
    UserEmailEnded(EmailKey),
    /// The user signs in with this password.
    Password(UserId, PasswordHash),
    /// The group is now so, but for its tally; new if the id is.
    Group(Group),
    /// The group's members, invitations and requests now add up to this.
    Tally(GroupId, Tally),
    /// The membership is now so; new if the pair is.
    Membership(Membership),
    /// There is no such membership any more.
    MembershipEnded(GroupId, UserId),
    /// The invitation is now so; new if the id is.
    Invitation(Invitation),
    /// The invitation has this secret too.
    InvitationToken(InvitationToken),
    /// The link is now so; new if the id is.
    Link(Link),
    /// The request to join is now so; new if the pair is.
    JoinRequest(JoinRequest),
    /// The mail is now so; new if the id is.
    Mail(Mail),
    /// Nobody reads mail at this address, as far as is known.
    DeadAddress(DeadAddress),
    /// Somebody does again.
    AddressRevived(EmailKey),
    /// So many invitations were made by the inviter on the day.
    DayCount(DayCount),
    /// The person refuses these invitations for good.
    OptOut(OptOut),
    /// The person does not refuse them any more.
    OptOutEnded(PersonHash, InvitationsFrom),
    /// The group is gone, with everything in it.
    GroupPurged(GroupId),
    /// This happened. Follows the change that it tells of.
    Event(Box<Event>),
    /// The token is now so; new if the id is.
    Token(AccessToken),
    /// The client is now so; new if the id is.
    Client(Client),
    /// The client is gone, and its tokens with it.
    ClientRemoved(ClientId),
    /// The built-in issuer signs with this key.
    IssuerKey(IssuerKey),
}

/// What counts towards an inviter's daily quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayCount {
    /// Who invites.
    pub inviter: UserId,
    /// Which day: days of UTC since 1970-01-01.
    pub day: i64,
    /// Invitations made on it so far.
    pub made: i64,
}
