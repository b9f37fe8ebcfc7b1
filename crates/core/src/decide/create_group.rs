//! Making a group: its creator becomes the first member and owner, unless they want to stay outside.

use std::collections::BTreeSet;

use super::{Decision, caller, require_administrator, require_own};
use crate::change::Change;
use crate::command::{CreateGroup, Invite};
use crate::facts::Facts;
use crate::group::{Group, GroupKind, GroupRef, Tally};
use crate::ids::{MAX_CHOSEN, MAX_EXACT_IN_JSON};
use crate::member::{Membership, Role, RoleSet};
use crate::outcome::GroupCreated;
use crate::permission::Permission;
use crate::refusal::Refusal;
use crate::time::Timestamp;

pub(super) fn decide(ask: &CreateGroup, facts: &Facts, now: Timestamp) -> Result<Decision<GroupCreated>, Refusal> {
    let owner = facts.user(&ask.owner);
    // Only administrators learn in this way who has an account.
    match (ask.by, owner) {
        (Some(by), Some(owner)) if by == owner.id => {}
        (by, _) => require_administrator(by, facts)?,
    }
    if let Some(by) = ask.by {
        require_own(Permission::CreateGroup, caller(facts, by)?, facts)?;
    }
    if ask.members.len() > Invite::TARGETS_MAX {
        return Err(Refusal::TooManyTargets);
    }
    let owner = owner.ok_or(Refusal::UserNotFound)?;
    if !owner.is_active() {
        return Err(Refusal::CallerDisabled);
    }
    let id = ask.id.or(facts.next_group_id()).ok_or(Refusal::IdOutOfRange)?;
    let max = if ask.id.is_some() { MAX_CHOSEN } else { MAX_EXACT_IN_JSON };
    if id.get() > max {
        return Err(Refusal::IdOutOfRange);
    }
    let taken = |which: GroupRef| facts.group(&which).is_some();
    if taken(GroupRef::Id(id)) {
        return Err(Refusal::IdTaken);
    }
    if taken(GroupRef::Uid(ask.uid.clone())) {
        return Err(Refusal::UidTaken);
    }
    if taken(GroupRef::Slug(ask.slug.clone())) {
        return Err(Refusal::SlugTaken);
    }

    let group = Group {
        id,
        uid: ask.uid.clone(),
        slug: ask.slug.clone(),
        name: ask.name.clone(),
        description: ask.description.clone(),
        language: ask.language,
        chat: ask.chat.clone(),
        country: None,
        kind: GroupKind::Group,
        is_public: ask.is_public,
        is_verified: false,
        takes_requests: false,
        is_token_enough: false,
        members_max: None,
        archived_at: None,
        deleted_at: None,
        offer: None,
        creator: owner.id,
        created_at: now,
        tally: Tally::new(now),
    };
    let founder = Membership::new(id, owner.id, RoleSet::of(&[Role::Owner]), now);
    let founder = Some(founder).filter(|_| !ask.is_without_owner);
    let others: BTreeSet<_> = ask.members.iter().filter_map(|member| facts.user(member)).map(|user| user.id).collect();
    let others = others.into_iter().filter(|user| *user != owner.id);
    let others = others.map(|user| Membership::new(id, user, RoleSet::NONE, now));
    let members = founder.into_iter().chain(others).map(Change::Membership);
    let changes = std::iter::once(Change::Group(group.clone())).chain(members).collect();
    Ok(Decision { outcome: GroupCreated(group), changes })
}
