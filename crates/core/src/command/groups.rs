//! Commands about groups.

use super::Needs;
use crate::chat::{ChatSettings, CustomFields};
use crate::group::GroupRef;
use crate::ids::{GroupId, Uid, UserId};
use crate::language::Language;
use crate::names::{Country, Description, DisplayName, Slug};
use crate::settings::WAITING_MAX;
use crate::user::UserRef;

/// See [`Command::CreateGroup`](super::Command::CreateGroup).
#[derive(Debug, Clone)]
pub struct CreateGroup {
    /// Who asks: the owner to be, or an administrator; the operator if absent.
    pub by: Option<UserId>,
    /// Who makes the group and becomes its owner.
    pub owner: UserRef,
    /// A number of the operator's choice; the next free one if absent.
    pub id: Option<GroupId>,
    /// Id for Rocket.Chat clients.
    pub uid: Uid,
    /// Unique name in addresses.
    pub slug: Slug,
    /// Name for people.
    pub name: DisplayName,
    /// What it is about; may be empty.
    pub description: Description,
    /// The language that people are written to in, if nothing is known of them.
    pub language: Option<Language>,
    /// Whether everybody may see and join it.
    pub is_public: bool,
    /// What chat clients keep about it.
    pub chat: ChatSettings,
    /// Who is in it from the start; whoever does not exist is passed over.
    pub members: Vec<UserRef>,
    /// Whether whoever makes it stays outside. The group then has no owner.
    pub is_without_owner: bool,
}

impl CreateGroup {
    pub(super) fn needs(&self) -> Needs {
        let mut groups = vec![GroupRef::Uid(self.uid.clone()), GroupRef::Slug(self.slug.clone())];
        groups.extend(self.id.map(GroupRef::Id));
        let users = std::iter::once(self.owner.clone()).chain(self.by.map(UserRef::Id));
        let users = users.chain(self.members.iter().cloned()).collect();
        Needs { groups, users, next_group_id: true, ..Needs::default() }
    }
}

/// See [`Command::UpdateGroup`](super::Command::UpdateGroup). What is absent stays as it is.
#[derive(Debug, Clone)]
pub struct UpdateGroup {
    /// Who changes it.
    pub by: UserId,
    /// Which.
    pub group: GroupRef,
    /// What changes.
    pub patch: GroupPatch,
}

/// New values for some of a group's settings.
#[derive(Debug, Clone, Default)]
pub struct GroupPatch {
    /// Unique name in addresses.
    pub slug: Option<Slug>,
    /// Name for people.
    pub name: Option<DisplayName>,
    /// What it is about.
    pub description: Option<Description>,
    /// The language that people are written to in; none if the inner value is absent.
    pub language: Option<Option<Language>>,
    /// Where its people are; unknown if the inner value is absent.
    pub country: Option<Option<Country>>,
    /// Whether everybody may see and join it.
    pub is_public: Option<bool>,
    /// Whether strangers may ask to join.
    pub takes_requests: Option<bool>,
    /// Whether the secret that was mailed is enough to accept.
    pub is_token_enough: Option<bool>,
    /// The most members; any number if the inner value is absent.
    pub members_max: Option<Option<i64>>,
    /// What chat clients keep about it.
    pub chat: ChatPatch,
}

/// New values for some of what chat clients keep about a group.
#[derive(Debug, Clone, Default)]
pub struct ChatPatch {
    /// What is talked about.
    pub topic: Option<Description>,
    /// What everybody shall read.
    pub announcement: Option<Description>,
    /// Whether only some may write.
    pub is_read_only: Option<bool>,
    /// Whatever a client wants to keep; nothing if the inner value is absent.
    pub custom_fields: Option<Option<CustomFields>>,
}

impl UpdateGroup {
    pub(super) fn needs(&self) -> Needs {
        let mut needs = Needs::in_group(&self.group, self.by);
        needs.groups.extend(self.patch.slug.clone().map(GroupRef::Slug));
        needs.renames = self.patch.slug.is_some();
        // More seats let in those who wait, of whom there are never more.
        needs.waiting = if self.patch.members_max.is_some() { WAITING_MAX } else { 0 };
        needs
    }
}

