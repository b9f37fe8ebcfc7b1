//! No statement reads a whole table, no page sorts one, and a page costs what it shows.

use std::collections::BTreeSet;

use guestlist_core::Change;
use guestlist_core::group::GroupRef;
use guestlist_core::history::{Event, EventHash, EventKind, Stream, Thing};
use guestlist_core::ids::Uid;
use guestlist_core::invitation::{Invitation, InvitationRef, InvitationState, InvitationTokenHash, Invitee};
use guestlist_core::link::{Link, LinkHash, LinkRef};
use guestlist_core::member::{Membership, RoleSet};
use guestlist_core::names::{Email, Slug, Subject, Username};
use guestlist_core::origin::Origin;
use guestlist_core::request::{JoinRequest, RequestState};
use guestlist_core::user::UserRef;
use rusqlite::Connection;

use super::commands::batches;
use super::readers::Readers;
use super::samples::{
    batch_id, bytes, client, group_id, invitation, invitation_id, link_id, plain_group, secret, token_hash, token_id,
    user, user_id,
};
use super::{Bench, Statement, at, first, now};
use crate::directory::{Among, DirectoryOrder, DirectoryQueries as _, DirectorySearch, Stretch};
use crate::feed::Cursor;
use crate::page::PageRequest;
use crate::query::{Queries as _, Refuser, RosterSearch};
use crate::rooms::{RoomOrder, RoomQueries as _, RoomSearch};

/// Tables that are read as a whole on purpose: three rows, one row, and the list of all clients. And the line of those
/// who wait and that of the histories, which are no tables.
const SMALL: [&str; 5] = ["SCAN sequences", "SCAN issuer_keys", "SCAN clients", "SCAN line", "SCAN next"];

fn plan(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let mut rows = statement.raw_query();
    let mut steps = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        steps.push(row.get::<_, String>("detail").unwrap());
    }
    steps
}

/// What is read from some key to its end on purpose, some thousand rows at a time: answers that are too old to be kept.
const BOUNDED: &str = "INDEX answers_by_age (created_at<?)";

/// The steps that read a table from end to end, or from some key to its end.
fn scans(steps: &[String]) -> Vec<&String> {
    let is_scan = |step: &&String| {
        let is_of_no_table = ["VIRTUAL TABLE", "CONSTANT ROW", "(subquery"].iter().any(|odd| step.contains(odd));
        step.starts_with("SCAN ") && !is_of_no_table && !SMALL.contains(&step.as_str())
            || step.starts_with("SEARCH ") && !step.contains("=?") && !step.ends_with(BOUNDED)
    };
    steps.iter().filter(is_scan).collect()
}

