//! Opening an account for oneself, where the operator allows it.

use guestlist_core::Refusal;
use guestlist_core::chat::Profile;
use guestlist_core::command::AddUser;
use guestlist_core::global_role::GlobalRoles;
use guestlist_core::ids::{Uid, uuid_v4};
use guestlist_core::names::{Email, Username};
use guestlist_core::user::UserRef;
use guestlist_store::Rejection;

use super::super::answer::Answer;
use super::super::endpoint::{Endpoint, Login, OpenCall, Served, Verb, success};
use super::super::params::{Field, Kind, Naming};
use super::wire::{OneUser, Shown};
use super::{USERS, account};

const ENDPOINT: Endpoint = Endpoint {
    path: "v1/users.register",
    verb: Verb::Post,
    login: Login::NotNeeded,
    naming: Naming::Nothing,
    fields: &[
        Field::required("username", Kind::Text, "A name for signing in."),
        Field::required("email", Kind::Text, "An address."),
        Field::required("pass", Kind::Text, "What to sign in with."),
        Field::optional("name", Kind::Text, "A name for people."),
        Field::optional("secret", Kind::Text, "Of no effect."),
        Field::optional("reason", Kind::Text, "Of no effect."),
        Field::optional("customFields", Kind::NullableObject, "Whatever the client wants to keep."),
    ],
    calls_max: 1,
    tag: USERS,
    summary: "Registers",
    description: "Where the operator has switched it on. The first person ever becomes an administrator.",
    answer: success::<OneUser>,
};

/// What the server calls its own method behind this endpoint.
const METHOD: &str = "registerUser";

pub(super) fn served() -> Served {
    ENDPOINT.serve_anybody(handle)
}

async fn handle(call: OpenCall) -> Result<Answer, Answer> {
    let OpenCall { app, caller, origin, params } = call;
    if caller.is_some() {
        return Err(Answer::failed("Logged in users can not register again."));
    }
    let text = |name| params.text(name).unwrap_or_default();
    let shown = params.filled("name").unwrap_or_else(|| text("username"));
    let name = account::name(&shown)?;
    let username = Username::parse(&text("username")).ok().filter(|name| !account::is_blocked(name.as_str()));
    let username = username.ok_or_else(|| Answer::failed("The username provided is not valid"))?;
    let taken = || Answer::failed("Username is already in use");
    if app.store.read().user(UserRef::Username(username.clone())).await?.is_some() {
        return Err(taken());
    }
    let address = text("email");
    let email = Email::parse(&address);
    let exists = || Answer::failed("Email already exists");
    if let Ok(email) = &email
        && app.store.read().user(UserRef::Email(email.clone())).await?.is_some()
    {
        return Err(exists());
    }
    if !app.is_registration_open {
        return Err(Answer::refused_by(METHOD, "error-user-registration-disabled", "User registration is disabled"));
    }
    let email = account::email(&address).and(email.map_err(|_| exists()))?;
    let password = account::password(&app, &text("pass")).await?;
    let add = AddUser {
        by: None,
        id: None,
        uid: Uid::generate(&*app.entropy),
        subject: uuid_v4(&*app.entropy).into(),
        username: Some(username),
        name,
        language: None,
        email: Some(email),
        is_email_verified: false,
        is_admin: false,
        roles: GlobalRoles::default(),
        is_founder: true,
        profile: Profile { custom_fields: account::custom_fields(&params)?, ..Profile::default() },
        password: Some(password),
    };
    let added = app.store.submit_from(&origin, add).await.map_err(|rejection| match rejection {
        Rejection::Refused(Refusal::UsernameTaken, _) => taken(),
        Rejection::Refused(Refusal::EmailTaken, _) => exists(),
        rejection => Answer::rejected(rejection, METHOD),
    })?;
    Ok(Answer::ok(OneUser { user: Shown::in_short(&added.0) }))
}
