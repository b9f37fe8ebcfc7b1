-- What Rocket.Chat's clients keep and ask about.

-- Roles in the whole installation: user 1, bot 2, app 4, guest 8, anonymous 16, added up. Administrators are marked beside.
ALTER TABLE users ADD COLUMN roles smallint NOT NULL DEFAULT 1 CHECK (roles BETWEEN 0 AND 63);
-- The settings of a room, as a JSON object; null while all are as at the start.
ALTER TABLE groups ADD COLUMN chat text;
-- Whether the member has put the group out of their own sight.
ALTER TABLE memberships ADD COLUMN is_hidden boolean NOT NULL DEFAULT false;
-- What groups are listed by.
CREATE INDEX groups_by_slug ON groups (slug COLLATE "C");

-- What chat clients keep about a user, as a JSON object; null while that is nothing.
ALTER TABLE users ADD COLUMN profile text;
-- Opaque tokens given out until then are good no more.
ALTER TABLE users ADD COLUMN signed_out_at bigint;
-- Since when the account is gone for good.
ALTER TABLE users ADD COLUMN deleted_at bigint;

-- Tokens that users give out to themselves: what they call them, the end of the secret to recognise it by, and whether no
-- second factor is asked for.
ALTER TABLE tokens ADD COLUMN name text;
ALTER TABLE tokens ADD COLUMN last_part text;
ALTER TABLE tokens ADD COLUMN skips_second_factor boolean;
CREATE UNIQUE INDEX tokens_by_name ON tokens (user_id, name) WHERE name IS NOT NULL AND revoked_at IS NULL;

-- link-key: what the secrets of links are made of whose address is shown again.
INSERT INTO secrets (name, value)
    VALUES ('link-key', sha256(convert_to(concat(gen_random_uuid(), gen_random_uuid(), gen_random_uuid()), 'UTF8')));
