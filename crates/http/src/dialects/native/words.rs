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

/// A role.
#[derive(Debug, Serialize)]
pub(super) struct RoleWord(&'static str);

impl From<Role> for RoleWord {
    fn from(role: Role) -> Self {
        Self(role.as_str())
    }
}

impl PartialSchema for RoleWord {
    fn schema() -> RefOr<Schema> {
        one_of("What somebody may do in a group besides belonging to it.", Role::ALL.map(Role::as_str))
    }
}

impl ToSchema for RoleWord {
    fn name() -> Cow<'static, str> {
        "Role".into()
    }
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

/// The state of an invitation.
#[derive(Debug, Serialize)]
pub(super) struct InvitationStateWord(&'static str);

impl From<InvitationState> for InvitationStateWord {
    fn from(state: InvitationState) -> Self {
        Self(state.as_str())
    }
}

impl PartialSchema for InvitationStateWord {
    fn schema() -> RefOr<Schema> {
        one_of("What became of an invitation.", InvitationState::ALL.map(InvitationState::as_str))
    }
}

impl ToSchema for InvitationStateWord {
    fn name() -> Cow<'static, str> {
        "InvitationState".into()
    }
}

/// A language that people are written to in.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct LanguageWord(&'static str);

impl From<Language> for LanguageWord {
    fn from(language: Language) -> Self {
        Self(language.as_str())
    }
}

impl PartialSchema for LanguageWord {
    fn schema() -> RefOr<Schema> {
        one_of("A language that people are written to in (BCP 47).", Language::ALL.map(Language::as_str))
    }
}

impl ToSchema for LanguageWord {
    fn name() -> Cow<'static, str> {
        "Language".into()
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

/// What happened on the way of an invitation.
#[derive(Debug, Serialize)]
pub(super) struct StepWord(&'static str);

impl From<StepKind> for StepWord {
    fn from(what: StepKind) -> Self {
        Self(what.as_str())
    }
}

impl PartialSchema for StepWord {
    fn schema() -> RefOr<Schema> {
        one_of("What happened on the way of an invitation.", StepKind::ALL.map(StepKind::as_str))
    }
}

impl ToSchema for StepWord {
    fn name() -> Cow<'static, str> {
        "DeliveryStepKind".into()
    }
}

/// A mail about an invitation.
#[derive(Debug, Serialize)]
pub(super) struct MailWord(&'static str);

impl From<MailKind> for MailWord {
    fn from(kind: MailKind) -> Self {
        Self(kind.as_str())
    }
}

impl PartialSchema for MailWord {
    fn schema() -> RefOr<Schema> {
        one_of("A mail about an invitation.", [MailKind::Invitation, MailKind::Reminder].map(MailKind::as_str))
    }
}

impl ToSchema for MailWord {
    fn name() -> Cow<'static, str> {
        "InvitationMail".into()
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