/// Fails if one of the questions was none, or reads a whole table.
fn assert_no_scans(readers: &Readers, asked: Vec<(&'static str, Vec<Statement>)>) {
    let connection = readers.0.lock().unwrap();
    for (name, statements) in asked {
        assert!(!statements.is_empty(), "{name}");
        for Statement { sql, .. } in statements {
            let steps = plan(&connection, &sql);
            assert!(scans(&steps).is_empty(), "{name}: {sql}\n{steps:#?}");
        }
    }
}

#[test]
fn a_read_of_a_whole_table_would_be_noticed() {
    let mut bench = Bench::new();
    bench.run(&batches(7).remove(0).1);
    let sql = "SELECT name FROM users WHERE name = 'x'";
    for _ in 0..2 {
        bench.engine.connection().unwrap().prepare_cached(sql).unwrap().query_one([], |_| Ok(())).unwrap_err();
        let noted: Vec<_> = bench.log.take().into_iter().map(|statement| (statement.sql, statement.scanned)).collect();
        assert_eq!(noted, [(sql.to_owned(), 6)]);
    }
    let (readers, _) = bench.readers();
    assert_eq!(scans(&plan(&readers.0.lock().unwrap(), sql)), ["SCAN users"]);
}

#[test]
fn no_statement_of_a_batch_reads_a_whole_table() {
    let mut bench = Bench::new();
    let statements: Vec<Statement> = bench.play(7).into_iter().flat_map(|(_, statements)| statements).collect();
    let texts: BTreeSet<_> = statements.iter().map(|statement| &statement.sql).collect();
    assert!(texts.len() > 45, "{}", texts.len());
    let (readers, _) = bench.readers();
    let connection = readers.0.lock().unwrap();
    for Statement { sql, scanned, .. } in statements {
        let steps = plan(&connection, &sql);
        // Every table has seven rows or more, but for the three sequences and the one key.
        assert!(scanned <= 3, "{scanned}: {sql}\n{steps:#?}");
        // The plan of a bulk insert names scans that check references, which only a broken reference would set off.
        assert!(sql.starts_with("INSERT") || scans(&steps).is_empty(), "{sql}\n{steps:#?}");
    }
}

#[test]
fn no_question_of_a_chat_client_about_its_own_rooms_reads_a_whole_table() {
    let bench = Bench::new();
    let (readers, log) = bench.readers();
    let (user, group) = (user_id(1), group_id(1));
    let mut asked: Vec<(&'static str, Vec<Statement>)> = Vec::new();
    macro_rules! ask {
        ($name:literal, $question:expr) => {
            let _ = now($question);
            asked.push(($name, log.take()));
        };
    }
    for order in [RoomOrder::Slug, RoomOrder::Members] {
        let search = RoomSearch { member: Some(user), order, is_descending: true, offset: 1, limit: 10 };
        ask!("rooms", readers.rooms(search));
    }
    ask!("usernames_in", readers.usernames_in(vec![group]));
    ask!("role_holders", readers.role_holders(group));
    ask!("active_members", readers.active_members(group));
    ask!("emails_of", readers.emails_of(vec![user]));
    ask!("room_links", readers.room_links(Some((group, user))));
    ask!("closed_addresses", readers.closed_addresses(vec![Email::parse("a@example.org").unwrap().key().clone()]));
    ask!("personal_tokens", readers.personal_tokens(user));
    ask!("link_anywhere", readers.link_anywhere(LinkHash(bytes(1))));
    ask!("longest_member", readers.longest_member(group, user));
    ask!("link_key", readers.link_key());

    assert_no_scans(&readers, asked);
}

#[test]
fn no_question_of_a_client_of_rooms_about_rooms_that_it_knows_reads_a_whole_table() {
    let bench = Bench::new();
    let (readers, log) = bench.readers();
    let (user, group) = (user_id(1), group_id(1));
    let mut asked: Vec<(&'static str, Vec<Statement>)> = Vec::new();
    macro_rules! ask {
        ($name:literal, $question:expr) => {
            let _ = now($question);
            asked.push(($name, log.take()));
        };
    }
    let stretch = Stretch { offset: 1, limit: 10 };
    for order in [DirectoryOrder::Name, DirectoryOrder::NameDescending, DirectoryOrder::Activity] {
        let among = Among::Joined { user, roles: None };
        ask!("directory", readers.directory(DirectorySearch { among, text: None, order, stretch }));
    }
    ask!("heads", readers.heads(vec![group]));
    ask!("members_by_rank", readers.members_by_rank(group, RoleSet::NONE, stretch));
    ask!("members_among", readers.members_among(group, vec![user]));
    ask!("is_invited", readers.is_invited(group, user, at(1)));
    ask!("standing_links", readers.standing_links(group));

    assert_no_scans(&readers, asked);
}

#[test]
fn no_question_reads_a_whole_table_and_no_page_sorts_one() {
    let bench = Bench::new();
    let (readers, log) = bench.readers();
    let (user, group, now_) = (user_id(1), group_id(1), at(1));
    let mut asked: Vec<(&'static str, Vec<Statement>)> = Vec::new();
    macro_rules! ask {
        ($name:literal, $question:expr) => {
            let _ = now($question);
            asked.push(($name, log.take()));
        };
    }
    let subject = Subject::parse("x").unwrap();
    let email = Email::parse("x@x.org").unwrap();
    for who in [
        UserRef::Id(user),
        UserRef::Uid(Uid::parse("x").unwrap()),
        UserRef::Subject(subject.clone()),
        UserRef::Username(Username::parse("x").unwrap()),
        UserRef::Email(email),
    ] {
        ask!("user", readers.user(who));
    }
    for which in [
        GroupRef::Id(group),
        GroupRef::Uid(Uid::parse("x").unwrap()),
        GroupRef::Slug(Slug::parse("x").unwrap()),
        GroupRef::UidOrSlug("x".to_owned()),
    ] {
        ask!("group", readers.group(which, Some(user)));
    }
    ask!("token", readers.token(token_hash(1)));
    ask!("bearer", readers.bearer(subject, client(1)));
    ask!("users_by_id", readers.users_by_id(vec![user, user_id(2)]));
    ask!("password", readers.password(user));
    ask!("emails", readers.emails(user));
    ask!("groups_of", readers.groups_of(user));
    ask!("usernames", readers.usernames(group, 10));
    ask!("client", readers.client(client(1)));
    ask!("clients", readers.clients());
    ask!("token_by_id", readers.token_by_id(token_id(1)));
    ask!("has_batch", readers.has_batch(group, batch_id(1)));
    ask!("issuer_key", readers.issuer_key());
    ask!("ping", readers.ping());
    for is_descending in [false, true] {
        let search = RosterSearch { filter: Some("x".to_owned()), is_descending, offset: 0, limit: 10_000 };
        ask!("roster", readers.roster(group, search));
    }
    ask!("users by page", readers.users(first(10)));
    ask!("groups by page", readers.groups(first(10)));
    ask!("members by page", readers.members(group, first(10)));
    ask!("groups_joined by page", readers.groups_joined(user, first(10)));
    ask!("open_invitations by page", readers.open_invitations(group, now_, first(10)));
    ask!("invitations by page", readers.invitations(group, InvitationState::Pending, first(10)));
    ask!("invitations_in_batch by page", readers.invitations_in_batch(group, batch_id(1), first(10)));
    ask!("invitations_for by page", readers.invitations_for(user, now_, first(10)));
    for which in [InvitationRef::Id(invitation_id(1)), secret(1)] {
        ask!("invitation", readers.invitation(which));
    }
    ask!("due_invitations by page", readers.due_invitations(now_, 10));
    ask!("deleted_groups by page", readers.deleted_groups(now_));
    ask!("requests by page", readers.requests(group, first(10)));
    ask!("waiting by page", readers.waiting(group, first(10)));
    ask!("links by page", readers.links(group, first(10)));
    for which in [LinkRef::Id(link_id(1)), LinkRef::Hash(LinkHash(bytes(1)))] {
        ask!("link", readers.link(which));
    }
    for of in [Refuser::User(user), Refuser::Holder(InvitationTokenHash(bytes(1)))] {
        ask!("opt_outs", readers.opt_outs(of));
    }
    ask!("events by page", readers.events(Stream::Group(group), first(10)));
    for of in [None, Some(Stream::Group(group))] {
        ask!("events_behind by page", readers.events_behind(of, Cursor::START, 10));
        ask!("last_cursor by page", readers.last_cursor(of));
    }
    ask!("memberships_of", readers.memberships_of(user));
    ask!("members_at by page", readers.members_at(group, now_, first(10)));
    ask!("streams by page", readers.streams(first(10)));
    ask!("audit", readers.audit(Stream::Group(group)));
    ask!("tokens_of by page", readers.tokens_of(user, now_, first(10)));

    let connection = readers.0.lock().unwrap();
    for (name, statements) in asked {
        assert!(!statements.is_empty(), "{name}");
        for Statement { sql, .. } in statements {
            let steps = plan(&connection, &sql);
            // The lists of everything start at a key and end with the page, or at one.
            let is_whole = matches!(name, "users by page" | "groups by page") && steps.len() == 1;
            let is_overdue = matches!(name, "due_invitations by page" | "deleted_groups by page") && steps.len() == 1;
            // From each history to the next: the least key behind one is the first that is found.
            let is_next = name == "streams by page";
            // The order of all events is that of an index, from a cursor on or from its end.
            let is_told = matches!(name, "events_behind by page" | "last_cursor by page") && steps.len() == 1;
            let from_key = |step: &&String| {
                is_whole && step.ends_with("(rowid>?)")
                    || is_overdue && step.ends_with("_at<?)")
                    || is_next && (step.ends_with("(rowid>?)") || step.ends_with("(group_id>?)"))
                    || is_told && step.contains("INDEX events_in_order")
            };
            assert!(scans(&steps).iter().all(from_key), "{name}: {sql}\n{steps:#?}");
            let sorts = steps.iter().any(|step| step.contains("TEMP B-TREE FOR ORDER BY"));
            assert!(!(sorts && name.ends_with("by page")), "{name}: {sql}\n{steps:#?}");
        }
    }
}

#[test]
fn a_page_costs_the_same_however_long_the_list_is() {
    let cost = |n: usize| {
        let mut bench = Bench::new();
        let created = at(1);
        bench.write((1..=n).map(|k| Change::User(user(k))).chain([Change::Group(plain_group(1))]));
        bench.write((1..=n).flat_map(|k| {
            let seq = i64::try_from(k).unwrap();
            let request = |state, place| JoinRequest {
                group: group_id(1),
                user: user_id(k),
                roles: RoleSet::NONE,
                state,
                place,
                created_at: created,
                closed_at: None,
                closed_by: None,
            };
            let request = if k % 2 == 0 {
                request(RequestState::Waiting, Some(seq))
            } else {
                request(RequestState::Pending, None)
            };
            let link = Link {
                id: link_id(k),
                group: group_id(1),
                hash: LinkHash(bytes(k)),
                creator: user_id(1),
                roles: RoleSet::NONE,
                uses_max: None,
                uses: 0,
                needs_approval: false,
                created_at: created,
                expires_at: None,
                revoked_at: None,
                revoked_by: None,
            };
            let event = Event {
                stream: Stream::Group(group_id(1)),
                seq,
                at: created,
                kind: EventKind::MemberJoined,
                actor: None,
                origin: Origin::default(),
                batch: None,
                thing: Thing::Member(user_id(k)),
                before: None,
                after: Some(r#"{"roles":[],"joined_at":1}"#.to_owned()),
                hash: EventHash::default(),
            };
            let member = Membership::new(group_id(1), user_id(k), RoleSet::NONE, created);
            let invitation = invitation(k, Invitee::User(user_id(k)));
            let made = Event {
                seq: seq + 10_000,
                batch: Some(batch_id(1)),
                thing: Thing::Invitation(invitation.id),
                ..event.clone()
            };
            [
                Change::JoinRequest(request),
                Change::Link(link),
                Change::Membership(member),
                Change::Invitation(Invitation { state: InvitationState::Pending, closed_at: None, ..invitation }),
                Change::Event(Box::new(event)),
                Change::Event(Box::new(made)),
            ]
        }));
        let (readers, log) = bench.readers();
        let group = group_id(1);
        let twentieth = Cursor { seq: 20, ..now(readers.last_cursor(None)) };
        log.take();
        let counts = [
            now(readers.events(Stream::Group(group), PageRequest { after: Some(20), limit: 5 })).items.len(),
            now(readers.members_at(group, created, PageRequest { after: Some(user_id(20)), limit: 5 })).items.len(),
            now(readers.events_behind(None, twentieth, 5)).len(),
            now(readers.events_behind(Some(twentieth.stream), twentieth, 5)).len(),
            now(readers.requests(group, PageRequest { after: Some(user_id(20)), limit: 5 })).items.len(),
            now(readers.waiting(group, PageRequest { after: Some(20), limit: 5 })).items.len(),
            now(readers.links(group, PageRequest { after: Some(link_id(20)), limit: 5 })).items.len(),
            now(readers.members(group, PageRequest { after: Some(user_id(20)), limit: 5 })).items.len(),
            now(readers.open_invitations(group, at(0), PageRequest { after: Some(invitation_id(20)), limit: 5 }))
                .items
                .len(),
            now(readers.invitations_in_batch(group, batch_id(1), PageRequest { after: Some(10_020), limit: 5 }))
                .items
                .len(),
        ];
        assert_eq!(counts, [5; 10]);
        log.take()
    };
    let short = cost(40);
    assert_eq!(short.len(), 13);
    assert_eq!(cost(2000), short);
}
