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
    id                bigint  NOT NULL PRIMARY KEY,
    uid               text    NOT NULL UNIQUE,
    slug              text    NOT NULL UNIQUE,
    name              text    NOT NULL,
    name_key          text    COLLATE "C" NOT NULL,
    description       text    NOT NULL,
    is_page           boolean NOT NULL,
    is_public         boolean NOT NULL,
    is_verified       boolean NOT NULL,
    takes_requests    boolean NOT NULL,
    is_token_enough   boolean NOT NULL,
    members_max       bigint  CHECK (members_max >= 1),
    archived_at       bigint,
    deleted_at        bigint,
    offer_from        bigint  REFERENCES users (id),
    offer_to          bigint  REFERENCES users (id),
    offered_at        bigint,
    offer_expires_at  bigint,
    creator_id        bigint  NOT NULL REFERENCES users (id),
    created_at        bigint  NOT NULL,
    members_count     bigint  NOT NULL CHECK (members_count >= 0),
    owners_count      bigint  NOT NULL CHECK (owners_count >= 0),
    invitations_count bigint  NOT NULL CHECK (invitations_count >= 0),
    waiting_count     bigint  NOT NULL CHECK (waiting_count >= 0),
    last_place        bigint  NOT NULL,
    notices_count     bigint  NOT NULL,
    updated_at        bigint  NOT NULL,
    CHECK ((offer_from IS NULL) = (offer_to IS NULL) AND (offer_from IS NULL) = (offered_at IS NULL)
           AND (offer_from IS NULL) = (offer_expires_at IS NULL))
);
CREATE INDEX groups_deleted ON groups (deleted_at) WHERE deleted_at IS NOT NULL;

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
    sent_at    bigint   NOT NULL,
    expires_at bigint,
    closed_at  bigint,
    closed_by  bigint   REFERENCES users (id),
    CHECK ((user_id IS NULL) <> (email_key IS NULL)),
    CHECK ((state = 0) = (closed_at IS NULL))
);
-- One pending invitation per person and group; also what pending invitations are looked up by. That they are pending is
-- said by closed_at: by state, the planner might look for one of them among all that are pending in the group.
CREATE UNIQUE INDEX invitations_pending_user ON invitations (group_id, user_id)
    WHERE closed_at IS NULL AND user_id IS NOT NULL;
CREATE UNIQUE INDEX invitations_pending_email ON invitations (group_id, email_key)
    WHERE closed_at IS NULL AND email_key IS NOT NULL;
-- The invitations of a group by state, and those that wait for one person, in order of their making.
CREATE INDEX invitations_of_group ON invitations (group_id, state, id);
CREATE INDEX invitations_for_user ON invitations (user_id, state, id) WHERE user_id IS NOT NULL;
CREATE INDEX invitations_for_email ON invitations (email_key, state, id) WHERE email_key IS NOT NULL;
-- Those whose time runs out next.
CREATE INDEX invitations_due ON invitations (expires_at) WHERE state = 0 AND expires_at IS NOT NULL;

-- hash: SHA-256 of a secret that was mailed, which itself is never stored. One invitation may have several.
CREATE TABLE invitation_tokens (
    hash          bytea  NOT NULL PRIMARY KEY,
    invitation_id uuid   NOT NULL REFERENCES invitations (id) ON DELETE CASCADE,
    created_at    bigint NOT NULL
);
CREATE INDEX invitation_tokens_of_invitation ON invitation_tokens (invitation_id);

-- hash: SHA-256 of the secret in the link's address, which itself is never stored.
CREATE TABLE links (
    id             uuid     NOT NULL PRIMARY KEY,
    group_id       bigint   NOT NULL REFERENCES groups (id),
    hash           bytea    NOT NULL UNIQUE,
    creator_id     bigint   NOT NULL REFERENCES users (id),
    roles          smallint NOT NULL CHECK (roles BETWEEN 0 AND 7),
    uses_max       bigint   CHECK (uses_max >= 1),
    uses           bigint   NOT NULL CHECK (uses >= 0),
    needs_approval boolean  NOT NULL,
    created_at     bigint   NOT NULL,
    expires_at     bigint,
    revoked_at     bigint,
    revoked_by     bigint   REFERENCES users (id),
    CHECK (uses_max IS NULL OR uses <= uses_max)
);
CREATE INDEX links_of_group ON links (group_id, id);

