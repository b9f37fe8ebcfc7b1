//! The group operations that both generations of Quran Foundation's group API have in common: the same parameters,
//! request bodies and results. What differs, credentials and answers, is in `dialects/quran_legacy` and
//! `dialects/quran`.

mod wire;

use guestlist_core::command::{Admission, Expiry, Invite, RemoveMember, SetAdmin, Target};
use guestlist_core::credential::Scopes;
use guestlist_core::group::{GroupKind, GroupRef};
use guestlist_core::ids::{GroupId, UserId};
use guestlist_core::member::RoleSet;
use guestlist_core::names::Email;
use guestlist_core::outcome::{self, InviteRow};
use guestlist_core::user::{User, UserRef};
use guestlist_core::{Refusal, policy};
use guestlist_store::{GroupView, Rejection, StoreError};

pub(crate) use self::wire::{
    AdminAssigned, InviteUser, Invited, MISSING_AVATAR, NameUser, Removed, Room, Rooms, Success,
};
use crate::App;
use crate::authenticate::Asker;
use crate::json::{Field, Object};

/// All groups of which `caller` is a member.
pub(crate) async fn list(app: &App, caller: &User) -> Result<Rooms, StoreError> {
    let views = app.store.read().groups_of(caller.id).await?;
    let (pages, groups) = views.iter().partition::<Vec<_>, _>(|view| view.group.kind == GroupKind::Page);
    let rooms = |views: Vec<&GroupView>| views.into_iter().map(|view| Room::of(view, caller, app)).collect();
    Ok(Rooms { pages: rooms(pages), groups: rooms(groups) })
}

/// One group, as far as `caller` may see it; `None` if they may not.
pub(crate) async fn show<E>(app: &App, caller: &User, group: &str) -> Result<Option<Room>, E>
where
    E: From<Refusal> + From<StoreError>,
{
    let view = app.store.read().group(GroupRef::Id(group_id(group)?), Some(caller.id)).await?;
    let view = view.ok_or(Refusal::GroupNotFound)?;
    let is_visible = policy::may_see(&view.group, view.membership.as_ref());
    Ok(is_visible.then(|| Room::of(&view, caller, app)))
}

/// Invites the one person that the body names.
pub(crate) async fn invite<E>(app: &App, caller: &Asker, group: &str, who: UserRef) -> Result<InviteRow, E>
where
    E: From<Refusal> + From<Rejection> + From<StoreError>,
{
    let invite = Invite {
        by: caller.id,
        group: GroupRef::Id(group_id(group)?),
        targets: vec![Target { who, invitation: app.new_invitation_id() }],
        roles: RoleSet::NONE,
        admission: Admission::OnAcceptance(Expiry::Usual),
        batch: None,
        language: None,
        note: None,
    };
    let outcome::Invited { rows, .. } = caller.submit(app, invite).await?;
    rows.first().copied().ok_or_else(|| StoreError::bug("an invitation without a row").into())
}

/// Makes a member one of those who run the group.
pub(crate) async fn assign_as_admin<E>(app: &App, caller: &Asker, group: &str, user: UserRef) -> Result<(), E>
where
    E: From<Refusal> + From<Rejection>,
{
    let group = GroupRef::Id(group_id(group)?);
    caller.submit(app, SetAdmin { by: caller.id, group, user, is_admin: true }).await?;
    Ok(())
}

/// Removes a member, or withdraws the invitation of somebody who is none yet.
pub(crate) async fn remove<E>(app: &App, caller: &Asker, group: &str, user: UserRef) -> Result<(), E>
where
    E: From<Refusal> + From<Rejection>,
{
    let group = GroupRef::Id(group_id(group)?);
    caller.submit(app, RemoveMember { by: caller.id, group, user, spares_owners: true }).await?;
    Ok(())
}

/// An id in a path: whatever is not the one spelling of a number is the id of nothing.
pub(crate) fn group_id(path: &str) -> Result<GroupId, Refusal> {
    GroupId::parse(path).ok_or(Refusal::GroupNotFound)
}

/// What a token must be good for. The API's own description names no scope per operation; these follow the scopes'
/// descriptions. `room` counts too: an identity provider of today issues no `group` scopes any more.
pub(crate) trait RequiredScope: Send + Sync {
    /// One of these is enough.
    const ANY_OF: &'static [&'static str];

    /// Whether a token of these scopes is good for it.
    fn is_covered_by(scopes: &Scopes) -> bool {
        Self::ANY_OF.iter().any(|scope| scopes.cover(scope))
    }
}

/// Looking at groups.
pub(crate) struct Read;

impl RequiredScope for Read {
    const ANY_OF: &'static [&'static str] = &["group.read", "group.update", "room"];
}

/// Changing who is in a group.
pub(crate) struct Update;

impl RequiredScope for Update {
    const ANY_OF: &'static [&'static str] = &["group.update", "room"];
}

/// What is wrong with the fields of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FieldError {
    /// Of the wrong type, or out of range.
    Invalid(&'static str),
    /// Not one of the fields of this operation.
    NotAllowed(String),
    /// Not there.
    Missing(&'static str),
    /// Neither `userId` nor `email`.
    NobodyNamed,
    /// Both `userId` and `email`.
    TwoNamed,
}

/// Reads the body of `inviteUser`: `userId`, an integer, or `email`, a text; one of them and nothing else.
pub(crate) fn invitee(body: &Object<'_>) -> Result<UserRef, FieldError> {
    if let Some(other) = body.names().find(|name| !matches!(*name, "userId" | "email")) {
        return Err(FieldError::NotAllowed(other.to_owned()));
    }
    match (body.get("userId"), body.get("email")) {
        (None, None) => Err(FieldError::NobodyNamed),
        (Some(_), Some(_)) => Err(FieldError::TwoNamed),
        (Some(id), None) => user_id(&id),
        (None, Some(email)) => {
            let email = email.as_text().and_then(|text| Email::parse(&text).ok());
            email.map(UserRef::Email).ok_or(FieldError::Invalid("email"))
        }
    }
}

/// Reads a body that names somebody with an account: `userId`, an integer, and nothing else.
pub(crate) fn user(body: &Object<'_>) -> Result<UserRef, FieldError> {
    if let Some(other) = body.names().find(|name| *name != "userId") {
        return Err(FieldError::NotAllowed(other.to_owned()));
    }
    user_id(&body.get("userId").ok_or(FieldError::Missing("userId"))?)
}

fn user_id(value: &Field<'_>) -> Result<UserRef, FieldError> {
    let id = value.as_integer().and_then(UserId::new);
    id.map(UserRef::Id).ok_or(FieldError::Invalid("userId"))
}
