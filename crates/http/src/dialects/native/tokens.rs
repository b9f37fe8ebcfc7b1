//! The caller's own access tokens.

use axum::extract::State;
use axum::response::Response;
use guestlist_core::command::{IssueToken, RevokeToken};
use guestlist_core::credential::TokenRef;
use guestlist_core::ids::TokenId;
use guestlist_core::outcome::{TokenIssued, TokenRevoked};
use guestlist_core::user::UserRef;
use guestlist_core::{Refusal, policy};
use guestlist_identity::token::PlainToken;
use serde::Deserialize;
use utoipa::ToSchema;

use super::PREFIX;
use super::answer::Answer;
use super::body::{ExpiresIn, ScopeList, present};
use super::caller::Caller;
use super::page::{List, Paging};
use super::problem::Problem;
use super::reply::Reply;
use super::scope::{TokensRead, TokensWrite};
use super::token::TokenBody;
use super::write::Write;
use crate::App;
use crate::path::Segment;

/// The caller's tokens that are good, oldest first.
#[utoipa::path(
    get,
    path = "/tokens",
    operation_id = "list_tokens",
    tag = "Tokens",
    security(("bearer" = ["guestlist.tokens.read"])),
    params(Paging),
    responses((status = 200, description = "A page of tokens.", body = List<TokenBody>))
)]
pub(super) async fn list(
    caller: Caller<TokensRead>,
    app: State<App>,
    paging: Paging,
) -> Result<Answer<List<TokenBody>>, Problem> {
    let page = app.store.read().tokens_of(caller.id, app.now(), paging.request(TokenId::parse)?).await?;
    Ok(Answer::of(List::of(page, TokenBody::of)))
}

/// A token of one's own or, for administrators, anybody's.
#[utoipa::path(
    get,
    path = "/tokens/{token}",
    operation_id = "get_token",
    tag = "Tokens",
    security(("bearer" = ["guestlist.tokens.read"])),
    params(("token" = String, Path, description = "The token's id.")),
    responses(
        (status = 200, description = "The token, in any state.", body = TokenBody),
        (status = 404, description = "You have no such token."),
    )
)]
pub(super) async fn show(
    caller: Caller<TokensRead>,
    app: State<App>,
    Segment(token): Segment,
) -> Result<Answer<TokenBody>, Problem> {
    let id = TokenId::parse(&token).ok_or(Refusal::TokenNotFound)?;
    let token = app.store.read().token_by_id(id).await?;
    let token = token.filter(|token| policy::may_see_account(&caller, token.user)).ok_or(Refusal::TokenNotFound)?;
    Ok(Answer::of(TokenBody::of(&token)))
}

/// A new access token.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewToken {
    /// What it is good for; all that the token is good for that asks, if left out. Never more than that.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Vec<String>, required = false)]
    scopes: Option<ScopeList>,
    /// How long it lives, in seconds; until revoked if null or left out.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 4_294_967_295_i64)]
    expires_in: Option<ExpiresIn>,
}

/// Gives the caller another token. Its secret is shown this once.
#[utoipa::path(
    post,
    path = "/tokens",
    operation_id = "create_token",
    tag = "Tokens",
    security(("bearer" = ["guestlist.tokens.write"])),
    params(Write),
    request_body(content = Option<NewToken>),
    responses((status = 201, description = "The token, with its secret.", body = TokenBody))
)]
pub(super) async fn create(caller: Caller<TokensWrite>, app: State<App>, write: Write) -> Result<Response, Problem> {
    let NewToken { scopes, expires_in } = write.read_if_any()?;
    let secret = PlainToken::generate(PlainToken::PREFIX, &*app.entropy);
    let ask = IssueToken {
        by: Some(caller.id),
        within: Some(caller.grant().clone()),
        id: TokenId::generate(app.now(), &*app.entropy),
        hash: secret.hash(),
        user: UserRef::Id(caller.id),
        client: caller.client().cloned(),
        scopes: scopes.map(|ScopeList(scopes)| scopes),
        lifetime: expires_in.and_then(|ExpiresIn(lifetime)| lifetime),
        personal: None,
        replaces: false,
    };
    write
        .submit(&app, &caller, ask, move |TokenIssued(token)| {
            let body = TokenBody::issued(&token, secret.reveal());
            Reply::created(&format!("{PREFIX}/tokens/{}", token.id), &body)
        })
        .await
}

/// Ends a token of one's own or, for administrators, anybody's.
#[utoipa::path(
    delete,
    path = "/tokens/{token}",
    operation_id = "revoke_token",
    tag = "Tokens",
    security(("bearer" = ["guestlist.tokens.write"])),
    params(("token" = String, Path, description = "The token's id."), Write),
    responses(
        (status = 200, description = "The token, which is good no more.", body = TokenBody),
        (status = 404, description = "You have no such token."),
    )
)]
pub(super) async fn revoke(
    caller: Caller<TokensWrite>,
    app: State<App>,
    Segment(token): Segment,
    write: Write,
) -> Result<Response, Problem> {
    let id = TokenId::parse(&token).ok_or(Refusal::TokenNotFound)?;
    let ask = RevokeToken { by: Some(caller.id), token: TokenRef::Id(id) };
    write.submit(&app, &caller, ask, |TokenRevoked(token)| Reply::ok(&TokenBody::of(&token))).await
}
