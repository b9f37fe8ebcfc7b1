//! Finding people.

use axum::extract::State;
use guestlist_core::group::GroupRef;
use guestlist_core::ids::GroupId;
use guestlist_core::policy;
use guestlist_core::user::User;

use super::super::answer::Answer;
use super::super::caller::Viewer;
use super::super::schema::Failures;
use super::PEOPLE;
use super::page::{Page, Paging, Size};
use super::query::Query;
use super::schema::FieldFailures;
use super::scope::SearchPeople;
use super::wire::RoomUserSearch;
use crate::App;

/// Finds people
///
/// By username or name; never by address. `all`, `postingAs` and `postingAsUserId` are taken and change nothing: there is
/// nobody who follows others here, and nobody who posts.
#[utoipa::path(
    get,
    path = "/v1/users/search",
    operation_id = "searchUsers",
    tag = PEOPLE,
    params(
        ("query" = Option<String>, Query, description = "Only whose username or name contains this."),
        ("all" = Option<bool>, Query, description = "Taken, and of no effect."),
        ("postingAs" = Option<bool>, Query, description = "Taken, and of no effect."),
        ("postingAsUserId" = Option<String>, Query, description = "Taken, and of no effect."),
        ("roomId" = Option<i64>, Query, description = "Say of each whether they are in this room."),
        Paging,
    ),
    responses((status = 200, description = "A page of people.", body = Page<RoomUserSearch>), Failures, FieldFailures)
)]
pub(super) async fn search(viewer: Viewer<SearchPeople>, app: State<App>, mut query: Query) -> Result<Answer, Answer> {
    let paging = Paging::read(&mut query, &Size::Usually(10));
    let room = query.read("roomId", |text| text.parse().ok().and_then(GroupId::new));
    query.read("all", |text| text.parse::<bool>().ok());
    query.read("postingAs", |text| text.parse::<bool>().ok());
    let text = query.text("query");
    query.end().map_err(Answer::UnprocessableFields)?;
    let found = app.store.read().people_by_name(text, paging.stretch()).await?;
    let room = match room {
        Some(room) => app.store.read().group(GroupRef::Id(room), viewer.user().map(|user| user.id)).await?,
        None => None,
    };
    let seen = room.filter(|view| policy::may_see(&view.group, view.membership.as_ref()));
    let members = match seen {
        Some(view) => {
            let users = found.members.iter().map(|user| user.id).collect();
            Some(app.store.read().members_among(view.group.id, users).await?)
        }
        None => None,
    };
    let told = |user: &User| RoomUserSearch::of(user, members.as_ref().map(|members| members.contains(&user.id)));
    Ok(Answer::ok(Page::of(paging, found.total, found.members.iter().map(told).collect())))
}
