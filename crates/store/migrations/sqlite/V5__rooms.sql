-- What Rocket.Chat's clients keep and ask about.

-- Roles in the whole installation: user 1, bot 2, app 4, guest 8, anonymous 16, added up. Administrators are marked beside.
ALTER TABLE users ADD COLUMN roles INTEGER NOT NULL DEFAULT 1 CHECK (roles BETWEEN 0 AND 63);
-- The settings of a room, as a JSON object; null while all are as at the start.
ALTER TABLE "groups" ADD COLUMN chat TEXT;
-- Whether the member has put the group out of their own sight.
ALTER TABLE memberships ADD COLUMN is_hidden INTEGER NOT NULL DEFAULT 0;

-- What chat clients keep about a user, as a JSON object; null while that is nothing.
ALTER TABLE users ADD COLUMN profile TEXT;
-- Opaque tokens given out until then are good no more.
ALTER TABLE users ADD COLUMN signed_out_at INTEGER;
-- Since when the account is gone for good.
ALTER TABLE users ADD COLUMN deleted_at INTEGER;

-- Tokens that users give out to themselves: what they call them, the end of the secret to recognise it by, and whether no
-- second factor is asked for.
ALTER TABLE tokens ADD COLUMN name TEXT;
ALTER TABLE tokens ADD COLUMN last_part TEXT;
ALTER TABLE tokens ADD COLUMN skips_second_factor INTEGER;
CREATE UNIQUE INDEX tokens_by_name ON tokens (user_id, name) WHERE name IS NOT NULL AND revoked_at IS NULL;

-- link-key: what the secrets of links are made of whose address is shown again.
INSERT INTO secrets (name, value) VALUES ('link-key', randomblob(32));
