//! What can happen, by the names under which it is stored and shown.

macro_rules! kinds {
    ($($(#[$docs:meta])* $name:ident = $text:literal,)*) => {
        /// What happened. The part before the point names the kind of thing.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum EventKind {
            $($(#[$docs])* $name,)*
        }

        impl EventKind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name, as stored and shown.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// Reads the name.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

kinds! {
    /// A group was made.
    GroupCreated = "group.created",
    /// Its name or a setting changed.
    GroupChanged = "group.changed",
    /// It went into the archive.
    GroupArchived = "group.archived",
    /// It came out of the archive.
    GroupUnarchived = "group.unarchived",
    /// It was deleted, and can be restored.
    GroupDeleted = "group.deleted",
    /// It was brought back.
    GroupRestored = "group.restored",
    /// It was forgotten for good. In the history of the installation, since its own is forgotten too.
    GroupPurged = "group.purged",
    /// Its ownership was offered to a member.
    OwnershipOffered = "ownership.offered",
    /// That offer was taken, turned down or taken back.
    OwnershipSettled = "ownership.settled",
    /// Somebody became a member.
    MemberJoined = "member.joined",
    /// A member got or lost a role.
    MemberChanged = "member.changed",
    /// A member went.
    MemberLeft = "member.left",
    /// A member was taken away.
    MemberRemoved = "member.removed",
    /// An invitation was made.
    InvitationMade = "invitation.made",
    /// It was sent again.
    InvitationResent = "invitation.resent",
    /// Its role or its end changed.
    InvitationChanged = "invitation.changed",
    /// The person came in.
    InvitationAccepted = "invitation.accepted",
    /// The person said no.
    InvitationDeclined = "invitation.declined",
    /// The group took it back.
    InvitationRevoked = "invitation.revoked",
    /// Its time ran out.
    InvitationExpired = "invitation.expired",
    /// It is pending again, because what closed it was undone.
    InvitationReopened = "invitation.reopened",
    /// It got one more secret to be held by. In the history of the installation.
    InvitationTokenGiven = "invitation.token-given",
    /// Somebody opened the link that was mailed with it, for the first time.
    InvitationSeen = "invitation.seen",
    /// The person was reminded of it.
    InvitationReminded = "invitation.reminded",
    /// A mail server took a mail with an invitation.
    MailHandedOver = "mail.handed-over",
    /// No mail server took it this time.
    MailDeferred = "mail.deferred",
    /// It was given up.
    MailFailed = "mail.failed",
    /// It came back.
    MailBounced = "mail.bounced",
    /// Somebody complained about it.
    MailComplained = "mail.complained",
    /// An invite link was made.
    LinkMade = "link.made",
    /// Somebody came by it.
    LinkUsed = "link.used",
    /// It was taken back.
    LinkRevoked = "link.revoked",
    /// Somebody asked to join.
    RequestMade = "request.made",
    /// Somebody waits for a seat.
    RequestWaiting = "request.waiting",
    /// Who asked or waited came in.
    RequestAdmitted = "request.admitted",
    /// Who asked or waited was turned down.
    RequestRejected = "request.rejected",
    /// Who asked or waited thought better of it.
    RequestWithdrawn = "request.withdrawn",
    /// An account was opened.
    UserAdded = "user.added",
    /// An account changed.
    UserChanged = "user.changed",
    /// An account was switched off.
    UserDisabled = "user.disabled",
    /// An account was switched on again.
    UserEnabled = "user.enabled",
    /// An account was deleted.
    UserDeleted = "user.deleted",
    /// An account got an address, verified one or lost one.
    AddressChanged = "address.changed",
    /// An account got a password.
    PasswordChanged = "password.changed",
    /// Somebody refuses invitations for good.
    OptOutMade = "opt-out.made",
    /// They do not refuse them any more.
    OptOutEnded = "opt-out.ended",
    /// An access token was given out.
    TokenIssued = "token.issued",
    /// An access token was ended.
    TokenRevoked = "token.revoked",
    /// A client application was registered.
    ClientAdded = "client.added",
    /// A client application was removed, with its tokens.
    ClientRemoved = "client.removed",
    /// The built-in token issuer got its key.
    IssuerKeyAdopted = "issuer-key.adopted",
}
