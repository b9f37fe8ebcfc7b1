//! Invitations: the caller's own to look at and to answer, and a group's for those who invite there.

use axum::extract::State;
use axum::response::Response;
use guestlist_core::command::{Accept, ChangeInvitation, Decline, Expiry, ResendInvitation, RevokeInvitation};
use guestlist_core::group::GroupRef;
use guestlist_core::ids::InvitationId;
use guestlist_core::invitation::{Invitation, InvitationRef, InvitationState};
use guestlist_core::member::Membership;
use guestlist_core::outcome::{Accepted, Declined, InvitationChanged, InvitationResent, InvitationRevoked, Standing};
use guestlist_core::user::User;
use guestlist_core::version::{Version, Versioned};
use guestlist_core::{Refusal, policy};
use guestlist_store::InvitationView;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;
use super::body::{ExpiresIn, present};
use super::caller::Caller;
use super::group;
use super::invitation::InvitationBody;
use super::invitees::{self, InvitedTogether, InviteeRow, NewInvitations};
use super::page::{List, Paging};
use super::params::InState;
use super::problem::Problem;
use super::reply::Reply;
use super::scope::{InvitationsRead, InvitationsWrite};
use super::words::{InvitationStateWord, StandingWord};
use super::words::{RoleList, RoleWord};
use super::write::{IfMatch, Write};
use crate::App;
use crate::path::Segment;

/// The caller's open invitations, oldest first.
#[utoipa::path(
    get,
    path = "/invitations",
    operation_id = "list_my_invitations",
    tag = "Invitations",
    security(("bearer" = ["guestlist.invitations.read"])),
    params(Paging),
    responses((status = 200, description = "A page of invitations.", body = List<InvitationBody>))
)]
pub(super) async fn mine(
    caller: Caller<InvitationsRead>,
    app: State<App>,
    paging: Paging,
) -> Result<Answer<List<InvitationBody>>, Problem> {
    let (now, request) = (app.now(), paging.request(InvitationId::parse)?);
    let page = app.store.read().invitations_for(caller.id, now, request).await?;
    Ok(Answer::of(List::of(page, |view| InvitationBody::seen(view, now))))
}

/// An invitation: one's own, or one of a group where one invites.
#[utoipa::path(
    get,
    path = "/invitations/{invitation}",
    operation_id = "get_invitation",
    tag = "Invitations",
    security(("bearer" = ["guestlist.invitations.read"])),
    params(("invitation" = String, Path, description = "The invitation's id.")),
    responses(
        (status = 200, description = "The invitation.", body = InvitationBody),
        (status = 404, description = "There is no such invitation for you."),
    )
)]
pub(super) async fn show(
    caller: Caller<InvitationsRead>,
    app: State<App>,
    Segment(invitation): Segment,
) -> Result<Answer<InvitationBody>, Problem> {
    let (view, _) = find(&app, &caller, &invitation).await?;
    let version = Version::of_invitation(&view.invitation);
    Ok(Answer::of(InvitationBody::seen(&view, app.now())).versioned(version))
}

/// The invitation that `text` names, if `viewer` may see it, and what ties them to its group. Otherwise it does not exist.
pub(super) async fn find(
    app: &App,
    viewer: &User,
    text: &str,
) -> Result<(InvitationView, Option<Membership>), Problem> {
    let id = InvitationId::parse(text).ok_or(Refusal::InvitationNotFound)?;
    let read = app.store.read();
    let view = read.invitation(InvitationRef::Id(id)).await?.ok_or(Refusal::InvitationNotFound)?;
    let (emails, group) =
        tokio::try_join!(read.emails(viewer.id), read.group(GroupRef::Id(view.group.id), Some(viewer.id)))?;
    let membership = group.and_then(|view| view.membership);
    if !policy::may_see_invitation(app.permissions(), &view.invitation, viewer, &emails, membership.as_ref()) {
        return Err(Refusal::InvitationNotFound.into());
    }
    Ok((view, membership))
}

/// A group's invitations in one state, oldest first. For owners and moderators.
#[utoipa::path(
    get,
    path = "/groups/{group}/invitations",
    operation_id = "list_group_invitations",
    tag = "Invitations",
    security(("bearer" = ["guestlist.invitations.read"])),
    params(("group" = String, Path, description = "The group's number, uid or slug."), InState, Paging),
    responses(
        (status = 200, description = "A page of invitations.", body = List<InvitationBody>),
        (status = 404, description = "There is no such group, or you may not see it."),
    )
)]
pub(super) async fn of_group(
    caller: Caller<InvitationsRead>,
    app: State<App>,
    Segment(name): Segment,
    InState { state }: InState,
    paging: Paging,
) -> Result<Answer<List<InvitationBody>>, Problem> {
    let (now, request) = (app.now(), paging.request(InvitationId::parse)?);
    let view = group::find_to_invite(&app, &caller, &name).await?;
    let read = app.store.read();
    let page = match state {
        InvitationState::Pending => read.open_invitations(view.group.id, now, request).await?,
        closed => read.invitations(view.group.id, closed, request).await?,
    };
    Ok(Answer::of(List::of(page, |view| InvitationBody::seen(view, now))))
}

