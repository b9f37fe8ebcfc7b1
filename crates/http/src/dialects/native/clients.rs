//! Client applications. For administrators of the installation.

use axum::extract::State;
use axum::response::Response;
use guestlist_core::command::{AddClient, RemoveClient};
use guestlist_core::credential::{ClientId, Scopes};
use guestlist_core::names::DisplayName;
use guestlist_core::outcome::{ClientAdded, ClientRemoved};
use guestlist_core::{Refusal, policy};
use guestlist_store::page::Page;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use utoipa::ToSchema;

use super::PREFIX;
use super::answer::Answer;
use super::body::{Parsed, ScopeList, present};
use super::caller::Caller;
use super::client::ClientBody;
use super::page::List;
use super::problem::Problem;
use super::reply::Reply;
use super::scope::{ClientsRead, ClientsWrite};
use super::write::Write;
use crate::App;
use crate::path::Segment;

/// What stands for something else in a part of a path (RFC 3986, 2.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// All client applications, by id. Never more than one page.
#[utoipa::path(
    get,
    path = "/clients",
    operation_id = "list_clients",
    tag = "Clients",
    security(("bearer" = ["guestlist.clients.read"])),
    responses((status = 200, description = "The clients.", body = List<ClientBody>))
)]
pub(super) async fn list(caller: Caller<ClientsRead>, app: State<App>) -> Result<Answer<List<ClientBody>>, Problem> {
    policy::require_administrator(&caller)?;
    let items = app.store.read().clients().await?;
    Ok(Answer::of(List::of(Page { items, next: None::<i64> }, ClientBody::of)))
}

/// A client application.
#[utoipa::path(
    get,
    path = "/clients/{client}",
    operation_id = "get_client",
    tag = "Clients",
    security(("bearer" = ["guestlist.clients.read"])),
    params(("client" = String, Path, description = "The client's id.")),
    responses(
        (status = 200, description = "The client.", body = ClientBody),
        (status = 404, description = "There is no such client."),
    )
)]
pub(super) async fn show(
    caller: Caller<ClientsRead>,
    app: State<App>,
    Segment(client): Segment,
) -> Result<Answer<ClientBody>, Problem> {
    policy::require_administrator(&caller)?;
    let id = ClientId::parse(&client).map_err(|_| Refusal::ClientNotFound)?;
    let client = app.store.read().client(id).await?.ok_or(Refusal::ClientNotFound)?;
    Ok(Answer::of(ClientBody::of(&client)))
}

/// A new client application.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewClient {
    /// Its OAuth 2 client id.
    #[schema(value_type = String, pattern = "^[!-~]{1,255}$")]
    id: Parsed<ClientId>,
    /// For people.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 120)]
    name: Option<Parsed<DisplayName>>,
    /// The most that its tokens may be used for; everything if left out.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Vec<String>, required = false)]
    scopes: Option<ScopeList>,
}

/// Registers a client application.
#[utoipa::path(
    post,
    path = "/clients",
    operation_id = "create_client",
    tag = "Clients",
    security(("bearer" = ["guestlist.clients.write"])),
    params(Write),
    request_body = NewClient,
    responses(
        (status = 201, description = "The client.", body = ClientBody),
        (status = 409, description = "The id is taken."),
    )
)]
pub(super) async fn create(caller: Caller<ClientsWrite>, app: State<App>, write: Write) -> Result<Response, Problem> {
    let NewClient { id: Parsed(id), name, scopes } = write.read()?;
    let ask = AddClient {
        by: Some(caller.id),
        id,
        name: name.map(|Parsed(name)| name.to_string()).unwrap_or_default(),
        scopes: scopes.map_or_else(Scopes::all, |ScopeList(scopes)| scopes),
    };
    write
        .submit(&app, &caller, ask, |ClientAdded(client)| {
            Reply::created(
                &format!("{PREFIX}/clients/{}", utf8_percent_encode(client.id.as_str(), SEGMENT)),
                &ClientBody::of(&client),
            )
        })
        .await
}

/// Removes a client application; its tokens go with it.
#[utoipa::path(
    delete,
    path = "/clients/{client}",
    operation_id = "remove_client",
    tag = "Clients",
    security(("bearer" = ["guestlist.clients.write"])),
    params(("client" = String, Path, description = "The client's id."), Write),
    responses(
        (status = 200, description = "The client as it was.", body = ClientBody),
        (status = 404, description = "There is no such client."),
    )
)]
pub(super) async fn remove(
    caller: Caller<ClientsWrite>,
    app: State<App>,
    Segment(client): Segment,
    write: Write,
) -> Result<Response, Problem> {
    let id = ClientId::parse(&client).map_err(|_| Refusal::ClientNotFound)?;
    let ask = RemoveClient { by: Some(caller.id), id };
    write.submit(&app, &caller, ask, |ClientRemoved(client)| Reply::ok(&ClientBody::of(&client))).await
}
