-- Times are integers of UTC milliseconds. Ids of invitations, links, batches and tokens are the 16 bytes of a UUID. A
-- column *_key holds the form in which the text is compared and sorted: lower case, of all scripts.

CREATE TABLE users (
    id            INTEGER PRIMARY KEY,
    uid           TEXT    NOT NULL UNIQUE,
    subject       TEXT    NOT NULL UNIQUE,
    username      TEXT,
    username_key  TEXT    UNIQUE,
    name          TEXT,
    name_key      TEXT,
    is_admin      INTEGER NOT NULL,
    password_hash TEXT,
    disabled_at   INTEGER,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE user_emails (
    email_key   TEXT    PRIMARY KEY,
    email       TEXT    NOT NULL,
    user_id     INTEGER NOT NULL REFERENCES users (id),
    is_verified INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX user_emails_of_user ON user_emails (user_id);

-- The tables are called what they hold; "groups" is a word of SQL, hence the quotes wherever it is used.
CREATE TABLE "groups" (
    id                INTEGER PRIMARY KEY,
    uid               TEXT    NOT NULL UNIQUE,
    slug              TEXT    NOT NULL UNIQUE,
    name              TEXT    NOT NULL,
    name_key          TEXT    NOT NULL,
    description       TEXT    NOT NULL,
    is_page           INTEGER NOT NULL,
    is_public         INTEGER NOT NULL,
    is_verified       INTEGER NOT NULL,
    takes_requests    INTEGER NOT NULL,
    is_token_enough   INTEGER NOT NULL,
    members_max       INTEGER CHECK (members_max >= 1),
    archived_at       INTEGER,
    deleted_at        INTEGER,
    offer_from        INTEGER REFERENCES users (id),
    offer_to          INTEGER REFERENCES users (id),
    offered_at        INTEGER,
    offer_expires_at  INTEGER,
    creator_id        INTEGER NOT NULL REFERENCES users (id),
    created_at        INTEGER NOT NULL,
    members_count     INTEGER NOT NULL CHECK (members_count >= 0),
    owners_count      INTEGER NOT NULL CHECK (owners_count >= 0),
    invitations_count INTEGER NOT NULL CHECK (invitations_count >= 0),
    waiting_count     INTEGER NOT NULL CHECK (waiting_count >= 0),
    last_place        INTEGER NOT NULL,
    notices_count     INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    CHECK ((offer_from IS NULL) = (offer_to IS NULL) AND (offer_from IS NULL) = (offered_at IS NULL)
           AND (offer_from IS NULL) = (offer_expires_at IS NULL))
) STRICT;
CREATE INDEX groups_deleted ON "groups" (deleted_at) WHERE deleted_at IS NOT NULL;

-- roles: owner 1, moderator 2, leader 4, added up.
CREATE TABLE memberships (
    group_id  INTEGER NOT NULL REFERENCES "groups" (id),
    user_id   INTEGER NOT NULL REFERENCES users (id),
    roles     INTEGER NOT NULL CHECK (roles BETWEEN 0 AND 7),
    joined_at INTEGER NOT NULL,
    PRIMARY KEY (group_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_of_user ON memberships (user_id, group_id);

-- state: pending 0, accepted 1, declined 2, revoked 3, expired 4. Either user_id or email_key says whom.
CREATE TABLE invitations (
    id         BLOB    NOT NULL PRIMARY KEY,
    group_id   INTEGER NOT NULL REFERENCES "groups" (id),
    user_id    INTEGER REFERENCES users (id),
    email      TEXT,
    email_key  TEXT,
    inviter_id INTEGER NOT NULL REFERENCES users (id),
    roles      INTEGER NOT NULL CHECK (roles BETWEEN 0 AND 7),
    state      INTEGER NOT NULL CHECK (state BETWEEN 0 AND 4),
    created_at INTEGER NOT NULL,
    sent_at    INTEGER NOT NULL,
    expires_at INTEGER,
    closed_at  INTEGER,
    closed_by  INTEGER REFERENCES users (id),
    CHECK ((user_id IS NULL) <> (email_key IS NULL)),
    CHECK ((state = 0) = (closed_at IS NULL))
) STRICT, WITHOUT ROWID;
-- One pending invitation per person and group; also what pending invitations are looked up by.
CREATE UNIQUE INDEX invitations_pending_user ON invitations (group_id, user_id) WHERE state = 0 AND user_id IS NOT NULL;
CREATE UNIQUE INDEX invitations_pending_email ON invitations (group_id, email_key)
    WHERE state = 0 AND email_key IS NOT NULL;
-- The invitations of a group by state, and those that wait for one person, in order of their making.
CREATE INDEX invitations_of_group ON invitations (group_id, state, id);
CREATE INDEX invitations_for_user ON invitations (user_id, state, id) WHERE user_id IS NOT NULL;
CREATE INDEX invitations_for_email ON invitations (email_key, state, id) WHERE email_key IS NOT NULL;
-- Those whose time runs out next.
CREATE INDEX invitations_due ON invitations (expires_at) WHERE state = 0 AND expires_at IS NOT NULL;

-- hash: SHA-256 of a secret that was mailed, which itself is never stored. One invitation may have several.
CREATE TABLE invitation_tokens (
    hash          BLOB    NOT NULL PRIMARY KEY,
    invitation_id BLOB    NOT NULL REFERENCES invitations (id) ON DELETE CASCADE,
    created_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX invitation_tokens_of_invitation ON invitation_tokens (invitation_id);

-- hash: SHA-256 of the secret in the link's address, which itself is never stored.
CREATE TABLE links (
    id             BLOB    NOT NULL PRIMARY KEY,
    group_id       INTEGER NOT NULL REFERENCES "groups" (id),
    hash           BLOB    NOT NULL UNIQUE,
    creator_id     INTEGER NOT NULL REFERENCES users (id),
    roles          INTEGER NOT NULL CHECK (roles BETWEEN 0 AND 7),
    uses_max       INTEGER CHECK (uses_max >= 1),
    uses           INTEGER NOT NULL CHECK (uses >= 0),
    needs_approval INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    expires_at     INTEGER,
    revoked_at     INTEGER,
    revoked_by     INTEGER REFERENCES users (id),
    CHECK (uses_max IS NULL OR uses <= uses_max)
) STRICT, WITHOUT ROWID;
CREATE INDEX links_of_group ON links (group_id, id);

-- state: pending 0, waiting 1, admitted 2, rejected 3, withdrawn 4. The latest request of each person to each group.
CREATE TABLE join_requests (
    group_id   INTEGER NOT NULL REFERENCES "groups" (id),
    user_id    INTEGER NOT NULL REFERENCES users (id),
    roles      INTEGER NOT NULL CHECK (roles BETWEEN 0 AND 7),
    state      INTEGER NOT NULL CHECK (state BETWEEN 0 AND 4),
    place      INTEGER CHECK (place >= 1),
    created_at INTEGER NOT NULL,
    closed_at  INTEGER,
    closed_by  INTEGER REFERENCES users (id),
    PRIMARY KEY (group_id, user_id),
    CHECK ((state IN (0, 1)) = (closed_at IS NULL)),
    CHECK (state <> 1 OR place IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX join_requests_pending ON join_requests (group_id, user_id) WHERE state = 0;
CREATE UNIQUE INDEX join_requests_waiting ON join_requests (group_id, place) WHERE state = 1;
CREATE INDEX join_requests_of_user ON join_requests (user_id, group_id);

-- How many invitations an inviter made on the latest day that they made any: days of UTC since 1970.
CREATE TABLE day_counts (
    inviter_id INTEGER NOT NULL PRIMARY KEY REFERENCES users (id),
    day        INTEGER NOT NULL,
    made       INTEGER NOT NULL
) STRICT;

-- person: HMAC-SHA-256 of an account or an address. Whose invitations are refused: everyone's 0, a group's 1, an
-- inviter's 2; with the number of that group or user, or 0.
CREATE TABLE opt_outs (
    person     BLOB    NOT NULL,
    from_kind  INTEGER NOT NULL CHECK (from_kind BETWEEN 0 AND 2),
    from_id    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (person, from_kind, from_id)
) STRICT, WITHOUT ROWID;

-- What happened, gap-free by group; group_id 0 is the history of the installation. It refers to nothing: it tells of
-- things that may be gone. Each hash is over the event and the hash before.
CREATE TABLE events (
    group_id      INTEGER NOT NULL,
    seq           INTEGER NOT NULL,
    at            INTEGER NOT NULL,
    kind          TEXT    NOT NULL,
    actor_id      INTEGER,
    via           TEXT    NOT NULL,
    client        TEXT,
    request       TEXT,
    batch_id      BLOB,
    thing         TEXT    NOT NULL,
    member_id     INTEGER,
    record_before TEXT,
    record_after  TEXT,
    hash          BLOB    NOT NULL,
    PRIMARY KEY (group_id, seq)
) STRICT, WITHOUT ROWID;
-- Who was a member when.
CREATE INDEX events_of_member ON events (group_id, member_id, seq, at) WHERE member_id IS NOT NULL;
CREATE INDEX events_of_batch ON events (batch_id, seq) WHERE batch_id IS NOT NULL;

-- The last event of each history.
CREATE TABLE heads (
    group_id INTEGER NOT NULL PRIMARY KEY,
    seq      INTEGER NOT NULL,
    hash     BLOB    NOT NULL
) STRICT;

CREATE TABLE clients (
    id         TEXT    NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    scopes     TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- hash: SHA-256 of the token, which itself is never stored.
CREATE TABLE tokens (
    id         BLOB    NOT NULL PRIMARY KEY,
    hash       BLOB    NOT NULL UNIQUE,
    user_id    INTEGER NOT NULL REFERENCES users (id),
    client_id  TEXT    REFERENCES clients (id) ON DELETE CASCADE,
    scopes     TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX tokens_of_user ON tokens (user_id, id);
CREATE INDEX tokens_of_client ON tokens (client_id) WHERE client_id IS NOT NULL;

-- The next number for each kind of thing; only ever grows, so that a number is never used twice.
CREATE TABLE sequences (
    name TEXT    NOT NULL PRIMARY KEY,
    next INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO sequences (name, next) VALUES ('users', 1), ('groups', 1);

-- Secrets of the installation, made with it. person-key: the key under which people are hashed.
CREATE TABLE secrets (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO secrets (name, value) VALUES ('person-key', randomblob(32));

-- The key of the built-in token issuer: one row at most, made when first needed. PKCS #8, DER.
CREATE TABLE issuer_keys (
    id    INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    kid   TEXT    NOT NULL,
    pkcs8 BLOB    NOT NULL
) STRICT;
