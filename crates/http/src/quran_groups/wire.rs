//! The shapes that both generations of the API have in common.

use std::borrow::Cow;

use guestlist_core::group::GroupKind;
use guestlist_core::names::Email;
use guestlist_core::policy;
use guestlist_core::user::User;
use guestlist_store::GroupView;
use serde::Serialize;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, OneOfBuilder, Type};
use utoipa::openapi::{KnownFormat, RefOr, Schema, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};

use crate::App;
use crate::openapi::{always, one_of};

/// What these APIs show where a group has no picture.
pub(crate) const MISSING_AVATAR: &str = "/avatars/original/missing.png";

/// A success. There is nothing beside these two fields.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Success<T> {
    #[schema(schema_with = always::<true>)]
    success: bool,
    data: T,
}

impl<T> Success<T> {
    pub(crate) const fn of(data: T) -> Self {
        Self { success: true, data }
    }
}

/// An answer that says the same whenever it is given.
macro_rules! says {
    ($name:ident, $message:literal) => {
        #[doc = concat!("Always \"", $message, "\"")]
        #[derive(Debug, Serialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            #[schema(schema_with = Self::message)]
            message: &'static str,
        }

        impl $name {
            fn message() -> RefOr<Schema> {
                one_of("Always this.", [$message])
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self { message: $message }
            }
        }
    };
}

says!(Invited, "User has been invited successfully.");
says!(AdminAssigned, "User has been assigned as an admin successfully.");
says!(Removed, "User has been removed successfully.");

/// A group, or a page.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum RoomType {
    Group,
    Page,
}

/// A group or page: 14 fields, none of them ever null.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, clippy::struct_field_names, reason = "the fields are the API's")]
pub(crate) struct Room {
    #[schema(example = 123, minimum = 1)]
    id: i64,
    #[schema(example = "My Halaqa")]
    name: String,
    /// Empty if there is none.
    #[schema(example = "This is our Halaqa's group.")]
    description: String,
    /// Whether everybody may see it.
    public: bool,
    /// Whether it takes new members.
    active: bool,
    verified: bool,
    /// The name of a page; empty for a group.
    #[schema(example = "")]
    subdomain: String,
    #[schema(inline)]
    room_type: RoomType,
    /// The name of a group in addresses; empty for a page.
    #[schema(example = "my-halaqa")]
    group: String,
    #[schema(example = "/avatars/original/missing.png")]
    avatar: &'static str,
    /// Where people find it.
    #[schema(example = "https://quranreflect.com/groups/my-halaqa")]
    link: String,
    /// How many people belong to it, whoever was only invited not counted.
    #[schema(example = 5, minimum = 0)]
    members_count: i64,
    /// There are no posts here.
    #[schema(example = 0, minimum = 0)]
    posts_count: i64,
    /// Whether the caller may invite.
    current_user_is_admin: bool,
}

impl Room {
    pub(crate) fn of(view: &GroupView, caller: &User, app: &App) -> Self {
        let public_url = &app.public_url;
        let group = &view.group;
        let slug = group.slug.to_string();
        let (room_type, slug, subdomain, link) = match group.kind {
            GroupKind::Group => (RoomType::Group, slug, String::new(), format!("{public_url}/groups/{}", group.slug)),
            GroupKind::Page => (RoomType::Page, String::new(), slug, public_url.clone()),
        };
        Self {
            id: group.id.get(),
            name: group.name.to_string(),
            description: group.description.to_string(),
            public: group.is_public,
            active: group.is_active(),
            verified: group.is_verified || group.kind == GroupKind::Page,
            subdomain,
            room_type,
            group: slug,
            avatar: MISSING_AVATAR,
            link,
            members_count: group.tally.members,
            posts_count: 0,
            current_user_is_admin: policy::runs_group(app.permissions(), caller, view.membership.as_ref()),
        }
    }
}

/// The caller's groups, split by kind, each list in the order of the names.
#[derive(Debug, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rooms {
    pub(super) pages: Vec<Room>,
    pub(super) groups: Vec<Room>,
}

/// The body of `inviteUser`, which [`super::invitee`] reads.
pub(crate) struct InviteUser;

impl PartialSchema for InviteUser {
    fn schema() -> RefOr<Schema> {
        let email = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Email)))
            .max_length(Some(Email::MAX_BYTES))
            .description(Some("An address, whether or not it is anybody's here."))
            .examples(["amer@example.org"]);
        OneOfBuilder::new()
            .description(Some("Whom to invite: one of the two."))
            .item(named_by("InviteByUserId", "userId", user_id()))
            .item(named_by("InviteByEmail", "email", email))
            .into()
    }
}

impl ToSchema for InviteUser {
    fn name() -> Cow<'static, str> {
        "InviteUser".into()
    }
}

/// The body of operations on somebody with an account, which [`super::user`] reads.
pub(crate) struct NameUser;

impl PartialSchema for NameUser {
    fn schema() -> RefOr<Schema> {
        named_by("NameUser", "userId", user_id()).into()
    }
}

impl ToSchema for NameUser {
    fn name() -> Cow<'static, str> {
        "NameUser".into()
    }
}

fn user_id() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(1))
        .description(Some("The number of somebody with an account."))
        .examples([153])
}

/// An object with just this field.
fn named_by(title: &str, name: &str, field: ObjectBuilder) -> ObjectBuilder {
    ObjectBuilder::new()
        .title(Some(title))
        .property(name, field)
        .required(name)
        .additional_properties(Some(AdditionalProperties::FreeForm(false)))
}
