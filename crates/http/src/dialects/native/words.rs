//! The words that this API uses for what there are only a few of.

use std::borrow::Cow;

use guestlist_core::delivery::StepKind;
use guestlist_core::invitation::InvitationState;
use guestlist_core::language::Language;
use guestlist_core::mail::MailKind;
use guestlist_core::member::{Role, RoleSet};
use guestlist_core::outcome::Standing;
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error as _};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use crate::openapi::one_of;

/// Words for the values of a type: how they are written, and what the document says of them.
macro_rules! words {
    ($($(#[$docs:meta])* $word:ident for $of:ident as $name:literal: $description:literal, $values:expr;)*) => {$(
        $(#[$docs])*
        #[derive(Debug, Serialize)]
        pub(super) struct $word(&'static str);

        impl From<$of> for $word {
            fn from(value: $of) -> Self {
                Self(value.as_str())
            }
        }

        impl PartialSchema for $word {
            fn schema() -> RefOr<Schema> {
                one_of($description, $values.map($of::as_str))
            }
        }

        impl ToSchema for $word {
            fn name() -> Cow<'static, str> {
                $name.into()
            }
        }
    )*};
}

words! {
    /// A role.
    RoleWord for Role as "Role": "What somebody may do in a group besides belonging to it.", Role::ALL;
    /// The state of an invitation.
    InvitationStateWord for InvitationState as "InvitationState": "What became of an invitation.", InvitationState::ALL;
    /// A language that people are written to in.
    LanguageWord for Language as "Language": "A language that people are written to in (BCP 47).", Language::ALL;
    /// What happened on the way of an invitation.
    StepWord for StepKind as "DeliveryStepKind": "What happened on the way of an invitation.", StepKind::ALL;
    /// A mail about an invitation.
    MailWord for MailKind as "InvitationMail": "A mail about an invitation.", [MailKind::Invitation, MailKind::Reminder];
}

/// The names of some roles, highest first.
pub(super) fn roles(roles: RoleSet) -> Vec<RoleWord> {
    roles.iter().map(RoleWord::from).collect()
}

/// Roles, as clients name them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RoleList(pub(super) RoleSet);

impl<'de> Deserialize<'de> for RoleList {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(from)?;
        let roles: Option<Vec<Role>> = names.iter().map(|name| Role::parse(name)).collect();
        let form = || D::Error::custom(format!("name roles out of {}", Role::ALL.map(Role::as_str).join(", ")));
        roles.map(|roles| Self(RoleSet::of(&roles))).ok_or_else(form)
    }
}

/// A language, as clients name it: its tag, and no more.
#[derive(Debug, Clone, Copy)]
pub(super) struct LanguageTag(pub(super) Language);

impl<'de> Deserialize<'de> for LanguageTag {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let tag = String::deserialize(from)?;
        let language = Language::ALL.into_iter().find(|language| language.as_str() == tag);
        language.map(Self).ok_or_else(|| D::Error::custom(Language::FORM))
    }
}

/// A language, or none if null.
#[derive(Debug, Clone, Copy)]
pub(super) struct LanguageChoice(pub(super) Option<Language>);

impl<'de> Deserialize<'de> for LanguageChoice {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let tag: Option<LanguageTag> = Deserialize::deserialize(from)?;
        Ok(Self(tag.map(|LanguageTag(language)| language)))
    }
}

/// How somebody stands to a group that they wanted to join.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Standing)]
#[serde(rename_all = "snake_case")]
pub(super) enum StandingWord {
    /// A member since just now.
    Joined,
    /// A member before.
    AlreadyMember,
    /// On the waiting list of a full group.
    Waiting,
    /// To be let in by those who run the group.
    Requested,
}

impl From<Standing> for StandingWord {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Joined => Self::Joined,
            Standing::AlreadyMember => Self::AlreadyMember,
            Standing::Waiting => Self::Waiting,
            Standing::Requested => Self::Requested,
        }
    }
}
