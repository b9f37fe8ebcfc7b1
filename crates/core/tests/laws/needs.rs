//! The law that storage rests on: it loads nothing but what the commands of a batch need.

use guestlist_core::chat::ChatSettings;
use guestlist_core::chat::Profile;
use guestlist_core::command::{
    AddUser, Admission, Command, CreateGroup, DeleteGroup, DisableUser, GroupPatch, Leave, PurgeGroup,
    RefuseInvitations, SeeSubject, UpdateGroup,
};
use guestlist_core::explain::explain;
use guestlist_core::global_role::GlobalRoles;
use guestlist_core::group::GroupRef;
use guestlist_core::history::Cause;
use guestlist_core::invitation::{InvitationRef, Invitee};
use guestlist_core::member::RoleSet;
use guestlist_core::names::{Description, DisplayName};
use guestlist_core::opt_out::InvitationsFrom;
use guestlist_core::origin::Origin;
use guestlist_core::outcome::{InviteRow, Outcome};
use guestlist_core::settings::GRACE;
use guestlist_core::user::UserRef;
use guestlist_core::{Decision, Refusal, Settings, decide, history};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::histories;
use crate::names::{address, group, group_id, group_uid, slug, subject, twisted_slug, user_id, user_uid, username};
use crate::steps::{Invitees, pause, settings, step, steps};
use crate::town::Town;

/// Carries `commands` out as one batch, on all facts and on those that they need. Gives what became of the last.
fn agree(town: &mut Town, commands: &[Command]) -> Result<Result<Decision, Refusal>, TestCaseError> {
    let needs: Vec<_> = commands.iter().map(Command::needs).collect();
    let mut some = town.stored.load(&needs);
    let mut last = Err(Refusal::NobodyToInvite);
    for command in commands {
        let decided = decide(command, &some, town.now);
        let explained = |facts| decided.as_ref().err().map(|refusal| explain(*refusal, command, facts));
        prop_assert_eq!(explained(&some), explained(&town.facts), "{:?}", command);
        last = town.run(command);
        prop_assert_eq!(&decided, &last, "{:?}", command);
        if let Ok(decision) = decided {
            let origin = Origin::default();
            let recorded = history::record(decision.changes, &mut some, &Cause::of(command, &origin), town.now);
            prop_assert_eq!(&recorded, &town.recorded, "{:?}", command);
        }
    }
    Ok(last)
}

fn direct(town: &mut Town, by: i64, into: GroupRef, who: UserRef) -> Command {
    let invitees =
        Invitees { whom: vec![who], roles: RoleSet::NONE, admission: Admission::Direct, is_batch: false, note: None };
    town.invite(user_id(by), into, &invitees)
}

fn vouch(n: i64, email: i64) -> Command {
    SeeSubject { subject: subject(n), uid: user_uid(n), name: None, email: Some(address(email)) }.into()
}

fn rows(decided: Result<Decision, Refusal>) -> Vec<InviteRow> {
    match decided.unwrap().outcome {
        Outcome::Invited(invited) => invited.rows,
        outcome => panic!("{outcome:?} is no outcome of an invite"),
    }
}

// Instances of the law below that chance seldom finds: what a name means changes within the batch.

#[test]
fn an_invitation_that_waits_for_an_address_is_found_in_the_batch_that_opens_its_account() {
    let mut town = Town::new(Settings::default());
    let open = AddUser {
        by: None,
        id: None,
        uid: user_uid(8),
        subject: subject(8),
        username: Some(username(8)),
        name: None,
        language: None,
        email: Some(address(8)),
        is_admin: false,
        roles: GlobalRoles::default(),
        password: None,
        is_email_verified: true,
        is_founder: false,
        profile: Profile::default(),
    };
    let invite = direct(&mut town, 1, group(1), UserRef::Username(username(8)));
    assert_eq!(rows(agree(&mut town, &[open.into(), invite]).unwrap()), [InviteRow::Added]);
}

#[test]
fn a_member_is_known_by_an_address_in_the_batch_that_verifies_it() {
    let mut town = Town::new(Settings::default());
    let invite = direct(&mut town, 1, group(1), UserRef::Email(address(10)));
    assert_eq!(rows(agree(&mut town, &[vouch(2, 10), invite]).unwrap()), [InviteRow::AlreadyMember]);
    let disable = DisableUser { by: None, user: UserRef::Email(address(11)) };
    assert_eq!(agree(&mut town, &[vouch(1, 11), disable.into()]).unwrap(), Err(Refusal::LastOwner));
}