/// Invites up to 1,000 people, and tells of each what became of it. For owners and moderators.
#[utoipa::path(
    post,
    path = "/groups/{group}/invitations",
    operation_id = "invite",
    tag = "Invitations",
    security(("bearer" = ["guestlist.invitations.write"])),
    params(("group" = String, Path, description = "The group's number, uid or slug."), Write),
    request_body = NewInvitations,
    responses(
        (status = 200, description = "What became of each.", body = InvitedTogether<InviteeRow>),
        (status = 404, description = "There is no such group, or you may not see it."),
        (status = 409, description = "The group is archived."),
    )
)]
pub(super) async fn invite(
    caller: Caller<InvitationsWrite>,
    app: State<App>,
    Segment(name): Segment,
    write: Write,
) -> Result<Response, Problem> {
    let invitees: NewInvitations = write.read()?;
    let batch = write.batch(&app, &caller)?;
    let (ask, read) = invitees.ask(&app, caller.id, group::named(&name), batch)?;
    write
        .submit(&app, &caller, ask, move |invited| {
            let reply = Reply::ok(&InvitedTogether::of(invited.group, batch, read.rows(&invited)));
            reply.passing(invitees::is_passing(&invited))
        })
        .await
}

/// What an acceptance led to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Accepted)]
pub(super) struct AcceptedBody {
    state: InvitationStateWord,
    group_id: i64,
    /// Whether it was this that made the caller a member.
    is_new_member: bool,
    standing: StandingWord,
}

/// Accepts: the caller becomes a member or, where the group is full, waits for a seat.
#[utoipa::path(
    post,
    path = "/invitations/{invitation}/accept",
    operation_id = "accept_invitation",
    tag = "Invitations",
    security(("bearer" = ["guestlist.invitations.write"])),
    params(("invitation" = String, Path, description = "The invitation's id."), Write, IfMatch),
    responses(
        (status = 200, description = "Accepted.", body = AcceptedBody),
        (status = 404, description = "There is no such invitation for you."),
        (status = 409, description = "The invitation is over, or the group takes nobody."),
    )
)]
pub(super) async fn accept(
    caller: Caller<InvitationsWrite>,
    app: State<App>,
    Segment(invitation): Segment,
    write: Write,
) -> Result<Response, Problem> {
    let id = InvitationId::parse(&invitation).ok_or(Refusal::InvitationNotFound)?;
    let write = write.of(Versioned::Invitation(id));
    let ask = Accept { by: Some(caller.id), invitation: InvitationRef::Id(id), is_secret_enough: false };
    write
        .submit(&app, &caller, ask, |Accepted { group, standing }| {
            Reply::ok(&AcceptedBody {
                state: InvitationState::Accepted.into(),
                group_id: group.get(),
                is_new_member: standing == Standing::Joined,
                standing: standing.into(),
            })
        })
        .await
}

/// What a refusal led to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Declined)]
pub(super) struct DeclinedBody {
    state: InvitationStateWord,
    group_id: i64,
}

/// Declines: the caller stays out.
#[utoipa::path(
    post,
    path = "/invitations/{invitation}/decline",
    operation_id = "decline_invitation",
    tag = "Invitations",
    security(("bearer" = ["guestlist.invitations.write"])),
    params(("invitation" = String, Path, description = "The invitation's id."), Write, IfMatch),
    responses(
        (status = 200, description = "Declined.", body = DeclinedBody),
        (status = 404, description = "There is no such invitation for you."),
        (status = 409, description = "The invitation is over."),
    )
)]
pub(super) async fn decline(
    caller: Caller<InvitationsWrite>,
    app: State<App>,
    Segment(invitation): Segment,
    write: Write,
) -> Result<Response, Problem> {
    let id = InvitationId::parse(&invitation).ok_or(Refusal::InvitationNotFound)?;
    let write = write.of(Versioned::Invitation(id));
    let ask = Decline { by: Some(caller.id), invitation: InvitationRef::Id(id) };
    write
        .submit(&app, &caller, ask, |Declined { group }| {
            Reply::ok(&DeclinedBody { state: InvitationState::Declined.into(), group_id: group.get() })
        })
        .await
}

