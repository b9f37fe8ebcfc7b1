//! What holds after any sequence of commands, whoever asks.

#![expect(clippy::unwrap_used, reason = "a test whose own names are wrong shall stop")]

use std::collections::{BTreeSet, HashMap, HashSet};

use guestlist_core::command::{
    Accept, AddClient, AddUser, Admission, AdoptIssuerKey, AssignRole, Command, CreateGroup, Decline, DisableUser,
    Invite, IssueToken, Leave, Needs, RemoveClient, RemoveMember, RevokeToken, SeeSubject, TakeRole, Target,
};
use guestlist_core::credential::{ClientId, IssuerKey, Scopes, TokenHash, TokenRef};
use guestlist_core::group::GroupRef;
use guestlist_core::ids::{GroupId, InvitationId, TokenId, Uid, UserId};
use guestlist_core::invitation::{Invitation, InvitationState, Invitee};
use guestlist_core::member::Role;
use guestlist_core::names::{DisplayName, Email, EmailKey, Slug, Subject, Username};
use guestlist_core::outcome::{Accepted, Outcome};
use guestlist_core::time::Timestamp;
use guestlist_core::user::UserRef;
use guestlist_core::world::{DAY, HOUR, World, at, group, lasting, offer};
use guestlist_core::{Decision, Facts, Refusal, decide};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use uuid::Uuid;

/// Three groups, one of them archived and one public, and people who may and who may not. Some were invited by an
/// address before it was known to be theirs, and came in by another way or were invited a second time by their account.
fn world() -> World {
    group("g1")
        .owner("p1")
        .moderator("p2")
        .member("p3")
        .invited("p4", lasting(DAY))
        .invited("p8@example.org", lasting(DAY))
        .invited("p3@example.org", lasting(2 * DAY))
        .invited("p4@example.org", lasting(2 * DAY))
        .group("g2")
        .owner("p2")
        .owner("p3")
        .member("p1")
        .invited("p1@example.org", lasting(2 * DAY))
        .invited("p4@example.org", lasting(HOUR))
        .invited("p9@example.org", lasting(DAY))
        .public()
        .group("g3")
        .owner("p1")
        .owner("p4")
        .invited("p2", lasting(DAY))
        .archived()
        .verified("p1", "p1@example.org")
        .verified("p3", "p3@example.org")
        .verified("p4", "p4@example.org")
        .unverified("p5", "p5@example.org")
        .admin("p6")
        .disabled("p7")
}

/// A command, before it is known which invitations there are to answer.
#[derive(Debug, Clone)]
enum Step {
    Invite { by: UserId, group: GroupRef, whom: Vec<UserRef>, admission: Admission },
    Answer { by: Option<UserId>, which: Index, is_yes: bool },
    Any(Command),
}

/// Builds the commands of one batch, none of which has run yet.
struct Clerk<'a> {
    world: &'a World,
    offered: Vec<InvitationId>,
}

impl Clerk<'_> {
    fn command(&mut self, step: &Step) -> Command {
        match step {
            Step::Any(command) => command.clone(),
            Step::Invite { by, group, whom, admission } => {
                let targets = whom.iter().map(|who| self.target(who)).collect();
                Invite { by: *by, group: group.clone(), targets, admission: *admission }.into()
            }
            Step::Answer { by, which, is_yes } => {
                let made = self.world.invitations().filter(|id| self.world.facts().invitation(*id).is_some());
                let ids: Vec<_> = made.chain(self.offered.iter().copied()).collect();
                let invitation = *which.get(&ids);
                let by = by.or_else(|| self.invitee(invitation)).unwrap_or(user_id(4));
                if *is_yes { Accept { by, invitation }.into() } else { Decline { by, invitation }.into() }
            }
        }
    }

    fn target(&mut self, who: &UserRef) -> Target {
        let invitation = self.world.fresh_invitation(self.offered.len());
        self.offered.push(invitation);
        Target { who: who.clone(), invitation }
    }

    fn invitee(&self, id: InvitationId) -> Option<UserId> {
        match &self.world.facts().invitation(id)?.invitee {
            Invitee::User(user) => Some(*user),
            Invitee::Email(email) => Some(self.world.facts().user(&UserRef::Email(email.clone()))?.id),
        }
    }
}

