-- Mail: what is queued and what became of it. It is written with the change that causes it.

-- Languages are tags of BCP 47, out of those that guestlist writes in.
ALTER TABLE users ADD COLUMN language TEXT;
ALTER TABLE "groups" ADD COLUMN language TEXT;
ALTER TABLE invitations ADD COLUMN language TEXT;
ALTER TABLE invitations ADD COLUMN note TEXT;
ALTER TABLE invitations ADD COLUMN remind_at INTEGER;
ALTER TABLE invitations ADD COLUMN seen_at INTEGER;
-- Those that it is time to remind somebody of next.
CREATE INDEX invitations_to_remind ON invitations (remind_at) WHERE state = 0 AND remind_at IS NOT NULL;

-- Who holds the secret, if it was mailed to somebody with an account so that they may answer by that.
ALTER TABLE invitation_tokens ADD COLUMN holder_id INTEGER REFERENCES users (id);

-- kind: invitation 0, reminder 1, accepted 2, request 3, approved 4, ownership_offered 5, sign_in 6. To a user, to an
-- address, or if both are absent to those who own the group. state: queued 0, sending 1, handed over 2, withheld 3,
-- failed 4, bounced 5, complained 6, dropped 7. tries: what happened to it, as a JSON array of [at, what, reply].
CREATE TABLE mails (
    id            BLOB    NOT NULL PRIMARY KEY,
    kind          INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 6),
    group_id      INTEGER NOT NULL REFERENCES "groups" (id),
    user_id       INTEGER,
    email         TEXT,
    email_key     TEXT,
    invitation_id BLOB,
    about_id      INTEGER,
    state         INTEGER NOT NULL CHECK (state BETWEEN 0 AND 7),
    created_at    INTEGER NOT NULL,
    due_at        INTEGER,
    tries         TEXT    NOT NULL,
    CHECK (user_id IS NULL OR email_key IS NULL),
    CHECK ((state IN (0, 1)) = (due_at IS NOT NULL))
) STRICT, WITHOUT ROWID;
-- What is to be sent, or to be taken over, next.
CREATE INDEX mails_due ON mails (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX mails_of_group ON mails (group_id, invitation_id);

-- Addresses at which nobody reads mail, as far as is known.
CREATE TABLE dead_addresses (
    email_key TEXT    NOT NULL PRIMARY KEY,
    since     INTEGER NOT NULL,
    reply     TEXT
) STRICT, WITHOUT ROWID;

-- mail-key: the key that shows that a mail which comes back was ours.
INSERT INTO secrets (name, value) VALUES ('mail-key', randomblob(32));

-- Those who own a group, first come first.
CREATE INDEX memberships_of_owners ON memberships (group_id, joined_at, user_id) WHERE roles & 1;
