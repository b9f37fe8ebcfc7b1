//! Changing an account.

use guestlist_core::command::{DisableUser, EnableUser, UpdateUser, UserPatch};
use guestlist_core::ids::Uid;
use guestlist_core::permission::Permission;
use guestlist_core::policy;
use guestlist_core::user::UserRef;
use serde_json::{Value, json};

use super::super::answer::Answer;
use super::super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Served, Verb, success};
use super::super::params::{Field, Kind, Naming, Params};
use super::relinquish;
use super::wire::{OneUser, Shown, sees_in_full};
use super::{USERS, account};

const ENDPOINT: Endpoint = Endpoint {
    path: "v1/users.update",
    verb: Verb::Post,
    login: Login::Needed,
    naming: Naming::Nothing,
    fields: &[
        Field::required("userId", Kind::NonEmptyText, "The `_id` of the user."),
        Field::required("data", Kind::Object, "What changes."),
        Field::optional("confirmRelinquish", Kind::Flag, "Whether to part with groups, should it come to that."),
    ],
    calls_max: CALLS_MAX,
    tag: USERS,
    summary: "Changes an account",
    description: "One's own or, for administrators, anybody's. A new address is not verified.",
    answer: success::<OneUser>,
};

/// What may change.
const DATA: &[Field] = &[
    Field::optional("email", Kind::Text, ""),
    Field::optional("name", Kind::Text, ""),
    Field::optional("password", Kind::Text, ""),
    Field::optional("username", Kind::Text, ""),
    Field::optional("bio", Kind::Text, ""),
    Field::optional("nickname", Kind::Text, ""),
    Field::optional("statusText", Kind::Text, ""),
    Field::optional("active", Kind::Flag, ""),
    Field::optional("roles", Kind::NullableTexts, ""),
    Field::optional("requirePasswordChange", Kind::Flag, ""),
    Field::optional("setRandomPassword", Kind::Flag, ""),
    Field::optional("sendWelcomeEmail", Kind::Flag, ""),
    Field::optional("verified", Kind::Flag, ""),
    Field::optional("customFields", Kind::NullableObject, ""),
    Field::optional("status", Kind::Text, ""),
    Field::optional("freeSwitchExtension", Kind::Text, ""),
];

pub(super) fn served() -> Served {
    ENDPOINT.serve(handle)
}

async fn handle(call: Call) -> Result<Answer, Answer> {
    let Call { app, caller, params } = &call;
    let data = Params::of(params.object("data").cloned().map(Value::Object));
    data.check(Naming::Nothing, DATA).map_err(|told| Answer::invalid_body(&told))?;
    let id = params.text("userId").unwrap_or_default();
    let is_self = id == caller.uid.as_str();
    if !is_self && !policy::has(app.permissions(), Permission::ChangeUser, caller, None) {
        let details = json!({ "method": account::METHOD, "action": "Editing_user" });
        return Err(Answer::refused("error-action-not-allowed", "Editing user is not allowed", Some(details)));
    }
    let user = match Uid::parse(&id) {
        Some(uid) => app.store.read().user(UserRef::Uid(uid)).await?,
        None => None,
    };
    let user = user.ok_or_else(Answer::invalid_user)?;
    let which = UserRef::Id(user.id);
    let roles = account::roles(&call, &data)?;
    let patch = UserPatch {
        username: data.filled("username").map(|text| account::username(&text)).transpose()?,
        name: data.filled("name").map(|text| account::name(&text)).transpose()?.flatten(),
        email: data.filled("email").map(|text| account::email(&text)).transpose()?,
        is_email_verified: data.flag("verified"),
        password: match data.text("password").filter(|text| !text.is_empty()) {
            Some(text) => Some(account::password(app, &text).await?),
            None => None,
        },
        is_admin: roles.map(|(_, is_admin)| is_admin),
        roles: roles.map(|(roles, _)| roles),
        nickname: account::nickname(&data)?,
        bio: account::bio(&data)?,
        status_text: account::status_text(&data)?,
        custom_fields: account::custom_fields(&data)?,
    };
    let (username, email) = (data.text("username"), data.text("email"));
    let update = UpdateUser { by: caller.id, user: which.clone(), patch };
    let updated = caller.submit(app, update).await;
    let mut user = updated.map_err(|why| account::rejected(why, username.as_deref(), email.as_deref()))?.0;
    match data.flag("active") {
        Some(true) => {
            let enabled = caller.submit(app, EnableUser { by: Some(caller.id), user: which }).await;
            user = enabled.map_err(|why| Answer::rejected(why, account::METHOD))?.0;
        }
        Some(false) => {
            relinquish::relinquish(&call, &user, params.flag("confirmRelinquish") == Some(true)).await?;
            let disabled = caller.submit(app, DisableUser { by: Some(caller.id), user: which }).await;
            user = disabled.map_err(|why| Answer::rejected(why, account::METHOD))?.0;
        }
        None => {}
    }
    let shown = if sees_in_full(app, caller, &user) {
        Shown::in_full(&user, &app.store.read().emails(user.id).await?)
    } else {
        Shown::in_short(&user)
    };
    Ok(Answer::ok(OneUser { user: shown }))
}
