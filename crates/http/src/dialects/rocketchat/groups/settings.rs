//! What a group is like: its name, its texts, who may write, and whether it is a group at all.

use guestlist_core::command::{ChatPatch, GroupPatch, UpdateGroup};
use guestlist_core::group::GroupRef;
use guestlist_core::names::{Description, Username};
use guestlist_core::permission::Permission;
use guestlist_core::policy;
use guestlist_core::user::UserRef;
use guestlist_store::GroupView;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::super::answer::Answer;
use super::super::endpoint::{AnswerSchema, CALLS_MAX, Call, Endpoint, Login, Served, Verb, success};
use super::super::params::{Field, Kind, Naming};
use super::super::room;
use super::super::wire::{OneGroup, Room};
use super::{SETTINGS, create, name};

/// What the server calls its own method behind these endpoints.
const METHOD: &str = "saveRoomSettings";

const fn endpoint(
    path: &'static str,
    fields: &'static [Field],
    summary: &'static str,
    description: &'static str,
    answer: AnswerSchema,
) -> Endpoint {
    let (verb, login, naming) = (Verb::Post, Login::Needed, Naming::LooseRoom);
    Endpoint { path, verb, login, naming, fields, calls_max: CALLS_MAX, tag: SETTINGS, summary, description, answer }
}

const RENAME: Endpoint = endpoint(
    "v1/groups.rename",
    &[Field::required("name", Kind::Text, "The new name.")],
    "Renames a group",
    "For owners and moderators.",
    success::<OneGroup>,
);

const SET_TOPIC: Endpoint = endpoint(
    "v1/groups.setTopic",
    &[Field::required("topic", Kind::Text, "What is talked about; empty to take it back.")],
    "Sets the topic",
    "For owners and moderators.",
    success::<Topic>,
);

const SET_DESCRIPTION: Endpoint = endpoint(
    "v1/groups.setDescription",
    &[Field::required("description", Kind::Text, "What the group is about; empty to take it back.")],
    "Sets the description",
    "For owners and moderators.",
    success::<Describe>,
);

const SET_PURPOSE: Endpoint = endpoint(
    "v1/groups.setPurpose",
    &[Field::required("purpose", Kind::Text, "What the group is about; empty to take it back.")],
    "Sets the description",
    "The same as `groups.setDescription` under an older name.",
    success::<Purpose>,
);

const SET_ANNOUNCEMENT: Endpoint = endpoint(
    "v1/groups.setAnnouncement",
    &[Field::required("announcement", Kind::Text, "What everybody shall read; empty to take it back.")],
    "Sets the announcement",
    "For owners and moderators.",
    success::<Announcement>,
);

const SET_READ_ONLY: Endpoint = endpoint(
    "v1/groups.setReadOnly",
    &[Field::required("readOnly", Kind::Flag, "Whether only some may write.")],
    "Sets who may write",
    "Kept for chat clients: there is nothing to write here.",
    success::<OneGroup>,
);

const SET_CUSTOM_FIELDS: Endpoint = endpoint(
    "v1/groups.setCustomFields",
    &[Field::required("customFields", Kind::Object, "An object of at most 10,000 bytes in place of the old one.")],
    "Sets the custom fields",
    "For owners and moderators.",
    success::<OneGroup>,
);

const SET_TYPE: Endpoint = endpoint(
    "v1/groups.setType",
    &[Field::required("type", Kind::Text, "`c`: the group becomes public, and is none of these endpoints' any more.")],
    "Makes a group public",
    "For owners and moderators who may make public groups.",
    success::<OneGroup>,
);

pub(super) fn served() -> [Served; 8] {
    [
        RENAME.serve(rename),
        SET_TOPIC.serve(async |call: Call| {
            let text = asked(&call, "topic")?;
            let chat = ChatPatch { topic: Some(text.clone()), ..ChatPatch::default() };
            change(&call, GroupPatch { chat, ..GroupPatch::default() }).await?;
            Ok(Answer::ok(Topic { topic: text.to_string() }))
        }),
        SET_DESCRIPTION.serve(async |call: Call| {
            let description = describe(&call, "description").await?;
            Ok(Answer::ok(Describe { description }))
        }),
        SET_PURPOSE.serve(async |call: Call| {
            let purpose = describe(&call, "purpose").await?;
            Ok(Answer::ok(Purpose { purpose }))
        }),
        SET_ANNOUNCEMENT.serve(async |call: Call| {
            let text = asked(&call, "announcement")?;
            let chat = ChatPatch { announcement: Some(text.clone()), ..ChatPatch::default() };
            change(&call, GroupPatch { chat, ..GroupPatch::default() }).await?;
            Ok(Answer::ok(Announcement { announcement: text.to_string() }))
        }),
        SET_READ_ONLY.serve(set_read_only),
        SET_CUSTOM_FIELDS.serve(async |call: Call| {
            let fields = create::custom_fields(&call.params)?;
            let chat = ChatPatch { custom_fields: Some(fields), ..ChatPatch::default() };
            shown(&call, GroupPatch { chat, ..GroupPatch::default() }).await
        }),
        SET_TYPE.serve(set_type),
    ]
}