-- state: pending 0, waiting 1, admitted 2, rejected 3, withdrawn 4. The latest request of each person to each group.
CREATE TABLE join_requests (
    group_id   bigint   NOT NULL REFERENCES groups (id),
    user_id    bigint   NOT NULL REFERENCES users (id),
    roles      smallint NOT NULL CHECK (roles BETWEEN 0 AND 7),
    state      smallint NOT NULL CHECK (state BETWEEN 0 AND 4),
    place      bigint   CHECK (place >= 1),
    created_at bigint   NOT NULL,
    closed_at  bigint,
    closed_by  bigint   REFERENCES users (id),
    PRIMARY KEY (group_id, user_id),
    CHECK ((state IN (0, 1)) = (closed_at IS NULL)),
    CHECK (state <> 1 OR place IS NOT NULL)
);
CREATE INDEX join_requests_pending ON join_requests (group_id, user_id) WHERE state = 0;
CREATE UNIQUE INDEX join_requests_waiting ON join_requests (group_id, place) WHERE state = 1;
CREATE INDEX join_requests_of_user ON join_requests (user_id, group_id);

-- How many invitations an inviter made on the latest day that they made any: days of UTC since 1970.
CREATE TABLE day_counts (
    inviter_id bigint NOT NULL PRIMARY KEY REFERENCES users (id),
    day        bigint NOT NULL,
    made       bigint NOT NULL
);

-- person: HMAC-SHA-256 of an account or an address. Whose invitations are refused: everyone's 0, a group's 1, an
-- inviter's 2; with the number of that group or user, or 0.
CREATE TABLE opt_outs (
    person     bytea    NOT NULL,
    from_kind  smallint NOT NULL CHECK (from_kind BETWEEN 0 AND 2),
    from_id    bigint   NOT NULL,
    created_at bigint   NOT NULL,
    PRIMARY KEY (person, from_kind, from_id)
);

-- What happened, gap-free by group; group_id 0 is the history of the installation. It refers to nothing: it tells of
-- things that may be gone. Each hash is over the event and the hash before.
CREATE TABLE events (
    group_id      bigint NOT NULL,
    seq           bigint NOT NULL,
    at            bigint NOT NULL,
    kind          text   NOT NULL,
    actor_id      bigint,
    via           text   NOT NULL,
    client        text,
    request       text,
    batch_id      uuid,
    thing         text   NOT NULL,
    member_id     bigint,
    record_before text,
    record_after  text,
    hash          bytea  NOT NULL,
    PRIMARY KEY (group_id, seq)
);
-- Who was a member when.
CREATE INDEX events_of_member ON events (group_id, member_id, seq, at) WHERE member_id IS NOT NULL;
CREATE INDEX events_of_batch ON events (batch_id, seq) WHERE batch_id IS NOT NULL;

-- The last event of each history.
CREATE TABLE heads (
    group_id bigint NOT NULL PRIMARY KEY,
    seq      bigint NOT NULL,
    hash     bytea  NOT NULL
);

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

-- Secrets of the installation, made with it. person-key: the key under which people are hashed.
CREATE TABLE secrets (
    name  text  NOT NULL PRIMARY KEY,
    value bytea NOT NULL
);
INSERT INTO secrets (name, value)
    VALUES ('person-key', sha256(convert_to(concat(gen_random_uuid(), gen_random_uuid(), gen_random_uuid()), 'UTF8')));

-- The key of the built-in token issuer: one row at most, made when first needed. PKCS #8, DER.
CREATE TABLE issuer_keys (
    id    smallint NOT NULL PRIMARY KEY CHECK (id = 1),
    kid   text     NOT NULL,
    pkcs8 bytea    NOT NULL
);
