//! What an access token must be good for, operation by operation. A parent covers its children: `guestlist` is good for
//! everything here, `guestlist.groups` for looking at groups and changing them.

/// Something that a token may be good for.
pub(super) trait Scope: Send + Sync + 'static {
    /// Its name.
    const NAME: &'static str;
}

macro_rules! scopes {
    ($($(#[$docs:meta])* $name:ident = $text:literal,)*) => {
        $(
            $(#[$docs])*
            pub(super) struct $name;

            impl Scope for $name {
                const NAME: &'static str = $text;
            }
        )*
    };
}

scopes! {
    /// Looking at accounts.
    UsersRead = "guestlist.users.read",
    /// Opening accounts and switching them off.
    UsersWrite = "guestlist.users.write",
    /// Looking at groups.
    GroupsRead = "guestlist.groups.read",
    /// Making, changing, handing over and deleting groups.
    GroupsWrite = "guestlist.groups.write",
    /// Looking at members.
    MembersRead = "guestlist.members.read",
    /// Removing members, leaving, and setting roles.
    MembersWrite = "guestlist.members.write",
    /// Looking at invitations.
    InvitationsRead = "guestlist.invitations.read",
    /// Making and answering invitations.
    InvitationsWrite = "guestlist.invitations.write",
    /// Looking at invite links.
    LinksRead = "guestlist.links.read",
    /// Making, revoking and using invite links.
    LinksWrite = "guestlist.links.write",
    /// Looking at requests to join.
    RequestsRead = "guestlist.requests.read",
    /// Making and settling requests to join.
    RequestsWrite = "guestlist.requests.write",
    /// Looking at what one refuses for good.
    RefusalsRead = "guestlist.refusals.read",
    /// Refusing for good.
    RefusalsWrite = "guestlist.refusals.write",
    /// Looking at what happened, and listening to what happens.
    EventsRead = "guestlist.events.read",
    /// Telling what became of mail.
    MailWrite = "guestlist.mail.write",
    /// Looking at one's own tokens.
    TokensRead = "guestlist.tokens.read",
    /// Getting and ending one's own tokens.
    TokensWrite = "guestlist.tokens.write",
    /// Looking at client applications.
    ClientsRead = "guestlist.clients.read",
    /// Registering and removing client applications.
    ClientsWrite = "guestlist.clients.write",
}
