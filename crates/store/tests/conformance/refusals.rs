//! Every "no" there is, provoked for real: what a world in memory refuses, a store in the same state refuses, too.

use std::collections::BTreeMap;

use guestlist_core::explain::explain;
use guestlist_core::group::GroupRef;
use guestlist_core::history::Event;
use guestlist_core::ids::UserId;
use guestlist_core::invitation::{Invitation, InvitationState, Invitee};
use guestlist_core::opt_out::InvitationsFrom;
use guestlist_core::outcome::{InviteRow, Outcome};
use guestlist_core::provoke::provocations;
use guestlist_core::request::RequestState;
use guestlist_core::time::Timestamp;
use guestlist_core::world::World;
use guestlist_core::{Change, Origin};
use guestlist_store::Rejection;
use uuid::Uuid;

use crate::database::{Database, Way, submit};

on_every_engine! {
    every_refusal_is_provoked_and_explained_as_the_rules_do,
}

async fn every_refusal_is_provoked_and_explained_as_the_rules_do(db: Database) {
    let mut db = db;
    db.set_person_key().await;
    for (world, now, command, expected) in provocations() {
        db.tamper(&sql_of(&db, &world)).await;
        db = db.under(world.facts().settings().clone());
        db.clock.advance_millis(now.as_millis() - db.now().as_millis());
        let why = explain(expected, &command, world.facts());
        let origin = Origin::default();
        match submit(&db.store, command.clone(), Way::From(&origin)).await {
            Err(Rejection::Refused(refusal, told)) => assert_eq!((refusal, *told), (expected, why), "{command:?}"),
            // No command as a whole is refused for these.
            Ok(Outcome::Invited(invited)) => {
                assert_eq!((invited.rows, invited.why), (vec![InviteRow::Refused(expected)], vec![why]), "{command:?}");
            }
            other => panic!("{other:?} instead of {expected:?}: {command:?}"),
        }
    }
}

/// The tables that a world is written to, in an order in which every reference finds what it refers to.
const TABLES: [&str; 14] = [
    "users",
    "user_emails",
    "\"groups\"",
    "memberships",
    "invitations",
    "invitation_tokens",
    "links",
    "join_requests",
    "day_counts",
    "opt_outs",
    "events",
    "heads",
    "clients",
    "tokens",
];

/// Which of them is written along with the events.
const HEADS: usize = 11;

/// What empties all tables and fills them with a world.
fn sql_of(db: &Database, world: &World) -> String {
    let mut rows: [BTreeMap<String, String>; TABLES.len()] = Default::default();
    for change in world.changes() {
        // Of several changes to one row, the last counts.
        if let Some((table, key, values)) = row(db, world, change) {
            rows[table].insert(key, values);
        }
        if let Change::Event(event) = change {
            let values = [event.stream.number().to_string(), event.seq.to_string(), db.bytes(&event.hash.0)];
            rows[HEADS].insert(values[0].clone(), values.join(", "));
        }
    }
    let empty = TABLES.iter().rev().map(|table| format!("DELETE FROM {table}"));
    let fill = TABLES
        .iter()
        .zip(&rows)
        .flat_map(|(table, rows)| rows.values().map(move |values| format!("INSERT INTO {table} VALUES ({values})")));
    let next = world.facts().next_user_id().map_or(1, UserId::get);
    let last = format!("UPDATE sequences SET next = {next}");
    empty.chain(fill).chain([last]).collect::<Vec<_>>().join(";\n")
}

