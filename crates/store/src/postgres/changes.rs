//! Writing the changes of a batch: one statement per table, however many rows, and the commit, all in one round trip.
//! Rows go in as one array per column.

use futures_util::future::join_all;
use guestlist_core::group::{Group, GroupKind, Tally};
use guestlist_core::ids::UserId;
use guestlist_core::invitation::{InvitationState, Invitee};
use guestlist_core::language::Language;
use guestlist_core::opt_out::{InvitationsFrom, PersonHash};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::answers;
use super::link::{Link, Param};
use crate::columns;
use crate::error::StoreError;
use crate::net::NetChanges;

/// Groups are forgotten with everything in them; the secrets of invitations go with those.
pub(super) const PURGES: &[&str] = &[
    "DELETE FROM memberships WHERE group_id = ANY ($1::bigint[])",
    "DELETE FROM mails WHERE group_id = ANY ($1::bigint[])",
    "DELETE FROM invitations WHERE group_id = ANY ($1::bigint[])",
    "DELETE FROM links WHERE group_id = ANY ($1::bigint[])",
    "DELETE FROM join_requests WHERE group_id = ANY ($1::bigint[])",
    "DELETE FROM events WHERE group_id = ANY ($1::bigint[])",
    "DELETE FROM heads WHERE group_id = ANY ($1::bigint[])",
    "DELETE FROM groups WHERE id = ANY ($1::bigint[])",
];

const USERS: &str = "INSERT INTO users
        (id, uid, subject, username, username_key, name, name_key, is_admin, disabled_at, created_at, updated_at,
         language, roles, profile, signed_out_at, deleted_at)
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                         $8::boolean[], $9::bigint[], $10::bigint[], $11::bigint[], $12::text[], $13::smallint[], $14::text[],
                         $15::bigint[], $16::bigint[])
    ON CONFLICT (id) DO UPDATE SET
        username = excluded.username, username_key = excluded.username_key, name = excluded.name,
        name_key = excluded.name_key, is_admin = excluded.is_admin, disabled_at = excluded.disabled_at,
        updated_at = excluded.updated_at, language = excluded.language, roles = excluded.roles,
        profile = excluded.profile, signed_out_at = excluded.signed_out_at, deleted_at = excluded.deleted_at";

const EMAILS_ENDED: &str = "DELETE FROM user_emails WHERE email_key = ANY ($1::text[])";

const EMAILS: &str = "INSERT INTO user_emails (email_key, email, user_id, is_verified)
    SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::boolean[])
    ON CONFLICT (email_key) DO UPDATE SET
        email = excluded.email, user_id = excluded.user_id, is_verified = excluded.is_verified";

const PASSWORDS: &str = "UPDATE users SET password_hash = k.hash
    FROM unnest($1::bigint[], $2::text[]) AS k (id, hash) WHERE users.id = k.id";

const GROUPS: &str = "INSERT INTO groups
        (id, uid, slug, name, name_key, description, is_page, is_public, is_verified, takes_requests, is_token_enough,
         members_max, archived_at, deleted_at, offer_from, offer_to, offered_at, offer_expires_at, creator_id,
         created_at, members_count, owners_count, invitations_count, waiting_count, last_place, notices_count,
         updated_at, language, chat, country, description_key)
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[],
                         $8::boolean[], $9::boolean[], $10::boolean[], $11::boolean[], $12::bigint[], $13::bigint[],
                         $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[], $19::bigint[],
                         $20::bigint[], $21::bigint[], $22::bigint[], $23::bigint[], $24::bigint[], $25::bigint[],
                         $26::bigint[], $27::bigint[], $28::text[], $29::text[], $30::text[], $31::text[])
    ON CONFLICT (id) DO UPDATE SET
        slug = excluded.slug, name = excluded.name, name_key = excluded.name_key,
        description = excluded.description, is_public = excluded.is_public, is_verified = excluded.is_verified,
        takes_requests = excluded.takes_requests, is_token_enough = excluded.is_token_enough,
        members_max = excluded.members_max, archived_at = excluded.archived_at, deleted_at = excluded.deleted_at,
        offer_from = excluded.offer_from, offer_to = excluded.offer_to, offered_at = excluded.offered_at,
        offer_expires_at = excluded.offer_expires_at, language = excluded.language, chat = excluded.chat,
        country = excluded.country, description_key = excluded.description_key";

