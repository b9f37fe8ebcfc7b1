//! What is mailed to whom, when it leaves, and what becomes of it.

#![expect(clippy::unwrap_used, reason = "a test whose own values are wrong shall stop")]

mod check;

use guestlist_core::Change;
use guestlist_core::command::{Expiry, MailResult, Report};
use guestlist_core::language::{Language, Languages};
use guestlist_core::mail::{LEASE, Letter, Mail, MailState, Recipient, Reply, TRIED_FOR, TryKind};
use guestlist_core::opt_out::InvitationsFrom;
use guestlist_core::outcome::Outcome;
use guestlist_core::settings::Settings;
use guestlist_core::time::Timestamp;
use guestlist_core::user::UserRef;
use guestlist_core::world::{
    DAY, HOUR, World, accept, accept_held, accept_mailed, admit, approve, archive, at, decline, delete, enrol, group,
    hand_over, join, keep, lasting, leave, offer, offer_sign_in, refuse, remind, remove, report_mail, resend, revoke,
    see, settle_mail, take_mail, undo,
};
use guestlist_core::{Command, decide};

use self::check::check;

const WEEK: i64 = 7 * DAY;

fn circle() -> World {
    group("circle").owner("amina").verified("amina", "amina@example.org").verified("bilal", "bilal@example.org")
}

/// What is mailed about a command, in words; nothing if it is refused.
fn post(world: &World, now: Timestamp, ask: impl Fn(&World) -> Command) -> Vec<String> {
    let decision = decide(&ask(world), world.facts(), now).map(|decision| decision.changes).unwrap_or_default();
    let mails = decision.iter().filter_map(|change| if let Change::Mail(mail) = change { Some(mail) } else { None });
    mails.map(|mail| told(world, mail, now)).collect()
}

fn told(world: &World, mail: &Mail, now: Timestamp) -> String {
    let name = |id| match world.facts().user(&UserRef::Id(id)).and_then(|user| user.username.clone()) {
        Some(name) => name.to_string(),
        None => id.to_string(),
    };
    let to = match &mail.to {
        Recipient::User(id) => name(*id),
        Recipient::Address(email) => email.to_string(),
        Recipient::Owners => "owners".to_owned(),
    };
    assert!(world.facts().mail(mail.id).is_none() && mail.tries.is_empty(), "{mail:?} is new");
    assert_eq!((mail.state, mail.created_at, mail.due_at), (MailState::Queued, now, Some(now)));
    let about = mail.about.map(|id| format!(" about {}", name(id))).unwrap_or_default();
    let invitation = mail.invitation.map(|id| format!(" of invitation {}", id.as_uuid().as_u128())).unwrap_or_default();
    format!("{} to {to}{about}{invitation}", mail.kind.as_str())
}

/// What is there to send, by whoever takes everything at `now`.
fn letters(world: &World, now: Timestamp) -> Vec<Letter> {
    let command = take_mail(now, 100)(world);
    match decide(&command, world.facts(), now).unwrap().outcome {
        Outcome::MailTaken(taken) => taken.letters,
        outcome => panic!("{outcome:?}"),
    }
}

fn state(world: &World, to: &str) -> MailState {
    world.facts().mail(world.mail(to)).unwrap().state
}

fn tries(world: &World, to: &str) -> Vec<TryKind> {
    world.facts().mail(world.mail(to)).unwrap().tries.iter().map(|attempt| attempt.what).collect()
}

fn invited() -> World {
    circle().after(at(0), offer("amina", &["new@example.org"], lasting(WEEK)))
}

/// Invited, and being sent since a millisecond later.
fn sending() -> World {
    invited().after(at(1), take_mail(at(1), 1))
}

// What causes mail.

#[test]
fn an_invitation_is_mailed_to_the_address_or_to_the_account() {
    let mails = post(&circle(), at(0), offer("amina", &["new@example.org", "bilal"], lasting(WEEK)));
    let expected = ["invitation to new@example.org of invitation 1", "invitation to bilal of invitation 2"];
    assert_eq!(mails, expected);
}