/// The table, the key and all columns of what a change leaves behind; `None` for what is no row of its own.
fn row(db: &Database, world: &World, change: &Change) -> Option<(usize, String, String)> {
    macro_rules! row {
        ($table:literal, key $key:expr, $($value:expr),* $(,)?) => {
            Some(($table, $key.to_string(), [$($value.to_string()),*].join(", ")))
        };
    }
    let (bytes, uuid) = (|bytes: &[u8]| db.bytes(bytes), |uuid: Uuid| db.uuid(uuid));
    match change {
        Change::User(user) => {
            let (username, name) = (user.username.as_ref(), user.name.as_ref());
            row!(0, key user.id,
                user.id, text(&user.uid), text(&user.subject), or_null(username.map(text)),
                or_null(username.map(|name| text(name.key()))), or_null(name.map(text)), or_null(name.map(lower)),
                user.is_admin, "NULL", millis(user.disabled_at), user.created_at.as_millis(),
                user.updated_at.as_millis(), "NULL", user.roles.bits(), "NULL", millis(user.signed_out_at),
                millis(user.deleted_at))
        }
        Change::UserEmail(email) => {
            let key = email.email.key();
            row!(1, key key, text(key), text(&email.email), email.user, email.is_verified)
        }
        Change::Group(changed) => {
            let group = world.facts().group(&GroupRef::Id(changed.id))?;
            let (offer, tally) = (group.offer, group.tally);
            row!(2, key group.id,
                group.id, text(&group.uid), text(&group.slug), text(&group.name), lower(&group.name),
                text(&group.description), false, group.is_public, group.is_verified, group.takes_requests,
                group.is_token_enough, or_null(group.members_max), millis(group.archived_at), millis(group.deleted_at),
                or_null(offer.map(|offer| offer.from)), or_null(offer.map(|offer| offer.to)),
                millis(offer.map(|offer| offer.offered_at)), millis(offer.map(|offer| offer.expires_at)),
                group.creator, group.created_at.as_millis(), tally.members, tally.owners, tally.invitations,
                tally.waiting, tally.last_place, tally.notices, tally.updated_at.as_millis(), "NULL", "NULL", "NULL", text(&""))
        }
        Change::Membership(member) => row!(3, key format!("{} {}", member.group, member.user),
            member.group, member.user, member.roles.bits(), member.joined_at.as_millis(), member.is_hidden),
        Change::Invitation(invitation) => {
            let Invitation { id, invitee, .. } = invitation;
            let (user, email) = match invitee {
                Invitee::User(user) => (Some(user), None),
                Invitee::Email(email) => (None, Some(email)),
            };
            let state = InvitationState::ALL.iter().position(|state| *state == invitation.state)?;
            row!(4, key id,
                uuid(id.as_uuid()), invitation.group, or_null(user), or_null(email.map(text)),
                or_null(email.map(|email| text(email.key()))), invitation.inviter, invitation.roles.bits(), state,
                invitation.created_at.as_millis(), invitation.sent_at.as_millis(), millis(invitation.expires_at),
                millis(invitation.closed_at), or_null(invitation.closed_by), "NULL", "NULL",
                millis(invitation.remind_at), millis(invitation.seen_at))
        }
        Change::InvitationToken(token) => row!(5, key bytes(&token.hash.0),
            bytes(&token.hash.0), uuid(token.invitation.as_uuid()), token.created_at.as_millis(), "NULL"),
        Change::Link(link) => row!(6, key link.id,
            uuid(link.id.as_uuid()), link.group, bytes(&link.hash.0), link.creator, link.roles.bits(),
            or_null(link.uses_max), link.uses, link.needs_approval, link.created_at.as_millis(),
            millis(link.expires_at), millis(link.revoked_at), or_null(link.revoked_by)),
        Change::JoinRequest(request) => {
            let state = RequestState::ALL.iter().position(|state| *state == request.state)?;
            row!(7, key format!("{} {}", request.group, request.user),
                request.group, request.user, request.roles.bits(), state, or_null(request.place),
                request.created_at.as_millis(), millis(request.closed_at), or_null(request.closed_by))
        }
        Change::DayCount(count) => row!(8, key count.inviter, count.inviter, count.day, count.made),
        Change::OptOut(opt_out) => {
            let (kind, id) = match opt_out.from {
                InvitationsFrom::Everyone => (0, 0),
                InvitationsFrom::Group(id) => (1, id.get()),
                InvitationsFrom::Inviter(id) => (2, id.get()),
            };
            let person = bytes(&opt_out.person.0);
            row!(9, key format!("{person} {kind} {id}"), person, kind, id, opt_out.created_at.as_millis())
        }
        Change::Event(event) => {
            let Event { origin, .. } = &**event;
            row!(10, key format!("{} {}", event.stream.number(), event.seq),
                event.stream.number(), event.seq, event.at.as_millis(), text(event.kind.as_str()),
                or_null(event.actor), text(origin.via.as_str()), or_null(origin.client.as_ref().map(text)),
                or_null(origin.request.as_ref().map(text)), or_null(event.batch.map(|id| uuid(id.as_uuid()))),
                text(&event.thing), or_null(event.member()), or_null(event.before.as_ref().map(text)),
                or_null(event.after.as_ref().map(text)), bytes(&event.hash.0), 0)
        }
        Change::Client(client) => row!(12, key client.id,
            text(&client.id), text(&client.name), text(&client.scopes), client.created_at.as_millis()),
        Change::Token(token) => row!(13, key token.id,
            uuid(token.id.as_uuid()), bytes(&token.hash.0), token.user, or_null(token.client.as_ref().map(text)),
            text(&token.scopes), token.created_at.as_millis(), millis(token.expires_at), millis(token.revoked_at),
            or_null(token.personal.as_ref().map(|personal| text(&personal.name))),
            or_null(token.personal.as_ref().map(|personal| text(&personal.last_part))),
            or_null(token.personal.as_ref().map(|personal| personal.skips_second_factor))),
        // No refusal depends on what is mailed about it.
        Change::Tally(..) | Change::Mail(_) => None,
        other => panic!("a world that is refused something comes about without {other:?}"),
    }
}

fn text<T: ToString + ?Sized>(text: &T) -> String {
    format!("'{}'", text.to_string().replace('\'', "''"))
}

fn lower<T: ToString + ?Sized>(name: &T) -> String {
    text(&name.to_string().to_lowercase())
}

fn or_null(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "NULL".to_owned(), |value| value.to_string())
}

fn millis(at: Option<Timestamp>) -> String {
    or_null(at.map(Timestamp::as_millis))
}
