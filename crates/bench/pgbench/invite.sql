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
    WHERE group_id = :group AND state = 0
        AND email_key = format('c%sn%s@example.org', :client_id::bigint, :number::bigint);

-- Ids begin with the time, as guestlist's do: ids without order would be slower.
INSERT INTO invitations
    (id, group_id, user_id, email, email_key, inviter_id, roles, state, created_at, expires_at, closed_at)
    SELECT (lpad(to_hex(k.now), 12, '0') || right(gen_random_uuid()::text, 23))::uuid, :group, NULL, k.email, k.email,
        1, 0, 0, k.now, k.now + 604800000, NULL
    FROM (SELECT format('c%sn%s@example.org', :client_id::bigint, :number::bigint) AS email,
        (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now) AS k;

COMMIT;
