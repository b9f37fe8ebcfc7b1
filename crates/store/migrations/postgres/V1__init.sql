-- Times are integers of UTC milliseconds. A column *_key holds the form in which the text is compared and sorted: lower
-- case, of all scripts, in the order of its bytes.

CREATE TABLE users (
    id            bigint   NOT NULL PRIMARY KEY,
    uid           text     NOT NULL UNIQUE,
    subject       text     NOT NULL UNIQUE,
    username      text,
    username_key  text     COLLATE "C" UNIQUE,
    name          text,
    name_key      text     COLLATE "C",
    is_admin      boolean  NOT NULL,
    password_hash text,
    disabled_at   bigint,
    created_at    bigint   NOT NULL,
    updated_at    bigint   NOT NULL
);

CREATE TABLE user_emails (
    email_key   text    COLLATE "C" NOT NULL PRIMARY KEY,
    email       text    NOT NULL,
    user_id     bigint  NOT NULL REFERENCES users (id),
    is_verified boolean NOT NULL
);
CREATE INDEX user_emails_of_user ON user_emails (user_id);

CREATE TABLE groups (
    id            bigint  NOT NULL PRIMARY KEY,
    uid           text    NOT NULL UNIQUE,
    slug          text    NOT NULL UNIQUE,
    name          text    NOT NULL,
    name_key      text    COLLATE "C" NOT NULL,
    description   text    NOT NULL,
    is_page       boolean NOT NULL,
    is_public     boolean NOT NULL,
    is_verified   boolean NOT NULL,
    archived_at   bigint,
    creator_id    bigint  NOT NULL REFERENCES users (id),
    members_count bigint  NOT NULL CHECK (members_count >= 0),
    owners_count  bigint  NOT NULL CHECK (owners_count >= 0),
    notices_count bigint  NOT NULL,
    created_at    bigint  NOT NULL,
    updated_at    bigint  NOT NULL
);

-- roles: owner 1, moderator 2, leader 4, added up.
CREATE TABLE memberships (
    group_id  bigint   NOT NULL REFERENCES groups (id),
    user_id   bigint   NOT NULL REFERENCES users (id),
    roles     smallint NOT NULL CHECK (roles BETWEEN 0 AND 7),
    joined_at bigint   NOT NULL,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX memberships_of_user ON memberships (user_id, group_id);

-- state: pending 0, accepted 1, declined 2, revoked 3, expired 4. Either user_id or email_key says whom.
CREATE TABLE invitations (
    id         uuid     NOT NULL PRIMARY KEY,
    group_id   bigint   NOT NULL REFERENCES groups (id),
    user_id    bigint   REFERENCES users (id),
    email      text,
    email_key  text     COLLATE "C",
    inviter_id bigint   NOT NULL REFERENCES users (id),
    roles      smallint NOT NULL CHECK (roles BETWEEN 0 AND 7),
    state      smallint NOT NULL CHECK (state BETWEEN 0 AND 4),
    created_at bigint   NOT NULL,
    expires_at bigint   NOT NULL,
    closed_at  bigint,
    CHECK ((user_id IS NULL) <> (email_key IS NULL)),
    CHECK ((state = 0) = (closed_at IS NULL))
);
-- One pending invitation per person and group; also what pending invitations are looked up by.
CREATE UNIQUE INDEX invitations_pending_user ON invitations (group_id, user_id) WHERE state = 0 AND user_id IS NOT NULL;
CREATE UNIQUE INDEX invitations_pending_email ON invitations (group_id, email_key)
    WHERE state = 0 AND email_key IS NOT NULL;
-- The pending invitations of a group, and those that wait for one person, in order of their making.
CREATE INDEX invitations_of_group ON invitations (group_id, id) WHERE state = 0;
CREATE INDEX invitations_for_user ON invitations (user_id, state, id) WHERE user_id IS NOT NULL;
CREATE INDEX invitations_for_email ON invitations (email_key, state, id) WHERE email_key IS NOT NULL;

CREATE TABLE clients (
    id         text   COLLATE "C" NOT NULL PRIMARY KEY,
    name       text   NOT NULL,
    scopes     text   NOT NULL,
    created_at bigint NOT NULL
);

-- hash: SHA-256 of the token, which itself is never stored.
CREATE TABLE tokens (
    id         uuid   NOT NULL PRIMARY KEY,
    hash       bytea  NOT NULL UNIQUE,
    user_id    bigint NOT NULL REFERENCES users (id),
    client_id  text   COLLATE "C" REFERENCES clients (id) ON DELETE CASCADE,
    scopes     text   NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint,
    revoked_at bigint
);
CREATE INDEX tokens_of_user ON tokens (user_id, id);
CREATE INDEX tokens_of_client ON tokens (client_id) WHERE client_id IS NOT NULL;

-- The next number for each kind of thing; only ever grows, so that a number is never used twice. A table and not a
-- SEQUENCE: a number that was chosen moves it on, and one that was rolled back is not lost.
CREATE TABLE sequences (
    name text   NOT NULL PRIMARY KEY,
    next bigint NOT NULL
);
INSERT INTO sequences (name, next) VALUES ('users', 1), ('groups', 1);

-- The key of the built-in token issuer: one row at most, made when first needed. PKCS #8, DER.
CREATE TABLE issuer_keys (
    id    smallint NOT NULL PRIMARY KEY CHECK (id = 1),
    kid   text     NOT NULL,
    pkcs8 bytea    NOT NULL
);
