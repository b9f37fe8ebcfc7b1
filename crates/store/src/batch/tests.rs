//! Batches on an engine that remembers what it was asked, and fails where told to.

use guestlist_core::chat::ChatSettings;
use guestlist_core::chat::Profile;
use guestlist_core::command::{AddUser, CreateGroup, Expiry, GroupPatch, ResendInvitation};
use guestlist_core::global_role::GlobalRoles;
use guestlist_core::group::Tally;
use guestlist_core::ids::{Uid, UserId};
use guestlist_core::names::{Description, DisplayName, Slug, Subject, Username};
use guestlist_core::origin::Via;
use guestlist_core::outcome::{InviteRow, MemberRemoved};
use guestlist_core::settings::RESEND_PAUSE;
use guestlist_core::user::UserRef;
use guestlist_core::version::{Expected, Version, Versioned};
use guestlist_core::world::{DAY, PERSON_KEY, START, World, admit, group, lasting, leave, remove, resend, update};
use guestlist_core::{Change, Facts, Refusal, Timestamp};

use guestlist_testing::FakeClock;

use super::*;
use crate::terms;

/// Where an engine can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Begin,
    Load,
    Apply,
    Commit,
}

/// How it fails.
#[derive(Clone)]
enum Failure {
    Error(StoreError),
    Panic,
}

type Trouble = Box<dyn FnMut(Step, &[Change]) -> Option<Failure> + Send>;

/// A database in memory. It notes what happens in the order in which it happens.
struct Fake {
    committed: Vec<Change>,
    written: Vec<Change>,
    answers: BTreeMap<AnswerKey, KeptAnswer>,
    answers_written: BTreeMap<AnswerKey, KeptAnswer>,
    events: Vec<String>,
    /// Whether a step fails, given what is being written.
    trouble: Trouble,
}

impl Fake {
    fn new(world: &World) -> Self {
        Self {
            committed: world.changes().to_vec(),
            written: vec![],
            answers: BTreeMap::new(),
            answers_written: BTreeMap::new(),
            events: vec![],
            trouble: Box::new(|_, _| None),
        }
    }

    fn failing(world: &World, trouble: impl FnMut(Step, &[Change]) -> Option<Failure> + Send + 'static) -> Self {
        Self { trouble: Box::new(trouble), ..Self::new(world) }
    }

    fn facts(&self) -> Facts {
        let mut facts = Facts::of(Settings::default(), PERSON_KEY);
        facts.learn_next_user_id(UserId::new(1).unwrap());
        facts.learn_next_group_id(guestlist_core::ids::GroupId::new(1).unwrap());
        for change in &self.committed {
            facts.apply(change);
        }
        facts
    }

    fn knows(&self, name: &str) -> bool {
        self.facts().user(&UserRef::Username(Username::parse(name).unwrap())).is_some()
    }

    fn step(&mut self, step: Step, event: String) -> Result<(), StoreError> {
        self.events.push(event);
        match (self.trouble)(step, &self.written) {
            None => Ok(()),
            Some(Failure::Error(error)) => Err(error),
            Some(Failure::Panic) => panic!("the engine at {step:?}"),
        }
    }
}

impl Engine for Fake {
    async fn begin(&mut self) -> Result<(), StoreError> {
        assert!(self.written.is_empty(), "the last transaction was not given up");
        self.step(Step::Begin, "begin".to_owned())
    }

    async fn load(&mut self, needs: &[Needs], _: &Settings) -> Result<Facts, StoreError> {
        self.step(Step::Load, format!("load {}", needs.len()))?;
        Ok(self.facts())
    }

    async fn recall(&mut self, keys: &BTreeSet<AnswerKey>) -> Result<BTreeMap<AnswerKey, KeptAnswer>, StoreError> {
        self.events.push(format!("recall {}", keys.len()));
        Ok(self.answers.iter().filter(|(key, _)| keys.contains(key)).map(|(key, kept)| (*key, kept.clone())).collect())
    }

