-- What was answered to requests that came with a key of their sender's choice, kept for a day: the same request with the
-- same key is carried out once. key, request: SHA-256. answer: sealed by whoever stored it.
CREATE TABLE answers (
    user_id    INTEGER NOT NULL REFERENCES users (id),
    key        BLOB    NOT NULL,
    request    BLOB    NOT NULL,
    answer     BLOB    NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (user_id, key)
) STRICT, WITHOUT ROWID;
-- The oldest first, to forget them.
CREATE INDEX answers_by_age ON answers (created_at);
