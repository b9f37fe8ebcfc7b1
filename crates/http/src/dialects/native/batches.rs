//! Many people invited together: more of them than one command takes, what became of them, and taking it back.

use std::convert::Infallible;
use std::num::NonZeroU32;
use std::ops::Range;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::{StreamExt as _, stream};
use guestlist_core::Refusal;
use guestlist_core::command::UndoBatch;
use guestlist_core::group::GroupRef;
use guestlist_core::ids::{BatchId, GroupId};
use guestlist_core::outcome::BatchUndone;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::answer::Answer;
use super::caller::Caller;
use super::group;
use super::invitation::InvitationBody;
use super::invitees::{self, InvitedTogether, InviteeRow, NewInvitations};
use super::page::{self, List, Paging};
use super::problem::{Problem, ProblemBody};
use super::reply::{LINES, Reply};
use super::scope::{InvitationsRead, InvitationsWrite};
use super::write::{self, Write};
use crate::path::{Segment, Segments};
use crate::request_limit::Payer;
use crate::{App, request_limit};

/// People that are decided, and written, together. Others get their turn in between.
const PART: usize = 500;

/// Invites up to 10,000 people, 500 at a time. With `Accept: application/x-ndjson` each part is told as soon as it is
/// done: a line for each person, and then one such as `{"progress":{"done":500,"total":10000}}`. If it breaks off, send it
/// again with the same `Idempotency-Key`: what was done is told again, and the rest is done. Each 500 count as a request.
/// A rehearsal of more is one of each part by itself, as if the parts before had not been. For owners and moderators.
#[utoipa::path(
    post,
    path = "/groups/{group}/batches",
    operation_id = "create_batch",
    tag = "Invitations",
    security(("bearer" = ["guestlist.invitations.write"])),
    params(("group" = String, Path, description = "The group's number, uid or slug."), Write),
    request_body = NewInvitations,
    responses(
        (
            status = 200,
            description = "What became of each.",
            content((InvitedTogether<InviteeRow> = "application/json"), (BatchLine = "application/x-ndjson"))
        ),
        (status = 404, description = "There is no such group, or you may not see it."),
        (status = 409, description = "The group is archived."),
    )
)]
pub(super) async fn create(
    caller: Caller<InvitationsWrite>,
    app: State<App>,
    Segment(name): Segment,
    parts: Parts,
    write: Write,
) -> Result<Response, Problem> {
    let invitees: NewInvitations = write.read()?;
    invitees.require_one()?;
    // Whoever may not invite there is told so before anything is done.
    let group = group::find_to_invite(&app, &caller, &name).await?.group.id;
    let batch = write.batch(&app, &caller)?;
    // Each part counts as a request. The first is counted already.
    if let Some(more) = u32::try_from(invitees.len().div_ceil(PART).saturating_sub(1)).ok().and_then(NonZeroU32::new) {
        request_limit::count(&app, &Payer::user(caller.id), more, &parts.extensions)
            .map_err(Problem::TooManyRequests)?;
    }
    let work = Arc::new(Work { app: app.0, caller, write, invitees, group, batch });
    // The first part is done before the answer begins: what is wrong with the whole shows in its status.
    let first = work.part(0).await?;
    if !first.is_success() {
        return Ok(first.into_response());
    }
    if takes_lines(&parts.headers) { Ok(work.told_in_lines(&first)) } else { work.told_whole(first).await }
}

fn takes_lines(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|kind| {
        let mut parts = kind.split(';').map(str::trim);
        // A weight of 0 is a no (RFC 9110, 12.4.2).
        let is_no = |part: &str| {
            let weight = part.split_once('=').filter(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
            weight.is_some_and(|(_, weight)| weight.trim().parse() == Ok(0.0))
        };
        parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case(LINES)) && !parts.any(is_no)
    })
}

/// A line of an answer that is told part by part.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
enum BatchLine {
    /// The first.
    Begun(BatchBegun),
    /// What became of one person.
    #[expect(dead_code, reason = "such lines are kept as they were told the first time")]
    Row(InviteeRow),
    /// After each part.
    Progressed(BatchProgressed),
    /// The last, if a part failed.
    Failed(BatchFailed),
}

/// Which batch it is.
#[derive(Debug, Serialize, ToSchema)]
struct BatchBegun {
    batch: BatchName,
}

/// Names a batch.
#[derive(Debug, Serialize, ToSchema)]
struct BatchName {
    group_id: i64,
    /// Under which they can be looked at and undone together.
    batch_id: String,
}

/// How far it has got.
#[derive(Debug, Serialize, ToSchema)]
struct BatchProgressed {
    progress: BatchProgress,
}

/// How far it has got.
#[derive(Debug, Serialize, ToSchema)]
struct BatchProgress {
    /// How many people are done.
    done: usize,
    /// How many there are.
    total: usize,
}

/// Why it goes no further.
#[derive(Debug, Serialize, ToSchema)]
struct BatchFailed {
    #[schema(value_type = ProblemBody)]
    problem: Option<Box<RawValue>>,
}

impl BatchLine {
    fn to_line(&self) -> String {
        Reply::lines(&[self]).body().to_owned()
    }
}

/// A batch that is being carried out part by part.
struct Work {
    app: App,
    caller: Caller<InvitationsWrite>,
    write: Write,
    invitees: NewInvitations,
    group: GroupId,
    batch: BatchId,
}

impl Work {
    fn parts(&self) -> Range<usize> {
        0..self.invitees.len().div_ceil(PART).max(1)
    }

    fn done_after(&self, part: usize) -> usize {
        self.invitees.len().min((part + 1) * PART)
    }