const TALLIES: &str = "UPDATE groups SET
        members_count = k.members_count, owners_count = k.owners_count, invitations_count = k.invitations_count,
        waiting_count = k.waiting_count, last_place = k.last_place, notices_count = k.notices_count,
        updated_at = k.updated_at
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
                $8::bigint[])
        AS k (id, members_count, owners_count, invitations_count, waiting_count, last_place, notices_count, updated_at)
    WHERE groups.id = k.id";

const MEMBERSHIPS_ENDED: &str =
    "DELETE FROM memberships AS m USING unnest($1::bigint[], $2::bigint[]) AS k (group_id, user_id)
    WHERE m.group_id = k.group_id AND m.user_id = k.user_id";

const MEMBERSHIPS: &str = "INSERT INTO memberships (group_id, user_id, roles, joined_at, is_hidden)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::bigint[], $5::boolean[])
    ON CONFLICT (group_id, user_id) DO UPDATE SET
        roles = excluded.roles, joined_at = excluded.joined_at, is_hidden = excluded.is_hidden";

const INVITATIONS: &str = "INSERT INTO invitations
        (id, group_id, user_id, email, email_key, inviter_id, roles, state, created_at, sent_at, expires_at, closed_at,
         closed_by, language, note, remind_at, seen_at)
    SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bigint[],
                         $7::smallint[], $8::smallint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[],
                         $13::bigint[], $14::text[], $15::text[], $16::bigint[], $17::bigint[])
    ON CONFLICT (id) DO UPDATE SET
        language = excluded.language, note = excluded.note, remind_at = excluded.remind_at, seen_at = excluded.seen_at,
        inviter_id = excluded.inviter_id, roles = excluded.roles, state = excluded.state, sent_at = excluded.sent_at,
        expires_at = excluded.expires_at, closed_at = excluded.closed_at, closed_by = excluded.closed_by";

const INVITATION_TOKENS: &str = "INSERT INTO invitation_tokens (hash, invitation_id, created_at, holder_id)
    SELECT * FROM unnest($1::bytea[], $2::uuid[], $3::bigint[], $4::bigint[])
    ON CONFLICT (hash) DO NOTHING";

const MAILS: &str = "INSERT INTO mails
        (id, kind, group_id, user_id, email, email_key, invitation_id, about_id, state, created_at, due_at, tries)
    SELECT * FROM unnest($1::uuid[], $2::smallint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::uuid[],
                         $8::bigint[], $9::smallint[], $10::bigint[], $11::bigint[], $12::text[])
    ON CONFLICT (id) DO UPDATE SET state = excluded.state, due_at = excluded.due_at, tries = excluded.tries";

const ADDRESSES_REVIVED: &str = "DELETE FROM dead_addresses WHERE email_key = ANY ($1::text[])";

const DEAD_ADDRESSES: &str = "INSERT INTO dead_addresses (email_key, since, reply)
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[])
    ON CONFLICT (email_key) DO UPDATE SET since = excluded.since, reply = excluded.reply";

const LINKS: &str = "INSERT INTO links
        (id, group_id, hash, creator_id, roles, uses_max, uses, needs_approval, created_at, expires_at, revoked_at,
         revoked_by)
    SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bytea[], $4::bigint[], $5::smallint[], $6::bigint[],
                         $7::bigint[], $8::boolean[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[])
    ON CONFLICT (id) DO UPDATE SET
        uses = excluded.uses, revoked_at = excluded.revoked_at, revoked_by = excluded.revoked_by";

const REQUESTS: &str = "INSERT INTO join_requests
        (group_id, user_id, roles, state, place, created_at, closed_at, closed_by)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::smallint[], $5::bigint[], $6::bigint[],
                         $7::bigint[], $8::bigint[])
    ON CONFLICT (group_id, user_id) DO UPDATE SET
        roles = excluded.roles, state = excluded.state, place = excluded.place, created_at = excluded.created_at,
        closed_at = excluded.closed_at, closed_by = excluded.closed_by";

const DAY_COUNTS: &str = "INSERT INTO day_counts (inviter_id, day, made)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])
    ON CONFLICT (inviter_id) DO UPDATE SET day = excluded.day, made = excluded.made";