#[test]
fn a_refusal_for_good_counts_in_the_batch_that_verifies_its_address_or_makes_the_group() {
    let mut town = Town::new(Settings::default());
    let secret = town.stored.secrets.values().find(|secret| {
        let invitee = &town.stored.invitations[&secret.invitation].invitee;
        *invitee == Invitee::Email(address(9))
    });
    let invitation = secret.map(|secret| InvitationRef::Token(secret.hash));
    town.run(&RefuseInvitations { by: None, invitation, from: InvitationsFrom::Everyone }.into()).unwrap();
    let create = CreateGroup {
        by: None,
        owner: UserRef::Id(user_id(1)),
        id: None,
        uid: group_uid(9),
        slug: slug(9),
        name: DisplayName::parse("A group").unwrap(),
        description: Description::default(),
        language: None,
        is_public: false,
        chat: ChatSettings::default(),
        members: vec![],
        is_without_owner: false,
    };
    let known = direct(&mut town, 1, group(1), UserRef::Id(user_id(6)));
    let new = direct(&mut town, 1, GroupRef::Slug(slug(9)), UserRef::Id(user_id(6)));
    agree(&mut town, &[vouch(6, 9), known]).unwrap().unwrap();
    agree(&mut town, &[create.into(), new]).unwrap().unwrap();
    assert_eq!(town.stored.members.keys().filter(|(_, user)| *user == user_id(6)).count(), 2);
}

#[test]
fn a_group_is_known_by_a_slug_in_the_batch_that_gives_it() {
    let mut town = Town::new(Settings::default());
    let rename = |by: i64, n: i64, slug| {
        let patch = GroupPatch { slug: Some(slug), ..GroupPatch::default() };
        Command::from(UpdateGroup { by: user_id(by), group: group(n), patch })
    };
    let leave = Leave { by: user_id(2), group: GroupRef::Slug(slug(7)) };
    agree(&mut town, &[rename(3, 6, slug(7)), leave.into()]).unwrap().unwrap();
    assert!(town.stored.members.contains_key(&(group_id(6), user_id(5))), "the first of those who wait");

    // By now the text is the slug of one group and the uid of another, which goes.
    agree(&mut town, &[DeleteGroup { by: user_id(1), group: group(1), frees_slug: false }.into()]).unwrap().unwrap();
    agree(&mut town, &[rename(3, 6, twisted_slug(1))]).unwrap().unwrap();
    town.now = town.now + GRACE;
    let leave = Leave { by: user_id(5), group: GroupRef::UidOrSlug(group_uid(1).to_string()) };
    let purge = PurgeGroup { group: group_id(1) };
    agree(&mut town, &[purge.into(), leave.into()]).unwrap().unwrap();
}

proptest! {
    #![proptest_config(histories(80))]

    #[test]
    fn deciding_on_what_a_batch_needs_is_deciding_on_everything(
        settings in settings(),
        batches in vec((pause(), vec(step(), 1..9)), 1..14),
    ) {
        let mut town = Town::new(settings);
        for (pause, steps) in &batches {
            town.wait(*pause);
            let mut commands = town.commands(steps);
            // Mail that goes with its group in the batch that takes it was loaded in the place of other mail, which is taken
            // the next time.
            if commands.iter().any(|command| matches!(command, Command::PurgeGroup(_))) {
                commands.retain(|command| !matches!(command, Command::TakeMail(_)));
            }
            let _ = agree(&mut town, &commands)?;
        }
    }

    /// What stays in memory for the length of a batch is what would be found in storage after each command.
    #[test]
    fn following_changes_is_loading_everything_anew(settings in settings(), steps in steps()) {
        let mut town = Town::new(settings);
        for (pause, step) in &steps {
            town.wait(*pause);
            for command in town.commands([step]) {
                let mut anew = town.again();
                prop_assert_eq!(&anew.run(&command), &town.run(&command), "{:?}", command);
                prop_assert_eq!(&anew.recorded, &town.recorded, "{:?}", command);
            }
        }
    }
}
