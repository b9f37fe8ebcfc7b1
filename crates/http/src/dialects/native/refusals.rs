//! Refusing invitations for good: of everyone, to one group, or of one inviter. Nobody else can see it.

use axum::extract::State;
use axum::response::Response;
use guestlist_core::Refusal;
use guestlist_core::command::{AllowInvitations, RefuseInvitations};
use guestlist_core::ids::{GroupId, UserId};
use guestlist_core::opt_out::{InvitationsFrom, OptOut};
use guestlist_core::outcome::{InvitationsAllowed, InvitationsRefused};
use guestlist_store::{Refuser, page};
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::page::List;
use super::problem::Problem;
use super::reply::Reply;
use super::scope::{RefusalsRead, RefusalsWrite};
use super::write::Write;
use crate::App;
use crate::path::Segment;
use crate::time::iso;

/// A standing refusal of one's own.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StandingRefusal)]
pub(super) struct RefusalBody {
    /// Whose invitations are refused.
    from: FromWord,
    /// The group, if those to one group are.
    #[schema(required)]
    group_id: Option<i64>,
    /// The inviter, if those of one inviter are.
    #[schema(required)]
    inviter_id: Option<i64>,
    #[schema(format = DateTime)]
    created_at: String,
}

/// Whose invitations somebody refuses.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = InvitationsFrom)]
#[serde(rename_all = "snake_case")]
enum FromWord {
    /// Everybody's.
    Everyone,
    /// Those to one group.
    Group,
    /// Those of one inviter.
    Inviter,
}

impl RefusalBody {
    fn of(opt_out: &OptOut) -> Self {
        let (from, group_id, inviter_id) = match opt_out.from {
            InvitationsFrom::Everyone => (FromWord::Everyone, None, None),
            InvitationsFrom::Group(id) => (FromWord::Group, Some(id.get()), None),
            InvitationsFrom::Inviter(id) => (FromWord::Inviter, None, Some(id.get())),
        };
        Self { from, group_id, inviter_id, created_at: iso(opt_out.created_at) }
    }
}

/// All that the caller refuses for good, by account or by a verified address. Never more than one page.
#[utoipa::path(
    get,
    path = "/refusals",
    operation_id = "list_refusals",
    tag = "Refusals",
    security(("bearer" = ["guestlist.refusals.read"])),
    responses((status = 200, description = "The refusals.", body = List<RefusalBody>))
)]
pub(super) async fn list(caller: Caller<RefusalsRead>, app: State<App>) -> Result<Answer<List<RefusalBody>>, Problem> {
    let mut items = app.store.read().opt_outs(Refuser::User(caller.id)).await?;
    // The same may be refused by account and by address: once is enough.
    items.sort_by_key(|opt_out| (opt_out.from, opt_out.created_at));
    items.dedup_by_key(|opt_out| opt_out.from);
    Ok(Answer::of(List::of(page::Page { items, next: None::<i64> }, RefusalBody::of)))
}

/// Refuses all invitations, whoever they are of.
#[utoipa::path(
    put,
    path = "/refusals/everyone",
    operation_id = "refuse_everyone",
    tag = "Refusals",
    security(("bearer" = ["guestlist.refusals.write"])),
    params(Write),
    responses((status = 204, description = "They are refused."))
)]
pub(super) async fn refuse_everyone(
    caller: Caller<RefusalsWrite>,
    app: State<App>,
    write: Write,
) -> Result<Response, Problem> {
    refuse(&caller, &app, InvitationsFrom::Everyone, write).await
}

/// Ends that again. What is refused of single groups and inviters stays so.
#[utoipa::path(
    delete,
    path = "/refusals/everyone",
    operation_id = "allow_everyone",
    tag = "Refusals",
    security(("bearer" = ["guestlist.refusals.write"])),
    params(Write),
    responses((status = 204, description = "They are not refused."))
)]
pub(super) async fn allow_everyone(
    caller: Caller<RefusalsWrite>,
    app: State<App>,
    write: Write,
) -> Result<Response, Problem> {
    allow(&caller, &app, InvitationsFrom::Everyone, write).await
}

