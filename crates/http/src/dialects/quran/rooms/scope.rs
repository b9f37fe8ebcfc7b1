//! What a token must be good for, operation by operation. The API's own description names no scope per operation; these
//! follow the scopes' descriptions. A scope covers those below it: `room` is good for all of `room.…`.

use crate::quran_groups::RequiredScope;

macro_rules! scopes {
    ($($(#[$docs:meta])* $name:ident $scope:literal;)*) => {
        $($(#[$docs])*
        pub(super) struct $name;

        impl RequiredScope for $name {
            const ANY_OF: &'static [&'static str] = &[$scope];
        })*
    };
}

scopes! {
    /// Looking at rooms.
    Read "room.read";
    /// Finding rooms.
    Search "room.search";
    /// Making rooms.
    Create "room.create";
    /// Changing rooms.
    Update "room.update";
    /// Saying who runs a room.
    Admin "room.admin";
    /// Inviting, and answering invitations.
    Invite "room.invite";
    /// Coming in.
    Join "room.join";
    /// Going.
    Leave "room.leave";
    /// Seeing who is in a room.
    ReadMembers "room.members.read";
    /// Taking people out of a room.
    RemoveMembers "room.members.remove";
    /// Looking at one's own rooms.
    ReadOwn "user.rooms.read";
    /// Finding people.
    SearchPeople "user.search";
}
