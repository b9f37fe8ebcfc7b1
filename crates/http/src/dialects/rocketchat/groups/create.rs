//! Making a private group.

use guestlist_core::chat::{ChatSettings, CustomFields};
use guestlist_core::command::CreateGroup;
use guestlist_core::group::GroupRef;
use guestlist_core::ids::Uid;
use guestlist_core::names::{Description, Username};
use guestlist_core::permission::Permission;
use guestlist_core::policy;
use guestlist_core::user::UserRef;
use serde_json::{Value, json};

use super::super::answer::Answer;
use super::super::endpoint::{CALLS_MAX, Call, Endpoint, Login, Served, Verb, success};
use super::super::params::{Field, Kind, Naming, Params};
use super::super::wire::{OneGroup, Room};
use super::{GROUPS, name};

const ENDPOINT: Endpoint = Endpoint {
    path: "v1/groups.create",
    verb: Verb::Post,
    login: Login::Needed,
    naming: Naming::Nothing,
    fields: &[
        Field::required("name", Kind::Text, "Its name: letters of ASCII, digits and . _ -"),
        Field::optional("members", Kind::NullableTexts, "The usernames of its first members."),
        Field::optional("readOnly", Kind::Flag, "Whether only some may write."),
        Field::optional("excludeSelf", Kind::Flag, "Whether the caller stays outside. The group then has no owner."),
        Field::optional("customFields", Kind::NullableObject, "Whatever the client wants to keep."),
        Field::optional("extraData", Kind::NullableObject, "`broadcast`, `encrypted`, `federated`, `teamId`, `topic`."),
    ],
    calls_max: CALLS_MAX,
    tag: GROUPS,
    summary: "Makes a group",
    description: "The caller owns it; the members are in it at once. Who does not exist is passed over.",
    answer: success::<OneGroup>,
};

/// What the server calls its own methods behind this endpoint.
const METHOD: &str = "createPrivateGroup";

pub(super) fn served() -> Served {
    ENDPOINT.serve(handle)
}

async fn handle(call: Call) -> Result<Answer, Answer> {
    let Call { app, caller, params } = &call;
    let extra = Extra::of(params)?;
    let text = params.text("name").unwrap_or_default();
    if text.is_empty() {
        return Err(Answer::failed("Body param \"name\" is required"));
    }
    let refused = || Answer::refused_by(METHOD, "error-not-allowed", "Not allowed");
    if !policy::has(app.permissions(), Permission::CreateGroup, caller, None) {
        return Err(refused());
    }
    if extra.has_team {
        let reason = "The \"teamId\" param provided does not match any team";
        return Err(Answer::refused_by(METHOD, "error-team-not-found", reason));
    }
    let members = params.texts("members").unwrap_or_default();
    if members.iter().any(|member| member.starts_with('@') && member.contains(':')) {
        let reason = "Cannot add federated users to non-federated rooms";
        return Err(Answer::refused_by("createRoom", "error-federated-users-in-non-federated-rooms", reason));
    }
    if text.trim().is_empty() {
        let details = json!({ "function": "RocketChat.createRoom" });
        return Err(Answer::refused("error-invalid-name", "Invalid name", Some(details)));
    }
    let (slug, shown) = name::parse(text.trim())?;
    let members = members.iter().filter_map(|member| Username::parse(member).ok());
    let create = CreateGroup {
        by: Some(caller.id),
        owner: UserRef::Id(caller.id),
        id: None,
        uid: Uid::generate(&*app.entropy),
        slug: slug.clone(),
        name: shown,
        description: Description::default(),
        language: None,
        is_public: false,
        chat: ChatSettings {
            topic: extra.topic,
            announcement: None,
            is_read_only: extra.is_broadcast || params.flag("readOnly") == Some(true),
            is_broadcast: extra.is_broadcast,
            custom_fields: custom_fields(params)?,
        },
        members: members.map(UserRef::Username).collect(),
        is_without_owner: params.flag("excludeSelf") == Some(true),
    };
    let group = match call.caller.submit(app, create).await {
        Ok(created) => created.0,
        Err(rejection) => return Err(name::rejected(&call, rejection, &slug, METHOD).await),
    };
    let view = app.store.read().group(GroupRef::Id(group.id), Some(caller.id)).await?;
    let view = view.ok_or_else(Answer::room_not_found)?;
    Ok(Answer::ok(OneGroup { group: Room::load(app, view).await? }))
}

/// The custom fields of a body, unless they are too many.
pub(super) fn custom_fields(params: &Params) -> Result<Option<CustomFields>, Answer> {
    let fields = params.object("customFields").cloned().map(CustomFields::try_from).transpose();
    fields.map_err(|error| Answer::failed(&format!("Body param \"customFields\" {error}")))
}

/// What `extraData` says.
struct Extra {
    is_broadcast: bool,
    has_team: bool,
    topic: Option<Description>,
}

impl Extra {
    const FIELDS: &[Field] = &[
        Field::optional("broadcast", Kind::Flag, ""),
        Field::optional("encrypted", Kind::Flag, ""),
        Field::optional("federated", Kind::Flag, ""),
        Field::optional("teamId", Kind::Text, ""),
        Field::optional("topic", Kind::Text, ""),
    ];

    fn of(params: &Params) -> Result<Self, Answer> {
        let extra = Params::of(params.object("extraData").cloned().map(Value::Object));
        extra.check(Naming::Nothing, Self::FIELDS).map_err(|told| Answer::invalid_body(&told))?;
        let topic = extra.text("topic").map(|text| super::settings::text("topic", &text)).transpose()?;
        Ok(Self {
            is_broadcast: extra.flag("broadcast") == Some(true),
            has_team: extra.filled("teamId").is_some(),
            topic,
        })
    }
}
