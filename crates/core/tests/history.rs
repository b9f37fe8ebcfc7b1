//! What happened: told in events, chained, and held against what is stored.

#![expect(clippy::unwrap_used, reason = "a test whose own names are wrong shall stop")]

use std::collections::{BTreeMap, BTreeSet};

use guestlist_core::change::{Change, DayCount};
use guestlist_core::chat::Profile;
use guestlist_core::command::{
    AddClient, AddUser, AdoptIssuerKey, Command, Expiry, GroupPatch, Invite, IssueToken, MailResult, RemoveClient,
    Report, RevokeToken,
};
use guestlist_core::credential::{ClientId, IssuerKey, PasswordHash, Scopes, TokenHash, TokenRef};
use guestlist_core::global_role::GlobalRoles;
use guestlist_core::group::{Group, GroupRef, Tally};
use guestlist_core::history::{self, Audit, Cause, Event, EventHash, EventKind, Head, Record, Stream, Thing};
use guestlist_core::ids::{GroupId, TokenId, Uid, UserId};
use guestlist_core::mail::Reply;
use guestlist_core::member::Role;
use guestlist_core::names::{DisplayName, Subject};
use guestlist_core::opt_out::InvitationsFrom::Everyone;
use guestlist_core::origin::{Origin, RequestId, Via};
use guestlist_core::world::{
    DAY, HOUR, World, accept, admit, allow, approve, archive, assign, at, change, decline_mailed, delete, disable,
    expire, found, hand_over, join, keep, lasting, leave, link, mail, offer, purge, refuse, reject, remind, remove,
    report_mail, resend, restore, revoke, revoke_link, see, settle_mail, sign_in, sign_up, take_mail, take_over,
    unarchive, undo, update, use_link, withdraw,
};
use guestlist_core::{Facts, decide};
use insta::assert_snapshot;
use uuid::Uuid;

// Stories.

/// Amina, Bilal, Dawud, Eve and Zayd have accounts, and Amina has a group.
fn circle() -> World {
    let names = ["amina", "bilal", "dawud", "eve", "zayd"];
    let world = names.iter().fold(World::default(), |world, name| world.after(at(0), sign_up(name, None)));
    world.after(at(0), found("amina", "circle"))
}

fn patch(seats: Option<i64>, takes_requests: bool) -> GroupPatch {
    GroupPatch { members_max: Some(seats), takes_requests: Some(takes_requests), ..GroupPatch::default() }
}

/// The same command, of no batch.
fn alone(ask: impl Fn(&World) -> Command) -> impl Fn(&World) -> Command {
    move |world| match ask(world) {
        Command::Invite(ask) => Invite { batch: None, ..ask }.into(),
        other => panic!("no invite: {other:?}"),
    }
}

/// Invitations, links, requests and roles, from their beginning to their end.
fn story() -> World {
    let world = circle().after(at(0), update("amina", patch(None, true)));
    let world = world.after(at(0), alone(offer("amina", &["bilal", "new@example.org"], lasting(DAY))));
    let world = world.after(at(0), mail("new@example.org", 1)).after(at(HOUR), resend("amina", "bilal", Expiry::Usual));
    let world = world.after(at(HOUR), change("amina", "bilal", None, Some(Expiry::After(lasting(DAY)))));
    let world = world.after(at(HOUR), accept("bilal", "bilal")).after(at(HOUR), decline_mailed(1));
    let world = world.after(at(HOUR), alone(offer("amina", &["dawud", "eve"], lasting(DAY))));
    let world = world.after(at(HOUR), revoke("amina", "dawud")).after(at(2 * DAY), expire());
    let world = world.after(at(2 * DAY), assign("amina", "bilal", Role::Leader));
    let world = world.after(at(2 * DAY), link("amina", 1, None, false)).after(at(2 * DAY), use_link("dawud", 1));
    let world = world.after(at(2 * DAY), revoke_link("amina", 1)).after(at(2 * DAY), remove("amina", "dawud"));
    let world = world.after(at(3 * DAY), join("eve")).after(at(3 * DAY), reject("amina", "eve"));
    let world = world.after(at(3 * DAY), join("eve")).after(at(3 * DAY), withdraw("eve"));
    let world = world.after(at(3 * DAY), join("eve")).after(at(3 * DAY), approve("amina", "eve"));
    let world = world.after(at(4 * DAY), update("amina", patch(Some(3), true))).after(at(4 * DAY), join("zayd"));
    let world = world.after(at(4 * DAY), approve("amina", "zayd")).after(at(4 * DAY), leave("eve"));
    let world = world.after(at(4 * DAY), alone(offer("amina", &["zayd"], lasting(DAY))));
    let world = world.after(at(5 * DAY), hand_over("amina", "bilal")).after(at(5 * DAY), keep("bilal"));
    world.after(at(5 * DAY), hand_over("amina", "bilal")).after(at(5 * DAY), take_over("bilal"))
}