/// See [`Command::ArchiveGroup`](super::Command::ArchiveGroup).
#[derive(Debug, Clone)]
pub struct ArchiveGroup {
    /// Who archives it.
    pub by: UserId,
    /// Which.
    pub group: GroupRef,
}

impl ArchiveGroup {
    pub(super) fn needs(&self) -> Needs {
        Needs::in_group(&self.group, self.by)
    }
}

/// See [`Command::UnarchiveGroup`](super::Command::UnarchiveGroup).
#[derive(Debug, Clone)]
pub struct UnarchiveGroup {
    /// Who takes it out.
    pub by: UserId,
    /// Which.
    pub group: GroupRef,
}

impl UnarchiveGroup {
    pub(super) fn needs(&self) -> Needs {
        // Seats may have come free meanwhile.
        Needs { waiting: WAITING_MAX, ..Needs::in_group(&self.group, self.by) }
    }
}

/// See [`Command::DeleteGroup`](super::Command::DeleteGroup).
#[derive(Debug, Clone)]
pub struct DeleteGroup {
    /// Who deletes it.
    pub by: UserId,
    /// Which.
    pub group: GroupRef,
    /// Whether another group may have its slug at once. It is called by its uid then, should it be restored.
    pub frees_slug: bool,
}

impl DeleteGroup {
    pub(super) fn needs(&self) -> Needs {
        Needs::in_group(&self.group, self.by)
    }
}

/// See [`Command::HideGroup`](super::Command::HideGroup).
#[derive(Debug, Clone)]
pub struct HideGroup {
    /// Which member.
    pub by: UserId,
    /// Which group.
    pub group: GroupRef,
    /// Out of their sight, or into it again.
    pub is_hidden: bool,
}

impl HideGroup {
    pub(super) fn needs(&self) -> Needs {
        Needs::in_group(&self.group, self.by)
    }
}

/// See [`Command::RestoreGroup`](super::Command::RestoreGroup).
#[derive(Debug, Clone)]
pub struct RestoreGroup {
    /// Who brings it back.
    pub by: UserId,
    /// Which.
    pub group: GroupRef,
}

impl RestoreGroup {
    pub(super) fn needs(&self) -> Needs {
        // Seats may have come free meanwhile.
        Needs { waiting: WAITING_MAX, ..Needs::in_group(&self.group, self.by) }
    }
}

/// See [`Command::PurgeGroup`](super::Command::PurgeGroup). Asked by guestlist itself, from time to time.
#[derive(Debug, Clone)]
pub struct PurgeGroup {
    /// Which.
    pub group: GroupId,
}

impl PurgeGroup {
    pub(super) fn needs(&self) -> Needs {
        Needs { groups: vec![GroupRef::Id(self.group)], installation: true, ..Needs::default() }
    }
}

/// See [`Command::OfferOwnership`](super::Command::OfferOwnership).
#[derive(Debug, Clone)]
pub struct OfferOwnership {
    /// Which owner hands it over.
    pub by: UserId,
    /// Which group.
    pub group: GroupRef,
    /// To which member.
    pub to: UserRef,
}

impl OfferOwnership {
    pub(super) fn needs(&self) -> Needs {
        Needs::concerning(&self.group, self.by, &self.to)
    }
}

/// See [`Command::AcceptOwnership`](super::Command::AcceptOwnership).
#[derive(Debug, Clone)]
pub struct AcceptOwnership {
    /// Who takes it over.
    pub by: UserId,
    /// Which.
    pub group: GroupRef,
}

impl AcceptOwnership {
    pub(super) fn needs(&self) -> Needs {
        Needs::in_group(&self.group, self.by)
    }
}

/// See [`Command::WithdrawOwnership`](super::Command::WithdrawOwnership).
#[derive(Debug, Clone)]
pub struct WithdrawOwnership {
    /// Who takes the offer back, or turns it down.
    pub by: UserId,
    /// Which.
    pub group: GroupRef,
}

impl WithdrawOwnership {
    pub(super) fn needs(&self) -> Needs {
        Needs::in_group(&self.group, self.by)
    }
}
