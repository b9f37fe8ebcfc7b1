//! Changing a group's name and settings.

use super::{Decision, caller, living, require};
use crate::change::Change;
use crate::chat::ChatSettings;
use crate::command::{ChatPatch, UpdateGroup};
use crate::facts::Facts;
use crate::group::{Group, GroupRef};
use crate::outcome::GroupUpdated;
use crate::permission::Permission;
use crate::refusal::Refusal;

pub(super) fn decide(ask: &UpdateGroup, facts: &Facts) -> Result<Decision<GroupUpdated>, Refusal> {
    let by = caller(facts, ask.by)?;
    let group = living(facts, &ask.group)?;
    require(Permission::ChangeGroup, by, group.id, facts)?;
    let patch = &ask.patch;
    let holder = |slug| facts.group(&GroupRef::Slug(slug));
    if patch.slug.clone().and_then(holder).is_some_and(|holder| holder.id != group.id) {
        return Err(Refusal::SlugTaken);
    }
    if let Some(Some(max)) = patch.members_max {
        let most = facts.settings().members_max.unwrap_or(i64::MAX);
        // Nobody is sent away by a number: fewer seats than members cannot be set.
        if max < group.tally.members.max(1) || max > most {
            return Err(Refusal::SeatsOutOfRange);
        }
    }
    let old = group.clone();
    let new = Group {
        slug: patch.slug.clone().unwrap_or(old.slug),
        name: patch.name.clone().unwrap_or(old.name),
        description: patch.description.clone().unwrap_or(old.description),
        language: patch.language.unwrap_or(old.language),
        country: patch.country.clone().unwrap_or(old.country),
        is_public: patch.is_public.unwrap_or(old.is_public),
        takes_requests: patch.takes_requests.unwrap_or(old.takes_requests),
        is_token_enough: patch.is_token_enough.unwrap_or(old.is_token_enough),
        members_max: patch.members_max.unwrap_or(old.members_max),
        chat: chat(&patch.chat, old.chat),
        ..old
    };
    let changes = if new == *group { vec![] } else { vec![Change::Group(new.clone())] };
    Ok(Decision { outcome: GroupUpdated(new), changes })
}

fn chat(patch: &ChatPatch, old: ChatSettings) -> ChatSettings {
    ChatSettings {
        topic: patch.topic.clone().or(old.topic),
        announcement: patch.announcement.clone().or(old.announcement),
        // Where people do not see each other, they do not write either.
        is_read_only: old.is_broadcast || patch.is_read_only.unwrap_or(old.is_read_only),
        is_broadcast: old.is_broadcast,
        custom_fields: patch.custom_fields.clone().unwrap_or(old.custom_fields),
    }
}
