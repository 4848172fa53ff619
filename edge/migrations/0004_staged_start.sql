-- A fresh start that does not fit into one push: its shards, until the last part installs all of them at once. The parts of a start
-- have one epoch and one asOf, and a later start has a later one.
CREATE TABLE staged_shard (
  epoch INTEGER NOT NULL,
  as_of INTEGER NOT NULL,
  shard INTEGER NOT NULL,
  version INTEGER NOT NULL,
  digest TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (epoch, as_of, shard)
) STRICT;
