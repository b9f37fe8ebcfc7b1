-- What was answered to requests that came with a key of their sender's choice, kept for a day: the same request with the
-- same key is carried out once. key, request: SHA-256. answer: sealed by whoever stored it.
CREATE TABLE answers (
    user_id    BIGINT NOT NULL REFERENCES users (id),
    key        BYTEA  NOT NULL,
    request    BYTEA  NOT NULL,
    answer     BYTEA  NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, key)
);
-- The oldest first, to forget them.
CREATE INDEX answers_by_age ON answers (created_at);