const OPT_OUTS_ENDED: &str = "DELETE FROM opt_outs AS o
    USING unnest($1::bytea[], $2::smallint[], $3::bigint[]) AS k (person, from_kind, from_id)
    WHERE o.person = k.person AND o.from_kind = k.from_kind AND o.from_id = k.from_id";

/// One that was taken back and made again in the same batch is there already, with another time.
const OPT_OUTS: &str = "INSERT INTO opt_outs (person, from_kind, from_id, created_at)
    SELECT * FROM unnest($1::bytea[], $2::smallint[], $3::bigint[], $4::bigint[])
    ON CONFLICT (person, from_kind, from_id) DO UPDATE SET created_at = excluded.created_at";

/// A number that is taken is that of another node's event, on which nothing was decided here.
///
/// All have one position. That of a transaction is known as soon as it has locked its first group, and another that began
/// later may have been faster in the next: so the position is never below those of the histories that go on.
const EVENTS: &str = "WITH commit AS MATERIALIZED (
        SELECT greatest(
            s.next + pg_current_xact_id()::text::bigint,
            (SELECT max(e.position) FROM heads AS h JOIN events AS e ON e.group_id = h.group_id AND e.seq = h.seq
             WHERE h.group_id = ANY ($1::bigint[]))) AS position
        FROM sequences AS s WHERE s.name = 'positions')
    INSERT INTO events
        (group_id, seq, at, kind, actor_id, via, client, request, batch_id, thing, member_id, record_before,
         record_after, hash, position)
    SELECT k.*, commit.position
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[],
                $9::uuid[], $10::text[], $11::bigint[], $12::text[], $13::text[], $14::bytea[]) AS k
    LEFT JOIN commit ON true";

const HEADS: &str = "INSERT INTO heads (group_id, seq, hash)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[])
    ON CONFLICT (group_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash";

const CLIENTS_REMOVED: &str = "DELETE FROM clients WHERE id = ANY ($1::text[])";

const CLIENTS: &str = "INSERT INTO clients (id, name, scopes, created_at)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, scopes = excluded.scopes";

const TOKENS: &str = "INSERT INTO tokens
        (id, hash, user_id, client_id, scopes, created_at, expires_at, revoked_at, name, last_part, skips_second_factor)
    SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::bigint[],
                         $8::bigint[], $9::text[], $10::text[], $11::boolean[])
    ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at, revoked_at = excluded.revoked_at";

const ISSUER_KEY: &str = "INSERT INTO issuer_keys (id, kid, pkcs8) VALUES (1, $1, $2)";

/// Keeps a sequence ahead of the highest number in use.
const SEQUENCE: &str = "UPDATE sequences SET next = $2::bigint + 1 WHERE name = $1 AND next <= $2::bigint";

/// All other statements of this file. These and those above are prepared once per connection.
pub(super) const STATEMENTS: &[&str] = &[
    USERS,
    EMAILS_ENDED,
    EMAILS,
    PASSWORDS,
    GROUPS,
    TALLIES,
    MEMBERSHIPS_ENDED,
    MEMBERSHIPS,
    INVITATIONS,
    INVITATION_TOKENS,
    MAILS,
    ADDRESSES_REVIVED,
    DEAD_ADDRESSES,
    LINKS,
    REQUESTS,
    DAY_COUNTS,
    OPT_OUTS_ENDED,
    OPT_OUTS,
    EVENTS,
    HEADS,
    CLIENTS_REMOVED,
    CLIENTS,
    TOKENS,
    ISSUER_KEY,
    SEQUENCE,
];

pub(super) type Column = Box<dyn ToSql + Sync + Send>;