#[test]
fn inviting_again_is_mailed_at_most_once_an_hour() {
    let again = || offer("amina", &["new@example.org"], lasting(WEEK));
    assert_eq!(post(&invited(), at(HOUR - 1), again()), [""; 0]);
    let mail = "invitation to new@example.org of invitation 1";
    assert_eq!(post(&invited(), at(HOUR), again()), [mail]);
    assert_eq!(post(&invited(), at(HOUR), resend("amina", "new@example.org", Expiry::Usual)), [mail]);
}

#[test]
fn whoever_is_brought_in_directly_gets_no_mail_and_neither_does_the_inviter() {
    assert_eq!(post(&circle(), at(0), admit("amina", &["bilal"])), [""; 0]);
    let world = circle().after(at(0), offer("amina", &["bilal"], lasting(WEEK)));
    assert_eq!(post(&world, at(1), admit("amina", &["bilal"])), [""; 0]);
    let world = world.moderator("carim");
    assert_eq!(post(&world, at(1), admit("carim", &["bilal"])), [""; 0]);
}

#[test]
fn the_inviter_hears_of_an_acceptance_and_of_nothing_else() {
    let world = circle().after(at(0), offer("amina", &["bilal"], lasting(WEEK)));
    let mail = "accepted to amina about bilal of invitation 1";
    assert_eq!(post(&world, at(1), accept("bilal", "bilal")), [mail]);
    assert_eq!(post(&world, at(1), join("bilal")), [mail], "that is a yes, too");
    assert_eq!(post(&world, at(1), decline("bilal", "bilal")), [""; 0]);
    assert_eq!(post(&world, at(1), revoke("amina", "bilal")), [""; 0]);
    assert_eq!(post(&world, at(1), remove("amina", "bilal")), [""; 0]);
}

#[test]
fn owners_hear_of_a_request_and_the_person_of_its_approval() {
    let world = circle().requestable();
    assert_eq!(post(&world, at(0), join("bilal")), ["request to owners about bilal"]);
    let world = world.after(at(0), join("bilal"));
    assert_eq!(post(&world, at(1), approve("amina", "bilal")), ["approved to bilal"]);
}

#[test]
fn whoever_gets_a_free_seat_hears_of_it() {
    let world = circle().public().member("carim").seats(2).after(at(0), join("bilal"));
    assert_eq!(post(&world, at(1), leave("carim")), ["approved to bilal"]);
}

#[test]
fn whoever_is_offered_a_group_hears_of_it() {
    let world = circle().member("bilal");
    let mail = "ownership_offered to bilal about amina";
    assert_eq!(post(&world, at(0), hand_over("amina", "bilal")), [mail]);
}

#[test]
fn mail_is_held_back_for_as_long_as_the_operator_says() {
    let settings = Settings { hold_mail: Some(lasting(HOUR)), ..Settings::default() };
    let world = circle().settings(settings).after(at(0), offer("amina", &["new@example.org"], lasting(WEEK)));
    assert_eq!(letters(&world, at(HOUR - 1)), []);
    assert_eq!(letters(&world, at(HOUR)).len(), 1);
    // What is undone meanwhile is never sent.
    let undone = world.after(at(1), undo("amina")).after(at(HOUR), take_mail(at(HOUR), 1));
    assert_eq!(state(&undone, "new@example.org"), MailState::Dropped);
}

// Reminders.

#[test]
fn somebody_is_reminded_once_before_the_end_if_they_gave_no_sign_of_life() {
    let due = at(5 * DAY);
    assert_eq!(check(&invited(), at(5 * DAY - 1), remind()), "reminded: 0");
    let mail = "reminder to new@example.org of invitation 1";
    assert_eq!(post(&invited(), due, remind()), [mail]);
    let reminded = invited().after(due, remind());
    assert_eq!(check(&reminded, at(6 * DAY), remind()), "reminded: 0");
    // Not even if it is sent again and lives longer.
    let resent = reminded.after(at(6 * DAY), resend("amina", "new@example.org", Expiry::Usual));
    assert_eq!(check(&resent, at(12 * DAY), remind()), "reminded: 0");
}