/// Refuses all invitations to a group.
#[utoipa::path(
    put,
    path = "/refusals/groups/{group}",
    operation_id = "refuse_group",
    tag = "Refusals",
    security(("bearer" = ["guestlist.refusals.write"])),
    params(("group" = i64, Path, description = "The group's number.", minimum = 1), Write),
    responses(
        (status = 204, description = "They are refused."),
        (status = 404, description = "It is no number of a group."),
        (status = 409, description = "You refuse so many that only everyone is left to refuse."),
    )
)]
pub(super) async fn refuse_group(
    caller: Caller<RefusalsWrite>,
    app: State<App>,
    Segment(group): Segment,
    write: Write,
) -> Result<Response, Problem> {
    refuse(&caller, &app, group_numbered(&group)?, write).await
}

/// Ends that again.
#[utoipa::path(
    delete,
    path = "/refusals/groups/{group}",
    operation_id = "allow_group",
    tag = "Refusals",
    security(("bearer" = ["guestlist.refusals.write"])),
    params(("group" = i64, Path, description = "The group's number.", minimum = 1), Write),
    responses(
        (status = 204, description = "They are not refused."),
        (status = 404, description = "It is no number of a group."),
    )
)]
pub(super) async fn allow_group(
    caller: Caller<RefusalsWrite>,
    app: State<App>,
    Segment(group): Segment,
    write: Write,
) -> Result<Response, Problem> {
    allow(&caller, &app, group_numbered(&group)?, write).await
}

/// Refuses all invitations of an inviter.
#[utoipa::path(
    put,
    path = "/refusals/inviters/{user}",
    operation_id = "refuse_inviter",
    tag = "Refusals",
    security(("bearer" = ["guestlist.refusals.write"])),
    params(("user" = i64, Path, description = "The inviter's number.", minimum = 1), Write),
    responses(
        (status = 204, description = "They are refused."),
        (status = 404, description = "It is no number of a user."),
        (status = 409, description = "You refuse so many that only everyone is left to refuse."),
    )
)]
pub(super) async fn refuse_inviter(
    caller: Caller<RefusalsWrite>,
    app: State<App>,
    Segment(user): Segment,
    write: Write,
) -> Result<Response, Problem> {
    refuse(&caller, &app, inviter_numbered(&user)?, write).await
}

/// Ends that again.
#[utoipa::path(
    delete,
    path = "/refusals/inviters/{user}",
    operation_id = "allow_inviter",
    tag = "Refusals",
    security(("bearer" = ["guestlist.refusals.write"])),
    params(("user" = i64, Path, description = "The inviter's number.", minimum = 1), Write),
    responses(
        (status = 204, description = "They are not refused."),
        (status = 404, description = "It is no number of a user."),
    )
)]
pub(super) async fn allow_inviter(
    caller: Caller<RefusalsWrite>,
    app: State<App>,
    Segment(user): Segment,
    write: Write,
) -> Result<Response, Problem> {
    allow(&caller, &app, inviter_numbered(&user)?, write).await
}

/// By number only, and whether there is such a group or not: who was told of one may refuse it, and learns nothing.
fn group_numbered(text: &str) -> Result<InvitationsFrom, Refusal> {
    GroupId::parse(text).map(InvitationsFrom::Group).ok_or(Refusal::GroupNotFound)
}

fn inviter_numbered(text: &str) -> Result<InvitationsFrom, Refusal> {
    UserId::parse(text).map(InvitationsFrom::Inviter).ok_or(Refusal::UserNotFound)
}

async fn refuse(
    caller: &Caller<RefusalsWrite>,
    app: &App,
    from: InvitationsFrom,
    write: Write,
) -> Result<Response, Problem> {
    let ask = RefuseInvitations { by: Some(caller.id), invitation: None, from };
    write.submit(app, caller, ask, |InvitationsRefused| Reply::done()).await
}

async fn allow(
    caller: &Caller<RefusalsWrite>,
    app: &App,
    from: InvitationsFrom,
    write: Write,
) -> Result<Response, Problem> {
    let ask = AllowInvitations { by: Some(caller.id), invitation: None, from };
    write.submit(app, caller, ask, |InvitationsAllowed| Reply::done()).await
}
