//! Accounts: one's own, and all of them for administrators of the installation.

use axum::extract::State;
use axum::response::Response;
use guestlist_core::chat::Profile;
use guestlist_core::command::{AddUser, DisableUser};
use guestlist_core::global_role::GlobalRoles;
use guestlist_core::ids::{Uid, UserId, uuid_v4};
use guestlist_core::names::{DisplayName, Email, Subject, Username};
use guestlist_core::outcome::{UserAdded, UserDisabled};
use guestlist_core::version::{Version, Versioned};
use guestlist_core::{Refusal, policy};
use serde::Deserialize;
use utoipa::ToSchema;

use super::PREFIX;
use super::answer::Answer;
use super::body::{Parsed, present};
use super::caller::Caller;
use super::page::{List, Paging};
use super::problem::Problem;
use super::reply::Reply;
use super::scope::{UsersRead, UsersWrite};
use super::user::{self, UserBody};
use super::words::{LanguageTag, LanguageWord};
use super::write::{IfMatch, Write};
use crate::App;
use crate::path::Segment;

/// The caller's own account.
#[utoipa::path(
    get,
    path = "/me",
    operation_id = "get_me",
    tag = "Users",
    security(("bearer" = ["guestlist.users.read"])),
    responses((status = 200, description = "The account.", body = UserBody))
)]
pub(super) async fn me(caller: Caller<UsersRead>, app: State<App>) -> Result<Answer<UserBody>, Problem> {
    let emails = app.store.read().emails(caller.id).await?;
    Ok(Answer::of(UserBody::with_emails(&caller, &emails)).versioned(Version::of_user(&caller)))
}

/// All accounts, in the order of their numbers. For administrators.
#[utoipa::path(
    get,
    path = "/users",
    operation_id = "list_users",
    tag = "Users",
    security(("bearer" = ["guestlist.users.read"])),
    params(Paging),
    responses((status = 200, description = "A page of accounts.", body = List<UserBody>))
)]
pub(super) async fn list(
    caller: Caller<UsersRead>,
    app: State<App>,
    paging: Paging,
) -> Result<Answer<List<UserBody>>, Problem> {
    policy::require_administrator(&caller)?;
    let page = app.store.read().users(paging.request(UserId::parse)?).await?;
    Ok(Answer::of(List::of(page, UserBody::of)))
}

/// An account: one's own or, for administrators, any.
#[utoipa::path(
    get,
    path = "/users/{user}",
    operation_id = "get_user",
    tag = "Users",
    security(("bearer" = ["guestlist.users.read"])),
    params(("user" = String, Path, description = "The user's number or uid, or `me`.")),
    responses(
        (status = 200, description = "The account.", body = UserBody),
        (status = 404, description = "There is no such user, or it is not yours to look at."),
    )
)]
pub(super) async fn show(
    caller: Caller<UsersRead>,
    app: State<App>,
    Segment(name): Segment,
) -> Result<Answer<UserBody>, Problem> {
    let who = user::named(&caller, &name).ok_or(Refusal::UserNotFound)?;
    let found = app.store.read().user(who).await?;
    let found = found.filter(|found| policy::may_see_account(&caller, found.id)).ok_or(Refusal::UserNotFound)?;
    let emails = app.store.read().emails(found.id).await?;
    Ok(Answer::of(UserBody::with_emails(&found, &emails)).versioned(Version::of_user(&found)))
}

/// A new account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewUser {
    /// The `sub` of their tokens; a new UUID if left out.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 255)]
    subject: Option<Parsed<Subject>>,
    /// For signing in.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, pattern = "^[A-Za-z0-9._-]{1,64}$")]
    username: Option<Parsed<Username>>,
    /// For people.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, min_length = 1, max_length = 120)]
    name: Option<Parsed<DisplayName>>,
    /// Taken as verified: whoever opens the account vouches for it.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, format = Email)]
    email: Option<Parsed<Email>>,
    /// The one that they read, in which to write to them.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = LanguageWord, required = false)]
    language: Option<LanguageTag>,
    /// Whether to make an administrator of the whole installation.
    #[serde(default)]
    is_admin: bool,
}

/// Opens an account. For administrators.
#[utoipa::path(
    post,
    path = "/users",
    operation_id = "create_user",
    tag = "Users",
    security(("bearer" = ["guestlist.users.write"])),
    params(Write),
    request_body = NewUser,
    responses(
        (status = 201, description = "The account.", body = UserBody),
        (status = 409, description = "The subject, the username or the address is somebody else's."),
    )
)]
pub(super) async fn create(caller: Caller<UsersWrite>, app: State<App>, write: Write) -> Result<Response, Problem> {
    let new: NewUser = write.read()?;
    let subject = new.subject.map(|Parsed(subject)| subject);
    let ask = AddUser {
        by: Some(caller.id),
        id: None,
        uid: Uid::generate(&*app.entropy),
        subject: subject.unwrap_or_else(|| uuid_v4(&*app.entropy).into()),
        username: new.username.map(|Parsed(name)| name),
        name: new.name.map(|Parsed(name)| name),
        language: new.language.map(|LanguageTag(language)| language),
        email: new.email.map(|Parsed(email)| email),
        is_admin: new.is_admin,
        roles: GlobalRoles::default(),
        password: None,
        is_email_verified: true,
        is_founder: false,
        profile: Profile::default(),
    };
    write
        .submit(&app, &caller, ask, |UserAdded(user)| {
            Reply::created(&format!("{PREFIX}/users/{}", user.id), &UserBody::of(&user))
                .versioned(Version::of_user(&user))
        })
        .await
}

/// Switches an account off: its tokens stop working, its memberships stay. For administrators.
#[utoipa::path(
    post,
    path = "/users/{user}/disable",
    operation_id = "disable_user",
    tag = "Users",
    security(("bearer" = ["guestlist.users.write"])),
    params(("user" = String, Path, description = "The user's number or uid, or `me`."), Write, IfMatch),
    responses(
        (status = 200, description = "The account, which is off.", body = UserBody),
        (status = 404, description = "There is no such user."),
        (status = 409, description = "The user is the last owner of a group."),
    )
)]
pub(super) async fn disable(
    caller: Caller<UsersWrite>,
    app: State<App>,
    Segment(name): Segment,
    write: Write,
) -> Result<Response, Problem> {
    let user = user::named(&caller, &name).ok_or(Refusal::UserNotFound)?;
    let write = write.of(Versioned::User(user.clone()));
    write
        .submit(&app, &caller, DisableUser { by: Some(caller.id), user }, |UserDisabled(user)| {
            Reply::ok(&UserBody::of(&user)).versioned(Version::of_user(&user))
        })
        .await
}
