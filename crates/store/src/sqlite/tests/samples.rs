//! Rows by their number: their names, and all that they hold.

use guestlist_core::chat::{ChatSettings, Profile};
use guestlist_core::credential::{ClientId, TokenHash};
use guestlist_core::global_role::{GlobalRole, GlobalRoles};
use guestlist_core::group::{Group, GroupKind, OwnershipOffer, Tally};
use guestlist_core::ids::{BatchId, GroupId, InvitationId, LinkId, TokenId, Uid, UserId};
use guestlist_core::invitation::{Invitation, InvitationRef, InvitationState, InvitationTokenHash, Invitee};
use guestlist_core::member::RoleSet;
use guestlist_core::names::{Country, Description, DisplayName, Slug, Subject, Username};
use guestlist_core::user::User;
use uuid::Uuid;

use super::at;

pub(super) fn user_id(n: usize) -> UserId {
    UserId::new(i64::try_from(n).unwrap()).unwrap()
}

pub(super) fn group_id(n: usize) -> GroupId {
    GroupId::new(i64::try_from(n).unwrap()).unwrap()
}

pub(super) fn invitation_id(n: usize) -> InvitationId {
    InvitationId::from_uuid(Uuid::from_u128(n as u128))
}

pub(super) fn token_id(n: usize) -> TokenId {
    TokenId::from_uuid(Uuid::from_u128(n as u128))
}

pub(super) fn link_id(n: usize) -> LinkId {
    LinkId::from_uuid(Uuid::from_u128(n as u128))
}

pub(super) fn batch_id(n: usize) -> BatchId {
    BatchId::from_uuid(Uuid::from_u128(n as u128))
}

pub(super) fn bytes(n: usize) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&n.to_le_bytes());
    bytes
}

pub(super) fn token_hash(n: usize) -> TokenHash {
    TokenHash(bytes(n))
}

pub(super) fn secret(n: usize) -> InvitationRef {
    InvitationRef::Token(InvitationTokenHash(bytes(n)))
}

pub(super) fn client(n: usize) -> ClientId {
    ClientId::parse(&format!("client{n}")).unwrap()
}

pub(super) fn user(n: usize) -> User {
    User {
        language: None,
        id: user_id(n),
        uid: Uid::parse(&format!("uid{n}")).unwrap(),
        subject: Subject::parse(&format!("sub{n}")).unwrap(),
        username: Some(Username::parse(&format!("User{n}")).unwrap()),
        name: Some(DisplayName::parse(&format!("Name {n}")).unwrap()),
        is_admin: false,
        roles: GlobalRoles::of(&[GlobalRole::Bot, GlobalRole::User]),
        profile: Profile::default(),
        signed_out_at: None,
        deleted_at: None,
        disabled_at: None,
        created_at: at(-1),
        updated_at: at(i64::MAX),
    }
}

pub(super) fn group(n: usize) -> Group {
    Group {
        language: None,
        id: group_id(n),
        uid: Uid::parse(&format!("uid{n}")).unwrap(),
        slug: Slug::parse(&format!("slug{n}")).unwrap(),
        name: DisplayName::parse(&format!("Group {n}")).unwrap(),
        description: Description::parse(&format!("about {n}")).unwrap(),
        chat: chat(),
        country: Country::parse("Malaysia").ok(),
        kind: GroupKind::Page,
        is_public: true,
        is_verified: true,
        takes_requests: true,
        is_token_enough: true,
        members_max: Some(i64::MAX),
        archived_at: Some(at(i64::MIN)),
        deleted_at: None,
        offer: Some(OwnershipOffer { from: user_id(1), to: user_id(2), offered_at: at(6), expires_at: at(7) }),
        creator: user_id(1),
        created_at: at(4),
        tally: tally(3),
    }
}

fn chat() -> ChatSettings {
    let fields = serde_json::from_str(r#"{"a":[1,null],"\u0000":"\u0000"}"#).unwrap();
    ChatSettings {
        topic: Some(Description::parse("").unwrap()),
        announcement: Some(Description::parse("at noon").unwrap()),
        is_read_only: true,
        is_broadcast: true,
        custom_fields: Some(fields),
    }
}

pub(super) const fn tally(n: i64) -> Tally {
    Tally {
        members: n,
        owners: n + 1,
        invitations: n + 2,
        waiting: n + 3,
        last_place: n + 4,
        notices: i64::MAX - n,
        updated_at: at(n + 5),
    }
}

/// A group of few words.
pub(super) fn plain_group(n: usize) -> Group {
    Group {
        chat: ChatSettings::default(),
        country: None,
        kind: GroupKind::Group,
        is_public: false,
        is_verified: false,
        takes_requests: false,
        is_token_enough: false,
        members_max: None,
        archived_at: None,
        offer: None,
        tally: Tally::new(at(1)),
        ..group(n)
    }
}

pub(super) fn invitation(n: usize, invitee: Invitee) -> Invitation {
    Invitation {
        language: None,
        note: None,
        remind_at: None,
        seen_at: None,
        id: invitation_id(n),
        group: group_id(1),
        invitee,
        inviter: user_id(1),
        roles: RoleSet::NONE,
        state: InvitationState::Pending,
        created_at: at(1),
        sent_at: at(1),
        expires_at: Some(at(100)),
        closed_at: None,
        closed_by: None,
    }
}
