//! What is to be written. A change carries the whole state after it, so that of several changes to one thing only
//! the last needs writing, and applying one twice is applying it once. (Removing a client is more than a state: it takes
//! the tokens along, and so it is carried out even if the client comes back.)

use crate::credential::{AccessToken, Client, ClientId, IssuerKey, PasswordHash};
use crate::group::Group;
use crate::ids::{GroupId, UserId};
use crate::invitation::Invitation;
use crate::member::Membership;
use crate::user::{User, UserEmail};

/// One thing to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The user is now so; new if the id is.
    User(User),
    /// The user has this address.
    UserEmail(UserEmail),
    /// The user signs in with this password.
    Password(UserId, PasswordHash),
    /// The group is now so; new if the id is.
    Group(Group),
    /// The membership is now so; new if the pair is.
    Membership(Membership),
    /// There is no such membership any more.
    MembershipEnded(GroupId, UserId),
    /// The invitation is now so; new if the id is.
    Invitation(Invitation),
    /// The token is now so; new if the id is.
    Token(AccessToken),
    /// The client is now so; new if the id is.
    Client(Client),
    /// The client is gone, and its tokens with it.
    ClientRemoved(ClientId),
    /// The built-in issuer signs with this key.
    IssuerKey(IssuerKey),
}