/// Runs `steps` one after the other and shows the world after each.
fn play(
    steps: &[(i64, Step)],
    mut look: impl FnMut(&World, Timestamp, &Command, &Result<Decision, Refusal>) -> Result<(), TestCaseError>,
) -> Result<(), TestCaseError> {
    let mut world = world();
    let mut passed = 0;
    for (pause, step) in steps {
        passed += pause;
        let command = Clerk { world: &world, offered: vec![] }.command(step);
        let decided = decide(&command, world.facts(), at(passed));
        for change in decided.iter().flat_map(|decision| &decision.changes) {
            world.write(change.clone());
        }
        look(&world, at(passed), &command, &decided)?;
    }
    Ok(())
}

/// An instance of the law below that chance seldom finds: the account is new in the batch that invites it.
#[test]
fn an_invitation_that_waits_for_an_address_is_found_in_the_batch_that_opens_its_account() {
    let mut world = group("g1").owner("p1").invited("p8@example.org", lasting(DAY));
    let open = AddUser {
        id: None,
        uid: user_uid(8),
        subject: subject(8),
        username: Some(username(8)),
        name: None,
        email: Some(address(8)),
        is_admin: false,
        password: None,
    };
    let invite = offer("p1", &["p8"], lasting(DAY))(&world);
    let commands = [Command::from(open), invite];
    let mut some = load(world.facts(), &commands.each_ref().map(|command| command.needs()));
    for command in &commands {
        let decided = decide(command, world.facts(), at(0));
        assert_eq!(decide(command, &some, at(0)), decided);
        for change in decided.unwrap().changes {
            some.apply(&change);
            world.write(change);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// The law that storage rests on: it loads nothing but what the commands of a batch need.
    #[test]
    fn deciding_on_what_a_batch_needs_is_deciding_on_everything(batches in vec((pause(), vec(step(), 1..8)), 1..16)) {
        let mut world = world();
        let mut passed = 0;
        for (pause, steps) in &batches {
            passed += pause;
            let mut clerk = Clerk { world: &world, offered: vec![] };
            let commands: Vec<_> = steps.iter().map(|step| clerk.command(step)).collect();
            let needs: Vec<_> = commands.iter().map(Command::needs).collect();
            let mut some = load(world.facts(), &needs);
            for command in &commands {
                let decided = decide(command, world.facts(), at(passed));
                prop_assert_eq!(&decide(command, &some, at(passed)), &decided, "{:?}", command);
                for change in decided.iter().flat_map(|decision| &decision.changes) {
                    some.apply(change);
                    world.write(change.clone());
                }
            }
        }
    }

    #[test]
    fn a_group_keeps_an_owner_and_counts_its_members_right(steps in steps()) {
        play(&steps, |world, _, _, _| {
            for id in groups(world) {
                let group = world.facts().group(&GroupRef::Id(id)).unwrap();
                let members = users(world).filter_map(|user| world.facts().membership(id, user));
                let (mut members_count, mut owners_count) = (0, 0);
                for member in members {
                    members_count += 1;
                    owners_count += i64::from(member.roles.has(Role::Owner));
                }
                prop_assert!(owners_count > 0);
                prop_assert_eq!((group.members_count, group.owners_count), (members_count, owners_count));
            }
            Ok(())
        })?;
    }

    /// A person is an account and its verified addresses. One who verifies an address that was invited before may have
    /// several; no command that they or others ask for adds to these.
    #[test]
    fn nobody_gets_a_second_pending_invitation_to_a_group(steps in steps()) {
        let mut before = pending(&world());
        play(&steps, |world, _, command, _| {
            let after = pending(world);
            for (of, ids) in &after {
                let had = before.get(of).map_or(0, BTreeSet::len);
                prop_assert!(ids.len() <= had.max(1), "{:?} has {:?} after {:?}", of, ids, command);
            }
            before = after;
            Ok(())
        })?;
    }

    #[test]
    fn the_pending_invitations_of_a_person_are_found_by_their_account_and_by_each_address(steps in steps()) {
        play(&steps, |world, _, _, _| {
            for ((group, person), ids) in pending(world) {
                let found = |invitee| -> BTreeSet<_> {
                    world.facts().pending_invitations(group, &invitee).map(|found| found.id).collect()
                };
                let invitee = match person {
                    Person::User(user) => Invitee::User(user),
                    Person::Nobody(key) => Invitee::Email(Email::parse(key.as_str()).unwrap()),
                };
                prop_assert_eq!(&found(invitee), &ids);
                for id in ids {
                    prop_assert!(found(world.facts().invitation(id).unwrap().invitee.clone()).contains(&id));
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn whoever_comes_in_or_goes_holds_no_pending_invitation(steps in steps()) {
        let mut members = members(&world());
        play(&steps, |world, now, command, decided| {
            let before = std::mem::replace(&mut members, self::members(world));
            let pending = pending(world);
            for (group, user) in members.symmetric_difference(&before) {
                prop_assert_eq!(pending.get(&(*group, Person::User(*user))), None, "{:?}", command);
            }
            // Only what is open is withdrawn: what is dead opens no door.
            if let (Command::RemoveMember(ask), Ok(_)) = (command, decided) {
                let group = world.facts().group(&ask.group).unwrap().id;
                let left = pending.get(&(group, person(world, &ask.user))).into_iter().flatten();
                let open = left.filter(|id| world.facts().invitation(**id).unwrap().is_open(now)).count();
                prop_assert_eq!(open, 0, "{:?}", command);
            }
            Ok(())
        })?;
    }

    /// But for those who were members already when they verified an invited address.
    #[test]
    fn nobody_who_is_a_member_has_a_pending_invitation(steps in steps()) {
        let start = world();
        let late: HashSet<_> = of_members(&start).collect();
        play(&steps, |world, _, command, _| {
            for id in of_members(world) {
                prop_assert!(late.contains(&id), "{} after {:?}", id, command);
            }
            Ok(())
        })?;
    }

    #[test]
    fn an_invitation_is_closed_before_its_deadline_or_else_as_expired_on_it(steps in steps()) {
        play(&steps, |world, now, _, _| {
            for invitation in world.invitations().filter_map(|id| world.facts().invitation(id)) {
                let Invitation { state, closed_at, expires_at, .. } = *invitation;
                prop_assert_eq!(closed_at.is_none(), state == InvitationState::Pending);
                prop_assert!(closed_at <= Some(now));
                prop_assert_eq!(closed_at >= Some(expires_at), state == InvitationState::Expired);
                prop_assert!(closed_at <= Some(expires_at));
            }
            Ok(())
        })?;
    }

    /// A client that did not hear the answer may ask again.
    #[test]
    fn asking_again_changes_nothing(steps in steps()) {
        play(&steps, |world, now, command, decided| {
            if decided.is_ok() && can_be_repeated(command) {
                let again = decide(command, world.facts(), now);
                prop_assert!(again.is_ok_and(|again| again.changes.is_empty()), "{:?}", command);
            }
            Ok(())
        })?;
    }

    #[test]
    fn whoever_accepts_is_a_member_and_whoever_is_invited_alone_is_none_yet(steps in steps()) {
        let mut members = members(&world());
        play(&steps, |world, _, command, decided| {
            let before = std::mem::replace(&mut members, self::members(world));
            let joined: Vec<_> = members.difference(&before).copied().collect();
            let outcome = decided.as_ref().map(|decision| &decision.outcome);
            if let (Command::Accept(ask), Ok(Outcome::Accepted(accepted))) = (command, outcome) {
                prop_assert!(members.contains(&(accepted.group, ask.by)));
            }
            match (command, outcome) {
                (Command::Accept(ask), Ok(Outcome::Accepted(Accepted { group, is_new_member: true }))) => {
                    prop_assert_eq!(joined, [(*group, ask.by)]);
                }
                (Command::CreateGroup(_), Ok(_)) => prop_assert_eq!(joined.len(), 1),
                (Command::Invite(ask), Ok(_)) if ask.admission == Admission::Direct => {}
                _ => prop_assert_eq!(joined, []),
            }
            Ok(())
        })?;
    }
}

fn can_be_repeated(command: &Command) -> bool {
    match command {
        Command::SeeSubject(_)
        | Command::DisableUser(_)
        | Command::Invite(_)
        | Command::Accept(_)
        | Command::Decline(_)
        | Command::AssignRole(_)
        | Command::RevokeToken(_)
        | Command::AdoptIssuerKey(_) => true,
        // A second one would be another one, or find nothing, or be asked by somebody who gave the right to it up.
        Command::AddUser(_)
        | Command::CreateGroup(_)
        | Command::RemoveMember(_)
        | Command::TakeRole(_)
        | Command::Leave(_)
        | Command::IssueToken(_)
        | Command::AddClient(_)
        | Command::RemoveClient(_) => false,
    }
}

/// What an engine would load: what `needs` names and, of each pair of group and person among that, what ties them.
fn load(all: &Facts, needs: &[Needs]) -> Facts {
    let mut some = Facts::default();
    for need in needs {
        for invitation in need.invitations.iter().filter_map(|id| all.invitation(*id)) {
            some.learn_invitation(invitation.clone());
            learn_group(&mut some, all, &GroupRef::Id(invitation.group));
            if let Invitee::Email(email) = &invitation.invitee {
                learn_user(&mut some, all, &UserRef::Email(email.clone()));
            }
        }
        for user in &need.users {
            learn_user(&mut some, all, user);
        }
        for group in &need.groups {
            learn_group(&mut some, all, group);
        }
        need.tokens.iter().filter_map(|token| all.token(token)).for_each(|token| some.learn_token(token.clone()));
        need.clients.iter().filter_map(|id| all.client(id)).for_each(|client| some.learn_client(client.clone()));
        if let Some(key) = all.issuer_key().filter(|_| need.issuer_key) {
            some.learn_issuer_key(key.clone());
        }
        if let Some(id) = all.next_user_id().filter(|_| need.next_user_id) {
            some.learn_next_user_id(id);
        }
        if let Some(id) = all.next_group_id().filter(|_| need.next_group_id) {
            some.learn_next_group_id(id);
        }
    }
    // The addresses of everybody whom the commands name.
    let named: HashSet<_> = some.user_ids().collect();
    let owned = addresses().filter_map(|address| all.owner_of(address.key()));
    owned.filter(|owned| named.contains(&owned.user)).for_each(|owned| some.learn_email(owned.clone()));
    let pairs = some.pairs(needs);
    for (group, user) in pairs.users {
        if let Some(membership) = all.membership(group, user) {
            some.learn_membership(membership.clone());
        }
        learn_pending(&mut some, all, group, &Invitee::User(user));
    }
    for (group, email) in pairs.emails {
        learn_pending(&mut some, all, group, &Invitee::Email(Email::parse(email.as_str()).unwrap()));
    }
    some
}

fn learn_user(some: &mut Facts, all: &Facts, who: &UserRef) {
    if let UserRef::Email(email) = who
        && let Some(owned) = all.owner_of(email.key())
    {
        some.learn_email(owned.clone());
    }
    if let Some(user) = all.user(who) {
        some.learn_user(user.clone());
    }
}

fn learn_group(some: &mut Facts, all: &Facts, which: &GroupRef) {
    if let Some(group) = all.group(which) {
        some.learn_group(group.clone());
    }
}

/// The one made to exactly this account or this address; [`Facts::pairs`] names each that matters.
fn learn_pending(some: &mut Facts, all: &Facts, group: GroupId, invitee: &Invitee) {
    let pending = all.pending_invitations(group, invitee);
    pending.filter(|found| is_same(&found.invitee, invitee)).for_each(|found| some.learn_invitation(found.clone()));
}

fn is_same(one: &Invitee, other: &Invitee) -> bool {
    match (one, other) {
        (Invitee::Email(one), Invitee::Email(other)) => one.key() == other.key(),
        _ => one == other,
    }
}

fn users(world: &World) -> impl Iterator<Item = UserId> {
    let next = world.facts().next_user_id().unwrap();
    (1..next.get()).map(user_id).filter(|id| world.facts().user(&UserRef::Id(*id)).is_some())
}

fn groups(world: &World) -> impl Iterator<Item = GroupId> {
    let next = world.facts().next_group_id().unwrap();
    (1..next.get()).map(group_id).filter(|id| world.facts().group(&GroupRef::Id(*id)).is_some())
}

fn members(world: &World) -> HashSet<(GroupId, UserId)> {
    let pairs = groups(world).flat_map(|group| users(world).map(move |user| (group, user)));
    pairs.filter(|(group, user)| world.facts().membership(*group, *user).is_some()).collect()
}

/// Somebody with an account, or nobody yet who reads mail at an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Person {
    User(UserId),
    Nobody(EmailKey),
}

fn person(world: &World, who: &UserRef) -> Person {
    match (world.facts().user(who), who) {
        (Some(user), _) => Person::User(user.id),
        (None, UserRef::Email(email)) => Person::Nobody(email.key().clone()),
        (None, who) => panic!("{who:?} is nobody"),
    }
}

/// What is pending for each person in each group, told by looking at every invitation that was ever made.
fn pending(world: &World) -> HashMap<(GroupId, Person), BTreeSet<InvitationId>> {
    let mut pending: HashMap<_, BTreeSet<_>> = HashMap::new();
    let made = world.invitations().filter_map(|id| world.facts().invitation(id));
    for invitation in made.filter(|invitation| invitation.state == InvitationState::Pending) {
        let person = match &invitation.invitee {
            Invitee::User(user) => Person::User(*user),
            Invitee::Email(email) => person(world, &UserRef::Email(email.clone())),
        };
        pending.entry((invitation.group, person)).or_default().insert(invitation.id);
    }
    pending
}

fn of_members(world: &World) -> impl Iterator<Item = InvitationId> {
    let mut pending = pending(world);
    members(world).into_iter().filter_map(move |(group, user)| pending.remove(&(group, Person::User(user)))).flatten()
}

// What may be asked. Names are few, so that steps meet.

fn user_id(n: i64) -> UserId {
    UserId::new(n).unwrap()
}

fn group_id(n: i64) -> GroupId {
    GroupId::new(n).unwrap()
}

fn steps() -> impl Strategy<Value = Vec<(i64, Step)>> {
    vec((pause(), step()), 1..60)
}

/// Often none; now and then up to an expiry, or a millisecond beside it.
fn pause() -> impl Strategy<Value = i64> {
    prop_oneof![6 => Just(0), 1 => select(&[1, HOUR - 1, HOUR, DAY - 1, DAY, 2 * DAY][..])]
}

fn number() -> impl Strategy<Value = i64> {
    1..12_i64
}

fn by() -> impl Strategy<Value = UserId> {
    // The first four own something, and keep most steps from being refused for lack of rights.
    prop_oneof![6 => 1..3_i64, 2 => 3..5_i64, 1 => number()].prop_map(user_id)
}

fn who() -> impl Strategy<Value = UserRef> {
    (prop_oneof![2 => 1..5_i64, 1 => number()], 0..5).prop_map(|(n, kind)| match kind {
        0 => UserRef::Id(user_id(n)),
        1 => UserRef::Uid(user_uid(n)),
        2 => UserRef::Subject(subject(n)),
        3 => UserRef::Username(username(n)),
        _ => UserRef::Email(address(n)),
    })
}

fn here() -> impl Strategy<Value = GroupRef> {
    (prop_oneof![6 => 1..3_i64, 1 => 3..6_i64], 0..5).prop_map(|(n, kind)| match kind {
        0 => GroupRef::Id(group_id(n)),
        1 => GroupRef::Uid(group_uid(n)),
        2 => GroupRef::Slug(slug(n)),
        3 => GroupRef::UidOrSlug(format!("uid-g{n}")),
        _ => GroupRef::UidOrSlug(format!("g{n}")),
    })
}

fn user_uid(n: i64) -> Uid {
    Uid::parse(&format!("uid-p{n}")).unwrap()
}

fn subject(n: i64) -> Subject {
    Subject::parse(&format!("sub-p{n}")).unwrap()
}

fn username(n: i64) -> Username {
    Username::parse(&format!("p{n}")).unwrap()
}

fn address(n: i64) -> Email {
    Email::parse(&format!("p{n}@example.org")).unwrap()
}

/// All that there are.
fn addresses() -> impl Iterator<Item = Email> {
    (1..12).map(address)
}

fn group_uid(n: i64) -> Uid {
    Uid::parse(&format!("uid-g{n}")).unwrap()
}

fn slug(n: i64) -> Slug {
    Slug::parse(&format!("g{n}")).unwrap()
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => invite(),
        8 => (prop::option::weighted(0.3, by()), any::<Index>(), prop::bool::weighted(0.7))
            .prop_map(|(by, which, is_yes)| Step::Answer { by, which, is_yes }),
        8 => membership().prop_map(Step::Any),
        4 => account().prop_map(Step::Any),
        2 => credential().prop_map(Step::Any),
    ]
}

fn invite() -> impl Strategy<Value = Step> {
    let lifetime = select(&[HOUR, DAY, 2 * DAY][..]).prop_map(lasting);
    let admission = prop_oneof![
        1 => Just(Admission::Direct),
        3 => lifetime.prop_map(|lifetime| Admission::OnAcceptance { lifetime }),
    ];
    (by(), here(), vec(who(), 1..4), admission).prop_map(|(by, group, whom, admission)| Step::Invite {
        by,
        group,
        whom,
        admission,
    })
}

fn membership() -> impl Strategy<Value = Command> {
    let role = select(&Role::ALL[..]);
    prop_oneof![
        2 => (by(), here(), who()).prop_map(|(by, group, user)| RemoveMember { by, group, user }.into()),
        4 => (by(), here(), who(), role.clone())
            .prop_map(|(by, group, user, role)| AssignRole { by, group, user, role }.into()),
        2 => (by(), here(), who(), role).prop_map(|(by, group, user, role)| TakeRole { by, group, user, role }.into()),
        1 => (by(), here()).prop_map(|(by, group)| Leave { by, group }.into()),
    ]
}

fn account() -> impl Strategy<Value = Command> {
    let id = || prop::option::weighted(0.3, 3..15_i64);
    let add_user = (6..13_i64, id(), prop::option::of(number())).prop_map(|(n, id, email)| AddUser {
        id: id.map(user_id),
        uid: user_uid(n),
        subject: subject(n),
        username: Some(username(n)),
        name: None,
        email: email.map(address),
        is_admin: n % 2 == 0,
        password: None,
    });
    let create_group = (who(), id(), 3..9_i64, 3..9_i64, any::<bool>(), any::<bool>()).prop_map(
        |(owner, id, uid, other, is_public, is_twisted)| CreateGroup {
            owner,
            id: id.map(group_id),
            uid: group_uid(uid),
            // A slug that reads like the uid of another group, for look-ups by either.
            slug: if is_twisted { Slug::parse(group_uid(other).as_str()).unwrap() } else { slug(other) },
            name: DisplayName::parse("A group").unwrap(),
            description: String::new(),
            is_public,
        },
    );
    prop_oneof![
        4 => add_user.prop_map(Command::from),
        2 => (number(), 6..13_i64)
            .prop_map(|(n, other)| SeeSubject { subject: subject(n), uid: user_uid(other) }.into()),
        1 => who().prop_map(|user| DisableUser { user }.into()),
        3 => create_group.prop_map(Command::from),
    ]
}

fn credential() -> impl Strategy<Value = Command> {
    let client = || select(&["web", "app"][..]).prop_map(|id| ClientId::parse(id).unwrap());
    let scopes = || select(&["room", "room.read group"][..]).prop_map(|scopes| Scopes::parse(scopes).unwrap());
    let token = || (1..5_u8).prop_map(|n| (TokenId::from_uuid(Uuid::from_u128(n.into())), TokenHash([n; 32])));
    let issue = (token(), who(), prop::option::of(client()), prop::option::of(scopes()))
        .prop_map(|((id, hash), user, client, scopes)| IssueToken { id, hash, user, client, scopes, lifetime: None });
    prop_oneof![
        issue.prop_map(Command::from),
        (token(), any::<bool>()).prop_map(|((id, hash), by_id)| {
            RevokeToken { token: if by_id { TokenRef::Id(id) } else { TokenRef::Hash(hash) } }.into()
        }),
        (client(), scopes()).prop_map(|(id, scopes)| AddClient { id, name: String::new(), scopes }.into()),
        client().prop_map(|id| RemoveClient { id }.into()),
        number().prop_map(|n| AdoptIssuerKey { key: IssuerKey { kid: n.to_string(), pkcs8: vec![] } }.into()),
    ]
}