#[test]
fn a_link_that_was_opened_an_answer_and_an_end_stop_the_reminder() {
    let due = at(5 * DAY);
    assert_eq!(check(&sending().after(at(HOUR), see(1)), due, remind()), "reminded: 0");
    assert_eq!(check(&sending().after(at(HOUR), revoke("amina", "new@example.org")), due, remind()), "reminded: 0");
    assert_eq!(check(&invited(), at(WEEK), remind()), "reminded: 0");
    let short = circle().after(at(0), offer("amina", &["new@example.org"], lasting(DAY)));
    assert_eq!(check(&short, at(DAY - 1), remind()), "reminded: 0");
}

// Leaving.

#[test]
fn a_letter_says_everything_that_is_written_in_it() {
    let world = invited();
    let [letter] = &letters(&world, at(1))[..] else { panic!("one letter") };
    assert_eq!(letter.to.as_str(), "new@example.org");
    assert_eq!((letter.group_name.as_str(), letter.person.as_deref()), ("circle", Some("amina")));
    assert_eq!((letter.expires_at, letter.attempt, letter.is_withheld), (Some(at(WEEK)), 1, false));
    assert_eq!(letter.languages, Languages { first: Language::English, second: None });
    assert!(letter.secret.is_some(), "it has a link");
}

#[test]
fn what_is_being_sent_is_taken_by_nobody_else_for_a_while() {
    let world = sending();
    let end = at(1) + LEASE;
    assert_eq!(letters(&world, Timestamp::from_millis(end.as_millis() - 1)), []);
    let [letter] = &letters(&world, end)[..] else { panic!("taken over") };
    assert_eq!(letter.attempt, 2, "the first may have been sent");
    let taken = world.after(end, take_mail(end, 2));
    assert_eq!(tries(&taken, "new@example.org"), [TryKind::Interrupted]);
}

#[test]
fn an_invitation_that_is_over_is_not_mailed() {
    let end: [fn(World) -> World; 5] = [
        |world| world.after(at(1), revoke("amina", "new@example.org")),
        |world| world.after(at(1), archive("amina")),
        |world| world.after(at(1), delete("amina")),
        |world| world.after(at(1), accept_mailed_of("bilal")),
        |world| world.after(at(WEEK), |world| remind()(world)),
    ];
    for over in end {
        let world = over(invited().trusting().mailed("new@example.org", 9));
        let now = world.now() + lasting(HOUR);
        assert_eq!(letters(&world, now).iter().filter(|letter| letter.kind.invites()).count(), 0);
    }
}

fn accept_mailed_of(by: &'static str) -> impl Fn(&World) -> Command {
    accept_mailed(by, 9)
}

#[test]
fn to_whoever_refuses_nothing_is_sent_and_all_else_is_as_always() {
    for from in [InvitationsFrom::Everyone, InvitationsFrom::Inviter(circle().id("amina"))] {
        let world = circle().after(at(0), refuse("bilal", from));
        let world = world.after(at(1), offer("amina", &["bilal", "bilal@example.org"], lasting(WEEK)));
        let letters = letters(&world, at(2));
        assert!(!letters.is_empty());
        for letter in letters {
            assert!(letter.is_withheld && letter.secret.is_none());
        }
        let world = world.after(at(2), take_mail(at(2), 1)).after(at(3), settle_mail("bilal", MailResult::Withheld));
        assert_eq!(state(&world, "bilal").as_str(), "handed_over");
        assert_eq!(tries(&world, "bilal"), [TryKind::HandedOver]);
    }
}

#[test]
fn mail_to_an_account_without_a_verified_address_is_hopeless() {
    let world = circle().unverified("carim", "carim@example.org");
    let world = world.after(at(0), offer("amina", &["carim"], lasting(WEEK)));
    let taken = check(&world, at(1), take_mail(at(1), 1));
    assert!(taken.starts_with("mail taken: hopeless: the account has no verified address"), "{taken}");
}

