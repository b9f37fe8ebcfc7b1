//! Invitations: the caller's own to look at and to answer, and a group's for those who invite there.

use axum::extract::State;
use guestlist_core::Refusal;
use guestlist_core::command::{Accept, Decline};
use guestlist_core::ids::InvitationId;
use guestlist_core::invitation::InvitationRef;
use guestlist_core::outcome::Standing;
use guestlist_core::policy::{self, Permission};
use serde_json::{Value, json};

use super::answer::{Answer, Problem};
use super::caller::Caller;
use super::group;
use super::page::{List, Paging};
use super::wire::{InvitationBody, standing};
use crate::App;
use crate::path::Segment;

/// `GET /invitations`: the caller's open invitations, oldest first.
pub(super) async fn mine(
    caller: Caller,
    app: State<App>,
    paging: Paging,
) -> Result<Answer<List<InvitationBody>>, Problem> {
    let request = paging.request(InvitationId::parse)?;
    let page = app.store.read().invitations_for(caller.id, app.now(), request).await?;
    Ok(Answer(List::of(page, InvitationBody::of)))
}

/// `GET /groups/{group}/invitations`: the group's open invitations, oldest first.
pub(super) async fn of_group(
    caller: Caller,
    app: State<App>,
    Segment(name): Segment,
    paging: Paging,
) -> Result<Answer<List<InvitationBody>>, Problem> {
    let request = paging.request(InvitationId::parse)?;
    let view = group::find(&app, &caller, &name).await?;
    if !policy::may(Permission::Invite, &caller, view.membership.as_ref()) {
        return Err(Refusal::NotAllowed(Permission::Invite).into());
    }
    let page = app.store.read().open_invitations(view.group.id, app.now(), request).await?;
    Ok(Answer(List::of(page, InvitationBody::of)))
}

/// `POST /invitations/{invitation}/accept`: the caller becomes a member or, where the group is full, waits for a seat.
pub(super) async fn accept(
    caller: Caller,
    app: State<App>,
    Segment(invitation): Segment,
) -> Result<Answer<Value>, Problem> {
    let invitation = InvitationId::parse(&invitation).ok_or(Refusal::InvitationNotFound)?;
    let accepted = caller.submit(&app, Accept { by: caller.id, invitation: InvitationRef::Id(invitation) }).await?;
    Ok(Answer(json!({
        "state": "accepted",
        "group_id": accepted.group.get(),
        "is_new_member": accepted.standing == Standing::Joined,
        "standing": standing(accepted.standing),
    })))
}

/// `POST /invitations/{invitation}/decline`: the caller stays out.
pub(super) async fn decline(
    caller: Caller,
    app: State<App>,
    Segment(invitation): Segment,
) -> Result<Answer<Value>, Problem> {
    let invitation = InvitationId::parse(&invitation).ok_or(Refusal::InvitationNotFound)?;
    let decline = Decline { by: Some(caller.id), invitation: InvitationRef::Id(invitation) };
    let declined = caller.submit(&app, decline).await?;
    Ok(Answer(json!({ "state": "declined", "group_id": declined.group.get() })))
}
