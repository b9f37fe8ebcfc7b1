//! All tables and all their columns, for both engines. Tests compare this list with the schema of each.

use uuid::Uuid;

/// A table, its key first.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// All columns in the order of the schema.
    pub(crate) columns: &'static [Column],
    /// How many of the first columns are the primary key.
    pub(crate) key_columns: usize,
    /// Whether a new database has rows in it, which then are no data of anybody's.
    pub(crate) is_filled_when_made: bool,
}

/// A column.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
}

/// What a column holds, besides null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Number,
    SmallNumber,
    Flag,
    Text,
    Bytes,
    Uuid,
}

/// A value of a column, the same whichever engine it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    /// Of either size.
    Number(i64),
    Flag(bool),
    Text(String),
    Bytes(Vec<u8>),
    Uuid(Uuid),
}

/// The values of all columns.
pub(crate) type Row = Vec<Value>;

impl Table {
    pub(crate) fn key(&self) -> &'static [Column] {
        &self.columns[..self.key_columns]
    }

    /// The names of all columns, as a statement lists them.
    pub(crate) fn column_list(&self) -> String {
        self.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
    }
}

/// The key of a row, of which at least that has been read, for people.
pub(crate) fn key_text(table: &Table, row: &[Value]) -> String {
    let texts = row.iter().take(table.key_columns).map(|value| match value {
        Value::Null => "null".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Text(text) => text.clone(),
        Value::Bytes(bytes) => hex::encode(bytes),
        Value::Uuid(uuid) => uuid.to_string(),
    });
    let texts: Vec<_> = texts.collect();
    if texts.is_empty() { "?".to_owned() } else { texts.join(", ") }
}

macro_rules! table {
    ($name:ident, key $key:literal: $($column:ident $kind:ident),+ $(,)?) => {
        Table {
            name: stringify!($name),
            columns: &[$(Column { name: stringify!($column), kind: Kind::$kind }),+],
            key_columns: $key,
            is_filled_when_made: false,
        }
    };
}

/// All tables, in an order in which every reference finds what it refers to.
#[rustfmt::skip] // one column a line would bury the list
pub(crate) const TABLES: &[Table] = &[
    table!(users, key 1:
        id Number, uid Text, subject Text, username Text, username_key Text, name Text, name_key Text, is_admin Flag,
        password_hash Text, disabled_at Number, created_at Number, updated_at Number, language Text,
        roles SmallNumber, profile Text, signed_out_at Number, deleted_at Number),
    table!(user_emails, key 1: email_key Text, email Text, user_id Number, is_verified Flag),
    table!(groups, key 1:
        id Number, uid Text, slug Text, name Text, name_key Text, description Text, is_page Flag, is_public Flag,
        is_verified Flag, takes_requests Flag, is_token_enough Flag, members_max Number, archived_at Number,
        deleted_at Number, offer_from Number, offer_to Number, offered_at Number, offer_expires_at Number,
        creator_id Number, created_at Number, members_count Number, owners_count Number, invitations_count Number,
        waiting_count Number, last_place Number, notices_count Number, updated_at Number,
        language Text, chat Text, country Text, description_key Text),
    table!(memberships, key 2: group_id Number, user_id Number, roles SmallNumber, joined_at Number, is_hidden Flag),
    table!(invitations, key 1:
        id Uuid, group_id Number, user_id Number, email Text, email_key Text, inviter_id Number, roles SmallNumber,
        state SmallNumber, created_at Number, sent_at Number, expires_at Number, closed_at Number, closed_by Number,
        language Text, note Text, remind_at Number, seen_at Number),
    table!(invitation_tokens, key 1: hash Bytes, invitation_id Uuid, created_at Number, holder_id Number),
    table!(mails, key 1:
        id Uuid, kind SmallNumber, group_id Number, user_id Number, email Text, email_key Text, invitation_id Uuid,
        about_id Number, state SmallNumber, created_at Number, due_at Number, tries Text),
    table!(dead_addresses, key 1: email_key Text, since Number, reply Text),
    table!(links, key 1:
        id Uuid, group_id Number, hash Bytes, creator_id Number, roles SmallNumber, uses_max Number, uses Number,
        needs_approval Flag, created_at Number, expires_at Number, revoked_at Number, revoked_by Number),
    table!(join_requests, key 2:
        group_id Number, user_id Number, roles SmallNumber, state SmallNumber, place Number, created_at Number,
        closed_at Number, closed_by Number),
    table!(day_counts, key 1: inviter_id Number, day Number, made Number),
    table!(opt_outs, key 3: person Bytes, from_kind SmallNumber, from_id Number, created_at Number),
    table!(events, key 2:
        group_id Number, seq Number, at Number, kind Text, actor_id Number, via Text, client Text, request Text,
        batch_id Uuid, thing Text, member_id Number, record_before Text, record_after Text, hash Bytes,
        position Number),
    table!(heads, key 1: group_id Number, seq Number, hash Bytes),
    table!(clients, key 1: id Text, name Text, scopes Text, created_at Number),
    table!(tokens, key 1:
        id Uuid, hash Bytes, user_id Number, client_id Text, scopes Text, created_at Number, expires_at Number,
        revoked_at Number, name Text, last_part Text, skips_second_factor Flag),
    table!(answers, key 2: user_id Number, key Bytes, request Bytes, answer Bytes, created_at Number),
    Table { is_filled_when_made: true, ..table!(sequences, key 1: name Text, next Number) },
    Table { is_filled_when_made: true, ..table!(secrets, key 1: name Text, value Bytes) },
    table!(issuer_keys, key 1: id SmallNumber, kid Text, pkcs8 Bytes),
];