#[test]
fn owners_are_written_to_each_in_a_mail_of_their_own() {
    let world =
        circle().owner("dawud").verified("dawud", "dawud@example.org").requestable().after(at(0), join("bilal"));
    let world = world.after(at(1), take_mail(at(1), 1));
    let mut to: Vec<_> = letters(&world, at(2)).iter().map(|letter| letter.to.to_string()).collect();
    to.sort();
    assert_eq!(to, ["amina@example.org", "dawud@example.org"]);
    assert_eq!(letters(&world, at(3)).first().and_then(|letter| letter.person.clone()).as_deref(), Some("bilal"));
}

#[test]
fn an_offer_of_ownership_that_was_taken_back_is_not_mailed() {
    let world = circle().member("bilal").after(at(0), hand_over("amina", "bilal"));
    assert_eq!(letters(&world, at(1)).len(), 1);
    assert_eq!(letters(&world.after(at(1), keep("amina")), at(2)), []);
}

// What becomes of it.

#[test]
fn what_nobody_takes_is_tried_again_for_three_days() {
    let later = || MailResult::Deferred(Reply::of("450 4.2.1 later"));
    let world = sending().after(at(2), settle_mail("new@example.org", later()));
    let mail = world.facts().mail(world.mail("new@example.org")).unwrap();
    let pause = mail.due_at.unwrap().as_millis() - at(2).as_millis();
    assert!((48_000..=72_000).contains(&pause), "{pause}");
    let end = at(0) + TRIED_FOR;
    let world = world.after(end, take_mail(end, 2)).after(end, settle_mail("new@example.org", later()));
    assert_eq!(state(&world, "new@example.org"), MailState::Failed);
    assert_eq!(tries(&world, "new@example.org"), [TryKind::Deferred, TryKind::Failed]);
}

#[test]
fn the_first_word_on_a_mail_counts() {
    let world = sending().after(at(2), settle_mail("new@example.org", MailResult::HandedOver));
    let late = settle_mail("new@example.org", MailResult::Failed(Reply::of("too late")));
    assert_eq!(check(&world, at(3), late), "mail settled");
    assert_eq!(state(&world, "new@example.org"), MailState::HandedOver);
}

#[test]
fn mail_that_was_not_tried_is_due_at_once() {
    let world = sending().after(at(2), settle_mail("new@example.org", MailResult::Untried));
    assert_eq!(letters(&world, at(2)).first().map(|letter| letter.attempt), Some(1));
}

#[test]
fn an_address_that_does_not_exist_is_not_written_to_again() {
    let dead = |world: &World| {
        let email = guestlist_core::names::Email::parse("new@example.org").unwrap();
        settle_mail("new@example.org", MailResult::DeadAddress(email, Reply::of("550 5.1.1 nobody")))(world)
    };
    for world in [
        sending().after(at(2), dead),
        sending()
            .after(at(2), settle_mail("new@example.org", MailResult::HandedOver))
            .after(at(3), report_mail("new@example.org", Report::HardBounce)),
    ] {
        let world = world.after(at(HOUR), resend("amina", "new@example.org", Expiry::Usual));
        let taken = check(&world, at(HOUR + 1), take_mail(at(HOUR + 1), 2));
        assert!(taken.starts_with("mail taken: hopeless: 550 5.1.1 nobody"), "{taken}");
    }
}

#[test]
fn a_soft_bounce_is_no_reason_not_to_write_again() {
    let world = sending()
        .after(at(2), settle_mail("new@example.org", MailResult::HandedOver))
        .after(at(3), report_mail("new@example.org", Report::SoftBounce));
    assert_eq!(state(&world, "new@example.org"), MailState::Bounced);
    let world = world.after(at(HOUR), resend("amina", "new@example.org", Expiry::Usual));
    assert_eq!(letters(&world, at(HOUR + 1)).len(), 1);
}