    /// Carries one part out, whose answer is a line for each person.
    async fn part(&self, number: usize) -> Result<Reply, Problem> {
        let group = GroupRef::Id(self.group);
        let which = number * PART..self.done_after(number);
        let (ask, read) = self.invitees.ask_of(&self.app, self.caller.id, group, self.batch, which);
        // The first is carried out in any case: under its key no other request goes on.
        if let (Some(rows), true) = (read.unread(), number > 0) {
            return Ok(write::replayed(Reply::lines(&rows)));
        }
        let write = self.write.part(number);
        let show = move |invited| Reply::lines(&read.rows(&invited)).passing(invitees::is_passing(&invited));
        write.carry_out(&self.app, &self.caller, ask, show).await
    }

    fn told_in_lines(self: Arc<Self>, first: &Reply) -> Response {
        let batch = BatchName { group_id: self.group.get(), batch_id: self.batch.to_string() };
        let begin = BatchLine::Begun(BatchBegun { batch }).to_line() + &self.lines_of(0, first);
        let rest = stream::unfold((self.clone(), 1), |(work, number)| async move {
            // After a part that failed there is no other.
            if !work.parts().contains(&number) {
                return None;
            }
            let (lines, next) = match work.part(number).await.unwrap_or_else(Reply::from) {
                reply if reply.is_success() => (work.lines_of(number, &reply), number + 1),
                problem => {
                    // Our own body: it can be read.
                    let problem = RawValue::from_string(problem.body().to_owned()).ok();
                    (BatchLine::Failed(BatchFailed { problem }).to_line(), usize::MAX)
                }
            };
            Some((lines, (work, next)))
        });
        let lines = stream::once(async { begin }).chain(rest).map(Ok::<_, Infallible>);
        let mut response = self.write.mark(Reply::lines(&[] as &[(); 0])).into_response();
        *response.body_mut() = Body::from_stream(lines);
        response
    }

    fn lines_of(&self, part: usize, reply: &Reply) -> String {
        let progress = BatchProgress { done: self.done_after(part), total: self.invitees.len() };
        reply.body().to_owned() + &BatchLine::Progressed(BatchProgressed { progress }).to_line()
    }

    async fn told_whole(&self, first: Reply) -> Result<Response, Problem> {
        let mut replies = vec![first];
        for number in self.parts().skip(1) {
            replies.push(self.part(number).await.map_err(|why| why.halfway(self.batch))?);
        }
        let lines = replies.iter().flat_map(|reply| reply.body().lines());
        // Our own lines: they can be read.
        let data: Vec<&RawValue> = lines.filter_map(|line| serde_json::from_str(line).ok()).collect();
        let whole = Reply::ok(&InvitedTogether::of(self.group, self.batch, data));
        let whole = if replies.iter().all(write::is_replay) { write::replayed(whole) } else { whole };
        Ok(self.write.mark(whole).into_response())
    }
}

/// The invitations that a batch made or renewed, as they are now, in the order of the request. One that was renewed more
/// than once in it may come twice, on different pages. For owners and moderators.
#[utoipa::path(
    get,
    path = "/groups/{group}/batches/{batch}",
    operation_id = "get_batch",
    tag = "Invitations",
    security(("bearer" = ["guestlist.invitations.read"])),
    params(
        ("group" = String, Path, description = "The group's number, uid or slug."),
        ("batch" = String, Path, description = "The batch's id."),
        Paging,
    ),
    responses(
        (status = 200, description = "A page of invitations.", body = List<InvitationBody>),
        (status = 404, description = "There is no such group, or you may not see it; or no such batch."),
    )
)]
pub(super) async fn show(
    caller: Caller<InvitationsRead>,
    app: State<App>,
    Segments([group, batch]): Segments<2>,
    paging: Paging,
) -> Result<Answer<List<InvitationBody>>, Problem> {
    let (now, request) = (app.now(), paging.request(page::number)?);
    let view = group::find_to_invite(&app, &caller, &group).await?;
    let batch = BatchId::parse(&batch).ok_or(Refusal::BatchNotFound)?;
    let page = app.store.read().invitations_in_batch(view.group.id, batch, request).await?;
    // A batch in which everybody had asked to join made no invitation.
    if page.items.is_empty() && request.after.is_none() && !app.store.read().has_batch(view.group.id, batch).await? {
        return Err(Refusal::BatchNotFound.into());
    }
    Ok(Answer::of(List::of(page, |view| InvitationBody::seen(view, now))))
}

/// How much was undone.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Undone {
    /// Invitations and memberships that are as before again.
    undone: usize,
}

/// Takes everything back that a batch did, while nobody in it has answered. For owners and moderators.
#[utoipa::path(
    delete,
    path = "/groups/{group}/batches/{batch}",
    operation_id = "undo_batch",
    tag = "Invitations",
    security(("bearer" = ["guestlist.invitations.write"])),
    params(
        ("group" = String, Path, description = "The group's number, uid or slug."),
        ("batch" = String, Path, description = "The batch's id."),
        Write,
    ),
    responses(
        (status = 200, description = "It is undone.", body = Undone),
        (status = 404, description = "There is no such group, or you may not see it; or no such batch."),
        (status = 409, description = "Somebody has answered."),
    )
)]
pub(super) async fn undo(
    caller: Caller<InvitationsWrite>,
    app: State<App>,
    Segments([group, batch]): Segments<2>,
    write: Write,
) -> Result<Response, Problem> {
    let batch = BatchId::parse(&batch).ok_or(Refusal::BatchNotFound)?;
    let ask = UndoBatch { by: caller.id, group: group::named(&group), batch };
    write.submit(&app, &caller, ask, |BatchUndone { undone }| Reply::ok(&Undone { undone })).await
}