/// New values for an invitation. What is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct InvitationChange {
    /// What comes with acceptance.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Vec<RoleWord>, required = false)]
    roles: Option<RoleList>,
    /// How long it lives from now on, in seconds; null for ever.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i64>, required = false, minimum = 1, maximum = 4_294_967_295_i64)]
    expires_in: Option<ExpiresIn>,
}

/// Changes the roles or the end of a pending invitation. For owners and moderators.
#[utoipa::path(
    patch,
    path = "/invitations/{invitation}",
    operation_id = "update_invitation",
    tag = "Invitations",
    security(("bearer" = ["guestlist.invitations.write"])),
    params(("invitation" = String, Path, description = "The invitation's id."), Write, IfMatch),
    request_body = InvitationChange,
    responses(
        (status = 200, description = "The invitation as it is now.", body = InvitationBody),
        (status = 404, description = "There is no such invitation for you."),
        (status = 409, description = "The invitation is over."),
    )
)]
pub(super) async fn change(
    caller: Caller<InvitationsWrite>,
    app: State<App>,
    Segment(invitation): Segment,
    write: Write,
) -> Result<Response, Problem> {
    let InvitationChange { roles, expires_in } = write.read()?;
    let invitation = InvitationId::parse(&invitation).ok_or(Refusal::InvitationNotFound)?;
    let write = write.of(Versioned::Invitation(invitation));
    let roles = roles.map(|RoleList(roles)| roles);
    let ask = ChangeInvitation { by: caller.id, invitation, roles, expiry: expires_in.map(Expiry::from) };
    write.submit(&app, &caller, ask, |InvitationChanged(invitation)| now(&invitation)).await
}

/// How to send an invitation again.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Resending {
    /// How long it lives from now on, in seconds; null for ever. As long as is usual if left out. An end is never brought
    /// nearer.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i64>, required = false, minimum = 1, maximum = 4_294_967_295_i64)]
    expires_in: Option<ExpiresIn>,
}

/// Sends a pending invitation again, at most once an hour. For owners and moderators.
#[utoipa::path(
    post,
    path = "/invitations/{invitation}/resend",
    operation_id = "resend_invitation",
    tag = "Invitations",
    security(("bearer" = ["guestlist.invitations.write"])),
    params(("invitation" = String, Path, description = "The invitation's id."), Write, IfMatch),
    request_body(content = Option<Resending>),
    responses(
        (status = 200, description = "The invitation as it is now.", body = InvitationBody),
        (status = 404, description = "There is no such invitation for you."),
        (status = 409, description = "The invitation is over."),
        (status = 429, description = "It was sent less than an hour ago, or you have made too many requests."),
    )
)]
pub(super) async fn resend(
    caller: Caller<InvitationsWrite>,
    app: State<App>,
    Segment(invitation): Segment,
    write: Write,
) -> Result<Response, Problem> {
    let Resending { expires_in } = write.read_if_any()?;
    let invitation = InvitationId::parse(&invitation).ok_or(Refusal::InvitationNotFound)?;
    let write = write.of(Versioned::Invitation(invitation));
    let expiry = expires_in.map_or(Expiry::Usual, Expiry::from);
    let ask = ResendInvitation { by: caller.id, invitation, expiry };
    write.submit(&app, &caller, ask, |InvitationResent(invitation)| now(&invitation)).await
}

/// Takes a pending invitation back. For owners and moderators.
#[utoipa::path(
    post,
    path = "/invitations/{invitation}/revoke",
    operation_id = "revoke_invitation",
    tag = "Invitations",
    security(("bearer" = ["guestlist.invitations.write"])),
    params(("invitation" = String, Path, description = "The invitation's id."), Write, IfMatch),
    responses(
        (status = 200, description = "The invitation as it is now.", body = InvitationBody),
        (status = 404, description = "There is no such invitation for you."),
        (status = 409, description = "The invitation is over."),
    )
)]
pub(super) async fn revoke(
    caller: Caller<InvitationsWrite>,
    app: State<App>,
    Segment(invitation): Segment,
    write: Write,
) -> Result<Response, Problem> {
    let invitation = InvitationId::parse(&invitation).ok_or(Refusal::InvitationNotFound)?;
    let write = write.of(Versioned::Invitation(invitation));
    let ask = RevokeInvitation { by: caller.id, invitation };
    write.submit(&app, &caller, ask, |InvitationRevoked(invitation)| now(&invitation)).await
}

fn now(invitation: &Invitation) -> Reply {
    Reply::ok(&InvitationBody::of(invitation)).versioned(Version::of_invitation(invitation))
}