#[test]
fn a_complaint_is_a_refusal_of_everybody() {
    let world = sending()
        .after(at(2), settle_mail("new@example.org", MailResult::HandedOver))
        .after(at(3), report_mail("new@example.org", Report::Complaint));
    assert_eq!(state(&world, "new@example.org"), MailState::Complained);
    let world = world.after(at(HOUR), resend("amina", "new@example.org", Expiry::Usual));
    assert!(letters(&world, at(HOUR + 1)).iter().all(|letter| letter.is_withheld));
    assert_eq!(check(&world, at(HOUR), report_mail("bilal", Report::Complaint)), "mail reported", "there is none");
}

// The secret in it.

#[test]
fn whoever_holds_the_secret_accepts_as_the_person_invited() {
    let world = circle().after(at(0), offer("amina", &["bilal@example.org"], lasting(WEEK)));
    let world = world.after(at(1), take_mail(at(1), 1));
    let accepted = check(&world, at(2), accept_held(1));
    assert!(accepted.starts_with("accepted: new member of circle"), "{accepted}");
    assert!(accepted.contains("+ membership bilal"), "{accepted}");
    assert_eq!(check(&sending(), at(2), accept_held(1)), "refused: CallerDisabled", "there is no account yet");
    assert_eq!(check(&world, at(2), accept_held(77)), "refused: InvitationNotFound");
}

#[test]
fn whoever_has_no_account_opens_one_with_the_secret() {
    let enrolled = check(&sending(), at(2), enrol("carim", 1));
    assert!(enrolled.starts_with("enrolled: 3 new member"), "{enrolled}");
    assert!(enrolled.contains("+ address new@example.org of 3 verified"), "{enrolled}");
    assert!(enrolled.contains("+ membership 3"), "{enrolled}");
    assert!(enrolled.contains("~ invitation 1 accepted by 3"), "{enrolled}");
    let mail = "accepted to amina about 3 of invitation 1";
    assert_eq!(post(&sending(), at(2), enrol("carim", 1)), [mail]);
    let again = sending().after(at(2), enrol("carim", 1));
    assert_eq!(check(&again, at(3), enrol("dawud", 1)), "refused: EmailTaken");
    assert_eq!(check(&sending(), at(WEEK), enrol("carim", 1)), "refused: InvitationClosed(Expired)");
}

#[test]
fn somebody_with_another_account_gets_a_secret_that_stands_for_it_for_half_an_hour() {
    let world = sending().trusting();
    let ask = || offer_sign_in(1, "bilal@example.org");
    assert_eq!(post(&world, at(2), ask()), ["sign_in to bilal of invitation 1"]);
    let world = world.after(at(2), ask()).after(at(3), take_mail(at(3), 5));
    let accepted = check(&world, at(4), accept_held(5));
    assert!(accepted.contains("+ membership bilal"), "{accepted}");
    assert_eq!(check(&world, at(3 + 30 * 60_000), accept_held(5)), "refused: CallerDisabled");
}

#[test]
fn nobody_learns_from_it_whether_there_is_an_account() {
    let world = sending().trusting();
    assert_eq!(check(&world, at(2), offer_sign_in(1, "nobody@example.org")), "sign-in offered");
    assert_eq!(check(&world, at(2), offer_sign_in(1, "bilal@example.org")), "sign-in offered");
    // Where the group insists on the address, another account is of no use.
    assert_eq!(post(&sending(), at(2), offer_sign_in(1, "bilal@example.org")), [""; 0]);
}

#[test]
fn opening_the_link_is_noted_once_and_changes_nothing_else() {
    let world = sending();
    let before =
        world.facts().invitation(&guestlist_core::invitation::InvitationRef::Token(guestlist_core::world::secret(1)));
    let before = before.unwrap().clone();
    let seen = decide(&see(1)(&world), world.facts(), at(5)).unwrap().changes;
    let [Change::Invitation(after)] = &seen[..] else { panic!("{seen:?}") };
    let expected = guestlist_core::invitation::Invitation { seen_at: Some(at(5)), remind_at: None, ..before };
    assert_eq!(*after, expected);
    assert_eq!(check(&world.after(at(5), see(1)), at(6), see(1)), "seen");
}