    async fn apply(&mut self, net: &NetChanges) -> Result<(), StoreError> {
        self.written.extend(net.users.values().cloned().map(Change::User));
        self.written.extend(net.groups.values().cloned().map(Change::Group));
        self.written.extend(net.memberships.iter().map(|((group, user), membership)| match membership {
            Some(membership) => Change::Membership(membership.clone()),
            None => Change::MembershipEnded(*group, *user),
        }));
        self.written.extend(net.tallies.iter().map(|(group, tally)| Change::Tally(*group, *tally)));
        self.written.extend(net.events.iter().cloned().map(|event| Change::Event(Box::new(event))));
        self.answers_written.extend(net.answers.clone());
        self.step(Step::Apply, format!("apply {}", self.written.len()))
    }

    async fn commit(&mut self) -> Result<(), StoreError> {
        self.step(Step::Commit, "commit".to_owned())?;
        self.committed.append(&mut self.written);
        self.answers.append(&mut self.answers_written);
        Ok(())
    }

    async fn abandon(&mut self) {
        self.events.push("abandon".to_owned());
        self.written.clear();
        self.answers_written.clear();
    }

    async fn close(self) {}
}

/// A clock that is a millisecond later each time it is asked.
#[derive(Default)]
struct Ticking(std::sync::atomic::AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst))
    }
}

fn carry_out(engine: &mut Fake, commands: &[Command]) -> Vec<Verdict> {
    let order =
        |command: &Command| Order { command: command.clone(), origin: Origin::default(), terms: Terms::default() };
    carry_out_orders(engine, &commands.iter().map(order).collect::<Vec<_>>())
}

fn carry_out_orders(engine: &mut Fake, orders: &[Order]) -> Vec<Verdict> {
    let around = Circumstances { clock: Arc::new(Ticking::default()), settings: Settings::default() };
    run(engine, &around, &orders.iter().collect::<Vec<_>>()).now_or_never().unwrap()
}

fn add(name: &str) -> Command {
    AddUser {
        language: None,
        by: None,
        id: None,
        uid: Uid::parse(name).unwrap(),
        subject: Subject::parse(name).unwrap(),
        username: Some(Username::parse(name).unwrap()),
        name: None,
        email: None,
        is_admin: false,
        roles: GlobalRoles::default(),
        password: None,
        is_email_verified: true,
        is_founder: false,
        profile: Profile::default(),
    }
    .into()
}

fn create(slug: &str, owner: &str) -> Command {
    CreateGroup {
        language: None,
        by: None,
        owner: UserRef::Username(Username::parse(owner).unwrap()),
        id: None,
        uid: Uid::parse(slug).unwrap(),
        slug: Slug::parse(slug).unwrap(),
        name: DisplayName::parse(slug).unwrap(),
        description: Description::default(),
        is_public: false,
        chat: ChatSettings::default(),
        members: vec![],
        is_without_owner: false,
    }
    .into()
}

/// Verdicts in one word each.
fn words(verdicts: &[Verdict]) -> Vec<String> {
    let word = |verdict: &Verdict| match verdict {
        Ok(_) => "done".to_owned(),
        Err(Rejection::Refused(refusal, _)) => format!("{refusal:?}"),
        Err(Rejection::Failed(error)) => chain(error),
    };
    verdicts.iter().map(word).collect()
}

/// Fails whenever somebody called `guilty` is written.
fn guilty(failure: Failure) -> impl FnMut(Step, &[Change]) -> Option<Failure> + Send {
    move |step, written| {
        let is_guilty = |change: &Change| matches!(change, Change::User(user) if user.uid.as_str() == "guilty");
        (step == Step::Apply && written.iter().any(is_guilty)).then(|| failure.clone())
    }
}

fn corrupt() -> StoreError {
    StoreError::Corrupt { table: "users", column: "name", key: "7".to_owned() }
}

#[test]
fn a_batch_is_one_transaction_and_answered_after_its_commit() {
    let mut engine = Fake::new(&World::default());
    let verdicts = carry_out(&mut engine, &[add("a"), add("b"), add("c")]);
    assert_eq!(words(&verdicts), ["done", "done", "done"]);
    assert_eq!(engine.events, ["begin", "load 3", "apply 6", "commit"]);
}

