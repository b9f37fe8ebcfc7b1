//! The delivery of an invitation: whether its mail arrived, as far as mail servers tell.

use axum::extract::State;
use guestlist_core::delivery::{Step, story};
use guestlist_core::permission::Permission;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::group;
use super::invitations::find;
use super::problem::Problem;
use super::scope::InvitationsRead;
use super::words::{MailWord, StepWord};
use crate::App;
use crate::path::Segment;
use crate::time::iso;

/// What happened to an invitation and its mails.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Delivery)]
pub(super) struct DeliveryBody {
    /// In order. Of more than 100 mails only the last 100 are told of.
    data: Vec<StepBody>,
}

/// One thing that happened.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeliveryStep)]
struct StepBody {
    #[schema(format = DateTime)]
    at: String,
    what: StepWord,
    /// To which mail; null if to the invitation itself.
    #[schema(required)]
    mail: Option<MailWord>,
    /// What the mail server said to it, without addresses; null if it did not say no.
    #[schema(required)]
    reply: Option<String>,
    /// Whether that means that nobody reads mail at the address: it is not written to again.
    is_dead_address: bool,
}

impl StepBody {
    fn of(step: &Step) -> Self {
        Self {
            at: iso(step.at),
            what: step.what.into(),
            mail: step.mail.map(MailWord::from),
            reply: step.reply.as_ref().map(|reply| reply.as_str().to_owned()),
            is_dead_address: step.is_dead_address(),
        }
    }
}

/// What happened to an invitation and its mails. For owners and moderators.
#[utoipa::path(
    get,
    path = "/invitations/{invitation}/delivery",
    operation_id = "get_delivery",
    tag = "Invitations",
    security(("bearer" = ["guestlist.invitations.read"])),
    params(("invitation" = String, Path, description = "The invitation's id.")),
    responses(
        (status = 200, description = "What happened.", body = DeliveryBody),
        (status = 404, description = "There is no such invitation for you."),
    )
)]
pub(super) async fn show(
    caller: Caller<InvitationsRead>,
    app: State<App>,
    Segment(invitation): Segment,
) -> Result<Answer<DeliveryBody>, Problem> {
    let (view, membership) = find(&app, &caller, &invitation).await?;
    group::require(&app, Permission::Invite, &caller, membership.as_ref())?;
    let mails = app.store.read().mails_about(view.group.id, view.invitation.id).await?;
    let data = story(&view.invitation, &mails, app.now()).iter().map(StepBody::of).collect();
    Ok(Answer::of(DeliveryBody { data }))
}
