//! Deleting an account.

use guestlist_core::command::{DeleteUser, DisableUser, RemoveMember};
use guestlist_core::global_role::GlobalRole;
use guestlist_core::group::GroupRef;
use guestlist_core::permission::Permission;
use guestlist_core::user::UserRef;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::super::answer::Answer;
use super::super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Served, Verb, success};
use super::super::params::{Field, Kind, Naming};
use super::super::person;
use super::{USERS, relinquish, set_active};

const ENDPOINT: Endpoint = Endpoint {
    path: "v1/users.delete",
    verb: Verb::Post,
    login: Login::With(Permission::DeleteUser),
    naming: Naming::Nothing,
    fields: &[
        person::USER_ID,
        person::USERNAME,
        person::USER,
        Field::optional("confirmRelinquish", Kind::Flag, "Whether to part with the groups that they alone own."),
    ],
    calls_max: CALLS_MAX,
    tag: USERS,
    summary: "Deletes an account",
    description: "For good. What they did stays told. For administrators.",
    answer: success::<Deleted>,
};

/// What the server calls its own method behind this endpoint.
const METHOD: &str = "deleteUser";

/// The bot that every server has.
const BUILT_IN: &str = "rocket.cat";

pub(super) fn served() -> Served {
    ENDPOINT.serve(handle)
}

async fn handle(call: Call) -> Result<Answer, Answer> {
    let Call { app, caller, params } = &call;
    let user = person::find(&call).await?;
    if user.uid.as_str() == BUILT_IN && user.roles.has(GlobalRole::Bot) {
        let details = json!({ "method": METHOD, "action": "Delete_user" });
        let reason = "Deleting the rocket.cat user is not allowed";
        return Err(Answer::refused("error-action-not-allowed", reason, Some(details)));
    }
    set_active::keep_an_admin(&call, &user).await?;
    let deleted_rooms = relinquish::relinquish(&call, &user, params.flag("confirmRelinquish") == Some(true)).await?;
    // From here on they can do nothing, whatever becomes of the rest.
    if user.id != caller.id {
        let disable = DisableUser { by: Some(caller.id), user: UserRef::Id(user.id) };
        caller.submit(app, disable).await.map_err(|why| Answer::rejected(why, METHOD))?;
    }
    for member in app.store.read().memberships_of(user.id).await? {
        let (group, who) = (GroupRef::Id(member.group), UserRef::Id(user.id));
        let remove = RemoveMember { by: caller.id, group, user: who, spares_owners: false };
        caller.submit(app, remove).await.map_err(|why| Answer::rejected(why, METHOD))?;
    }
    let delete = DeleteUser { by: caller.id, user: UserRef::Id(user.id) };
    caller.submit(app, delete).await.map_err(|why| Answer::rejected(why, METHOD))?;
    Ok(Answer::ok(Deleted { deleted_rooms }))
}

/// What went with the account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Deleted {
    /// Groups that nobody else was in.
    deleted_rooms: Vec<String>,
}
