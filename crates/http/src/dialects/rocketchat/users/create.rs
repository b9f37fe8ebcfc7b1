//! Opening an account for somebody.

use guestlist_core::chat::Profile;
use guestlist_core::command::{AddUser, DisableUser};
use guestlist_core::ids::{Uid, uuid_v4};
use guestlist_core::permission::Permission;
use guestlist_core::policy;
use guestlist_core::user::UserRef;
use serde_json::json;

use super::super::answer::Answer;
use super::super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Served, Verb, success};
use super::super::params::{Field, Kind, Naming};
use super::wire::{OneUser, Shown};
use super::{USERS, account};

const ENDPOINT: Endpoint = Endpoint {
    path: "v1/users.create",
    verb: Verb::Post,
    login: Login::Needed,
    naming: Naming::Nothing,
    fields: &[
        Field::required("email", Kind::Text, "An address of theirs."),
        Field::required("name", Kind::Text, "Their name for people."),
        Field::required("password", Kind::Text, "What they sign in with."),
        Field::required("username", Kind::Text, "Their name for signing in."),
        Field::optional("active", Kind::Flag, "Whether they can sign in; so it is unless told otherwise."),
        Field::optional("roles", Kind::NullableTexts, "What they are: `user` unless told otherwise."),
        Field::optional("verified", Kind::Flag, "Whether the address is known to be theirs."),
        Field::optional("nickname", Kind::Text, "What friends call them."),
        Field::optional("bio", Kind::Text, "What they say of themselves."),
        Field::optional("statusText", Kind::Text, "What they are doing."),
        Field::optional("customFields", Kind::NullableObject, "Whatever the client wants to keep."),
        Field::optional("joinDefaultChannels", Kind::Flag, "Of no effect: there are none."),
        Field::optional("requirePasswordChange", Kind::Flag, "Of no effect."),
        Field::optional("setRandomPassword", Kind::Flag, "Of no effect."),
        Field::optional("sendWelcomeEmail", Kind::Flag, "Of no effect."),
        Field::optional("fields", Kind::Text, "Of no effect."),
        Field::optional("freeSwitchExtension", Kind::Text, "Of no effect."),
    ],
    calls_max: CALLS_MAX,
    tag: USERS,
    summary: "Opens an account",
    description: "For administrators.",
    answer: success::<OneUser>,
};

pub(super) fn served() -> Served {
    ENDPOINT.serve(handle)
}

async fn handle(call: Call) -> Result<Answer, Answer> {
    let Call { app, caller, params } = &call;
    let text = |name| params.text(name).unwrap_or_default();
    let name = account::name(&text("name"))?;
    if !policy::has(app.permissions(), Permission::CreateUser, caller, None) {
        let details = json!({ "method": account::METHOD, "action": "Adding_user" });
        return Err(Answer::refused("error-action-not-allowed", "Adding user is not allowed", Some(details)));
    }
    let username = account::username(&text("username"))?;
    let (roles, is_admin) = account::roles(&call, params)?.unwrap_or_default();
    let email = account::email(&text("email"))?;
    let profile = Profile {
        nickname: account::nickname(params)?,
        bio: account::bio(params)?,
        status_text: account::status_text(params)?,
        custom_fields: account::custom_fields(params)?,
    };
    let password = account::password(app, &text("password")).await?;
    let (shown_name, shown_email) = (username.to_string(), email.to_string());
    let add = AddUser {
        by: Some(caller.id),
        id: None,
        uid: Uid::generate(&*app.entropy),
        subject: uuid_v4(&*app.entropy).into(),
        username: Some(username),
        name,
        language: None,
        email: Some(email),
        is_email_verified: params.flag("verified") == Some(true),
        is_admin,
        roles,
        is_founder: false,
        profile,
        password: Some(password),
    };
    let added = caller.submit(app, add).await;
    let mut user = added.map_err(|why| account::rejected(why, Some(&shown_name), Some(&shown_email)))?.0;
    if params.flag("active") == Some(false) {
        let disable = DisableUser { by: None, user: UserRef::Id(user.id) };
        let disabled = caller.submit(app, disable).await;
        user = disabled.map_err(|why| Answer::rejected(why, account::METHOD))?.0;
    }
    let emails = app.store.read().emails(user.id).await?;
    Ok(Answer::ok(OneUser { user: Shown::in_full(&user, &emails) }))
}
