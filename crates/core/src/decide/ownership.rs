//! Handing a group over: an owner offers it to a member, who becomes an owner by accepting, and the other stops being one.

use super::{Decision, caller, living};
use crate::change::Change;
use crate::command::{AcceptOwnership, OfferOwnership, WithdrawOwnership};
use crate::facts::Facts;
use crate::group::{Group, OwnershipOffer};
use crate::ids::UserId;
use crate::member::{Membership, Role};
use crate::outcome::{OwnershipAccepted, OwnershipOffered, OwnershipWithdrawn};
use crate::permission::Permission;
use crate::policy;
use crate::refusal::Refusal;
use crate::settings::OFFER_LIFETIME;
use crate::time::Timestamp;

pub(super) fn offer(
    ask: &OfferOwnership,
    facts: &Facts,
    now: Timestamp,
) -> Result<Decision<OwnershipOffered>, Refusal> {
    let by = caller(facts, ask.by)?;
    let group = living(facts, &ask.group)?;
    // Only who owns a group can hand it over; an administrator who does not may make owners instead.
    let own = facts.membership(group.id, by.id);
    if !own.is_some_and(|own| own.roles.has(Role::Owner)) {
        return Err(Refusal::NotAllowed(Permission::SetOwner));
    }
    let to = facts.user(&ask.to).ok_or(Refusal::UserNotFound)?;
    let member = facts.membership(group.id, to.id).filter(|_| to.is_active()).ok_or(Refusal::MemberNotFound)?;
    if member.roles.has(Role::Owner) {
        return Err(Refusal::AlreadyOwner);
    }
    let offer = OwnershipOffer { from: by.id, to: to.id, offered_at: now, expires_at: now + OFFER_LIFETIME };
    let group = Group { offer: Some(offer), ..group.clone() };
    Ok(Decision { changes: vec![Change::Group(group)], outcome: OwnershipOffered(offer) })
}

pub(super) fn accept(
    ask: &AcceptOwnership,
    facts: &Facts,
    now: Timestamp,
) -> Result<Decision<OwnershipAccepted>, Refusal> {
    let by = caller(facts, ask.by)?;
    let group = living(facts, &ask.group)?;
    let offer = group.offer.filter(|offer| offer.to == by.id && now < offer.expires_at);
    let offer = offer.ok_or(Refusal::OfferNotFound)?;
    let heir = facts.membership(group.id, by.id).ok_or(Refusal::OfferNotFound)?;
    // Who has gone, or owns it no more, has nothing left to hand over.
    let owner = facts.membership(group.id, offer.from).filter(|member| member.roles.has(Role::Owner));
    let owner = owner.ok_or(Refusal::OfferNotFound)?;
    let changes = vec![
        Change::Membership(Membership { roles: heir.roles.with(Role::Owner), ..heir.clone() }),
        Change::Membership(Membership { roles: owner.roles.without(Role::Owner), ..owner.clone() }),
        Change::Group(Group { offer: None, ..group.clone() }),
    ];
    Ok(Decision { outcome: OwnershipAccepted { from: offer.from }, changes })
}

/// By whoever offered it, by whoever it was offered to, and by any owner.
pub(super) fn withdraw(
    ask: &WithdrawOwnership,
    facts: &Facts,
    now: Timestamp,
) -> Result<Decision<OwnershipWithdrawn>, Refusal> {
    let by = caller(facts, ask.by)?;
    let group = living(facts, &ask.group)?;
    let is_owner =
        policy::may(&facts.settings().permissions, Permission::SetOwner, by, facts.membership(group.id, by.id));
    let offer = group.offer.filter(|offer| now < offer.expires_at);
    offer.filter(|offer| is_owner || offer.to == by.id || offer.from == by.id).ok_or(Refusal::OfferNotFound)?;
    let group = Group { offer: None, ..group.clone() };
    Ok(Decision { changes: vec![Change::Group(group)], outcome: OwnershipWithdrawn })
}

/// Takes from somebody whose account ends all that they own. A deleted group can do without: whoever restores it will own it.
pub(super) fn give_up(user: UserId, facts: &Facts) -> Result<Vec<Change>, Refusal> {
    let owned = facts.owned_by(user).map(|(group, membership)| {
        if group.tally.owners <= 1 && group.deleted_at.is_none() {
            return Err(Refusal::LastOwner);
        }
        let roles = membership.roles.without(Role::Owner);
        Ok(Change::Membership(Membership { roles, ..membership.clone() }))
    });
    owned.collect()
}