async fn rename(call: Call) -> Result<Answer, Answer> {
    let text = call.params.filled("name").ok_or_else(|| Answer::failed("The bodyParam \"name\" is required"))?;
    let view = room::find_active(&call).await?;
    require(&call, &view)?;
    let text = text.trim();
    if text == view.group.slug.as_str() {
        return Ok(Answer::ok(OneGroup { group: Room::load(&call.app, view).await? }));
    }
    let (slug, shown) = name::parse(text)?;
    let holder = match Username::parse(text) {
        Ok(username) => call.app.store.read().user(UserRef::Username(username)).await?,
        Err(_) => None,
    };
    if holder.is_some() {
        let reason = format!("A room, team or user with name '{text}' already exists");
        let details = json!({ "function": "RocketChat.updateRoomName", "handle": text });
        return Err(Answer::refused("error-duplicate-handle", &reason, Some(details)));
    }
    let patch = GroupPatch { slug: Some(slug.clone()), name: Some(shown), ..GroupPatch::default() };
    let update = UpdateGroup { by: call.caller.id, group: GroupRef::Id(view.group.id), patch };
    if let Err(rejection) = call.caller.submit(&call.app, update).await {
        return Err(name::rejected(&call, rejection, &slug, METHOD).await);
    }
    let view = room::again(&call, &view).await?;
    Ok(Answer::ok(OneGroup { group: Room::load(&call.app, view).await? }))
}

async fn describe(call: &Call, field: &str) -> Result<String, Answer> {
    let text = asked(call, field)?;
    change(call, GroupPatch { description: Some(text.clone()), ..GroupPatch::default() }).await?;
    Ok(text.to_string())
}

async fn set_read_only(call: Call) -> Result<Answer, Answer> {
    let is_read_only = call.params.flag("readOnly") == Some(true);
    let view = room::find_active(&call).await?;
    if view.group.chat.is_read_only == is_read_only {
        let error = "The private group read only setting is the same as what it would be changed to.";
        return Err(Answer::failed(error));
    }
    require(&call, &view)?;
    if view.group.chat.is_broadcast {
        return Err(refused("Editing readOnly/reactWhenReadOnly are not allowed for broadcast rooms", "Editing_room"));
    }
    let chat = ChatPatch { is_read_only: Some(is_read_only), ..ChatPatch::default() };
    shown(&call, GroupPatch { chat, ..GroupPatch::default() }).await
}

async fn set_type(call: Call) -> Result<Answer, Answer> {
    let kind = call.params.filled("type").ok_or_else(|| Answer::failed("The bodyParam \"type\" is required"))?;
    let view = room::find_active(&call).await?;
    if kind == "p" {
        return Err(Answer::failed("The private group type is the same as what it would be changed to."));
    }
    require(&call, &view)?;
    if kind != "c" {
        return Err(Answer::refused_by(
            METHOD,
            "error-invalid-room-type",
            &format!("{kind} is not a valid room type."),
        ));
    }
    if !policy::has(call.app.permissions(), Permission::PublishGroup, &call.caller, None) {
        let reason = "Changing a private group to a public channel is not allowed";
        return Err(refused(reason, "Change_Room_Type"));
    }
    shown(&call, GroupPatch { is_public: Some(true), ..GroupPatch::default() }).await
}

/// The text of a field, as a group may have it.
fn asked(call: &Call, field: &str) -> Result<Description, Answer> {
    text(field, &call.params.text(field).unwrap_or_default())
}

/// A text as a group may have it.
pub(super) fn text(field: &str, text: &str) -> Result<Description, Answer> {
    Description::parse(text).map_err(|error| Answer::failed(&format!("The bodyParam \"{field}\" {error}")))
}

/// Changes the group, and shows it.
async fn shown(call: &Call, patch: GroupPatch) -> Result<Answer, Answer> {
    let view = change(call, patch).await?;
    let view = room::again(call, &view).await?;
    Ok(Answer::ok(OneGroup { group: Room::load(&call.app, view).await? }))
}

async fn change(call: &Call, patch: GroupPatch) -> Result<GroupView, Answer> {
    let view = room::find_active(call).await?;
    require(call, &view)?;
    let update = UpdateGroup { by: call.caller.id, group: GroupRef::Id(view.group.id), patch };
    call.caller.submit(&call.app, update).await.map_err(|rejection| Answer::rejected(rejection, METHOD))?;
    Ok(view)
}

fn require(call: &Call, view: &GroupView) -> Result<(), Answer> {
    let may = policy::may(call.app.permissions(), Permission::ChangeGroup, &call.caller, view.membership.as_ref());
    if may { Ok(()) } else { Err(refused("Editing room is not allowed", "Editing_room")) }
}

fn refused(reason: &str, action: &str) -> Answer {
    let details = json!({ "method": METHOD, "action": action });
    Answer::refused("error-action-not-allowed", reason, Some(details))
}

/// The new topic.
#[derive(Debug, Serialize, ToSchema)]
struct Topic {
    topic: String,
}

/// The new description.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Description)]
struct Describe {
    description: String,
}

/// The new description.
#[derive(Debug, Serialize, ToSchema)]
struct Purpose {
    purpose: String,
}

/// The new announcement.
#[derive(Debug, Serialize, ToSchema)]
struct Announcement {
    announcement: String,
}
