-- What Quran Foundation's clients keep about a room, and find it by.

-- Where its people are; null while nobody said.
ALTER TABLE groups ADD COLUMN country text;
-- The description in lower case, to search in. What was written before is at least found by letters without accents.
ALTER TABLE groups ADD COLUMN description_key text NOT NULL DEFAULT '';
UPDATE groups SET description_key = lower(description) WHERE description <> '';
-- What everybody may find, in the order of the names.
CREATE INDEX groups_public ON groups (name_key, id) WHERE is_public AND deleted_at IS NULL AND archived_at IS NULL;
