//! Why the answer is no: which rule decided, on which fact, and who could change it. Cut down to what the asker may know:
//! of a group that they may not see they learn the rule and nothing else.

use crate::command::{Command, Invite};
use crate::facts::Facts;
use crate::group::{Group, GroupRef};
use crate::ids::GroupId;
use crate::invitation::{Invitation, InvitationState};
use crate::link::{Link, LinkState};
use crate::member::{Membership, RoleSet};
use crate::permission::{Permission, Permissions};
use crate::policy;
use crate::refusal::Refusal;
use crate::settings::{GRACE, OPT_OUTS_MAX, WAITING_MAX};
use crate::time::{Lifetime, Timestamp};

/// Why a command, or one row of it, was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What was refused; [`Refusal::rule`] has the rule in words.
    pub refusal: Refusal,
    /// What the rule looked at; absent if the asker may not know, or if the refusal says it all.
    pub fact: Option<Fact>,
    /// Who could change it.
    pub remedy: Remedy,
}

impl From<Refusal> for Explanation {
    /// Without a fact: nobody has looked at any.
    fn from(refusal: Refusal) -> Self {
        Self { refusal, fact: None, remedy: remedy(refusal) }
    }
}

impl Explanation {
    /// Of somebody who may see the group to which `membership` ties them, but may not do `what` there.
    #[must_use]
    pub fn of_missing_right(permissions: &Permissions, what: Permission, membership: Option<&Membership>) -> Self {
        let roles = membership.map(|membership| membership.roles);
        let needed = permissions.holders(what).in_group;
        // What no role in the group gives, the operator gives.
        let (fact, remedy) = if needed == RoleSet::NONE {
            (None, Remedy::Operator)
        } else {
            (Some(Fact::Standing { roles, needed }), remedy(Refusal::NotAllowed(what)))
        };
        Self { refusal: Refusal::NotAllowed(what), fact, remedy }
    }
}

/// What a rule looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// How the asker stands to the group, and which roles would do.
    Standing {
        /// The asker's roles; absent if they are no member.
        roles: Option<RoleSet>,
        /// The roles of which one is needed.
        needed: RoleSet,
    },
    /// When something came to be as it is.
    Since(Timestamp),
    /// When it ends by itself.
    Until(Timestamp),
    /// How much there is of something, and how much there may be.
    Count {
        /// How much there is, or was asked for.
        count: i64,
        /// How much there may be.
        max: i64,
    },
    /// The longest time that may be asked for.
    Longest(Lifetime),
    /// The groups that the user is the last owner of.
    LastOwnerOf(Vec<GroupId>),
}

/// Who could make the answer another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// The asker, by asking for something else.
    Asker,
    /// Members of the group with one of these roles.
    Roles(RoleSet),
    /// The person who was invited, or who asked.
    Person,
    /// The operator of the installation.
    Operator,
    /// Nobody, but it passes.
    Time,
    /// Nobody.
    Nobody,
}

/// Explains a refusal of `command`, or of one of its rows, by the facts that it was decided on.
#[must_use]
pub fn explain(refusal: Refusal, command: &Command, facts: &Facts) -> Explanation {
    let case = Case { command, facts };
    let fact = if case.may_know(refusal) { case.fact(refusal) } else { None };
    Explanation { refusal, fact, remedy: remedy(refusal) }
}

struct Case<'a> {
    command: &'a Command,
    facts: &'a Facts,
}