/// A group that is archived, deleted and forgotten, and a batch that is undone before.
fn end() -> World {
    let world = circle().after(at(0), alone(offer("amina", &["bilal"], lasting(DAY))));
    let world = world.after(at(0), admit("amina", &["bilal", "eve"])).after(at(0), undo("amina"));
    let world = world.after(at(0), archive("amina")).after(at(0), unarchive("amina"));
    let world = world.after(at(0), delete("amina")).after(at(0), restore("amina")).after(at(0), delete("amina"));
    world.after(at(30 * DAY), purge())
}

/// Accounts and the means of signing in.
fn installation() -> World {
    let token = TokenId::from_uuid(Uuid::from_u128(1));
    let client = ClientId::parse("web").unwrap();
    let world = World::default().after(at(0), |_| {
        AddUser {
            language: None,
            by: None,
            id: None,
            uid: Uid::parse("uid-amina").unwrap(),
            subject: Subject::parse("sub-amina").unwrap(),
            username: None,
            name: DisplayName::parse("Amina").ok(),
            email: None,
            is_admin: true,
            roles: GlobalRoles::default(),
            password: Some(PasswordHash("$argon2id$secret".to_owned())),
            is_email_verified: true,
            is_founder: false,
            profile: Profile::default(),
        }
        .into()
    });
    let scopes = Scopes::parse("room").unwrap();
    let world = world.after(at(0), sign_in("dawud", Some("Dawud@example.org")));
    let world = world.after(at(0), refuse("2", Everyone)).after(at(0), allow("2", Everyone));
    let world = world.after(at(0), |_| {
        AddClient { by: None, id: client.clone(), name: "App".into(), scopes: scopes.clone() }.into()
    });
    let world = world.after(at(0), |world| {
        let (user, client) = (world.who("1"), Some(client.clone()));
        IssueToken {
            by: None,
            within: None,
            id: token,
            hash: TokenHash([9; 32]),
            user,
            client,
            scopes: None,
            lifetime: None,
            personal: None,
            replaces: false,
        }
        .into()
    });
    let world = world.after(at(0), |_| RevokeToken { by: None, token: TokenRef::Id(token) }.into());
    let world = world.after(at(0), |_| RemoveClient { by: None, id: client.clone() }.into());
    let key = IssuerKey { kid: "k1".to_owned(), pkcs8: b"secret".to_vec() };
    world.after(at(0), |_| AdoptIssuerKey { key: key.clone() }.into()).after(at(0), disable("2"))
}

fn events(world: &World, stream: Stream) -> Vec<Event> {
    let events = world.changes().iter().filter_map(|change| match change {
        Change::Event(event) if event.stream == stream => Some((**event).clone()),
        _ => None,
    });
    events.collect()
}

fn here(world: &World) -> Stream {
    let GroupRef::Id(id) = world.here() else { panic!("a number") };
    Stream::Group(id)
}

/// Without the zeros of ids, which in worlds are small numbers.
fn short(text: &str) -> String {
    text.replace("00000000-0000-0000-0000-0000000000", "")
}

