//! Switching an account off, and on again.

use guestlist_core::command::{DisableUser, EnableUser};
use guestlist_core::ids::Uid;
use guestlist_core::permission::Permission;
use guestlist_core::user::{User, UserRef};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::super::answer::Answer;
use super::super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Served, Verb, success};
use super::super::params::{Field, Kind, Naming};
use super::{USERS, relinquish};

const ENDPOINT: Endpoint = Endpoint {
    path: "v1/users.setActiveStatus",
    verb: Verb::Post,
    login: Login::With(Permission::SwitchUserOff),
    naming: Naming::Nothing,
    fields: &[
        Field::required("userId", Kind::Text, "The `_id` of the user."),
        Field::required("activeStatus", Kind::Flag, "Whether they can sign in."),
        Field::optional("confirmRelinquish", Kind::Flag, "Whether to part with the groups that they alone own."),
    ],
    calls_max: CALLS_MAX,
    tag: USERS,
    summary: "Switches an account off or on",
    description: "Who is switched off stays a member, but owns nothing, and has to sign in anew afterwards. For administrators.",
    answer: success::<Switched>,
};

/// What the server calls its own method behind this endpoint.
const METHOD: &str = "setUserActiveStatus";

pub(super) fn served() -> Served {
    ENDPOINT.serve(handle)
}

async fn handle(call: Call) -> Result<Answer, Answer> {
    let Call { app, caller, params } = &call;
    let user = match params.text("userId").as_deref().and_then(Uid::parse) {
        Some(uid) => app.store.read().user(UserRef::Uid(uid)).await?,
        None => None,
    };
    let user = user.ok_or_else(|| Answer::failed("User not found"))?;
    let (by, which) = (Some(caller.id), UserRef::Id(user.id));
    let rejected = |why| Answer::rejected(why, METHOD);
    let user = if params.flag("activeStatus") == Some(true) {
        caller.submit(app, EnableUser { by, user: which }).await.map_err(rejected)?.0
    } else {
        keep_an_admin(&call, &user).await?;
        relinquish::relinquish(&call, &user, params.flag("confirmRelinquish") == Some(true)).await?;
        caller.submit(app, DisableUser { by, user: which }).await.map_err(rejected)?.0
    };
    Ok(Answer::ok(Switched { user: Status { id: user.uid.to_string(), active: user.is_active() } }))
}

/// Insists that somebody is left to look after the installation.
pub(super) async fn keep_an_admin(call: &Call, user: &User) -> Result<(), Answer> {
    if user.is_admin && user.is_active() && call.app.store.read().active_admins().await? <= 1 {
        let details = json!({ "method": "removeUserFromRole", "action": "Remove_last_admin" });
        let reason = "Leaving the app without an active admin is not allowed";
        return Err(Answer::refused("error-action-not-allowed", reason, Some(details)));
    }
    Ok(())
}

/// What has changed.
#[derive(Debug, Serialize, ToSchema)]
struct Switched {
    user: Status,
}

/// Whether somebody can sign in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ActiveStatus)]
struct Status {
    #[serde(rename = "_id")]
    id: String,
    active: bool,
}
