//! Laws about asking again, about what is never refused, and about what a refusal tells.

use guestlist_core::command::{Command, DisableUser};
use guestlist_core::explain::{Explanation, Fact, explain};
use guestlist_core::outcome::Outcome;
use guestlist_core::user::{User, UserRef};
use guestlist_core::{Refusal, decide};
use proptest::prelude::*;

use crate::steps::{settings, steps};
use crate::{histories, play};

proptest! {
    #![proptest_config(histories(96))]

    /// A client that did not hear the answer may ask again.
    #[test]
    fn asking_again_changes_nothing(settings in settings(), steps in steps()) {
        play(settings, &steps, |town, command, decided| {
            if decided.is_ok() && can_be_repeated(command) {
                if matches!(command, Command::UpdateGroup(ask) if town.facts.group(&ask.group).is_none()) {
                    // It has another name now.
                    return Ok(());
                }
                if matches!(command, Command::UpdateUser(ask) if town.facts.user(&ask.user).is_none()) {
                    // Likewise.
                    return Ok(());
                }
                if let Command::DisableUser(DisableUser { by: Some(by), .. }) = command
                    && !town.facts.user(&UserRef::Id(*by)).is_some_and(User::is_active)
                {
                    // It was the asker's own account.
                    return Ok(());
                }
                let again = decide(command, &town.facts, town.now);
                prop_assert!(again.is_ok_and(|again| again.changes.is_empty()), "{:?}", command);
            }
            Ok(())
        })?;
    }

    #[test]
    fn declining_leaving_and_refusing_are_never_limited(settings in settings(), steps in steps()) {
        play(settings, &steps, |_, command, decided| {
            let is_going = matches!(
                command,
                Command::Decline(_)
                    | Command::Leave(_)
                    | Command::WithdrawRequest(_)
                    | Command::RefuseInvitations(_)
                    | Command::AllowInvitations(_)
            );
            if let (true, Err(refusal)) = (is_going, decided) {
                let is_limit = matches!(
                    refusal,
                    Refusal::NotAllowed(_)
                        | Refusal::GroupArchived
                        | Refusal::GroupFull
                        | Refusal::WaitingListFull
                        | Refusal::TooManyInvitations
                        | Refusal::DailyQuotaSpent(_)
                        | Refusal::SentRecently(_)
                );
                prop_assert!(!is_limit, "{:?} {:?}", refusal, command);
            }
            Ok(())
        })?;
    }

    /// Of what somebody holds, an invitation or a link, they may know when it ended.
    #[test]
    fn a_stranger_to_a_private_group_learns_no_fact_about_it(settings in settings(), steps in steps()) {
        play(settings, &steps, |town, command, decided| {
            let explained: Vec<Explanation> = match decided {
                Err(refusal) => vec![explain(*refusal, command, &town.facts)],
                Ok(decision) => match &decision.outcome {
                    Outcome::Invited(invited) => invited.why.clone(),
                    _ => vec![],
                },
            };
            let needs = command.needs();
            let Some(group) = needs.groups.first().and_then(|group| town.facts.group(group)) else { return Ok(()) };
            let Some(actor) = command.actor().filter(|_| !group.is_public) else { return Ok(()) };
            if town.stored.members.contains_key(&(group.id, actor)) {
                return Ok(());
            }
            for explanation in explained {
                let is_their_own = matches!(explanation.refusal, Refusal::LifetimeTooLong(_) | Refusal::TooManyTargets);
                prop_assert!(explanation.fact.is_none() || is_their_own, "{:?} {:?}", explanation, command);
            }
            Ok(())
        })?;
    }

    #[test]
    fn an_explanation_is_of_the_group_that_was_named(settings in settings(), steps in steps()) {
        play(settings, &steps, |town, command, decided| {
            let Err(refusal) = decided else { return Ok(()) };
            let needs = command.needs();
            let group = needs.groups.first().and_then(|group| town.facts.group(group));
            let (Some(group), Some(actor)) = (group, command.actor()) else { return Ok(()) };
            if let Some(Fact::Standing { roles, .. }) = explain(*refusal, command, &town.facts).fact {
                let member = town.stored.members.get(&(group.id, actor));
                prop_assert_eq!(roles, member.map(|member| member.roles), "{:?}", command);
            }
            Ok(())
        })?;
    }
}

fn can_be_repeated(command: &Command) -> bool {
    match command {
        Command::SeeSubject(_)
        | Command::EnableUser(_)
        | Command::UpdateUser(_)
        | Command::DisableUser(_)
        | Command::UpdateGroup(_)
        | Command::ArchiveGroup(_)
        | Command::UnarchiveGroup(_)
        | Command::HideGroup(_)
        | Command::RestoreGroup(_)
        | Command::Invite(_)
        | Command::ChangeInvitation(_)
        | Command::RevokeInvitation(_)
        | Command::ExpireInvitations(_)
        | Command::Accept(_)
        | Command::Decline(_)
        | Command::RefuseInvitations(_)
        | Command::AllowInvitations(_)
        | Command::RevokeLink(_)
        | Command::UseLink(_)
        | Command::Join(_)
        | Command::ApproveRequest(_)
        | Command::AssignRole(_)
        | Command::RevokeToken(_)
        | Command::RemindInvitees(_)
        | Command::SeeInvitation(_)
        | Command::ReportMail(_)
        | Command::ReviveAddress(_)
        | Command::KeepMail(_)
        | Command::AdoptIssuerKey(_) => true,
        // A second one would be another one, or find nothing, or be asked by somebody who gave the right to it up.
        Command::AddUser(_)
        | Command::DeleteUser(_)
        | Command::Enrol(_)
        | Command::OfferSignIn(_)
        | Command::TakeMail(_)
        | Command::SettleMail(_)
        | Command::CreateGroup(_)
        | Command::DeleteGroup(_)
        | Command::PurgeGroup(_)
        | Command::OfferOwnership(_)
        | Command::AcceptOwnership(_)
        | Command::WithdrawOwnership(_)
        | Command::UndoBatch(_)
        | Command::ResendInvitation(_)
        | Command::GiveInvitationToken(_)
        | Command::CreateLink(_)
        | Command::RejectRequest(_)
        | Command::WithdrawRequest(_)
        | Command::RemoveMember(_)
        | Command::TakeRole(_)
        | Command::SetAdmin(_)
        | Command::Leave(_)
        | Command::IssueToken(_)
        | Command::AddClient(_)
        | Command::RemoveClient(_) => false,
    }
}