/// Statements to run, each with its columns, in an order in which every reference finds what it refers to.
#[derive(Default)]
pub(super) struct Writes(Vec<(&'static str, Vec<Column>)>);

macro_rules! columns_of {
    ($rows:expr; $($value:expr),+ $(,)?) => {
        vec![$(Box::new($rows.iter().map($value).collect::<Vec<_>>()) as Column),+]
    };
}

pub(super) use columns_of;

impl Writes {
    pub(super) fn of(net: &NetChanges) -> Self {
        let mut writes = Self::default();
        purges(&mut writes, net);
        users(&mut writes, net);
        groups(&mut writes, net);
        memberships(&mut writes, net);
        invitations(&mut writes, net);
        mails(&mut writes, net);
        links(&mut writes, net);
        requests(&mut writes, net);
        day_counts(&mut writes, net);
        opt_outs(&mut writes, net);
        events(&mut writes, net);
        credentials(&mut writes, net);
        answers::write(&mut writes, net);
        writes.advance("users", net.users.keys().next_back().map(|id| id.get()));
        writes.advance("groups", net.groups.keys().next_back().map(|id| id.get()));
        writes
    }

    /// Writes and commits, all at once: the server takes the statements one after the other, and after a failure none.
    pub(super) async fn commit(self, link: &Link) -> Result<(), StoreError> {
        let params = self.0.iter().map(|(_, columns)| columns.iter().map(|column| &**column as Param<'_>).collect());
        let params: Vec<Vec<Param<'_>>> = params.collect();
        let written = join_all(self.0.iter().zip(&params).map(|((sql, _), params)| link.execute(sql, params)));
        let (written, committed) = futures_util::join!(written, link.command("COMMIT"));
        // A commit after a failure is carried out as a rollback and reported as a success, so the writes speak first.
        written.into_iter().collect::<Result<(), _>>()?;
        committed
    }

    pub(super) fn add(&mut self, is_wanted: bool, sql: &'static str, columns: impl FnOnce() -> Vec<Column>) {
        if is_wanted {
            self.0.push((sql, columns()));
        }
    }

    fn advance(&mut self, sequence: &'static str, used: Option<i64>) {
        if let Some(used) = used {
            self.0.push((SEQUENCE, vec![Box::new(sequence), Box::new(used)]));
        }
    }
}

fn purges(writes: &mut Writes, net: &NetChanges) {
    for sql in PURGES {
        let is_wanted = !net.purged_groups.is_empty();
        writes.add(is_wanted, sql, || columns_of!(net.purged_groups; |group| group.get()));
    }
}

fn users(writes: &mut Writes, net: &NetChanges) {
    let rows: Vec<_> = net.users.values().collect();
    writes.add(!rows.is_empty(), USERS, || {
        columns_of!(rows;
            |user| user.id.get(),
            |user| user.uid.to_string(),
            |user| user.subject.to_string(),
            |user| user.username.as_ref().map(|name| name.to_string()),
            |user| user.username.as_ref().map(|name| name.key().to_string()),
            |user| user.name.as_ref().map(|name| name.to_string()),
            |user| user.name.as_ref().map(|name| name.as_str().to_lowercase()),
            |user| user.is_admin,
            |user| user.disabled_at.map(|at| at.as_millis()),
            |user| user.created_at.as_millis(),
            |user| user.updated_at.as_millis(),
            |user| user.language.map(Language::as_str),
            |user| i16::from(user.roles.bits()),
            |user| user.profile.to_stored(),
            |user| user.signed_out_at.map(|at| at.as_millis()),
            |user| user.deleted_at.map(|at| at.as_millis()),
        )
    });

    let ended: Vec<_> = net.emails.iter().filter(|(_, email)| email.is_none()).map(|(address, _)| address).collect();
    writes.add(!ended.is_empty(), EMAILS_ENDED, || columns_of!(ended; |address| address.to_string()));

    let rows: Vec<_> = net.emails.values().flatten().collect();
    writes.add(!rows.is_empty(), EMAILS, || {
        columns_of!(rows;
            |email| email.email.key().to_string(),
            |email| email.email.to_string(),
            |email| email.user.get(),
            |email| email.is_verified,
        )
    });

    let rows: Vec<_> = net.passwords.iter().collect();
    writes.add(!rows.is_empty(), PASSWORDS, || columns_of!(rows; |(user, _)| user.get(), |(_, hash)| hash.0.clone()));
}

fn groups(writes: &mut Writes, net: &NetChanges) {
    let rows: Vec<_> = net.groups.values().map(|group| (group, tally(net, group))).collect();
    writes.add(!rows.is_empty(), GROUPS, || {
        columns_of!(rows;
            |(group, _)| group.id.get(),
            |(group, _)| group.uid.to_string(),
            |(group, _)| group.slug.to_string(),
            |(group, _)| group.name.to_string(),
            |(group, _)| group.name.as_str().to_lowercase(),
            |(group, _)| group.description.to_string(),
            |(group, _)| group.kind == GroupKind::Page,
            |(group, _)| group.is_public,
            |(group, _)| group.is_verified,
            |(group, _)| group.takes_requests,
            |(group, _)| group.is_token_enough,
            |(group, _)| group.members_max,
            |(group, _)| group.archived_at.map(|at| at.as_millis()),
            |(group, _)| group.deleted_at.map(|at| at.as_millis()),
            |(group, _)| group.offer.map(|offer| offer.from.get()),
            |(group, _)| group.offer.map(|offer| offer.to.get()),
            |(group, _)| group.offer.map(|offer| offer.offered_at.as_millis()),
            |(group, _)| group.offer.map(|offer| offer.expires_at.as_millis()),
            |(group, _)| group.creator.get(),
            |(group, _)| group.created_at.as_millis(),
            |(_, tally)| tally.members,
            |(_, tally)| tally.owners,
            |(_, tally)| tally.invitations,
            |(_, tally)| tally.waiting,
            |(_, tally)| tally.last_place,
            |(_, tally)| tally.notices,
            |(_, tally)| tally.updated_at.as_millis(),
            |(group, _)| group.language.map(Language::as_str),
            |(group, _)| group.chat.to_stored(),
            |(group, _)| group.country.as_ref().map(ToString::to_string),
            |(group, _)| group.description.as_str().to_lowercase(),
        )
    });

    // Those of new groups are there already.
    let rows: Vec<_> = net.tallies.iter().collect();
    writes.add(!rows.is_empty(), TALLIES, || {
        columns_of!(rows;
            |(group, _)| group.get(),
            |(_, tally)| tally.members,
            |(_, tally)| tally.owners,
            |(_, tally)| tally.invitations,
            |(_, tally)| tally.waiting,
            |(_, tally)| tally.last_place,
            |(_, tally)| tally.notices,
            |(_, tally)| tally.updated_at.as_millis(),
        )
    });
}

/// What a group adds up to, should it be new.
fn tally(net: &NetChanges, group: &Group) -> Tally {
    net.tallies.get(&group.id).copied().unwrap_or(group.tally)
}

fn memberships(writes: &mut Writes, net: &NetChanges) {
    let ended: Vec<_> =
        net.memberships.iter().filter(|(_, membership)| membership.is_none()).map(|(key, _)| key).collect();
    writes.add(
        !ended.is_empty(),
        MEMBERSHIPS_ENDED,
        || columns_of!(ended; |(group, _)| group.get(), |(_, user)| user.get()),
    );

    let rows: Vec<_> = net.memberships.values().flatten().collect();
    writes.add(!rows.is_empty(), MEMBERSHIPS, || {
        columns_of!(rows;
            |member| member.group.get(),
            |member| member.user.get(),
            |member| i16::from(member.roles.bits()),
            |member| member.joined_at.as_millis(),
            |member| member.is_hidden,
        )
    });
}

fn invitations(writes: &mut Writes, net: &NetChanges) {
    // Closed ones first: a person's new invitation may stand only once the old one is closed.
    let is_pending = |pending: bool| {
        net.invitations.values().filter(move |invitation| (invitation.state == InvitationState::Pending) == pending)
    };
    let rows: Vec<_> = is_pending(false).chain(is_pending(true)).collect();
    let user = |invitee: &Invitee| match invitee {
        Invitee::User(user) => Some(user.get()),
        Invitee::Email(_) => None,
    };
    let email = |invitee: &Invitee| match invitee {
        Invitee::User(_) => None,
        Invitee::Email(email) => Some((email.to_string(), email.key().to_string())),
    };
    writes.add(!rows.is_empty(), INVITATIONS, || {
        columns_of!(rows;
            |invitation| invitation.id.as_uuid(),
            |invitation| invitation.group.get(),
            |invitation| user(&invitation.invitee),
            |invitation| email(&invitation.invitee).map(|(typed, _)| typed),
            |invitation| email(&invitation.invitee).map(|(_, key)| key),
            |invitation| invitation.inviter.get(),
            |invitation| i16::from(invitation.roles.bits()),
            |invitation| i16::from(columns::state_number(invitation.state)),
            |invitation| invitation.created_at.as_millis(),
            |invitation| invitation.sent_at.as_millis(),
            |invitation| invitation.expires_at.map(|at| at.as_millis()),
            |invitation| invitation.closed_at.map(|at| at.as_millis()),
            |invitation| invitation.closed_by.map(UserId::get),
            |invitation| invitation.language.map(Language::as_str),
            |invitation| invitation.note.as_ref().map(|note| note.to_string()),
            |invitation| invitation.remind_at.map(|at| at.as_millis()),
            |invitation| invitation.seen_at.map(|at| at.as_millis()),
        )
    });

    let rows: Vec<_> = net.invitation_tokens.values().collect();
    writes.add(!rows.is_empty(), INVITATION_TOKENS, || {
        columns_of!(rows;
            |token| token.hash.0.to_vec(),
            |token| -> Uuid { token.invitation.as_uuid() },
            |token| token.created_at.as_millis(),
            |token| token.holder.map(UserId::get),
        )
    });
}

fn mails(writes: &mut Writes, net: &NetChanges) {
    let rows: Vec<_> = net.mails.values().map(|mail| (mail, columns::recipient_columns(&mail.to))).collect();
    writes.add(!rows.is_empty(), MAILS, || {
        columns_of!(rows;
            |(mail, _)| -> Uuid { mail.id.as_uuid() },
            |(mail, _)| i16::from(columns::mail_kind_number(mail.kind)),
            |(mail, _)| mail.group.get(),
            |(_, (user, _))| user.map(UserId::get),
            |(_, (_, email))| email.map(|email| email.to_string()),
            |(_, (_, email))| email.map(|email| email.key().to_string()),
            |(mail, _)| mail.invitation.map(|id| -> Uuid { id.as_uuid() }),
            |(mail, _)| mail.about.map(UserId::get),
            |(mail, _)| i16::from(columns::mail_state_number(mail.state)),
            |(mail, _)| mail.created_at.as_millis(),
            |(mail, _)| mail.due_at.map(|at| at.as_millis()),
            |(mail, _)| columns::tries_text(&mail.tries),
        )
    });

    let revived: Vec<_> = net.dead_addresses.iter().filter(|(_, dead)| dead.is_none()).map(|(key, _)| key).collect();
    writes.add(!revived.is_empty(), ADDRESSES_REVIVED, || columns_of!(revived; |key| key.to_string()));
    let rows: Vec<_> = net.dead_addresses.values().flatten().collect();
    writes.add(!rows.is_empty(), DEAD_ADDRESSES, || {
        columns_of!(rows;
            |dead| dead.address.to_string(),
            |dead| dead.since.as_millis(),
            |dead| dead.reply.as_ref().map(|reply| reply.as_str().to_owned()),
        )
    });
}

fn links(writes: &mut Writes, net: &NetChanges) {
    let rows: Vec<_> = net.links.values().collect();
    writes.add(!rows.is_empty(), LINKS, || {
        columns_of!(rows;
            |link| link.id.as_uuid(),
            |link| link.group.get(),
            |link| link.hash.0.to_vec(),
            |link| link.creator.get(),
            |link| i16::from(link.roles.bits()),
            |link| link.uses_max,
            |link| link.uses,
            |link| link.needs_approval,
            |link| link.created_at.as_millis(),
            |link| link.expires_at.map(|at| at.as_millis()),
            |link| link.revoked_at.map(|at| at.as_millis()),
            |link| link.revoked_by.map(UserId::get),
        )
    });
}

fn requests(writes: &mut Writes, net: &NetChanges) {
    let rows: Vec<_> = net.requests.values().collect();
    writes.add(!rows.is_empty(), REQUESTS, || {
        columns_of!(rows;
            |request| request.group.get(),
            |request| request.user.get(),
            |request| i16::from(request.roles.bits()),
            |request| i16::from(columns::request_state_number(request.state)),
            |request| request.place,
            |request| request.created_at.as_millis(),
            |request| request.closed_at.map(|at| at.as_millis()),
            |request| request.closed_by.map(UserId::get),
        )
    });
}

fn day_counts(writes: &mut Writes, net: &NetChanges) {
    let rows: Vec<_> = net.day_counts.values().collect();
    writes.add(
        !rows.is_empty(),
        DAY_COUNTS,
        || columns_of!(rows; |count| count.inviter.get(), |count| count.day, |count| count.made),
    );
}

fn opt_outs(writes: &mut Writes, net: &NetChanges) {
    let kind = |from: InvitationsFrom| i16::from(columns::invitations_from_numbers(from).0);
    let id = |from: InvitationsFrom| columns::invitations_from_numbers(from).1;
    let bytes = |person: &PersonHash| person.0.to_vec();

    let ended: Vec<_> = net.opt_outs.iter().filter(|(_, opt_out)| opt_out.is_none()).map(|(key, _)| key).collect();
    writes.add(
        !ended.is_empty(),
        OPT_OUTS_ENDED,
        || columns_of!(ended; |(person, _)| bytes(person), |(_, from)| kind(*from), |(_, from)| id(*from)),
    );

    let rows: Vec<_> = net.opt_outs.values().flatten().collect();
    writes.add(!rows.is_empty(), OPT_OUTS, || {
        columns_of!(rows;
            |opt_out| bytes(&opt_out.person),
            |opt_out| kind(opt_out.from),
            |opt_out| id(opt_out.from),
            |opt_out| opt_out.created_at.as_millis(),
        )
    });
}

fn events(writes: &mut Writes, net: &NetChanges) {
    let rows = &net.events;
    writes.add(!rows.is_empty(), EVENTS, || {
        columns_of!(rows;
            |event| event.stream.number(),
            |event| event.seq,
            |event| event.at.as_millis(),
            |event| event.kind.as_str(),
            |event| event.actor.map(UserId::get),
            |event| event.origin.via.as_str(),
            |event| event.origin.client.as_ref().map(|client| client.to_string()),
            |event| event.origin.request.as_ref().map(|request| request.to_string()),
            |event| event.batch.map(|batch| -> Uuid { batch.as_uuid() }),
            |event| event.thing.to_string(),
            |event| event.member().map(UserId::get),
            |event| event.before.clone(),
            |event| event.after.clone(),
            |event| event.hash.0.to_vec(),
        )
    });

    let rows: Vec<_> = net.heads().into_iter().collect();
    writes.add(!rows.is_empty(), HEADS, || {
        columns_of!(rows;
            |(stream, _)| stream.number(),
            |(_, head)| head.seq,
            |(_, head)| head.hash.0.to_vec(),
        )
    });
}

fn credentials(writes: &mut Writes, net: &NetChanges) {
    let removed: Vec<_> = net.removed_clients.iter().collect();
    writes.add(!removed.is_empty(), CLIENTS_REMOVED, || columns_of!(removed; |id| id.to_string()));

    let rows: Vec<_> = net.clients.values().collect();
    writes.add(!rows.is_empty(), CLIENTS, || {
        columns_of!(rows;
            |client| client.id.to_string(),
            |client| client.name.clone(),
            |client| client.scopes.to_string(),
            |client| client.created_at.as_millis(),
        )
    });

    // Revoked ones first: their names are free for others.
    let is_revoked = |revoked: bool| net.tokens.values().filter(move |token| token.revoked_at.is_some() == revoked);
    let rows: Vec<_> = is_revoked(true).chain(is_revoked(false)).collect();
    writes.add(!rows.is_empty(), TOKENS, || {
        columns_of!(rows;
            |token| -> Uuid { token.id.as_uuid() },
            |token| token.hash.0.to_vec(),
            |token| token.user.get(),
            |token| token.client.as_ref().map(|client| client.to_string()),
            |token| token.scopes.to_string(),
            |token| token.created_at.as_millis(),
            |token| token.expires_at.map(|at| at.as_millis()),
            |token| token.revoked_at.map(|at| at.as_millis()),
            |token| token.personal.as_ref().map(|personal| personal.name.to_string()),
            |token| token.personal.as_ref().map(|personal| personal.last_part.clone()),
            |token| token.personal.as_ref().map(|personal| personal.skips_second_factor),
        )
    });

    if let Some(key) = &net.issuer_key {
        writes.0.push((ISSUER_KEY, vec![Box::new(key.kid.clone()), Box::new(key.pkcs8.clone())]));
    }
}
