-- Times are integers of UTC milliseconds. Ids of invitations and tokens are the 16 bytes of a UUID. A column *_key holds
-- the form in which the text is compared and sorted: lower case, of all scripts.

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
    id            INTEGER PRIMARY KEY,
    uid           TEXT    NOT NULL UNIQUE,
    slug          TEXT    NOT NULL UNIQUE,
    name          TEXT    NOT NULL,
    name_key      TEXT    NOT NULL,
    description   TEXT    NOT NULL,
    is_page       INTEGER NOT NULL,
    is_public     INTEGER NOT NULL,
    is_verified   INTEGER NOT NULL,
    archived_at   INTEGER,
    creator_id    INTEGER NOT NULL REFERENCES users (id),
    members_count INTEGER NOT NULL CHECK (members_count >= 0),
    owners_count  INTEGER NOT NULL CHECK (owners_count >= 0),
    notices_count INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    updated_at    INTEGER NOT NULL
) STRICT;

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
    expires_at INTEGER NOT NULL,
    closed_at  INTEGER,
    CHECK ((user_id IS NULL) <> (email_key IS NULL)),
    CHECK ((state = 0) = (closed_at IS NULL))
) STRICT, WITHOUT ROWID;
-- One pending invitation per person and group; also what pending invitations are looked up by.
CREATE UNIQUE INDEX invitations_pending_user ON invitations (group_id, user_id) WHERE state = 0 AND user_id IS NOT NULL;
CREATE UNIQUE INDEX invitations_pending_email ON invitations (group_id, email_key)
    WHERE state = 0 AND email_key IS NOT NULL;
-- The pending invitations of a group, and those that wait for one person, in order of their making.
CREATE INDEX invitations_of_group ON invitations (group_id, id) WHERE state = 0;
CREATE INDEX invitations_for_user ON invitations (user_id, state, id) WHERE user_id IS NOT NULL;
CREATE INDEX invitations_for_email ON invitations (email_key, state, id) WHERE email_key IS NOT NULL;

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

-- The key of the built-in token issuer: one row at most, made when first needed. PKCS #8, DER.
CREATE TABLE issuer_keys (
    id    INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    kid   TEXT    NOT NULL,
    pkcs8 BLOB    NOT NULL
) STRICT;
