-- One order of all events, whichever history they are in: position, group_id, seq. The events of one commit have one
-- position, a later commit a higher one; those that were there before there were positions have 0.
ALTER TABLE events ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
CREATE INDEX events_in_order ON events (position, group_id, seq);
INSERT INTO sequences (name, next) VALUES ('positions', 1);
