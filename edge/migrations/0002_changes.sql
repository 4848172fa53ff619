-- What each push changed, for those who follow: one row a push, its skus as a JSON array.
CREATE TABLE change_log (
  revision INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  skus TEXT NOT NULL
) STRICT;

CREATE INDEX change_log_by_at ON change_log (at);

-- The last revision of which the log does not say what changed: everything, or it was too long ago.
ALTER TABLE head ADD COLUMN unlogged_revision INTEGER NOT NULL DEFAULT 0;
UPDATE head SET unlogged_revision = revision;
