-- One invitation as guestlist makes it, in a transaction of its own. The first lookups could not be fewer: each result
-- decides whether the next step may be taken.
--
-- pgbench -M prepared -D groups=1 -D number=0: `groups` is how many groups there are, numbered from 1, `number` where
-- each client starts to count its addresses. User 1 is the inviter.

\set number :number + 1
\set group 1 + :client_id % :groups

BEGIN;

-- The group, locked against other decisions in it, and the inviter's role in it.
SELECT g.id, g.archived_at, g.members_count, m.roles
    FROM groups AS g JOIN memberships AS m ON m.group_id = g.id AND m.user_id = 1
    WHERE g.id = :group FOR NO KEY UPDATE OF g;

-- Whether the address belongs to somebody.
SELECT user_id, is_verified FROM user_emails
    WHERE email_key = format('c%sn%s@example.org', :client_id::bigint, :number::bigint);

-- Whether it is invited already.
SELECT id, expires_at FROM invitations
    WHERE group_id = :group AND closed_at IS NULL
        AND email_key = format('c%sn%s@example.org', :client_id::bigint, :number::bigint);

-- Ids begin with the time, as guestlist's do: ids without order would be slower.
INSERT INTO invitations
    (id, group_id, user_id, email, email_key, inviter_id, roles, state, created_at, sent_at, expires_at, closed_at)
    SELECT (lpad(to_hex(k.now), 12, '0') || right(gen_random_uuid()::text, 23))::uuid, :group, NULL, k.email, k.email,
        1, 0, 0, k.now, k.now, k.now + 604800000, NULL
    FROM (SELECT format('c%sn%s@example.org', :client_id::bigint, :number::bigint) AS email,
        (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now) AS k;

-- The group counts its invitations.
UPDATE groups SET invitations_count = invitations_count + 1 WHERE id = :group;

-- The event that tells it, chained to the one before. A record has about this length.
WITH record AS (
    SELECT format('{"invitee":"c%sn%s@example.org","inviter":1,"state":"pending"}', :client_id::bigint, :number::bigint)
        || repeat(' ', 150) AS text
), head AS (
    UPDATE heads SET seq = seq + 1, hash = sha256(hash || convert_to(record.text, 'UTF8'))
    FROM record WHERE group_id = :group RETURNING group_id, seq, hash, record.text
)
INSERT INTO events
    (group_id, seq, at, kind, actor_id, via, client, request, batch_id, thing, member_id, record_before, record_after, hash)
    SELECT group_id, seq, (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 'invitation.made', 1, 'quran-legacy',
        NULL, gen_random_uuid()::text, NULL, format('invitation/%s', gen_random_uuid()), NULL, NULL, text, hash
    FROM head;

COMMIT;