impl Case<'_> {
    /// The group that the command is about. What else it names is the group whose slug it would take.
    fn group(&self) -> Option<&Group> {
        let needs = self.command.needs();
        if let Some(named) = needs.groups.first() {
            return self.facts.group(named);
        }
        let id = self.facts.groups_of(&needs).into_iter().next()?;
        self.facts.group(&GroupRef::Id(id))
    }

    fn invitation(&self) -> Option<&Invitation> {
        self.facts.invitation(self.command.needs().invitations.first()?)
    }

    fn link(&self) -> Option<&Link> {
        self.facts.link(self.command.needs().links.first()?)
    }

    /// What concerns the asker alone they may always know; what concerns a group, whoever may see it, and the operator.
    fn may_know(&self, refusal: Refusal) -> bool {
        let is_of_group = matches!(
            refusal,
            Refusal::NotAllowed(_)
                | Refusal::GroupArchived
                | Refusal::GroupFull
                | Refusal::WaitingListFull
                | Refusal::SeatsOutOfRange
                | Refusal::TooManyInvitations
                | Refusal::LastOwner
        );
        let Some(actor) = self.command.actor().filter(|_| is_of_group) else { return true };
        self.group().is_some_and(|group| policy::may_see(group, self.facts.membership(group.id, actor)))
    }

    fn fact(&self, refusal: Refusal) -> Option<Fact> {
        let settings = self.facts.settings();
        match refusal {
            Refusal::NotAllowed(what) => {
                let asker = self.command.actor().zip(self.group());
                let membership = asker.and_then(|(actor, group)| self.facts.membership(group.id, actor));
                Explanation::of_missing_right(&settings.permissions, what, membership).fact
            }
            Refusal::GroupArchived => self.group()?.archived_at.map(Fact::Since),
            Refusal::InvitationClosed(InvitationState::Expired) => self.invitation()?.expires_at.map(Fact::Since),
            Refusal::InvitationClosed(_) => self.invitation()?.closed_at.map(Fact::Since),
            Refusal::LinkClosed(LinkState::Revoked) => self.link()?.revoked_at.map(Fact::Since),
            Refusal::LinkClosed(LinkState::Expired) => self.link()?.expires_at.map(Fact::Since),
            Refusal::LinkClosed(_) => {
                let link = self.link()?;
                link.uses_max.map(|max| Fact::Count { count: link.uses, max })
            }
            Refusal::SentRecently(until) | Refusal::DailyQuotaSpent(until) => Some(Fact::Until(until)),
            Refusal::LifetimeTooLong(longest) => Some(Fact::Longest(longest)),
            Refusal::GroupFull => {
                // Those whom the command itself has let in count too.
                let seats = self.group()?.seats(settings);
                Some(Fact::Count { count: seats, max: seats })
            }
            Refusal::SeatsOutOfRange => {
                let Command::UpdateGroup(ask) = self.command else { return None };
                let asked = ask.patch.members_max.flatten()?;
                Some(match settings.members_max {
                    Some(most) if asked > most => Fact::Count { count: asked, max: most },
                    _ => Fact::Count { count: self.group()?.tally.members, max: asked },
                })
            }
            Refusal::WaitingListFull => {
                Some(Fact::Count { count: self.group()?.tally.waiting, max: WAITING_MAX.into() })
            }
            Refusal::TooManyInvitations => {
                let max = settings.quotas?.pending_per_group;
                // Those that the command itself has made count too.
                Some(Fact::Count { count: self.group()?.tally.invitations.max(max), max })
            }
            Refusal::TooManyTargets => {
                let Command::Invite(ask) = self.command else { return None };
                Some(Fact::Count { count: count(ask.targets.len()), max: count(Invite::TARGETS_MAX) })
            }
            Refusal::TooManyOptOuts => Some(Fact::Count { count: count(OPT_OUTS_MAX), max: count(OPT_OUTS_MAX) }),
            Refusal::LastOwner => self.last_owner(),
            Refusal::NotRestorable => self.group()?.deleted_at.map(|at| Fact::Since(at + GRACE)),
            Refusal::NotPurgeable => self.group()?.deleted_at.map(|at| Fact::Until(at + GRACE)),
            _ => None,
        }
    }

    fn last_owner(&self) -> Option<Fact> {
        let Command::DisableUser(ask) = self.command else {
            return self.group().map(|group| Fact::LastOwnerOf(vec![group.id]));
        };
        let user = self.facts.user(&ask.user)?;
        let owned = self.facts.owned_by(user.id).filter(|(group, _)| group.deleted_at.is_none());
        Some(Fact::LastOwnerOf(owned.filter(|(group, _)| group.tally.owners <= 1).map(|(group, _)| group.id).collect()))
    }
}

fn count(items: usize) -> i64 {
    i64::try_from(items).unwrap_or(i64::MAX)
}

/// Who could make the answer another than `refusal`.
#[must_use]
pub fn remedy(refusal: Refusal) -> Remedy {
    let group = |what: Permission| Remedy::Roles(Permissions::default().holders(what).in_group);
    match refusal {
        Refusal::GroupNotFound
        | Refusal::UserNotFound
        | Refusal::MemberNotFound
        | Refusal::InvitationNotFound
        | Refusal::LinkNotFound
        | Refusal::RequestNotFound
        | Refusal::OfferNotFound
        | Refusal::BatchNotFound
        | Refusal::TokenNotFound
        | Refusal::ClientNotFound
        | Refusal::NobodyToInvite
        | Refusal::TooManyTargets
        | Refusal::AddressMismatch
        | Refusal::LifetimeTooLong(_)
        | Refusal::EndInThePast
        | Refusal::UsesOutOfRange
        | Refusal::AlreadyOwner
        | Refusal::SeatsOutOfRange
        | Refusal::TooManyOptOuts
        | Refusal::IdOutOfRange
        | Refusal::IdTaken
        | Refusal::UidTaken
        | Refusal::SubjectTaken
        | Refusal::UsernameTaken
        | Refusal::EmailTaken
        | Refusal::SlugTaken
        | Refusal::TokenNameTaken
        | Refusal::ClientTaken => Remedy::Asker,
        Refusal::CallerDisabled | Refusal::ScopeNotGranted | Refusal::AdministratorsOnly => Remedy::Operator,
        Refusal::NotAllowed(what) if Permissions::default().holders(what).in_group == RoleSet::NONE => Remedy::Operator,
        Refusal::NotAllowed(_) | Refusal::LastOwner => group(Permission::SetOwner),
        Refusal::GroupArchived => group(Permission::ArchiveGroup),
        Refusal::InvitationClosed(_) | Refusal::LinkClosed(_) | Refusal::ByInvitationOnly => group(Permission::Invite),
        Refusal::GroupFull | Refusal::WaitingListFull => group(Permission::ChangeGroup),
        Refusal::TooManyInvitations => group(Permission::RemoveMember),
        Refusal::SentRecently(_) | Refusal::DailyQuotaSpent(_) | Refusal::NotPurgeable => Remedy::Time,
        Refusal::BatchAnswered => Remedy::Person,
        Refusal::NotRestorable => Remedy::Nobody,
    }
}
