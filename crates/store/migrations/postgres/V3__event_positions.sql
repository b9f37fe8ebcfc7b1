-- One order of all events, whichever history they are in: position, group_id, seq. The position of an event is the number
-- of its transaction added to "next" of the sequence 'positions', or that of the event before it in the same history,
-- if that is higher. "next" is raised when a database comes to a server that counts from a lower number. Events that
-- were there before there were positions have 0.
ALTER TABLE events ADD COLUMN position BIGINT NOT NULL DEFAULT 0;
CREATE INDEX events_in_order ON events (position, group_id, seq);
INSERT INTO sequences (name, next) VALUES ('positions', 1);