#[test]
fn all_of_a_batch_happens_at_one_instant() {
    let mut engine = Fake::new(&World::default());
    let verdicts = carry_out(&mut engine, &[add("a"), add("b")]);
    let times: Vec<_> = verdicts
        .into_iter()
        .map(|verdict| match verdict {
            Ok(Submitted::Done(Outcome::UserAdded(added))) => added.0.created_at.as_millis(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(times, [0, 0]);
}

#[test]
fn each_command_sees_the_changes_of_those_before_it() {
    let mut engine = Fake::new(&World::default());
    let verdicts = carry_out(
        &mut engine,
        &[create("circle", "a"), add("a"), add("a"), create("circle", "a"), create("circle", "a"), add("b")],
    );
    assert_eq!(words(&verdicts), ["UserNotFound", "done", "UidTaken", "done", "UidTaken", "done"]);
    let Ok(Submitted::Done(Outcome::UserAdded(b))) = &verdicts[5] else { panic!("{verdicts:?}") };
    assert_eq!(b.0.id.get(), 2, "the refused took no number");

    let world = group("circle").owner("amina").member("bilal");
    let mut engine = Fake::new(&world);
    let verdicts = carry_out(
        &mut engine,
        &[
            leave("bilal")(&world),
            remove("amina", "bilal")(&world),
            admit("amina", &["bilal"])(&world),
            remove("amina", "bilal")(&world),
        ],
    );
    assert!(
        matches!(&verdicts[2], Ok(Submitted::Done(Outcome::Invited(invited))) if invited.rows == [InviteRow::Added])
    );
    assert!(matches!(&verdicts[1], Err(Rejection::Refused(Refusal::MemberNotFound, _))));
    assert!(matches!(&verdicts[3], Ok(Submitted::Done(Outcome::MemberRemoved(MemberRemoved::Member)))));
    let facts = engine.facts();
    assert_eq!(facts.group(&world.here()).map(|group| (group.tally.members, group.tally.notices)), Some((1, 3)));
    assert_eq!(facts.membership(facts.group(&world.here()).unwrap().id, world.id("bilal")), None);
}

#[test]
fn a_rehearsal_is_decided_like_any_other_and_leaves_no_trace() {
    let mut engine = Fake::new(&World::default());
    let order = |name, is_rehearsal| Order {
        command: add(name),
        origin: Origin::default(),
        terms: Terms { is_rehearsal, ..Terms::default() },
    };
    let verdicts = carry_out_orders(&mut engine, &[order("a", true), order("a", false), order("a", true)]);
    assert_eq!(words(&verdicts), ["done", "done", "UidTaken"]);
    assert_eq!(engine.events, ["begin", "load 3", "apply 2", "commit"]);

    let mut engine = Fake::new(&World::default());
    assert_eq!(words(&carry_out_orders(&mut engine, &[order("a", true), order("b", true)])), ["done", "done"]);
    assert_eq!(engine.events, ["begin", "load 2", "commit"]);
}

/// Opens an account at most once per key; the answer is the number that it got, or the refusal.
fn once(name: &str, key: u8, request: u8) -> Order {
    let key = AnswerKey { user: UserId::new(1).unwrap(), hash: [key; 32] };
    let once = Once::new::<AddUser>(key, [request; 32], |result| match result {
        Ok(added) => Some(format!("number {}", added.0.id).into_bytes()),
        Err(why) => Some(why.refusal.code().as_bytes().to_vec()),
    });
    let terms = Terms { once: Some(once), ..Terms::default() };
    Order { command: add(name), origin: Origin::default(), terms }
}

fn answers(verdicts: &[Verdict]) -> Vec<String> {
    let answer = |verdict: &Verdict| match verdict {
        Ok(Submitted::Answered { answer, is_replay }) => {
            format!("{}{}", String::from_utf8_lossy(answer), if *is_replay { " again" } else { "" })
        }
        other => format!("{other:?}"),
    };
    verdicts.iter().map(answer).collect()
}

#[test]
fn a_request_with_a_key_is_carried_out_once_in_its_batch_and_after_it() {
    let mut engine = Fake::new(&World::default());
    let orders = [once("a", 1, 1), once("a", 1, 1), once("b", 1, 2), once("a", 2, 1), once("b", 3, 1)];
    let verdicts = carry_out_orders(&mut engine, &orders);
    assert_eq!(answers(&verdicts), ["number 1", "number 1 again", "Ok(KeyReused)", "uid-taken", "number 2"]);
    assert_eq!(engine.events, ["begin", "load 5", "recall 3", "apply 4", "commit"]);

    let orders = [once("a", 1, 1), once("a", 2, 1), once("c", 3, 9)];
    let verdicts = carry_out_orders(&mut engine, &orders);
    assert_eq!(answers(&verdicts), ["number 1 again", "uid-taken again", "Ok(KeyReused)"]);
}

#[test]
fn an_answer_is_kept_to_the_end_of_its_day_and_no_longer() {
    let mut engine = Fake::new(&World::default());
    carry_out_orders(&mut engine, &[once("a", 1, 1)]);
    let day = terms::ANSWERS_KEPT.as_millis();
    for (age, expected) in [(day - 1, "number 1 again"), (day, "uid-taken")] {
        let clock = Arc::new(FakeClock::at(Timestamp::from_millis(age)));
        let around = Circumstances { clock, settings: Settings::default() };
        let verdicts = run(&mut engine, &around, &[&once("a", 1, 1)]).now_or_never().unwrap();
        assert_eq!(answers(&verdicts), [expected]);
    }
}

#[test]
fn an_answer_that_is_not_to_be_kept_is_made_anew_each_time() {
    let mut engine = Fake::new(&World::default());
    let order = |name| {
        let key = AnswerKey { user: UserId::new(1).unwrap(), hash: [1; 32] };
        let once = Once::new::<AddUser>(key, [1; 32], |_| None);
        let terms = Terms { once: Some(once), ..Terms::default() };
        Order { command: add(name), origin: Origin::default(), terms }
    };
    let verdicts = carry_out_orders(&mut engine, &[order("a"), order("b"), order("a")]);
    let done = |verdict: &Verdict| matches!(verdict, Ok(Submitted::Done(Outcome::UserAdded(_))));
    assert!(done(&verdicts[0]) && done(&verdicts[1]), "{verdicts:?}");
    assert!(matches!(&verdicts[2], Err(Rejection::Refused(Refusal::UidTaken, _))), "{verdicts:?}");
    assert!(engine.knows("a") && engine.knows("b") && engine.answers.is_empty());
}

#[test]
fn an_answer_that_cannot_be_made_changes_nothing() {
    let mut engine = Fake::new(&World::default());
    let key = AnswerKey { user: UserId::new(1).unwrap(), hash: [1; 32] };
    let broken = Once::new::<AddUser>(key, [1; 32], |_| panic!("no words"));
    let terms = Terms { once: Some(broken), ..Terms::default() };
    let order = Order { command: add("a"), origin: Origin::default(), terms };
    let verdicts = carry_out_orders(&mut engine, &[order, once("b", 2, 1)]);
    assert!(matches!(&verdicts[0], Err(Rejection::Failed(StoreError::Bug { .. }))), "{verdicts:?}");
    assert_eq!(answers(&verdicts[1..]), ["number 1"]);
    assert!(!engine.knows("a") && engine.knows("b"));
}

#[test]
fn a_command_whose_time_has_not_come_is_not_answered_for_good() {
    let world = group("circle").owner("amina").invited("bilal", lasting(DAY));
    let mut engine = Fake::new(&world);
    let order = || {
        let key = AnswerKey { user: world.id("amina"), hash: [1; 32] };
        let once =
            Once::new::<ResendInvitation>(key, [1; 32], |result| Some(format!("{}", result.is_ok()).into_bytes()));
        let command = resend("amina", "bilal", Expiry::Usual)(&world);
        Order { command, origin: Origin::default(), terms: Terms { once: Some(once), ..Terms::default() } }
    };
    let at = |now| Circumstances { clock: Arc::new(FakeClock::at(now)), settings: Settings::default() };
    let early = run(&mut engine, &at(START), &[&order()]).now_or_never().unwrap();
    assert!(matches!(&early[0], Err(Rejection::Refused(Refusal::SentRecently(_), _))), "{early:?}");
    let later = run(&mut engine, &at(START + RESEND_PAUSE), &[&order()]).now_or_never().unwrap();
    assert_eq!(answers(&later), ["true"]);
}

#[test]
fn who_insists_on_a_version_changes_nothing_that_has_another() {
    let world = group("circle").owner("amina").member("bilal").user("eve");
    let mut engine = Fake::new(&world);
    let here = world.here();
    let seen = Version::of_group(engine.facts().group(&here).unwrap());
    let rename = |by: &str, name: &str, versions: Option<Vec<Version>>| {
        let patch = GroupPatch { name: DisplayName::parse(name).ok(), ..GroupPatch::default() };
        let expected = Some(Expected { thing: Versioned::Group(here.clone()), versions });
        let terms = Terms { expected, ..Terms::default() };
        Order { command: update(by, patch)(&world), origin: Origin::default(), terms }
    };
    let orders = [
        rename("amina", "One", Some(vec![seen])),
        rename("amina", "Two", Some(vec![seen])),
        rename("eve", "Three", Some(vec![seen])),
        rename("amina", "Four", None),
    ];
    let verdicts = carry_out_orders(&mut engine, &orders);
    assert!(matches!(&verdicts[0], Ok(Submitted::Done(_))), "{verdicts:?}");
    assert!(matches!(&verdicts[1], Ok(Submitted::ChangedMeanwhile)), "{verdicts:?}");
    assert!(matches!(&verdicts[2], Err(Rejection::Refused(Refusal::NotAllowed(_), _))), "{verdicts:?}");
    assert!(matches!(&verdicts[3], Ok(Submitted::Done(_))), "{verdicts:?}");
    assert_eq!(engine.facts().group(&here).unwrap().name.as_str(), "Four");
}

#[test]
fn an_event_follows_each_change_and_tells_where_the_command_came_from() {
    let mut engine = Fake::new(&World::default());
    let order = |name, via| Order { command: add(name), origin: Origin::of(via), terms: Terms::default() };
    carry_out_orders(&mut engine, &[order("a", Via::CommandLine), order("b", Via::Native)]);
    let told = engine.committed.iter().filter_map(|change| match change {
        Change::Event(event) => Some((event.seq, event.kind.as_str(), event.origin.via)),
        _ => None,
    });
    let told: Vec<_> = told.collect();
    assert_eq!(told, [(1, "user.added", Via::CommandLine), (2, "user.added", Via::Native)]);
}

#[test]
fn refused_commands_write_nothing() {
    let world = group("circle").owner("amina");
    let mut engine = Fake::new(&world);
    let before = engine.committed.clone();
    let verdicts = carry_out(&mut engine, &[leave("amina")(&world), remove("amina", "nobody")(&world)]);
    assert_eq!(words(&verdicts), ["LastOwner", "UserNotFound"]);
    assert_eq!(engine.events, ["begin", "load 2", "commit"], "nothing to write is not written");
    assert_eq!(engine.committed, before);
}

#[test]
fn commands_that_change_nothing_are_answered_without_writing() {
    let world = group("circle").owner("amina").member("bilal");
    let mut engine = Fake::new(&world);
    let verdicts = carry_out(&mut engine, &[admit("amina", &["bilal"])(&world)]);
    assert_eq!(words(&verdicts), ["done"]);
    assert_eq!(engine.events, ["begin", "load 1", "commit"]);
}

#[test]
fn only_the_guilty_one_of_a_batch_fails() {
    for error in [StoreError::bug("a constraint"), corrupt()] {
        let mut engine = Fake::failing(&World::default(), guilty(Failure::Error(error.clone())));
        let verdicts = carry_out(&mut engine, &[add("a"), add("guilty"), add("a"), add("b")]);
        assert_eq!(words(&verdicts), ["done", &error.to_string(), "UidTaken", "done"]);
        assert_eq!(
            engine.events,
            [
                "begin", "load 4", "apply 6", "abandon", // together
                "begin", "load 1", "apply 2", "commit", // a
                "begin", "load 1", "apply 2", "abandon", // guilty
                "begin", "load 1", "commit", // a again
                "begin", "load 1", "apply 2", "commit", // b
            ]
        );
        assert!(engine.knows("a") && engine.knows("b") && !engine.knows("guilty"));
    }
}

#[test]
fn a_lone_command_that_fails_is_not_tried_again() {
    let mut engine = Fake::failing(&World::default(), guilty(Failure::Error(corrupt())));
    assert_eq!(words(&carry_out(&mut engine, &[add("guilty")])), [corrupt().to_string()]);
    assert_eq!(engine.events, ["begin", "load 1", "apply 2", "abandon"]);
}

#[test]
fn a_database_that_is_away_fails_all_without_another_try() {
    for error in [StoreError::Unavailable(None), StoreError::TimedOut, StoreError::Overloaded] {
        for at in [Step::Begin, Step::Load, Step::Apply, Step::Commit] {
            let failure = Failure::Error(error.clone());
            let mut engine = Fake::failing(&World::default(), move |step, _| (step == at).then(|| failure.clone()));
            let verdicts = carry_out(&mut engine, &[add("a"), add("b")]);
            assert_eq!(words(&verdicts), [error.to_string(), error.to_string()], "{at:?}");
            assert_eq!(engine.events.iter().filter(|event| *event == "begin").count(), 1, "{at:?}");
            assert_eq!(engine.events.last().map(String::as_str), Some("abandon"), "{at:?}");
            assert!(!engine.knows("a") && !engine.knows("b"));
            // The next batch starts clean.
            engine.trouble = Box::new(|_, _| None);
            assert_eq!(words(&carry_out(&mut engine, &[add("a")])), ["done"]);
        }
    }
}

#[test]
fn a_panic_in_the_engine_is_a_failure_like_any_other() {
    for at in [Step::Begin, Step::Load, Step::Apply, Step::Commit] {
        let mut panics = 1;
        let mut engine = Fake::failing(&World::default(), move |step, _| {
            let now = step == at && panics > 0;
            panics -= i32::from(now);
            now.then_some(Failure::Panic)
        });
        let verdicts = carry_out(&mut engine, &[add("a"), add("b")]);
        assert_eq!(words(&verdicts), ["done", "done"], "{at:?}");
        assert_eq!(engine.events.iter().filter(|event| *event == "abandon").count(), 1, "{at:?}");
        assert!(engine.knows("a") && engine.knows("b"));
    }
    let mut engine = Fake::failing(&World::default(), guilty(Failure::Panic));
    let verdicts = carry_out(&mut engine, &[add("a"), add("guilty"), add("b")]);
    assert_eq!(words(&verdicts), ["done", "a panic while a batch was written", "done"]);
}

#[test]
fn a_commit_that_fails_fails_everybody() {
    let mut engine = Fake::failing(&World::default(), |step, _| {
        (step == Step::Commit).then(|| Failure::Error(StoreError::Unavailable(None)))
    });
    let verdicts = carry_out(&mut engine, &[add("a"), add("a"), add("b")]);
    // Also what was refused: it was refused because of something that did not come to pass.
    assert_eq!(words(&verdicts), ["the database is not available"; 3]);
    assert_eq!(engine.events, ["begin", "load 3", "apply 4", "commit", "abandon"]);
}

/// No command makes the rules panic, but numbers that nobody could have counted to do, where overflows are looked for.
#[test]
#[cfg(debug_assertions)]
fn a_panic_in_a_rule_costs_its_own_command_and_no_other() {
    let mut world = group("broken").owner("amina").user("bilal");
    let broken = world.facts().group(&world.here()).unwrap().clone();
    world.write(Change::Tally(broken.id, Tally { members: i64::MIN, ..broken.tally }));
    let bad = admit("amina", &["bilal"])(&world);
    let world = world.group("sound").owner("amina");
    let good = admit("amina", &["bilal"])(&world);
    let mut engine = Fake::new(&world);
    let verdicts = carry_out(&mut engine, &[good.clone(), bad, good]);
    assert_eq!(words(&verdicts), ["done", "a panic while Invite was decided", "done"]);
    assert_eq!(engine.events, ["begin", "load 3", "apply 3", "commit"], "one batch, not run again");
}

/// Each command that waits for a database that is away waits as long as one may wait, so they must not wait in turn.
#[test]
fn a_database_that_goes_away_while_commands_run_one_by_one_is_not_asked_for_each_of_them() {
    let mut begins = 0;
    let mut engine = Fake::failing(&World::default(), move |step, _| match step {
        Step::Begin => {
            begins += 1;
            (begins > 1).then_some(Failure::Error(StoreError::TimedOut))
        }
        Step::Apply => Some(Failure::Error(corrupt())),
        Step::Load | Step::Commit => None,
    });
    let commands: Vec<_> = (0..100).map(|n| add(&format!("user{n}"))).collect();
    let verdicts = carry_out(&mut engine, &commands);
    assert_eq!(words(&verdicts), vec!["the database took too long"; 100]);
    assert_eq!(engine.events.iter().filter(|event| *event == "begin").count(), 2);
}