/// Number, kind, thing and actor of each event.
fn told(events: &[Event]) -> String {
    let line = |event: &Event| {
        let thing = short(&event.thing.to_string());
        let by = event.actor.map(|by| format!(" by {by}")).unwrap_or_default();
        let batch = if event.batch.is_some() { " in a batch" } else { "" };
        format!("{} {} {thing}{by}{batch}", event.seq, event.kind.as_str())
    };
    events.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn everything_in_a_group_is_told_in_order_and_by_whom() {
    let world = story();
    assert_snapshot!(told(&events(&world, here(&world))), @r"
    1 group.created group/1
    2 member.joined member/1
    3 group.changed group/1 by 1
    4 invitation.made invitation/01 by 1
    5 invitation.made invitation/02 by 1
    6 invitation.resent invitation/01 by 1
    7 invitation.changed invitation/01 by 1
    8 invitation.accepted invitation/01 by 2
    9 member.joined member/2 by 2
    10 invitation.declined invitation/02
    11 invitation.made invitation/03 by 1
    12 invitation.made invitation/04 by 1
    13 invitation.revoked invitation/03 by 1
    14 invitation.expired invitation/04
    15 member.changed member/2 by 1
    16 link.made link/01 by 1
    17 member.joined member/3 by 3
    18 link.used link/01 by 3
    19 link.revoked link/01 by 1
    20 member.removed member/3 by 1
    21 request.made request/4 by 4
    22 request.rejected request/4 by 1
    23 request.made request/4 by 4
    24 request.withdrawn request/4 by 4
    25 request.made request/4 by 4
    26 request.admitted request/4 by 1
    27 member.joined member/4 by 1
    28 group.changed group/1 by 1
    29 request.made request/5 by 5
    30 request.waiting request/5 by 1
    31 member.left member/4 by 4
    32 request.admitted request/5 by 4
    33 member.joined member/5 by 4
    34 ownership.offered group/1 by 1
    35 ownership.settled group/1 by 2
    36 ownership.offered group/1 by 1
    37 member.changed member/2 by 2
    38 member.changed member/1 by 2
    39 ownership.settled group/1 by 2
    ");
}

#[test]
fn the_end_of_a_group_is_told_and_what_was_undone_before() {
    let world = end();
    assert_snapshot!(told(&events(&world, here(&world))), @r"
    1 group.created group/1
    2 member.joined member/1
    3 invitation.made invitation/01 by 1
    4 invitation.accepted invitation/01 by 1 in a batch
    5 member.joined member/2 by 1 in a batch
    6 member.joined member/4 by 1 in a batch
    7 member.removed member/2 by 1
    8 member.removed member/4 by 1
    9 invitation.reopened invitation/01 by 1
    10 group.archived group/1 by 1
    11 group.unarchived group/1 by 1
    12 group.deleted group/1 by 1
    13 group.restored group/1 by 1
    14 group.deleted group/1 by 1
    ");
    let installation = events(&world, Stream::Installation);
    assert_snapshot!(told(&installation[5..]), @"6 group.purged group/1");
}

#[test]
fn accounts_and_credentials_are_told_in_the_history_of_the_installation() {
    let told = told(&events(&installation(), Stream::Installation));
    // Who refuses cannot be read from it.
    let told = told.lines().map(|line| {
        line.split_once("opt-out/").map_or(line.to_owned(), |(what, who)| format!("{what}opt-out/{}", &who[64..]))
    });
    assert_snapshot!(told.collect::<Vec<_>>().join("\n"), @r"
    1 user.added user/1
    2 password.changed password/1
    3 user.added user/2
    4 address.changed address/dawud@example.org
    5 opt-out.made opt-out//everyone by 2
    6 opt-out.ended opt-out//everyone by 2
    7 client.added client/web
    8 token.issued token/01
    9 token.revoked token/01
    10 client.removed client/web
    11 issuer-key.adopted issuer-key/1
    12 user.disabled user/2
    ");
}

/// Mail that is taken late, opened, and of which somebody complains.
fn post() -> World {
    let reply = || Reply::of("450 4.2.1 later");
    circle()
        .after(at(0), offer("amina", &["new@example.org", "silent@example.org"], lasting(6 * DAY)))
        .after(at(1), take_mail(at(1), 20))
        .after(at(2), settle_mail("new@example.org", MailResult::Deferred(reply())))
        .after(at(3), settle_mail("silent@example.org", MailResult::HandedOver))
        .after(at(HOUR), take_mail(at(HOUR), 40))
        .after(at(HOUR), settle_mail("new@example.org", MailResult::HandedOver))
        .after(at(HOUR), see(40))
        .after(at(5 * DAY), remind())
        .after(at(5 * DAY), report_mail("new@example.org", Report::Complaint))
}

/// Mail that nobody takes, and mail that comes back.
fn returned() -> World {
    circle()
        .after(at(0), offer("amina", &["gone@example.org", "full@example.org"], lasting(6 * DAY)))
        .after(at(1), take_mail(at(1), 20))
        .after(at(2), settle_mail("gone@example.org", MailResult::Failed(Reply::of("550 5.7.1 no"))))
        .after(at(3), settle_mail("full@example.org", MailResult::HandedOver))
        .after(at(HOUR), report_mail("full@example.org", Report::SoftBounce))
}

#[test]
fn every_kind_of_event_happens() {
    let worlds = [story(), end(), installation(), post(), returned()];
    let kinds: BTreeSet<_> = worlds
        .iter()
        .flat_map(|world| [events(world, here(world)), events(world, Stream::Installation)].concat())
        .map(|event| event.kind.as_str())
        .collect();
    let never: Vec<_> = EventKind::ALL.iter().map(|kind| kind.as_str()).filter(|kind| !kinds.contains(kind)).collect();
    // What happens to accounts is told in `profiles.rs`.
    assert_eq!(never, ["user.changed", "user.enabled", "user.deleted"]);
    for kind in EventKind::ALL {
        assert_eq!(EventKind::parse(kind.as_str()), Some(*kind));
    }
}

#[test]
fn every_thing_that_is_told_is_named_by_its_text() {
    for world in [story(), end(), installation(), post(), returned()] {
        for event in [events(&world, here(&world)), events(&world, Stream::Installation)].concat() {
            assert_eq!(event.thing.to_string().parse(), Ok(event.thing));
        }
    }
    for text in ["", "group", "group/0", "member/x", "invitation/1", "planet/1"] {
        assert!(text.parse::<Thing>().is_err(), "{text}");
    }
}

// Events.

#[test]
fn an_event_tells_a_thing_before_and_after() {
    let world =
        circle().after(at(0), offer("amina", &["bilal"], lasting(DAY))).after(at(HOUR), accept("bilal", "bilal"));
    let events = events(&world, here(&world));
    let [.., made, accepted, joined] = &events[..] else { panic!("{events:?}") };
    assert_eq!((made.before.as_deref(), accepted.before.as_deref()), (None, made.after.as_deref()));
    assert_snapshot!(made.after.as_deref().unwrap(), @r#"{"user":2,"email":null,"inviter":1,"roles":[],"state":"pending","created_at":1767225600000,"sent_at":1767225600000,"expires_at":1767312000000,"closed_at":null,"closed_by":null}"#);
    assert_snapshot!(accepted.after.as_deref().unwrap(), @r#"{"user":2,"email":null,"inviter":1,"roles":[],"state":"accepted","created_at":1767225600000,"sent_at":1767225600000,"expires_at":1767312000000,"closed_at":1767229200000,"closed_by":2}"#);
    assert_snapshot!(joined.after.as_deref().unwrap(), @r#"{"roles":[],"joined_at":1767229200000}"#);
    assert_eq!((made.member(), joined.member()), (None, Some(world.id("bilal"))));
    assert_eq!((made.at, joined.at), (at(0), at(HOUR)));

    let world = world.after(at(HOUR), leave("bilal"));
    let left = self::events(&world, here(&world)).pop().unwrap();
    assert_eq!((left.before, left.after), (joined.after.clone(), None));
}

/// What is known in a world, to be changed.
fn facts(world: &World) -> Facts {
    let mut facts = Facts::default();
    world.changes().iter().for_each(|change| facts.apply(change));
    facts
}

#[test]
fn an_event_tells_who_asked_and_through_what() {
    let world = circle();
    let command = offer("amina", &["bilal"], lasting(DAY))(&world);
    let (client, request) = (ClientId::parse("web").ok(), RequestId::parse("0123456789abcdef"));
    let origin = Origin { via: Via::Native, client, request };
    let changes = decide(&command, world.facts(), at(0)).unwrap().changes;
    let recorded = history::record(changes, &mut facts(&world), &Cause::of(&command, &origin), at(0));
    let [Change::Invitation(_), Change::Event(event), ..] = &recorded[..] else { panic!("{recorded:?}") };
    assert_eq!((event.actor, &event.origin, event.batch), (Some(world.id("amina")), &origin, command.batch()));
}

#[test]
fn what_is_no_news_is_not_told() {
    let world = circle();
    let quiet = [
        Change::Tally(GroupId::new(1).unwrap(), Tally::new(at(0))),
        Change::DayCount(DayCount { inviter: world.id("amina"), day: 0, made: 1 }),
    ];
    for change in quiet {
        assert_eq!(Record::of(&change), None);
    }
    // Nor what is as it was.
    let group = Change::Group(world.facts().group(&world.here()).unwrap().clone());
    let origin = Origin::default();
    let cause = Cause { actor: None, origin: &origin, batch: None };
    assert_eq!(history::record(vec![group.clone()], &mut facts(&world), &cause, at(1)), [group]);
}

#[test]
fn no_secret_is_told() {
    for world in [story(), installation()] {
        for event in [events(&world, here(&world)), events(&world, Stream::Installation)].concat() {
            let text = format!("{:?} {:?}", event.before, event.after);
            assert!(!text.contains("secret") && !text.contains("hash") && !text.contains("[9, 9"), "{text}");
        }
    }
}

#[test]
fn each_event_is_chained_to_the_one_before() {
    for world in [story(), installation()] {
        for stream in [here(&world), Stream::Installation] {
            let mut head = Head::default();
            for event in events(&world, stream) {
                assert_eq!(event.seq, head.seq + 1);
                assert_eq!(event.hash, event.expected_hash(&head.hash));
                head = event.head();
            }
            assert_eq!(world.facts().head(stream), head);
        }
    }
}

#[test]
fn every_field_of_an_event_counts_towards_its_hash() {
    let world = circle().after(at(0), offer("amina", &["bilal"], lasting(DAY)));
    let event = events(&world, here(&world)).pop().unwrap();
    let hash = event.expected_hash(&EventHash::default());
    let others: [fn(&mut Event); 12] = [
        |event| event.stream = Stream::Installation,
        |event| event.seq += 1,
        |event| event.at = at(1),
        |event| event.kind = EventKind::InvitationResent,
        |event| event.actor = None,
        |event| event.origin.via = Via::Quran,
        |event| event.origin.client = ClientId::parse("web").ok(),
        |event| event.origin.request = RequestId::parse("r"),
        |event| event.batch = None,
        |event| event.thing = Thing::IssuerKey,
        |event| event.before = Some(String::new()),
        |event| event.after = None,
    ];
    let mut hashes = BTreeSet::from([hash.0, event.expected_hash(&EventHash([1; 32])).0]);
    for other in others {
        let mut event = event.clone();
        other(&mut event);
        hashes.insert(event.expected_hash(&EventHash::default()).0);
    }
    assert_eq!(hashes.len(), 14);
    assert_eq!(hash.to_string().len(), 64);
}

// The audit.

/// Everything of a history that is stored in the end, each thing as the change that would bring it about.
fn stored(world: &World, stream: Stream) -> Vec<Change> {
    let mut things: BTreeMap<Thing, Change> = BTreeMap::new();
    for change in world.changes() {
        let Some(record) = Record::of(change).filter(|record| record.stream == stream) else { continue };
        match (change, record.text) {
            (Change::Group(group), Some(_)) => {
                let tally = world.facts().group(&GroupRef::Id(group.id)).unwrap().tally;
                things.insert(record.thing, Change::Group(Group { tally, ..group.clone() }));
            }
            (_, Some(_)) => {
                things.insert(record.thing, change.clone());
            }
            (Change::ClientRemoved(id), None) => {
                things.retain(|_, change| !matches!(change, Change::Token(token) if token.client.as_ref() == Some(id)));
                things.remove(&record.thing);
            }
            (_, None) => {
                things.remove(&record.thing);
            }
        }
    }
    things.into_values().collect()
}

/// A history and what is stored, to be tampered with.
struct Books {
    events: Vec<Event>,
    stored: Vec<Change>,
    head: Head,
}

impl Books {
    fn of(world: &World, stream: Stream) -> Self {
        Self { events: events(world, stream), stored: stored(world, stream), head: world.facts().head(stream) }
    }

    fn findings(&self, stream: Stream) -> String {
        let mut audit = Audit::new(stream);
        self.events.iter().for_each(|event| audit.event(event));
        self.stored.iter().for_each(|change| audit.stored(change));
        let findings = audit.finish(self.head);
        findings.iter().map(|finding| short(&finding.to_string())).collect::<Vec<_>>().join("\n")
    }

    /// As if whoever tampers could also write all hashes anew.
    fn rechain(&mut self) {
        let mut head = Head::default();
        for event in &mut self.events {
            event.seq = head.seq + 1;
            event.hash = event.expected_hash(&head.hash);
            head = event.head();
        }
        self.head = head;
    }

    fn change<T>(&mut self, pick: impl Fn(&mut Change) -> Option<&mut T>, change: impl FnOnce(&mut T)) {
        change(self.stored.iter_mut().find_map(pick).unwrap());
    }
}

fn group(change: &mut Change) -> Option<&mut Group> {
    if let Change::Group(group) = change { Some(group) } else { None }
}

#[test]
fn a_history_that_nobody_touched_has_no_findings() {
    for world in [circle(), story(), installation()] {
        for stream in [here(&world), Stream::Installation] {
            assert_eq!(Books::of(&world, stream).findings(stream), "");
        }
    }
    assert_eq!(Books::of(&end(), Stream::Installation).findings(Stream::Installation), "");
}

#[test]
fn who_takes_over_what_they_own_already_is_counted_right() {
    let world = circle().after(at(0), admit("amina", &["bilal"])).after(at(0), hand_over("amina", "bilal"));
    let world = world.after(at(0), assign("amina", "bilal", Role::Owner)).after(at(0), take_over("bilal"));
    assert_eq!(Books::of(&world, here(&world)).findings(here(&world)), "");
}

#[test]
fn whatever_is_tampered_with_is_found() {
    let tampered = |tamper: fn(&mut Books)| {
        let world = story();
        let mut books = Books::of(&world, here(&world));
        tamper(&mut books);
        books.findings(here(&world))
    };
    // An event that was changed, with and without a hash to match.
    assert_snapshot!(
        tampered(|books| books.events[2].actor = None),
        @"event 3, or the one before it, is not what was written"
    );
    assert_snapshot!(tampered(|books| {
        books.events[2].actor = None;
        books.events[2].hash = books.events[2].expected_hash(&books.events[1].hash);
    }), @"event 4, or the one before it, is not what was written");
    assert_snapshot!(tampered(|books| books.events[3].after = books.events[4].after.clone()), @r"
    event 4, or the one before it, is not what was written
    event 6 begins from a state that the events before it do not tell
    ");
    // One that was taken out, from the middle and from the end.
    assert_snapshot!(tampered(|books| drop(books.events.remove(10))), @r"
    event 11 is missing: event 12 comes in its place
    event 12, or the one before it, is not what was written
    event 13 begins from a state that the events before it do not tell
    ");
    assert_snapshot!(tampered(|books| drop(books.events.pop())), @r"
    group/1 is stored otherwise than it is told
    the last event is not the one that was noted as the last
    ");
    // Two that changed places, and one that came in from elsewhere.
    assert_snapshot!(tampered(|books| books.events.swap(5, 6)), @r"
    event 6 is missing: event 7 comes in its place
    event 7, or the one before it, is not what was written
    event 7 begins from a state that the events before it do not tell
    event 8 is missing: event 6 comes in its place
    event 6, or the one before it, is not what was written
    event 6 begins from a state that the events before it do not tell
    event 7 is missing: event 8 comes in its place
    event 8, or the one before it, is not what was written
    event 8 begins from a state that the events before it do not tell
    ");
    assert_snapshot!(
        tampered(|books| books.events[5].stream = Stream::Installation),
        @"event 6, or the one before it, is not what was written"
    );
    // Everything, so that only the state tells.
    assert_snapshot!(tampered(|books| {
        books.events.retain(|event| event.kind != EventKind::MemberChanged);
        books.rechain();
    }), @r"
    member/1 is stored otherwise than it is told
    member/2 is stored otherwise than it is told
    the counter notices says 9, and there are 6
    ");
    // All of it.
    assert_snapshot!(tampered(|books| {
        books.events.clear();
        books.stored.truncate(1);
    }), @r"
    group/1 is stored but not told
    the last event is not the one that was noted as the last
    the counter members says 3, and there are 0
    the counter owners says 1, and there are 0
    the counter notices says 9, and there are 0
    the counter updated_at says 1767657600000, and there are 0
    ");
}

#[test]
fn whatever_is_stored_otherwise_than_it_is_told_is_found() {
    let tampered = |tamper: fn(&mut Books)| {
        let world = story();
        let mut books = Books::of(&world, here(&world));
        tamper(&mut books);
        books.findings(here(&world))
    };
    assert_snapshot!(
        tampered(|books| books.change(group, |group| group.is_public = true)),
        @"group/1 is stored otherwise than it is told"
    );
    assert_snapshot!(
        tampered(|books| books.stored.retain(|change| !matches!(change, Change::Link(_)))),
        @"link/01 is told but not stored"
    );
    assert_snapshot!(tampered(|books| {
        let member = books.stored.iter().find_map(|change| match change {
            Change::Membership(member) => Some(member.clone()),
            _ => None,
        });
        let mut member = member.unwrap();
        member.user = UserId::new(99).unwrap();
        books.stored.push(Change::Membership(member));
    }), @r"
    member/99 is stored but not told
    the counter members says 3, and there are 4
    ");
    assert_snapshot!(tampered(|books| books.change(group, |group| {
        let Tally { members, owners, invitations, waiting, last_place, notices, .. } = &mut group.tally;
        for counter in [members, owners, invitations, waiting, notices] {
            *counter += 1;
        }
        *last_place = 0;
        group.tally.updated_at = at(0);
    })), @r"
    the counter members says 4, and there are 3
    the counter owners says 2, and there are 1
    the counter invitations says 1, and there are 0
    the counter waiting says 1, and there are 0
    the counter last_place says 0, and there are 1
    the counter notices says 10, and there are 9
    the counter updated_at says 1767225600000, and there are 1767657600000
    ");
}

#[test]
fn undoing_brings_the_state_back_and_keeps_the_history() {
    let before = circle().after(at(0), alone(offer("amina", &["bilal"], lasting(DAY))));
    let after = circle().after(at(0), alone(offer("amina", &["bilal"], lasting(DAY))));
    let after = after.after(at(0), admit("amina", &["bilal", "eve"])).after(at(0), undo("amina"));
    let records = |world: &World| -> Vec<Option<String>> {
        stored(world, here(world)).iter().map(|change| Record::of(change).and_then(|record| record.text)).collect()
    };
    assert_eq!(records(&after), records(&before));
    let (before, after) = (events(&before, here(&before)), events(&after, here(&after)));
    assert_eq!(after[..before.len()], before);
    assert_snapshot!(told(&after[before.len()..]), @r"
    4 invitation.accepted invitation/01 by 1 in a batch
    5 member.joined member/2 by 1 in a batch
    6 member.joined member/4 by 1 in a batch
    7 member.removed member/2 by 1
    8 member.removed member/4 by 1
    9 invitation.reopened invitation/01 by 1
    ");
}
